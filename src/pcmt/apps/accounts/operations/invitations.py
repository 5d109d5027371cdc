"""Asking somebody in by a link: the account and its role are made at once, the way in is chosen by the person."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.links import fresh_nonce, hash_of, token_of
from pcmt.apps.accounts.models import Actor, Grant, Invitation, InvitationState, LetterKind, User
from pcmt.apps.accounts.policies import can_invite
from pcmt.apps.audit.operations import hold, record
from pcmt.core.diagnostics import Refusal

from .doers import themselves
from .grants import end_grant, grant_role, withdraw_grant
from .letters import write_letter
from .people import create_user

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])?")


def invite(
    *,
    actor: Actor | None,
    at: datetime,
    full_name: str,
    email: str,
    username: str,
    role: str,
    unit_id: int,
    valid_from: date | None = None,
    valid_to: date | None = None,
    post: str = "",
) -> Invitation | Refusal:
    """Ask somebody in: an account without a password, its role, and a letter with a link that opens once.

    All or nothing. `actor` None is the command line; else only who keeps accounts may, for units under the own one.
    """
    email, username = email.strip(), username.strip().lower()
    if not can_invite(actor, unit_id):
        return Refusal(code="not_yours", message=_("Chỉ quản trị viên mời được người, vào đơn vị mình quản lý."))
    if (wrong := _wrong_address(email)) is not None:
        return wrong
    if not USERNAME.fullmatch(username):
        return Refusal(
            code="bad_username",
            message=_("Tên đăng nhập gồm chữ không dấu, chữ số, dấu chấm, gạch; ví dụ lan.nguyen."),
            field="username",
        )
    with transaction.atomic():
        hold(at)
        user = create_user(actor=actor, at=at, username=username, full_name=full_name, email=email, post=post)
        if isinstance(user, Refusal):
            return user
        grant = grant_role(
            actor=actor, at=at, user_id=user.pk, role=role, unit_id=unit_id, valid_from=valid_from, valid_to=valid_to
        )
        if isinstance(grant, Refusal):
            transaction.set_rollback(True)
            return grant
        return _sent(actor=actor, at=at, user=user, grant=grant, email=email)


def _sent(*, actor: Actor | None, at: datetime, user: User, grant: Grant | None, email: str) -> Invitation:
    nonce = fresh_nonce()
    invitation = Invitation.objects.create(
        user=user,
        grant=grant,
        email=email,
        made_by_id=actor.user_id if actor else None,
        nonce=nonce,
        token_hash=hash_of(token_of("invitation", nonce)),
        made_at=at,
        expires_at=at + timedelta(days=settings.INVITATION_DAYS),
    )
    write_letter(at=at, user=user, email=email, kind=LetterKind.INVITATION, invitation=invitation)
    record(at=at, actor=actor, event="accounts.invitation.sent", obj=invitation, after={"email": email})
    return invitation


def resend_invitation(
    *, actor: Actor | None, at: datetime, invitation_id: int, email: str = ""
) -> Invitation | Refusal:
    """A new letter with a new link, to the same address or a corrected one; the link sent before opens nothing more."""
    email = email.strip()
    if email and (wrong := _wrong_address(email)) is not None:
        return wrong
    with transaction.atomic():
        old = _locked(actor, invitation_id)
        if isinstance(old, Refusal):
            return old
        if old.state(at) is InvitationState.ACCEPTED:
            return _accepted_already(old)
        email = email or old.email
        hold(at)
        if old.revoked_at is None:
            Invitation.objects.filter(pk=old.pk).update(revoked_at=at)
        if email != old.user.email or not old.user.is_active:
            User.objects.filter(pk=old.user_id).update(email=email, is_active=True)
        return _sent(actor=actor, at=at, user=old.user, grant=old.grant, email=email)


def revoke_invitation(*, actor: Actor | None, at: datetime, invitation_id: int) -> Invitation | Refusal:
    """Take an invitation back: its link opens nothing more, the account is closed and its role ends."""
    with transaction.atomic():
        invitation = _locked(actor, invitation_id)
        if isinstance(invitation, Refusal):
            return invitation
        if invitation.state(at) is InvitationState.ACCEPTED:
            return _accepted_already(invitation)
        if invitation.revoked_at is not None:
            return invitation
        hold(at)
        invitation.revoked_at = at
        invitation.save(update_fields=["revoked_at"])
        User.objects.filter(pk=invitation.user_id).update(is_active=False)
        today = timezone.localdate(at)
        grant = invitation.grant
        if grant is not None and (grant.valid_to is None or grant.valid_to > today):
            if grant.valid_from is None or grant.valid_from < today:
                end_grant(actor=actor, at=at, grant_id=grant.pk, on=today)
            else:
                withdraw_grant(actor=actor, at=at, grant_id=grant.pk, reason=_("Thu hồi lời mời."))
        record(at=at, actor=actor, event="accounts.invitation.revoked", obj=invitation)
    return invitation


def accept_invitation(*, at: datetime, token: str, password: str | None) -> User | Refusal:
    """Come in by the link: with a password, or (None) without one, to add a passkey or a single sign-on at once."""
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(token_hash=hash_of(token))
            .first()
        )
        if invitation is None or not invitation.opens(at):
            return Refusal(
                code="closed", message=_("Lời mời này không còn dùng được. Đề nghị người mời gửi lại thư khác.")
            )
        user = invitation.user
        if password is not None:
            try:
                validate_password(password, user)
            except ValidationError as error:
                return Refusal(code="weak_password", message=" ".join(error.messages), field="password")
            user.set_password(password)
            user.save(update_fields=["password"])
        invitation.used_at = at
        invitation.save(update_fields=["used_at"])
        record(at=at, actor=themselves(user, at), event="accounts.invitation.accepted", obj=invitation)
    return user


def _locked(actor: Actor | None, invitation_id: int) -> Invitation | Refusal:
    """The invitation, for this transaction alone, if the actor keeps it."""
    seen = Invitation.objects.all() if actor is None else Invitation.objects.visible_to(actor)
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("user", "grant")
        .filter(pk=invitation_id, pk__in=seen.values("pk"))
        .first()
    )
    if invitation is None or not can_invite(actor, invitation.grant.unit_id if invitation.grant else None):
        return Refusal(code="not_yours", message=_("Không có lời mời này trong phạm vi bạn quản lý."))
    # Rows before the head of the log, here as in every act on them: then no two acts wait for each other.
    invitation.user = User.objects.select_for_update().get(pk=invitation.user_id)
    if invitation.grant_id is not None:
        invitation.grant = Grant.objects.select_for_update().filter(pk=invitation.grant_id).first()
    return invitation


def _accepted_already(invitation: Invitation) -> Refusal:
    when = timezone.localtime(invitation.used_at).strftime("%H:%M, %d/%m/%Y") if invitation.used_at else ""
    return Refusal(
        code="accepted",
        message=_("%(name)s đã nhận lời mời lúc %(when)s. Muốn người này thôi làm việc thì khóa tài khoản.")
        % {"name": invitation.user.get_full_name(), "when": when},
    )


def _wrong_address(email: str) -> Refusal | None:
    try:
        validate_email(email)
    except ValidationError:
        return Refusal(
            code="bad_email",
            message=_("Địa chỉ thư điện tử chưa đúng dạng ten@coquan.vn; thư mời được gửi tới đó."),
            field="email",
        )
    if email.endswith(f"@{settings.DEMO_EMAIL_DOMAIN}"):
        return Refusal(
            code="bad_email", message=_("Địa chỉ này dành cho người dùng mẫu, không nhận được thư."), field="email"
        )
    return None
