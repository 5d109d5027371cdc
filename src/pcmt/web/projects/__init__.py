"""Campaigns, programmes with their projects, and money."""
