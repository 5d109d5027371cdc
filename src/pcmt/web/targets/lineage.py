"""Where a figure comes from, one step at a time, as far as the actor may see it.

`facts.queries.lineage` says what a figure is made of. Who may read a unit's numbers sees each with its source, author,
moment and what stood there before, and may go on from it; of all other units the sum is told, together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction

import attrs

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.catalogue import last_known, protected_codes
from pcmt.apps.facts.policies import units_seen_by
from pcmt.apps.facts.queries import Branch, Lineage, exact_units, guarded, lineage
from pcmt.apps.units.models import Unit, UnitClosure, UnitKind, holds_on
from pcmt.core.measures import Element, Figure
from pcmt.core.periods import Span

UNITS_LISTED = 200
"""So many units below are shown in one step."""
NOT_TOLD = Answer(Figure(None), hidden=True)


@attrs.frozen
class When:
    """As of which day, on whose boundaries, as known when."""

    on: date
    boundary: date | None
    known: datetime | None


@attrs.frozen
class Step:
    """One unit's figure of an element, and what it is made of.

    `path` leads down to the unit. `below` and `came` are those units that the actor may go on from; `hidden` are the
    others, how many and their sum. `silent` told nothing. `reads` is whether the actor may read the unit's own numbers.
    """

    unit: Unit
    path: Sequence[Unit]
    element: Element
    made: Lineage
    below: Sequence[Branch]
    more: int
    came: Sequence[Branch]
    hidden: tuple[int, Fraction | None] | None
    silent: Sequence[Branch]
    reads: bool


def reaches(area_id: int, unit_id: int, window: Span) -> bool:
    """Whether a unit is another, or stands below it or was handed to it at some time since a window began."""
    if area_id == unit_id:
        return True
    ends = UnitClosure.objects.filter(ancestor=area_id, descendant=unit_id).values_list("valid_to", flat=True)
    return any(end is None or end > window.start for end in ends)


def may_open(actor: Actor, area_id: int, unit_id: int) -> bool:
    """Whether the actor may see what a unit's figure is made of: the whole area, the way to the own unit, own units."""
    return unit_id == area_id or bool(units_seen_by(actor, [unit_id])) or unit_id in _above(actor)


def step_of(actor: Actor, ask: Ask, unit_id: int, when: When) -> Step:
    """The step of a figure at one unit; a constant number of statements."""
    ask = attrs.evolve(ask, unit_id=unit_id)
    unit = Unit.objects.get(pk=unit_id)
    if unit.valid_to and when.boundary and unit.valid_to <= when.boundary:
        when = attrs.evolve(when, boundary=None)  # on those boundaries its numbers are its successor's
    made = _told_to(actor, ask, lineage(ask, on=when.on, actor=actor, boundary=when.boundary, known=when.known), when)
    ids = [each.unit_id for each in (*made.below, *made.came)]
    kinds = dict(Unit.objects.filter(pk__in=ids).values_list("pk", "kind"))
    open_to = units_seen_by(actor, [unit_id, *ids])
    below, silent, hidden = [], [], []
    for each in made.below:
        told_nothing = each.answer.figure.value is None and not each.answer.told
        if told_nothing and not (kinds[each.unit_id] == UnitKind.ADMINISTRATIVE and each.unit_id in open_to):
            continue
        if told_nothing:
            silent.append(each)
        elif each.unit_id in open_to:
            below.append(each)
        else:
            hidden.append(each)
    came = [each for each in made.came if each.unit_id in open_to]
    above = _above(actor) if hidden else set()
    below += [each for each in hidden if each.unit_id in above]
    hidden = [each for each in hidden if each.unit_id not in above]
    hidden += [each for each in made.came if each.unit_id not in open_to]
    values = [each.answer.figure.value for each in hidden if each.answer.figure.value is not None]
    if any(each.answer.hidden for each in hidden):
        values = []  # less what is told, their sum would tell it
    past = min(when.on, ask.window.last)
    return Step(
        unit=unit,
        path=_path(unit_id, when.boundary or past),
        element=last_known((), when.on, elements=[ask.element]).elements[ask.element],
        made=made,
        below=below[:UNITS_LISTED],
        more=max(len(below) - UNITS_LISTED, 0),
        came=came,
        hidden=(len(hidden), sum(values, Fraction(0)) if values else None) if hidden else None,
        silent=silent,
        reads=unit_id in open_to,
    )


def _told_to(actor: Actor, ask: Ask, made: Lineage, when: When) -> Lineage:
    """What a figure is made of, less the small numbers of people that the actor is not told.

    Of such a unit neither its single numbers nor what came before them are told, even where its figure is.
    """
    if ask.element not in protected_codes():
        return made
    asks = {each.unit_id: attrs.evolve(ask, unit_id=each.unit_id) for each in made.below}
    answers = {asks[each.unit_id]: each.answer for each in made.below} | {ask: made.answer}
    told = guarded(actor, answers, on=when.on, boundary=when.boundary, known=when.known)
    exact = exact_units(actor, {ask.unit_id, *(each.unit_id for each in made.came)})
    below = tuple(attrs.evolve(each, answer=told[asks[each.unit_id]]) for each in made.below)
    came = tuple(
        each if each.unit_id in exact else attrs.evolve(each, answer=attrs.evolve(NOT_TOLD, told=each.answer.told))
        for each in made.came
    )
    if ask.unit_id not in exact:
        made = attrs.evolve(made, own_value=None, leaves=(), hidden=True)
    return attrs.evolve(made, answer=told[ask], below=below, came=came)


def _above(actor: Actor) -> set[int]:
    """The units above the actor's own: the way down to it is open."""
    rows = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=actor.unit_id)
    return set(rows.values_list("ancestor_id", flat=True))


def _path(unit_id: int, on: date) -> list[Unit]:
    """The units from the top down to one, as they stand on a day."""
    rows = UnitClosure.objects.filter(holds_on(on), descendant_id=unit_id).select_related("ancestor").order_by("-depth")
    return [row.ancestor for row in rows]
