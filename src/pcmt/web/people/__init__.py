"""Keeping people: the list, a person with roles over time, giving and ending roles, inviting, handing a post over."""
