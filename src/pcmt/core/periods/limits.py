"""Time limits as a plan writes them, and the windows of days in which the thing is to be done.

"Trước ngày 15" means by the end of the 14th unless an office has set otherwise (`before_counts_day`). A limit that
hangs on an event has no day until the event has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import attrs

from pcmt.core.periods.lengths import Hours, Length, back_from, ends_at, ends_on, length_from, length_in, length_to
from pcmt.core.periods.rules import is_rule, occurrences
from pcmt.core.periods.spans import DAY, Span, parse_date
from pcmt.core.periods.workdays import WEEKENDS, Shift, WorkCalendar


class Relation(StrEnum):
    """How the limit binds: before it, by it (it included), on it, within it."""

    BEFORE = "before"
    BY = "by"
    ON = "on"
    WITHIN = "within"


class Precision(StrEnum):
    """How exactly the text says it."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    RANGE = "range"
    RECURRING = "recurring"
    EVENT = "event"


@attrs.frozen
class Limit:
    """One time limit with exactly one of `date`, `span`, `rule`, `event`.

    `date` is the day as written (for "trước ngày 15/6" the 15th). `rule` is an RFC 5545 recurrence without its prefix.
    `event` are words ("trước khi nghiệm thu") that no calendar knows; `length` is how long before or after the event
    ("trong 05 ngày làm việc kể từ ngày nhận"; "trước khi kết thúc 30 ngày"). The words may say the length themselves.
    """

    relation: Relation
    precision: Precision
    date: date | None = None
    span: Span | None = None
    rule: str | None = None
    event: str | None = None
    length: Length | None = None


@attrs.frozen(order=True)
class DueWindow(Span):
    """The days on which something is open and in time; `last` is the due date."""


def limit_from(data: Mapping[str, Any] | None) -> Limit | None:
    """The limit in a contract object: `relation`, `precision`, one of `date`, `from`+`to`, `rule`, `event`(+`length`).

    None when it holds no limit that can be kept: nothing given, an impossible date or rule, ends the wrong way round.
    """
    if not data or not data.get("relation"):
        return None
    try:
        relation, precision = (
            Relation(data["relation"]),
            Precision(data.get("precision") or Precision.DAY),
        )
    except ValueError:
        return None
    if day := parse_date(data.get("date")):
        return Limit(relation, precision, date=day)
    first, last = parse_date(data.get("from")), parse_date(data.get("to"))
    if first and last and first <= last:
        return Limit(relation, precision, span=Span(first, last + DAY))
    if (rule := data.get("rule")) and isinstance(rule, str) and is_rule(rule):
        return Limit(relation, Precision.RECURRING, rule=rule)
    if event := data.get("event"):
        told = data.get("length")
        length = length_from(told) if isinstance(told, Mapping) else length_in(str(event))
        return Limit(relation, Precision.EVENT, event=str(event), length=length)
    return None


def limit_to(limit: Limit) -> dict[str, Any]:
    """The contract object of a limit, with the inclusive last day in `to`; `limit_from` reads it back."""
    data: dict[str, Any] = {
        "relation": limit.relation.value,
        "precision": limit.precision.value,
    }
    if limit.date:
        data["date"] = limit.date.isoformat()
    elif limit.span:
        data |= {
            "from": limit.span.start.isoformat(),
            "to": limit.span.last.isoformat(),
        }
    elif limit.rule:
        data["rule"] = limit.rule
    else:
        data["event"] = limit.event
        if limit.length:
            data["length"] = length_to(limit.length)
    return data


def last_day(limit: Limit, *, before_counts_day: bool = False) -> date | None:
    """The last day on which a limit with one date or span is kept; None for a recurring one and for an event."""
    if limit.date:
        strictly_before = limit.relation is Relation.BEFORE and not before_counts_day
        return limit.date - DAY if strictly_before else limit.date
    if limit.span:
        return limit.span.start - DAY if limit.relation is Relation.BEFORE else limit.span.last
    return None


