"""A tip goes to other hands: another officer, another team, away from a body it names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import changes
from pcmt.apps.audit.operations import hold, record
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.tips.addresses import CUSTODY_PAGE, LIST_PAGE
from pcmt.apps.tips.models import StepWhat, Tip, TipNamed
from pcmt.apps.tips.operations.counting import mark, served_by
from pcmt.apps.tips.operations.holding import gone, held_tip, stale, step, tell_team, touched, wanting
from pcmt.apps.tips.policies import handles_tips, keeps_identities, officers_at
from pcmt.apps.tips.queries.custody import custodians_over
from pcmt.apps.tips.queries.teams import barred, concerned_people, receiver_for, receiving_bodies
from pcmt.apps.tips.values import OPEN
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal


def hand_over_tip(*, actor: Actor, at: datetime, tip_id: int, version: int, to_user_id: int) -> Tip | Refusal:
    """Give a tip to another officer of its body."""
    with transaction.atomic():
        tip = held_tip(actor, tip_id, version)
        if isinstance(tip, Refusal):
            return tip
        if to_user_id == tip.held_by_id:
            return tip
        if to_user_id not in officers_at(tip.team_id, timezone.localdate(at)) or _concerns(tip, to_user_id, at):
            return _no_officer()
        hold(at)
        _give(tip, to_user_id, actor=actor, at=at)
        _tell_new(to_user_id, [tip], actor=actor, at=at)
    return tip


def hand_over_tips(
    *, actor: Actor, at: datetime, from_user_id: int, to_user_id: int, unit_id: int
) -> Sequence[Tip] | Refusal:
    """Give all open tips that a person has in hand at a body to another officer of it: the person leaves, or stops.

    Those which concern the actor or the colleague stay where they are.
    """
    if not handles_tips(actor):
        raise PermissionDenied
    if from_user_id == to_user_id:
        return Refusal(code="same", message=_("Chọn hai người khác nhau."), field="to_user")
    with transaction.atomic():
        if to_user_id not in officers_at(unit_id, timezone.localdate(at)):
            return _no_officer()
        mine = Tip.objects.visible_to(actor).filter(held_by=from_user_id, team=unit_id, state__in=OPEN)
        locked = mine.select_for_update(of=("self",), no_key=True).order_by("pk").prefetch_related("named")
        tips = [tip for tip in locked if not _concerns(tip, to_user_id, at)]
        if not tips:
            return Refusal(code="none", message=_("Người này không còn tin nào đang xử lý."), field="from_user")
        hold(at)
        for tip in tips:
            _give(tip, to_user_id, actor=actor, at=at)
        _tell_new(to_user_id, tips, actor=actor, at=at)
    return tips


def move_tip(*, actor: Actor, at: datetime, tip_id: int, version: int, to_unit_id: int, reason: str) -> Tip | Refusal:
    """Give a tip to another body that receives tips. The clock goes on, the sender's receipt stays good."""
    if refused := wanting(reason, "reason", missing=_("Ghi vì sao chuyển.")):
        return refused
    with transaction.atomic():
        tip = held_tip(actor, tip_id, version)
        if isinstance(tip, Refusal):
            return tip
        if refused := _no_receiver(tip, to_unit_id, at):
            return refused
        hold(at)
        _moved(tip, to_unit_id, actor=actor, at=at, words=reason)
    return tip


def name_body(*, actor: Actor, at: datetime, tip_id: int, version: int, unit_id: int) -> Tip | Refusal:
    """A tip turns out to name a body: from now on that body learns nothing of it.

    Where the body that handles it must not have it now, the tip goes up at once, out of the hands of who had it; where
    nobody above receives, the custodian is told to pass it on. Tips joined with it tell the same and go the same way.
    """
    with transaction.atomic():
        whole = Tip.objects.filter(pk=tip_id).values_list("same_as", flat=True).first() or tip_id
        family = Tip.objects.filter(Q(pk=tip_id) | Q(pk=whole) | Q(same_as=whole))
        locked = list(family.select_for_update(of=("self",), no_key=True).order_by("pk"))
        tip = held_tip(actor, tip_id, version, still_open=False)
        if isinstance(tip, Refusal):
            return tip
        if not Unit.objects.as_of(timezone.localdate(at)).filter(pk=unit_id).exists():
            return Refusal(code="unit", message=_("Chọn đơn vị bị nêu."), field="unit")
        if TipNamed.objects.filter(tip=tip, unit=unit_id).exists():
            return Refusal(code="twice", message=_("Đơn vị này đã được ghi."), field="unit")
        hold(at)
        for each in (tip, *(other for other in locked if other.pk != tip.pk)):
            if not TipNamed.objects.get_or_create(tip=each, unit_id=unit_id)[1]:
                continue
            step(each, StepWhat.NAMED, actor=actor, at=at, to_unit_id=unit_id)
            record(at=at, actor=actor, event="tips.body.named", obj=each)
            go_up(each, actor=actor, at=at)
            touched(each)
    return tip


