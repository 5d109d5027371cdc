"""The pieces in which counted figures are told: halves of calendar months, cut further where asked.

The 1st to the 14th and the 15th to the end: of these both the calendar months and the reporting months (15th to 14th)
are made whole. What is also watched week by week is cut on Mondays too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from pcmt.core.periods import DAY, Span

SECOND_HALF = 15
WEEK = timedelta(days=7)


def cuts_of(spans: Iterable[Span]) -> set[date]:
    """The days on which periods begin, or no longer are."""
    return {day for span in spans for day in (span.start, span.end)}


def half_month(day: date) -> date:
    """The first day of the half of a month in which a day lies."""
    return day.replace(day=1 if day.day < SECOND_HALF else SECOND_HALF)


def next_half_month(day: date) -> date:
    """The first day of the half of a month after that in which a day lies."""
    first = half_month(day)
    return (
        first.replace(day=SECOND_HALF) if first.day == 1 else (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    )


def pieces(
    since: date, upto: date, cuts: Collection[date] = (), *, ends: date | None = None, weeks: bool = False
) -> list[Span]:
    """The pieces from the half month of a day on, up to and with the day `upto`, cut on some days, and on Mondays.

    The last one ends with `upto`, and is whole on the last day of its half. None reaches `ends`, the first day on which
    the unit no longer is.
    """
    stop = upto + DAY if ends is None else min(upto + DAY, ends)
    first = half_month(since)
    days = {first, stop, *(day for day in cuts if first < day < stop)}
    at = first
    while at < stop:
        days.add(at)
        at = next_half_month(at)
    if weeks:
        at = first + timedelta(days=-first.weekday() % 7)
        while at < stop:
            days.add(at)
            at += WEEK
    return [Span(start, end) for start, end in pairwise(sorted(day for day in days if day <= stop))]


def piece_of(day: date, spans: Sequence[Span]) -> Span | None:
    """The piece in which a day lies; `spans` are in order and do not overlap."""
    at = bisect_right(spans, day, key=lambda each: each.start) - 1
    return spans[at] if at >= 0 and day < spans[at].end else None
