"""Numbers in digits, words and Roman letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.text import find_numerals, parse_numeral, roman_value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("07", 7),
        ("1.330", 1330),
        ("12.450.000", 12_450_000),
        ("33,59", 33.59),
        ("1.234,5", 1234.5),
        ("5,0", 5),
        ("0", 0),
        ("năm", 5),
        ("Mười", 10),
        ("mươi", None),
        ("1.33", None),
        ("1,2,3", None),
        ("", None),
        ("-5", None),
        ("9" * 20, int("9" * 20)),
        ("9" * 400, None),
    ],
)
def test_parse(written: str, value: float | None) -> None:
    assert parse_numeral(written) == value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("từ 05 - 10%", [5, 10]),
        ("1.330/1.280 người", [1330, 1280]),
        ("tăng 1.234,5 ha; 12,25%", [1234.5, 12.25]),
        ("mục 2.1 và 3.12", [2, 1, 3, 12]),
        ("không có số", []),
    ],
)
def test_find(text: str, values: list[float]) -> None:
    found = list(find_numerals(text))
    assert [numeral.value for numeral in found] == values
    assert all(text[numeral.start : numeral.end][0].isdigit() for numeral in found)


def test_find_keeps_to_its_stretch() -> None:
    assert [(n.start, n.end) for n in find_numerals("12 34 56", 3, 5)] == [(3, 5)]


@given(st.integers(0, 10**14))
def test_grouped_numbers_come_back(value: int) -> None:
    assert parse_numeral(f"{value:,}".replace(",", ".")) == value


@given(st.text(max_size=40))
def test_found_numerals_have_the_value_of_their_place(text: str) -> None:
    for numeral in find_numerals(text):
        assert parse_numeral(text[numeral.start : numeral.end]) == numeral.value


@pytest.mark.parametrize(
    ("label", "value"),
    [("I", 1), ("IV", 4), ("IX", 9), ("XIV", 14), ("XL", 40), ("XCIX", 99), ("IIII", None), ("VX", None), ("", None)],
)
def test_roman(label: str, value: int | None) -> None:
    assert roman_value(label) == value


@pytest.mark.parametrize("label", ["i", "A", "IC", "I.", "C", "CC", "D", "M"])
def test_no_roman(label: str) -> None:
    assert roman_value(label) is None
