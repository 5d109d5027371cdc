"""Making users. Their roles: `pcmt.apps.accounts.operations.grants`."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.audit.operations import record
from pcmt.core.diagnostics import Refusal


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
