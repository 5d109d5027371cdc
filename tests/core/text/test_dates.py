"""Days as plans write them, and what looks like a day and is none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.text import canonical, day_at, find_dates


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("ngày 09/4/2023", (9, 4, 2023)),
        ("09/04/2023", (9, 4, 2023)),
        ("Ngày 30 tháng 5 năm 2024", (30, 5, 2024)),
        ("ngày 30 tháng 5/2024", (30, 5, 2024)),
        ("ngày 30 tháng 5", (30, 5, None)),
        ("4-1-2021", (4, 1, 2021)),
        ("ngày 15.6.2025", (15, 6, 2025)),
        ("(26/6)", (26, 6, None)),
        ("trước 15/01/2026", (15, 1, 2026)),
    ],
)
def test_days(written: str, day: tuple[int, int, int | None]) -> None:
    found = find_dates(canonical(written))
    assert [(one.day, one.month, one.year) for one in found] == [day]
    assert day_at(canonical(written), found[0].start) == found[0]


@pytest.mark.parametrize(
    "written",
    [
        "10/10 huyện", "08/8 ấp", "12/12 đơn vị", "113/130 xã", "1.330/1.280", "05-10%", "2.5", "45/2019/QH14", "13/13",
        "ngày 32/01/2026", "ngày 00/5", "0/5/2024", "12/2023/NĐ-CP", "138/CP", "1/2/3/4",
    ],
)  # fmt: skip
def test_no_days(written: str) -> None:
    assert not find_dates(canonical(written))


def test_days_that_the_calendar_lacks() -> None:
    (leap,) = find_dates("ngày 29/2/2024")
    assert leap.on() == date(2024, 2, 29)
    (none,) = find_dates("ngày 29/2/2023")
    assert none.on() is None
    (open_year,) = find_dates("ngày 29/2")
    assert open_year.on(2024) == date(2024, 2, 29)
    assert open_year.on(2023) is None
    assert open_year.on() is None
    (april,) = find_dates("31/4/2025")
    assert april.on() is None


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.sampled_from(("ngày {d}/{m}/{y}", "{d:02}/{m:02}/{y}",
       "ngày {d} tháng {m} năm {y}", "{d:02}-{m:02}-{y}")))  # fmt: skip
def test_written_days_come_back(day: date, form: str) -> None:
    text = "hoàn thành trước " + form.format(d=day.day, m=day.month, y=day.year) + "."
    (found,) = find_dates(text)
    assert found.on() == day
    assert text[found.start : found.end] + "." == text[found.start :]