def settle(limit: Limit, happened: date, *, work: WorkCalendar = WEEKENDS, shift: Shift = Shift.KEEP) -> Limit:
    """An event limit once its event has a date, as a limit with that date; any other limit is given back as it is.

    Without a length the event's day takes the place of its words: before it, by it, on it. With one the answer is "by"
    its last day: so long before the event for `before`, else so long after it, not counting the day itself.
    Hours need the moment of the event (with its time zone); their last day is the day on which they run out, and
    `ends_at` says when on that day. Raises TypeError for hours after a day without a time and for hours before.
    """
    if not limit.event:
        return limit
    if isinstance(limit.length, Hours):
        if limit.relation is Relation.BEFORE or not isinstance(happened, datetime):
            raise TypeError("hours are counted forward, from a moment")
        return Limit(Relation.BY, Precision.DAY, date=ends_at(limit.length, happened).date())
    day = happened.date() if isinstance(happened, datetime) else happened
    if limit.length is None:
        relation = Relation.BY if limit.relation is Relation.WITHIN else limit.relation
        return Limit(relation, Precision.DAY, date=day)
    if limit.relation is Relation.BEFORE:
        return Limit(Relation.BY, Precision.DAY, date=back_from(limit.length, day, work=work))
    return Limit(Relation.BY, Precision.DAY, date=ends_on(limit.length, day, work=work, shift=shift))


def due_windows(
    limit: Limit,
    window: Span | None,
    *,
    before_counts_day: bool = False,
    happened: date | None = None,
    work: WorkCalendar = WEEKENDS,
    shift: Shift = Shift.KEEP,
) -> tuple[DueWindow, ...]:
    """The windows a limit opens within a plan's window, in order, never overlapping, each with one due date.

    - One date: open from the plan's first day to the due date. A due date before the plan begins is kept, as a window
      of that one day: plans do set limits earlier than their own date, and none may be lost.
    - `on` a day: that day. `within` a span: the span.
    - A rule: one window per recurrence whose due date falls in the plan's window, each open from the day after the one
      before, so that together they cover the window up to the last due date. A day the month lacks (30 February) means
      the end of that month, where RFC 5545 would drop the month. Without a plan window a rule opens nothing.
    - An event: nothing while nobody knows its date; from the date that `happened` on, what `settle` makes of it.

    `shift` moves due dates off the days off of `work`. Dates that come to lie together are one.
    """
    if limit.event:
        if happened is None:
            return ()
        limit, shift = settle(limit, happened, work=work, shift=shift), Shift.KEEP
    if limit.rule:
        return _recurring(limit, window, before_counts_day, work, shift) if window else ()
    last = last_day(limit, before_counts_day=before_counts_day)
    if last is None:
        return ()
    last = work.shifted(last, shift)
    if limit.relation is Relation.ON and limit.date:
        return (DueWindow(last, last + DAY),)
    start = window.start if window else last
    if limit.span and limit.relation is not Relation.BEFORE:
        start = limit.span.start
    return (DueWindow(min(start, last), last + DAY),)


@lru_cache(maxsize=4096)
def _recurring(
    limit: Limit, window: Span, before_counts_day: bool, work: WorkCalendar, shift: Shift
) -> tuple[DueWindow, ...]:
    back = limit.relation is Relation.BEFORE and not before_counts_day
    # Before the 30th of a February is by the end of the 28th: the month's last day already lies before the 30th.
    # A recurrence on the first day after the window can still be due inside it ("trước ngày 01").
    asked = Span(window.start, window.end + DAY)
    days = {day - DAY if back and not short else day for day, short in occurrences(limit.rule or "", asked)}
    due = sorted(day for day in days if window.start <= day < window.end)
    if shift is not Shift.KEEP:
        due = sorted({work.shifted(day, shift) for day in due})
    found: list[DueWindow] = []
    start, only = window.start, limit.relation is Relation.ON
    for last in due:
        end = last + DAY
        found.append(DueWindow(last if only or last < start else start, end))
        start = max(start, end)
    return tuple(found)
