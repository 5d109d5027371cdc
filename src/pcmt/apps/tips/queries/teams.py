"""Which body receives tips of an area, and who of it is there to read them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import attrs
from django.db.models import QuerySet

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import changes
from pcmt.apps.accounts.queries import people_at
from pcmt.apps.tips.models import TipTeam
from pcmt.apps.tips.policies import OFFICERS
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, holds_on


@attrs.frozen
class Receiver:
    """The body that gets a tip. `blocked`: the tip names it, and nobody above receives: it waits for the custodian."""

    unit_id: int
    blocked: bool = False


def team_of(area_id: int, on: date) -> TipTeam | None:
    """The nearest team at or above an area on a day."""
    return next(iter(_ladder(area_id, on)), None)


def receiver_for(area_id: int, on: date, named: Collection[int] = ()) -> Receiver | None:
    """The body that gets a tip of an area which names some bodies (ids); None where nobody receives at all.

    The nearest team, else who receives above it, else the teams of the areas above and who receives above those: the
    first that is not itself named, nor below or serving a body that is.
    """
    ladder = _ladder(area_id, on)
    bodies = [unit_id for team in ladder for unit_id in (team.body_id, team.above_id) if unit_id is not None]
    if not bodies:
        return None
    hidden = under(named, bodies, on)
    free = next((unit_id for unit_id in bodies if unit_id not in hidden), None)
    return Receiver(bodies[0], blocked=True) if free is None else Receiver(free)


def under(named: Collection[int], bodies: Collection[int], on: date) -> set[int]:
    """Those of the bodies that are named, lie below one that is, or serve it."""
    if not named:
        return set()
    rows = UnitClosure.objects.filter(holds_on(on), ancestor__in=list(named), descendant__in=list(bodies))
    return set(rows.values_list("descendant_id", flat=True))


def _ladder(area_id: int, on: date) -> list[TipTeam]:
    """The teams at and above an area, the nearest first."""
    ups = dict(
        UnitClosure.objects.filter(holds_on(on), descendant_id=area_id).order_by("-depth").values_list(
            "ancestor_id", "depth"
        )
    )  # fmt: skip
    teams = TipTeam.objects.filter(holds_on(on), area__in=ups).select_related("area", "body", "above")
    return sorted(teams, key=lambda team: (ups[team.area_id], team.pk))


def receiving_bodies(on: date) -> QuerySet[Unit]:
    """The bodies that receive tips on a day, directly or of those below."""
    teams = TipTeam.objects.filter(holds_on(on))
    return (
        Unit.objects.filter(pk__in=teams.values("body_id"))
        | Unit.objects.filter(pk__in=teams.filter(above__isnull=False).values("above_id"))
    ).distinct()


@attrs.frozen
class TeamLine:
    """An area with its team on a day. `team` None: nobody is named. `own`: it has a team of its own; else it falls to a
    team above. `people`: how many handle tips at the body; 0 is as good as nobody.
    """

    area: Unit
    team: TipTeam | None
    own: bool
    people: int
    above_people: int


def areas_to_set(actor: Actor) -> QuerySet[Unit]:
    """The administrative units down to the communes for which the actor says who receives."""
    inside = reached_units(actor, changes("tips.TipTeam", actor))
    found = Unit.objects.filter(pk__in=inside, kind=UnitKind.ADMINISTRATIVE).exclude(level=Level.HAMLET)
    return found.as_of(actor.on).in_official_order()


def bodies_to_choose(actor: Actor) -> QuerySet[Unit]:
    """The bodies from which the actor chooses who receives: of the own area, and those above it."""
    inside = reached_units(actor, changes("tips.TipTeam", actor))
    up = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=actor.unit_id).values("ancestor_id")
    beside = UnitClosure.objects.filter(holds_on(actor.on), ancestor__in=up, depth=1).values("descendant_id")
    found = Unit.objects.filter(pk__in=inside) | Unit.objects.filter(pk__in=up) | Unit.objects.filter(pk__in=beside)
    return found.exclude(kind=UnitKind.GROUP).exclude(level=Level.HAMLET).as_of(actor.on).distinct()


def team_lines(areas: Sequence[Unit], on: date) -> list[TeamLine]:
    """Who receives for each area; a fixed number of statements."""
    ids = [area.pk for area in areas]
    ups = UnitClosure.objects.filter(holds_on(on), descendant__in=ids)
    teams = {
        team.area_id: team
        for team in TipTeam.objects.filter(holds_on(on), area__in=ups.values("ancestor_id")).select_related(
            "area", "body", "above"
        )
    }
    nearest: dict[int, tuple[int, TipTeam]] = {}
    for area_id, above_id, depth in ups.filter(ancestor__in=teams).values_list("descendant_id", "ancestor_id", "depth"):
        if area_id not in nearest or depth < nearest[area_id][0]:
            nearest[area_id] = depth, teams[above_id]
    bodies = {each for _depth, team in nearest.values() for each in (team.body_id, team.above_id) if each}
    people = people_at(bodies, on, OFFICERS)
    lines = []
    for area in areas:
        depth, team = nearest.get(area.pk, (0, None))
        lines.append(
            TeamLine(
                area=area, team=team, own=team is not None and depth == 0,
                people=len(people.get(team.body_id, ())) if team else 0,
                above_people=len(people.get(team.above_id, ())) if team and team.above_id else 0,
            )
        )  # fmt: skip
    return lines
