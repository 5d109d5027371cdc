"""The minutes of a briefing: issued once as an official notice, numbered when signed, withdrawn before that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.models import Meeting
from pcmt.apps.plans.operations import keep_made
from pcmt.apps.plans.policies import can_hold_meeting
from pcmt.apps.tasks.briefing import concluded, digest_of
from pcmt.apps.tasks.letters import LetterWords
from pcmt.apps.tasks.minutes import minutes_document, minutes_name, stored, write_minutes
from pcmt.apps.tasks.models import Minutes
from pcmt.apps.tasks.operations.urging import NUMBER, wrong_words
from pcmt.core.diagnostics import Refusal
from pcmt.documents.output.official import Part


def issue_minutes(
    *, actor: Actor, at: datetime, meeting_id: int, seen: str, words: LetterWords, changes: Sequence[Part]
) -> Minutes | Refusal:
    """Issue the notice of a briefing with the conclusions that were seen (`briefing.digest_of`), which then stay.

    `changes` are the blocks on what had changed, in Vietnamese. Issued twice, it is issued once.
    """
    wrong = wrong_words(words)
    if wrong is not None:
        return wrong
    with transaction.atomic():
        meeting = _held_meeting(actor, meeting_id)
        if isinstance(meeting, Refusal):
            return meeting
        standing = Minutes.objects.filter(meeting=meeting, withdrawn_at__isnull=True).first()
        if standing is not None:
            return standing
        rows = concluded(actor, meeting)
        if not rows:
            return Refusal(code="nothing", message=_("Chưa có kết luận nào để ra thông báo."))
        if digest_of(rows) != seen:
            message = _("Kết luận vừa có thay đổi do người khác ghi. Xem lại rồi ban hành.")
            return Refusal(code="stale", message=message)
        with override("vi"):
            data = write_minutes(minutes_document(meeting, words, changes, rows))
        file = keep_made(user_id=actor.user_id, at=at, name=minutes_name(meeting), data=data)
        made = Minutes.objects.create(
            meeting=meeting,
            office_id=actor.unit_id,
            words=words.stored(),
            changes=stored(changes),
            file=file,
            made_at=at,
            made_by_id=actor.user_id,
            made_by_name=actor.name,
            symbol=words.symbol.strip(),
        )
        record(at=at, actor=actor, event="tasks.minutes.issued", obj=made, after={"conclusions": len(rows)})
    return made


def sign_minutes(
    *, actor: Actor, at: datetime, minutes_id: int, version: int, number: str, symbol: str, signed_on: date | None
) -> Minutes | Refusal:
    """Keep the number and the day of the notice when it was signed; they may be put right later."""
    number, symbol = number.strip(), symbol.strip()
    if NUMBER.fullmatch(number) is None:
        return Refusal(code="number", message=_("Ghi số của thông báo, ví dụ 120."), field="number")
    if not symbol or len(symbol) > 60 or symbol.startswith("/"):
        return Refusal(code="symbol", message=_("Ghi ký hiệu sau dấu gạch chéo, ví dụ TB-CAT."), field="symbol")
    if signed_on is None:
        return Refusal(code="day", message=_("Ghi ngày ký."), field="signed_on")
    if signed_on > timezone.localdate(at):
        return Refusal(code="future", message=_("Ngày ký không thể sau hôm nay."), field="signed_on")
    with transaction.atomic():
        row = _held(actor, minutes_id, version)
        if isinstance(row, Refusal):
            return row
        if row.withdrawn_at is not None:
            return Refusal(code="withdrawn", message=_("Thông báo này đã rút, không lấy số được nữa."))
        if signed_on < row.meeting.on:
            message = _("Ngày ký không thể trước ngày giao ban.")
            return Refusal(code="early", message=message, field="signed_on")
        before = {"number": row.designation, "signed_on": row.signed_on}
        row.number, row.symbol, row.signed_on = number, symbol, signed_on
        row.version += 1
        row.save(update_fields=["number", "symbol", "signed_on", "version"])
        after = {"number": row.designation, "signed_on": row.signed_on}
        record(at=at, actor=actor, event="tasks.minutes.signed", obj=row, before=before, after=after)
    return row


def withdraw_minutes(*, actor: Actor, at: datetime, minutes_id: int, version: int, reason: str) -> Minutes | Refusal:
    """Withdraw a notice that was not signed: conclusions may be changed again, and it be issued anew."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > 300:
        return Refusal(code="reason", message=_("Nhập lý do rút, tối đa 300 ký tự."), field="reason")
    with transaction.atomic():
        row = _held(actor, minutes_id, version)
        if isinstance(row, Refusal):
            return row
        if row.withdrawn_at is not None:
            return row
        if row.signed_on is not None:
            return Refusal(code="signed", message=_("Thông báo đã ký và lấy số thì không rút được."))
        row.withdrawn_at, row.withdrawn_why = at, reason
        row.version += 1
        row.save(update_fields=["withdrawn_at", "withdrawn_why", "version"])
        record(at=at, actor=actor, event="tasks.minutes.withdrawn", obj=row, reason=reason)
    return row


def _held_meeting(actor: Actor, meeting_id: int) -> Meeting | Refusal:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("unit")
    meeting = rows.filter(pk=meeting_id).first()
    if meeting is None or not can_hold_meeting(actor, meeting.unit_id):
        return _not_allowed()
    return meeting


def _held(actor: Actor, minutes_id: int, version: int) -> Minutes | Refusal:
    """The notice, locked behind its briefing."""
    meeting_id = Minutes.objects.filter(pk=minutes_id).values_list("meeting_id", flat=True).first()
    meeting = _held_meeting(actor, meeting_id or 0)
    if isinstance(meeting, Refusal):
        return meeting
    row = Minutes.objects.select_for_update(of=("self",)).get(pk=minutes_id)
    row.meeting = meeting
    if row.version != version:
        message = _("Thông báo này vừa được người khác sửa. Xem lại rồi làm tiếp.")
        return Refusal(code="stale", message=message, ref=row.pk)
    return row


def _not_allowed() -> Refusal:
    return Refusal(code="not_allowed", message=_("Chỉ cơ quan thường trực của địa bàn được ra thông báo kết luận."))
