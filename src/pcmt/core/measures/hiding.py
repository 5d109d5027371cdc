"""Nobody is recognised by a small number: which cells of published tables have to be hidden, and which beside them.

A number from 1 to 4 of people at one place names people to who lives there. It is hidden, and with it as many other
cells as keep it from being worked out again from what stays: from sums over places, from longer periods less shorter
ones, from stocks less flows. Zero names nobody and is shown, but it may have to be hidden beside others.

What a reader can work out is tried in two ways after each step: exactly (which hidden cells have only one solution in
all linear relations together) and by narrowing (between which two bounds a cell must lie, as nothing is negative).
Cells are hidden until neither finds anything that it would not find anyhow. The outcome depends on the cells and
relations alone, not on their order nor on who asks. Why so: docs/decisions/0050.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import attrs

THRESHOLD = 5
"""Numbers below it, other than zero, are hidden."""
PRIME = (1 << 61) - 1
STEPS = 200_000
"""So many narrowings at most are tried in one round; bounds of whole numbers settle long before."""

Key = Any
"""By what a cell is known: anything that can be hashed and ordered."""


@attrs.frozen
class Relation:
    """The cells of `left` together are as many as those of `right` together. Each cell stands in it once."""

    left: tuple[Key, ...]
    right: tuple[Key, ...]


def hide(
    values: Mapping[Key, int],
    relations: Iterable[Relation],
    *,
    threshold: int = THRESHOLD,
    shown: Collection[Key] = (),
) -> frozenset[Key]:
    """The cells that are hidden. `shown` are published whatever they say: whole provinces, and what already was.

    Relations that the values do not meet tell nobody anything and are left out.
    """
    table = _Table(values, relations, frozenset(shown))
    small = {key for key, value in values.items() if 0 < value < threshold and key not in table.shown}
    if not small:
        return frozenset()
    hidden = set(small)
    best = _Best(table, {key for key in values if key not in table.shown})
    while True:
        exposed = _narrow(table, hidden, small, best, threshold)
        if not _cover(table, hidden, exposed):
            exposed = [key for key in table.pinned(hidden) if key not in best.pinned]
            if not _cover(table, hidden, exposed):
                return frozenset(hidden)


class _Table:
    """The cells with the relations that hold, and which relations each cell stands in."""

    def __init__(self, values: Mapping[Key, int], relations: Iterable[Relation], shown: frozenset[Key]) -> None:
        self.values, self.shown = values, shown
        self.rows: list[dict[Key, int]] = []
        self.of: dict[Key, list[int]] = defaultdict(list)
        for each in sorted(relations, key=lambda row: (row.left, row.right)):
            row = dict.fromkeys(each.left, 1) | dict.fromkeys(each.right, -1)
            if sum(sign * values[key] for key, sign in row.items()) == 0:
                for key in row:
                    self.of[key].append(len(self.rows))
                self.rows.append(row)

    def bounds(self, hidden: set[Key]) -> dict[Key, tuple[int, int | None]]:
        """Between which numbers each hidden cell must lie, as far as relations one by one tell (None: no bound)."""
        low: dict[Key, int] = dict.fromkeys(hidden, 0)
        high: dict[Key, int | None] = dict.fromkeys(hidden)
        waiting = deque(index for index, row in enumerate(self.rows) if not hidden.isdisjoint(row))
        queued, steps = set(waiting), 0
        while waiting and steps < STEPS:
            steps += 1
            index = waiting.popleft()
            queued.discard(index)
            row = self.rows[index]
            for key in self._tighten(row, [key for key in row if key in hidden], low, high):
                for other in self.of[key]:
                    if other not in queued:
                        queued.add(other)
                        waiting.append(other)
        return {key: (low[key], high[key]) for key in hidden}

    def _tighten(
        self, row: Mapping[Key, int], unknown: Sequence[Key], low: dict[Key, int], high: dict[Key, int | None]
    ) -> list[Key]:
        # The unknown of a row, each with its sign, add up to what the known leave over.
        rest = sum(row[key] * self.values[key] for key in unknown)
        least, most, open_low, open_high = 0, 0, 0, 0
        for key in unknown:
            top = high[key]
            if row[key] > 0:
                least += low[key]
                open_high += top is None
                most += top or 0
            else:
                most -= low[key]
                open_low += top is None
                least -= top or 0
        changed = []
        for key in unknown:
            top, sign = high[key], row[key]
            mine_low, mine_high = (low[key], top) if sign > 0 else (None if top is None else -top, -low[key])
            up = None if open_low - (mine_low is None) else rest - least + (mine_low or 0)
            down = None if open_high - (mine_high is None) else rest - most + (mine_high or 0)
            new_low, new_high = (
                (down, up) if sign > 0 else (None if up is None else -up, None if down is None else -down)
            )
            if (new_low is not None and new_low > low[key]) or (
                new_high is not None and (top is None or new_high < top)
            ):
                low[key] = max(low[key], new_low) if new_low is not None else low[key]
                high[key] = new_high if top is None else top if new_high is None else min(top, new_high)
                changed.append(key)
                # The sums above are of before; what they say stays true, and the row comes again.
        return changed

    def pinned(self, hidden: set[Key]) -> set[Key]:
        """Hidden cells with one solution only: those where a solution of chance of the homogeneous equations is zero.

        Counted modulo a prime of 61 bits: a cell that is free is taken for pinned once in two trillion millions.
        """
        reduced: list[tuple[Key, dict[Key, int]]] = []
        by_pivot: dict[Key, dict[Key, int]] = {}
        rows = [{key: sign for key, sign in row.items() if key in hidden} for row in self.rows]
        counts: dict[Key, int] = defaultdict(int)
        for row in rows:
            for key in row:
                counts[key] += 1
        for row in sorted((row for row in rows if row), key=len):
            left = _reduce(row, by_pivot)
            if left:
                pivot = min(left, key=lambda key: (counts[key], key))
                inverse = pow(left[pivot], -1, PRIME)
                scaled = {key: value * inverse % PRIME for key, value in left.items()}
                by_pivot[pivot] = scaled
                reduced.append((pivot, scaled))
        drawn: dict[Key, int] = {}
        state = 88172645463325252
        for key in sorted(hidden):
            if key not in by_pivot:
                state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
                drawn[key] = state % PRIME
        for pivot, row in reversed(reduced):
            drawn[pivot] = -sum(value * drawn[key] for key, value in row.items() if key != pivot) % PRIME
        return {key for key in hidden if drawn[key] == 0}

    def near(self, key: Key, hidden: set[Key]) -> list[Key]:
        """Cells that may be hidden beside one: of its own relations, else of those that hidden cells lead on to."""
        seen_rows: set[int] = set()
        seen, ring = {key}, [key]
        while ring:
            rows = sorted({index for each in ring for index in self.of[each]} - seen_rows)
            seen_rows.update(rows)
            cells = {each for index in rows for each in self.rows[index]}
            if found := [each for each in cells if each not in hidden and each not in self.shown]:
                return found
            ring = sorted(each for each in cells if each in hidden and each not in seen)
            seen.update(ring)
        return []


def _reduce(row: dict[Key, int], by_pivot: Mapping[Key, dict[Key, int]]) -> dict[Key, int]:
    """A row less the rows whose pivots stand in it. Later rows hold no earlier pivot, so each leaves at most once."""
    left = dict(row)
    while True:
        pivot = next((key for key in left if key in by_pivot), None)
        if pivot is None:
            return left
        factor = left[pivot]
        for key, value in by_pivot[pivot].items():
            rest = (left.get(key, 0) - factor * value) % PRIME
            if rest:
                left[key] = rest
            else:
                left.pop(key, None)


class _Best:
    """What a reader knows even if everything that may be hidden is: nothing better can be asked for."""

    def __init__(self, table: _Table, everything: set[Key]) -> None:
        self.bounds = table.bounds(everything)
        self.pinned = table.pinned(everything)

    def width(self, key: Key) -> int | None:
        low, high = self.bounds[key]
        return None if high is None else high - low


def _narrow(table: _Table, hidden: set[Key], small: set[Key], best: _Best, threshold: int) -> list[Key]:
    """The hidden cells that bounds tell too much of: small ones closer than the threshold, others exactly."""
    found = []
    for key, (low, high) in table.bounds(hidden).items():
        if high is None:
            continue
        best_width = best.width(key)
        least = threshold if key in small else 1
        if high - low < (least if best_width is None else min(least, best_width)):
            found.append(key)
    return found


def _cover(table: _Table, hidden: set[Key], exposed: Collection[Key]) -> bool:
    """Hide one more cell beside each that is exposed, the smallest first, zeros last; whether any could be."""
    touched: set[int] = set()
    for key in sorted(exposed, key=lambda each: (table.values[each], each)):
        if not touched.isdisjoint(table.of[key]):
            continue  # something was hidden beside it just now
        near = table.near(key, hidden)
        if near:
            partner = min(near, key=lambda each: (table.values[each] == 0, table.values[each], each))
            hidden.add(partner)
            shared = set(table.of[key]) & set(table.of[partner])
            touched.update(shared or table.of[partner])
    return bool(touched)
