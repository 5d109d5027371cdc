"""Figures of units with all that lies below them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction

from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.models import Element, Fact
from pcmt.apps.units.models import UnitClosure, holds_on
from pcmt.core import measures as core
from pcmt.core.periods import Span


def figures(
    asks: Iterable[Ask], *, on: date, boundary: date | None = None, known: datetime | None = None
) -> dict[Ask, Answer]:
    """What is known of each as of the end of the day `on`.

    `boundary` asks for the units as they are bounded on another day (None: as of the time that the figures speak of);
    `known` for what was known at a moment.
    """
    return {ask: _figure(ask, on, known) for ask in asks}


def _figure(ask: Ask, on: date, known: datetime | None) -> Answer:
    row = Element.objects.get(code=ask.element)
    element = core.Element(
        row.code, row.code, "", core.Nature(row.nature), core.OverTime(row.over_time), core.OverUnits(row.over_units)
    )
    below = UnitClosure.objects.filter(holds_on(min(on, ask.window.last)), ancestor_id=ask.unit_id)
    facts = Fact.objects.filter(
        element=row, unit__in=below.values("descendant_id"), breakdown=ask.breakdown, accepted=True
    )
    facts = facts.as_known(known) if known else facts.current()
    by_unit: dict[int, list[core.Fact]] = defaultdict(list)
    for fact in facts.order_by("unit_id", "start"):
        value = None if fact.value is None else row.number(fact.value)
        by_unit[fact.unit_id].append(core.Fact(Span(fact.start, fact.end), value, fact.applies))
    found = [core.figure(element, each, ask.window, on) for each in by_unit.values()]
    told = [each for each in found if each.value is not None]
    if not told:
        return Answer(found[0] if found else core.figure(element, (), ask.window, on))
    reach = max(each.reach for each in told if each.reach)
    figure = core.Figure(
        sum((each.value for each in told if each.value is not None), Fraction(0)),
        element.cumulates, reach, tuple(sorted({gap for each in told for gap in each.lacking})),
    )  # fmt: skip
    return Answer(figure, len(told))
