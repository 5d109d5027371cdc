"""Days of RFC 5545 recurrences, as plans mean them.

dateutil expands the rules. Two things are ours, because the standard drops what a plan does not mean to drop: a day
that a month lacks (the 31st of April, 29 February in a common year) is the last day of that month, and a rule that
names no day repeats the day on which it began with the same care (31 January, 28 February, 31 March).

What a rule gives is kept: thousands of duties share a few dozen rules.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from itertools import chain
from operator import itemgetter

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from pcmt.core.periods.spans import Span, month_end

Occurrence = tuple[date, bool]
"""A day of a rule, and whether the rule asked for a later day that its month lacks."""

_COMMON = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH"}
_PARTS = {
    "DAILY": _COMMON,
    "WEEKLY": _COMMON,
    "MONTHLY": {*_COMMON, "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": {*_COMMON, "BYMONTHDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"},
}
_DAY_PARTS = {"BYMONTHDAY", "BYDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"}
_WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_MOST = {
    "INTERVAL": 99,
    "COUNT": 9999,
    "BYMONTH": 12,
    "BYMONTHDAY": 31,
    "BYSETPOS": 366,
    "BYYEARDAY": 366,
    "BYWEEKNO": 53,
}
_SIGNED = {"BYMONTHDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"}
_DECADE = 10


@lru_cache(maxsize=1024)
def is_rule(rule: str) -> bool:
    """Whether a text is a recurrence, no finer than by days, that plans can mean and that can be expanded.

    What RFC 5545 allows beyond (every third day if it is a Monday, the sixth Tuesday) is refused: looking for days that
    never come would take until the year 9999.
    """
    parts = rule_parts(rule)
    allowed = _PARTS.get(parts.get("FREQ", ""))
    if allowed is None or not parts.keys() <= allowed or len(parts) != len(rule.split(";")):
        return False
    if not all(_number_fits(name, word) for name in _MOST if name in parts for word in parts[name].split(",")):
        return False
    if "UNTIL" in parts and not re.fullmatch(r"\d{8}(T\d{6}Z?)?", parts["UNTIL"]):
        return False
    if not _days_can_come(parts):
        return False
    try:
        for text, _wanted in _plain(rule, date(2024, 1, 1)):
            rrulestr(text, dtstart=datetime.combine(date(2024, 1, 1), time()))
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def _days_can_come(parts: Mapping[str, str]) -> bool:
    often = parts["FREQ"] in ("DAILY", "WEEKLY")
    filters = {"BYMONTH", "BYDAY"} if parts["FREQ"] == "DAILY" else {"BYMONTH"}
    if often and parts.get("INTERVAL", "1") != "1" and parts.keys() & filters:
        return False
    if "BYSETPOS" in parts and not parts.keys() & (_DAY_PARTS - {"BYSETPOS"}):
        return False
    weekdays = [_WEEKDAY.fullmatch(word) for word in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
    numbers = [int(found[1] or 0) for found in weekdays if found]
    if len(numbers) < len(weekdays) or any(abs(number) > 5 for number in numbers):
        return False
    return not (any(numbers) and (often or "BYMONTHDAY" in parts))


@lru_cache(maxsize=1024)
def rule_parts(rule: str) -> Mapping[str, str]:
    """The parts of a rule in capitals; what is no `NAME=value` is left out."""
    return dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)


def occurrences(rule: str, span: Span) -> Sequence[Occurrence]:
    """The days of a rule from the first to the last day of a span, in order; one asked for in two ways comes twice.

    A rule that says all by itself is the same wherever one begins; what it gives is kept by decades. One that counts
    from its beginning (INTERVAL, COUNT, no day named) begins with the span.
    """
    if not _stands_alone(rule):
        return _expanded(rule, span.start, span.last)
    first, last = span.start.year // _DECADE, span.last.year // _DECADE
    found = (
        _of_decade(rule, first)
        if first == last
        else tuple(chain.from_iterable(_of_decade(rule, decade) for decade in range(first, last + 1)))
    )
    day = itemgetter(0)
    return found[bisect_left(found, span.start, key=day) : bisect_right(found, span.last, key=day)]


def _number_fits(name: str, word: str) -> bool:
    if not re.fullmatch(r"[+-]?\d{1,4}", word) or (word[0] in "+-" and name not in _SIGNED):
        return False
    return 1 <= abs(int(word)) <= _MOST[name]


@lru_cache(maxsize=1024)
def _stands_alone(rule: str) -> bool:
    parts = rule_parts(rule)
    if parts.get("INTERVAL", "1") != "1" or "COUNT" in parts:
        return False
    match parts["FREQ"]:
        case "DAILY":
            return True
        case "WEEKLY":
            return "BYDAY" in parts
        case "MONTHLY":
            return "BYMONTHDAY" in parts or "BYDAY" in parts
        case _:
            return "BYMONTH" in parts and ("BYMONTHDAY" in parts or "BYDAY" in parts)


@lru_cache(maxsize=2048)
def _of_decade(rule: str, decade: int) -> tuple[Occurrence, ...]:
    year = decade * _DECADE
    return _expanded(rule, date(max(year, 1), 1, 1), date(min(year + _DECADE - 1, 9999), 12, 31))


@lru_cache(maxsize=2048)
def _expanded(rule: str, start: date, last: date) -> tuple[Occurrence, ...]:
    begin, end = datetime.combine(start, time()), datetime.combine(last, time())
    found: set[Occurrence] = set()
    for text, wanted in _plain(rule, start):
        for moment in rrulestr(text, dtstart=begin).between(begin, end, inc=True):
            day = moment.date()
            found.add((day, wanted is not None and wanted > day.day and day == month_end(day.year, day.month)))
    days = sorted(found)
    count = rule_parts(rule).get("COUNT")
    return tuple(days[: int(count)] if count else days)


def _plain(rule: str, start: date) -> Iterator[tuple[str, int | None]]:
    """Rules for dateutil that together give the days of one, each with the day of the month that it asks for.

    Days after the 28th become "the last one of 28 to that day".
    """
    parts = {name: value for name, value in rule_parts(rule).items() if name != "COUNT"}
    if "UNTIL" in parts:
        parts["UNTIL"] = parts["UNTIL"][:8]
    if parts["FREQ"] in ("DAILY", "WEEKLY"):
        yield _joined(parts), None
        return
    if not parts.keys() & _DAY_PARTS:
        parts["BYMONTHDAY"] = str(start.day)
        if parts["FREQ"] == "YEARLY":
            parts.setdefault("BYMONTH", str(start.month))
    if parts.keys() & (_DAY_PARTS - {"BYMONTHDAY"}):
        yield _joined(parts), None
        return
    # Each month by itself: "the last one of" is then one a month, also in a rule that leaves years out.
    months = parts.get("BYMONTH", "1,2,3,4,5,6,7,8,9,10,11,12").split(",") if parts["FREQ"] == "YEARLY" else [None]
    if parts["FREQ"] == "YEARLY" and parts.get("INTERVAL", "1") == "1":
        parts, months = parts | {"FREQ": "MONTHLY"}, [None]
    for day in (int(word) for word in parts["BYMONTHDAY"].split(",")):
        for month in months:
            named = parts | ({"BYMONTH": month} if month else {})
            if day <= 28:
                yield _joined(named | {"BYMONTHDAY": str(day)}), day
            else:
                days = ",".join(str(number) for number in range(28, day + 1))
                yield _joined(named | {"BYMONTHDAY": days, "BYSETPOS": "-1"}), day


def _joined(parts: Mapping[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())
