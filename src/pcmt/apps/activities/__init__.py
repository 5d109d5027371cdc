"""What is done and where: events and places of kinds that are data."""
