"""Which files whoever sees something above this room may open with it: upper rooms say so when they load."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pcmt.apps.accounts.models import Actor

QUERIES: list[Callable[[Actor], Any]] = []
"""Querysets of rows that an actor sees, with a foreign key `file` to `plans.SourceFile`."""


def show_with(query: Callable[[Actor], Any]) -> None:
    """Have files seen by whoever sees the rows that refer to them."""
    if query not in QUERIES:
        QUERIES.append(query)
