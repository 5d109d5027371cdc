"""What is asked about kinds, events and places."""
