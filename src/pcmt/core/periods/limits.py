"""Time limits as a plan writes them, and the windows of days in which the thing is to be done.

"Trước ngày 15" means by the end of the 14th unless an office has set otherwise (`before_counts_day`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

import attrs
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from pcmt.core.periods.spans import DAY, Span, month_end, parse_date


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
    `event` are words ("trước khi nghiệm thu") that no calendar knows.
    """

    relation: Relation
    precision: Precision
    date: date | None = None
    span: Span | None = None
    rule: str | None = None
    event: str | None = None


@attrs.frozen(order=True)
class DueWindow(Span):
    """The days on which something is open and in time; `last` is the due date."""


def limit_from(data: Mapping[str, Any] | None) -> Limit | None:
    """The limit in a contract object (`relation`, `precision` and one of `date`, `from`+`to`, `rule`, `event`).

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
    if (rule := data.get("rule")) and isinstance(rule, str) and _is_rule(rule):
        return Limit(relation, Precision.RECURRING, rule=rule)
    if event := data.get("event"):
        return Limit(relation, Precision.EVENT, event=str(event))
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
    return data


def last_day(limit: Limit, *, before_counts_day: bool = False) -> date | None:
    """The last day on which a limit with one date or span is kept; None for a recurring one and for an event."""
    if limit.date:
        strictly_before = limit.relation is Relation.BEFORE and not before_counts_day
        return limit.date - DAY if strictly_before else limit.date
    if limit.span:
        return limit.span.start - DAY if limit.relation is Relation.BEFORE else limit.span.last
    return None


def due_windows(limit: Limit, window: Span | None, *, before_counts_day: bool = False) -> tuple[DueWindow, ...]:
    """The windows a limit opens within a plan's window, in order, never overlapping, each with one due date.

    - One date: open from the plan's first day to the due date. A due date before the plan begins is kept, as a window
      of that one day: plans do set limits earlier than their own date, and none may be lost.
    - `on` a day: that day. `within` a span: the span.
    - A rule: one window per recurrence whose due date falls in the plan's window, each open from the day after the one
      before, so that together they cover the window up to the last due date. A day the month lacks (30 February) means
      the end of that month, where RFC 5545 would drop the month. Without a plan window a rule opens nothing.
    - An event: nothing, because nobody knows its date yet.
    """
    if limit.rule:
        return tuple(_recurring(limit, window, before_counts_day)) if window else ()
    last = last_day(limit, before_counts_day=before_counts_day)
    if last is None:
        return ()
    if limit.relation is Relation.ON and limit.date:
        return (DueWindow(last, last + DAY),)
    start = window.start if window else last
    if limit.span and limit.relation is not Relation.BEFORE:
        start = limit.span.start
    return (DueWindow(min(start, last), last + DAY),)


def _recurring(limit: Limit, window: Span, before_counts_day: bool) -> Iterator[DueWindow]:
    back = limit.relation is Relation.BEFORE and not before_counts_day
    start = window.start
    # A recurrence on the first days after the window can still be due inside it ("trước ngày 01").
    for last in sorted({_due(day, wanted, back) for day, wanted in _occurrences(limit.rule or "", window, DAY)}):
        if last in window:
            yield DueWindow(last if limit.relation is Relation.ON else start, last + DAY)
            start = last + DAY


def _due(day: date, wanted: int | None, back: bool) -> date:
    """The due date of a recurrence on `day`: the day before, if `back`, but not when the month is too short for it.

    Before the 30th of a February is by the end of the 28th (29th): the month's last day already lies before the 30th.
    """
    short = wanted is not None and wanted > day.day and day == month_end(day.year, day.month)
    return day - DAY if back and not short else day


def _occurrences(rule: str, window: Span, margin: timedelta) -> Iterator[tuple[date, int | None]]:
    """Days of a rule from the window's start to `margin` after its end, with the day of the month that was asked."""
    for text, wanted in _clamped(rule):
        found = rrulestr(text, dtstart=datetime.combine(window.start, time()))
        for moment in found.between(
            datetime.combine(window.start, time()),
            datetime.combine(window.last + margin, time()),
            inc=True,
        ):
            yield moment.date(), wanted


def _clamped(rule: str) -> Iterator[tuple[str, int | None]]:
    """The rule, one per day of the month, with days after the 28th pulled back to the end of shorter months."""
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if part)
    days = parts.get("BYMONTHDAY")
    # "Every other year" keeps its own frequency: told by months it would mean every other month.
    by_month = parts.get("FREQ") == "MONTHLY" or (
        parts.get("FREQ") == "YEARLY" and "BYMONTH" in parts and "INTERVAL" not in parts
    )
    if not days or not by_month or "BYSETPOS" in parts or "BYDAY" in parts:
        yield rule, None
        return
    for day in (int(word) for word in days.split(",")):
        if day <= 28:
            yield _joined(parts | {"BYMONTHDAY": str(day)}), day
        else:
            span = ",".join(str(number) for number in range(28, day + 1))
            yield (
                _joined(parts | {"FREQ": "MONTHLY", "BYMONTHDAY": span, "BYSETPOS": "-1"}),
                day,
            )


def _joined(parts: Mapping[str, str]) -> str:
    return ";".join(f"{key}={value}" for key, value in parts.items())


def _is_rule(rule: str) -> bool:
    """Whether a text is a recurrence that can be expanded, and no finer than by days."""
    if not rule.upper().startswith(("FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY")):
        return False
    try:
        for text, _ in _clamped(rule):
            rrulestr(text, dtstart=datetime.combine(date(2024, 1, 1), time()))
    except (ValueError, TypeError, AttributeError):
        return False
    return True
