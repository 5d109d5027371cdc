"""RFC 5545 recurrences: what dateutil gives, without the dates that it would lose."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmt.core.periods import DAY, Limit, Precision, Relation, Span, due_windows, is_rule, limit_label, month_end

starts = st.dates(date(2000, 1, 1), date(2060, 12, 31))
windows = st.builds(lambda start, n: Span(start, start + n * DAY), starts, st.integers(1, 3000))


def dues(rule: str, window: Span) -> list[date]:
    assert is_rule(rule)
    return [piece.last for piece in due_windows(Limit(Relation.BY, Precision.RECURRING, rule=rule), window)]


PLAIN = (
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=TU,FR",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",
    "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,SU",
    "FREQ=MONTHLY;BYMONTHDAY=1,15,28",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=10",
    "FREQ=MONTHLY;COUNT=5;BYMONTHDAY=10",
    "FREQ=MONTHLY;UNTIL=20301231;BYMONTHDAY=10",
    "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=26",
    "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=20",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=7;BYMONTHDAY=1",
    "FREQ=YEARLY;BYMONTH=6;BYDAY=1MO",
    "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
    "FREQ=YEARLY;BYYEARDAY=100",
    "FREQ=YEARLY;BYMONTHDAY=5",
)


@given(st.sampled_from(PLAIN), windows)
def test_rules_without_a_day_that_months_lack_are_dateutils(rule: str, window: Span) -> None:
    begin, end = (datetime.combine(day, datetime.min.time()) for day in (window.start, window.last))
    plain = [moment.date() for moment in rrulestr(rule, dtstart=begin).between(begin, end, inc=True)]
    assert dues(rule, window) == plain


@given(starts, st.integers(1, 100))
def test_a_month_is_never_left_out(start: date, months: int) -> None:
    """31 January, 28 or 29 February, 31 March: what `FREQ=MONTHLY` of the standard would drop."""
    window = Span(start, start + timedelta(days=31 * months))
    found = dues("FREQ=MONTHLY", window)
    named = [(day.year, day.month) for day in found]
    assert len(set(named)) == len(named)
    assert named[0] == (start.year, start.month)
    assert all(day.day == min(start.day, month_end(day.year, day.month).day) for day in found)
    assert len(named) == (found[-1].year - start.year) * 12 + found[-1].month - start.month + 1


@given(starts, st.integers(1, 40))
def test_a_year_is_never_left_out(start: date, years: int) -> None:
    found = dues("FREQ=YEARLY", Span(start, start + timedelta(days=366 * years)))
    assert [day.year for day in found] == list(range(start.year, start.year + len(found)))
    assert len(found) >= years


@given(windows, windows, st.sampled_from(PLAIN))
def test_a_rule_that_says_all_does_not_depend_on_where_one_begins(window: Span, other: Span, rule: str) -> None:
    alone = "INTERVAL" not in rule and "COUNT" not in rule and rule not in ("FREQ=WEEKLY", "FREQ=DAILY")
    both = window.overlap(other)
    if alone and both:
        assert dues(rule, both) == [day for day in dues(rule, window) if day in both]


@pytest.mark.parametrize(
    ("rule", "window", "expected"),
    [
        ("FREQ=MONTHLY;COUNT=3;BYMONTHDAY=31", (date(2026, 1, 1), date(2027, 1, 1)), ["01-31", "02-28", "03-31"]),
        ("FREQ=MONTHLY;UNTIL=20260228T000000Z;BYMONTHDAY=31", (date(2026, 1, 1), date(2027, 1, 1)), ["01-31", "02-28"]),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=30", (date(2025, 12, 1), date(2026, 5, 1)), ["12-30", "02-28", "04-30"]),
        ("FREQ=YEARLY;BYMONTHDAY=31", (date(2026, 1, 1), date(2026, 4, 1)), ["01-31", "02-28", "03-31"]),
        (
            "FREQ=YEARLY;INTERVAL=2;BYMONTH=2,4;BYMONTHDAY=31",
            (date(2027, 1, 1), date(2029, 12, 1)),
            ["02-28", "04-30"] * 2,
        ),
        ("freq=monthly;bymonthday=15", (date(2026, 12, 1), date(2027, 2, 1)), ["12-15", "01-15"]),
    ],
)
def test_days_that_months_lack(rule: str, window: tuple[date, date], expected: list[str]) -> None:
    assert [f"{day:%m-%d}" for day in dues(rule, Span(*window))] == expected


@pytest.mark.parametrize(
    "rule",
    [
        *(
            "",
            "MONTHLY",
            "FREQ=",
            "FREQ=HOURLY",
            "FREQ=SECONDLY;BYSECOND=1",
            "FREQ=MONTHLY;BYMONTHDAY=",
            "FREQ=MONTHLY;",
        ),
        *("FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=1"),
        *("FREQ=YEARLY;BYMONTH=+2", "FREQ=MONTHLY;BYDAY=6MO", "FREQ=MONTHLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=2MO"),
        *(
            "FREQ=MONTHLY;BYSETPOS=1",
            "FREQ=DAILY;BYMONTHDAY=31",
            "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
            "FREQ=DAILY;FREQ=DAILY",
        ),
        *("FREQ=MONTHLY;UNTIL=tomorrow", "FREQ=MONTHLY;UNTIL=20261399", "FREQ=MONTHLY;INTERVAL=0", "FREQ=MONTHLY;X=1"),
        *("FREQ=WEEKLY;INTERVAL=2;BYMONTH=3", "FREQ=MONTHLY;BYEASTER=1", "FREQ=MONTHLY;BYDAY=1FR;BYMONTHDAY=13"),
    ],
)
def test_what_is_no_rule_of_a_plan(rule: str) -> None:
    assert not is_rule(rule)


@settings(max_examples=300)
@given(
    st.lists(
        st.builds(
            "{}={}".format,
            st.sampled_from(
                ["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "WKST"]
            ),
            st.one_of(
                st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "MO", "-1FR", "2,31", "-1", "20270101"]),
                st.integers(-40, 400).map(str),
                st.text(max_size=6),
            ),
        ),
        min_size=1,
        max_size=4,
    ).map(";".join)
)
def test_any_text_is_a_rule_that_can_be_expanded_or_none(text: str) -> None:
    if is_rule(text):
        found = dues(text, Span(date(2026, 1, 1), date(2031, 1, 1)))
        limit_label(Limit(Relation.BY, Precision.RECURRING, rule=text))
        assert found == sorted(set(found))
