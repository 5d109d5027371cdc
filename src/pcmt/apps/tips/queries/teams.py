"""Which body receives tips of an area, and who of it is there to read them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import attrs
from django.db.models import QuerySet

from pcmt.apps.accounts.models import Actor, Grant, reached_units
from pcmt.apps.accounts.policies import changes
from pcmt.apps.accounts.queries import people_at
from pcmt.apps.tips.models import TipTeam, inner_parts
from pcmt.apps.tips.policies import OFFICERS
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, holds_on


@attrs.frozen
class Receiver:
    """The body that gets a tip. `blocked`: none may have it, the tip concerns them all: it waits for the custodian."""

    unit_id: int
    blocked: bool = False


def team_of(area_id: int, on: date) -> TipTeam | None:
    """The nearest team at or above an area on a day."""
    return next(iter(_ladder(area_id, on)), None)


def receiver_for(area_id: int, on: date, named: Collection[int] = ()) -> Receiver | None:
    """The body that gets a tip of an area which names some bodies (ids); None where nobody receives at all.

    The nearest team, else who receives above it, else the teams of the areas above and who receives above those: the
    first that is not `barred`.
    """
    ladder = _ladder(area_id, on)
    bodies = [unit_id for team in ladder for unit_id in (team.body_id, team.above_id) if unit_id is not None]
    if not bodies:
        return None
    shut = barred(named, bodies, on)
    free = next((unit_id for unit_id in bodies if unit_id not in shut), None)
    return Receiver(bodies[0], blocked=True) if free is None else Receiver(free)


def concerned(named: Collection[int], bodies: Collection[int], on: date) -> set[int]:
    """Those of the bodies that a tip concerns which names some: named, below or serving one that is, or a whole of
    which one is a part (`models.inner_parts`).
    """
    if not named:
        return set()
    pairs = UnitClosure.objects.filter(holds_on(on))
    below = pairs.filter(ancestor__in=list(named), descendant__in=list(bodies))
    wholes = pairs.filter(inner_parts(on), ancestor__in=list(bodies), descendant__in=list(named))
    return {*below.values_list("descendant_id", flat=True), *wholes.values_list("ancestor_id", flat=True)}


def concerned_people(named: Collection[int], user_ids: Collection[int], on: date) -> set[int]:
    """Those of the users who hold any role on the day at a body that the tip concerns."""
    if not named or not user_ids:
        return set()
    held = Grant.objects.as_of(on).filter(user__in=list(user_ids)).values_list("user_id", "unit_id").distinct()
    rows = list(held)
    bodies = concerned(named, {unit_id for _user_id, unit_id in rows}, on)
    return {user_id for user_id, unit_id in rows if unit_id in bodies}


def barred(named: Collection[int], bodies: Collection[int], on: date) -> set[int]:
    """Those of the bodies that must not have a tip which names some: it concerns them, or each of their officers."""
    if not named:
        return set()
    found = concerned(named, bodies, on)
    people = people_at(set(bodies) - found, on, OFFICERS)
    blind = concerned_people(named, {each for ids in people.values() for each in ids}, on)
    return found | {unit_id for unit_id, ids in people.items() if blind.issuperset(ids)}


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


def teams_of(area_id: int) -> QuerySet[TipTeam]:
    """Who received tips of an area, the newest first."""
    return TipTeam.objects.filter(area=area_id).select_related("body", "above").order_by("-pk")
