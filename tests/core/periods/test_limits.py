"""Time limits: what "before" means, and that no due date is lost or doubled."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.periods import (
    WEEKENDS,
    DueWindow,
    Limit,
    Precision,
    Relation,
    Shift,
    Span,
    due_label,
    due_windows,
    event_due_label,
    last_day,
    limit_from,
    limit_label,
    limit_to,
    meaning_label,
    month_end,
    settle,
)

YEAR_2025 = Span(date(2025, 1, 1), date(2026, 1, 1))
DAY = timedelta(days=1)


def limit(relation: str, **value: object) -> Limit:
    found = limit_from({"relation": relation, **value})
    assert found is not None
    return found


def dues(limit: Limit, window: Span = YEAR_2025) -> list[date]:
    return [piece.last for piece in due_windows(limit, window)]


def test_before_a_day_means_by_the_end_of_the_day_before() -> None:
    before = limit("before", precision="day", date="2025-06-15")
    assert last_day(before) == date(2025, 6, 14)
    assert due_windows(before, YEAR_2025) == (DueWindow(date(2025, 1, 1), date(2025, 6, 15)),)
    assert due_label(due_windows(before, YEAR_2025)[0]) == "hết ngày 14/6/2025"


def test_an_office_may_count_the_day_itself() -> None:
    before = limit("before", precision="day", date="2025-06-15")
    assert last_day(before, before_counts_day=True) == date(2025, 6, 15)


@pytest.mark.parametrize("relation", ["by", "on"])
def test_by_and_on_count_the_day(relation: str) -> None:
    assert last_day(limit(relation, precision="day", date="2025-06-15")) == date(2025, 6, 15)


def test_on_a_day_is_open_that_day_only() -> None:
    assert due_windows(limit("on", precision="day", date="2025-06-26"), YEAR_2025) == (
        DueWindow(date(2025, 6, 26), date(2025, 6, 27)),
    )


def test_within_a_month_is_that_month() -> None:
    within = limit("within", precision="month", **{"from": "2025-02-01", "to": "2025-02-28"})
    assert due_windows(within, YEAR_2025) == (DueWindow(date(2025, 2, 1), date(2025, 3, 1)),)


def test_before_and_by_a_span() -> None:
    quarter = {"from": "2025-04-01", "to": "2025-06-30"}
    assert dues(limit("before", precision="quarter", **quarter)) == [date(2025, 3, 31)]
    assert dues(limit("by", precision="quarter", **quarter)) == [date(2025, 6, 30)]


def test_a_limit_earlier_than_the_plan_is_kept() -> None:
    window = Span(date(2024, 11, 20), date(2026, 1, 1))
    assert due_windows(limit("before", precision="day", date="2024-11-15"), window) == (
        DueWindow(date(2024, 11, 14), date(2024, 11, 15)),
    )


def test_an_event_opens_nothing() -> None:
    event = limit("before", precision="event", event="trước khi nghiệm thu")
    assert due_windows(event, YEAR_2025) == ()
    assert last_day(event) is None
    assert limit_label(event) == "trước khi nghiệm thu"


def test_a_monthly_rule_tiles_the_window() -> None:
    monthly = limit("before", precision="recurring", rule="FREQ=MONTHLY;BYMONTHDAY=15")
    windows = due_windows(monthly, YEAR_2025)
    assert len(windows) == 12
    assert windows[0] == DueWindow(date(2025, 1, 1), date(2025, 1, 15))
    assert windows[1] == DueWindow(date(2025, 1, 15), date(2025, 2, 15))
    assert windows[-1].last == date(2025, 12, 14)


def test_before_the_first_of_the_month_is_the_end_of_the_month_before() -> None:
    first = limit("before", precision="recurring", rule="FREQ=MONTHLY;BYMONTHDAY=1")
    assert dues(first)[:2] == [date(2025, 1, 31), date(2025, 2, 28)]
    assert dues(first)[-1] == date(2025, 12, 31)
    assert len(dues(first)) == 12


@pytest.mark.parametrize(
    ("relation", "day", "expected"),
    [
        ("by", 31, [(1, 31), (2, 28), (3, 31), (4, 30)]),
        ("by", 30, [(1, 30), (2, 28), (3, 30), (4, 30)]),
        ("before", 31, [(1, 30), (2, 28), (3, 30), (4, 30)]),
        ("before", 30, [(1, 29), (2, 28), (3, 29), (4, 29)]),
        ("before", 29, [(1, 28), (2, 28), (3, 28), (4, 28)]),
    ],
)
def test_a_day_the_month_lacks_means_its_end(relation: str, day: int, expected: list[tuple[int, int]]) -> None:
    monthly = limit(relation, precision="recurring", rule=f"FREQ=MONTHLY;BYMONTHDAY={day}")
    assert dues(monthly)[:4] == [date(2025, month, number) for month, number in expected]


def test_leap_day_every_year() -> None:
    yearly = limit("by", precision="recurring", rule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29")
    window = Span(date(2023, 1, 1), date(2026, 1, 1))
    assert dues(yearly, window) == [
        date(2023, 2, 28),
        date(2024, 2, 29),
        date(2025, 2, 28),
    ]


def test_last_month_of_the_quarter() -> None:
    quarterly = limit(
        "before",
        precision="recurring",
        rule="FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=20",
    )
    assert dues(quarterly) == [date(2025, month, 19) for month in (3, 6, 9, 12)]
    ends = limit("by", precision="recurring", rule="FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=31")
    assert dues(ends) == [
        date(2025, 3, 31),
        date(2025, 6, 30),
        date(2025, 9, 30),
        date(2025, 12, 31),
    ]


def test_weekly_rule() -> None:
    weekly = limit("on", precision="recurring", rule="FREQ=WEEKLY;BYDAY=TU")
    window = Span(date(2025, 6, 1), date(2025, 7, 1))
    assert dues(weekly, window) == [date(2025, 6, day) for day in (3, 10, 17, 24)]
    assert all(piece.days == 1 for piece in due_windows(weekly, window))


def test_every_other_year_stays_every_other_year() -> None:
    rule = limit(
        "by",
        precision="recurring",
        rule="FREQ=YEARLY;INTERVAL=2;BYMONTH=7;BYMONTHDAY=31",
    )
    assert dues(rule, Span(date(2021, 1, 1), date(2026, 1, 1))) == [date(2021 + n, 7, 31) for n in (0, 2, 4)]


def test_two_days_that_fall_together_are_one_due_date() -> None:
    rule = limit("by", precision="recurring", rule="FREQ=MONTHLY;BYMONTHDAY=29,30")
    february = Span(date(2025, 2, 1), date(2025, 3, 1))
    assert dues(rule, february) == [date(2025, 2, 28)]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"relation": "before"},
        {"relation": "soon", "date": "2025-01-01"},
        {"relation": "by", "precision": "day", "date": "2025-02-30"},
        {
            "relation": "by",
            "precision": "day",
            "date": None,
            "from": "2025-03-01",
            "to": "2025-02-01",
        },
        {"relation": "by", "precision": "recurring", "rule": "FREQ=SECONDLY"},
        {
            "relation": "by",
            "precision": "recurring",
            "rule": "FREQ=MONTHLY;BYMONTHDAY=x",
        },
        {"relation": "by", "precision": "recurring", "rule": "hằng tháng"},
    ],
)
def test_what_is_no_limit(data: dict[str, str] | None) -> None:
    assert limit_from(data) is None


@pytest.mark.parametrize(
    ("data", "label"),
    [
        (
            {"relation": "before", "precision": "day", "date": "2025-06-15"},
            "trước ngày 15/6/2025",
        ),
        (
            {"relation": "by", "precision": "day", "date": "2026-01-05"},
            "chậm nhất ngày 05/01/2026",
        ),
        (
            {"relation": "on", "precision": "day", "date": "2025-06-26"},
            "vào ngày 26/6/2025",
        ),
        (
            {"relation": "by", "precision": "year", "date": "2027-12-31"},
            "đến hết năm 2027",
        ),
        (
            {
                "relation": "within",
                "precision": "month",
                "from": "2025-02-01",
                "to": "2025-02-28",
            },
            "trong tháng 02/2025",
        ),
        (
            {
                "relation": "within",
                "precision": "quarter",
                "from": "2025-04-01",
                "to": "2025-06-30",
            },
            "trong quý II/2025",
        ),
        (
            {
                "relation": "within",
                "precision": "year",
                "from": "2025-01-01",
                "to": "2025-12-31",
            },
            "trong năm 2025",
        ),
        (
            {
                "relation": "within",
                "precision": "range",
                "from": "2025-06-01",
                "to": "2025-06-26",
            },
            "từ ngày 01/6/2025 đến hết ngày 26/6/2025",
        ),
        (
            {
                "relation": "before",
                "precision": "recurring",
                "rule": "FREQ=MONTHLY;BYMONTHDAY=15",
            },
            "trước ngày 15 hằng tháng",
        ),
        (
            {
                "relation": "before",
                "precision": "recurring",
                "rule": "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=20",
            },
            "trước ngày 20 tháng cuối quý",
        ),
        (
            {
                "relation": "before",
                "precision": "recurring",
                "rule": "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=5",
            },
            "trước ngày 05/7 hằng năm",
        ),
        (
            {
                "relation": "on",
                "precision": "recurring",
                "rule": "FREQ=WEEKLY;BYDAY=TU",
            },
            "vào thứ Ba hằng tuần",
        ),
        (
            {
                "relation": "by",
                "precision": "recurring",
                "rule": "FREQ=MONTHLY;BYMONTHDAY=-1",
            },
            "chậm nhất ngày cuối cùng hằng tháng",
        ),
    ],
)
def test_labels(data: dict[str, str], label: str) -> None:
    found = limit_from(data)
    assert found is not None
    assert limit_label(found) == label
    assert limit_from(limit_to(found)) == found


days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
windows = st.builds(
    lambda start, length: Span(start, start + timedelta(days=length)),
    days,
    st.integers(1, 2000),
)
relations = st.sampled_from([Relation.BEFORE, Relation.BY, Relation.ON])
monthdays = st.integers(1, 31)


def monthly_due(year: int, month: int, day: int, relation: Relation) -> date:
    """The due date of a month worked out by hand."""
    end = month_end(year, month)
    if day > end.day:
        return end
    return date(year, month, day) - DAY if relation is Relation.BEFORE else date(year, month, day)


@given(windows, relations, monthdays)
def test_no_monthly_due_date_is_lost_or_doubled(window: Span, relation: Relation, day: int) -> None:
    months = ((year, month) for year in range(window.start.year, window.end.year + 2) for month in range(1, 13))
    expected = sorted({monthly_due(year, month, day, relation) for year, month in months} & set(_days(window)))
    rule = Limit(relation, Precision.RECURRING, rule=f"FREQ=MONTHLY;BYMONTHDAY={day}")
    assert dues(rule, window) == expected


@given(windows, relations, st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]))
def test_no_weekly_due_date_is_lost_or_doubled(window: Span, relation: Relation, weekday: str) -> None:
    wanted = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].index(weekday)
    shift = 1 if relation is Relation.BEFORE else 0
    rule = Limit(relation, Precision.RECURRING, rule=f"FREQ=WEEKLY;BYDAY={weekday}")
    expected = [day for day in _days(window) if (day + shift * DAY).weekday() == wanted]
    assert dues(rule, window) == expected


RULES = (
    "FREQ=MONTHLY;BYMONTHDAY=10,20,31",
    "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=20",
    "FREQ=WEEKLY;BYDAY=MO,FR",
)


@given(windows, relations, st.sampled_from(RULES))
def test_windows_are_ordered_and_apart(window: Span, relation: Relation, rule: str) -> None:
    pieces = due_windows(Limit(relation, Precision.RECURRING, rule=rule), window)
    for left, right in itertools.pairwise(pieces):
        assert left.end <= right.start
        assert relation is Relation.ON or left.end == right.start
    assert all(piece.last in window for piece in pieces)
    if pieces and relation is not Relation.ON:
        assert pieces[0].start == window.start


@given(days, relations, windows)
def test_one_date_is_one_window_with_its_due_date(day: date, relation: Relation, window: Span) -> None:
    (piece,) = due_windows(Limit(relation, Precision.DAY, date=day), window)
    assert piece.last == (day - DAY if relation is Relation.BEFORE else day)


def _days(window: Span) -> list[date]:
    return [window.start + n * DAY for n in range(window.days)]


@pytest.mark.parametrize(
    ("data", "meaning"),
    [
        ({"relation": "before", "date": "2025-06-15"}, "hết ngày 14/6/2025"),
        ({"relation": "by", "date": "2025-06-15"}, ""),
        ({"relation": "before", "precision": "month", "from": "2025-06-01", "to": "2025-06-30"}, "hết ngày 31/5/2025"),
        ({"relation": "before", "rule": "FREQ=MONTHLY;BYMONTHDAY=15"}, "hết ngày 14 hằng tháng"),
        ({"relation": "by", "rule": "FREQ=MONTHLY;BYMONTHDAY=15"}, ""),
        ({"relation": "before", "rule": "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=20"}, "hết ngày 19 tháng cuối quý"),
        ({"relation": "before", "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=2"}, "hết ngày 01/02 hằng năm"),
        ({"relation": "before", "rule": "FREQ=WEEKLY;BYDAY=MO"}, "hết Chủ nhật hằng tuần"),
        ({"relation": "before", "rule": "FREQ=MONTHLY;BYMONTHDAY=1"}, ""),
        ({"relation": "before", "rule": "FREQ=MONTHLY;BYMONTHDAY=30"}, ""),
        ({"relation": "before", "event": "khi nghiệm thu"}, ""),
    ],
)
def test_what_before_means(data: dict[str, str], meaning: str) -> None:
    assert meaning_label(limit(**data)) == meaning


@pytest.mark.parametrize(
    ("data", "label"),
    [
        ({"relation": "before", "event": "thời điểm đề nghị"}, "trước thời điểm đề nghị"),
        ({"relation": "before", "event": "trước khi nghiệm thu"}, "trước khi nghiệm thu"),
        ({"relation": "by", "event": "khi có yêu cầu"}, "khi có yêu cầu"),
        (
            {"relation": "within", "event": "khi nhận thông báo", "length": {"n": 24, "unit": "hour"}},
            "trong 24 giờ kể từ khi nhận thông báo",
        ),
        (
            {"relation": "within", "event": "sau khi kết thúc", "length": {"n": 2, "unit": "working_day"}},
            "trong 02 ngày làm việc sau khi kết thúc",
        ),
        (
            {"relation": "within", "event": "trong vòng 03 ngày làm việc kể từ khi phát hiện"},
            "trong vòng 03 ngày làm việc kể từ khi phát hiện",
        ),
        (
            {"relation": "before", "event": "trước khi hết hạn", "length": {"n": 30, "unit": "day"}},
            "trước khi hết hạn 30 ngày",
        ),
    ],
)
def test_limits_of_events(data: dict[str, object], label: str) -> None:
    found = limit(**data)  # type: ignore[arg-type]
    assert limit_label(found) == label
    assert limit_from(limit_to(found)) == found
    assert due_windows(found, YEAR_2025) == ()
    assert event_due_label(found, None) == f"{label} (chưa xác định được ngày)"


ZONE = timezone(timedelta(hours=7))


def test_an_event_gets_its_day() -> None:
    before = limit("before", event="khi nghiệm thu")
    assert settle(before, date(2025, 6, 15)) == Limit(Relation.BEFORE, Precision.DAY, date=date(2025, 6, 15))
    assert due_windows(before, YEAR_2025, happened=date(2025, 6, 15)) == (
        DueWindow(date(2025, 1, 1), date(2025, 6, 15)),
    )
    on = limit("on", event="ngày hội")
    assert due_windows(on, YEAR_2025, happened=date(2025, 11, 18)) == (
        DueWindow(date(2025, 11, 18), date(2025, 11, 19)),
    )
    # An event told by its moment is the day of that moment.
    assert settle(before, datetime(2025, 6, 15, 23, tzinfo=ZONE)).date == date(2025, 6, 15)
    dated = limit("by", date="2025-06-15")
    assert settle(dated, date(2026, 1, 1)) is dated


def test_the_words_of_an_event_may_say_how_long() -> None:
    within = limit("within", event="trong vòng 03 ngày làm việc kể từ khi phát hiện")
    assert settle(within, date(2025, 6, 13)) == Limit(Relation.BY, Precision.DAY, date=date(2025, 6, 18))


def test_hours_after_an_event() -> None:
    within = limit("within", event="khi nhận thông báo", length={"n": 24, "unit": "hour"})
    (window,) = due_windows(within, YEAR_2025, happened=datetime(2025, 6, 14, 22, tzinfo=ZONE))
    assert window.last == date(2025, 6, 15)
    assert event_due_label(within, datetime(2025, 6, 14, 22, 30, tzinfo=ZONE)) == (
        "trong 24 giờ kể từ khi nhận thông báo (đến 22 giờ 30 phút ngày 15/6/2025)"
    )
    with pytest.raises(TypeError, match="from a moment"):
        due_windows(within, YEAR_2025, happened=date(2025, 6, 14))
    backward = limit("before", event="khi hết hạn", length={"n": 24, "unit": "hour"})
    with pytest.raises(TypeError, match="forward"):
        settle(backward, datetime(2025, 6, 14, 22, tzinfo=ZONE))


@given(windows, st.sampled_from(RULES), relations, st.sampled_from(Shift))
def test_a_shift_loses_no_due_date(window: Span, rule: str, relation: Relation, shift: Shift) -> None:
    wanted = Limit(relation, Precision.RECURRING, rule=rule)
    plain = {piece.last for piece in due_windows(wanted, window)}
    moved = due_windows(wanted, window, work=WEEKENDS, shift=shift)
    assert {piece.last for piece in moved} == {WEEKENDS.shifted(day, shift) for day in plain}
    assert all(left.end <= right.start for left, right in itertools.pairwise(moved))
    assert shift is Shift.KEEP or all(WEEKENDS.is_working(piece.last) for piece in moved)
