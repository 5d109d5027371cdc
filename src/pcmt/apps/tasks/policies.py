"""Who may say how a task stands, who takes it on, hands it down and answers for having given it; who may urge."""

from __future__ import annotations

from django.db.models import QuerySet

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.plans.models import Plan, below
from pcmt.apps.tasks.models import DueItem, DueKind, Mode, PartyRole, Task, TaskParty, Urging
from pcmt.apps.units.models import GroupMember, UnitClosure, holds_on


def can_report(actor: Actor | None, due_item: DueItem) -> bool:
    """Whether the actor may report on a due item: the unit that owes it, or the standing office that keeps the plan.

    Leaders look and change nothing.
    """
    reach = changes("tasks.DueItem", actor)
    if actor is None or reach < Reach.OWN:
        return False
    return due_item.unit_id == actor.unit_id or keeps(actor, due_item.plan)


def keeps(actor: Actor | None, plan: Plan) -> bool:
    """Whether the actor is the standing office that keeps the plan, or one above it: it gives what the plan asks."""
    if actor is None or changes("tasks.DueItem", actor) < Reach.SUBTREE:
        return False
    if plan.owner_id == actor.unit_id:
        return True  # the usual case, without a question to the tree
    above = UnitClosure.objects.filter(holds_on(actor.on), ancestor_id=actor.unit_id, descendant_id=plan.owner_id)
    return above.exists()


def can_note(actor: Actor | None, due_item: DueItem) -> bool:
    """Whether the actor may say that the body knows of a reminder: who works there, or at a member of the group."""
    if actor is None or changes("tasks.DueItem", actor) < Reach.OWN:
        return False
    if due_item.unit_id == actor.unit_id:
        return True
    members = GroupMember.objects.filter(holds_on(actor.on), group_id=due_item.unit_id, unit_id=actor.unit_id)
    return due_item.unit_id is not None and members.exists()


def gave(actor: Actor | None, due_item: DueItem) -> bool:
    """Whether the actor answers for having given it: the unit that handed the part down, or who keeps the plan."""
    if actor is None or changes("tasks.DueItem", actor) < Reach.OWN:
        return False
    handed = due_item.parent_id is not None and due_item.given_by_id == actor.unit_id
    return handed or keeps(actor, due_item.plan)


def owes(actor: Actor | None, due_item: DueItem) -> bool:
    """Whether the actor's own unit owes it: only that takes it on, or says that it is not its to do."""
    mine = actor is not None and due_item.unit_id == actor.unit_id
    return mine and changes("tasks.DueItem", actor) >= Reach.OWN


def can_link(actor: Actor | None, task: Task) -> bool:
    """Whether the actor says what a task waits for and serves: who keeps the plan, or the unit that leads it."""
    if actor is None or changes("tasks.Dependency", actor) < Reach.OWN:
        return False
    leads = TaskParty.objects.filter(task=task, role=PartyRole.LEAD, unit_id=actor.unit_id)
    return keeps(actor, task.plan) or leads.exists()


def has_report(due_item: DueItem) -> bool:
    """Whether its report was begun in this program: then what becomes of the report says how the item stands."""
    if due_item.kind != DueKind.REPORT:
        return False
    occurrence = getattr(due_item, "occurrence", None)  # of the reports room, which knows what is written
    return occurrence is not None and getattr(occurrence, "submission", None) is not None


def is_written_report(due_item: DueItem) -> bool:
    """Whether it is a report that is written in this program, begun or not: pages lead there.

    One that is not begun may still be reported on by hand, such as when it went out on paper.
    """
    if due_item.kind != DueKind.REPORT:
        return False
    occurrence = getattr(due_item, "occurrence", None)
    if occurrence is None:
        return False
    asked = occurrence.duty.form_id is not None and occurrence.duty.method == "software"
    return asked or has_report(due_item)


def asks_acceptance(due_item: DueItem) -> bool:
    """Whether what the unit reports as done has to be accepted by who gave it.

    Reports are not (they have a way of their own), nor what was only asked for, nor what a unit gave itself.
    """
    if due_item.kind != DueKind.TASK or due_item.mode == Mode.REQUESTED:
        return False
    if due_item.parent_id is not None and due_item.given_by_id == due_item.unit_id:
        return False
    return due_item.needs_acceptance or due_item.plan.needs_acceptance


def can_accept(actor: Actor | None, due_item: DueItem) -> bool:
    """Whether the actor may accept or send back: who gave the item, but nobody the work of the own unit.

    The standing office that keeps the plan is the one exception: there is nobody above it who could.
    """
    if actor is None or not gave(actor, due_item):
        return False
    return due_item.unit_id != actor.unit_id or keeps(actor, due_item.plan)


def can_comment(actor: Actor | None) -> bool:
    """Whether the actor takes part in the talk about what he sees: everybody who changes anything. Leaders look."""
    return actor is not None and changes("tasks.Comment", actor) >= Reach.OWN


def can_date_back(actor: Actor | None, due_item: DueItem) -> bool:
    """Whether the actor may say that a due item was done on a day that has passed: the standing office that keeps the
    plan, of what other bodies owe. Nobody dates back what the own unit owes.
    """
    return actor is not None and due_item.unit_id != actor.unit_id and keeps(actor, due_item.plan)


def can_batch(actor: Actor | None) -> bool:
    """Whether the actor may change due items at all, many in one step; which of them, each act asks for itself."""
    return actor is not None and changes("tasks.Batch", actor) >= Reach.OWN


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
