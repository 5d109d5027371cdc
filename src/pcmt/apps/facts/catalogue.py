"""The catalogue of data elements and indicators: the tables of `data/indicators/`."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from pcmt.core.measures import Catalogue, catalogue_from
from pcmt.reference import table


@cache
def _table(name: str) -> dict[str, Any]:
    return table("indicators", name)


def catalogue(on: date | None = None) -> Catalogue:
    """The catalogue as it stands on a day; of all days without one."""
    return catalogue_from(_table("elements"), _table("indicators"), on)
