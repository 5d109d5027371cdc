"""Targets of adopted plans and their allocation to units."""
