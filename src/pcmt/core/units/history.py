"""Units over time: what each was called and where it stood on any day, and what it left to whom.

A `History` is a value. `tree(on)` gives the units of a day; `pcmt.core.units.events` makes new histories from old ones.
Windows are half-open; `ALWAYS` stands for "since before anything is known here" and `STILL` for "no end is known".
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from attrs import field, frozen

from pcmt.core.diagnostics import Diagnostic

ALWAYS = date.min
STILL = date.max
WHOLE = Fraction(1)
NONE = Fraction(0)
ADMINISTRATIVE = "administrative"
"""The kind of the units that make up the state; the core knows no other by name."""


@frozen
class UnitSpan:
    """What a unit is called and under which unit it stands (its key; None for a root), from `start` until `end`."""

    start: date
    end: date
    name: str
    parent: str | None


@frozen
class Unit:
    """A unit and its spans, oldest first, each beginning on the day on which the one before ends.

    `key` names it in its history for ever. `code` is the official one, "" without: on any day it means one unit of a
    kind and level, but a unit may be given the code of another that ended. `kind` tells administrative units from the
    bodies that serve them.
    """

    key: str
    code: str
    level: str
    spans: tuple[UnitSpan, ...]
    kind: str = ADMINISTRATIVE

    @property
    def start(self) -> date:
        """The first day."""
        return self.spans[0].start

    @property
    def end(self) -> date:
        """The first day on which it no longer stands."""
        return self.spans[-1].end

    def on(self, day: date) -> UnitSpan | None:
        """Name and parent on a day; None on a day on which it does not stand."""
        at = bisect_right(self.spans, day, key=lambda span: span.start) - 1
        return self.spans[at] if at >= 0 and day < self.spans[at].end else None


@frozen
class Succession:
    """What `old` leaves to `new` on a day.

    `share` is the part of its area, people and figures that goes there: the shares of one unit and day add up to 1, or
    are all 0 where its figures are counted through the units below it (a district whose communes go on). The one
    `heir` takes over what it owed. `estimated`: the share is a guess from other measures.
    """

    on: date
    old: str
    new: str
    share: Fraction = WHOLE
    heir: bool = True
    estimated: bool = False


@frozen
class Holding:
    """A unit has a function (such as rehabilitation management) from `start` until `end`, half-open."""

    unit: str
    function: str
    start: date = ALWAYS
    end: date = STILL


@frozen
class Tree:
    """The units from `start` until `end`, while nothing changes, each with its parent (None for a root)."""

    start: date
    end: date
    parents: Mapping[str, str | None]

    @cached_property
    def children(self) -> Mapping[str, Sequence[str]]:
        """The units directly below, by unit; a unit without any is not in it."""
        below: dict[str, list[str]] = {}
        for key, parent in self.parents.items():
            if parent is not None:
                below.setdefault(parent, []).append(key)
        return below

    @cached_property
    def downward(self) -> Sequence[str]:
        """All units, every parent before its children."""
        below = self.children
        order = [key for key, parent in self.parents.items() if parent is None]
        for key in order:  # grows while it is walked
            order += below.get(key, ())
        return order

    @property
    def leaves(self) -> Iterator[str]:
        """The units with nothing below them."""
        return (key for key in self.parents if key not in self.children)

    def above(self, key: str) -> Iterator[str]:
        """What stands above a unit, nearest first."""
        at = self.parents[key]
        while at is not None:
            yield at
            at = self.parents[at]

    def under(self, key: str) -> Sequence[str]:
        """The unit and everything below it, parents first."""
        order = [key]
        for at in order:  # grows while it is walked
            order += self.children.get(at, ())
        return order


@frozen
class History:
    """All units that ever stood, every succession between them, and who had which function when."""

    units: Mapping[str, Unit] = field(factory=dict)
    successions: tuple[Succession, ...] = ()
    holdings: tuple[Holding, ...] = ()

    def tree(self, on: date) -> Tree:
        """The units of a day. The tree between two changes is made once and kept with the history."""
        at = bisect_right(self._changes, on)
        known = self._trees.get(at)
        if known is None:
            parents = {key: parent for start, end, key, parent in self._rows if start <= on < end}
            until = self._changes[at] if at < len(self._changes) else STILL
            known = self._trees[at] = Tree(self._changes[at - 1] if at else ALWAYS, until, parents)
        return known

    def name(self, key: str, on: date) -> str:
        """What a unit is called on a day; outside its time its first or last name."""
        unit = self.units[key]
        span = unit.on(on) or (unit.spans[0] if on < unit.start else unit.spans[-1])
        return span.name

    def coded(self, code: str, level: str, on: date) -> Unit | None:
        """The administrative unit of a level that has the official code on a day."""
        return next((unit for unit in self._coded.get((level, code), ()) if unit.start <= on < unit.end), None)

    def left_by(self, key: str, on: date) -> Sequence[Succession]:
        """What a unit leaves to others (or keeps, when it goes on smaller) on a day."""
        return self.by_day.get(on, _EMPTY).given.get(key, ())

    def came_to(self, key: str, on: date) -> Sequence[Succession]:
        """What a unit is given on a day."""
        return self.by_day.get(on, _EMPTY).taken.get(key, ())

    def predecessors(self, key: str, on: date) -> Sequence[str]:
        """The units that make up a unit as it stands from a day on; itself among them when it goes on."""
        made_of = [each.old for each in self.came_to(key, on) if each.share]
        unit = self.units[key]
        if unit.start < on and not self.left_by(key, on) and key not in made_of:
            made_of.append(key)
        return made_of

    def heir(self, key: str, on: date) -> str | None:
        """Who answers on a day for what a unit owed: itself while it stands, else the heir of its heir.

        None where a unit ended and nobody is written down as its heir.
        """
        while self.units[key].end <= on:
            last = self.left_by(key, self.units[key].end)
            heir = next((each.new for each in last if each.heir), None)
            if heir is None:
                return None
            key = heir
        return key

    def functions(self, key: str, on: date) -> Sequence[str]:
        """The functions a unit has on a day, in order of their names."""
        return sorted(each.function for each in self.held_by.get(key, ()) if each.start <= on < each.end)

    def holders(self, function: str, on: date) -> Sequence[str]:
        """The units that have a function on a day."""
        return [each.unit for each in self.holdings if each.function == function and each.start <= on < each.end]

    @cached_property
    def held_by(self) -> Mapping[str, Sequence[Holding]]:
        """What each unit that ever had a function had, the earliest first."""
        found: dict[str, list[Holding]] = defaultdict(list)
        for each in sorted(self.holdings, key=lambda row: (row.function, row.start)):
            found[each.unit].append(each)
        return found

    @cached_property
    def by_day(self) -> dict[date, Day]:
        """The successions of each day that has any, in order of days."""
        days: dict[date, Day] = {}
        for each in sorted(self.successions, key=lambda row: row.on):
            day = days.get(each.on) or days.setdefault(each.on, Day())
            day.given.setdefault(each.old, []).append(each)
            day.taken.setdefault(each.new, []).append(each)
        return days

    @cached_property
    def _rows(self) -> Sequence[tuple[date, date, str, str | None]]:
        return [(span.start, span.end, unit.key, span.parent) for unit in self.units.values() for span in unit.spans]

    @cached_property
    def _changes(self) -> Sequence[date]:
        """The days on which the tree is another than on the day before."""
        return sorted({day for start, end, _key, _parent in self._rows for day in (start, end)} - {ALWAYS, STILL})

    @cached_property
    def _trees(self) -> dict[int, Tree]:
        return {}

    @cached_property
    def _coded(self) -> Mapping[tuple[str, str], Sequence[Unit]]:
        found: dict[tuple[str, str], list[Unit]] = defaultdict(list)
        for unit in self.units.values():
            if unit.code and unit.kind == ADMINISTRATIVE:
                found[unit.level, unit.code].append(unit)
        return found


@frozen
class Day:
    """The successions of one day, by who gives and by who takes."""

    given: dict[str, list[Succession]] = field(factory=dict)
    taken: dict[str, list[Succession]] = field(factory=dict)


_EMPTY = Day()


def check(history: History) -> tuple[Diagnostic, ...]:
    """What is wrong with a history; empty when it is whole.

    Spans follow one another without overlap or gap; parents stand as long as a unit stands under them; no unit stands
    below itself; a code means one unit of a kind and level on any day; shares add up; who ends has one heir that
    stands; a unit has a function only while it stands, and once.
    """
    return (
        *_spans(history),
        *_parents(history),
        *_codes(history),
        *_circles(history),
        *_successions(history),
        *_holdings(history),
    )


def _wrong(code: str, unit: str, on: date) -> Diagnostic:
    return Diagnostic(code=code, severity="error", args={"unit": unit, "on": on})


def _spans(history: History) -> Iterator[Diagnostic]:
    for unit in history.units.values():
        for span in unit.spans:
            if span.end <= span.start:
                yield _wrong("empty_span", unit.key, span.start)
        for span, following in pairwise(unit.spans):
            if following.start != span.end:
                yield _wrong("gap" if following.start > span.end else "overlap", unit.key, span.end)


def _parents(history: History) -> Iterator[Diagnostic]:
    for unit in history.units.values():
        for span in unit.spans:
            if span.parent is not None:
                parent = history.units.get(span.parent)
                if parent is None or parent.start > span.start or parent.end < span.end:
                    yield _wrong("parent_not_there", unit.key, span.start)


def _codes(history: History) -> Iterator[Diagnostic]:
    found: dict[tuple[str, str, str], list[Unit]] = defaultdict(list)
    for unit in history.units.values():
        if unit.code:
            found[unit.kind, unit.level, unit.code].append(unit)
    for units in found.values():
        units.sort(key=lambda unit: unit.start)
        for one, other in pairwise(units):
            if other.start < one.end:
                yield _wrong("code_twice", other.key, other.start)


def _circles(history: History) -> Iterator[Diagnostic]:
    for day in sorted({span.start for unit in history.units.values() for span in unit.spans}):
        tree = history.tree(day)
        reached = set(tree.downward)
        yield from (_wrong("below_itself", key, day) for key in tree.parents if key not in reached)


def _successions(history: History) -> Iterator[Diagnostic]:
    for on, day in history.by_day.items():
        for key, rows in day.given.items():
            if sum((row.share for row in rows), NONE) not in {NONE, WHOLE} or any(row.share < 0 for row in rows):
                yield _wrong("shares", key, on)
            if sum(row.heir for row in rows) != 1:
                yield _wrong("heirs", key, on)
            unit = history.units.get(key)
            if unit is None or not unit.start < on <= unit.end:
                yield _wrong("not_there_before", key, on)
        for key in day.taken:
            unit = history.units.get(key)
            if unit is None or not unit.start <= on < unit.end:
                yield _wrong("not_there_after", key, on)
    for unit in history.units.values():
        if unit.end != STILL and not history.left_by(unit.key, unit.end):
            yield _wrong("ends_without_heir", unit.key, unit.end)


def _holdings(history: History) -> Iterator[Diagnostic]:
    for key, rows in history.held_by.items():
        unit = history.units.get(key)
        for row in rows:
            if row.end <= row.start:
                yield _wrong("empty_holding", key, row.start)
            if unit is None or row.start < unit.start or row.end > unit.end:
                yield _wrong("holds_while_not_there", key, row.start)
        for one, other in pairwise(rows):
            if one.function == other.function and other.start < one.end:
                yield _wrong("holds_twice", key, other.start)


def history_of(
    units: Iterable[Unit], successions: Iterable[Succession] = (), holdings: Iterable[Holding] = ()
) -> History:
    """A history from its parts."""
    return History({unit.key: unit for unit in units}, tuple(successions), tuple(holdings))
