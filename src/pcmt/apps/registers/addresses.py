"""Addresses of our own pages that stand in notices and calendars; a test compares them with the pages' own."""

from __future__ import annotations

DAY_PAGE = "/ho-so/hom-nay/"
"""The keeper's day."""


def file_address(code: str) -> str:
    """The page of a file."""
    return f"/ho-so/{code}/"
