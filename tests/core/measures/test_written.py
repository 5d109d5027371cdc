"""What a cell says: numbers as offices write them, and what is no number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.measures import Says, number_label, read_written

NUMBERS = {
    "07": "7", "0": "0", "00": "0", " 12 ": "12", "12 vụ": "12", "12\u00a0vụ.": "12", "1.234": "1234", "1 234": "1234",
    "1.234.567": "1234567", "1,234,567": "1234567", "12,0": "12", "'12": "12", "\u200b12": "12", "１２": "12",
}  # fmt: skip


@pytest.mark.parametrize(("text", "number"), NUMBERS.items())
def test_a_whole_number(text: str, number: str) -> None:
    said = read_written(text, unit_word="vụ")
    assert (said.says, said.value) == (Says.NUMBER, Decimal(number))


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.234,5", "1234.5"), ("12.5", "12.5"), ("0,25", "0.25"), ("1,234,567.5", "1234567.5"), ("5 ha", "5")],
)
def test_a_number_with_decimals(text: str, number: str) -> None:
    assert read_written(text, places=2, unit_word="ha").value == Decimal(number)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", Says.BLANK), ("   ", Says.BLANK), ("—", Says.BLANK), ("…", Says.BLANK), ("...", Says.BLANK),
        ("-", Says.DASH), ("–", Says.DASH), ("--", Says.DASH),
        ("x", Says.NOT_APPLICABLE), (" X ", Says.NOT_APPLICABLE), ("Không áp dụng", Says.NOT_APPLICABLE),
    ],
)  # fmt: skip
def test_blank_dash_and_does_not_apply_are_three_things(text: str, says: Says) -> None:
    said = read_written(text)
    assert (said.says, said.value) == (says, None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#REF!", "error"), ("#DIV/0!", "error"), ("Err:502", "error"), ("05/06/2026", "date"), ("80%", "percent"),
        ("-5", "negative"), ("(5)", "negative"), ("1,5", "decimals"), ("1,234", "decimals"), ("12.5", "decimals"),
        ("0.123", "two_ways"), ("12 người", "word"), ("khoảng 12", "no_number"), ("O7", "no_number"),
        ("12 (3)", "no_number"), ("1/2", "no_number"), ("999999999999999999999999", "large"), ("mười", "no_number"),
    ],
)  # fmt: skip
def test_what_is_no_number_says_why(text: str, why: str) -> None:
    said = read_written(text, unit_word="vụ")
    assert (said.says, said.why) == (Says.WRONG, why)


@given(value=st.decimals(0, 10**9, places=2), places=st.integers(2, 4))
def test_what_is_shown_is_read_back(value: Decimal, places: int) -> None:
    assert read_written(number_label(value), places=places).value == value


@given(text=st.text(max_size=40), places=st.integers(0, 4))
def test_any_text_has_an_answer(text: str, places: int) -> None:
    said = read_written(text, places=places, unit_word="vụ")
    assert (said.says is Says.NUMBER) == (said.value is not None)
    assert (said.says is Says.WRONG) == bool(said.why)
    assert said.value is None or said.value >= 0
