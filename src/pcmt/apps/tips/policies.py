"""Who may do what with tips: questions to the one table of rights."""

from __future__ import annotations

from datetime import date

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import RIGHTS, Reach, changes, sees
from pcmt.apps.accounts.queries import people_at
from pcmt.apps.units.models import Unit

OFFICERS = tuple(role for role, right in RIGHTS["tips.Tip"].items() if right.change >= Reach.SUBTREE)
"""The roles that handle tips."""
CUSTODIANS = tuple(role for role, right in RIGHTS["tips.IdentityAsk"].items() if right.change >= Reach.SUBTREE)
"""The roles that release identities."""


def handles_tips(actor: Actor | None) -> bool:
    """Whether the actor works with tips at all."""
    return changes("tips.Tip", actor) >= Reach.SUBTREE


def keeps_identities(actor: Actor | None) -> bool:
    """Whether the actor decides who may know who sent a tip."""
    return changes("tips.IdentityAsk", actor) >= Reach.SUBTREE


def keeps_teams(actor: Actor | None) -> bool:
    """Whether the actor says which body receives tips: standing offices and administrators."""
    return changes("tips.TipTeam", actor) >= Reach.SUBTREE


def can_set_team(actor: Actor | None, area_id: int) -> bool:
    """Whether the actor says it for this area."""
    if actor is None or not keeps_teams(actor):
        return False
    return Unit.objects.filter(pk=area_id, pk__in=reached_units(actor, changes("tips.TipTeam", actor))).exists()


def sees_statistics(actor: Actor | None) -> bool:
    """Whether the actor sees how many tips there are: who sees how an area stands, and who handles them."""
    return sees("facts.Cell", actor) >= Reach.SUBTREE


def officers_at(unit_id: int, on: date) -> list[int]:
    """Ids of the active users who handle tips at a body."""
    return people_at([unit_id], on, OFFICERS).get(unit_id, [])
