"""Telling people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen
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
    told = Telling(users=frozenset(users), address=address, title=title, key=key, unit_id=unit_id)
    return tell_all(at=at, reason=reason, about=about, tellings=[told])


@frozen(kw_only=True)
class Telling:
    """One of several things that are told at once; see `tell`."""

    users: frozenset[int]
    address: str
    title: str
    key: str
    unit_id: int | None = None


def tell_all(*, at: datetime, reason: Reason, about: Model, tellings: Iterable[Telling]) -> int:
    """Tell several things about one row for one reason, such as to each body what a plan means to it."""
    rows = [
        Notice(
            user_id=user_id,
            unit_id=told.unit_id,
            reason=reason,
            key=told.key,
            title=told.title if len(told.title) <= TITLE_CHARS else f"{told.title[: TITLE_CHARS - 1]}…",
            address=told.address,
            about=about._meta.label,
            about_id=str(about.pk),
            at=at,
        )
        for told in tellings
        for user_id in sorted(told.users)
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)
