"""Figures along the tree and across changes of it.

Adding up, dividing exactly, and asking figures of one day's units on the boundaries of another's. A figure that is not
there is never taken for zero: what rests on it is listed as incomplete.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Generic, TypeVar

from attrs import define, field, frozen

from pcmt.core.units.history import History, Tree

Number = TypeVar("Number", int, Decimal, Fraction)


def roll_up(tree: Tree, values: Mapping[str, Number]) -> dict[str, Number]:
    """Each unit's own value and those of all units below it; units without any are left out."""
    totals = dict(values)
    strange = totals.keys() - tree.parents.keys()
    if strange:
        raise ValueError(
            f"values of units that do not stand in {tree.start} .. {tree.end}: {', '.join(sorted(strange)[:5])}"
        )
    parents = tree.parents
    for key in reversed(tree.downward):
        parent = parents[key]
        if parent is not None and key in totals:
            value = totals[key]
            totals[parent] = totals[parent] + value if parent in totals else value
    return totals


def missing(tree: Tree, values: Mapping[str, Number], key: str) -> tuple[str, ...]:
    """The leaves under a unit that have no value: what its sum lacks."""
    return tuple(each for each in tree.under(key) if each not in tree.children and each not in values)


def apportion(total: Number, weights: Sequence[int | Fraction]) -> list[Number]:
    """A total divided in proportion to weights, adding up to it exactly.

    Whole numbers are divided into whole numbers, decimals into decimals of as many places: what is left over goes, one
    unit each, to the largest remainders, the first of equals first. Fractions are divided exactly.
    """
    if len(weights) == 1 and weights[0] > 0:
        return [total]
    all_weights = sum(weights, Fraction(0))
    if all_weights <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative, and not all be zero")
    shares = [Fraction(weight) / all_weights for weight in weights]
    if isinstance(total, Fraction):
        return [total * share for share in shares]
    if isinstance(total, Decimal):
        exponent = total.as_tuple().exponent
        if not isinstance(exponent, int):
            raise ValueError(f"not a number to divide: {total}")
        places = min(exponent, 0)
        units = int(Fraction(total) / Fraction(10) ** places)
        return [_decimal(part, places) for part in _largest_remainders(units, shares)]
    return _largest_remainders(total, shares)


