"""Papers of a file, lists taken in, lists taken out."""
