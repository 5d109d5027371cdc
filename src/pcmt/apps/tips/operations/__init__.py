"""What people do with tip-offs: one function a verb, each with its actor and time."""
