"""Accepting what a unit reports as done, or sending it back.

The day that counts is that on which the unit reported it: time that whoever accepts takes makes nobody late. What is
sent back was not done: its clock has run on, and it is late from the day after its limit.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.notices.models import Reason
from pcmt.apps.tasks.models import DueItem, DueState, NoteEvent
from pcmt.apps.tasks.operations.holding import (
    NOTE_CHARS,
    held,
    not_by_hand,
    not_giver,
    repeated,
    stale,
    tell_task,
    write_note,
    written,
)
from pcmt.apps.tasks.operations.moving import land
from pcmt.apps.tasks.operations.progress import open_again
from pcmt.apps.tasks.operations.telling import holder_of, tell_unit
from pcmt.apps.tasks.operations.touching import TOUCHED, touch
from pcmt.apps.tasks.policies import can_accept
from pcmt.core.diagnostics import Refusal


def accept(*, actor: Actor, at: datetime, due_item_id: int, version: int, words: str = "") -> DueItem | Refusal:
    """Accept what waits for it: it is done as of the day on which it was reported. `words` may say more."""
    words = words.strip()
    if len(words) > NOTE_CHARS:
        message = _("Ghi chú tối đa %(note_chars)s ký tự.") % {"note_chars": NOTE_CHARS}
        return Refusal(code="too_long", message=message, field="words")
    with transaction.atomic():
        got = held(actor, due_item_id, may=can_accept, refusal=not_giver)
        if isinstance(got, Refusal):
            return got
        due, task = got
        if due.state == DueState.DONE and not words and repeated(actor, due, NoteEvent.ACCEPTED):
            return due
        if refused := _not_waiting(due, version):
            return refused
        due.state = DueState.DONE
        touch(due, at=at)
        due.save(update_fields=["state", *TOUCHED])
        write_note(actor, at, due, NoteEvent.ACCEPTED, words)
        tell_task(task, words)
        _tell(actor, at, due, Reason.ACCEPTED, "Đã nghiệm thu")
        record(
            at=at,
            actor=actor,
            event="tasks.due.accepted",
            obj=due,
            before={"state": str(DueState.SUBMITTED)},
            after={"state": str(due.state), "done_on": due.done_on},
            reason=words,
        )
    return due


def send_back(*, actor: Actor, at: datetime, due_item_id: int, version: int, reason: str) -> DueItem | Refusal:
    """Send back what waits for acceptance, with the reason: it is open again and marked as sent back."""
    words = written(reason, "reason", _("Nhập lý do trả lại: còn thiếu gì, phải làm lại gì."))
    if isinstance(words, Refusal):
        return words
    with transaction.atomic():
        got = held(actor, due_item_id, may=can_accept, refusal=not_giver)
        if isinstance(got, Refusal):
            return got
        due, task = got
        if due.state == DueState.OPEN and due.returned_at and repeated(actor, due, NoteEvent.RETURNED):
            return due
        if refused := _not_waiting(due, version):
            return refused
        before = {"state": str(due.state), "percent": due.percent, "done_on": due.done_on}
        open_again(due)
        due.returned_at = at
        touch(due, at=at)
        due.save(update_fields=["state", "done_at", "done_on", "percent", "returned_at", *TOUCHED])
        write_note(actor, at, due, NoteEvent.RETURNED, words)
        moved = land(due, at=at)  # its body may have ended while it waited
        tell_task(task, words)
        _tell(actor, at, due, Reason.RETURNED, "Bị trả lại")
        record(at=at, actor=actor, event="tasks.due.returned", obj=due, before=before, reason=words)
        if moved:
            record(at=at, actor=actor, event="tasks.due.moved", obj=due, before=moved[0], after=moved[1])
    return due


def _not_waiting(due: DueItem, version: int) -> Refusal | None:
    if refused := not_by_hand(due):
        return refused
    if due.version != version:
        return stale(due)
    if due.state != DueState.SUBMITTED:
        return Refusal(code="not_submitted", message=_("Việc này không chờ nghiệm thu."))
    return None


def _tell(actor: Actor, at: datetime, due: DueItem, reason: Reason, what: str) -> None:
    tell_unit(actor=actor, at=at, due=due, unit_id=due.unit_id, reason=reason, what=what, also=holder_of(due))
