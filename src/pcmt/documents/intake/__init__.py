"""Files in: one module per kind of file, each turning bytes into segments of text or raising `RefusedError`."""
