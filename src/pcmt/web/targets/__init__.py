"""Targets as people see them: the list, one target with its path and where its figure comes from, units compared."""
