"""Working days: weekends, public holidays, and the official swaps of a year.

The core has no list of holidays and reads no file: a `WorkCalendar` is a value that somebody above hands in
(`pcmt.reference.work_calendar` makes Việt Nam's).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

import attrs

from pcmt.core.periods.spans import DAY, Span

SATURDAY = 5
LONGEST_REST = 60
"""No holiday is longer than this many days; a calendar with a longer one is wrong, and asking it would never end."""


class Shift(StrEnum):
    """What happens to a limit that falls on a day off.

    `next` is the rule of the Civil Code 2015 (article 148.5) for terms that are counted; `previous` is for what must
    lie with a superior by its day; a date that a document names itself stays (`keep`) unless an office sets otherwise.
    """

    KEEP = "keep"
    NEXT = "next"
    PREVIOUS = "previous"


@attrs.frozen(eq=False)
class WorkCalendar:
    """Which days are worked: Monday to Friday without `off`, and the days of `worked`.

    Both map a day to the reason in words (a holiday's name; which day off is made up for). Years in `official` are
    those whose decisions are known; in others holidays are computed and a swap may still be announced. Outside `known`
    only weekends are known to be off. Two calendars are equal when they are the same object.
    """

    off: Mapping[date, str] = attrs.field(factory=dict)
    worked: Mapping[date, str] = attrs.field(factory=dict)
    known: Span | None = None
    official: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether offices work on a day."""
        return day in self.worked or (day.weekday() < SATURDAY and day not in self.off)

    def is_settled(self, day: date) -> bool:
        """Whether the days off of its year have been decided, so that the answer will not change."""
        return day.year in self.official

    def shifted(self, day: date, shift: Shift) -> date:
        """The day itself when it is worked, else what the policy makes of it."""
        if shift is Shift.KEEP or self.is_working(day):
            return day
        return self.add(day, 1 if shift is Shift.NEXT else -1)

    def add(self, day: date, count: int) -> date:
        """The count-th working day after a day (before it, for a negative count), the day itself not counted.

        `add(day, 0)` is the day. Raises ValueError when the calendar has no working day in two months.
        """
        step = DAY if count >= 0 else -DAY
        left, rest = abs(count), 0
        while left:
            day += step
            if self.is_working(day):
                left, rest = left - 1, 0
                continue
            rest += 1
            if rest > LONGEST_REST:
                raise ValueError(f"a calendar without a working day around {day}")
        return day

    def count(self, span: Span) -> int:
        """How many working days a span has."""
        return sum(self.is_working(span.start + n * DAY) for n in range(span.days))


WEEKENDS = WorkCalendar()
"""Knows no holiday: for what is counted where nobody gave a calendar."""
