"""Where typed numbers differ from those counted from records."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

import attrs
from django.db.models import Count, QuerySet

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.counters import Counter, counter_of, counters
from pcmt.apps.facts.models import Fact, FormLine, Reconciliation, ReconciliationState, Recording
from pcmt.apps.facts.queries.counted import counted_cells
from pcmt.apps.facts.queries.entering import elements_of
from pcmt.apps.facts.queries.figures import figures
from pcmt.apps.facts.queries.hiding import rows_told
from pcmt.core.periods import Span


def counted_numbers(
    lines: Collection[FormLine], unit_ids: Collection[int], span: Span
) -> dict[tuple[int, int, str], tuple[Decimal | None, Counter]]:
    """What the records say of the lines of a form for a period, by unit, element and breakdown, and who counts it.

    Only cells that are counted are in it; None where the records say nothing of the period yet. One statement where
    nothing is counted, however many lines and units there are.
    """
    cells = counted_cells(unit_ids, {line.element.code for line in lines})
    if not cells.kept:
        return {}
    asks = {}
    for line in lines:
        for unit_id in unit_ids:
            if counter := cells.counter(unit_id, line.element.code, line.breakdown, span):
                ask = Ask(unit_id, line.element.code, span, line.breakdown)
                asks[unit_id, line.element_id, line.breakdown] = (ask, counter, line.element)
    answers = figures([ask for ask, _counter, _row in asks.values()], on=span.last)
    found = {}
    for key, (ask, counter, row) in asks.items():
        value = answers[ask].figure.value
        number = None if value is None else row.number(int(value * 10**row.places))
        found[key] = (number, counter)
    return found


@attrs.frozen
class Differing:
    """A difference as pages show it: two numbers in units of the element, the typed one with who told it and when."""

    row: Reconciliation
    label: str
    unit_word: str
    typed: Decimal | None
    counted: Decimal
    told: Recording
    source: str
    """From which records the other number is counted; empty where nobody counts it any more."""

    @property
    def by(self) -> str:
        """Who told the typed number; empty: the program took it from a report or sheet without a person."""
        return self.told.by.full_name if self.told.by else ""


def _seen(actor: Actor) -> QuerySet[Reconciliation]:
    """Those the actor sees whose two numbers the actor is told: they are the exact ones of one commune."""
    return rows_told(actor, Reconciliation.objects.visible_to(actor))


def differences_of(actor: Actor, *, state: str = ReconciliationState.OPEN) -> QuerySet[Reconciliation]:
    """The differences that the actor sees, the latest periods first; `shown` gives them words."""
    rows: QuerySet[Reconciliation] = _seen(actor).filter(state=state)
    return rows.select_related("unit", "element", "fact__recording__by", "settled_by")


def difference(actor: Actor, item_id: int) -> Differing | None:
    """One of them, whatever its state; None where the actor sees none."""
    found = _seen(actor).filter(pk=item_id)
    rows = found.select_related("unit", "element", "fact__recording__by", "settled_by")
    return next(iter(shown(list(rows), actor.on)), None)


def shown(rows: Collection[Reconciliation], on: date) -> list[Differing]:
    """Rows with the words of their elements."""
    kinds = elements_of(rows, on)
    known = counters() if rows else ()
    return [
        Differing(
            row,
            kinds[row.element_id].name,
            kinds[row.element_id].unit_word,
            None if row.fact.value is None else row.element.number(row.fact.value),
            row.element.number(row.counted),
            row.fact.recording,
            str(found.source) if (found := counter_of(row.element.code, row.breakdown, known)) else "",
        )
        for row in rows
    ]


def counts_by_state(actor: Actor) -> dict[str, int]:
    """How many differences the actor sees, by state."""
    rows = _seen(actor).order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def waiting_at(unit_id: int, span: Span) -> list[Reconciliation]:
    """The unsettled differences of a unit in a period: what a report of it should not pass over in silence."""
    rows = Reconciliation.objects.waiting().filter(unit_id=unit_id, start__gte=span.start, end__lte=span.end)
    return list(rows.select_related("element", "fact"))


def aside(unit_ids: Collection[int], elements: Collection[int]) -> list[Fact]:
    """Typed numbers of units that stand beside the sums, with the recordings that told them."""
    rows = Fact.objects.current().filter(unit__in=unit_ids, element__in=elements, accepted=False)
    return list(rows.select_related("element", "recording", "recording__form"))
