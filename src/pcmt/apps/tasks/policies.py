"""Who may say how a task stands."""

from __future__ import annotations

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.tasks.models import DueItem
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


def can_date_back(actor: Actor | None, due_item: DueItem) -> bool:
    """Whether the actor may say that a due item was done on a day that has passed: the standing office that keeps the
    plan, of what other bodies owe. Nobody dates back what the own unit owes.
    """
    return actor is not None and due_item.unit_id != actor.unit_id and can_report(actor, due_item)


def can_batch(actor: Actor | None) -> bool:
    """Whether the actor may change due items at all, many in one step; which of them, each act asks for itself."""
    return actor is not None and changes("tasks.Batch", actor) >= Reach.OWN
