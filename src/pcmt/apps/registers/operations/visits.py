"""Visits: somebody says once what for, and then works with files until the time is over or the work is done."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.audit.operations import record
from pcmt.apps.registers.models import Purpose, Visit
from pcmt.core.diagnostics import Refusal
from pcmt.core.text import fold

WORDS = 200


def begin_visit(*, actor: Actor, at: datetime, purpose: str, words: str = "") -> Visit | Refusal:
    """Begin a visit; one that is still open ends. `words` say more where the purpose alone does not.

    They must not name anybody: what looks like a number of somebody is refused. The log keeps the purpose only.
    """
    if changes("registers.Visit", actor) < Reach.OWN:
        raise PermissionDenied
    words = " ".join(words.split())
    if purpose not in Purpose.values:
        return Refusal(code="purpose", message=_("Chọn một mục đích."), field="purpose")
    if len(words) > WORDS:
        return Refusal(code="long", message=_("Ghi tối đa %(n)s ký tự.") % {"n": WORDS}, field="words")
    if numbers_somebody(words):
        return Refusal(
            code="number", message=_("Không ghi số giấy tờ, số điện thoại ở đây; chỉ ghi mã hồ sơ."), field="words"
        )
    with transaction.atomic():
        _close(actor.user_id, at)
        made = Visit.objects.create(
            user_id=actor.user_id,
            unit_id=actor.unit_id,
            role=actor.role,
            purpose=purpose,
            words=words,
            opened_at=at,
            until=at + timedelta(minutes=settings.REGISTER_VISIT_MINUTES),
        )
        record(at=at, actor=actor, event="registers.visit.opened", obj=made, after={"purpose": purpose})
    return made


def end_visit(*, actor: Actor, at: datetime) -> bool:
    """End the actor's visit; whether there was one."""
    with transaction.atomic():
        ended = _close(actor.user_id, at)
        for visit in ended:
            record(at=at, actor=actor, event="registers.visit.closed", obj=visit, after={"count": visit.readings})
    return bool(ended)


def leave(*, user_id: int, at: datetime) -> None:
    """Somebody signs out: what was open is open no longer."""
    with transaction.atomic():
        _close(user_id, at)


def numbers_somebody(words: str) -> bool:
    """Whether a text holds a run of digits long enough for the number of a person or a telephone."""
    run = longest = 0
    for sign in fold(words).replace(" ", ""):
        run = run + 1 if sign.isdigit() else 0
        longest = max(longest, run)
    return longest >= 9


def _close(user_id: int, at: datetime) -> list[Visit]:
    rows = list(
        Visit.objects.select_for_update(of=("self",), no_key=True)
        .filter(user_id=user_id, closed_at__isnull=True)
        .order_by("pk")
    )
    for row in rows:
        row.closed_at = min(at, row.until)
        row.save(update_fields=["closed_at"])
    return rows
