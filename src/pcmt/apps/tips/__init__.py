"""Tip-offs: sealed, apart from who sent them."""
