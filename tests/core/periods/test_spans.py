"""Half-open spans and months."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.periods import Span, add_months, month_end, parse_date, span_from

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


def test_a_span_is_half_open() -> None:
    june = Span(date(2024, 6, 1), date(2024, 7, 1))
    assert june.last == date(2024, 6, 30)
    assert june.days == 30
    assert date(2024, 6, 30) in june
    assert date(2024, 7, 1) not in june


def test_a_span_is_never_empty() -> None:
    with pytest.raises(ValueError, match="a span ends after its start"):
        Span(date(2024, 6, 1), date(2024, 6, 1))


def test_overlap() -> None:
    june = Span(date(2024, 6, 1), date(2024, 7, 1))
    assert june.overlap(Span(date(2024, 6, 20), date(2024, 8, 1))) == Span(date(2024, 6, 20), date(2024, 7, 1))
    assert june.overlap(Span(date(2024, 7, 1), date(2024, 8, 1))) is None


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 3, 31), -1, date(2025, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 1, 15), -1, date(2024, 12, 15)),
    ],
)
def test_add_months(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(days, st.integers(-240, 240))
def test_adding_months_lands_in_that_month_on_that_day_or_its_end(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == min(day.day, month_end(later.year, later.month).day)


def test_parse_date() -> None:
    assert parse_date("2025-06-15") == date(2025, 6, 15)
    assert parse_date(datetime(2025, 6, 15, 8)) == date(2025, 6, 15)
    assert [parse_date(value) for value in (None, "", "15/6/2025", "2025-02-30", 7)] == [None] * 5


def test_the_readers_periods_end_on_their_last_day() -> None:
    assert span_from({"from": "2025-01-01", "to": "2025-12-31"}) == Span(date(2025, 1, 1), date(2026, 1, 1))
    assert span_from({"from": "2025-01-01", "to": None}) is None
    assert span_from({"from": "2025-02-01", "to": "2025-01-01"}) is None
    assert span_from(None) is None


@given(days, st.integers(1, 800))
def test_a_span_has_as_many_days_as_it_contains(start: date, length: int) -> None:
    span = Span(start, start + timedelta(days=length))
    assert span.days == length
    assert sum(start + timedelta(days=n) in span for n in range(-2, length + 2)) == length
