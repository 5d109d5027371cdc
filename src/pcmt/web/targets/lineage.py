"""Where a figure comes from, one step at a time: a unit's own numbers with who told them, and the units below it.

A figure is the sum of what the unit told itself and of what lies below it. Who may read the unit's numbers sees each
with its source, author, moment and what stood there before; of others the sum alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import attrs

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.catalogue import catalogue
from pcmt.apps.facts.models import Element as ElementRow
from pcmt.apps.facts.models import Fact
from pcmt.apps.facts.queries import figures
from pcmt.apps.units.models import Succession, SuccessionPart, Unit, UnitClosure, UnitKind, holds_on
from pcmt.core import measures as core
from pcmt.core.periods import DAY, Span
from pcmt.web.targets.units import children_over, told_of

UNITS_LISTED = 200
"""So many units below are shown in one step."""


@attrs.frozen
class Told:
    """A number that a unit told for a period. `counts` is whether it takes part; `before` what stood there before."""

    fact: Fact
    value: Decimal | None
    counts: bool
    before: Sequence[Told] = ()


@attrs.frozen
class Below:
    """A unit that a figure is made of. `opens` is whether the actor may go on from it; `ended` when it had to end."""

    unit: Unit
    answer: Answer
    opens: bool
    taken_over: date | None = None


@attrs.frozen
class Step:
    """One unit's figure of an element, and what it is made of.

    `own` is None where the actor may not read the unit's numbers. `hidden` are units whose sum alone is told:
    how many, and their sum. `rest` is what the parts do not explain.
    """

    ask: Ask
    unit: Unit
    path: Sequence[Unit]
    element: core.Element
    answer: Answer
    own: Sequence[Told] | None
    own_value: Fraction | None
    below: Sequence[Below]
    more: int
    hidden: tuple[int, Fraction | None] | None
    silent: Sequence[Unit]
    rest: Fraction | None

    @property
    def is_estimated(self) -> bool:
        """Whether a share of a divided unit was guessed."""
        return self.answer.estimated


@attrs.frozen
class When:
    """As of which day, on whose boundaries, as known when."""

    on: date
    boundary: date | None
    known: datetime | None


def reaches(area_id: int, unit_id: int, window: Span) -> bool:
    """Whether a unit stood below another, or was it, at some time of a window or by now."""
    if area_id == unit_id:
        return True
    rows = UnitClosure.objects.filter(ancestor=area_id, descendant=unit_id)
    days = rows.values_list("valid_from", "valid_to")
    return any((begins or date.min) < date.max and (ends or date.max) > window.start for begins, ends in days)


def may_open(actor: Actor, area_id: int, unit_id: int) -> bool:
    """Whether the actor may see what a unit's figure is made of: the whole area, the way to the own unit, own units."""
    return unit_id == area_id or bool(told_of(actor, [unit_id])) or unit_id in _above(actor)


