"""Typed numbers beside those counted from records."""
