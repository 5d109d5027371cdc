"""What people do with kinds, events and places: one function a verb, each with its actor and time."""
