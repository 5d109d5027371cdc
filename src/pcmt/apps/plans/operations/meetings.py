"""The days of briefings: what changed since the last one is what the next one talks of."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import Thing, record
from pcmt.apps.plans.models import Meeting
from pcmt.apps.plans.policies import can_hold_meeting
from pcmt.core.diagnostics import Refusal


def hold_meeting(*, actor: Actor, at: datetime, unit_id: int, on: date, words: str = "") -> Meeting | Refusal:
    """Note that a briefing was held for an area on a day. Noted twice for a day, it is one; its words are the last."""
    with transaction.atomic():
        if not can_hold_meeting(actor, unit_id):
            return _not_allowed()
        if on > timezone.localdate(at):
            return Refusal(code="ahead", message=_("Ngày giao ban không được sau hôm nay."), field="on")
        told = " ".join(words.split())
        if len(told) > 200:
            return Refusal(code="too_long", message=_("Tối đa %(most)s ký tự.") % {"most": 200}, field="words")
        said = {"said_at": at, "said_by_id": actor.user_id, "said_by_name": actor.name}
        row, made = Meeting.objects.select_for_update(of=("self",)).get_or_create(
            unit_id=unit_id, on=on, defaults={"words": told, **said}
        )
        if not made:
            if row.words == told:
                return row
            before, row.words = row.words, told
            row.save(update_fields=["words"])
        record(
            at=at,
            actor=actor,
            event="plans.meeting.held",
            obj=row,
            before=None if made else {"words": before},
            after={"unit": unit_id, "on": on.isoformat(), "words": told},
        )
    return row


def take_back_meeting(*, actor: Actor, at: datetime, meeting_id: int) -> date | Refusal:
    """A briefing that was noted by mistake is taken away; its day. The log keeps it.

    One at which something was concluded stays.
    """
    with transaction.atomic():
        row = Meeting.objects.select_for_update(of=("self",)).filter(pk=meeting_id).first()
        if row is None or not can_hold_meeting(actor, row.unit_id):
            return _not_allowed()
        thing = Thing(row._meta.label, str(row.pk), str(row))
        before = {"unit": row.unit_id, "on": row.on.isoformat(), "words": row.words}
        day = row.on
        try:
            row.delete()
        except ProtectedError:
            message = _("Lần giao ban này đã có kết luận, không bỏ được.")
            return Refusal(code="concluded", message=message)
        record(at=at, actor=actor, event="plans.meeting.taken_back", obj=thing, before=before)
    return day


def _not_allowed() -> Refusal:
    message = _("Chỉ cơ quan thường trực của địa bàn được ghi ngày giao ban.")
    return Refusal(code="not_allowed", message=message)
