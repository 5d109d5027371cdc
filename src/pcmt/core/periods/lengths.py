"""Lengths of time that the law sets: in hours, in days, in months, in working days.

They are different types and have no arithmetic between them: "24 giờ" is not "một ngày", and "02 ngày làm việc" is no
number of days until it is known when it begins. How they are counted is the Civil Code 2015, articles 147 and 148:

- Hours run from the moment itself, through nights, weekends and holidays, to the minute.
- Days, months and working days are counted from the day after the event (147.2, 147.3); the last one ends at 24:00
  (148.6). So an answer is the last day that is still in time.
- A month ends on the same day of the later month, or on its last day when it lacks that day (148.3).
- A last day off moves to the next working day (148.5), if the caller says so: acts of administration often count
  calendar days and mean them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs

from pcmt.core.periods.spans import DAY, Span, add_months
from pcmt.core.periods.workdays import Shift, WorkCalendar

_positive = attrs.validators.and_(attrs.validators.instance_of(int), attrs.validators.ge(1))


@attrs.frozen
class Hours:
    """So many hours, by the clock."""

    n: int = attrs.field(validator=_positive)


@attrs.frozen
class Days:
    """So many calendar days."""

    n: int = attrs.field(validator=_positive)


@attrs.frozen
class WorkingDays:
    """So many days on which offices work."""

    n: int = attrs.field(validator=_positive)


@attrs.frozen
class Months:
    """So many months; a year is twelve."""

    n: int = attrs.field(validator=_positive)


DayLength = Days | WorkingDays | Months
Length = Hours | DayLength

UNITS: Mapping[str, type[Length]] = {"hour": Hours, "day": Days, "working_day": WorkingDays, "month": Months}
"""The words of data files and contracts for the four types."""


def length_from(data: Mapping[str, Any] | None) -> Length | None:
    """The length of `{"n": 2, "unit": "working_day"}`; None when it is none."""
    kind = UNITS.get(str((data or {}).get("unit")))
    n = (data or {}).get("n")
    return kind(n) if kind and isinstance(n, int) and not isinstance(n, bool) and n >= 1 else None


def length_to(length: Length) -> dict[str, Any]:
    """The data of a length; `length_from` reads it back."""
    return {"n": length.n, "unit": next(word for word, kind in UNITS.items() if isinstance(length, kind))}


def length_in(words: str) -> Length | None:
    """The length that a plan's words begin with ("trong vòng 03 ngày làm việc kể từ khi phát hiện"); None without one.

    A week is seven days.
    """
    found = _IN_WORDS.match(words)
    if not found or int(found[1]) < 1:
        return None
    n, unit = int(found[1]), found[2].lower()
    return Days(7 * n) if unit == "tuần" else _WORDS[unit](n)


_WORDS: Mapping[str, type[Length]] = {"giờ": Hours, "ngày làm việc": WorkingDays, "ngày": Days, "tháng": Months}
_IN_WORDS = re.compile(
    r"(?:trong(?: vòng| thời hạn| thời gian)?|chậm nhất(?: là)?|không quá|sau) (\d{1,3}) "
    r"(giờ|ngày làm việc|ngày|tuần|tháng)\b",
    re.IGNORECASE,
)


def ends_at(length: Hours, since: datetime) -> datetime:
    """The moment at which hours are over; what happens at that very moment is in time.

    Takes and gives moments with a time zone, the zone of `since`. Clocks that are put forward or back do not matter.
    Raises TypeError for another length, ValueError for a moment without a zone.
    """
    if not isinstance(length, Hours):
        raise TypeError(f"{length} has no moment: only hours end by the clock")
    if not isinstance(since, datetime) or since.utcoffset() is None:
        raise ValueError("hours are counted from a moment with its time zone")
    return (since.astimezone(UTC) + timedelta(hours=length.n)).astimezone(since.tzinfo)


def ends_on(length: DayLength, since: date, *, work: WorkCalendar, shift: Shift = Shift.KEEP) -> date:
    """The last day in time of a length that begins with what happened on `since`; that day is not counted.

    `shift` says what happens when it is a day off; working days never end on one. Raises TypeError for hours and for a
    moment: which day a moment lies on is for the caller to say.
    """
    _only_days(length, since)
    match length:
        case WorkingDays(n):
            return work.add(since, n)
        case Months(n):
            return work.shifted(add_months(since, n), shift)
        case _:
            return work.shifted(since + length.n * DAY, shift)


def back_from(length: DayLength, until: date, *, work: WorkCalendar) -> date:
    """The last day on which something is in time that must be done so long before `until` (30 days before the end)."""
    _only_days(length, until)
    match length:
        case WorkingDays(n):
            return work.add(until, -n)
        case Months(n):
            return add_months(until, -n)
        case _:
            return until - length.n * DAY


def closing(length: DayLength, term_last: date, *, work: WorkCalendar) -> Span:
    """The last so many days of a term whose last day is `term_last`, it included (the last three working days)."""
    after = term_last + DAY
    first = add_months(after, -length.n) if isinstance(length, Months) else back_from(length, after, work=work)
    return Span(first, after)


def _only_days(length: DayLength, day: date) -> None:
    if isinstance(length, Hours) or isinstance(day, datetime):
        raise TypeError("hours and moments do not mix with days: use ends_at, or say which day it is")
