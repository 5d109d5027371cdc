"""Files out: one module per format, each turning a reading into bytes."""
