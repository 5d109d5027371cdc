"""The national units as the tables of `data/units/` tell them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from pcmt.core.units import STILL, History, check, history_from, restate, roll_up

BEFORE, DAY, AFTER = date(2025, 6, 30), date(2025, 7, 1), date(2026, 1, 1)


@pytest.fixture(scope="module")
def tables() -> dict[str, str]:
    folder = Path(__file__).parents[3] / "data/units"
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.tsv")}


@pytest.fixture(scope="module")
def nation(tables: dict[str, str]) -> History:
    return history_from(tables)


def test_the_tables_are_whole(nation: History) -> None:
    assert check(nation) == ()


@pytest.mark.parametrize(
    ("on", "counts"),
    [
        (date(2024, 11, 30), {"central": 1, "province": 63, "district": 697, "commune": 10_035}),
        (date(2025, 1, 1), {"central": 1, "province": 63, "district": 696, "commune": 10_035}),
        (BEFORE, {"central": 1, "province": 63, "district": 696, "commune": 10_035}),
        (DAY, {"central": 1, "province": 34, "commune": 3_321}),
        (AFTER, {"central": 1, "province": 34, "commune": 3_321}),
    ],
)
def test_how_many_there_are(nation: History, on: date, counts: dict[str, int]) -> None:
    assert Counter(nation.units[key].level for key in nation.tree(on).parents) == counts


def test_codes_keep_their_zeros(tables: dict[str, str]) -> None:
    for table, digits in (("provinces", 2), ("districts", 3), ("communes", 5)):
        codes = [line.split("\t")[0] for line in tables[table].splitlines()[1:]]
        assert all(re.fullmatch(rf"\d{{{digits}}}", code) for code in codes)


@pytest.mark.parametrize(
    ("code", "level", "on", "name", "above"),
    [
        ("15178", "commune", BEFORE, "Xã Cẩm Tân", ["Huyện Cẩm Thủy", "Tỉnh Thanh Hóa", "Việt Nam"]),
        ("15178", "commune", AFTER, "Xã Cẩm Tân", ["Tỉnh Thanh Hóa", "Việt Nam"]),
        ("16732", "commune", BEFORE, "Phường Nghi Hương", ["Thành phố Vinh", "Tỉnh Nghệ An", "Việt Nam"]),
        ("16732", "commune", AFTER, "Phường Cửa Lò", ["Tỉnh Nghệ An", "Việt Nam"]),
        ("23377", "commune", BEFORE, "Thị trấn Plei Kần", ["Huyện Ngọc Hồi", "Tỉnh Kon Tum", "Việt Nam"]),
        ("23377", "commune", AFTER, "Xã Bờ Y", ["Tỉnh Quảng Ngãi", "Việt Nam"]),
        ("62", "province", BEFORE, "Tỉnh Kon Tum", ["Việt Nam"]),
        ("51", "province", AFTER, "Tỉnh Quảng Ngãi", ["Việt Nam"]),
        ("15", "province", BEFORE, "Tỉnh Yên Bái", ["Việt Nam"]),
        ("15", "province", AFTER, "Tỉnh Lào Cai", ["Việt Nam"]),
        ("536", "district", BEFORE, "Huyện Lý Sơn", ["Tỉnh Quảng Ngãi", "Việt Nam"]),
        ("21548", "commune", AFTER, "Đặc khu Lý Sơn", ["Tỉnh Quảng Ngãi", "Việt Nam"]),
    ],
)
def test_who_has_a_code_on_a_day(nation: History, code: str, level: str, on: date, name: str, above: list[str]) -> None:
    unit = nation.coded(code, level, on)
    assert unit is not None
    assert nation.name(unit.key, on) == name
    assert [nation.name(key, on) for key in nation.tree(on).above(unit.key)] == above


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("15178", {"Xã Cẩm Long", "Xã Cẩm Tân", "Xã Cẩm Phú"}),
        (
            "16732@2025-07-01",
            {
                *("Phường Nghi Thủy", "Phường Nghi Tân", "Phường Thu Thủy", "Phường Nghi Hòa", "Phường Nghi Hải"),
                *("Phường Nghi Hương", "Phường Nghi Thu"),
            },
        ),
        ("51", {"Tỉnh Quảng Ngãi", "Tỉnh Kon Tum"}),
        ("21548", {"Huyện Lý Sơn"}),
    ],
)
def test_what_units_of_today_are_made_of(nation: History, key: str, names: set[str]) -> None:
    assert {nation.name(each, BEFORE).replace("Thuỷ", "Thủy") for each in nation.predecessors(key, DAY)} == names


@pytest.mark.parametrize(
    ("key", "heir"),
    [
        ("15172", "15178"),  # Cẩm Long
        ("15178", "15178"),  # Cẩm Tân goes on
        ("16717", "16732@2025-07-01"),  # Nghi Thủy
        ("62", "51"),  # Kon Tum
        ("390", "38"),  # Cẩm Thủy, a district: its province answers
        ("10", "15@2025-07-01"),  # Lào Cai of before
        ("536", "21548"),
        ("413", "40"),  # Cửa Lò, by way of Vinh
    ],
)
def test_who_answers_for_those_that_ended(nation: History, key: str, heir: str) -> None:
    assert nation.heir(key, AFTER) == heir


def test_districts_ended_on_the_first_of_july(nation: History) -> None:
    districts = [unit for unit in nation.units.values() if unit.level == "district"]
    assert len(districts) == 697
    assert [unit.key for unit in districts if unit.end != DAY] == ["413"]  # Cửa Lò joined Vinh seven months before


def test_every_ended_unit_has_one_heir_that_stands(nation: History) -> None:
    for key, unit in nation.units.items():
        if unit.end != STILL:
            assert nation.units[nation.heir(key, AFTER) or ""].on(AFTER)


def test_a_figure_of_2024_on_the_boundaries_of_today(nation: History) -> None:
    """One person in each old commune and island district: nobody is lost or counted twice."""
    old = nation.tree(BEFORE)
    values = dict.fromkeys(old.leaves, 1000)
    today = restate(nation, values, at=BEFORE, to=AFTER)
    assert not today.incomplete
    assert not today.nowhere
    assert len(today.values) == 3_321
    assert today.values["15178"] == 3000
    assert roll_up(nation.tree(AFTER), dict(today.values))["VN"] == roll_up(old, values)["VN"] == 10_040_000
    # 51 has all of what Quảng Ngãi and Kon Tum had: no commune crossed that border.
    both = roll_up(old, values)
    assert roll_up(nation.tree(AFTER), dict(today.values))["51"] == both["51"] + both["62"]
    assert 300 < len(today.estimated) < 600
