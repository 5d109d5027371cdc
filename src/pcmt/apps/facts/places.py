"""Where units stood when they told something, and where that lies on the boundaries of another day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

import attrs

from pcmt.apps.units.models import Succession, SuccessionPart, Unit, UnitClosure
from pcmt.core.measures import Told
from pcmt.core.periods import DAY
from pcmt.core.units import apportion

Number = TypeVar("Number", int, Fraction)

Window = tuple[date | None, date | None]
Amounts = tuple[int, int, int, int, int, int]
"""Value, units, days, na, exact, guessed: those of `facts.Cell`."""


@attrs.frozen
class Left:
    """What a unit leaves to others on a day: shares by weight, or the whole to its heir."""

    on: date
    shares: tuple[tuple[int, int], ...]
    guessed: bool


@attrs.define
class Places:
    """The places of some units over time: what stands above them on any day, and who bears what they told.

    `day` is the day on whose boundaries the rows of basis "now" are. A unit that ended stands, as in the closure, below
    its heir: what is left of it counts there.
    """

    unit_ids: frozenset[int]
    day: date

    _known: dict[tuple[int, date], tuple[int, ...]] = attrs.field(factory=dict, init=False)
    _staying: dict[tuple[int, date], bool] = attrs.field(factory=dict, init=False)
    _ended: dict[int, date] = attrs.field(factory=dict, init=False)

    @cached_property
    def _left(self) -> dict[int, list[Left]]:
        """What each of the units, and each of those that took over from it, left to others until the day."""
        found: dict[int, list[Left]] = {}
        asked = set(self.unit_ids)
        while asked:
            rows = Succession.objects.filter(old__in=asked, on__lte=self.day).order_by("old_id", "on", "pk")
            by_day: dict[tuple[int, date], list[Succession]] = defaultdict(list)
            for row in rows:
                by_day[row.old_id, row.on].append(row)
            found |= {unit_id: [] for unit_id in asked}
            for (old, on), given in by_day.items():
                found[old].append(_left(on, given))
            asked = {row.new_id for given in by_day.values() for row in given} - found.keys()
        return found

    @cached_property
    def ends(self) -> dict[int, date]:
        """The first days on which those of the units do not stand that have ended by the day; ends ahead are plans."""
        rows = Unit.objects.filter(pk__in=self.unit_ids, valid_to__lte=self.day)
        return {pk: ends for pk, ends in rows.values_list("pk", "valid_to") if ends}

    @cached_property
    def _above(self) -> dict[int, list[tuple[int, Window]]]:
        """What ever stood above the units and whoever took over from them, nearest first."""
        found: dict[int, list[tuple[int, Window]]] = defaultdict(list)
        ids = {*self.unit_ids, *self._left}
        rows = UnitClosure.objects.filter(descendant__in=ids).order_by("depth", "ancestor_id")
        for descendant, ancestor, begins, ends in rows.values_list(
            "descendant_id", "ancestor_id", "valid_from", "valid_to"
        ):
            if ancestor != descendant:
                found[descendant].append((ancestor, (begins, ends)))
            elif ends is not None:
                self._ended[descendant] = ends
        return found

    def _last(self, unit_id: int, day: date) -> date:
        """The last day, up to a day, on which a unit stood: a period may have been told before the unit ended in it."""
        self.above(unit_id, day)
        ends = self._ended.get(unit_id)
        return day if ends is None or day < ends else ends - DAY

    def above(self, unit_id: int, on: date) -> tuple[int, ...]:
        """The units above one on a day, in the order of ids."""
        known = self._known.get((unit_id, on))
        if known is None:
            rows = self._above.get(unit_id, ())
            known = self._known[unit_id, on] = tuple(
                sorted({above for above, (begins, ends) in rows if _holds(on, begins, ends)})
            )
        return known

    def bearers(self, unit_id: int, amount: Number, since: date) -> list[tuple[int, Number, bool]]:
        """Who bears on the day what a unit told on `since`, that day or before: unit, its part, whether a guess."""
        last = self._last(unit_id, since)
        left = next((each for each in self._left.get(unit_id, ()) if each.on > last), None)
        if left is None:
            return [(unit_id, amount, False)]
        parts = apportion(amount, [weight for _unit, weight in left.shares])
        return [
            (bearer, part, guessed or left.guessed)
            for (new, _weight), given in zip(left.shares, parts, strict=True)
            for bearer, part, guessed in self.bearers(new, given, left.on)
        ]

    def sources(self, unit_id: int, since: date) -> list[int]:
        """The units that made up, on the day, one that told something later; what each has of it nobody knows."""
        before = [row for row in self._came.get(unit_id, ()) if row[0] <= since]
        if not before:
            return [unit_id]
        on = before[-1][0]
        made_of = sorted({old for day, old in before if day == on})
        if on not in self._begun.get(unit_id, ()) and on not in self._gave.get(unit_id, ()):
            made_of.append(unit_id)
        return sorted({each for old in made_of for each in self.sources(old, on - DAY)})

    @cached_property
    def _begun(self) -> dict[int, tuple[date, ...]]:
        """The days on which units begin that others made up."""
        rows = Unit.objects.filter(pk__in=list(self._came), valid_from__isnull=False)
        return {pk: (begins,) for pk, begins in rows.values_list("pk", "valid_from") if begins}

    @cached_property
    def _gave(self) -> dict[int, set[date]]:
        """The days after the day on which units left something to others, or to themselves."""
        found: dict[int, set[date]] = defaultdict(set)
        for on, old in Succession.objects.filter(on__gt=self.day).values_list("on", "old_id"):
            found[old].add(on)
        return found

    @cached_property
    def _came(self) -> dict[int, list[tuple[date, int]]]:
        """What came to units after the day, the earliest first."""
        found: dict[int, list[tuple[date, int]]] = defaultdict(list)
        rows = Succession.objects.exclude(part=SuccessionPart.DUTIES).filter(on__gt=self.day).order_by("on", "old_id")
        for on, old, new in rows.values_list("on", "old_id", "new_id"):
            found[new].append((on, old))
        return found

    def stays(self, unit_id: int, on: date) -> bool:
        """Whether what a unit told on a day lies on the boundaries of now where it lay then: so it is for most."""
        known = self._staying.get((unit_id, on))
        if known is None:
            last = self._last(unit_id, on)
            left = any(each.on > last for each in self._left.get(unit_id, ()))
            known = self._staying[unit_id, on] = not left and self.above(unit_id, on) == self.above(unit_id, self.day)
        return known

    def steady(self, unit_id: int, first: date, last: date) -> bool:
        """Whether nothing changes for a unit from a day to another and to the day: what is above it, what it leaves."""
        if any(each.on > self._last(unit_id, first) for each in self._left.get(unit_id, ())):
            return False
        until = max(last, self.day)
        for _above, (begins, ends) in self._above.get(unit_id, ()):
            if (begins is not None and first < begins <= until) or (ends is not None and first < ends <= until):
                return False
        return True

    def area(self, unit_id: int, on: date) -> set[int]:
        """All in whose sums on the boundaries of now that is which a unit told on a day, itself among them."""
        found: set[int] = set()
        for bearer, _part, _guessed in self.bearers(unit_id, 0, on):
            found |= {bearer, *self.above(bearer, self.day)}
        return found

    def upward(
        self, unit_id: int, parts: Sequence[Told], exact: Sequence[Told]
    ) -> Iterator[tuple[tuple[int, ...], Amounts]]:
        """What goes to the cells above a unit: each part along the tree of its own last day."""
        days = {each.span.last for each in (*parts, *exact)}
        trees = {self.above(unit_id, day) for day in days}
        if len(trees) == 1:
            yield trees.pop(), _amounts(parts, len(exact))
            return
        for ancestor in sorted({each for tree in trees for each in tree}):
            mine = [each for each in parts if ancestor in self.above(unit_id, each.span.last)]
            told = [each for each in exact if ancestor in self.above(unit_id, each.span.last)]
            yield (ancestor,), _amounts(mine, len(told))

    def corrections(
        self, unit_id: int, parts: Sequence[Told], exact: Sequence[Told]
    ) -> Iterator[tuple[tuple[int, ...], Amounts]]:
        """What leads from the boundaries of then to those of now, unit by unit; nothing where nothing changed.

        The unit's own number stays where it was told. So a unit that goes on smaller gets the difference, and one that
        ended loses what others bear now.
        """
        days = {each.span.last for each in (*parts, *exact)}
        if all(self.stays(unit_id, day) for day in days):
            return
        then: dict[int, list[Told]] = defaultdict(list)
        now: dict[int, list[tuple[Told, bool]]] = defaultdict(list)
        at_then: dict[int, int] = defaultdict(int)
        at_now: dict[int, int] = defaultdict(int)
        for each in parts:
            for one in (unit_id, *self.above(unit_id, each.span.last)):
                then[one].append(each)
            for one, amount, guessed in self._now(unit_id, each):
                now[one].append((Told(each.span, amount), guessed))
        for each in exact:
            for one in (unit_id, *self.above(unit_id, each.span.last)):
                at_then[one] += 1
            for one in self.area(unit_id, each.span.last):
                at_now[one] += 1
        for one in sorted({*then, *now, *at_then, *at_now}):
            was = _amounts(then.get(one, ()), at_then[one])
            becomes = _amounts([each for each, _guessed in now.get(one, ())], at_now[one])
            guess = int(any(guessed for _each, guessed in now.get(one, ())))
            value, units, span_days, na, told, _none = (b - a for a, b in zip(was, becomes, strict=True))
            yield (one,), (value, units, span_days, na, told, guess)

    def _now(self, unit_id: int, part: Told) -> Iterator[tuple[int, int | None, bool]]:
        """In whose sums a part is now, with how much of it; a guess is none where all of it comes together again."""
        found: dict[int, int] = defaultdict(int)
        bearers = self.bearers(unit_id, part.amount or 0, part.span.last)
        whole: dict[int, int] = defaultdict(int)
        guess = any(guessed for _bearer, _amount, guessed in bearers)
        for bearer, amount, _guessed in bearers:
            for one in (bearer, *self.above(bearer, self.day)):
                found[one] += amount
                whole[one] += 1
        for one, amount in found.items():
            yield one, None if part.amount is None else amount, guess and whole[one] < len(bearers)


def _left(on: date, rows: Iterable[Succession]) -> Left:
    rows = list(rows)
    shared = [row for row in rows if row.part != SuccessionPart.DUTIES]
    # Who leaves only duties is counted through the units below it; what it told itself is found with its heir.
    taking = shared or [row for row in rows if row.heir] or rows[:1]
    return Left(on, tuple((row.new_id, row.measure or 1) for row in taking), any(row.estimated for row in shared))


def _holds(on: date, begins: date | None, ends: date | None) -> bool:
    return (begins is None or begins <= on) and (ends is None or on < ends)


def _amounts(parts: Sequence[Told], exact: int) -> Amounts:
    values = [each.amount for each in parts if each.amount is not None]
    days = sum(each.span.days for each in parts)
    return sum(values), int(bool(values)), days, int(bool(parts) and not values), exact, 0
