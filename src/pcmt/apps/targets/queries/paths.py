"""How a target went over time: what was reached and its verdict at the end of each stretch of its window."""

from __future__ import annotations

from datetime import date, datetime

from pcmt.apps.targets.models import Target
from pcmt.apps.targets.queries.judging import Judged, judge_days, load
from pcmt.core.periods import DAY, Span, add_months

MOST = 13
"""A way has so many days at most: of longer windows it is told by the quarter or by the year."""


def way_of(
    target: Target,
    unit_id: int,
    window: Span,
    *,
    on: date,
    boundary: date | None = None,
    known: datetime | None = None,
) -> list[Judged]:
    """How a target stood for a unit at the end of each stretch of a window up to a day, that day last.

    A day stands in the way by how far its figures reach: where nothing new was known, the later day takes its place.
    """
    loaded = load([target])[0]
    pairs = [(loaded, day) for day in days_along(window, min(on, window.last))]
    judged = judge_days(pairs, on=on, boundary=boundary, known=known, units=[unit_id])
    found: dict[date, Judged] = {}
    for each in judged:
        if each.unit_id == unit_id and each.whole:
            found[each.judgement.reach or each.day] = each
    return [found[day] for day in sorted(found)]


def days_along(window: Span, until: date) -> list[date]:
    """The last days of months (of longer windows quarters or years) up to a day, and that day."""
    for step in (1, 3, 12):
        ends = [add_months(window.start, step * n) - DAY for n in range(1, 12 * 30 // step)]
        days = [day for day in ends if day < until]
        if len(days) < MOST:
            break
    return [*days[-MOST + 1 :], until]
