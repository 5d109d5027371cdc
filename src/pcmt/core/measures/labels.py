"""A target in a few Vietnamese words."""

from __future__ import annotations

from decimal import Decimal

from pcmt.core.measures.targets import (
    Baseline,
    BaselineKind,
    Comparator,
    Direction,
    Shape,
    TargetSpec,
)
from pcmt.core.periods import frequency_label

SIGNS = {
    Comparator.EQ: "",
    Comparator.GTE: "≥ ",
    Comparator.GT: "> ",
    Comparator.LTE: "≤ ",
    Comparator.LT: "< ",
    Comparator.APPROX: "khoảng ",
}
WORDS = {
    Comparator.EQ: "",
    Comparator.GTE: "ít nhất ",
    Comparator.GT: "trên ",
    Comparator.LTE: "không quá ",
    Comparator.LT: "dưới ",
    Comparator.APPROX: "khoảng ",
}
MOVES = {
    Direction.INCREASE: "tăng",
    Direction.DECREASE: "giảm",
    Direction.HOLD: "không tăng",
}


def number_label(number: Decimal) -> str:
    """A decimal in Vietnamese form, as short as it can be: `1.234,5`."""
    text = f"{number.normalize():,f}" if number else "0"
    return text.translate({ord(","): ".", ord("."): ","})


def quantity_label(number: Decimal, unit_word: str) -> str:
    """A number with its unit: `80%`, `02 lượt`; whole counts below ten take a zero, as official papers write them."""
    if unit_word == "percent":
        return f"{number_label(number)}%"
    whole = number == number.to_integral_value()
    text = f"{int(number):02}" if whole and 0 < number < 10 else number_label(number)
    return f"{text} {unit_word}".strip()


def describe(spec: TargetSpec) -> str:
    """What the target asks for, without what it measures: `≥ 80%`, `ít nhất 02 lượt/tuần`, `không để phát sinh`."""
    match spec.shape:
        case Shape.ZERO:
            arising = spec.measure.casefold().startswith(("phát sinh", "xảy ra", "hình thành", "tái ", "lọt "))
            return "không để" if arising else "không để phát sinh"  # the measure, which follows, says it itself
        case Shape.MILESTONE:
            return "đạt được"
        case Shape.MONOTONE:
            return _monotone(spec)
        case Shape.CHANGE:
            return _change(spec)
        case Shape.FREQUENCY:
            return _frequency(spec)
        case Shape.QUALITATIVE:
            return "đánh giá bằng nhận xét"
        case _:
            return _amount(spec)


def _amount(spec: TargetSpec) -> str:
    if spec.value is None:
        return "theo chỉ tiêu cấp trên giao" if spec.external else "chưa rõ mức"
    if spec.comparator is Comparator.RANGE and spec.value_max is not None:
        amount = f"từ {_between(spec.value, spec.value_max, spec.unit_word)}"
    else:
        words = SIGNS if spec.unit_word == "percent" else WORDS
        amount = words.get(spec.comparator, "") + quantity_label(spec.value, spec.unit_word)
    if spec.frequency:
        amount += f", {_frequency(spec)}" if spec.shape is Shape.SHARE else ""
    return f"{amount}, mỗi {spec.per.removeprefix('mỗi ')}" if spec.per else amount


def _frequency(spec: TargetSpec) -> str:
    if spec.frequency is None:
        return _amount(spec) if spec.shape is not Shape.SHARE else ""
    unit = spec.unit_word if spec.unit_word and spec.unit_word != "percent" else "lần"
    label = frequency_label(spec.frequency, unit)
    counts = spec.frequency.n is not None and not spec.frequency.implied
    comparator = spec.comparator if spec.shape is Shape.FREQUENCY else Comparator.GTE
    return (WORDS.get(comparator, "") if counts else "") + label


def _change(spec: TargetSpec) -> str:
    move = MOVES.get(spec.direction, "thay đổi") if spec.direction else "thay đổi"
    if spec.value is None:
        return _joined(move, spec.baseline)
    if spec.comparator is Comparator.RANGE and spec.value_max is not None:
        amount = f"từ {_between(spec.value, spec.value_max, spec.unit_word)}"
    else:
        words = WORDS | {Comparator.GTE: "từ ", Comparator.LTE: "không quá "}
        amount = words.get(spec.comparator, "") + quantity_label(spec.value, spec.unit_word)
    return _joined(f"{move} {amount}", spec.baseline)


def _monotone(spec: TargetSpec) -> str:
    previous = spec.baseline is None or spec.baseline.kind is BaselineKind.PREVIOUS_YEAR
    if spec.yearly and previous and spec.direction in (Direction.INCREASE, Direction.DECREASE):
        return f"năm sau {'cao' if spec.direction is Direction.INCREASE else 'thấp'} hơn năm trước"
    return _joined(
        MOVES[spec.direction] if spec.direction else "chuyển biến tốt hơn",
        spec.baseline,
    )


def _joined(words: str, baseline: Baseline | None) -> str:
    if baseline is None:
        return words
    named = {
        BaselineKind.PREVIOUS_YEAR: "năm trước",
        BaselineKind.SAME_PERIOD: "cùng kỳ",
    }.get(baseline.kind)
    against = named or (f"năm {baseline.year}" if baseline.year else baseline.text)
    return f"{words} so với {against}" if against else words


def _between(low: Decimal, high: Decimal, unit_word: str) -> str:
    if unit_word == "percent":
        return f"{number_label(low)} - {number_label(high)}%"
    return f"{quantity_label(low, '')} - {quantity_label(high, unit_word)}"
