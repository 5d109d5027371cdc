"""Lives of places, counted: what stood before, what came, what went, what stands at the end.

The two sides are counted by different ways: stocks from the windows, flows from the order of the stretches. Where
windows have a gap or overlap the sides differ, and the place that breaks the sum is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import attrs

from pcmt.core.periods import DAY, Span


@attrs.frozen
class Stretch:
    """A place lay in a unit during a half-open window, counted among its kind there or not; `end` None: still."""

    unit: int
    counted: bool
    start: date
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the stretch holds a day."""
        return self.start <= day and (self.end is None or day < self.end)


@attrs.frozen
class Flow:
    """What became of the places of a unit in a window. `broken`: places for which the sum does not hold, in order."""

    unit: int
    before: int
    came: int
    went: int
    end: int
    broken: tuple[int, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether stock before + came − went = stock at the end, for each place and so for all."""
        return not self.broken


def flows(lives: Mapping[int, Sequence[Stretch]], window: Span) -> list[Flow]:
    """The flow of each unit over a window (days `window.start` to `window.last`), from the lives of places by their id.

    A life is in its order. *Before* is the evening before the window, *end* that of its last day. A place comes where
    it begins to be counted at a unit, again or for the first time, and goes where it stops: cleared, closed, or gone
    over to another unit. What came and went on one day is one of each.
    """
    before: Counter[int] = Counter()
    after: Counter[int] = Counter()
    came: Counter[int] = Counter()
    went: Counter[int] = Counter()
    broken: dict[int, list[int]] = {}
    units: set[int] = set()
    for place, life in lives.items():
        one = [Counter(_stock(life, day)) for day in (window.start - DAY, window.last)]
        moves = list(_moves(life, window))
        ins = Counter(unit for unit, way in moves if way > 0)
        outs = Counter(unit for unit, way in moves if way < 0)
        for unit in {*one[0], *one[1], *ins, *outs}:
            units.add(unit)
            if one[0][unit] + ins[unit] - outs[unit] != one[1][unit] or max(one[0][unit], one[1][unit]) > 1:
                broken.setdefault(unit, []).append(place)
        before.update(one[0])
        after.update(one[1])
        came.update(ins)
        went.update(outs)
    return [
        Flow(unit, before[unit], came[unit], went[unit], after[unit], tuple(broken.get(unit, ())))
        for unit in sorted(units)
    ]


def summed(parts: Iterable[Flow]) -> Flow:
    """Several units as one; the unit is 0. What went from one of them to another came and went."""
    each = list(parts)
    return Flow(
        0,
        sum(flow.before for flow in each),
        sum(flow.came for flow in each),
        sum(flow.went for flow in each),
        sum(flow.end for flow in each),
        tuple(dict.fromkeys(place for flow in each for place in flow.broken)),
    )


def _stock(life: Sequence[Stretch], day: date) -> list[int]:
    return [stretch.unit for stretch in life if stretch.counted and stretch.holds(day)]


def _moves(life: Sequence[Stretch], window: Span) -> Iterable[tuple[int, int]]:
    """(unit, +1 or -1) for each coming and going in the window, read off the order of the stretches."""
    former: Stretch | None = None
    for stretch in life:
        was = former.unit if former is not None and former.counted else None
        now = stretch.unit if stretch.counted else None
        if was != now and window.start <= stretch.start <= window.last:
            yield from [(was, -1)] if was is not None else []
            yield from [(now, 1)] if now is not None else []
        former = stretch
    if former is not None and former.counted and former.end is not None and window.start <= former.end <= window.last:
        yield former.unit, -1