def go_up(tip: Tip, *, actor: Actor | None, at: datetime) -> bool:
    """Take a locked tip from a team that must not have it, or from the hands of a colleague whom it concerns; whether
    it moved. Records, so the log is held already.
    """
    on = timezone.localdate(at)
    named = list(TipNamed.objects.filter(tip=tip).values_list("unit_id", flat=True))
    if not barred(named, [tip.team_id], on):
        if tip.held_by_id is not None and concerned_people(named, [tip.held_by_id], on):
            tip.held_by = None
            touched(tip)
            tell_team(
                tip, f"Tin báo {tip.number} chưa ai xử lý", at=at, reason=Reason.ASSIGNED, key=f"free:{tip.version}",
                but=actor,
            )  # fmt: skip
        return False
    found = receiver_for(tip.area_id, on, named)
    if found is not None and not found.blocked:
        _moved(tip, found.unit_id, actor=actor, at=at, words="")
        return True
    if tip.held_by_id is not None:
        tip.held_by = None
        touched(tip)
    tell(
        at=at, users=custodians_over(tip, on), reason=Reason.ASSIGNED, about=tip, address=CUSTODY_PAGE,
        title=f"Tin báo {tip.number} không có nơi nào xử lý được: chọn nơi nhận", key=f"tip:{tip.pk}:blocked",
    )  # fmt: skip
    return False


def move_blocked_tip(*, actor: Actor, at: datetime, tip_id: int, version: int, to_unit_id: int) -> Tip | Refusal:
    """The custodian gives a tip whose team it names, and above which nobody receives, to a body. Unread."""
    if not keeps_identities(actor):
        raise PermissionDenied
    with transaction.atomic():
        on = timezone.localdate(at)
        inside = reached_units(actor, changes("tips.IdentityAsk", actor))
        found = Tip.objects.select_for_update(of=("self",), no_key=True).filter(pk=tip_id, team__in=inside)
        tip = found.first()
        if tip is None or actor.user_id not in custodians_over(tip, on):
            return gone()
        if tip.version != version:
            return stale()
        named = list(TipNamed.objects.filter(tip=tip).values_list("unit_id", flat=True))
        if not barred(named, [tip.team_id], on):
            return Refusal(code="state", message=_("Tin này đã có nơi xử lý."))
        if refused := _no_receiver(tip, to_unit_id, at, named=named):
            return refused
        hold(at)
        _moved(tip, to_unit_id, actor=actor, at=at, words="")
    return tip


def _no_receiver(tip: Tip, to_unit_id: int, at: datetime, *, named: Sequence[int] | None = None) -> Refusal | None:
    on = timezone.localdate(at)
    if to_unit_id == tip.team_id:
        return Refusal(code="same", message=_("Tin đang ở chính nơi này."), field="to_unit")
    if not receiving_bodies(on).filter(pk=to_unit_id).exists() and not officers_at(to_unit_id, on):
        message = _("Nơi này chưa có người tiếp nhận tin báo.")
        return Refusal(code="no_team", message=message, field="to_unit")
    if named is None:
        named = list(TipNamed.objects.filter(tip=tip).values_list("unit_id", flat=True))
    if barred(named, [to_unit_id], on):
        message = _("Tin này không được chuyển tới nơi đó. Chọn nơi khác.")
        return Refusal(code="named", message=message, field="to_unit")
    return None


def _moved(tip: Tip, to_unit_id: int, *, actor: Actor | None, at: datetime, words: str) -> None:
    """Bring a locked tip to another team; it counts there, as if it had come there at first."""
    before = {"team_id": tip.team_id}
    mark([tip.received_in_id], tip.received_on)
    tip.team_id, tip.held_by = to_unit_id, None
    tip.received_in_id = served_by(to_unit_id, tip.received_on) or served_by(to_unit_id, timezone.localdate(at))
    mark([tip.received_in_id], tip.received_on)
    if tip.closed_on is not None:
        mark([tip.closed_in_id], tip.closed_on)
        tip.closed_in_id = served_by(to_unit_id, tip.closed_on) or tip.received_in_id
        mark([tip.closed_in_id], tip.closed_on)
    step(tip, StepWhat.MOVED, actor=actor, at=at, words=words, to_unit_id=to_unit_id)
    touched(tip)
    tell_team(
        tip, f"Tin báo {tip.number} được chuyển tới", at=at, reason=Reason.ASSIGNED, key=f"moved:{tip.version}",
        but=actor,
    )  # fmt: skip
    record(at=at, actor=actor, event="tips.tip.moved", obj=tip, before=before, after={"team_id": to_unit_id})


def _give(tip: Tip, to_user_id: int, *, actor: Actor, at: datetime) -> None:
    before = {"held_by_id": tip.held_by_id}
    tip.held_by_id = to_user_id
    step(tip, StepWhat.HANDED, actor=actor, at=at, to_user_id=to_user_id)
    touched(tip)
    told = {"held_by_id": to_user_id}
    record(at=at, actor=actor, event="tips.tip.handed", obj=tip, before=before, after=told)


def _tell_new(to_user_id: int, tips: Sequence[Tip], *, actor: Actor, at: datetime) -> None:
    first = tips[0]
    words = (
        f"Tin báo {first.number} được bàn giao cho tôi"
        if len(tips) == 1
        else f"{len(tips)} tin báo được bàn giao cho tôi"
    )
    tell(
        at=at, users={to_user_id} - {actor.user_id}, reason=Reason.ASSIGNED, about=first, address=LIST_PAGE,
        title=words, key=f"tip:handed:{first.pk}:{first.version}",
    )  # fmt: skip


def _concerns(tip: Tip, user_id: int, at: datetime) -> bool:
    named = [each.unit_id for each in tip.named.all()]
    return bool(concerned_people(named, [user_id], timezone.localdate(at)))


def _no_officer() -> Refusal:
    message = _("Người nhận phải đang tiếp nhận tin báo ở đơn vị này.")
    return Refusal(code="to_user", message=message, field="to_user")
