"""Report duties of adopted plans and their occurrences."""
