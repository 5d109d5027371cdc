"""What is asked of registers: values without names. Who somebody is opens only in `operations.reading`."""
