"""What is counted from records: the rooms that keep records say so here when they load.

A unit's figures of these elements come from its records from a day on (`facts.CountedUnit`); a number that somebody
types for one of them is kept beside the counted one, adds up nowhere, and where it differs raises a reconciliation.
The registry stands in this room, the lowest in which a number exists: telling a number must know it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import attrs
from django.utils.functional import Promise

from pcmt.apps.facts.models import Source


@attrs.frozen(kw_only=True)
class Counter:
    """Elements counted from one kind of records, with the keys of `breakdowns.toml` by which they are split.

    `words` says it on pages, beside the number: "đếm từ hồ sơ". Where kinds of records are made while the program runs,
    `alive` reads the elements from the database: `counters` asks it each time, so that every process knows them at once.
    Such a source counts element by element, each from its own day (`CountedUnit.element`).
    """

    source: Source
    words: str | Promise
    elements: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    alive: Callable[[], Mapping[str, tuple[str, ...]]] | None = None

    def counts(self, element: str, breakdown: str) -> bool:
        """Whether it tells an element, or this part of it."""
        keys = self.elements.get(element)
        return keys is not None and (not breakdown or breakdown.partition("=")[0] in keys)


_counters: dict[Source, Counter] = {}


def register(counter: Counter) -> None:
    """Have its elements counted. A second counter of a source, or of an element, is a bug."""
    taken = {code for each in _counters.values() for code in each.elements}
    if counter.source in _counters or not taken.isdisjoint(counter.elements):
        raise ValueError(f"counted twice: {counter.source}")
    _counters[counter.source] = counter


def counter_of(element: str, breakdown: str = "", among: Iterable[Counter] | None = None) -> Counter | None:
    """Who counts an element, or a part of it; nobody where people tell it. Who asks often gives `counters()` along."""
    known = counters() if among is None else among
    return next((each for each in known if each.counts(element, breakdown)), None)


def counters() -> tuple[Counter, ...]:
    """All of them, with what they count now: a statement for each that is alive."""
    return tuple(attrs.evolve(each, elements=each.alive()) if each.alive else each for each in _counters.values())


def settled_counters() -> tuple[Counter, ...]:
    """Those whose elements the program knows without asking the database."""
    return tuple(each for each in _counters.values() if each.alive is None)


def counted_by_others(source: Source, elements: Iterable[str]) -> dict[str, Counter]:
    """The elements that another source counts already: two counts of one thing would add up twice."""
    found: dict[str, Counter] = {}
    for each in elements:
        other = counter_of(each, among=(one for one in settled_counters() if one.source != source))
        if other is not None:
            found[each] = other
    return found
