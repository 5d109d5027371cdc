"""Changing a password, and choosing a new one by a link when it is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pcmt.apps.accounts.links import fresh_nonce, hash_of, token_of
from pcmt.apps.accounts.models import Actor, Invitation, LetterKind, PasswordReset, User
from pcmt.apps.accounts.policies import is_demo
from pcmt.apps.audit.operations import Thing, hold, record
from pcmt.core.diagnostics import Refusal

from .doers import NOBODY, Person, somebody, themselves
from .letters import notify, write_letter
from .sessions import take_sessions

MOST_ACCOUNTS = 5
"""So many accounts of one mailbox get a letter; more is no mailbox of an office."""


def change_password(
    *, actor: Actor | None, at: datetime, user: User, password: str, but: str | None = None
) -> User | Refusal:
    """Choose a new password; all sessions end but the one used just now (`but`). Who asks has been checked before."""
    if is_demo(user):
        return Refusal(
            code="demo",
            message=_("Người dùng mẫu dùng chung một mật khẩu công khai, không đổi được."),
            field="password",
        )
    if (weak := _weak(password, user)) is not None:
        return weak
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        locked.set_password(password)
        locked.save(update_fields=["password"])
        user.password = locked.password
        count = take_sessions(user, but)
        PasswordReset.objects.filter(user=user, used_at=None, revoked_at=None).update(revoked_at=at)
        notify(at=at, user=user, about="password_changed")
        record(
            at=at,
            actor=themselves(user, at, actor),
            event="accounts.password.changed",
            obj=user,
            after={"count": count} if count else None,
        )
    return user


def ask_reset(*, at: datetime, name: str) -> int:
    """Somebody says to have forgotten a password: letters go to the address on file, whoever asks.

    `name` is a user name or a mail address. How many letters; whoever asks is not told, or names could be tried out.
    """
    name = name.strip()
    with transaction.atomic():
        hold(at)
        found = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name), is_active=True).exclude(email="")
        users = [user for user in found.order_by("pk")[:MOST_ACCOUNTS] if not is_demo(user)] if name else []
        for user in users:
            nonce = fresh_nonce()
            reset = PasswordReset.objects.create(
                user=user,
                email=user.email,
                nonce=nonce,
                token_hash=hash_of(token_of("reset", nonce)),
                made_at=at,
                expires_at=at + timedelta(minutes=settings.RESET_MINUTES),
            )
            write_letter(at=at, user=user, email=user.email, kind=LetterKind.RESET, reset=reset)
            record(at=at, actor=somebody(user, at), event="accounts.reset.asked", obj=user)
        if not users:
            nothing = Thing(User._meta.label, "", "(không có tài khoản này)")
            record(at=at, actor=Person(None, NOBODY), event="accounts.reset.asked", obj=nothing)
    return len(users)


def reset_password(*, at: datetime, token: str, password: str) -> User | Refusal:
    """Choose a new password by the link of a letter; it opens once, all sessions of the account end.

    Second factors stay: whoever has the mailbox only is not in.
    """
    with transaction.atomic():
        link = (
            PasswordReset.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(token_hash=hash_of(token))
            .first()
        )
        if link is None or not link.opens(at) or not link.user.is_active:
            return Refusal(code="closed", message=_("Đường dẫn này không còn dùng được. Xin một thư khác."))
        user = User.objects.select_for_update().get(pk=link.user_id)
        if (weak := _weak(password, user)) is not None:
            return weak
        user.set_password(password)
        user.save(update_fields=["password"])
        PasswordReset.objects.filter(pk=link.pk).update(used_at=at)
        PasswordReset.objects.filter(user=user, used_at=None, revoked_at=None).update(revoked_at=at)
        # Who has the mailbox has come in: the letter of the invitation says nothing more.
        Invitation.objects.filter(user=user, used_at=None, revoked_at=None).update(used_at=at)
        count = take_sessions(user)
        notify(at=at, user=user, about="password_reset")
        record(
            at=at,
            actor=themselves(user, at),
            event="accounts.reset.done",
            obj=user,
            after={"count": count} if count else None,
        )
    return user


def _weak(password: str, user: User) -> Refusal | None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return Refusal(code="weak_password", message=" ".join(error.messages), field="password")
    return None
