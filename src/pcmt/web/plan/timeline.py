"""Geometry of timelines: days become numbers on a line of fixed width, so that a template can draw plain SVG.

Everything is a value computed from dates that are given; there is no clock and no colour here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import attrs
from django.utils.translation import gettext as _

from pcmt.core.periods import Span, add_months

WIDTH = 1000.0
"""Width of every drawing in its own units; the page stretches it."""

DOT = 10
"""Half the size of the mark of a due date."""

QUARTERS = ("I", "II", "III", "IV")

LONGEST_BY_MONTH = 14
"""Windows of more months than this are divided by quarters, and beyond three times as many by years."""


@attrs.frozen
class Tick:
    """One division of the line: where it begins, how wide it is, and its name."""

    x: float
    width: float
    label: str
    strong: bool


@attrs.frozen
class Bar:
    """A stretch of days."""

    x: float
    width: float
    state: str


@attrs.frozen
class Dot:
    """One due date. `label` says it in words; `state` is done, late, missed, soon, open or requested."""

    x: float
    state: str
    label: str

    @property
    def left(self) -> float:
        """Where the square that stands for a missed date begins."""
        return round(self.x - DOT, 1)


@attrs.frozen
class Scale:
    """Days of a window on a line of `WIDTH` units."""

    window: Span

    def x(self, day: date) -> float:
        """Where a day begins; days outside sit on the nearer end."""
        inside = min(max(day, self.window.start), self.window.end)
        return round((inside - self.window.start).days / self.window.days * WIDTH, 1)

    def middle(self, day: date) -> float:
        """The middle of a day, where its mark sits."""
        half = WIDTH / self.window.days / 2
        return round(min(max(self.x(day) + half, 0), WIDTH), 1)

    def bar(self, start: date, end: date, state: str) -> Bar:
        """A half-open stretch, cut to the window; never thinner than can be seen."""
        left, right = self.x(start), self.x(end)
        return Bar(left, max(round(right - left, 1), 2.0), state)

    def ticks(self) -> tuple[Tick, ...]:
        """Months, quarters or years of the window, whichever leaves room for their names."""
        months = _months(self.window)
        if months <= LONGEST_BY_MONTH:
            pieces: Iterable[tuple[date, date, str]] = _pieces(self.window, 1)
        elif months <= LONGEST_BY_MONTH * 3:
            pieces = _pieces(self.window, 3)
        else:
            pieces = _pieces(self.window, 12)
        return tuple(
            Tick(
                x=self.x(start),
                width=round(self.x(end) - self.x(start), 1),
                label=label,
                strong=start.month == 1 and start.day == 1,
            )
            for start, end, label in pieces
        )


def window_of(stated: Span | None, days: Iterable[date]) -> Span | None:
    """The window to draw: the stated one, widened so that every day lies in it. None when there is no day at all."""
    every = list(days)
    if stated is not None:
        every += [stated.start, stated.last]
    if not every:
        return None
    return Span(min(every), max(every) + timedelta(days=1))


def share_passed(window: Span, today: date) -> int:
    """Whole percent of the window's days that are over on `today`."""
    passed = (min(max(today, window.start), window.end) - window.start).days
    return passed * 100 // window.days


def _months(window: Span) -> int:
    first, last = window.start, window.last
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _pieces(window: Span, length: int) -> Iterator[tuple[date, date, str]]:
    first_month = (window.start.month - 1) // length * length + 1
    start = date(window.start.year, first_month, 1)
    while start < window.end:
        end = add_months(start, length)
        yield max(start, window.start), min(end, window.end), _name(start, length)
        start = end


def _name(start: date, length: int) -> str:
    """Periods that begin a year carry its number; the others are quarters in Roman numbers or months."""
    if length == 12 or start.month == 1:
        return str(start.year)
    return QUARTERS[(start.month - 1) // 3] if length == 3 else _("T%(month)s") % {"month": start.month}
