"""Targets from the reader's items: shapes, values, words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.measures import (
    Comparator,
    Shape,
    decimal_from,
    describe,
    expected_count,
    number_label,
    parts_and_total,
    quantity_label,
    target_from,
)
from pcmt.core.periods import Span, expected_windows, parse_date

CASES: list[tuple[dict[str, Any], Shape, str]] = [
    ({"kind": "coverage", "comparator": "gte", "value": 80, "unit": "percent"}, Shape.SHARE, "≥ 80%"),
    ({"kind": "coverage", "comparator": "eq", "value": 100, "unit": "percent"}, Shape.SHARE, "100%"),
    (
        {"kind": "coverage", "comparator": "eq", "value": 100, "unit": "percent", "frequency": {"n": 1, "per": "year"}},
        Shape.SHARE,
        "100%, ít nhất 01 lần/năm",
    ),
    ({"kind": "coverage", "comparator": "lt", "value": 2.5, "unit": "percent"}, Shape.SHARE, "< 2,5%"),
    ({"kind": "count", "comparator": "gte", "value": 10, "unit": "địa bàn"}, Shape.LEVEL, "ít nhất 10 địa bàn"),
    (
        {"kind": "count", "comparator": "eq", "value": 1, "unit": "mô hình", "per": "mỗi xã"},
        Shape.LEVEL,
        "01 mô hình, mỗi xã",
    ),
    ({"kind": "count", "comparator": "lt", "value": 10, "unit": "người"}, Shape.CEILING, "dưới 10 người"),
    ({"kind": "count", "comparator": "lte", "value": 1234, "unit": "người"}, Shape.CEILING, "không quá 1.234 người"),
    (
        {"kind": "count", "comparator": "range", "value": 5, "value_max": 7, "unit": "cuộc"},
        Shape.LEVEL,
        "từ 05 - 07 cuộc",
    ),
    (
        {"kind": "frequency", "comparator": "gte", "value": 2, "unit": "lượt", "frequency": {"n": 2, "per": "week"}},
        Shape.FREQUENCY,
        "ít nhất 02 lượt/tuần",
    ),
    (
        {"kind": "frequency", "comparator": "none", "frequency": {"n": 1, "per": "month", "every": 3}},
        Shape.FREQUENCY,
        "01 lần/3 tháng",
    ),
    (
        {
            "kind": "change",
            "comparator": "gte",
            "value": 5,
            "unit": "percent",
            "direction": "decrease",
            "baseline": {"kind": "previous_year"},
        },
        Shape.CHANGE,
        "giảm từ 5% so với năm trước",
    ),
    (
        {
            "kind": "change",
            "comparator": "range",
            "value": 5,
            "value_max": 10,
            "unit": "percent",
            "direction": "increase",
            "baseline": {"kind": "year", "year": 2020},
        },
        Shape.CHANGE,
        "tăng từ 5 - 10% so với năm 2020",
    ),
    (
        {"kind": "change", "comparator": "lt", "value": 1, "unit": "percent", "direction": "increase"},
        Shape.CHANGE,
        "tăng dưới 1%",
    ),
    ({"kind": "zero_incidence", "comparator": "none"}, Shape.ZERO, "không để phát sinh"),
    ({"kind": "zero_incidence", "measure": "phát sinh điểm mới"}, Shape.ZERO, "không để"),
    (
        {"kind": "direction", "comparator": "none", "direction": "increase", "assessed": "yearly"},
        Shape.MONOTONE,
        "năm sau cao hơn năm trước",
    ),
    (
        {
            "kind": "direction",
            "comparator": "none",
            "direction": "decrease",
            "baseline": {"kind": "event", "text": "thời điểm đăng ký"},
        },
        Shape.MONOTONE,
        "giảm so với thời điểm đăng ký",
    ),
    ({"kind": "direction", "comparator": "none", "direction": "hold"}, Shape.MONOTONE, "không tăng"),
    ({"kind": "milestone", "comparator": "none"}, Shape.MILESTONE, "đạt được"),
    ({"kind": "condition", "comparator": "none"}, Shape.QUALITATIVE, "đánh giá bằng nhận xét"),
    ({"kind": "external_reference", "comparator": "none"}, Shape.LEVEL, "theo chỉ tiêu cấp trên giao"),
]


@pytest.mark.parametrize(("item", "shape", "words"), CASES, ids=[words for _, _, words in CASES])
def test_shape_and_words(item: dict[str, Any], shape: Shape, words: str) -> None:
    spec = target_from(item)
    assert spec.shape is shape
    assert describe(spec) == words


def test_a_total_with_parts_is_an_allocation() -> None:
    item = {"kind": "count", "comparator": "eq", "value": 10, "unit": "vụ"}
    spec = target_from(item, allocated=True)
    assert spec.shape is Shape.ALLOCATION
    assert describe(spec) == "10 vụ"


def test_unknown_words_are_left_to_a_person() -> None:
    spec = target_from({"kind": "new_kind", "comparator": "about", "value": "many", "direction": "up"})
    assert spec.shape is Shape.QUALITATIVE
    assert spec.comparator is Comparator.NONE
    assert spec.value is None


def test_change_and_monotone_need_a_baseline() -> None:
    assert target_from({"kind": "change"}).needs_baseline
    assert target_from({"kind": "direction"}).needs_baseline
    assert not target_from({"kind": "count"}).needs_baseline


def test_the_year_alone_is_a_window() -> None:
    spec = target_from({"kind": "change", "period": {"year": 2021}})
    assert spec.window is not None
    assert spec.window.days == 365


def test_parts_and_total() -> None:
    assert parts_and_total(Decimal(10), [Decimal(7), Decimal(2), Decimal(1)]).agrees
    wrong = parts_and_total(Decimal(10), [Decimal(7), Decimal(2)])
    assert wrong.difference == -1
    assert not wrong.agrees
    unknown = parts_and_total(Decimal(10), [Decimal(7), None])
    assert (unknown.difference, unknown.missing, unknown.sum) == (None, 1, Decimal(7))
    assert parts_and_total(None, [Decimal(1)]).difference is None
    assert parts_and_total(Decimal(0), []).difference is None


@given(st.lists(st.decimals(0, 10**6, places=2), min_size=1, max_size=40))
def test_parts_agree_with_their_own_sum(parts: list[Decimal]) -> None:
    total = sum(parts, Decimal(0))
    assert parts_and_total(total, parts).agrees
    assert not parts_and_total(total + 1, parts).agrees


def test_expected_count() -> None:
    spec = target_from({"kind": "frequency", "value": 2, "frequency": {"n": 2, "per": "month"}})
    first, last = parse_date("2025-01-01"), parse_date("2026-01-01")
    assert first
    assert last
    assert spec.frequency
    assert expected_count(expected_windows(spec.frequency, Span(first, last))) == 24
    assert expected_count(()) is None
    often = target_from({"kind": "frequency", "frequency": {"n": None, "per": "month"}}).frequency
    assert often
    assert expected_count(expected_windows(often, Span(first, last))) is None


def test_numbers_in_vietnamese_form() -> None:
    assert number_label(Decimal("1234567.50")) == "1.234.567,5"
    assert number_label(Decimal(100)) == "100"
    assert number_label(Decimal("0.00")) == "0"
    assert quantity_label(Decimal(0), "vụ") == "0 vụ"
    assert quantity_label(Decimal(7), "vụ") == "07 vụ"
    assert quantity_label(Decimal("7.5"), "ha") == "7,5 ha"
    assert quantity_label(Decimal(7), "percent") == "7%"


@pytest.mark.parametrize("value", [None, True, "", "x", float("nan"), float("inf"), [1]])
def test_what_is_no_number(value: object) -> None:
    assert decimal_from(value) is None


names = st.sampled_from(["kind", "comparator", "value", "value_max", "unit", "direction", "per"])
words = st.sampled_from(["coverage", "count", "range", "gte", "percent", "increase"])
values = st.one_of(st.none(), st.integers(), st.text("mỗi 05%", max_size=8), words)


@given(st.dictionaries(names, values))
def test_any_item_becomes_a_target_with_words(item: dict[str, Any]) -> None:
    item = {key: str(value) if key in ("unit", "per") and value is not None else value for key, value in item.items()}
    assert describe(target_from(item))
