"""Campaigns, programmes, projects and their money."""
