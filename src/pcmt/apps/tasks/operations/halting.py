"""Suspending, resuming, cancelling and taking a cancellation back: by who gave the work, with everything below it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.notices.models import Reason
from pcmt.apps.tasks.models import GONE, LIVE, DueItem, DueState, Mode, NoteEvent, ProgressNote
from pcmt.apps.tasks.operations.extending import lengthen
from pcmt.apps.tasks.operations.holding import (
    NOTE_CHARS,
    gone,
    held,
    not_giver,
    repeated,
    stale,
    tell_task,
    write_note,
    written,
)
from pcmt.apps.tasks.operations.moving import land
from pcmt.apps.tasks.operations.requests import drop_requests
from pcmt.apps.tasks.operations.telling import holder_of, tell_unit
from pcmt.apps.tasks.operations.touching import TOUCHED, touch
from pcmt.apps.tasks.policies import gave
from pcmt.core.diagnostics import Refusal

FIELDS = ["state", "due_on", "percent", "done_at", "done_on", "returned_at", "suspended_on", *TOUCHED]


def suspend(*, actor: Actor, at: datetime, due_item_id: int, version: int, reason: str) -> DueItem | Refusal:
    """Let an open item rest: nobody is late with it for the time being. Its open parts rest with it."""
    words = written(reason, "reason", _("Nhập lý do tạm dừng."))
    if isinstance(words, Refusal):
        return words
    with transaction.atomic():
        got = held(actor, due_item_id, may=gave, refusal=not_giver)
        if isinstance(got, Refusal):
            return got
        due, task = got
        if due.state == DueState.SUSPENDED and repeated(actor, due, NoteEvent.SUSPENDED):
            return due
        if due.version != version:
            return stale(due)
        if due.state != DueState.OPEN:
            return Refusal(code="not_open", message=_("Chỉ tạm dừng được việc đang làm."))
        rows = [due, *_below(due, (DueState.OPEN,))]
        for row in rows:
            row.state, row.suspended_on = DueState.SUSPENDED, timezone.localdate(at)
        _write(actor, at, rows, NoteEvent.SUSPENDED, words)
        tell_task(task, words)
        _tell(actor, at, rows, "Tạm dừng")
        _record(actor, at, rows, "tasks.due.suspended", DueState.OPEN, words)
    return due


def resume(
    *, actor: Actor, at: datetime, due_item_id: int, version: int, longer: bool, words: str = ""
) -> DueItem | Refusal:
    """Let a suspended item go on, with the parts that rested with it.

    `longer` adds the days of the rest to the limit, as an extension that everybody can see; else the limit stays. What
    was late by some days before it rested is late by as many afterwards.
    """
    words = words.strip()
    if len(words) > NOTE_CHARS:
        message = _("Ghi chú tối đa %(note_chars)s ký tự.") % {"note_chars": NOTE_CHARS}
        return Refusal(code="too_long", message=message, field="words")
    with transaction.atomic():
        got = held(actor, due_item_id, may=gave, refusal=not_giver)
        if isinstance(got, Refusal):
            return got
        due, task = got
        if due.state == DueState.OPEN and repeated(actor, due, NoteEvent.RESUMED):
            return due
        if due.version != version:
            return stale(due)
        if due.state != DueState.SUSPENDED or due.suspended_on is None:
            return Refusal(code="not_suspended", message=_("Việc này không tạm dừng."))
        if due.parent is not None and due.parent.state == DueState.SUSPENDED:
            return Refusal(code="whole_suspended", message=_("Cả việc đang tạm dừng. Cho tiếp tục cả việc trước."))
        since = due.suspended_on
        limits = {due.pk: due.due_on}
        parts = [
            part for part in _below(due, (DueState.SUSPENDED,)) if part.suspended_on and part.suspended_on >= since
        ]
        known = {row.pk: row for row in (due, *parts)}
        for row in known.values():
            assert row.suspended_on is not None
            limits[row.pk] = row.due_on
            if row.parent_id in known:  # as it is now: a part may go as far as its whole
                row.parent = known[row.parent_id]
            days = (timezone.localdate(at) - row.suspended_on).days
            if longer and row.mode != Mode.REQUESTED:
                rested = f"Tạm dừng từ {row.suspended_on:%d/%m/%Y}, tiếp tục ngày {timezone.localdate(at):%d/%m/%Y}."
                lengthen(row, days, actor=actor, at=at, reason=rested)
            row.state, row.suspended_on = DueState.OPEN, None
        rows = list(known.values())
        _write(actor, at, rows, NoteEvent.RESUMED, words)
        moved = [(row, told) for row in rows if (told := land(row, at=at))]
        tell_task(task, words)
        _tell(actor, at, rows, "Tiếp tục")
        for row in rows:
            record(
                at=at,
                actor=actor,
                event="tasks.due.resumed",
                obj=row,
                before={"state": str(DueState.SUSPENDED), "due_on": limits[row.pk]},
                after={"state": str(row.state), "due_on": row.due_on},
                reason=words,
            )
        for row, (before, after) in moved:
            record(at=at, actor=actor, event="tasks.due.moved", obj=row, before=before, after=after)
    return due


def cancel(*, actor: Actor, at: datetime, due_item_id: int, version: int, reason: str) -> DueItem | Refusal:
    """Nobody has to do it any more, nor its parts; what is done already stays done."""
    words = written(reason, "reason", _("Nhập lý do hủy việc."))
    if isinstance(words, Refusal):
        return words
    with transaction.atomic():
        got = held(actor, due_item_id, may=gave, refusal=not_giver, cancelled=True)
        if isinstance(got, Refusal):
            return got
        due, task = got
        if due.state == DueState.CANCELLED:
            return due if repeated(actor, due, NoteEvent.CANCELLED) else gone(due)
        if due.version != version:
            return stale(due)
        if due.state not in LIVE:
            return Refusal(code="done", message=_("Việc đã xong thì không hủy. Nếu báo nhầm, hãy mở lại trước."))
        before = due.state
        rows = [due, *_below(due, LIVE)]
        for row in rows:
            row.state, row.suspended_on, row.returned_at = DueState.CANCELLED, None, None
            row.done_at, row.done_on = None, None
        drop_requests([row.pk for row in rows], at=at)
        _write(actor, at, rows, NoteEvent.CANCELLED, words)
        tell_task(task, words)
        _tell(actor, at, rows, "Đã hủy")
        _record(actor, at, rows, "tasks.due.cancelled", before, words)
    return due


def restore(*, actor: Actor, at: datetime, due_item_id: int, version: int, reason: str) -> DueItem | Refusal:
    """Take a cancellation back: it is owed again, by the same limit; with the parts that went with it."""
    words = written(reason, "reason", _("Nhập lý do khôi phục việc đã hủy."))
    if isinstance(words, Refusal):
        return words
    with transaction.atomic():
        got = held(actor, due_item_id, may=gave, refusal=not_giver, cancelled=True)
        if isinstance(got, Refusal):
            return got
        due, task = got
        if due.state == DueState.OPEN and repeated(actor, due, NoteEvent.REOPENED):
            return due
        if due.version != version:
            return stale(due)
        if due.state != DueState.CANCELLED:
            return Refusal(code="not_cancelled", message=_("Việc này không bị hủy."))
        if due.parent is not None and due.parent.state in GONE:
            return Refusal(code="whole_gone", message=_("Cả việc đã hủy. Khôi phục cả việc trước."))
        rows = [due, *_cancelled_with(due)]
        for row in rows:
            row.state, row.percent = DueState.OPEN, min(row.percent, 99)
        _write(actor, at, rows, NoteEvent.REOPENED, words)
        moved = [(row, told) for row in rows if (told := land(row, at=at))]
        tell_task(task, words)
        _tell(actor, at, rows, "Khôi phục việc đã hủy")
        _record(actor, at, rows, "tasks.due.restored", DueState.CANCELLED, words)
        for row, (before, after) in moved:
            record(at=at, actor=actor, event="tasks.due.moved", obj=row, before=before, after=after)
    return due


def _below(due: DueItem, states: Iterable[str]) -> list[DueItem]:
    """The parts of an item, and of these, that are in one of the states; locked, wholes before their parts."""
    rows = DueItem.objects.select_for_update(of=("self",)).select_related("plan", "clause", "task", "unit", "parent")
    found = rows.filter(Q(parent=due) | Q(parent__parent=due), state__in=list(states)).order_by("pk")
    return sorted(found, key=lambda row: (row.parent_id != due.pk, row.pk))


def _cancelled_with(due: DueItem) -> list[DueItem]:
    """The parts that were cancelled by the same act: those that had been cancelled before stay so."""
    cancelled = ProgressNote.objects.filter(event=NoteEvent.CANCELLED).order_by("-pk")
    last = cancelled.filter(due_item=due).first()
    parts = _below(due, (DueState.CANCELLED,))
    if last is None or not parts:
        return []
    with_it = set(cancelled.filter(due_item__in=parts, at=last.at).values_list("due_item_id", flat=True))
    return [part for part in parts if part.pk in with_it]


def _write(actor: Actor, at: datetime, rows: Iterable[DueItem], event: NoteEvent, words: str) -> None:
    for row in rows:
        touch(row, at=at)
        row.save(update_fields=FIELDS)
        write_note(actor, at, row, event, words)


def _tell(actor: Actor, at: datetime, rows: Iterable[DueItem], what: str) -> None:
    for row in rows:
        tell_unit(
            actor=actor, at=at, due=row, unit_id=row.unit_id, reason=Reason.CHANGED, what=what, also=holder_of(row)
        )


def _record(actor: Actor, at: datetime, rows: Iterable[DueItem], event: str, before: str, words: str) -> None:
    for row in rows:
        after = {"state": str(row.state)}
        record(at=at, actor=actor, event=event, obj=row, before={"state": str(before)}, after=after, reason=words)
