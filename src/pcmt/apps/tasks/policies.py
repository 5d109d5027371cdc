"""Who may say how a task stands."""

from __future__ import annotations

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.units.models import GroupMember, UnitClosure, holds_on


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


def can_note(actor: Actor | None, due_item: DueItem) -> bool:
    """Whether the actor may say that the body knows of a reminder: who works there, or at a member of the group."""
    if actor is None or changes("tasks.DueItem", actor) < Reach.OWN:
        return False
    if due_item.unit_id == actor.unit_id:
        return True
    members = GroupMember.objects.filter(holds_on(actor.on), group_id=due_item.unit_id, unit_id=actor.unit_id)
    return due_item.unit_id is not None and members.exists()
