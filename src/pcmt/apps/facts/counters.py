"""What is counted from records: the rooms that keep records say so here when they load.

A unit's figures of these elements come from its records from a day on (`facts.CountedUnit`); a number that somebody
types for one of them is kept beside the counted one, adds up nowhere, and where it differs raises a reconciliation.
The registry stands in this room, the lowest in which a number exists: telling a number must know it.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs
from django.utils.functional import Promise

from pcmt.apps.facts.models import Source


@attrs.frozen(kw_only=True)
class Counter:
    """Elements counted from one kind of records, with the keys of `breakdowns.toml` by which they are split.

    `words` says it on pages, beside the number: "đếm từ hồ sơ".
    """

    source: Source
    words: str | Promise
    elements: Mapping[str, tuple[str, ...]]

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


def counter_of(element: str, breakdown: str = "") -> Counter | None:
    """Who counts an element, or a part of it; nobody where people tell it."""
    return next((each for each in _counters.values() if each.counts(element, breakdown)), None)


def counters() -> tuple[Counter, ...]:
    """All of them."""
    return tuple(_counters.values())
