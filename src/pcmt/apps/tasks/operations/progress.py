"""What people report about what they owe: how far it is, that it is done, that it has to be opened again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.models import SourceFile
from pcmt.apps.plans.operations import keep_file, screen_later
from pcmt.apps.tasks.models import DueItem, DueState, NoteEvent
from pcmt.apps.tasks.operations.finishing import hindered
from pcmt.apps.tasks.operations.holding import (
    NOTE_CHARS,
    TAKEN_ON,
    held,
    not_allowed,
    stale,
    take_on,
    tell_task,
    write_note,
)
from pcmt.apps.tasks.operations.moving import land
from pcmt.apps.tasks.policies import can_report
from pcmt.core.diagnostics import Refusal
from pcmt.documents import Unreadable, identify


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
    despite_parts: bool = False,
) -> DueItem | Refusal:
    """Tell how a due item stands: percent, note, a file as evidence; `done` closes it.

    `version` is the due item's as last seen. The day of doing is that of `at`; once late it stays late. The unit that
    reports takes the item on with that, if it had not. Parts that are not done hinder `done`, unless the person says
    that it is done all the same (`despite_parts`); tasks that it waits for hinder it always.
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
        got = held(actor, due_item_id)
        if isinstance(got, Refusal):
            return got
        due, task = got
        if due.version != version:
            again = done and due.state == DueState.DONE and not note and file is None
            return due if again else stale(due)
        if due.state == DueState.DONE and not done and percent not in (None, 100):
            return Refusal(code="done", message=_("Việc đã báo hoàn thành. Muốn báo lại tiến độ, hãy mở lại trước."))
        if done and due.state == DueState.OPEN and (refused := hindered(due, despite_parts=despite_parts)):
            return refused
        before = {"percent": due.percent, "state": str(due.state)}
        take_on(actor, at, due)
        if percent is not None:
            due.percent = percent
        if done and due.state != DueState.DONE:
            due.state, due.percent = DueState.DONE, 100
            due.done_at, due.done_on = at, timezone.localdate(at)
        due.version += 1
        due.save(update_fields=["percent", "state", "done_at", "done_on", *TAKEN_ON, "version"])
        write_note(actor, at, due, NoteEvent.DONE if done else NoteEvent.PROGRESS, note, kept, file[0] if file else "")
        if kept:
            screen_later(kept)
        tell_task(task, note)
        record(
            at=at,
            actor=actor,
            event="tasks.due.done" if done else "tasks.due.reported",
            obj=due,
            before=before,
            after={"percent": due.percent, "state": str(due.state)},
            reason=note,
        )
    return due


def reopen(*, actor: Actor, at: datetime, due_item_id: int, version: int, reason: str) -> DueItem | Refusal:
    """Open a due item again that was reported done; the reason is kept, the limit stays what it was."""
    reason = reason.strip()
    if not reason:
        return Refusal(code="reason", message=_("Nhập lý do mở lại."), field="reason")
    with transaction.atomic():
        got = held(actor, due_item_id)
        if isinstance(got, Refusal):
            return got
        due, task = got
        if due.state == DueState.OPEN:
            return due
        if due.version != version:
            return stale(due)
        before = {"percent": due.percent, "state": str(due.state), "done_on": due.done_on}
        due.state, due.done_at, due.done_on, due.changed_at = DueState.OPEN, None, None, at
        due.percent = min(due.percent, 99)
        due.version += 1
        due.save(update_fields=["state", "done_at", "done_on", "percent", "changed_at", "version"])
        write_note(actor, at, due, NoteEvent.REOPENED, reason[:NOTE_CHARS], None, "")
        moved = land(due, at=at)
        tell_task(task, reason)
        record(at=at, actor=actor, event="tasks.due.reopened", obj=due, before=before, reason=reason)
        if moved:
            record(at=at, actor=actor, event="tasks.due.moved", obj=due, before=moved[0], after=moved[1])
    return due


def _evidence(actor: Actor, at: datetime, due_item_id: int, name: str, data: bytes) -> SourceFile | Refusal:
    """Keep a file as evidence, if the actor may report and the content is a document or a picture."""
    due = DueItem.objects.visible_to(actor).select_related("plan").filter(pk=due_item_id).first()
    if due is None or not can_report(actor, due):
        return not_allowed()
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
