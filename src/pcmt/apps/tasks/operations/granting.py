"""More time that nobody asked for: whoever gave the work sets a later limit, for one item or for many at once."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.notices.models import Reason
from pcmt.apps.tasks.models import DueItem, DueState, Extension, ExtensionState, Mode, NoteEvent
from pcmt.apps.tasks.operations.extending import until_words, wrong_limit
from pcmt.apps.tasks.operations.holding import held, not_giver, repeated, stale, write_note, written
from pcmt.apps.tasks.operations.requests import drop_requests, waiting_request
from pcmt.apps.tasks.operations.telling import holder_of, tell_unit
from pcmt.apps.tasks.operations.touching import TOUCHED, touch
from pcmt.apps.tasks.policies import gave
from pcmt.core.diagnostics import Refusal


def extend(
    *, actor: Actor, at: datetime, due_item_id: int, version: int, until: date | None, reason: str
) -> DueItem | Refusal:
    """Give more time until the end of a day, for a reason that holds for the body: floods, a changed plan above.

    Kept as an approved extension, so that the limit set first stays visible. A request of the body that waits for its
    answer is answered by it. Not for what has no limit, nor for what was only asked for.
    """
    words = written(reason, "reason", _("Nhập lý do gia hạn."))
    if isinstance(words, Refusal):
        return words
    with transaction.atomic():
        got = held(actor, due_item_id, may=gave, refusal=not_giver)
        if isinstance(got, Refusal):
            return got
        due, _task = got
        if due.due_on is not None and due.due_on == until and repeated(actor, due, NoteEvent.EXTENDED):
            return due
        if due.version != version:
            return stale(due)
        if due.state not in (DueState.OPEN, DueState.SUSPENDED):
            return Refusal(code="settled", message=_("Việc đã báo xong, không gia hạn."))
        if due.due_on is None or due.mode == Mode.REQUESTED:
            return Refusal(code="no_limit", message=_("Việc này không tính hạn nên không phải gia hạn."))
        if refused := wrong_limit(due, until, timezone.localdate(at), "until"):
            return refused
        assert until is not None
        before = due.due_on
        _approved(actor, at, due, before, until, words)
        due.due_on = until
        touch(due, at=at)
        due.save(update_fields=["due_on", *TOUCHED])
        write_note(actor, at, due, NoteEvent.EXTENDED, until_words(until, words))
        tell_unit(
            actor=actor, at=at, due=due, unit_id=due.unit_id, reason=Reason.DECIDED, what="Được gia hạn",
            also=holder_of(due),
        )  # fmt: skip
        record(
            at=at,
            actor=actor,
            event="tasks.extension.approved",
            obj=due,
            before={"due_on": before},
            after={"due_on": until},
            reason=words,
        )
    return due


def _approved(actor: Actor, at: datetime, due: DueItem, before: date, until: date, words: str) -> None:
    """The record of it: the body's own request, if that waits and asked for no more, else one of the giver."""
    decided = {
        "state": ExtensionState.APPROVED,
        "until": until,
        "decided_at": at,
        "decided_by_id": actor.user_id,
        "decided_by_name": actor.name,
    }
    asked = waiting_request(due)
    if asked is not None and asked.wanted_on <= until:
        for name, value in {**decided, "answer": words}.items():
            setattr(asked, name, value)
        asked.save()
        return
    drop_requests([due.pk], at=at)
    Extension.objects.create(
        due_item=due,
        from_on=before,
        wanted_on=until,
        reason=words,
        asked_at=at,
        asked_by_id=actor.user_id,
        asked_by_name=actor.name,
        unit_id=actor.unit_id,
        **decided,
    )
