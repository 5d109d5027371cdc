"""Marking notices as read."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pcmt.apps.accounts.models import Actor
from pcmt.apps.notices.models import Notice


def read_one(*, actor: Actor, at: datetime, notice_id: int) -> Notice | None:
    """Mark one's own notice as read, which it stays; None where there is no such notice of the actor's."""
    notice = Notice.objects.visible_to(actor).filter(pk=notice_id).first()
    if notice is not None and notice.read_at is None:
        Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=at)
        notice.read_at = at
    return notice


def read_all(*, actor: Actor, at: datetime, up_to: int, reason: str = "") -> int:
    """Mark one's own notices as read, all or those of a reason; how many were unread.

    `up_to` is the id of the latest that the person saw: what was told since stays unread.
    """
    with transaction.atomic():
        found = Notice.objects.visible_to(actor).unread().filter(pk__lte=up_to)
        if reason:
            found = found.filter(reason=reason)
        # In the order in which the job of the digests locks them, too.
        seen = list(found.order_by("pk").select_for_update().values_list("pk", flat=True))
        return Notice.objects.filter(pk__in=seen).update(read_at=at)
