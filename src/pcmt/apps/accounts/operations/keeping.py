"""Keeping accounts: the data of a person, stopping an account and starting it again, reading how to reach somebody."""

from __future__ import annotations

from datetime import datetime

import attrs
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, Grant, Role, User
from pcmt.apps.accounts.policies import can_keep_user, can_read_contact
from pcmt.apps.audit.models import Entry
from pcmt.apps.audit.operations import record
from pcmt.core.diagnostics import Refusal

from .grants import nobody_left

PURPOSE_CHARS = 300


@attrs.frozen
class Contact:
    """How to reach a person: protected data, read one at a time and for a purpose."""

    email: str


def read_contact(*, actor: Actor | None, at: datetime, user_id: int, purpose: str) -> Contact | Refusal:
    """How to reach a person, for who keeps the account; the log keeps who read it and for what."""
    if not can_read_contact(actor, user_id):
        return _not_allowed()
    if not purpose.strip():
        return Refusal(code="no_purpose", message=_("Ghi mục đích xem thông tin liên hệ."), field="purpose")
    user = User.objects.get(pk=user_id)
    record(at=at, actor=actor, event="accounts.user.read", obj=user, reason=purpose.strip()[:PURPOSE_CHARS])
    return Contact(email=user.email)


def change_user(*, actor: Actor | None, at: datetime, user_id: int, full_name: str, post: str) -> User | Refusal:
    """Correct the name and the post of a person."""
    full_name, post = " ".join(full_name.split()), " ".join(post.split())
    if actor is not None and not can_keep_user(actor, user_id):
        return _not_allowed()
    if not full_name:
        return Refusal(code="empty", message=_("Nhập họ và tên."), field="full_name")
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        before = {"full_name": user.full_name, "post": user.post}
        after = {"full_name": full_name[:120], "post": post[:120]}
        changed = {name: value for name, value in after.items() if value != before[name]}
        if changed:
            user.full_name, user.post = after["full_name"], after["post"]
            user.save(update_fields=list(changed))
            record(
                at=at,
                actor=actor,
                event="accounts.user.changed",
                obj=user,
                before={name: before[name] for name in changed},
                after=changed,
            )
    return user


def stop_user(*, actor: Actor | None, at: datetime, user_id: int, reason: str) -> User | Refusal:
    """Stop an account: its sessions end with the next request, its roles stay written but nobody acts in them."""
    if not reason.strip():
        return Refusal(code="no_reason", message=_("Ghi vì sao ngừng tài khoản."), field="reason")
    if actor is not None and not can_keep_user(actor, user_id):
        return _not_allowed()
    today = timezone.localdate(at)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        if not user.is_active:
            return _stale(user)
        for grant in Grant.objects.as_of(today).filter(user_id=user_id, role=Role.ADMINISTRATOR):
            if (refused := nobody_left(grant.unit_id, today, but=user_id)) is not None:
                return refused
        user.is_active = False
        user.save(update_fields=["is_active"])
        record(at=at, actor=actor, event="accounts.user.stopped", obj=user, reason=reason.strip())
    return user


def start_again(*, actor: Actor | None, at: datetime, user_id: int, reason: str = "") -> User | Refusal:
    """Let somebody sign in again whose account was stopped."""
    if actor is not None and not can_keep_user(actor, user_id):
        return _not_allowed()
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        if user.is_active:
            return _stale(user)
        user.is_active = True
        user.save(update_fields=["is_active"])
        record(at=at, actor=actor, event="accounts.user.started", obj=user, reason=reason.strip())
    return user


def _not_allowed() -> Refusal:
    return Refusal(
        code="not_allowed",
        message=_("Bạn chỉ quản lý tài khoản của người khác, và chỉ khi họ làm việc trong phạm vi quản trị của bạn."),
    )


def _stale(user: User) -> Refusal:
    """Somebody else stopped or started the account in the meantime."""
    last = (
        Entry.objects.about(user).filter(event__in=("accounts.user.stopped", "accounts.user.started")).order_by("-pk")
    )
    entry = last.first()
    if entry is None:
        return Refusal(code="stale", message=_("Tài khoản này vừa thay đổi. Tải lại trang."))
    words = _("%(actor_name)s đã mở lại tài khoản này lúc %(when)s.")
    if entry.event == "accounts.user.stopped":
        words = _("%(actor_name)s đã ngừng tài khoản này lúc %(when)s.")
    when = timezone.localtime(entry.at)
    return Refusal(code="stale", message=words % {"actor_name": entry.actor_name, "when": f"{when:%H:%M, %d/%m/%Y}"})
