"""Projects, campaigns, money."""
