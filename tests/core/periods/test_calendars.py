"""The administrative and the statistical calendar, school terms, expected windows."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.periods import (
    ADMINISTRATIVE,
    SCHOOL_TERMS,
    STATISTICAL,
    Calendar,
    ExpectedWindow,
    Frequency,
    Kind,
    SchoolTerms,
    Span,
    closing_on,
    expected_label,
    expected_windows,
    frequency_from,
    frequency_label,
    month_end,
    period_label,
    period_reported,
    period_word_label,
    periods_of,
)

YEAR_2025 = Span(date(2025, 1, 1), date(2026, 1, 1))
days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
calendars = st.sampled_from(
    [ADMINISTRATIVE, STATISTICAL, Calendar("own", "own", 20, 1), closing_on(28), closing_on(30)]
)
kinds = st.sampled_from([Kind.DAY, Kind.WEEK, Kind.MONTH, Kind.QUARTER, Kind.HALF_YEAR, Kind.YEAR])


def ends(span: Span) -> tuple[str, str]:
    return span.start.isoformat(), span.last.isoformat()


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        (Kind.MONTH, 1, ("2024-12-15", "2025-01-14")),
        (Kind.MONTH, 3, ("2025-02-15", "2025-03-14")),
        (Kind.QUARTER, 2, ("2025-03-15", "2025-06-14")),
        (Kind.HALF_YEAR, 1, ("2024-12-15", "2025-06-14")),
        (Kind.HALF_YEAR, 2, ("2025-06-15", "2025-12-14")),
        (Kind.NINE_MONTHS, 1, ("2024-12-15", "2025-09-14")),
        (Kind.YEAR, 1, ("2024-12-15", "2025-12-14")),
    ],
)
def test_administrative_periods_of_decree_09(kind: Kind, number: int, expected: tuple[str, str]) -> None:
    assert ends(ADMINISTRATIVE.named(kind, 2025, number)) == expected


def test_statistical_periods_are_calendar_periods() -> None:
    assert ends(STATISTICAL.named(Kind.QUARTER, 2025, 2)) == (
        "2025-04-01",
        "2025-06-30",
    )
    assert ends(STATISTICAL.named(Kind.MONTH, 2024, 2)) == ("2024-02-01", "2024-02-29")
    assert ends(STATISTICAL.named(Kind.HALF_YEAR, 2025, 2)) == (
        "2025-07-01",
        "2025-12-31",
    )


@given(calendars, kinds, days)
def test_every_day_is_in_exactly_one_period(calendar: Calendar, kind: Kind, day: date) -> None:
    period = calendar.around(kind, day)
    assert day in period
    assert calendar.around(kind, period.end).start == period.end
    assert calendar.around(kind, period.start - timedelta(days=1)).end == period.start


@pytest.mark.parametrize(
    ("word", "last", "expected"),
    [
        ("monthly", date(2025, 3, 14), ("2025-02-15", "2025-03-14")),
        ("monthly", date(2025, 3, 13), ("2025-01-15", "2025-02-14")),
        ("six_monthly", date(2021, 6, 15), ("2020-12-15", "2021-06-14")),
        ("annual", date(2021, 12, 15), ("2020-12-15", "2021-12-14")),
        ("annual", date(2026, 1, 14), ("2024-12-15", "2025-12-14")),
        ("nine_monthly", date(2025, 9, 20), ("2024-12-15", "2025-09-14")),
        ("nine_monthly", date(2025, 9, 10), ("2023-12-15", "2024-09-14")),
        ("quarterly", date(2025, 6, 20), ("2025-03-15", "2025-06-14")),
    ],
)
def test_period_a_report_covers(word: str, last: date, expected: tuple[str, str]) -> None:
    period = period_reported(word, last)
    assert period is not None
    assert ends(period) == expected


@pytest.mark.parametrize("word", ["once", "ad_hoc", "unspecified", None])
def test_words_without_an_interval_cover_no_period(word: str | None) -> None:
    assert period_reported(word, date(2025, 6, 14)) is None


@given(
    st.sampled_from(["weekly", "monthly", "quarterly", "six_monthly", "annual"]),
    days,
    calendars,
)
def test_a_reported_period_is_over_and_the_latest(word: str, last: date, calendar: Calendar) -> None:
    period = period_reported(word, last, calendar)
    assert period is not None
    assert period.last <= last
    following = period_reported(word, period.last + timedelta(days=period.days + 40), calendar)
    assert following is not None
    assert following.start >= period.end


@pytest.mark.parametrize(
    ("frequency", "count"),
    [
        (Frequency(2, Kind.WEEK), 53),
        (Frequency(1, Kind.MONTH), 12),
        (Frequency(1, Kind.MONTH, every=3), 4),
        (Frequency(1, Kind.QUARTER), 4),
        (Frequency(1, Kind.HALF_YEAR), 2),
        (Frequency(1, Kind.YEAR), 1),
        (Frequency(2, Kind.SEMESTER), 3),
        (Frequency(1, Kind.SCHOOL_YEAR), 2),
        (Frequency(1, Kind.CAMPAIGN), 1),
        (Frequency(None, Kind.CONTINUOUS), 0),
        (Frequency(3, None), 0),
    ],
)
def test_expected_windows_of_a_year(frequency: Frequency, count: int) -> None:
    assert len(expected_windows(frequency, YEAR_2025)) == count


def test_expected_windows_are_cut_to_the_plan() -> None:
    june = Span(date(2025, 6, 10), date(2025, 7, 10))
    months = (Span(date(2025, 6, 1), date(2025, 7, 1)), Span(date(2025, 7, 1), date(2025, 8, 1)))
    first, second = expected_windows(Frequency(1, Kind.MONTH), june)
    assert first == ExpectedWindow(date(2025, 6, 10), date(2025, 7, 1), months[0], 1)
    assert second == ExpectedWindow(date(2025, 7, 1), date(2025, 7, 10), months[1], 0)
    assert first.is_part
    assert not first.is_stub
    assert second.is_stub


@given(kinds, st.integers(1, 4), days, st.integers(1, 900), calendars)
def test_expected_windows_cover_the_plan_without_overlap(
    kind: Kind, every: int, start: date, length: int, calendar: Calendar
) -> None:
    window = Span(start, start + timedelta(days=length))
    pieces = expected_windows(Frequency(1, kind, every=every), window, calendar)
    assert pieces[0].start == window.start
    assert pieces[-1].end == window.end
    assert all(left.end == right.start for left, right in itertools.pairwise(pieces))
    assert all(piece.overlap(piece.whole) == Span(piece.start, piece.end) for piece in pieces)
    # Something is always asked for, and whole periods always.
    assert sum(piece.times or 0 for piece in pieces) >= 1
    assert all(piece.times == 1 for piece in pieces if not piece.is_part)


@given(kinds, days, st.integers(1, 900), days)
def test_two_plans_that_meet_ask_for_no_more_than_one_period_more(
    kind: Kind, start: date, length: int, cut: date
) -> None:
    window = Span(start, start + timedelta(days=length))
    cut = window.start + timedelta(days=cut.toordinal() % length)
    if cut == window.start:
        return
    frequency = Frequency(1, kind)

    def asked(part: Span) -> int:
        return sum(piece.times or 0 for piece in expected_windows(frequency, part))

    halves = asked(Span(window.start, cut)) + asked(Span(cut, window.end))
    assert asked(window) - 1 <= halves <= asked(window) + 2


def test_terms_that_were_decided_go_before_the_usual_frame() -> None:
    first, second = Span(date(2025, 9, 5), date(2026, 1, 18)), Span(date(2026, 1, 18), date(2026, 5, 31))
    terms = SchoolTerms(decided={2025: (first, second)})
    plan = Span(date(2025, 9, 1), date(2026, 9, 1))
    assert [each.whole for each in expected_windows(Frequency(1, Kind.SEMESTER), plan, terms=terms)] == [first, second]
    assert terms.of_year(2026) == SCHOOL_TERMS.of_year(2026)
    year = expected_windows(Frequency(1, Kind.SCHOOL_YEAR), plan, terms=terms)
    assert [expected_label(each, Frequency(1, Kind.SCHOOL_YEAR), terms=terms) for each in year] == [
        "Năm học 2025-2026: 01 lần"
    ]
    both = Frequency(1, Kind.SEMESTER, every=2)
    (pair,) = expected_windows(both, plan, terms=terms)
    assert expected_label(pair, both, terms=terms) == "Từ ngày 05/9/2025 đến hết ngày 30/5/2026: 01 lần"


@given(st.integers(1, 31), days)
def test_a_plans_own_closing_day_ends_its_months(closing: int, day: date) -> None:
    own = closing_on(closing)
    month = own.around(Kind.MONTH, day)
    assert month.last == min(
        month_end(month.last.year, month.last.month),
        date(month.last.year, month.last.month, 1) + timedelta(closing - 1),
    )
    assert own.around(Kind.MONTH, month.end).start == month.end


@pytest.mark.parametrize("day", [0, 32])
def test_no_month_closes_on_such_a_day(day: int) -> None:
    with pytest.raises(ValueError, match="no day of a month"):
        closing_on(day)


def test_periods_of_a_plan_stay_whole() -> None:
    plan = Span(date(2024, 11, 20), date(2026, 1, 1))
    halves = periods_of(Kind.HALF_YEAR, plan)
    assert [period_label(half) for half in halves] == [
        "6 tháng cuối năm 2024",
        "6 tháng đầu năm 2025",
        "6 tháng cuối năm 2025",
        "6 tháng đầu năm 2026",
    ]
    assert [period_label(piece) for piece in periods_of(Kind.NINE_MONTHS, YEAR_2025)] == [
        "9 tháng đầu năm 2025",
        "9 tháng đầu năm 2026",
    ]


@pytest.mark.parametrize(
    ("span", "calendar", "label"),
    [
        (ADMINISTRATIVE.named(Kind.QUARTER, 2025, 2), ADMINISTRATIVE, "Quý II/2025"),
        (STATISTICAL.named(Kind.QUARTER, 2025, 2), STATISTICAL, "Quý II/2025"),
        (
            STATISTICAL.named(Kind.QUARTER, 2025, 2),
            ADMINISTRATIVE,
            "từ ngày 01/4/2025 đến hết ngày 30/6/2025",
        ),
        (ADMINISTRATIVE.named(Kind.MONTH, 2025, 2), ADMINISTRATIVE, "Tháng 02/2025"),
        (ADMINISTRATIVE.named(Kind.YEAR, 2025), ADMINISTRATIVE, "Năm 2025"),
        (Span(date(2025, 6, 26), date(2025, 6, 27)), ADMINISTRATIVE, "Ngày 26/6/2025"),
        (Span(date(2025, 6, 2), date(2025, 6, 9)), ADMINISTRATIVE, "Tuần 23/2025"),
    ],
)
def test_period_labels(span: Span, calendar: Calendar, label: str) -> None:
    assert period_label(span, calendar) == label


@pytest.mark.parametrize(
    ("data", "unit", "label"),
    [
        ({"n": 2, "per": "week"}, "lượt", "02 lượt/tuần"),
        ({"n": 1, "per": "month", "every": 3}, "lần", "01 lần/3 tháng"),
        ({"n": 1, "per": "half_year"}, "cuộc", "01 cuộc/6 tháng"),
        ({"n": 1, "per": "quarter", "implied": True}, "lần", "hằng quý"),
        ({"n": None, "per": "continuous"}, "lần", "thường xuyên"),
        ({"n": 2, "per": "semester"}, "lần", "02 lần/học kỳ"),
    ],
)
def test_frequency_labels(data: dict[str, object], unit: str, label: str) -> None:
    frequency = frequency_from(data)
    assert frequency is not None
    assert frequency_label(frequency, unit) == label


def test_period_words() -> None:
    assert period_word_label("monthly") == "hằng tháng"
    assert period_word_label(None) == ""
