"""Parts of numbers as text: one text for each part, there and back; in words; against what an element is split by."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.measures import (
    Element,
    breakdowns_from,
    check_part,
    parse_part,
    part_label,
    part_text,
    parts_of,
)
from pcmt.reference import table

TABLE: dict[str, Any] = table("indicators", "breakdowns")
ALL = breakdowns_from(TABLE)
ADDICTS = Element("addicts", "Số người nghiện", "người", breakdowns=("sex", "age"))

codes = st.from_regex(r"[a-z0-9_]{1,9}", fullmatch=True)
some_pairs = st.dictionaries(codes, codes, max_size=3)


@given(some_pairs, st.randoms())
def test_there_and_back(pairs: dict[str, str], order: Any) -> None:
    text = part_text(pairs.items())
    found = parse_part(text)
    assert not found.problem
    assert dict(found.pairs) == pairs
    assert found.text == text
    shuffled = list(pairs.items())
    order.shuffle(shuffled)
    assert parse_part(" , ".join(f"{key} = {option}" for key, option in shuffled)) == found


@given(st.text(alphabet="ab=, ", max_size=30))
def test_whatever_is_written_is_a_part_with_one_text_or_none(text: str) -> None:
    found = parse_part(text)
    if not found.problem:
        assert parse_part(found.text) == found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("sex", "malformed"),
        ("sex=", "malformed"),
        ("=male", "malformed"),
        ("sex=male=x", "malformed"),
        ("sex=male,", "malformed"),
        ("sex=male,sex=female", "key_twice"),
        ("k=" + "x" * 79, "too_long"),
        ("colour=red", "foreign_key"),
        ("substance=heroin", "foreign_key"),  # a key that there is, but not of this element
        ("sex=other", "unknown_option"),
        ("sex=male,age=18_30", "unordered"),
    ],
)
def test_what_no_part_of_an_element_is(text: str, problem: str) -> None:
    found = check_part(text, ADDICTS, ALL)
    assert found is not None
    assert (found.code, found.args["breakdown"]) == (problem, text)


def test_every_part_of_the_tables_is_one_with_words() -> None:
    assert check_part("", ADDICTS, ALL) is None
    assert check_part("age=18_30,sex=female", ADDICTS, ALL) is None
    assert part_label("age=18_30,sex=female", ALL) == "Nữ, Từ 18 đến 30 tuổi"  # in the order of the table
    assert part_label("sex=other,x=y", ALL) == "sex=other, x=y"
    assert parts_of(ADDICTS, ALL)[:3] == ("sex=male", "sex=female", "age=under_12")
    for part in parts_of(Element("x", "x", "x", breakdowns=tuple(ALL)), ALL):
        assert len(part) <= 40
        assert "=" not in part_label(part, ALL)


def test_options_of_a_day() -> None:
    rows = {
        "breakdown": [
            {
                "code": "level",
                "name": "Cấp",
                "option": [
                    {"code": "district", "name": "Huyện", "until": date(2025, 7, 1)},
                    {"code": "commune", "name": "Xã"},
                ],
            }
        ]
    }
    assert set(breakdowns_from(rows, date(2025, 6, 30))["level"].options) == {"district", "commune"}
    assert set(breakdowns_from(rows, date(2025, 7, 1))["level"].options) == {"commune"}


def test_the_table_is_well_formed() -> None:
    for row in TABLE["breakdown"]:
        assert row["source"]
        options = [option["code"] for option in row["option"]]
        assert len(options) == len(set(options)) > 1
        assert all(
            part_text([(row["code"], option)]) == parse_part(f"{row['code']}={option}").text for option in options
        )