def _largest_remainders(total: int, shares: Sequence[Fraction]) -> list[int]:
    size = abs(total)
    exact = [size * share for share in shares]
    parts = [value.numerator // value.denominator for value in exact]
    by_remainder = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in by_remainder[: size - sum(parts)]:
        parts[at] += 1
    return parts if total >= 0 else [-part for part in parts]


def _decimal(units: int, places: int) -> Decimal:
    return Decimal((int(units < 0), tuple(map(int, str(abs(units)))), places))


@frozen
class Restated(Generic[Number]):
    """Figures on the boundaries of another day.

    `values` are complete. `incomplete` are units of which some part has no figure, each with the units that lack it
    (on the way back in time also the merged unit whose figure cannot be divided). `estimated` rest on guessed shares.
    `nowhere` had a figure that no unit of that day takes over: a district that is counted through its communes.
    """

    values: Mapping[str, Number]
    incomplete: Mapping[str, tuple[str, ...]] = field(factory=dict)
    estimated: frozenset[str] = frozenset()
    nowhere: frozenset[str] = frozenset()


def restate(
    history: History,
    values: Mapping[str, Number],
    *,
    at: date,
    to: date,
    sizes: Mapping[str, int | Fraction] | None = None,
) -> Restated[Number]:
    """Figures of the units of day `at` on the boundaries of day `to`, at one level of the tree.

    Forward, a merged unit has the sum of its predecessors and a divided one leaves its shares, which add up. Backward,
    the figure of a merged unit is divided by the `sizes` of its predecessors (people, area, an earlier figure) times
    the share of them that it got; without sizes it is undetermined. For a period, `at` is its last day.
    """
    state: _State[Number] = _State(dict(values), {}, set(), set())
    days = history.by_day
    if at <= to:
        for day in days:
            if at < day <= to:
                state = _forward(history, day, state)
    else:
        for day in reversed(days):
            if to < day <= at:
                state = _backward(history, day, state, sizes or {})
    return Restated(
        {key: value for key, value in state.values.items() if key not in state.lacks},
        {key: tuple(sorted(lacking)) for key, lacking in state.lacks.items()},
        frozenset(state.estimated),
        frozenset(state.nowhere),
    )


def restate_ratio(
    history: History, parts: Mapping[str, int | Fraction], wholes: Mapping[str, int | Fraction], *, at: date, to: date
) -> Restated[Fraction]:
    """Ratios of the units of day `at` on the boundaries of day `to`, made anew from numerators and denominators.

    Ratios of units are never averaged. A unit whose denominator is 0 or of which a part is missing is incomplete.
    """
    above = restate(history, {key: Fraction(value) for key, value in parts.items()}, at=at, to=to)
    below = restate(history, {key: Fraction(value) for key, value in wholes.items()}, at=at, to=to)
    incomplete = {
        key: tuple(sorted({*above.incomplete.get(key, ()), *below.incomplete.get(key, ())})) or (key,)
        for key in {*above.values, *below.values, *above.incomplete, *below.incomplete}
        if not (key in above.values and below.values.get(key))
    }
    ratios = {key: above.values[key] / below.values[key] for key in above.values if key not in incomplete}
    return Restated(ratios, incomplete, above.estimated | below.estimated, above.nowhere | below.nowhere)


def back_series(
    history: History, series: Mapping[date, Mapping[str, Number]], key: str, *, on: date
) -> dict[date, Number | None]:
    """The figures of one unit as it is bounded on a day, through the years: by day of each set of figures.

    None where a part of it has no figure.
    """
    return {at: restate(history, values, at=at, to=on).values.get(key) for at, values in series.items()}


@define
class _State(Generic[Number]):
    """Figures on their way from one day to another; what they lack, by unit."""

    values: dict[str, Number]
    lacks: dict[str, set[str]]
    estimated: set[str]
    nowhere: set[str]

    def add(self, key: str, value: Number) -> None:
        self.values[key] = self.values[key] + value if key in self.values else value

    def lack(self, key: str, lacking: Iterable[str]) -> None:
        self.lacks.setdefault(key, set()).update(lacking)

    @property
    def known(self) -> set[str]:
        """The units of which anything is known."""
        return self.values.keys() | self.lacks.keys()


def _forward(history: History, on: date, before: _State[Number]) -> _State[Number]:
    """Over one day with successions."""
    day = history.by_day[on]
    after: _State[Number] = _State({}, {}, set(), set(before.nowhere))
    for key in before.known:
        if key not in day.given:
            _pass_on(before, key, after, key, before.values.get(key))
            continue
        rows = [row for row in day.given[key] if row.share]
        value = before.values.get(key)
        parts = apportion(value, [row.share for row in rows]) if rows and value is not None else [None] * len(rows)
        for row, part in zip(rows, parts, strict=True):
            _pass_on(before, key, after, row.new, part)
            if row.estimated:
                after.estimated.add(row.new)
        if not rows:
            after.nowhere.add(key)
    known = before.known
    for key in after.known & day.taken.keys():
        lacking = set(history.predecessors(key, on)) - known
        if lacking:
            after.lack(key, lacking)
    return after


def _pass_on(one: _State[Number], key: str, other: _State[Number], target: str, value: Number | None) -> None:
    """A value, and what is known about it, to a unit on the other side of the day."""
    if value is not None:
        other.add(target, value)
    if key in one.lacks:
        other.lack(target, one.lacks[key])
    if key in one.estimated:
        other.estimated.add(target)


def _backward(history: History, on: date, after: _State[Number], sizes: Mapping[str, int | Fraction]) -> _State[Number]:
    """The same day the other way round."""
    day = history.by_day[on]
    before: _State[Number] = _State({}, {}, set(), set(after.nowhere))
    for key in after.known:
        made_of = history.predecessors(key, on)
        taken = {row.old: row for row in day.taken.get(key, ()) if row.share}
        weights: list[int | Fraction] = [1]
        if len(made_of) > 1:
            weights = [sizes.get(old, 0) * (taken[old].share if old in taken else 1) for old in made_of]
        value = after.values.get(key)
        # With a size that is unknown or zero nothing is known of any predecessor.
        parts = apportion(value, weights) if made_of and value is not None and all(weights) else [None] * len(made_of)
        for old, part in zip(made_of, parts, strict=True):
            _pass_on(after, key, before, old, part)
            if part is None and key not in after.lacks:
                before.lack(old, [key])
            if len(made_of) > 1 or (old in taken and taken[old].estimated):
                before.estimated.add(old)
        if not made_of:
            before.nowhere.add(key)
    known = after.known
    for key in before.known & day.given.keys():
        lacking = {row.new for row in day.given[key] if row.share} - known
        if lacking:
            before.lack(key, lacking)
    return before
