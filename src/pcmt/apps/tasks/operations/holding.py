"""What every act on a due item begins and ends with: its rows locked in one order, a note, the state of its task."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import GONE, DueItem, DueState, NoteEvent, ProgressNote, Task
from pcmt.apps.tasks.operations.adoption import settle
from pcmt.apps.tasks.policies import can_report, is_written_report, owes
from pcmt.core.diagnostics import Refusal

NOTE_CHARS = 5000

TAKEN_ON = ("acknowledged_at", "declined_at")
"""Fields that `take_on` sets."""

May = Callable[[Actor | None, DueItem], bool]


def not_allowed() -> Refusal:
    """The refusal for who may not report."""
    message = _("Chỉ đơn vị được giao việc này hoặc cơ quan thường trực của kế hoạch được cập nhật tiến độ.")
    return Refusal(code="not_allowed", message=message)


def gone(due: DueItem) -> Refusal:
    """The refusal for what nobody owes any more."""
    if due.state == DueState.CANCELLED:
        return Refusal(code="cancelled", message=_("Việc này đã hủy, không cập nhật được nữa."))
    message = _("Việc này không còn trong kế hoạch sau khi sửa đổi, không cập nhật được nữa.")
    return Refusal(code="ended", message=message)


def held(
    actor: Actor,
    due_item_id: int,
    *,
    may: May = can_report,
    refusal: Callable[[], Refusal] = not_allowed,
    cancelled: bool = False,
) -> tuple[DueItem, Task | None] | Refusal:
    """The due item and its task, locked in the order in which adoption locks them, if the actor may.

    What nobody owes any more is refused; with `cancelled` only what the plan itself no longer holds. The task stays
    locked for all its due items: what is decided about one part holds while another changes.
    """
    seen = DueItem.objects.visible_to(actor).filter(pk=due_item_id).values_list("pk", "task_id").first()
    if seen is None:
        return refusal()
    task_id = seen[1]
    task = Task.objects.select_for_update(of=("self",)).get(pk=task_id) if task_id else None
    rows = DueItem.objects.select_for_update(of=("self",)).select_related("plan", "clause", "task", "unit", "parent")
    due = rows.get(pk=due_item_id)
    if not may(actor, due):
        return refusal()
    refused = due.state in GONE and not (cancelled and due.state == DueState.CANCELLED)
    return gone(due) if refused else (due, task)


def stale(due: DueItem) -> Refusal:
    """The refusal for who saw the item before it changed: what the other person did, and when."""
    last = ProgressNote.objects.filter(due_item=due).order_by("-pk").first()
    if last is None:
        return Refusal(code="stale", message=_("Việc này vừa thay đổi. Xem lại rồi làm tiếp."), ref=due.pk)
    deed = NoteEvent(last.event).label.lower()
    when = timezone.localtime(last.at)
    return Refusal(
        code="stale",
        message=_("%(actor_name)s vừa %(deed)s lúc %(when)s. Xem lại rồi làm tiếp.")
        % {"actor_name": last.actor_name, "deed": deed, "when": f"{when:%H:%M}"},
        ref=due.pk,
    )


def take_on(actor: Actor, at: datetime, due: DueItem) -> None:
    """Whoever works on what the own unit owes has taken it on, and no longer asks that another body does it."""
    if owes(actor, due):
        due.acknowledged_at = due.acknowledged_at or at
        due.declined_at = None


def written(words: str, field: str, missing: str) -> str | Refusal:
    """Words that have to be given, without blanks around them; `missing` is said when there are none."""
    words = words.strip()
    if not words:
        return Refusal(code=field, message=missing, field=field)
    if len(words) > NOTE_CHARS:
        message = _("Ghi chú tối đa %(note_chars)s ký tự.") % {"note_chars": NOTE_CHARS}
        return Refusal(code="too_long", message=message, field=field)
    return words


def write_note(actor: Actor, at: datetime, due: DueItem, event: NoteEvent, note: str = "") -> ProgressNote:
    """Keep what somebody said or did on the page of the item."""
    return ProgressNote.objects.create(
        due_item=due,
        task_id=due.task_id,
        at=at,
        actor_id=actor.user_id,
        actor_name=actor.name,
        unit_id=actor.unit_id,
        event=event,
        percent=due.percent,
        note=note,
    )


def repeated(actor: Actor, due: DueItem, event: NoteEvent) -> bool:
    """Whether the last thing done with the item was this very act, by the same person: a button pressed twice."""
    last = ProgressNote.objects.filter(due_item=due).order_by("-pk").first()
    return last is not None and last.event == event and last.actor_id == actor.user_id


def not_giver() -> Refusal:
    """The refusal for who did not give the item."""
    message = _("Chỉ cơ quan thường trực của kế hoạch, hoặc đơn vị đã giao phần việc này, được quyết định.")
    return Refusal(code="not_allowed", message=message)


def not_by_hand(due: DueItem) -> Refusal | None:
    """The refusal for a report that is written in this program: its own page says when it is done."""
    if not is_written_report(due):
        return None
    message = _("Báo cáo này được lập, gửi và tiếp nhận trong phần mềm. Mở trang báo cáo để làm tiếp.")
    return Refusal(code="written_report", message=message, ref=due.pk)


def tell_task(task: Task | None, note: str) -> None:
    """Let the task follow from its due items, with the newest words about it."""
    if task is None:
        return
    settle(task, list(DueItem.objects.filter(task=task)))
    if note:
        task.note = note
    task.save(update_fields=["state", "percent", "done_at", "note", "version"])
