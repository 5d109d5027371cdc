"""The reference data of calendars: well formed, sourced, and what the law and the decisions say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import holidays
import pytest

from pcmt.core.periods import SCHOOL_TERMS, Span, day_off_label
from pcmt.reference import calendars, folder, ladders, school_terms, work_calendar
from pcmt.reference.files import table

DAY = timedelta(days=1)


def off_days(first: date, last: date) -> list[date]:
    work = work_calendar()
    return [day for n in range((last - first).days + 1) if not work.is_working(day := first + n * DAY)]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        # 8662/VPCP-KGVX: Tết and the National Day of 2024; 2450/VPCP-KGVX: five days from 27/4
        (date(2024, 2, 8), date(2024, 2, 14)),
        (date(2024, 8, 31), date(2024, 9, 3)),
        (date(2024, 4, 27), date(2024, 5, 1)),
        # 8726/VPCP-KGVX: nine days of Tết, five days from 30/4, four of the National Day of 2025
        (date(2025, 1, 25), date(2025, 2, 2)),
        (date(2025, 4, 30), date(2025, 5, 4)),
        (date(2025, 8, 30), date(2025, 9, 2)),
        # 12729/VPCP-KGVX: four days from 1/1/2026; then nine days of Tết and five of the National Day
        (date(2026, 1, 1), date(2026, 1, 4)),
        (date(2026, 2, 14), date(2026, 2, 22)),
        (date(2026, 8, 29), date(2026, 9, 2)),
    ],
)
def test_the_days_off_that_were_announced_are_off_and_no_more(first: date, last: date) -> None:
    assert len(off_days(first, last)) == (last - first).days + 1
    work = work_calendar()
    assert work.is_working(first - DAY)
    assert work.is_working(last + DAY)


@pytest.mark.parametrize("day", ["2024-05-04", "2025-04-26", "2026-01-10", "2026-08-22"])
def test_saturdays_that_are_worked(day: str) -> None:
    assert work_calendar().is_working(date.fromisoformat(day))
    assert work_calendar().worked[date.fromisoformat(day)].startswith("Làm bù cho ngày")


def test_words_of_days_off() -> None:
    work = work_calendar()
    assert day_off_label(date(2026, 1, 2), work) == "Nghỉ hoán đổi với ngày 10/01/2026"
    assert day_off_label(date(2026, 2, 17), work) == "Tết Nguyên Đán"
    assert day_off_label(date(2026, 2, 21), work) == "Thứ Bảy"


def test_years_that_were_decided_and_years_that_are_computed() -> None:
    work = work_calendar()
    assert work.official == {2024, 2025, 2026}
    assert not work.is_settled(date(2027, 2, 6))
    assert not work.is_working(date(2027, 2, 5))
    assert not work.is_working(date(2050, 1, 24))
    assert work.known == Span(date(2000, 1, 1), date(2101, 1, 1))


def test_a_decided_year_has_our_swaps_and_not_those_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_swaps(folder_name: str, name: str) -> dict[str, Any]:
        assert (folder_name, name) == ("calendars", "workdays")
        return {"year": [{"year": 2026}]}

    monkeypatch.setattr(calendars, "table", without_swaps)
    work = calendars.work_calendar.__wrapped__()
    assert work.is_working(date(2026, 8, 31))
    assert not work.is_working(date(2026, 8, 22))
    assert not work.is_working(date(2026, 2, 17))
    # Years that are not decided keep what the package knows.
    assert work.is_working(date(2025, 4, 26))


def test_every_decided_year_has_its_sources_and_swaps_that_can_be() -> None:
    plain = holidays.country_holidays("VN", years=range(2020, 2040))
    for entry in table("calendars", "workdays")["year"]:
        assert entry["sources"]
        for swap in entry["swap"]:
            assert swap["off"].year == entry["year"]
            assert swap["off"].weekday() < 5
            assert swap["worked"].weekday() == 5
            assert swap["worked"] not in plain
            assert abs((swap["worked"] - swap["off"]).days) <= 31


def test_school_years(monkeypatch: pytest.MonkeyPatch) -> None:
    for entry in table("calendars", "school_years")["year"]:
        assert entry["source"]
        first, second = school_terms().of_year(entry["opens"])
        assert first.end <= second.start
        assert first.start.year == entry["opens"]
    assert school_terms().of_year(2025)[0] == Span(date(2025, 9, 5), date(2026, 1, 18))
    assert school_terms().of_year(2030) == SCHOOL_TERMS.of_year(2030)


def test_a_province_decides_within_the_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = table("calendars", "school_years")["year"]
    own = {
        "opens": 2025,
        "province": "42",
        "first": {"from": date(2025, 9, 8), "to": date(2026, 1, 10)},
        "second": {"from": date(2026, 1, 12), "to": date(2026, 5, 29)},
    }
    monkeypatch.setattr(calendars, "table", lambda _folder, _name: {"year": [own, *frame]})
    found = calendars.school_terms.__wrapped__("42")
    assert found.of_year(2025)[0].start == date(2025, 9, 8)
    assert found.of_year(2024) == school_terms().of_year(2024)
    assert calendars.school_terms.__wrapped__("01").of_year(2025) == school_terms().of_year(2025)


def test_ladders_have_their_sources() -> None:
    assert set(ladders()) == {"drug-statistics", "administrative"}
    assert all(ladder.source for ladder in ladders().values())


def test_the_tables_lie_where_a_wheel_has_them_too() -> None:
    assert (folder("calendars") / "README.md").is_file()
