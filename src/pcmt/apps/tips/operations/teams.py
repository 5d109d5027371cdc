"""Saying which body receives tips of an area, from a day on."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.tips.models import TipTeam
from pcmt.apps.tips.operations.holding import undone
from pcmt.apps.tips.policies import can_set_team, officers_at
from pcmt.apps.tips.queries.teams import bodies_to_choose
from pcmt.apps.units.models import Level, Unit, UnitKind
from pcmt.apps.units.operations import share_tree
from pcmt.core.diagnostics import Refusal

PHONE_CHARS = 40


def set_team(
    *, actor: Actor, at: datetime, area_id: int, body_id: int | None, above_id: int | None = None, phone: str = "",
    start: date, version: int = 0,
) -> TipTeam | Refusal | None:  # fmt: skip
    """From the day `start` (today or later) on a body receives the tips of an area, and `above_id` what names it.

    `body_id` None: no team of its own any more, tips fall to the team above. `version` is that of the team that stands
    now, 0 where none does. Tips that came in before stay with the body that has them; it hands them over itself.
    """
    if not can_set_team(actor, area_id):
        raise PermissionDenied
    today = timezone.localdate(at)
    with transaction.atomic():
        share_tree()
        area = Unit.objects.as_of(today).filter(pk=area_id, kind=UnitKind.ADMINISTRATIVE).exclude(level=Level.HAMLET)
        if not area.exists():
            message = _("Chọn một tỉnh, xã, phường, đặc khu đang có.")
            return Refusal(code="area", message=message, field="area")
        now = TipTeam.objects.select_for_update(no_key=True).filter(area=area_id, valid_to__isnull=True).first()
        if (now.version if now else 0) != version:
            message = _("Người khác vừa đổi nơi tiếp nhận. Xem lại rồi gửi lại; nội dung bạn nhập còn đây.")
            return Refusal(code="stale", message=message)
        if start < today:
            message = _("Nơi tiếp nhận đổi từ hôm nay hoặc một ngày sau.")
            return Refusal(code="start", message=message, field="start")
        if body_id is None and now is None:
            message = _("Địa bàn này không có nơi tiếp nhận riêng.")
            return Refusal(code="none", message=message, field="body")
        if refused := _wrong(actor, area_id, body_id, above_id, phone, start):
            return refused
        before = {"body_id": now.body_id, "above_id": now.above_id} if now else {}
        if now is not None and now.valid_from is not None and now.valid_from >= start:
            # what has not begun, or began today, is written anew: a window is never empty
            if body_id is None:
                now.delete()
                record(at=at, actor=actor, event="tips.team.ended", obj=now, before=before, after={"on": start})
                return None
            now.body_id, now.above_id, now.phone, now.valid_from = body_id, above_id, phone.strip(), start
            now.version += 1
            now.save()
            made = now
        else:
            if now is not None:
                now.valid_to, now.version = start, now.version + 1
                now.save(update_fields=["valid_to", "version"])
            if body_id is None:
                assert now is not None
                record(at=at, actor=actor, event="tips.team.ended", obj=now, before=before, after={"on": start})
                return None
            made = TipTeam.objects.create(
                area_id=area_id, body_id=body_id, above_id=above_id, phone=phone.strip(), valid_from=start,
                version=version + 1,
            )  # fmt: skip
        if not officers_at(body_id, max(start, today)):
            message = _("Đơn vị này chưa có ai giữ vai trò “Cán bộ tiếp nhận tin báo”: giao vai trò trước.")
            return undone(Refusal(code="nobody", message=message, field="body"))
        after = {"body_id": body_id, "above_id": above_id, "on": start}
        record(at=at, actor=actor, event="tips.team.set", obj=made, before=before, after=after)
    return made


def _wrong(
    actor: Actor, area_id: int, body_id: int | None, above_id: int | None, phone: str, start: date
) -> Refusal | None:
    if body_id is None:
        return None
    offered = bodies_to_choose(actor)
    if not offered.filter(pk=body_id).exists():
        return Refusal(code="body", message=_("Chọn một đơn vị trong phạm vi của bạn."), field="body")
    if above_id is not None and (above_id == body_id or not offered.filter(pk=above_id).exists()):
        message = _("Nơi nhận tin nêu chính đơn vị tiếp nhận phải là một đơn vị khác, cấp trên.")
        return Refusal(code="above", message=message, field="above")
    if len(phone) > PHONE_CHARS or any(not (each.isdigit() or each in " .+-()") for each in phone.strip()):
        return Refusal(code="phone", message=_("Ghi số điện thoại bằng chữ số."), field="phone")
    return None