def step_of(actor: Actor, ask: Ask, unit_id: int, when: When) -> Step:
    """The step of a figure at one unit; a constant number of statements."""
    ask = attrs.evolve(ask, unit_id=unit_id)
    element = catalogue(when.on).elements.get(ask.element) or catalogue().elements[ask.element]
    passed = Span(ask.window.start, max(min(when.on, ask.window.last), ask.window.start) + DAY)
    unit = Unit.objects.get(pk=unit_id)
    adds = element.over_units is core.OverUnits.SUM
    below = [(each, None) for each in children_over(unit_id, passed, when.boundary)] if adds else []
    before = _taken(unit_id, passed, when) if adds and when.boundary is not None else []
    units = [each for each, _day in (*below, *before)]
    seen = told_of(actor, [unit_id, *(each.pk for each in units)])
    above = _above(actor)
    asks = {each.pk: attrs.evolve(ask, unit_id=each.pk) for each in units}
    now = figures([ask, *(asks[each.pk] for each, _day in below)], on=when.on, boundary=when.boundary, known=when.known)
    then = figures([asks[each.pk] for each, _day in before], on=when.on, known=when.known) if before else {}
    answer = now[ask]
    shown, hidden, silent = [], [], []
    for each, day in (*below, *before):
        found = then[asks[each.pk]] if day else now[asks[each.pk]]
        if found.figure.value is None and not found.told:
            if each.kind == UnitKind.ADMINISTRATIVE and each.pk in seen and not day:
                silent.append(each)
            continue
        if each.pk in seen or each.pk in above:
            shown.append(Below(each, found, True, day))
        else:
            hidden.append(found.figure.value)
    own, own_value = _own(ask, element, passed, when)
    known = [value for value in hidden if value is not None]
    parts = [own_value, *(each.answer.figure.value for each in shown), *known]
    total = answer.figure.value
    explained = sum((value for value in parts if value is not None), Fraction(0))
    return Step(
        ask=ask,
        unit=unit,
        path=_path(ask.unit_id, when.boundary or passed.last),
        element=element,
        answer=answer,
        own=own if unit_id in seen else None,
        own_value=own_value,
        below=shown[:UNITS_LISTED],
        more=max(len(shown) - UNITS_LISTED, 0),
        hidden=(len(hidden), sum(known, Fraction(0)) if known else None) if hidden else None,
        silent=silent,
        rest=total - explained if total is not None and adds and total != explained else None,
    )


def _own(ask: Ask, element: core.Element, passed: Span, when: When) -> tuple[list[Told], Fraction | None]:
    """What the unit told itself in the window, period by period, each with what stood there before."""
    rows = Fact.objects.filter(
        unit=ask.unit_id,
        element__code=ask.element,
        breakdown=ask.breakdown,
        start__gte=passed.start,
        end__lte=passed.end,
    ).select_related("element", "recording__by", "recording__unit", "recording__form", "closed_by")
    if when.known is not None:
        rows = rows.filter(recording__at__lte=when.known)
    told: dict[tuple[date, date], list[Fact]] = defaultdict(list)
    for row in rows.order_by("start", "end", "-recording__at", "-pk"):
        told[row.start, row.end].append(row)
    current = {key: next((each for each in found if _stands(each, when.known)), None) for key, found in told.items()}
    counting = [
        core.Fact(Span(each.start, each.end), _number(each), each.applies)
        for each in current.values()
        if each is not None and each.accepted
    ]
    figure = core.figure(element, counting, ask.window, when.on)
    used = {(each.span.start, each.span.end) for each in figure.used}
    found = []
    for key, facts in told.items():
        first = current[key] or facts[0]
        older = [Told(each, _number(each), False) for each in facts if each is not first]
        counts = current[key] is not None and first.accepted and key in used
        found.append(Told(first, _number(first), counts, older))
    return found, figure.value


def _stands(fact: Fact, known: datetime | None) -> bool:
    """Whether nothing had replaced it yet."""
    if fact.closed_by is None:
        return True
    return known is not None and fact.closed_by.at > known


def _number(fact: Fact) -> Decimal | None:
    row: ElementRow = fact.element
    return None if fact.value is None else row.number(fact.value)


def _taken(unit_id: int, passed: Span, when: When) -> list[tuple[Unit, date]]:
    """The units that a unit took over since the window began, with the day; on its boundaries they are part of it."""
    rows = (
        Succession.objects.filter(new=unit_id, on__gt=passed.start, on__lte=when.boundary)
        .exclude(part=SuccessionPart.DUTIES)
        .exclude(old=unit_id)
        .select_related("old")
        .order_by("on", "old__sort_key")
    )
    return [(row.old, row.on) for row in rows]


def _above(actor: Actor) -> set[int]:
    """The units above the actor's own: the way down to it is open."""
    rows = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=actor.unit_id)
    return set(rows.values_list("ancestor_id", flat=True))


def _path(unit_id: int, on: date) -> list[Unit]:
    """The units from the top down to one, as they stand on a day."""
    rows = UnitClosure.objects.filter(holds_on(on), descendant_id=unit_id).select_related("ancestor").order_by("-depth")
    return [row.ancestor for row in rows]
