"""What becomes of the due item of a written report while that goes its way; the reports room says when.

Sent is handed in: the day that counts is the day of sending. Taken by the recipient it is done as of that day. Returned
or recalled it is open again and its clock has run on; late stays late.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.tasks.models import GONE, LIVE, DueItem, DueState, Mode, NoteEvent
from pcmt.apps.tasks.operations.holding import TAKEN_ON, gone, take_on, write_note
from pcmt.apps.tasks.operations.moving import land
from pcmt.apps.tasks.operations.progress import open_again
from pcmt.apps.tasks.operations.requests import drop_requests
from pcmt.apps.tasks.operations.touching import TOUCHED, touch
from pcmt.core.diagnostics import Refusal

FIELDS = ("state", "percent", "done_at", "done_on", "returned_at", "suspended_on", *TAKEN_ON, *TOUCHED)


def locked_item(due_item_id: int) -> DueItem:
    """The due item of a report, locked until the transaction ends: before the report itself."""
    rows = DueItem.objects.select_for_update(of=("self",)).select_related("plan", "clause", "task", "unit")
    return rows.get(pk=due_item_id)


def days_late(due: DueItem, at: datetime) -> int | None:
    """By how many days something handed in now misses the limit that stands; None when it is in time."""
    if due.due_on is None or due.mode == Mode.REQUESTED:
        return None
    days = (timezone.localdate(at) - due.due_on).days
    return days if days > 0 else None


def not_to_be_sent(due: DueItem) -> Refusal | None:
    """Why nothing can be sent for an item, if anything speaks against it: nobody owes it any more, or it rests."""
    if due.state in GONE:
        return gone(due)
    if due.state == DueState.SUSPENDED:
        message = _("Báo cáo này đang tạm dừng. Cơ quan thường trực cho tiếp tục rồi mới gửi được.")
        return Refusal(code="suspended", message=message)
    return None


def report_sent(due: DueItem, *, actor: Actor, at: datetime, note: str) -> None:
    """It is handed in and waits for the recipient. What was done before stays done as it was (a correction)."""
    if due.state != DueState.OPEN:
        return
    take_on(actor, at, due)
    due.state, due.percent = DueState.SUBMITTED, 100
    due.done_at, due.done_on, due.returned_at = at, timezone.localdate(at), None
    drop_requests([due.pk], at=at)
    _changed(due, actor, at, NoteEvent.DONE, note)


def report_taken(due: DueItem, *, actor: Actor, at: datetime, sent_at: datetime, note: str = "") -> None:
    """The recipient took it: done as of the day of sending, also where the item was cancelled and restored since."""
    if due.state not in LIVE:
        return
    due.state, due.percent, due.suspended_on = DueState.DONE, 100, None
    due.done_at, due.done_on = due.done_at or sent_at, due.done_on or timezone.localdate(sent_at)
    _changed(due, actor, at, NoteEvent.ACCEPTED, note)


def report_back(due: DueItem, *, actor: Actor, at: datetime, note: str, returned: bool) -> bool:
    """It is open again, because the recipient returned it or its body recalled it; whether it went to an heir.

    Its body may have ended while it waited: then the heir owes it.
    """
    if due.state != DueState.SUBMITTED:
        return False
    open_again(due)
    due.returned_at = at if returned else None
    _changed(due, actor, at, NoteEvent.RETURNED if returned else NoteEvent.REOPENED, note)
    moved = land(due, at=at)
    if moved:
        record(at=at, actor=actor, event="tasks.due.moved", obj=due, before=moved[0], after=moved[1])
    return moved is not None


def _changed(due: DueItem, actor: Actor, at: datetime, event: NoteEvent, note: str) -> None:
    touch(due, at=at)
    due.save(update_fields=FIELDS)
    write_note(actor, at, due, event, note)
