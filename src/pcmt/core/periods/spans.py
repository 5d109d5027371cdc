"""Half-open spans of days and date arithmetic by months."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import attrs

DAY = timedelta(days=1)


@attrs.frozen(order=True, cache_hash=True)
class Span:
    """The days from `start` up to, not including, `end`; never empty."""

    start: date
    end: date = attrs.field()

    @end.validator
    def _not_empty(self, _attribute: object, value: date) -> None:
        if value <= self.start:
            raise ValueError(f"a span ends after its start: {self.start} .. {value}")

    @property
    def last(self) -> date:
        """The last day inside."""
        return self.end - DAY

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def covers(self, other: Span) -> bool:
        """Whether all days of another are inside."""
        return self.start <= other.start and other.end <= self.end

    def overlap(self, other: Span) -> Span | None:
        """The days in both, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def month_shift(year: int, month: int, months: int) -> tuple[int, int]:
    """Year and month that lie `months` (may be negative) after a month."""
    years, index = divmod(month - 1 + months, 12)
    return year + years, index + 1


def add_months(day: date, months: int) -> date:
    """The same day `months` later; a day the month lacks becomes its last day (31 January + 1 = 28 or 29 February)."""
    year, month = month_shift(day.year, day.month, months)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), month_end(year, month))


def parse_date(value: object) -> date | None:
    """A date from a date or an ISO text (`2025-06-15`); None for None, an empty text or anything that is no date."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def span_from(data: Mapping[str, Any] | None) -> Span | None:
    """The span of `{"from": first day, "to": last day}` as the reader writes periods; None when an end is missing."""
    if not data:
        return None
    first, last = parse_date(data.get("from")), parse_date(data.get("to"))
    return Span(first, last + DAY) if first and last and first <= last else None
