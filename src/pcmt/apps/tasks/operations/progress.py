"""What people report about what they owe: how far it is, that it is done, that it has to be opened again."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.models import SourceFile
from pcmt.apps.plans.operations import keep_file, screen_later
from pcmt.apps.tasks.models import DueItem, DueState, NoteEvent, ProgressNote, Task
from pcmt.apps.tasks.operations.adoption import settle
from pcmt.apps.tasks.operations.dating import wrong_day
from pcmt.apps.tasks.operations.moving import land
from pcmt.apps.tasks.operations.touching import TOUCHED, touch
from pcmt.apps.tasks.policies import can_report
from pcmt.core.diagnostics import Refusal
from pcmt.documents import Unreadable, identify

NOTE_CHARS = 5000


def report_progress(
    *,
    actor: Actor,
    at: datetime,
    due_item_id: int,
    version: int,
    percent: int | None = None,
    note: str = "",
    file: tuple[str, bytes] | None = None,
    done: bool = False,
    done_on: date | None = None,
) -> DueItem | Refusal:
    """Tell how a due item stands: percent, note, a file as evidence; `done` closes it.

    `version` is the due item's as last seen. The day of doing is that of `at`; once late it stays late. The standing
    office alone may say an earlier one in `done_on`, with the reason as note: decision 0022.
    """
    note = note.strip()
    if percent is not None and not 0 <= percent <= 100:
        return Refusal(code="percent", message=_("Tiến độ là một số từ 0 đến 100."), field="percent")
    if len(note) > NOTE_CHARS:
        return Refusal(
            code="too_long",
            message=_("Ghi chú tối đa %(note_chars)s ký tự.") % {"note_chars": NOTE_CHARS},
            field="note",
        )
    if percent is None and not note and file is None and not done:
        return Refusal(code="nothing", message=_("Nhập tiến độ, ghi chú hoặc tệp."), field="note")
    kept: SourceFile | None = None
    if file is not None:
        checked = _evidence(actor, at, due_item_id, *file)
        if isinstance(checked, Refusal):
            return checked
        kept = checked
    with transaction.atomic():
        held = _held(actor, due_item_id)
        if isinstance(held, Refusal):
            return held
        due, task = held
        if due.version != version:
            again = done and due.state == DueState.DONE and not note and file is None
            return due if again else stale(due)
        today = timezone.localdate(at)
        if done and done_on and (refused := wrong_day(actor, due, done_on, today=today, note=note)):
            return refused
        if due.state == DueState.DONE and not done and percent not in (None, 100):
            return Refusal(code="done", message=_("Việc đã báo hoàn thành. Muốn báo lại tiến độ, hãy mở lại trước."))
        before = {"percent": due.percent, "state": str(due.state)}
        if percent is not None:
            due.percent = percent
        if done and due.state != DueState.DONE:
            due.state, due.percent = DueState.DONE, 100
            due.done_at, due.done_on = at, done_on or today
        touch(due, at=at)
        due.save(update_fields=["percent", "state", "done_at", "done_on", *TOUCHED])
        _note(actor, at, due, NoteEvent.DONE if done else NoteEvent.PROGRESS, note, kept, file[0] if file else "")
        if kept:
            screen_later(kept)
        _tell_task(task, note)
        record(
            at=at,
            actor=actor,
            event="tasks.due.done" if done else "tasks.due.reported",
            obj=due,
            before=before,
            after={"percent": due.percent, "state": str(due.state)}
            | ({"done_on": done_on} if done and done_on not in (None, today) else {}),
            reason=note,
        )
    return due


def reopen(*, actor: Actor, at: datetime, due_item_id: int, version: int, reason: str) -> DueItem | Refusal:
    """Open a due item again that was reported done; the reason is kept, the limit stays what it was."""
    reason = reason.strip()
    if not reason:
        return Refusal(code="reason", message=_("Nhập lý do mở lại."), field="reason")
    with transaction.atomic():
        held = _held(actor, due_item_id)
        if isinstance(held, Refusal):
            return held
        due, task = held
        if due.state == DueState.OPEN:
            return due
        if due.version != version:
            return stale(due)
        before = {"percent": due.percent, "state": str(due.state), "done_on": due.done_on}
        due.state, due.done_at, due.done_on = DueState.OPEN, None, None
        due.percent = min(due.percent, 99)
        touch(due, at=at)
        due.save(update_fields=["state", "done_at", "done_on", "percent", *TOUCHED])
        _note(actor, at, due, NoteEvent.REOPENED, reason[:NOTE_CHARS], None, "")
        moved = land(due, at=at)
        _tell_task(task, reason)
        record(at=at, actor=actor, event="tasks.due.reopened", obj=due, before=before, reason=reason)
        if moved:
            record(at=at, actor=actor, event="tasks.due.moved", obj=due, before=moved[0], after=moved[1])
    return due


def _not_allowed() -> Refusal:
    message = _("Chỉ đơn vị được giao việc này hoặc cơ quan thường trực của kế hoạch được cập nhật tiến độ.")
    return Refusal(code="not_allowed", message=message)


def _gone() -> Refusal:
    message = _("Việc này không còn trong kế hoạch sau khi sửa đổi, không cập nhật được nữa.")
    return Refusal(code="ended", message=message)


def _held(actor: Actor, due_item_id: int) -> tuple[DueItem, Task | None] | Refusal:
    """The due item and its task, locked in the order in which adoption locks them, if the actor may report."""
    seen = DueItem.objects.visible_to(actor).filter(pk=due_item_id).values_list("task_id", flat=True)
    task_id = seen.first()
    if not seen.exists():
        return _not_allowed()
    task = Task.objects.select_for_update(of=("self",)).get(pk=task_id) if task_id else None
    due = DueItem.objects.select_for_update(of=("self",)).select_related("plan").get(pk=due_item_id)
    if not can_report(actor, due):
        return _not_allowed()
    return _gone() if due.state == DueState.ENDED else (due, task)


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


def _evidence(actor: Actor, at: datetime, due_item_id: int, name: str, data: bytes) -> SourceFile | Refusal:
    """Keep a file as evidence, if the actor may report and the content is a document or a picture."""
    due = DueItem.objects.visible_to(actor).select_related("plan").filter(pk=due_item_id).first()
    if due is None or not can_report(actor, due):
        return _not_allowed()
    if data:
        kind = identify(name, data)
        if isinstance(kind, Unreadable):
            return Refusal(code=kind.code, message=str(kind), field="file")
        if kind.route == "text" and b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return Refusal(
                code="unsupported",
                message=_("Không nhận loại tệp này. Gửi văn bản, bảng tính, PDF hoặc ảnh."),
                field="file",
            )
    return keep_file(actor=actor, at=at, name=name, data=data)


def _note(
    actor: Actor, at: datetime, due: DueItem, event: NoteEvent, note: str, kept: SourceFile | None, file_name: str
) -> None:
    ProgressNote.objects.create(
        due_item=due,
        task_id=due.task_id,
        at=at,
        actor_id=actor.user_id,
        actor_name=actor.name,
        unit_id=actor.unit_id,
        event=event,
        percent=due.percent,
        note=note,
        file=kept,
        file_name=file_name[:255] if kept else "",
    )


def _tell_task(task: Task | None, note: str) -> None:
    if task is None:
        return
    settle(task, list(DueItem.objects.filter(task=task)))
    if note:
        task.note = note
    task.save(update_fields=["state", "percent", "done_at", "note", "version"])
