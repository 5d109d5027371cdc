"""Opening what a tip tells: the only door, and each passing is written down."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record_reading
from pcmt.apps.tips.models import Tip, TipFile, TipMessage, TipStep
from pcmt.apps.tips.operations.holding import gone
from pcmt.apps.tips.places import file_place, message_place, step_place, tip_place
from pcmt.apps.tips.vault import Unsealable, unseal, unseal_picture
from pcmt.core.diagnostics import Refusal

log = logging.getLogger(__name__)


@attrs.frozen(repr=False)
class Opened:
    """A tip as it is read: what was told, what was written to and fro and noted by officers (by row id).

    `broken`: something does not open; its words are then missing.
    """

    told: Mapping[str, Any]
    messages: Mapping[int, str]
    steps: Mapping[int, str]
    pictures: Sequence[TipFile]
    broken: bool


def open_tip(*, actor: Actor, at: datetime, tip_id: int) -> Opened | Refusal:
    """What a tip tells, with its messages and notes. Logged; the sender's messages are read from now on."""
    with transaction.atomic():
        tip = Tip.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).filter(pk=tip_id).first()
        if tip is None:
            return gone()
        if tip.sealed is None:
            return Refusal(code="purged", message=_("Nội dung đã xóa khi hết thời hạn lưu; chỉ còn số liệu."))
        broken = False

        def words(row: Any, place: str) -> str:
            nonlocal broken
            if row.sealed is None:
                return ""
            try:
                return str(unseal(row.sealed, row.key_id, place).get("words", ""))
            except Unsealable:
                log.error("%s of tip %s does not open (key %s)", row._meta.label, tip.number, row.key_id)
                broken = True
                return ""

        try:
            told = unseal(tip.sealed, tip.key_id, tip_place(tip.number))
        except Unsealable:
            log.error("tip %s does not open (key %s)", tip.number, tip.key_id)
            told, broken = {}, True
        messages = {row.pk: words(row, message_place(tip.number)) for row in TipMessage.objects.filter(tip=tip)}
        steps = {row.pk: words(row, step_place(tip.number)) for row in TipStep.objects.filter(tip=tip)}
        pictures = list(TipFile.objects.filter(tip=tip).defer("sealed"))
        TipMessage.objects.filter(tip=tip, by__isnull=True, read=False).update(read=True)
        record_reading(at=at, actor=actor, event="tips.tip.read", obj=tip)
    return Opened(told, messages, steps, pictures, broken)


def open_picture(*, actor: Actor, at: datetime, tip_id: int, file_id: int) -> tuple[bytes, str] | Refusal:
    """A picture with a tip, and its media type. Logged."""
    with transaction.atomic():
        tip = Tip.objects.visible_to(actor).filter(pk=tip_id).first()
        kept = TipFile.objects.filter(tip=tip, pk=file_id).first() if tip is not None else None
        if tip is None or kept is None:
            return gone()
        try:
            data = unseal_picture(kept.sealed, kept.key_id, file_place(kept.key))
        except Unsealable:
            log.error("picture of tip %s does not open (key %s)", tip.number, kept.key_id)
            message = _("Không mở được. Báo người quản trị kiểm tra khóa (pcmt tips check).")
            return Refusal(code="unsealable", message=message)
        record_reading(at=at, actor=actor, event="tips.picture.read", obj=tip)
    return data, kept.media_type
