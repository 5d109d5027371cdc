"""Who may send in, review and adopt plans."""

from __future__ import annotations

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.plans.models import Plan
from pcmt.apps.units.models import Unit, UnitClosure, holds_on


def can_start(actor: Actor | None) -> bool:
    """Standing offices send in plans; they keep what they send in."""
    return actor is not None and changes("plans.Plan", actor) >= Reach.SUBTREE


def can_review(actor: Actor | None, plan: Plan) -> bool:
    """Whether the actor may review, match, edit and adopt: the standing office that keeps the plan, or one above it."""
    if actor is None or not can_start(actor):
        return False
    above = UnitClosure.objects.filter(holds_on(actor.on), ancestor_id=actor.unit_id, descendant_id=plan.owner_id)
    return above.exists()


def can_hold_meeting(actor: Actor | None, unit_id: int) -> bool:
    """Whether the actor notes the days of briefings of a unit: the standing office, for the area it answers for."""
    reach = changes("plans.Meeting", actor)
    if actor is None or reach < Reach.SUBTREE:
        return False
    return Unit.objects.filter(pk=unit_id, pk__in=reached_units(actor, reach)).exists()
