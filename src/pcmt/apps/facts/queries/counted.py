"""Which cells are counted from records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

import attrs
from django.db.models import Exists, OuterRef, Q

from pcmt.apps.facts.counters import Counter, counter_of, counters, settled_counters
from pcmt.apps.facts.models import CountedUnit
from pcmt.core.periods import Span

MOST_NAMED = 500
"""More units are not named in a statement: then it reads those of all."""


@attrs.frozen
class CountedCells:
    """When figures of units are counted: by unit, kind of records, and element ("": all it counts)."""

    kept: Mapping[tuple[int, str, str], tuple[Span, ...]] = attrs.field(factory=dict)
    counters: tuple[Counter, ...] = ()

    def counter(self, unit_id: int, element: str, breakdown: str, span: Span) -> Counter | None:
        """Who counts a cell; nobody where a period is not wholly in the time of the records: there people know more."""
        found = counter_of(element, breakdown, self.counters)
        if found is None:
            return None
        source = str(found.source)
        kept = self.kept.get((unit_id, source, ""), self.kept.get((unit_id, source, element), ()))
        return found if any(each.covers(span) for each in kept) else None


def counted_cells(unit_ids: Collection[int], elements: Collection[str]) -> CountedCells:
    """What is counted of some elements at units: one statement, and one where a source that is alive counts any."""
    if not unit_ids or not elements:
        return CountedCells()
    settled = settled_counters()
    whole = {str(each.source) for each in settled if any(each.counts(code, "") for code in elements)}
    rows = CountedUnit.objects.filter(Q(source__in=whole, element=None) | Q(element__code__in=set(elements)))
    if len(unit_ids) <= MOST_NAMED:
        rows = rows.filter(unit__in=unit_ids)
    kept: dict[tuple[int, str, str], tuple[Span, ...]] = defaultdict(tuple)
    for unit, source, code, start, end in rows.values_list("unit", "source", "element__code", "start", "end"):
        kept[unit, source, code or ""] += (Span(start, end or date.max),)
    if not kept:
        return CountedCells()
    return CountedCells(dict(kept), counters() if any(code for _unit, _source, code in kept) else settled)


def is_counted() -> Q:
    """The same for rows of facts."""
    found = Q(pk__in=())
    for each in counters():
        begun = CountedUnit.objects.filter(
            Q(element=None) | Q(element=OuterRef("element_id")),
            Q(end=None) | Q(end__gte=OuterRef("end")),
            unit_id=OuterRef("unit_id"),
            source=each.source,
            start__lte=OuterRef("start"),
        )
        found |= Q(element__code__in=list(each.elements)) & Q(Exists(begun))
    return found
