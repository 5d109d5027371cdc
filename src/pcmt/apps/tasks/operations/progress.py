"""What people report about what they owe: how far it is, that it is done, that it has to be opened again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.notices.models import Reason
from pcmt.apps.tasks.models import DueItem, DueState, NoteEvent
from pcmt.apps.tasks.operations.dating import wrong_day
from pcmt.apps.tasks.operations.evidence import Kept, attach
from pcmt.apps.tasks.operations.finishing import hindered
from pcmt.apps.tasks.operations.holding import (
    NOTE_CHARS,
    TAKEN_ON,
    held,
    not_by_hand,
    stale,
    take_on,
    tell_task,
    write_note,
    written,
)
from pcmt.apps.tasks.operations.moving import land
from pcmt.apps.tasks.operations.requests import drop_requests
from pcmt.apps.tasks.operations.telling import holder_of, tell_giver, tell_unit
from pcmt.apps.tasks.operations.touching import TOUCHED, touch
from pcmt.apps.tasks.policies import asks_acceptance, can_accept
from pcmt.core.diagnostics import Refusal

REPORTED = (DueState.DONE, DueState.SUBMITTED)


def report_progress(
    *,
    actor: Actor,
    at: datetime,
    due_item_id: int,
    version: int,
    percent: int | None = None,
    note: str = "",
    evidence: Sequence[Kept] = (),
    done: bool = False,
    done_on: date | None = None,
    despite_parts: bool = False,
) -> DueItem | Refusal:
    """Tell how a due item stands: percent, note, files as evidence (`keep_evidence`); `done` hands it in.

    `version` is the due item's as last seen. Where it has to be accepted it waits for that, unless who reports is who
    accepts; else it is done. The day that counts is that of `at`; once late it stays late. The standing office alone
    may say an earlier one in `done_on`, with the reason as note (decision 0022). A request for more time that still
    waits has no object any more and is withdrawn.

    The unit that reports takes the item on with that, if it had not. Parts that are not done hinder `done`, unless the
    person says that it is done all the same (`despite_parts`); tasks that it waits for hinder it always.
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
    if percent is None and not note and not evidence and not done:
        return Refusal(code="nothing", message=_("Nhập tiến độ, ghi chú hoặc tệp."), field="note")
    with transaction.atomic():
        got = held(actor, due_item_id)
        if isinstance(got, Refusal):
            return got
        due, task = got
        if due.version != version:
            again = done and due.state in REPORTED and not note and not evidence
            return due if again else stale(due)
        if refused := not_by_hand(due) or _not_now(due, None if done else percent):
            return refused
        if done and due.state == DueState.OPEN and (refused := hindered(due, despite_parts=despite_parts)):
            return refused
        today = timezone.localdate(at)
        if done and done_on and (refused := wrong_day(actor, due, done_on, today=today, note=note)):
            return refused
        before = {"percent": due.percent, "state": str(due.state)}
        take_on(actor, at, due)
        if percent is not None:
            due.percent = percent
        if done and due.state == DueState.OPEN:
            _hand_in(actor, at, due, done_on or today)
        touch(due, at=at)
        due.save(update_fields=["percent", "state", "done_at", "done_on", "returned_at", *TAKEN_ON, *TOUCHED])
        attach(write_note(actor, at, due, NoteEvent.DONE if done else NoteEvent.PROGRESS, note), evidence)
        tell_task(task, note)
        submitted = due.state == DueState.SUBMITTED and before["state"] == DueState.OPEN
        if submitted:
            body = due.unit.name if due.unit else due.unit_name
            tell_giver(actor=actor, at=at, due=due, reason=Reason.SUBMITTED, what=f"{body} báo xong, chờ nghiệm thu")
        record(
            at=at,
            actor=actor,
            event="tasks.due.submitted" if submitted else "tasks.due.done" if done else "tasks.due.reported",
            obj=due,
            before=before,
            after={"percent": due.percent, "state": str(due.state)}
            | ({"done_on": done_on} if done and done_on not in (None, today) else {}),
            reason=note,
        )
    return due


def _not_now(due: DueItem, percent: int | None) -> Refusal | None:
    """Why nothing can be reported in the state in which it is; None where something can."""
    if due.state == DueState.SUSPENDED:
        message = _("Việc đang tạm dừng. Nơi giao việc cho tiếp tục rồi mới báo được; cần trao đổi thì viết ở dưới.")
        return Refusal(code="suspended", message=message)
    if due.state in REPORTED and percent not in (None, 100):
        if due.state == DueState.SUBMITTED:
            message = _("Việc đang chờ nghiệm thu. Muốn báo lại tiến độ, hãy rút lại trước.")
        else:
            message = _("Việc đã báo hoàn thành. Muốn báo lại tiến độ, hãy mở lại trước.")
        return Refusal(code="done", message=message)
    return None


def _hand_in(actor: Actor, at: datetime, due: DueItem, day: date) -> None:
    waits = asks_acceptance(due) and not can_accept(actor, due)
    due.state, due.percent = DueState.SUBMITTED if waits else DueState.DONE, 100
    due.done_at, due.done_on, due.returned_at = at, day, None
    drop_requests([due.pk], at=at)


def reopen(*, actor: Actor, at: datetime, due_item_id: int, version: int, reason: str) -> DueItem | Refusal:
    """Open a due item again that was reported done, also before it is accepted; the reason is kept, the limit stays."""
    words = written(reason, "reason", _("Nhập lý do mở lại."))
    if isinstance(words, Refusal):
        return words
    with transaction.atomic():
        got = held(actor, due_item_id)
        if isinstance(got, Refusal):
            return got
        due, task = got
        if due.state == DueState.OPEN:
            return due
        if refused := not_by_hand(due):
            return refused
        if due.version != version:
            return stale(due)
        if due.state not in REPORTED:
            return Refusal(code="not_done", message=_("Việc này chưa báo xong, không cần mở lại."))
        before = {"percent": due.percent, "state": str(due.state), "done_on": due.done_on}
        open_again(due)
        touch(due, at=at)
        due.save(update_fields=["state", "done_at", "done_on", "percent", *TOUCHED])
        write_note(actor, at, due, NoteEvent.REOPENED, words)
        moved = land(due, at=at)
        tell_task(task, words)
        if due.unit_id != actor.unit_id:
            tell_unit(
                actor=actor,
                at=at,
                due=due,
                unit_id=due.unit_id,
                reason=Reason.CHANGED,
                what="Mở lại",
                also=holder_of(due),
            )
        record(at=at, actor=actor, event="tasks.due.reopened", obj=due, before=before, reason=words)
        if moved:
            record(at=at, actor=actor, event="tasks.due.moved", obj=due, before=moved[0], after=moved[1])
    return due


def open_again(due: DueItem) -> None:
    """A locked row that was reported done is open again; its limit is what it was."""
    due.state, due.done_at, due.done_on = DueState.OPEN, None, None
    due.percent = min(due.percent, 99)
