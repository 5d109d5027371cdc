"""The catalogue of data elements and indicators, by what they are split, and how figures are checked."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from pcmt.core.measures import Breakdown, Catalogue, Rules, breakdowns_from, catalogue_from, rules_from
from pcmt.reference import table


@cache
def _table(name: str) -> dict[str, Any]:
    return table("indicators", name)


def catalogue(on: date | None = None) -> Catalogue:
    """The catalogue as it stands on a day; of all days without one."""
    return catalogue_from(_table("elements"), _table("indicators"), on)


@cache
def breakdowns(on: date | None = None) -> dict[str, Breakdown]:
    """By what numbers may be split on a day; of all days without one."""
    return breakdowns_from(_table("breakdowns"), on)


@cache
def rules(on: date | None = None) -> Rules:
    """How figures are checked on a day (`pcmt.core.measures.check_entries`); of all days without one."""
    return rules_from(_table("checks"), breakdowns(on), on)
