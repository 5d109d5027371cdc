"""Which cells are counted from records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import attrs
from django.db.models import Exists, OuterRef, Q

from pcmt.apps.facts.counters import Counter, counter_of, counters
from pcmt.apps.facts.models import CountedUnit
from pcmt.core.periods import Span


@attrs.frozen
class CountedCells:
    """From which days on figures of units are counted, by unit and kind of records."""

    since: Mapping[tuple[int, str], date] = attrs.field(factory=dict)

    def counter(self, unit_id: int, element: str, breakdown: str, span: Span) -> Counter | None:
        """Who counts a cell; nobody where a period begins before the unit's records do: there people know more."""
        found = counter_of(element, breakdown)
        first = self.since.get((unit_id, str(found.source))) if found else None
        return found if first is not None and first <= span.start else None


def counted_cells(unit_ids: Collection[int], elements: Collection[str]) -> CountedCells:
    """What is counted of some elements at units; one statement, none where nobody counts any of the elements."""
    sources = {str(found.source) for code in elements if (found := counter_of(code))}
    if not sources or not unit_ids:
        return CountedCells()
    rows = CountedUnit.objects.filter(source__in=sources)
    if len(unit_ids) <= 500:
        rows = rows.filter(unit__in=unit_ids)
    return CountedCells({(unit, source): start for unit, source, start in rows.values_list("unit", "source", "start")})


def is_counted() -> Q:
    """The same for rows of facts."""
    found = Q(pk__in=())
    for each in counters():
        begun = CountedUnit.objects.filter(
            unit_id=OuterRef("unit_id"), source=each.source, start__lte=OuterRef("start")
        )
        found |= Q(element__code__in=list(each.elements)) & Q(Exists(begun))
    return found
