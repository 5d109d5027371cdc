"""Tasks of adopted plans, their parties, and the due items that drive everyone's work."""
