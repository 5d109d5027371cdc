"""More time: asked for before the limit, with a reason; decided by the level that gave the work.

Source: Decision 42/2014/QĐ-TTg, amended by 23/2018/QĐ-TTg: who cannot keep a limit reports why and asks for a new one
before it has passed. The limit that was set first stays on the item; only `due_on` moves.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.notices.models import Reason
from pcmt.apps.tasks.models import DueItem, DueState, Extension, ExtensionState, Mode, NoteEvent
from pcmt.apps.tasks.operations.holding import (
    NOTE_CHARS,
    TAKEN_ON,
    held,
    not_giver,
    repeated,
    stale,
    take_on,
    write_note,
    written,
)
from pcmt.apps.tasks.operations.requests import waiting_request
from pcmt.apps.tasks.operations.telling import holder_of, tell_giver, tell_unit
from pcmt.apps.tasks.operations.touching import TOUCHED, touch
from pcmt.apps.tasks.policies import gave
from pcmt.apps.tasks.queries import latest_for_parts
from pcmt.core.diagnostics import Refusal

FARTHEST = timedelta(days=3660)
"""From the day of the act: what lies farther ahead is a slip of the pen in the year."""


def ask_extension(
    *, actor: Actor, at: datetime, due_item_id: int, version: int, wanted_on: date | None, reason: str
) -> Extension | Refusal:
    """Ask for more time until the end of a day, on the last day of the limit at the latest; one request at a time.

    The unit that asks for more time takes the item on with that, if it had not.
    """
    words = written(reason, "reason", _("Nhập lý do xin gia hạn."))
    if isinstance(words, Refusal):
        return words
    with transaction.atomic():
        got = held(actor, due_item_id)
        if isinstance(got, Refusal):
            return got
        due, _task = got
        waiting = waiting_request(due)
        if (
            waiting
            and waiting.asked_by_id == actor.user_id
            and (waiting.wanted_on, waiting.reason) == (wanted_on, words)
        ):
            return waiting  # the button was pressed twice
        if due.version != version:
            return stale(due)
        if waiting:
            return Refusal(code="waiting", message=_("Đã có một đề nghị gia hạn đang chờ quyết định."))
        if refused := _not_to_be_asked(due, timezone.localdate(at)):
            return refused
        assert due.due_on is not None
        if refused := wrong_limit(due, wanted_on, timezone.localdate(at), "wanted_on"):
            return refused
        assert wanted_on is not None
        made = Extension.objects.create(
            due_item=due,
            from_on=due.due_on,
            wanted_on=wanted_on,
            reason=words,
            asked_at=at,
            asked_by_id=actor.user_id,
            asked_by_name=actor.name,
            unit_id=actor.unit_id,
        )
        take_on(actor, at, due)
        touch(due, at=at)
        due.save(update_fields=[*TAKEN_ON, *TOUCHED])
        write_note(actor, at, due, NoteEvent.EXTENSION_ASKED, until_words(wanted_on, words))
        body = due.unit.name if due.unit else due.unit_name
        tell_giver(actor=actor, at=at, due=due, reason=Reason.EXTENSION, what=f"{body} xin gia hạn")
        record(
            at=at,
            actor=actor,
            event="tasks.extension.asked",
            obj=due,
            before={"due_on": due.due_on},
            after={"wanted_on": wanted_on},
            reason=words,
        )
    return made


def decide_extension(
    *,
    actor: Actor,
    at: datetime,
    due_item_id: int,
    version: int,
    approve: bool,
    until: date | None = None,
    answer: str = "",
) -> Extension | Refusal:
    """Give more time (until another day than was asked for, if need be) or refuse it with words.

    Also after the limit has passed: it was asked for in time, so the item is as late as the new limit says.
    """
    answer = answer.strip()
    if len(answer) > NOTE_CHARS:
        message = _("Ghi chú tối đa %(note_chars)s ký tự.") % {"note_chars": NOTE_CHARS}
        return Refusal(code="too_long", message=message, field="answer")
    if not approve and not answer:
        return Refusal(code="answer", message=_("Nhập lý do không cho gia hạn."), field="answer")
    with transaction.atomic():
        got = held(actor, due_item_id, may=gave, refusal=not_giver)
        if isinstance(got, Refusal):
            return got
        due, _task = got
        found = waiting_request(due)
        if found is None:
            event = NoteEvent.EXTENDED if approve else NoteEvent.EXTENSION_REFUSED
            last = Extension.objects.filter(due_item=due, decided_by_id=actor.user_id).first()
            if last is not None and repeated(actor, due, event):
                return last
        if due.version != version:
            return stale(due)
        if found is None:
            return _none_waiting()
        before = due.due_on
        if approve:
            until = until or found.wanted_on
            if refused := wrong_limit(due, until, timezone.localdate(at), "until"):
                return refused
            found.state, found.until, due.due_on = ExtensionState.APPROVED, until, until
        else:
            found.state = ExtensionState.REFUSED
        found.decided_at, found.decided_by_id, found.decided_by_name = at, actor.user_id, actor.name
        found.answer = answer
        found.save()
        touch(due, at=at)
        due.save(update_fields=["due_on", *TOUCHED])
        if approve and until:
            event, what, words = NoteEvent.EXTENDED, "Được gia hạn", until_words(until, answer)
        else:
            event, what, words = NoteEvent.EXTENSION_REFUSED, "Không được gia hạn", answer
        write_note(actor, at, due, event, words)
        also = {found.asked_by_id, *holder_of(due)}
        tell_unit(actor=actor, at=at, due=due, unit_id=due.unit_id, reason=Reason.DECIDED, what=what, also=also)
        record(
            at=at,
            actor=actor,
            event="tasks.extension.approved" if approve else "tasks.extension.refused",
            obj=due,
            before={"due_on": before},
            after={"due_on": due.due_on},
            reason=answer,
        )
    return found


def withdraw_extension(*, actor: Actor, at: datetime, due_item_id: int, version: int) -> Extension | Refusal:
    """Take back a request that was not decided yet."""
    with transaction.atomic():
        got = held(actor, due_item_id)
        if isinstance(got, Refusal):
            return got
        due, _task = got
        if due.version != version:
            return stale(due)
        found = waiting_request(due)
        if found is None:
            return _none_waiting()
        found.state, found.decided_at = ExtensionState.WITHDRAWN, at
        found.save(update_fields=["state", "decided_at"])
        touch(due, at=at)
        due.save(update_fields=[*TOUCHED])
        write_note(actor, at, due, NoteEvent.EXTENSION_WITHDRAWN)
        record(at=at, actor=actor, event="tasks.extension.withdrawn", obj=due, before={"wanted_on": found.wanted_on})
    return found


def lengthen(due: DueItem, days: int, *, actor: Actor, at: datetime, reason: str) -> bool:
    """Move the limit of a locked row by the days for which it was suspended, as an extension that all can see.

    A part stays within the limit of its whole. Whether it moved; the row is not saved.
    """
    if due.due_on is None or days <= 0:
        return False
    until = due.due_on + timedelta(days=days)
    whole = latest_for_parts(due.parent, timezone.localdate(at)) if due.parent is not None else None
    if whole is not None:
        until = min(until, whole)
    if until <= due.due_on:
        return False
    Extension.objects.create(
        due_item=due,
        state=ExtensionState.APPROVED,
        from_on=due.due_on,
        wanted_on=until,
        until=until,
        reason=reason,
        asked_at=at,
        asked_by_id=actor.user_id,
        asked_by_name=actor.name,
        unit_id=actor.unit_id,
        decided_at=at,
        decided_by_id=actor.user_id,
        decided_by_name=actor.name,
    )
    due.due_on = until
    return True


def _not_to_be_asked(due: DueItem, today: date) -> Refusal | None:
    if due.state != DueState.OPEN:
        return Refusal(code="settled", message=_("Việc đã báo xong hoặc đang tạm dừng, không xin gia hạn."))
    if due.due_on is None:
        return Refusal(code="no_limit", message=_("Việc này không ghi hạn nên không phải xin gia hạn."))
    if due.mode == Mode.REQUESTED:
        return Refusal(code="requested", message=_("Việc được đề nghị không tính quá hạn nên không phải xin gia hạn."))
    if today > due.due_on:
        message = _("Đã hết hạn ngày %(day)s. Gia hạn phải xin trước khi hết hạn (Quyết định 42/2014/QĐ-TTg).")
        return Refusal(code="too_late", message=message % {"day": _day(due.due_on)})
    return None


def wrong_limit(due: DueItem, day: date | None, today: date, field: str) -> Refusal | None:
    """What speaks against a day as the new limit, if anything does."""
    if day is None:
        return Refusal(code="day", message=_("Nhập ngày gia hạn đến."), field=field)
    if due.due_on is not None and day <= due.due_on:
        message = _("Ngày gia hạn phải sau hạn hiện nay, ngày %(day)s.") % {"day": _day(due.due_on)}
        return Refusal(code="not_later", message=message, field=field)
    if day > today + FARTHEST:
        return Refusal(code="too_far", message=_("Xem lại năm: ngày này quá xa."), field=field)
    whole = latest_for_parts(due.parent, today) if due.parent is not None else None
    if whole is not None and day > whole:
        message = _("Phần việc không được quá hạn của cả việc, ngày %(day)s.") % {"day": _day(whole)}
        return Refusal(code="past_whole", message=message, field=field)
    return None


def _none_waiting() -> Refusal:
    return Refusal(code="not_waiting", message=_("Không còn đề nghị gia hạn nào chờ quyết định."))


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def until_words(day: date, words: str) -> str:
    """What the note keeps: the day, then the words. Written down in Vietnamese, like what people write."""
    return f"Đến hết ngày {_day(day)}. {words}".strip()
