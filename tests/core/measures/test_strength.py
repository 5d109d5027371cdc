"""Whether one wording of a target asks for more than another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.measures import Shape, Stronger, TargetSpec, compare_strength, each_level, target_from
from pcmt.core.periods import Span

SHARE: dict[str, Any] = {"kind": "coverage", "comparator": "gte", "value": 80, "unit": "percent"}
COUNT: dict[str, Any] = {"kind": "count", "comparator": "gte", "value": 10, "unit": "vụ"}
MOST: dict[str, Any] = {"kind": "count", "comparator": "lte", "value": 10, "unit": "người"}
RISE: dict[str, Any] = {
    "kind": "change", "comparator": "gte", "value": 5, "unit": "percent", "direction": "increase",
    "baseline": {"kind": "previous_year", "text": "năm trước"},
}  # fmt: skip
OFTEN: dict[str, Any] = {"kind": "frequency", "frequency": {"n": 2, "per": "week", "every": 1}}
BETTER: dict[str, Any] = {"kind": "direction", "direction": "increase"}
ZERO: dict[str, Any] = {"kind": "zero_incidence"}
FIRST, LAST = {"from": "2026-01-01", "to": "2026-06-30"}, {"from": "2026-01-01", "to": "2026-12-31"}


def spec(facts: dict[str, Any], **more: Any) -> TargetSpec:
    return target_from({**facts, **more})


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        (spec(SHARE, value=85), spec(SHARE), "stronger"),
        (spec(SHARE), spec(SHARE), "same"),
        (spec(SHARE, value=79), spec(SHARE), "weaker"),
        (spec(SHARE, comparator="gt"), spec(SHARE), "stronger"),
        (spec(SHARE, comparator="eq"), spec(SHARE), "same"),
        (spec(COUNT, comparator="approx"), spec(COUNT), "weaker"),
        (spec(COUNT), spec(COUNT, comparator="range", value_max=20), "same"),
        (spec(COUNT, unit="tin"), spec(COUNT), "apart"),
        (spec(COUNT), spec(SHARE), "apart"),
        (spec(MOST, value=8), spec(MOST), "stronger"),
        (spec(MOST, comparator="lt"), spec(MOST), "stronger"),
        (spec(MOST, value=12), spec(MOST), "weaker"),
        (spec(ZERO), spec(MOST), "stronger"),
        (spec(MOST), spec(ZERO), "weaker"),
        (spec(MOST), spec(COUNT, unit="người"), "apart"),
        (spec(RISE, value=7), spec(RISE), "stronger"),
        (spec(RISE, direction="decrease"), spec(RISE), "apart"),
        (spec(RISE, baseline={"kind": "year", "year": 2020}), spec(RISE), "apart"),
        (spec(RISE, comparator="lt"), spec(RISE), "apart"),
        (spec(RISE, comparator="lt", value=1), spec(RISE, comparator="lt", value=2), "stronger"),
        (spec(RISE), spec(BETTER), "stronger"),
        (spec(BETTER), spec(RISE), "weaker"),
        (spec(BETTER), spec(BETTER), "same"),
        (spec(BETTER, direction="decrease"), spec(BETTER, direction="hold"), "stronger"),
        (spec(BETTER), spec(BETTER, direction="decrease"), "apart"),
        (spec(BETTER), spec(COUNT), "apart"),
        (spec(OFTEN), spec(OFTEN, frequency={"n": 4, "per": "month", "every": 1}), "stronger"),
        (spec(OFTEN, frequency={"n": 1, "per": "month", "every": 3}),
         spec(OFTEN, frequency={"n": 1, "per": "quarter", "every": 1}), "same"),
        (spec(OFTEN), spec(OFTEN, frequency={"n": 2, "per": "campaign", "every": 1}), "apart"),
        (spec(COUNT, value=None, kind="external_reference"), spec(COUNT), "apart"),
        (spec({"kind": "condition"}), spec(COUNT), "apart"),
        (spec({"kind": "condition", "text": "Nâng cao nhận thức"}),
         spec({"kind": "condition", "text": "nâng cao  nhận thức"}), "same"),
        (spec(COUNT, period=FIRST), spec(COUNT, period=LAST), "stronger"),
        (spec(COUNT, period=LAST), spec(COUNT, period=FIRST), "weaker"),
        (spec(COUNT, period=LAST, value=12), spec(COUNT, period=FIRST), "apart"),
        (spec(COUNT, period=FIRST, value=12), spec(COUNT, period=LAST), "stronger"),
        (spec({"kind": "milestone"}, period=FIRST), spec({"kind": "milestone"}, period=LAST), "stronger"),
    ],
)  # fmt: skip
def test_which_asks_for_more(ours: TargetSpec, theirs: TargetSpec, kind: str) -> None:
    found = compare_strength(ours, theirs)
    assert str(found.kind) == kind, found.reason
    assert found.reason
    assert found.at_least is (kind in ("stronger", "same"))


def test_the_reason_is_in_words() -> None:
    assert compare_strength(spec(SHARE, value=85), spec(SHARE)).reason == "≥ 85% so với ≥ 80%: cao hơn 5 điểm %"
    assert compare_strength(spec(MOST, value=8), spec(MOST)).reason.endswith("thấp hơn 2")


TURNED = {Stronger.STRONGER: Stronger.WEAKER, Stronger.WEAKER: Stronger.STRONGER}
SPECS = st.builds(
    TargetSpec,
    shape=st.sampled_from([Shape.SHARE, Shape.LEVEL, Shape.CEILING]),
    comparator=st.sampled_from([spec(SHARE, comparator=each).comparator for each in ("gte", "gt", "lte", "lt", "eq")]),
    value=st.integers(0, 3).map(Decimal),
    unit_word=st.just("vụ"),
    window=st.sampled_from([None, Span(date(2026, 1, 1), date(2026, 7, 1)), Span(date(2026, 1, 1), date(2027, 1, 1))]),
)


@given(SPECS, SPECS)
def test_it_turns_round_with_the_question(ours: TargetSpec, theirs: TargetSpec) -> None:
    there, back = compare_strength(ours, theirs).kind, compare_strength(theirs, ours).kind
    assert back is TURNED.get(there, there)
    assert compare_strength(ours, ours).kind is Stronger.SAME


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("mỗi xã, phường", "commune"), ("100% trường học", "school"), ("từng thôn", "hamlet"), ("mỗi đơn vị", None),
        ("trên địa bàn xã", None), ("tất cả các huyện", "district"), ("Mỗi tổ dân phố", "hamlet"), ("", None),
    ],
)  # fmt: skip
def test_of_whom_words_ask(words: str, level: str | None) -> None:
    assert each_level(words) == level
