"""Sessions: what people know them by, and taking them away."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, SessionMark, User
from pcmt.apps.audit.operations import record
from pcmt.core.diagnostics import Refusal

from .doers import themselves


def mark_session(
    *, at: datetime, user: User, session_key: str, began_at: datetime, address: str = "", device: str = ""
) -> None:
    """Note that a session lives. One that was taken away in the meantime is not brought back."""
    seen = {"seen_at": at, "address": address[:45], "device": device[:300], "user_id": user.pk}
    with transaction.atomic():
        if not Session.objects.select_for_update().filter(pk=session_key).exists():
            return
        SessionMark.objects.update_or_create(
            session_id=session_key, defaults=seen, create_defaults={**seen, "began_at": began_at}
        )


def end_session(*, actor: Actor | None, at: datetime, user: User, session_key: str) -> Refusal | None:
    """Sign one of one's own browsers out; None when it is done."""
    with transaction.atomic():
        mark = SessionMark.objects.filter(pk=session_key, user=user).first()
        if mark is None:
            return Refusal(code="gone", message=_("Phiên này đã kết thúc từ trước."))
        Session.objects.filter(pk=session_key).delete()
        record(
            at=at,
            actor=themselves(user, at, actor),
            event="accounts.session.revoked",
            obj=user,
            after={"count": 1, "device": mark.device, "address": mark.address},
        )
    return None


def end_sessions(*, actor: Actor | None, at: datetime, user: User, but: str | None = None) -> int:
    """Sign all of a user's browsers out, but perhaps the one used just now; how many there were."""
    with transaction.atomic():
        count = take_sessions(user, but)
        if count:
            record(
                at=at,
                actor=themselves(user, at, actor),
                event="accounts.session.revoked",
                obj=user,
                after={"count": count},
            )
    return count


def take_sessions(user: User, but: str | None = None) -> int:
    """Take sessions away as part of another act that is recorded itself: a changed password, a closed account."""
    keys = list(SessionMark.objects.filter(user=user).exclude(pk=but).values_list("pk", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    return len(keys)
