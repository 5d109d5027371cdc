"""Whether one wording of a target asks for more than another: amendments, and plans below against the one above.

Only the demand is compared, not what is measured: that both measure the same is for the caller to see to. Numbers of
things compare between equal scopes only; shares, changes and frequencies hold for any.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import attrs

from pcmt.core.measures.labels import describe, number_label, quantity_label
from pcmt.core.measures.targets import BaselineKind, Comparator, Direction, Shape, TargetSpec
from pcmt.core.periods import Frequency, Kind, date_label

ABOUT = Decimal("0.9")
""" "Khoảng 300" asks for nine tenths of it."""
_A_YEAR = {
    Kind.DAY: Decimal(365),
    Kind.WEEK: Decimal(52),
    Kind.MONTH: Decimal(12),
    Kind.QUARTER: Decimal(4),
    Kind.HALF_YEAR: Decimal(2),
    Kind.SEMESTER: Decimal(2),
    Kind.NINE_MONTHS: Decimal(1),
    Kind.YEAR: Decimal(1),
    Kind.SCHOOL_YEAR: Decimal(1),
}


class Stronger(StrEnum):
    """How one target stands to another."""

    STRONGER = "stronger"
    SAME = "same"
    WEAKER = "weaker"
    APART = "apart"  # not comparable


MOVES = {
    Stronger.STRONGER: "siết chặt",
    Stronger.SAME: "giữ nguyên",
    Stronger.WEAKER: "nới",
    Stronger.APART: "thay đổi cách đặt chỉ tiêu",
}
"""What an amendment does to a target, in words."""


@attrs.frozen
class Strength:
    """What a comparison found, and why in Vietnamese words."""

    kind: Stronger
    reason: str

    @property
    def at_least(self) -> bool:
        """Whether who reaches the first has reached the second."""
        return self.kind in (Stronger.STRONGER, Stronger.SAME)


@attrs.frozen
class _Demand:
    """What is asked, as one number: `most` where lower is stronger, `strict` where the number itself is not enough."""

    sort: str
    number: Decimal
    unit_word: str = ""
    most: bool = False
    strict: bool = False


def compare_strength(a: TargetSpec, b: TargetSpec) -> Strength:
    """Whether `a` asks for at least as much as `b`.

    Of equal demands the one that is due earlier is the stronger; a higher demand that is due later is not comparable.
    """
    if a.shape is Shape.QUALITATIVE or b.shape is Shape.QUALITATIVE:
        same = a.shape is b.shape and " ".join(a.text.split()).casefold() == " ".join(b.text.split()).casefold()
        return Strength(Stronger.SAME, "cùng nội dung") if same else _apart("do người đánh giá, không có số để so")
    if a.shape is Shape.MILESTONE and b.shape is Shape.MILESTONE:
        return _due(a, b, Strength(Stronger.SAME, "cùng phải đạt"))
    if Shape.MONOTONE in (a.shape, b.shape):
        return _moving(a, b)
    ours, theirs = _demand(a), _demand(b)
    if ours is None or theirs is None:
        return _apart("chưa rõ mức của một bên")
    if ours.sort != theirs.sort or ours.most is not theirs.most:
        return _apart(f"khác cách đặt chỉ tiêu ({describe(a)} và {describe(b)})")
    zero = a.shape is Shape.ZERO or b.shape is Shape.ZERO
    if not zero and ours.unit_word.casefold() != theirs.unit_word.casefold():
        return _apart(f"khác đơn vị tính ({_unit(ours)} và {_unit(theirs)})")
    found = _by_number(a, b, ours, theirs)
    return found if ours.most else _due(a, b, found)


def _by_number(a: TargetSpec, b: TargetSpec, ours: _Demand, theirs: _Demand) -> Strength:
    ahead = (theirs.number - ours.number) if ours.most else (ours.number - theirs.number)
    words = f"{describe(a)} so với {describe(b)}"
    if ahead:
        kind = Stronger.STRONGER if ahead > 0 else Stronger.WEAKER
        by = number_label(abs(ahead)) + (" điểm %" if ours.unit_word == "percent" else "")
        lower = (ahead > 0) is ours.most
        return Strength(kind, f"{words}: {'thấp' if lower else 'cao'} hơn {by}")
    if ours.strict is not theirs.strict:
        kind = Stronger.STRONGER if ours.strict else Stronger.WEAKER
        level = quantity_label(ours.number, ours.unit_word)
        return Strength(kind, f"{words}: {'không kể' if ours.strict else 'kể cả'} mức {level}")
    return Strength(Stronger.SAME, f"cùng mức {describe(a)}")


def _due(a: TargetSpec, b: TargetSpec, found: Strength) -> Strength:
    """The same, with the day by which it is due taken into account, where both name one."""
    if found.kind is Stronger.APART or a.window is None or b.window is None or a.window.end == b.window.end:
        return found
    days = f"hạn {date_label(a.window.last)} so với {date_label(b.window.last)}"
    sooner = a.window.end < b.window.end
    if found.kind is Stronger.SAME:
        words = f"{found.reason}, {days}: {'sớm' if sooner else 'muộn'} hơn"
        return Strength(Stronger.STRONGER if sooner else Stronger.WEAKER, words)
    if (found.kind is Stronger.STRONGER) is sooner:
        return found
    return _apart(f"{found.reason}, nhưng {days}")


def _moving(a: TargetSpec, b: TargetSpec) -> Strength:
    """Each time better by any amount, against the same or against a change by so much."""
    if {a.shape, b.shape} - {Shape.MONOTONE, Shape.CHANGE}:
        return _apart(f"khác cách đặt chỉ tiêu ({describe(a)} và {describe(b)})")
    if _against(a) != _against(b):
        return _apart(f"khác kỳ gốc ({describe(a)} và {describe(b)})")
    if a.direction is b.direction:
        if a.shape is b.shape:
            return Strength(Stronger.SAME, f"cùng yêu cầu {describe(a)}")
        kind = Stronger.WEAKER if a.shape is Shape.MONOTONE else Stronger.STRONGER
        return Strength(kind, f"{describe(a)} so với {describe(b)}: chỉ một bên nêu mức cụ thể")
    if {a.direction, b.direction} == {Direction.DECREASE, Direction.HOLD}:
        kind = Stronger.STRONGER if a.direction is Direction.DECREASE else Stronger.WEAKER
        return Strength(kind, f"{describe(a)} so với {describe(b)}")
    return _apart(f"ngược chiều ({describe(a)} và {describe(b)})")


def _against(spec: TargetSpec) -> tuple[BaselineKind, int | None, str]:
    """What a change starts from; a plan that names nothing means the year before."""
    if spec.baseline is None:
        return BaselineKind.PREVIOUS_YEAR, None, ""
    named = spec.baseline.kind in (BaselineKind.EVENT, BaselineKind.STATISTIC) and not spec.baseline.year
    if spec.baseline.year:
        return BaselineKind.YEAR, spec.baseline.year, ""
    return spec.baseline.kind, None, " ".join(spec.baseline.text.split()).casefold() if named else ""


def _demand(spec: TargetSpec) -> _Demand | None:
    if spec.shape is Shape.ZERO:
        return _Demand("number", Decimal(0), most=True)
    if spec.shape is Shape.FREQUENCY:
        rate = _rate(spec.frequency)
        return None if rate is None else _Demand("frequency", rate)
    if spec.value is None:
        return None
    if spec.shape is Shape.CHANGE:
        sort = f"change {spec.direction} {_against(spec)}"
        most = spec.direction is Direction.HOLD or (
            spec.direction is Direction.INCREASE and spec.comparator in (Comparator.LT, Comparator.LTE)
        )
    else:
        sort = "number"
        falls = spec.direction in (Direction.DECREASE, Direction.HOLD)
        most = spec.comparator in (Comparator.LT, Comparator.LTE) or (falls and spec.comparator is not Comparator.GT)
    number = spec.value
    if spec.comparator is Comparator.APPROX:
        number *= ABOUT
    elif most and spec.value_max is not None:
        number = spec.value_max
    strict = spec.comparator in (Comparator.LT, Comparator.GT)
    return _Demand(sort, number, spec.unit_word, most, strict)


def _rate(frequency: Frequency | None) -> Decimal | None:
    """How often in a year. A campaign is a period of its own length: only campaigns compare with it, by the plan."""
    if frequency is None or frequency.n is None or frequency.per not in _A_YEAR:
        return None
    return Decimal(frequency.n) * _A_YEAR[frequency.per] / frequency.every


def _unit(demand: _Demand) -> str:
    return "%" if demand.unit_word == "percent" else demand.unit_word or "không ghi"


def _apart(why: str) -> Strength:
    return Strength(Stronger.APART, why)
