"""What is asked about campaigns, projects and their money."""
