"""What people do with campaigns, projects and their money: one function a verb, each with its actor and time."""
