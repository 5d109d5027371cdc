"""Hidden cells against an attacker of our own: exact elimination over fractions, and bounds narrowed one by one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from pcmt.core.measures.hiding import THRESHOLD, Relation, hide

Key = tuple[object, ...]


def solved(values: Mapping[Key, int], relations: Sequence[Relation], hidden: Collection[Key]) -> set[Key]:
    """Hidden cells with one solution only: reduced row echelon form over the rationals."""
    order = sorted(hidden)
    rows = []
    for each in relations:
        row = dict.fromkeys(order, Fraction(0))
        right = Fraction(0)
        for sign, side in ((1, each.left), (-1, each.right)):
            for key in side:
                if key in row:
                    row[key] += sign
                else:
                    right -= sign * values[key]
        rows.append([*row.values(), right])
    pivots: list[int] = []
    for column in range(len(order)):
        at = next((n for n in range(len(pivots), len(rows)) if rows[n][column]), None)
        if at is None:
            continue
        top = len(pivots)
        rows[top], rows[at] = rows[at], rows[top]
        head = rows[top][column]
        rows[top] = [each / head for each in rows[top]]
        for n, row in enumerate(rows):
            if n != top and row[column]:
                factor = row[column]
                rows[n] = [a - factor * b for a, b in zip(row, rows[top], strict=True)]
        pivots.append(column)
    found = set()
    for row, column in zip(rows, pivots, strict=False):
        if not any(row[n] for n in range(len(order)) if n != column):
            assert row[-1] == values[order[column]]
            found.add(order[column])
    return found


def narrowed(
    values: Mapping[Key, int], relations: Sequence[Relation], hidden: Collection[Key]
) -> dict[Key, tuple[int, float]]:
    """Between which numbers each hidden cell lies, as nothing is negative."""
    bounds: dict[Key, tuple[float, float]] = {
        key: (0.0, float("inf")) if key in hidden else (value, value) for key, value in values.items()
    }
    while True:
        before = dict(bounds)
        for each in relations:
            signs = {**dict.fromkeys(each.left, 1), **dict.fromkeys(each.right, -1)}
            for key, sign in signs.items():
                others = [(signs[one], bounds[one]) for one in signs if one != key]
                # sign * x = - (what the others come to)
                low = -sum(high if s > 0 else -low for s, (low, high) in others)
                high = -sum(low if s > 0 else -high for s, (low, high) in others)
                if sign < 0:
                    low, high = -high, -low
                bounds[key] = (max(bounds[key][0], low), min(bounds[key][1], high))
        if bounds == before:
            return {key: (int(bounds[key][0]), bounds[key][1]) for key in hidden}


def attack(
    values: Mapping[Key, int], relations: Sequence[Relation], hidden: Collection[Key], shown: Collection[Key]
) -> None:
    """Fail where more is found out than would be anyhow."""
    everything = set(values) - set(shown)
    least, known = narrowed(values, relations, everything), solved(values, relations, everything)
    found = narrowed(values, relations, hidden)
    for key in hidden:
        width, best = found[key][1] - found[key][0], least[key][1] - least[key][0]
        if 0 < values[key] < THRESHOLD:
            assert width >= min(THRESHOLD, best), (key, found[key])
        assert width > 0 or best == 0, key
    assert solved(values, relations, hidden) <= known


def table(numbers: Sequence[Sequence[int]]) -> tuple[dict[Key, int], list[Relation], set[Key]]:
    """Places by periods, with the year so far of each and the sums over places, which are published."""
    values: dict[Key, int] = {}
    relations: list[Relation] = []
    for place, row in enumerate(numbers):
        for at, number in enumerate(row):
            values[place, "period", at] = number
            if at:
                values[place, "so far", at] = sum(row[: at + 1])
                before = (place, "so far", at - 1) if at > 1 else (place, "period", 0)
                relations.append(Relation(((place, "so far", at),), (before, (place, "period", at))))
    shown: set[Key] = set()
    for what, at in sorted({key[1:] for key in values}, key=str):
        parts = tuple((place, what, at) for place in range(len(numbers)))
        whole = (-1, what, at)
        values[whole] = sum(values[key] for key in parts)
        relations.append(Relation((whole,), parts))
        shown.add(whole)
    return values, relations, shown


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=5))
def test_nothing_is_worked_out(numbers: list[list[int]]) -> None:
    values, relations, shown = table(numbers)
    hidden = hide(values, relations, shown=shown)
    assert {key for key, value in values.items() if 0 < value < THRESHOLD} - shown <= hidden
    assert not hidden & shown
    attack(values, relations, hidden, shown)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_stocks_and_what_moves_them(data: st.DataObject) -> None:
    """Stock of the end is that of the start, plus what came, minus what went; two places and their sums."""
    values: dict[Key, int] = {}
    relations = []
    names = ("start", "in", "out", "end")
    places = range(data.draw(st.integers(2, 4)))
    for place in places:
        start, came = data.draw(st.integers(0, 20)), data.draw(st.integers(0, 8))
        went = data.draw(st.integers(0, start + came))
        values |= dict(zip([(place, name) for name in names], (start, came, went, start + came - went), strict=True))
        relations.append(Relation(((place, "end"), (place, "out")), ((place, "start"), (place, "in"))))
    for name in names:
        values[-1, name] = sum(values[place, name] for place in places)
        relations.append(Relation(((-1, name),), tuple((place, name) for place in places)))
    shown = {(-1, name) for name in names}
    attack(values, relations, hide(values, relations, shown=shown), shown)


def test_the_order_does_not_matter() -> None:
    values, relations, shown = table([[3, 0, 7], [9, 1, 6], [8, 12, 0], [30, 2, 11]])
    turned = [Relation(each.left, each.right[::-1]) for each in relations[::-1]]
    assert hide(values, relations, shown=shown) == hide(dict(reversed(values.items())), turned, shown=shown)


def test_one_small_number_takes_the_smallest_that_helps_along() -> None:
    values = {"a": 3, "b": 6, "c": 40, "all": 49}
    relations = [Relation(("all",), ("a", "b", "c"))]
    assert hide(values, relations, shown={"all"}) == {"a", "b"}


def test_a_zero_is_shown_but_may_have_to_go() -> None:
    relations = [Relation(("all",), ("a", "b"))]
    assert hide({"a": 0, "b": 7, "all": 7}, relations, shown={"all"}) == frozenset()
    assert hide({"a": 3, "b": 0, "all": 3}, relations, shown={"all"}) == {"a", "b"}


def test_two_small_ones_whose_sum_is_small_need_a_third() -> None:
    values = {"a": 1, "b": 1, "c": 8, "all": 10}
    assert hide(values, [Relation(("all",), ("a", "b", "c"))], shown={"all"}) == {"a", "b", "c"}


def test_what_does_not_add_up_tells_nothing() -> None:
    assert hide({"a": 3, "b": 7, "all": 99}, [Relation(("all",), ("a", "b"))], shown={"all"}) == {"a"}
