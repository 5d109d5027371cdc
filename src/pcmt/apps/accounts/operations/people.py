"""Making users and giving them roles."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, Grant, Role, User
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


def grant_role(
    *,
    actor: Actor | None,
    at: datetime,
    user_id: int,
    role: str,
    unit_id: int,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Grant | Refusal:
    """Give a role at a unit for a window; giving one that is held already changes nothing."""
    if role not in Role.values:
        return Refusal(code="unknown_role", message=_("Chọn vai trò trong danh sách."), field="role")
    if valid_from and valid_to and valid_to <= valid_from:
        return Refusal(code="window", message=_("Ngày kết thúc phải sau ngày bắt đầu."), field="valid_to")
    with transaction.atomic():
        held = Grant.objects.filter(user_id=user_id, role=role, unit_id=unit_id, valid_to__isnull=True).first()
        if held:
            return held
        grant = Grant.objects.create(
            user_id=user_id, role=role, unit_id=unit_id, valid_from=valid_from, valid_to=valid_to
        )
        record(
            at=at,
            actor=actor,
            event="accounts.grant.given",
            obj=grant,
            after={"role": role, "unit": unit_id, "from": valid_from, "to": valid_to},
        )
    return grant


def end_grant(*, actor: Actor | None, at: datetime, grant_id: int, on: date) -> Grant | Refusal:
    """Take a role back from the day on; a grant that begins later than the day is refused."""
    with transaction.atomic():
        grant = Grant.objects.select_for_update().get(pk=grant_id)
        if grant.valid_from and on <= grant.valid_from:
            return Refusal(code="window", message=_("Ngày thôi giữ vai trò phải sau ngày được giao."), field="on")
        before = grant.valid_to
        grant.valid_to = on
        grant.save(update_fields=["valid_to"])
        record(at=at, actor=actor, event="accounts.grant.ended", obj=grant, before={"to": before}, after={"to": on})
    return grant
