"""Users, the roles granted to them at units, and the actor that every operation and every query is told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

import attrs
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pcmt.apps.units.models import Unit, holds_on, window_in_order


class Role(models.TextChoices):
    """What a person does at a unit."""

    STANDING_OFFICE = "standing_office", _("Cơ quan thường trực")
    LEADER = "leader", _("Lãnh đạo")
    OFFICER = "officer", _("Cán bộ")
    AUDITOR = "auditor", _("Kiểm toán")


@attrs.frozen
class Actor:
    """Who acts, in which role, at which unit, as of which day. Rights are asked of this value and nothing else."""

    user_id: int
    name: str
    role: str
    unit_id: int
    unit_name: str
    on: date
    grant_id: int | None = None

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label)


class UserQuerySet(models.QuerySet["User"]):
    """Users, as far as the actor may see them."""

    def visible_to(self, actor: Actor | None) -> UserQuerySet:
        """Oneself; leaders and standing offices also see who holds or held a role at their unit or below it."""
        if actor is None:
            return self.none()
        if actor.role == Role.OFFICER:
            return self.filter(pk=actor.user_id)
        inside = Unit.objects.under(actor.unit_id, actor.on).values("pk")
        return self.filter(models.Q(pk=actor.user_id) | models.Q(grants__unit__in=inside)).distinct()


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Finds users by their name at sign-in; users are made by the operation `create_user`."""

    def get_by_natural_key(self, username: str | None) -> Any:
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in. What the person may do is in the grants, never here."""

    username = models.CharField("tên đăng nhập", max_length=60, unique=True)
    full_name = models.CharField("họ và tên", max_length=120)
    email = models.EmailField("thư điện tử", blank=True)
    post = models.CharField("chức vụ", max_length=120, blank=True)
    is_active = models.BooleanField("đang dùng", default=True)
    joined_at = models.DateTimeField("tạo lúc", default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    objects = UserManager()

    class Meta:
        verbose_name = "người dùng"

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name or self.username

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[-1] if self.full_name else self.username


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants as of a day, as far as the actor may see them."""

    def as_of(self, on: date) -> GrantQuerySet:
        return self.filter(holds_on(on))

    def visible_to(self, actor: Actor | None) -> GrantQuerySet:
        """One's own grants; leaders and standing offices also see those at their unit and below it."""
        if actor is None:
            return self.none()
        if actor.role == Role.OFFICER:
            return self.filter(user_id=actor.user_id)
        inside = Unit.objects.under(actor.unit_id, actor.on).values("pk")
        return self.filter(models.Q(user_id=actor.user_id) | models.Q(unit__in=inside))


class Grant(models.Model):
    """A role held by a user at a unit during a half-open window."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField("vai trò", max_length=20, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grants")
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = "vai trò được giao"
        constraints = [
            window_in_order("grant_window_in_order"),
            models.UniqueConstraint(
                fields=["user", "role", "unit"], name="grant_once", condition=models.Q(valid_to__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.unit}"


class SecretLink(models.Model):
    """An address in a letter that opens one door once, until a moment.

    The token in the address is made from `nonce` and the secret of the installation, so that a letter can be sent
    again after a failure; kept is only its hash. Whoever reads the database alone can open nothing.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="%(class)ss")
    email = models.EmailField("thư điện tử")
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField("tạo lúc")
    expires_at = models.DateTimeField("hết hạn lúc")
    used_at = models.DateTimeField("dùng lúc", null=True, blank=True)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)

    class Meta:
        abstract = True

    def opens(self, at: datetime) -> bool:
        """Whether the door still opens."""
        return self.used_at is None and self.revoked_at is None and at < self.expires_at


class InvitationState(models.TextChoices):
    """How an invitation stands."""

    OPEN = "open", _("chờ nhận")
    ACCEPTED = "accepted", _("đã nhận")
    EXPIRED = "expired", _("hết hạn")
    REVOKED = "revoked", _("đã thu hồi")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, as far as the actor may see them."""

    def visible_to(self, actor: Actor | None) -> InvitationQuerySet:
        """Those to roles at one's unit and below it; officers see none."""
        if actor is None or actor.role == Role.OFFICER:
            return self.none()
        return self.filter(grant__unit__in=Unit.objects.under(actor.unit_id, actor.on).values("pk"))


class Invitation(SecretLink):
    """Somebody is asked to work here: the account and its first role are there, the way in is chosen by the person."""

    grant = models.ForeignKey(Grant, models.SET_NULL, null=True, related_name="invitations")
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="invitations_made")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "lời mời"

    def __str__(self) -> str:
        return f"{self.user} ({self.email})"

    def state(self, at: datetime) -> InvitationState:
        """How it stands at a moment."""
        if self.used_at is not None:
            return InvitationState.ACCEPTED
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        return InvitationState.OPEN if self.opens(at) else InvitationState.EXPIRED


class PasswordReset(SecretLink):
    """Somebody who forgot the password may choose a new one."""

    class Meta:
        verbose_name = "đặt lại mật khẩu"

    def __str__(self) -> str:
        return f"{self.user} ({self.email})"


class LetterKind(models.TextChoices):
    """What a letter is about; its words are in `templates/accounts/mail/`."""

    INVITATION = "invitation"
    RESET = "reset"
    NOTICE = "notice"


class Letter(models.Model):
    """A letter that has to go out: written when it is sent, so that no secret address lies in the database."""

    kind = models.CharField(max_length=20, choices=LetterKind.choices)
    user = models.ForeignKey(User, models.CASCADE, related_name="letters")
    email = models.EmailField()
    invitation = models.ForeignKey(Invitation, models.CASCADE, null=True, related_name="letters")
    reset = models.ForeignKey(PasswordReset, models.CASCADE, null=True, related_name="letters")
    about = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "thư"

    def __str__(self) -> str:
        return f"{self.kind}: {self.email}"


class SessionMarkQuerySet(models.QuerySet["SessionMark"]):
    """Sessions, as far as the actor may see them."""

    def visible_to(self, actor: Actor | None) -> SessionMarkQuerySet:
        """One's own, nobody else's."""
        return self.none() if actor is None else self.filter(user_id=actor.user_id)


class SessionMark(models.Model):
    """What people know a session by: since when, from which device and address, when last used.

    It goes with the session; taking the session away signs that browser out.
    """

    session = models.OneToOneField("sessions.Session", models.CASCADE, primary_key=True, related_name="mark")
    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField("trình duyệt tự xưng", max_length=300, blank=True)

    objects = SessionMarkQuerySet.as_manager()

    class Meta:
        verbose_name = "phiên làm việc"

    def __str__(self) -> str:
        return f"{self.user}, {self.began_at:%d/%m/%Y %H:%M}"
