"""Telling people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Model

from pcmt.apps.notices.models import Notice, Reason

TITLE_CHARS = 300


def tell(
    *,
    at: datetime,
    users: Iterable[int],
    reason: Reason,
    about: Model,
    address: str,
    title: str,
    key: str,
    unit_id: int | None = None,
) -> int:
    """Tell people (ids) one thing, in the transaction of the act it is about; how many notices were sent at most.

    `key` is the same whenever the same thing is told, such as `due:17:overdue:2026-06-14`: each person is told it once.
    `address` is the path of the page it leads to. Whoever acts does not tell himself: leave the actor out of `users`.
    """
    rows = [
        Notice(
            user_id=user_id,
            unit_id=unit_id,
            reason=reason,
            key=key,
            title=title if len(title) <= TITLE_CHARS else f"{title[: TITLE_CHARS - 1]}…",
            address=address,
            about=about._meta.label,
            about_id=str(about.pk),
            at=at,
        )
        for user_id in sorted(set(users))
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
