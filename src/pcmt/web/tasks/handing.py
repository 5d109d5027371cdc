"""What the page of a due item shows of handing on: who has it, what was handed down, what it waits for and serves."""

from __future__ import annotations

from typing import Any

import attrs

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.models import DutyTask
from pcmt.apps.tasks.models import (
    LIVE,
    Dependency,
    DueItem,
    DueKind,
    DueState,
    NoteEvent,
    ProgressNote,
    Task,
    TaskTarget,
)
from pcmt.apps.tasks.policies import can_link, can_report, gave, owes
from pcmt.apps.tasks.queries import DEEPEST, begun, depth_of, may_hold, parts_count, parts_of, waited_for
from pcmt.web.tasks.linked import Link, duty_link, target_link, task_link

MOST_PARTS = 150
"""Parts that the page of a due item lists; the list of what is owed has them all."""


@attrs.frozen
class Part:
    """A part with what may be done with it."""

    due: DueItem
    deep: bool
    may_change: bool


def handing_page(actor: Actor, item: DueItem | None, task: Task | None) -> dict[str, Any]:
    """The context of `_handing.html`, `_parts.html` and `_links.html`."""
    page: dict[str, Any] = _links(actor, task) if task is not None else {}
    if item is None:
        return page
    live = item.state in LIVE
    mine, acts = owes(actor, item), can_report(actor, item)
    page |= {
        "may_take": mine and live and (item.acknowledged_at is None or item.declined_at is not None),
        "may_decline": mine and item.state == DueState.OPEN and item.declined_at is None,
        "may_hold": acts and live and item.unit_id is not None,
        "declined": _said(item, NoteEvent.DECLINED) if item.declined_at else None,
        "may_answer": bool(item.declined_at) and item.state == DueState.OPEN and gave(actor, item),
        "holders": list(may_hold(item.unit_id, actor.on)) if acts and live else (),
        "may_edit_part": item.parent_id is not None and gave(actor, item) and not begun(item),
    }
    return page | _parts(actor, item, acts)


def _parts(actor: Actor, item: DueItem, acts: bool) -> dict[str, Any]:
    found = parts_of(item)
    shown = [Part(part, part.parent_id != item.pk, _may_change(actor, item, part)) for part in found[:MOST_PARTS]]
    may = acts and item.kind == DueKind.TASK and item.state == DueState.OPEN and item.declined_at is None
    return {
        "parts": shown,
        "more_parts": len(found) - len(shown),
        "parts_count": parts_count(item, found),
        "open_parts": sum(part.parent_id == item.pk and part.state in LIVE for part in found),
        "may_hand_down": may and depth_of(item) < DEEPEST,
    }


def _may_change(actor: Actor, item: DueItem, part: DueItem) -> bool:
    """Whether the table offers to change a part; the operation looks closer."""
    if part.acknowledged_at or part.percent or part.state != DueState.OPEN:
        return False
    part.plan = item.plan  # the same, and loaded
    return gave(actor, part)


def _said(item: DueItem, event: NoteEvent) -> ProgressNote | None:
    return ProgressNote.objects.filter(due_item=item, event=event).select_related("unit").order_by("-pk").first()


def _links(actor: Actor, task: Task) -> dict[str, Any]:
    before = Dependency.objects.filter(after=task).select_related("before__clause").order_by("before__order")
    after = Dependency.objects.filter(before=task).select_related("after__clause").order_by("after__order")
    serves = TaskTarget.objects.filter(task=task).select_related("target__clause").order_by("target__order")
    feeds = DutyTask.objects.filter(task=task).select_related("duty__clause").order_by("duty__order")
    links: dict[str, list[Link]] = {
        "waits_for": [task_link(row.before) for row in before],
        "followed_by": [task_link(row.after) for row in after],
        "serves": [target_link(row.target) for row in serves],
        "feeds": [duty_link(row.duty) for row in feeds],
    }
    return {
        **links,
        "linked": any(links.values()),
        "held_up": waited_for(task.pk) if links["waits_for"] else [],
        "may_link": can_link(actor, task),
    }
