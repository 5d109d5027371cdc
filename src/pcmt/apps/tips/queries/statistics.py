"""How many tips there are and what became of them: numbers alone, for leaders too.

A tip stands in the unit in which it counts (`received_in`), by the day it came in. Small numbers could tell who sent
one, so whoever does not handle the tips of a place sees them as one published table: units by what is told, their sums
in the unit above. Which cells stay hidden is `core.measures.hiding`'s to say, for all readers alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django.db.models import Count, F, Q, QuerySet

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.tips.models import Tip
from pcmt.apps.tips.values import OPEN, Channel, Outcome, TipState
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, holds_on
from pcmt.apps.units.queries import committee
from pcmt.core.measures.hiding import Relation, hide
from pcmt.core.periods import Span

STATES = ("waiting", "verifying", "late_open", "in_time", "late", "passed_on")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "state": STATES,
    "outcome": tuple(Outcome.values),
    "channel": tuple(Channel.values),
}
"""What is told apart. The states make up all that was received; so do the channels; outcomes make up what is settled.

`waiting`, `verifying`: open within the limit; `late_open`: open, overdue; `in_time`, `late`: settled; `passed_on`.
"""
RECEIVED = "received"


@attrs.frozen
class Amount:
    """One number; `hidden`: the reader is not told it."""

    value: int
    hidden: bool = False


@attrs.frozen
class Line:
    """A unit with its numbers, by `RECEIVED` and the words of `GROUPS`."""

    unit: Unit
    amounts: Mapping[str, Amount]


@attrs.frozen
class Statistics:
    """The numbers of a unit (itself and all below) for a period, and of each unit directly below it."""

    unit: Unit
    span: Span
    whole: Mapping[str, Amount]
    lines: Sequence[Line]

    @property
    def hides(self) -> bool:
        """Whether anything is hidden."""
        rows = (self.whole, *(line.amounts for line in self.lines))
        return any(each.hidden for row in rows for each in row.values())

    @property
    def checked(self) -> tuple[int, int, int] | None:
        """Received, of them settled or passed on, of those in time. None where that is hidden."""
        names = (RECEIVED, "in_time", "late", "passed_on")
        if any(self.whole[name].hidden for name in names):
            return None
        received, in_time, late, passed = (self.whole[name].value for name in names)
        return received, in_time + late + passed, in_time + passed


def top_of(actor: Actor) -> Unit:
    """The unit with which the actor begins: the committee that the own unit serves."""
    return committee(actor.unit_id, actor.on) or Unit.objects.get(pk=actor.unit_id)


def units_to_choose(actor: Actor) -> QuerySet[Unit]:
    """The units whose numbers the actor may open: the own area down to its communes."""
    inside = reached_units(attrs.evolve(actor, unit_id=top_of(actor).pk), Reach.SUBTREE)
    found = Unit.objects.filter(pk__in=inside, kind=UnitKind.ADMINISTRATIVE).exclude(level=Level.HAMLET)
    return found.as_of(actor.on).in_official_order()


def statistics(actor: Actor, unit: Unit, span: Span) -> Statistics:
    """The numbers of a unit for a period; a fixed number of statements."""
    below = UnitClosure.objects.filter(holds_on(actor.on), ancestor=unit, descendant__kind=UnitKind.ADMINISTRATIVE)
    depths = dict(below.values_list("descendant_id", "depth"))
    # what ended lies below its heir: its tips count there, it is no line of its own
    standing = below.filter(depth=1, descendant__in=Unit.objects.as_of(actor.on))
    children = list(standing.values_list("descendant_id", flat=True))
    rows = UnitClosure.objects.filter(holds_on(actor.on), ancestor__in=children, descendant__in=depths)
    of_child = dict(rows.values_list("descendant_id", "ancestor_id"))
    told: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for unit_id, name, number in _counted(depths, span, actor.on):
        told[of_child.get(unit_id, unit.pk)][name] += number
    names = [RECEIVED, *(name for group in GROUPS.values() for name in group)]
    places = [unit.pk, *children]
    cells = {(place, name): told[place][name] for place in places for name in names}
    cells |= {(0, name): sum(told[place][name] for place in places) for name in names}
    hidden = _hidden(actor, unit, cells, places, names)

    def amounts(place: int) -> dict[str, Amount]:
        found = {}
        for name in names:
            kept = (place, name) in hidden
            found[name] = Amount(0 if kept else cells[place, name], kept)
        return found

    units = {each.pk: each for each in Unit.objects.filter(pk__in=children).exclude(level=Level.HAMLET)}
    ordered = Unit.objects.filter(pk__in=units).in_official_order()
    return Statistics(unit, span, amounts(0), [Line(each, amounts(each.pk)) for each in ordered])


def _counted(depths: Mapping[int, int], span: Span, today: date) -> list[tuple[int, str, int]]:
    tips = Tip.objects.filter(received_in__in=depths, received_on__gte=span.start, received_on__lt=span.end)
    late = Q(due_on__lt=today)
    sums = {
        RECEIVED: Q(),
        "waiting": Q(state=TipState.RECEIVED) & ~late,
        "verifying": Q(state=TipState.VERIFYING) & ~late,
        "late_open": Q(state__in=OPEN) & late,
        "in_time": Q(state=TipState.SETTLED, closed_on__lte=F("due_on")),
        "late": Q(state=TipState.SETTLED, closed_on__gt=F("due_on")),
        "passed_on": Q(state=TipState.PASSED_ON),
        **{outcome: Q(state=TipState.SETTLED, outcome=outcome) for outcome in Outcome.values},
        **{channel: Q(channel=channel) for channel in Channel.values},
    }
    wanted = {f"n_{name}": Count("pk", filter=which) for name, which in sums.items()}
    rows: Iterable[Mapping[str, Any]] = tips.order_by().values("received_in").annotate(**wanted)
    return [(row["received_in"], name, row[f"n_{name}"]) for row in rows for name in sums if row[f"n_{name}"]]


def _hidden(
    actor: Actor, unit: Unit, cells: Mapping[tuple[int, str], int], places: Sequence[int], names: Sequence[str]
) -> set[tuple[int, str]]:
    """The cells that the actor is not told.

    Everybody is told a province's sums. Who handles tips is told the whole area of the committee served, who works for
    a commune that commune's own numbers; all others see what is left of the one table.
    """
    own = committee(actor.unit_id, actor.on)
    if own is not None and own.pk == unit.pk and len(places) == 1:
        return set()
    if own is not None and sees("tips.Tip", actor) >= Reach.SUBTREE:
        down = UnitClosure.objects.filter(holds_on(actor.on), ancestor=own, descendant=unit)
        if down.exists():
            return set()
    relations = [Relation(left=((0, name),), right=tuple((place, name) for place in places)) for name in names]
    for place in (0, *places):
        for group, parts in GROUPS.items():
            whole = ((place, "in_time"), (place, "late")) if group == "outcome" else ((place, RECEIVED),)
            relations.append(Relation(left=whole, right=tuple((place, part) for part in parts)))
    shown = [(0, name) for name in names] if unit.level in (Level.CENTRAL, Level.PROVINCE) else []
    return set(hide(cells, relations, shown=shown))
