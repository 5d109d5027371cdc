"""A plan as files: for other programs, for Excel, for Word, and the file it came in as."""
