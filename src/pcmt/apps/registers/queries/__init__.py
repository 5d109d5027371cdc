"""What others may ask the registers: values without names. Who somebody is opens only in `operations.reading`."""
