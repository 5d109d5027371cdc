"""Figures from what was done and where: numbers of one unit from its events and places, in any period."""

from __future__ import annotations

from datetime import date

from pcmt.apps.units.models import Level, Unit, UnitKind
from pcmt.apps.units.queries import committee


def counted_at(body: Unit, on: date) -> Unit:
    """The unit among whose figures counts what a body did on a day.

    A body of commune level (the police of a ward, its women's union) counts in the commune it serves: the commune tells
    one number. Any other unit counts for itself, and the tree adds up.
    """
    if body.level != Level.COMMUNE or body.kind == UnitKind.ADMINISTRATIVE:
        return body
    return committee(body.pk, on) or body
