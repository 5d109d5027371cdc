"""Accounts of people who come by single sign-on. The provider's `sub` is the person; a mail address never is."""

from __future__ import annotations

import re
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, Grant, User
from pcmt.apps.accounts.queries import has_passkey
from pcmt.apps.audit.operations import hold, record
from pcmt.core.diagnostics import Refusal
from pcmt.core.text import fold

from .doers import themselves
from .letters import notify


def welcome(*, at: datetime, provider: str, name: str, username: str, email: str) -> User:
    """Make the account of a person whom the provider knows and we do not: without rights until somebody gives a role.

    A user name that is taken gets a number: the account of that name may be somebody else's.
    """
    base = re.sub(r"[^a-z0-9._-]+", ".", fold(username.partition("@")[0] or name)).strip("._-")[:50] or "nguoi.dung"
    with transaction.atomic():
        hold(at)
        taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
        number = 1
        free = base
        while free in taken:
            number += 1
            free = f"{base}.{number}"
        user = User(username=free, full_name=(name.strip() or free)[:120], email=email[:254], joined_at=at)
        user.set_unusable_password()
        user.save()
        record(
            at=at,
            actor=themselves(user, at),
            event="accounts.user.arrived",
            obj=user,
            after={"username": free, "provider": provider},
        )
    return user


def is_waiting(user: User) -> bool:
    """Whether the account came by single sign-on and nobody ever gave it anything: no role, no password."""
    return not user.has_usable_password() and not Grant.objects.filter(user=user).exists()


def linked(*, actor: Actor | None, at: datetime, user: User, provider: str) -> None:
    """Tell the log and the person that the account can now be entered by the provider."""
    with transaction.atomic():
        notify(at=at, user=user, about="sso_linked")
        record(
            at=at,
            actor=themselves(user, at, actor),
            event="accounts.sso.linked",
            obj=user,
            after={"provider": provider},
        )


def take_from_waiting(*, actor: Actor | None, at: datetime, user: User, account: SocialAccount) -> None:
    """Give a person's identity at the provider, which first made a waiting account, to the account really theirs."""
    with transaction.atomic():
        waiting = User.objects.select_for_update().get(pk=account.user_id)
        if not is_waiting(waiting):
            raise ValueError("only an account without rights gives its identity away")
        SocialAccount.objects.filter(pk=account.pk).update(user=user)
        waiting.is_active = False
        waiting.save(update_fields=["is_active"])
        linked(actor=actor, at=at, user=user, provider=account.provider)


def unlink(*, actor: Actor | None, at: datetime, user: User, account_id: int) -> Refusal | None:
    """Take a provider's door from one's own account; refused when it is the last way in."""
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        account = SocialAccount.objects.filter(pk=account_id, user=locked).first()
        if account is None:
            return Refusal(code="gone", message=_("Liên kết này đã được gỡ từ trước."))
        others = SocialAccount.objects.filter(user=locked).exclude(pk=account.pk).exists()
        if not (others or locked.has_usable_password() or has_passkey(locked)):
            return Refusal(
                code="last",
                message=_("Đây là cách vào duy nhất. Đặt mật khẩu hoặc thêm khóa truy cập trước khi gỡ."),
            )
        provider = account.provider
        account.delete()
        notify(at=at, user=user, about="sso_unlinked")
        record(
            at=at,
            actor=themselves(user, at, actor),
            event="accounts.sso.unlinked",
            obj=user,
            after={"provider": provider},
        )
    return None
