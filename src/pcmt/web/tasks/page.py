"""What the page of a due item shows: the sentence, the bodies, the other items of the same task, what was told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from django.db.models import F
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import DueItem, DueState, PartyRole, ProgressNote, Task, TaskParty
from pcmt.apps.tasks.series import series_of
from pcmt.web.shell.access import acting
from pcmt.web.tasks.handing import handing_page
from pcmt.web.tasks.reminding import reminded
from pcmt.web.urging.page import urged_of

ROLE_ORDER = (PartyRole.LEAD, PartyRole.JOINT, PartyRole.COORDINATE, PartyRole.ADVISE, PartyRole.REQUESTED)
MOST_SIBLINGS = 60
MOST_NOTES = 50
LONG = ("revision__text", "revision__reading", "ended_by__text", "ended_by__reading")
"""Fields of a task's revisions that this page never shows and that may be very long."""


@attrs.frozen
class Parties:
    """The bodies of one role."""

    role: str
    names: Sequence[str]


def seen_due(actor: Actor, due_id: int) -> DueItem:
    """The due item when the actor may see it; else the page does not exist."""
    seen = DueItem.objects.visible_to(actor).select_related(
        "plan",
        "unit",
        "holder",
        "given_by",
        "parent__parent",
        "decision__meeting__unit",
        "clause",
        "task__clause",
        "task__ended_by",
        "task__revision",
        "occurrence__duty__recipient",
    )
    seen = seen.defer(*(f"task__{name}" for name in LONG))
    item = get_object_or_404(seen, pk=due_id)
    if item.task is not None:
        item.task.plan = item.plan  # the same, and loaded
    return item


def seen_task(actor: Actor, task_id: int) -> Task:
    """The task when the actor may see it; else the page does not exist."""
    seen = Task.objects.visible_to(actor).select_related("plan", "clause", "ended_by", "revision").defer(*LONG)
    return get_object_or_404(seen, pk=task_id)


def own_due(actor: Actor, task: Task) -> DueItem | None:
    """The item of a task on which the actor's unit has to act now: the first open one, else the last."""
    own = DueItem.objects.visible_to(actor).of_plans().filter(task=task, unit_id=actor.unit_id).owed()
    own = own.select_related("unit", "holder", "clause")
    following = own.filter(state=DueState.OPEN).order_by(F("due_on").asc(nulls_last=True), "pk").first()
    found = following or own.order_by("due_on", "pk").last()
    if found is not None:
        found.task, found.plan = task, task.plan  # the same, and loaded
    return found


def parties_of(task: Task) -> list[Parties]:
    """The bodies of a task by role, the lead first; the unit's own name where the body was matched, each once."""
    found = TaskParty.objects.filter(task=task).select_related("unit").order_by("order", "pk")
    by_role: dict[str, list[str]] = {role: [] for role in ROLE_ORDER}
    named: set[str] = set()
    for party in found:
        name = party.unit.name if party.unit else party.name
        if name not in named:
            by_role[party.role].append(name)
        named.add(name)
    return [Parties(str(PartyRole(role).label), names) for role, names in by_role.items() if names]


def siblings_of(actor: Actor, item: DueItem | None, task: Task | None) -> list[DueItem]:
    """Every due item of the same task, or of the same report duty: other units, other dates."""
    seen = DueItem.objects.visible_to(actor).of_plans().owed().select_related("unit")
    if task is not None:
        seen = seen.filter(task=task)
    elif item is not None and getattr(item, "occurrence", None):
        seen = seen.filter(occurrence__duty=item.occurrence.duty)
    else:
        return []
    in_order = seen.order_by(F("due_on").asc(nulls_last=True), F("unit__sort_key").asc(nulls_last=True), "pk")
    return list(in_order[: MOST_SIBLINGS + 1])


def notes_of(actor: Actor, item: DueItem | None, task: Task | None) -> Any:
    """What was told, newest first: of the whole task, so that one body sees how the others fare."""
    notes = ProgressNote.objects.select_related("unit").prefetch_related("files__file").order_by("-at", "-pk")
    if task is not None:
        return notes.filter(task=task)[:MOST_NOTES]
    return notes.filter(due_item=item)[:MOST_NOTES] if item is not None else notes.none()


def due_page(request: HttpRequest, item: DueItem | None, task: Task | None) -> dict[str, Any]:
    """The context of the page of a task or report; `item` is the one to act on, if any."""
    actor = acting(request)
    duty = item.occurrence.duty if item is not None and task is None and getattr(item, "occurrence", None) else None
    siblings = siblings_of(actor, item, task)
    return {
        "item": item,
        "task": task,
        "duty": duty,
        "plan": task.plan if task else item.plan,  # type: ignore[union-attr]
        "clause": (task.clause if task else None) or (item.clause if item else None),
        "sentence": task.text if task else (duty.text or duty.what) if duty else item.label,  # type: ignore[union-attr]
        "sentence_item": task.item_id if task else duty.item_id if duty else None,
        "parties": parties_of(task) if task else [],
        "siblings": siblings[:MOST_SIBLINGS],
        "more_siblings": len(siblings) > MOST_SIBLINGS,
        "notes": notes_of(actor, item, task),
        "today": actor.on,
        "origins": item.origins() if item is not None else [],
        "urged": urged_of(actor, item),
        **handing_page(actor, item, task),
        **reminded(actor, item),
        "series": series_of(actor, [item], actor.on).get(item.pk) if item is not None else None,
    }
