"""Saved filters: what narrows a list, kept under a name: a part of lists, and a page of one's own."""
