"""Boards of what is done: how often in each period, and what has not been reached yet."""
