"""The sums counted again from the facts, one by one and by the core alone, to be compared with the cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

import attrs

from pcmt.apps.facts.models import Cell, Element, Fact
from pcmt.apps.facts.places import Places
from pcmt.apps.facts.queries.keeping import core_element
from pcmt.core import measures as core
from pcmt.core.measures import Told
from pcmt.core.measures.rolling import outlived, periods_of
from pcmt.core.periods import Span

Key = tuple[int, str, str, date, date]
"""Unit, breakdown, basis, period."""

NAMES = ("value", "units", "days", "na", "exact", "guessed")


@attrs.frozen
class Difference:
    """A cell that is not what the facts make: what is kept, what was counted, in the order of NAMES."""

    element: str
    unit_id: int
    breakdown: str
    basis: str
    span: Span
    kept: tuple[int, ...]
    counted: tuple[int, ...]


NOTHING = (0, 0, 0, 0, 0, 0)


def compared(row: Element, day: date, windows: Sequence[Span]) -> tuple[int, list[Difference]]:
    """How many cells of an element there are, kept or counted, and which of them differ."""
    counted = recounted(row, day, windows)
    kept = {
        (unit_id, breakdown, basis, start, end): tuple(amounts)
        for unit_id, breakdown, basis, start, end, *amounts in Cell.objects.filter(element=row).values_list(
            "unit_id", "breakdown", "basis", "start", "end", *NAMES
        )
    }
    found = [
        Difference(row.code, key[0], key[1], key[2], Span(key[3], key[4]), kept.get(key, NOTHING), tuple(wanted))
        for key in sorted(kept.keys() | counted.keys())
        if kept.get(key, NOTHING) != tuple(wanted := counted.get(key, NOTHING))
    ]
    return len(kept.keys() | counted.keys()), found


def recounted(row: Element, day: date, windows: Sequence[Span]) -> Mapping[Key, Sequence[int]]:
    """What the cells of an element have to be: figure by figure, unit by unit, ancestor by ancestor."""
    element = core_element(row)
    found: dict[Key, list[int]] = defaultdict(lambda: [0] * len(NAMES))
    if not core.rolls(element):
        return found
    units = Fact.objects.counting().filter(element=row).order_by().values_list("unit_id", flat=True).distinct()
    places = Places(frozenset(units), day)
    for (unit_id, breakdown), told in _series(row):
        by_period: dict[Span, list[Told]] = defaultdict(list)
        for each in told:
            for period in periods_of(element, each.span, windows):
                by_period[period].append(each)
        for period, inside in by_period.items():
            if outlived(element, places.ends.get(unit_id), period.end):
                continue
            parts = core.contributions(element, inside, period)
            exact = [each for each in inside if each.span == period]
            for basis, rows in (
                (Cell.THEN, places.upward(unit_id, parts, exact)), (Cell.NOW, places.corrections(unit_id, parts, exact))
            ):  # fmt: skip
                for above, amounts in rows:
                    for ancestor in above:
                        cell = found[ancestor, breakdown, basis, period.start, period.end]
                        for at, amount in enumerate(amounts):
                            cell[at] += amount
    return found


def _series(row: Element) -> Iterator[tuple[tuple[int, str], list[Told]]]:
    facts = Fact.objects.counting().filter(element=row).order_by("unit_id", "breakdown", "start", "end")
    rows = facts.values_list("unit_id", "breakdown", "start", "end", "value", "applies").iterator(5000)
    for key, group in groupby(rows, key=lambda each: (each[0], each[1])):
        told = [
            Told(Span(start, end), value)
            for *_key, start, end, value, applies in group
            if value is not None or not applies
        ]
        if told:
            yield key, told
