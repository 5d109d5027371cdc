"""Targets as values of a small closed set of shapes; no expression language.

A value that a plan does not say is None and stays so: it never reads as zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

import attrs

from pcmt.core.periods import ExpectedWindow, Frequency, Span, frequency_from, parse_date, span_from

E = TypeVar("E", bound=StrEnum)


class Shape(StrEnum):
    """How a target is judged."""

    LEVEL = "level"  # a number of things: "ít nhất 10 địa bàn"
    SHARE = "share"  # a share of a population: "100% xã"
    CHANGE = "change"  # a number against a baseline: "tăng từ 5% so với năm trước"
    FREQUENCY = "frequency"  # so often per period and unit: "02 lượt/tuần"
    CEILING = "ceiling"  # a number not to be passed: "dưới 10 người"
    ZERO = "zero"  # it must not happen: "không để phát sinh"
    ALLOCATION = "allocation"  # a total shared out to units: "10 vụ, trong đó ..."
    MONOTONE = "monotone"  # each time better than before, no number: "năm sau cao hơn năm trước"
    MILESTONE = "milestone"  # a status reached by a date: "được công nhận xã không ma túy"
    QUALITATIVE = "qualitative"  # a person judges


class Comparator(StrEnum):
    """How a figure compares with the value; `none` when there is no value."""

    EQ = "eq"
    GTE = "gte"
    GT = "gt"
    LTE = "lte"
    LT = "lt"
    RANGE = "range"
    APPROX = "approx"
    NONE = "none"


class Direction(StrEnum):
    """Where the figure is to go."""

    INCREASE = "increase"
    DECREASE = "decrease"
    HOLD = "hold"


class BaselineKind(StrEnum):
    """What the figure is compared with."""

    PREVIOUS_YEAR = "previous_year"
    YEAR = "year"
    SAME_PERIOD = "same_period"
    STATISTIC = "statistic"
    EVENT = "event"


@attrs.frozen
class Baseline:
    """What a change starts from; `text` are the plan's words."""

    kind: BaselineKind
    year: int | None = None
    text: str = ""


@attrs.frozen
class TargetSpec:
    """A target as the plan sets it.

    `value` and `value_max` are decimals in `unit_word`; a percentage is the number before the sign (80, not 0.8) and
    its unit word is `percent`. `value_max` is set for a range only. `external` marks a quota that a higher body sets
    elsewhere.
    """

    shape: Shape
    comparator: Comparator = Comparator.NONE
    value: Decimal | None = None
    value_max: Decimal | None = None
    unit_word: str = ""
    measure: str = ""
    direction: Direction | None = None
    baseline: Baseline | None = None
    scope: str = ""
    per: str = ""
    frequency: Frequency | None = None
    yearly: bool = False
    window: Span | None = None
    external: bool = False
    text: str = ""

    @property
    def needs_baseline(self) -> bool:
        """Whether no verdict is possible before somebody gives the baseline's figure."""
        return self.shape in (Shape.CHANGE, Shape.MONOTONE)


@attrs.frozen
class PartsCheck:
    """Parts against their total; `difference` is sum minus total, None when the total or a part has no value."""

    total: Decimal | None
    sum: Decimal
    missing: int
    difference: Decimal | None

    @property
    def agrees(self) -> bool:
        """Whether every value is there and they add up."""
        return self.difference == 0


SHAPES = {
    "coverage": Shape.SHARE,
    "count": Shape.LEVEL,
    "frequency": Shape.FREQUENCY,
    "change": Shape.CHANGE,
    "zero_incidence": Shape.ZERO,
    "direction": Shape.MONOTONE,
    "milestone": Shape.MILESTONE,
    "condition": Shape.QUALITATIVE,
    "external_reference": Shape.LEVEL,
}
"""Kind of the reader's contract to shape; a count turns into a ceiling or an allocation by its comparator and parts."""


def target_from(item: Mapping[str, Any], *, allocated: bool = False) -> TargetSpec:
    """The target of a contract item; `allocated` when the plan shares its total out to units.

    A kind or word outside the contract makes the target qualitative: a person judges what the program cannot.
    """
    comparator = _member(Comparator, item.get("comparator")) or Comparator.NONE
    value = decimal_from(item.get("value"))
    return TargetSpec(
        shape=_shape(
            str(item.get("kind") or ""),
            comparator,
            allocated=allocated and value is not None,
        ),
        comparator=comparator if value is not None else Comparator.NONE,
        value=value,
        value_max=decimal_from(item.get("value_max")) if comparator is Comparator.RANGE else None,
        unit_word=item.get("unit") or "",
        measure=item.get("measure") or "",
        direction=_member(Direction, item.get("direction")),
        baseline=_baseline(item.get("baseline")),
        scope=item.get("scope") or "",
        per=item.get("per") or "",
        frequency=frequency_from(item.get("frequency")),
        yearly=item.get("assessed") == "yearly",
        window=_window(item.get("period")),
        external=item.get("kind") == "external_reference",
        text=item.get("text") or "",
    )


def decimal_from(value: object) -> Decimal | None:
    """A decimal from a JSON number or its text; None for None and for anything that is no finite number."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def parts_and_total(total: Decimal | None, parts: Iterable[Decimal | None]) -> PartsCheck:
    """Whether the parts of an allocation make its total (7 + 2 + 1 = 10)."""
    values = list(parts)
    known = [value for value in values if value is not None]
    missing = len(values) - len(known)
    summed = sum(known, Decimal(0))
    return PartsCheck(
        total,
        summed,
        missing,
        None if total is None or missing or not known else summed - total,
    )


def expected_count(windows: Sequence[ExpectedWindow]) -> int | None:
    """How many occurrences a frequency target asks for over its windows; None without a number to count by."""
    times = [window.times for window in windows if window.times is not None]
    return sum(times) if times and len(times) == len(windows) else None


def _shape(kind: str, comparator: Comparator, *, allocated: bool) -> Shape:
    shape = SHAPES.get(kind, Shape.QUALITATIVE)
    if shape is not Shape.LEVEL:
        return shape
    if allocated:
        return Shape.ALLOCATION
    return Shape.CEILING if comparator in (Comparator.LTE, Comparator.LT) else Shape.LEVEL


def _baseline(data: Mapping[str, Any] | None) -> Baseline | None:
    kind = _member(BaselineKind, data.get("kind")) if data else None
    return Baseline(kind, data.get("year"), data.get("text") or "") if data and kind else None


def _window(data: Mapping[str, Any] | None) -> Span | None:
    if data and data.get("year") and not parse_date(data.get("from")):
        return span_from({"from": f"{data['year']}-01-01", "to": f"{data['year']}-12-31"})
    return span_from(data)


def _member(kinds: type[E], word: object) -> E | None:
    return next((kind for kind in kinds if kind == word), None)
