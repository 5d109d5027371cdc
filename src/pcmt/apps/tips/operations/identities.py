"""Who sent a tip: asked for with a reason, released by another person, open for a day to who asked, each look logged.

The only door to `TipIdentity`: nothing else unseals it, and the custodian who releases it sees neither it nor the tip.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record, record_reading
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.tips.addresses import CUSTODY_PAGE, tip_address
from pcmt.apps.tips.models import AskState, IdentityAsk, Tip, TipIdentity
from pcmt.apps.tips.operations.holding import gone, held_tip, stale, wanting
from pcmt.apps.tips.places import identity_place
from pcmt.apps.tips.policies import keeps_identities
from pcmt.apps.tips.queries.custody import custodians_over, released_to
from pcmt.apps.tips.vault import Unsealable, unseal_identity
from pcmt.core.diagnostics import Refusal

log = logging.getLogger(__name__)

OPEN_FOR = timedelta(hours=24)
REASON_CHARS = 500


def ask_identity(*, actor: Actor, at: datetime, tip_id: int, reason: str) -> IdentityAsk | Refusal:
    """Ask who sent a tip. Asked twice while one waits, the first stands. The custodians of the area are told."""
    if refused := wanting(reason, "reason", missing=_("Ghi vì sao cần biết người báo tin."), most=REASON_CHARS):
        return refused
    with transaction.atomic():
        seen = Tip.objects.visible_to(actor).filter(pk=tip_id).values_list("version", flat=True).first()
        tip = held_tip(actor, tip_id, seen if seen is not None else 0, still_open=False)
        if isinstance(tip, Refusal):
            return tip
        if not TipIdentity.objects.filter(tip=tip).exists():
            return Refusal(code="anonymous", message=_("Người báo tin không để lại danh tính."))
        waiting = IdentityAsk.objects.filter(tip=tip, asked_by=actor.user_id, state=AskState.OPEN).first()
        if waiting is not None:
            return waiting
        custodians = custodians_over(tip, timezone.localdate(at)) - {actor.user_id}
        if not custodians:
            message = _("Chưa có ai khác giữ danh tính người báo tin trong địa bàn: đề nghị quản trị giao vai trò.")
            return Refusal(code="nobody", message=message)
        made = IdentityAsk.objects.create(tip=tip, asked_by_id=actor.user_id, asked_at=at, reason=reason.strip())
        tell(
            at=at, users=custodians, reason=Reason.SUBMITTED, about=made, address=CUSTODY_PAGE,
            title=f"Đề nghị xem danh tính người báo tin {tip.number}", key=f"tip-ask:{made.pk}",
        )  # fmt: skip
        record(at=at, actor=actor, event="tips.identity.asked", obj=tip)
    return made


def decide_ask(
    *, actor: Actor, at: datetime, ask_id: int, version: int, release: bool, words: str
) -> IdentityAsk | Refusal:
    """Release an identity for 24 hours to who asked, or do not, with a reason: by another person than who asked."""
    if not keeps_identities(actor):
        raise PermissionDenied
    if refused := wanting(words, "words", missing=_("Ghi căn cứ của quyết định."), most=REASON_CHARS):
        return refused
    with transaction.atomic():
        ask = IdentityAsk.objects.visible_to(actor).filter(pk=ask_id).first()
        if ask is None:
            return Refusal(code="gone", message=_("Không còn đề nghị này."))
        Tip.objects.select_for_update(no_key=True).get(pk=ask.tip_id)
        ask = IdentityAsk.objects.select_for_update(of=("self",), no_key=True).select_related("tip").get(pk=ask_id)
        if ask.asked_by_id == actor.user_id:
            return Refusal(code="same", message=_("Người khác phải quyết định đề nghị của bạn."))
        if ask.version != version or ask.state != AskState.OPEN:
            return stale()
        ask.state = AskState.RELEASED if release else AskState.REFUSED
        ask.decided_by_id, ask.decided_at, ask.words = actor.user_id, at, words.strip()
        ask.until = at + OPEN_FOR if release else None
        ask.version += 1
        ask.save()
        tell(
            at=at, users={ask.asked_by_id}, reason=Reason.DECIDED, about=ask, address=tip_address(ask.tip_id),
            title=f"Đề nghị xem danh tính người báo tin {ask.tip.number}: "
            + ("được xem trong 24 giờ" if release else "không được chấp thuận"),
            key=f"tip-ask:{ask.pk}:{ask.state}",
        )  # fmt: skip
        record(at=at, actor=actor, event="tips.identity.decided", obj=ask.tip, after={"state": ask.state})
    return ask


def read_identity(*, actor: Actor, at: datetime, tip_id: int) -> Mapping[str, Any] | Refusal:
    """Who sent a tip, for who was released it, while that lasts. Each look is written down."""
    with transaction.atomic():
        tip = Tip.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).filter(pk=tip_id).first()
        if tip is None:
            return gone()
        ask = released_to(actor, at).filter(tip=tip).order_by("-until").first()
        if ask is None:
            return Refusal(code="closed", message=_("Bạn chưa được xem danh tính này, hoặc đã hết 24 giờ."))
        kept = TipIdentity.objects.filter(tip=tip).first()
        if kept is None:
            return Refusal(code="purged", message=_("Danh tính đã xóa."))
        try:
            told = unseal_identity(kept.sealed, kept.key_id, identity_place(tip.number))
        except Unsealable:
            log.error("identity of tip %s does not open (key %s)", tip.number, kept.key_id)
            message = _("Không mở được. Báo người quản trị kiểm tra khóa (pcmt tips check).")
            return Refusal(code="unsealable", message=message)
        if ask.read_at is None:
            ask.read_at = at
            ask.save(update_fields=["read_at"])
        record_reading(at=at, actor=actor, event="tips.identity.read", obj=tip)
    return told
