"""Demonstration data: a story on real unit names, told by our own operations."""
