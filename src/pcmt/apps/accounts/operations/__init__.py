"""Making users, and what the log says of signing in and out. Their roles: `pcmt.apps.accounts.operations.grants`."""

from __future__ import annotations

from datetime import datetime

import attrs
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.operations.grants import (
    delegate_grant,
    end_grant,
    extend_grant,
    grant_role,
    hand_over,
    switch_grant,
    withdraw_grant,
)
from pcmt.apps.accounts.operations.people import Contact, change_user, read_contact, start_again, stop_user
from pcmt.apps.accounts.queries import actor_of, grants_of
from pcmt.apps.audit.models import Doer, Entry
from pcmt.apps.audit.operations import Thing, record
from pcmt.core.diagnostics import Refusal

__all__ = [
    "NOBODY",
    "Contact",
    "change_user",
    "create_user",
    "delegate_grant",
    "end_grant",
    "extend_grant",
    "grant_role",
    "hand_over",
    "read_contact",
    "record_refused_sign_in",
    "record_sign_in",
    "record_sign_out",
    "start_again",
    "stop_user",
    "switch_grant",
    "withdraw_grant",
]


def create_user(
    *,
    actor: Actor | None,
    at: datetime,
    username: str,
    full_name: str,
    password: str | None = None,
    email: str = "",
    post: str = "",
) -> User | Refusal:
    """Make a user; without a password nobody can sign in as this user until one is set."""
    username = username.strip().lower()
    if not username or not full_name.strip():
        return Refusal(code="empty", message=_("Nhập tên đăng nhập và họ tên."), field="username")
    user = User(username=username, full_name=full_name.strip(), email=email.strip(), post=post.strip(), joined_at=at)
    if password is None:
        user.set_unusable_password()
    else:
        try:
            validate_password(password, user)
        except ValidationError as error:
            return Refusal(code="weak_password", message=" ".join(error.messages), field="password")
        user.set_password(password)
    with transaction.atomic():
        if User.objects.filter(username=username).exists():
            return Refusal(
                code="taken",
                message=_("Tên đăng nhập “%(username)s” đã có người dùng. Chọn tên khác.") % {"username": username},
                field="username",
            )
        user.save()
        record(at=at, actor=actor, event="accounts.user.created", obj=user, after={"username": username})
    return user


@attrs.frozen
class _Person:
    """Somebody in no role: without one today, or not yet proven to be anybody. The unit is whose business it is."""

    user_id: int | None
    name: str
    unit_id: int | None = None
    unit_name: str = ""
    role: str = ""
    grant_id: int | None = None


def record_sign_in(*, at: datetime, user: User) -> Entry:
    """Somebody signed in; the entry names the role the session begins with."""
    actor: Doer = actor_of(user, timezone.localdate(at)) or _Person(user.pk, user.get_full_name())
    return record(at=at, actor=actor, event="accounts.session.opened", obj=user)


def record_sign_out(*, at: datetime, user: User, actor: Actor | None) -> Entry:
    """Somebody ended the session, in the role last worked with."""
    doer: Doer = actor or _Person(user.pk, user.get_full_name())
    return record(at=at, actor=doer, event="accounts.session.closed", obj=user)


NOBODY = "Người chưa đăng nhập"


def record_refused_sign_in(*, at: datetime, username: str) -> Entry:
    """A sign-in that failed: who tried is not known, only whose account it was and hence whose business it is.

    A name that nobody has is not written down: it may be a password typed into the wrong box.
    """
    user = User.objects.filter(username__iexact=username.strip()).first()
    if user is None:
        nothing = Thing(User._meta.label, "", "(không có tài khoản này)")
        return record(at=at, actor=_Person(None, NOBODY), event="accounts.session.refused", obj=nothing)
    held = grants_of(user, timezone.localdate(at))
    unit = held[0].unit if held else None
    doer = _Person(None, NOBODY, unit.pk if unit else None, unit.name if unit else "")
    return record(at=at, actor=doer, event="accounts.session.refused", obj=user)
