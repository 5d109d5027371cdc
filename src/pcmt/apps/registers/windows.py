"""The days of what recurs: the monthly check that the law asks for, and the tests that a plan sets. Pure.

Days count from the first day of a status (or, of the monthly check, from the day after an interruption), never from the
window before: 31 January, 28 February, 31 March, so that no month's end moves the later ones.
"""

from __future__ import annotations

from datetime import date, timedelta

import attrs

from pcmt.core.periods import DAY, add_months


@attrs.frozen
class Window:
    """In time from `opens_on` until the end of `due_on`."""

    opens_on: date
    due_on: date


def day_after(anchor: date, months: int, after: date) -> tuple[int, date]:
    """The first day so many months, once or more, from `anchor` that comes after a day; and how many times."""
    passed = (after.year - anchor.year) * 12 + after.month - anchor.month
    times = max(1, passed // months)
    while (day := add_months(anchor, times * months)) <= after:
        times += 1
    return times, day


def tested(anchor: date, months: int, early_days: int, late_days: int, after: date) -> Window:
    """The window of the first test day after a day; it may be taken some days early and late."""
    _times, day = day_after(anchor, months, after)
    return Window(max(anchor, day - timedelta(days=early_days)), day + timedelta(days=late_days))


def checked(anchor: date, months: int, after: date) -> Window:
    """The month, counted from `anchor`, that ends first after a day. The months follow each other without a gap."""
    times, day = day_after(anchor, months, after)
    return Window(anchor if times == 1 else add_months(anchor, (times - 1) * months) + DAY, day)
