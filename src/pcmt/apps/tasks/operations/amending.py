"""Recurring limits of an amended plan: which of the old and of the new due dates stand.

An amendment rules the future. What was due before it stays owed on its day, and a month that was due already is not due
again because its day has changed (`core.periods.timeline`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pcmt.apps.tasks.models import DueItem, DueState
from pcmt.core.periods import DAY, Due, Span, Version, limit_from, slot_of, timeline


def recurring(
    limit: Mapping[str, Any] | None, opens_on: date | None, last: date | None, period: Span | None = None
) -> Due | None:
    """A due date of a recurring limit with what it is for: the `period` of a report, else what the rule says.

    None when the limit does not recur: a single date is replaced by whatever the new text says.
    """
    found = limit_from(limit)
    if found is None or not found.rule or last is None:
        return None
    return Due(last, period or slot_of(found, Span(min(opens_on or last, last), last + DAY)))


def held_due(row: DueItem) -> Due | None:
    """The same of a task's due item, by the day it was set for first; None for one that has ended."""
    return None if row.state == DueState.ENDED else recurring(row.limit, row.opens_on, row.original_due_on)


def standing_days(held: Iterable[Due | None], wanted: Iterable[Due | None], on: date) -> frozenset[date]:
    """The days on which one body is due, when an amendment of the day `on` follows what it owes by now."""
    old, new = (tuple(due for due in some if due) for some in (held, wanted))
    return frozenset(due.last for due in timeline([Version(date.min, old), Version(on, new)]))
