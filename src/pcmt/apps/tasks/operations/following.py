"""What follows in the tasks room when units are reorganised: open due items, and parts that bodies have in tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pcmt.apps.tasks.models import LIVE, DueItem, DueKind, DueState, Task, TaskParty, TaskState
from pcmt.apps.tasks.operations.adoption import settle
from pcmt.apps.tasks.operations.moving import (
    Key,
    carry_over,
    concerned,
    fits,
    givers_follow,
    is_own,
    moves_in,
    sorted_out,
)
from pcmt.apps.units.followers import Change, Consequence, Follower, Proposal, Transferred
from pcmt.apps.units.policies import Officer

FIELDS = ["state", "percent", "done_at", "version"]
SHOWN = 5


def _key(due: DueItem) -> Key:
    """What two bodies owe alike, and once when they become one: the same task, or a part of one whole in one wording.

    What is submitted or suspended stays apart: one of two cannot be waited for while the other is worked on.
    """
    if due.state != DueState.OPEN:
        return ("apart", due.pk), None
    if due.parent_id is not None:
        return ("part", due.parent_id, due.search_key), due.original_due_on
    return due.task_id, due.original_due_on


def _standing(change: Change, dues: Sequence[DueItem]) -> Sequence[DueItem]:
    """Open due items of the same tasks at the bodies that take over."""
    tasks = {due.task_id for due in dues if due.task_id}
    rows = DueItem.objects.filter(state=DueState.OPEN, unit_id__in=change.taking, task_id__in=tasks)
    return list(rows.order_by("pk"))


def foresee_due(change: Change, dues: Sequence[DueItem], merged: int) -> list[Consequence]:
    """In words: how many due items go over, how many of them are late, how many become one with another."""
    if not dues:
        return []
    late = sum(due.is_late(change.day) for due in dues)
    named = tuple(due.label for due in dues[:SHOWN])
    words = ngettext(
        "%(count)s việc chưa xong chuyển sang đơn vị tiếp nhận, giữ nguyên hạn.",
        "%(count)s việc chưa xong chuyển sang đơn vị tiếp nhận, giữ nguyên hạn.",
        len(dues),
    ) % {"count": len(dues)}
    found = [Consequence(words, len(dues), named, tuple(due.pk for due in dues))]
    if late:
        words = ngettext(
            "%(count)s việc trong số đó đã quá hạn và vẫn tính là quá hạn.",
            "%(count)s việc trong số đó đã quá hạn và vẫn tính là quá hạn.",
            late,
        )
        found.append(Consequence(words % {"count": late}, 0))
    if merged:
        words = ngettext(
            "%(count)s việc trùng nội dung và hạn với việc khác của đơn vị tiếp nhận được gộp làm một.",
            "%(count)s việc trùng nội dung và hạn với việc khác của đơn vị tiếp nhận được gộp làm một.",
            merged,
        )
        found.append(Consequence(words % {"count": merged}, 0))
    return found


def _foresee(change: Change) -> Sequence[Consequence]:
    dues = concerned(change, DueKind.TASK)
    outcome = sorted_out(moves_in(change, dues), _standing(change, dues), _key)
    found = foresee_due(change, dues, len(outcome.merged))
    parties = list(_parties(change).select_related("task"))
    if parties:
        words = ngettext(
            "Đơn vị kế thừa thay tên trong phân công của %(count)s nhiệm vụ.",
            "Đơn vị kế thừa thay tên trong phân công của %(count)s nhiệm vụ.",
            len(parties),
        ) % {"count": len(parties)}
        found.append(Consequence(words, len(parties), (), tuple({party.task_id for party in parties})))
    return found


def _parties(change: Change) -> QuerySet[TaskParty]:
    rows = TaskParty.objects.filter(unit_id__in=list(change.heirs), task__state=TaskState.OPEN)
    return rows.order_by("task_id", "pk")


def _follow(change: Change, at: datetime, _actor: Officer | None) -> int:
    found = concerned(change, DueKind.TASK)
    parties = list(_parties(change))
    tasks = {
        task.pk: task
        for task in Task.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in={*(due.task_id for due in found), *(party.task_id for party in parties)})
        .order_by("pk")
    }
    # Asked again under the lock of their tasks: somebody may just have reported one done.
    dues = list(
        DueItem.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[due.pk for due in found], state__in=LIVE)
        .order_by("pk")
    )
    outcome = sorted_out(moves_in(change, dues), _standing(change, dues), _key)
    carry_over(outcome, at=at, change=change)
    given = givers_follow(change)
    for party in parties:
        assert party.unit_id is not None
        heir = change.heirs[party.unit_id]
        change.tell(
            "tasks.party.followed",
            tasks[party.task_id],
            before={"body": change.names.get(party.unit_id, party.name)},
            after={"body": heir.name},
        )
        party.origin_unit_id = party.origin_unit_id or party.unit_id
        party.unit_id = change.heir_id(party.unit_id)
    TaskParty.objects.bulk_update(parties, ["unit", "origin_unit"], batch_size=200)
    touched = {due.task_id for due in dues if due.task_id}
    standing: dict[int, list[DueItem]] = defaultdict(list)
    for due in DueItem.objects.filter(task_id__in=touched):
        assert due.task_id is not None
        standing[due.task_id].append(due)
    for task_id, rows in standing.items():
        settle(tasks[task_id], rows)
    Task.objects.bulk_update([tasks[task_id] for task_id in standing], FIELDS, batch_size=100)
    return outcome.count + len(parties) + given


def proposals(transferred: Transferred, kind: str) -> list[Proposal]:
    """The live due items of a kind of the body that gives a function away, those that speak of the function first."""
    if transferred.source.unit_id is None:
        return []
    rows = DueItem.objects.filter(state__in=LIVE, kind=kind, unit_id=transferred.source.unit_id)
    found = [
        Proposal(due.pk, due.label, due.due_on, fits(transferred, due.search_key))
        for due in rows.select_related("parent")
        if not is_own(due)
    ]
    return sorted(found, key=lambda each: (not each.fits, each.due_on is None, str(each.due_on), each.due_item_id))


tasks_follow = Follower(
    key="tasks",
    label=_("Nhiệm vụ"),
    foresee=_foresee,
    follow=_follow,
    propose=lambda transferred: proposals(transferred, DueKind.TASK),
)
