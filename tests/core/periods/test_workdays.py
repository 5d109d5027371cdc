"""Working days, shifts off days off, and lengths in hours, days, working days and months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.periods import (
    DAY,
    WEEKENDS,
    Days,
    Hours,
    Months,
    Shift,
    Span,
    WorkCalendar,
    WorkingDays,
    add_months,
    back_from,
    closing,
    day_off_label,
    ends_at,
    ends_on,
    length_from,
    length_in,
    length_label,
    length_to,
)
from pcmt.reference import work_calendar

days = st.dates(date(2005, 1, 1), date(2090, 12, 31))
counts = st.integers(1, 60)
calendars = st.one_of(
    st.just(WEEKENDS),
    st.just(work_calendar()),
    st.builds(
        lambda off, worked: WorkCalendar(dict.fromkeys(off, "nghỉ"), dict.fromkeys(worked, "làm bù")),
        st.sets(st.dates(date(2026, 1, 1), date(2026, 3, 1)), max_size=40),
        st.sets(st.dates(date(2026, 1, 1), date(2026, 3, 1)), max_size=9),
    ),
)
TET = WorkCalendar(off={date(2026, 2, day): "Tết" for day in range(16, 21)}, worked={date(2026, 2, 28): "Làm bù"})


@given(calendars, st.one_of(days, st.dates(date(2026, 1, 1), date(2026, 3, 1))), counts)
def test_the_nth_working_day(work: WorkCalendar, day: date, count: int) -> None:
    later, earlier = work.add(day, count), work.add(day, -count)
    assert work.is_working(later)
    assert work.is_working(earlier)
    assert work.count(Span(day + DAY, later + DAY)) == count
    assert work.count(Span(earlier, day)) == count
    assert work.add(day, 0) == day


@given(calendars, days, st.sampled_from(Shift))
def test_a_shift_leaves_working_days_alone_and_days_off_behind(work: WorkCalendar, day: date, shift: Shift) -> None:
    found = work.shifted(day, shift)
    assert work.shifted(found, shift) == found
    if shift is Shift.KEEP or work.is_working(day):
        assert found == day
    else:
        assert work.is_working(found)
        assert (found > day) is (shift is Shift.NEXT)
        assert work.count(Span(min(found, day), max(found, day) + DAY)) == 1


def test_weekends_swaps_and_their_words() -> None:
    assert day_off_label(date(2026, 2, 14), TET) == "Thứ Bảy"
    assert day_off_label(date(2026, 2, 16), TET) == "Tết"
    assert day_off_label(date(2026, 2, 28), TET) == ""
    assert TET.is_working(date(2026, 2, 28))
    assert not TET.is_settled(date(2026, 2, 16))


def test_a_calendar_without_working_days_is_no_endless_search() -> None:
    never = WorkCalendar(off={date(2026, 1, 1) + n * DAY: "nghỉ" for n in range(400)})
    with pytest.raises(ValueError, match="without a working day"):
        never.add(date(2026, 3, 1), 1)


# --- lengths

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
moments = st.datetimes(datetime(2005, 1, 1), datetime(2090, 1, 1), timezones=st.sampled_from([HANOI, BERLIN, UTC]))


@given(moments, st.integers(1, 500))
def test_hours_run_through_everything(since: datetime, n: int) -> None:
    end = ends_at(Hours(n), since)
    assert end.astimezone(UTC) - since.astimezone(UTC) == timedelta(hours=n)
    assert end.tzinfo is since.tzinfo


def test_hours_need_a_moment_and_days_a_day() -> None:
    noon = datetime(2026, 6, 1, 12, tzinfo=HANOI)
    with pytest.raises(ValueError, match="time zone"):
        ends_at(Hours(24), noon.replace(tzinfo=None))
    with pytest.raises(ValueError, match="time zone"):
        ends_at(Hours(24), noon.date())  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        ends_at(Days(1), noon)  # type: ignore[arg-type]
    for wrong in (lambda: ends_on(Hours(24), noon.date(), work=TET), lambda: ends_on(Days(1), noon, work=TET)):
        with pytest.raises(TypeError, match="do not mix"):
            wrong()


@pytest.mark.parametrize("pair", [(Hours(24), Days(1)), (Days(1), WorkingDays(1)), (Days(30), Months(1))])
def test_lengths_do_not_mix(pair: tuple[Any, Any]) -> None:
    first, second = pair
    assert first != second
    for mix in (lambda: first + second, lambda: first < second, lambda: first * 2, lambda: first + 1):
        with pytest.raises(TypeError):
            mix()


@pytest.mark.parametrize("n", [0, -1, 1.5, "2", None])
def test_a_length_is_a_positive_whole_number(n: Any) -> None:
    for kind in (Hours, Days, WorkingDays, Months):
        with pytest.raises((ValueError, TypeError)):
            kind(n)
    assert length_from({"n": n, "unit": "day"}) is None


@given(days, counts, calendars)
def test_the_day_itself_is_not_counted(day: date, n: int, work: WorkCalendar) -> None:
    assert ends_on(Days(n), day, work=work) == day + n * DAY
    assert ends_on(WorkingDays(n), day, work=work) == work.add(day, n)
    assert ends_on(Months(n), day, work=work) == add_months(day, n)
    assert work.is_working(ends_on(Days(n), day, work=work, shift=Shift.NEXT))
    # There and back: what must be done n days before the end can be done then and is over n days later.
    assert ends_on(Days(n), back_from(Days(n), day, work=work), work=work) == day


@given(days, st.integers(1, 20), calendars)
def test_the_last_working_days_of_a_term(last: date, n: int, work: WorkCalendar) -> None:
    span = closing(WorkingDays(n), last, work=work)
    assert span.last == last
    assert work.count(span) == n
    assert work.is_working(span.start)
    assert closing(Days(n), last, work=work).days == n


def test_closing_of_a_term() -> None:
    # 30/4 and 1/5/2026 are holidays, the 2nd and 3rd a weekend.
    assert closing(WorkingDays(3), date(2026, 5, 4), work=work_calendar()) == Span(date(2026, 4, 28), date(2026, 5, 5))
    assert closing(Months(1), date(2026, 2, 28), work=TET) == Span(date(2026, 2, 1), date(2026, 3, 1))
    assert back_from(Months(1), date(2026, 3, 31), work=TET) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("length", "label"),
    [(Hours(24), "24 giờ"), (Days(2), "02 ngày"), (WorkingDays(5), "05 ngày làm việc"), (Months(24), "24 tháng")],
)
def test_length_words(length: Any, label: str) -> None:
    assert length_label(length) == label
    assert length_from(length_to(length)) == length


@pytest.mark.parametrize(
    "data", [None, {}, {"n": 2}, {"unit": "day"}, {"n": 2, "unit": "fortnight"}, {"n": True, "unit": "day"}]
)
def test_what_is_no_length(data: Any) -> None:
    assert length_from(data) is None


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("trong vòng 03 ngày làm việc kể từ khi phát hiện", WorkingDays(3)),
        ("Trong 24 giờ, kể từ khi nhận thông báo", Hours(24)),
        ("chậm nhất là 10 ngày sau ngày nhận hồ sơ", Days(10)),
        ("không quá 02 tuần kể từ ngày họp", Days(14)),
        ("sau 06 tháng từ ngày công nhận", Months(6)),
        ("trong 00 ngày kể từ khi nhận", None),
        ("khi nghiệm thu", None),
        ("trong 03 ngàyx", None),
        ("thời điểm 24 giờ", None),
    ],
)
def test_lengths_in_the_words_of_a_plan(words: str, length: Any) -> None:
    assert length_in(words) == length


def test_a_zone_that_changes_its_clock_does_not_change_the_hours() -> None:
    # Clocks go forward in the night of 29/3/2026: twenty-four hours later they show an hour more.
    since = datetime(2026, 3, 28, 12, tzinfo=BERLIN)
    assert ends_at(Hours(24), since) == datetime(2026, 3, 29, 13, tzinfo=BERLIN)
    fixed = datetime(2026, 3, 28, 12, tzinfo=timezone(timedelta(hours=7)))
    assert ends_at(Hours(24), fixed).hour == 12
