"""Taking a tip into the hand: rights, locks, stale pages; steps, and whom to tell.

Rows are locked in one order: the tip (of several the lowest id first), its parts, then marks and the log.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.tips.addresses import tip_address
from pcmt.apps.tips.models import StepWhat, Tip, TipNamed, TipStep
from pcmt.apps.tips.places import step_place
from pcmt.apps.tips.policies import handles_tips, officers_at
from pcmt.apps.tips.queries.teams import concerned_people
from pcmt.apps.tips.values import OPEN
from pcmt.apps.tips.vault import seal
from pcmt.core.diagnostics import Refusal

WORDS = 4000
"""The longest note of an officer, in characters."""


def held_tip(actor: Actor, tip_id: int, version: int, *, still_open: bool = True) -> Tip | Refusal:
    """The tip, locked, for who may work on it. Raises PermissionDenied for who does not handle tips.

    One that was never there, is not the actor's, or names the actor's body is the same refusal: none tells of another.
    """
    if not handles_tips(actor):
        raise PermissionDenied
    tip = Tip.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).filter(pk=tip_id).first()
    if tip is None:
        return gone()
    if tip.version != version:
        return stale()
    if tip.purged_on is not None:
        message = _("Tin báo đã hết thời hạn lưu: nội dung đã xóa, chỉ còn số liệu.")
        return Refusal(code="purged", message=message)
    if still_open and tip.same_as_id is not None:
        return Refusal(code="joined", message=_("Tin này đã nhập với một tin khác. Làm tiếp ở tin đó."))
    if still_open and tip.state not in OPEN:
        return Refusal(code="closed", message=_("Tin này đã giải quyết xong. Mở lại trước khi làm tiếp."))
    return tip


def gone() -> Refusal:
    """There is no such tip for the actor."""
    return Refusal(code="gone", message=_("Không còn tin báo này trong phạm vi của bạn. Tải lại danh sách tin báo."))


def stale() -> Refusal:
    """Somebody else was faster."""
    return Refusal(
        code="stale",
        message=_(
            "Người khác vừa thay đổi tin báo này. Xem lại phần mới bên dưới rồi gửi lại; nội dung bạn nhập còn đây."
        ),
    )


def undone(refusal: Refusal) -> Refusal:
    """The refusal, with everything written since the transaction began taken back."""
    transaction.set_rollback(True)
    return refusal


def wanting(words: str, field: str, *, missing: str, most: int = WORDS) -> Refusal | None:
    """A refusal where words are missing or too long."""
    if not words.strip():
        return Refusal(code="empty", message=missing, field=field)
    if len(words) > most:
        message = _("Nội dung dài quá %(most)s ký tự.") % {"most": most}
        return Refusal(code="long", message=message, field=field)
    return None


def step(
    tip: Tip, what: StepWhat, *, actor: Actor | None, at: datetime, words: str = "", to_unit_id: int | None = None,
    to_user_id: int | None = None,
) -> TipStep:  # fmt: skip
    """Write what was done with a locked tip, its words sealed."""
    last = TipStep.objects.filter(tip=tip).aggregate(last=Max("order"))["last"]
    made = TipStep(
        tip=tip, what=what, on=timezone.localdate(at), order=0 if last is None else last + 1,
        by_id=actor.user_id if actor else None, to_unit_id=to_unit_id, to_user_id=to_user_id,
    )  # fmt: skip
    if words.strip():
        kept = seal({"words": words.strip()}, step_place(tip.number))
        made.sealed, made.key_id = kept.data, kept.key_id
    made.save(force_insert=True)
    return made


def touched(tip: Tip) -> Tip:
    """A tip was written in: one version on."""
    tip.version += 1
    tip.save()
    return tip


def told_of(tip: Tip, at: datetime, *, but: Actor | None = None) -> set[int]:
    """Ids of who is told of a tip: who has it in hand, else all who handle tips at its body; never whom it concerns."""
    held, today = tip.held_by_id, timezone.localdate(at)
    if held is not None and User.objects.filter(pk=held, is_active=True).exists():
        people = {held}
    else:
        people = set(officers_at(tip.team_id, today))
    named = list(TipNamed.objects.filter(tip=tip).values_list("unit_id", flat=True))
    return people - concerned_people(named, people, today) - ({but.user_id} if but else set())


def tell_team(tip: Tip, title: str, *, at: datetime, reason: Reason, key: str, but: Actor | None = None) -> int:
    """Tell those who handle a tip, by its number alone."""
    return tell(
        at=at, users=told_of(tip, at, but=but), reason=reason, about=tip, address=tip_address(tip.pk), title=title,
        key=f"tip:{tip.pk}:{key}", unit_id=tip.team_id,
    )  # fmt: skip
