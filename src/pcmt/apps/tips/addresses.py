"""Addresses of our own pages that stand in notices; a test compares them with the pages' own."""

from __future__ import annotations

LIST_PAGE = "/tin-bao/"
"""The queue of those who handle tips."""
TEAMS_PAGE = "/tin-bao/noi-tiep-nhan/"
"""Which body receives for which area."""
CUSTODY_PAGE = "/tin-bao/danh-tinh/"
"""What waits for the custodian."""


def tip_address(tip_id: int) -> str:
    """The page of a tip."""
    return f"{LIST_PAGE}{tip_id}/"
