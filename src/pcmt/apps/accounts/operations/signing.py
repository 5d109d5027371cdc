"""What the log says of signing in and out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.audit.models import Entry
from pcmt.apps.audit.operations import Thing, record

from .doers import NOBODY, Person, somebody, themselves


def record_sign_in(*, at: datetime, user: User, by: Sequence[str] = ()) -> Entry:
    """Somebody signed in; the entry names the role the session begins with, and by what (`password`, `totp`, …)."""
    return record(
        at=at,
        actor=themselves(user, at),
        event="accounts.session.opened",
        obj=user,
        after={"by": ", ".join(by)} if by else None,
    )


def record_sign_out(*, at: datetime, user: User, actor: Actor | None) -> Entry:
    """Somebody ended the session, in the role last worked with."""
    return record(at=at, actor=themselves(user, at, actor), event="accounts.session.closed", obj=user)


def record_refused_sign_in(*, at: datetime, username: str, why: str = "") -> Entry:
    """A sign-in that failed: who tried is not known, only whose account it was and hence whose business it is.

    A name that nobody has is not written down: it may be a password typed into the wrong box. `why` is `password`,
    `locked` (too many tries), `totp` (the second step), `passkey`.
    """
    user = User.objects.filter(username__iexact=username.strip()).first()
    after = {"by": why} if why else None
    if user is None:
        nothing = Thing(User._meta.label, "", "(không có tài khoản này)")
        return record(at=at, actor=Person(None, NOBODY), event="accounts.session.refused", obj=nothing, after=after)
    return record(at=at, actor=somebody(user, at), event="accounts.session.refused", obj=user, after=after)
