"""Who may say how a task stands, and who may urge."""

from __future__ import annotations

from django.db.models import QuerySet

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.plans.models import Plan, below
from pcmt.apps.tasks.models import DueItem, Urging
from pcmt.apps.units.models import UnitClosure, holds_on


def can_report(actor: Actor | None, due_item: DueItem) -> bool:
    """Whether the actor may report on a due item: the unit that owes it, or the standing office that keeps the plan.

    Leaders look and change nothing.
    """
    reach = changes("tasks.DueItem", actor)
    if actor is None or reach < Reach.OWN:
        return False
    if due_item.unit_id == actor.unit_id:
        return True
    if reach < Reach.SUBTREE:
        return False
    return UnitClosure.objects.filter(
        holds_on(actor.on), ancestor_id=actor.unit_id, descendant_id=due_item.plan.owner_id
    ).exists()


def plans_to_urge(actor: Actor | None) -> QuerySet[Plan]:
    """The plans in force whose bodies the actor may urge: kept by the own standing office, or by one below it."""
    if actor is None or changes("tasks.Urging", actor) < Reach.SUBTREE:
        return Plan.objects.none()
    return Plan.objects.visible_to(actor).in_force().filter(owner__in=below(actor.unit_id, actor.on))


def can_urge(actor: Actor | None) -> bool:
    """Whether the actor writes urging letters at all: standing offices do."""
    return actor is not None and changes("tasks.Urging", actor) >= Reach.SUBTREE


def can_keep_urging(actor: Actor | None, urging: Urging) -> bool:
    """Whether the actor may add number and day to a letter, or take it back: the office that wrote it."""
    return actor is not None and can_urge(actor) and actor.unit_id == urging.office_id
