"""Users, the roles granted to them at units, and the actor that every operation and every query is told."""

from __future__ import annotations

from datetime import date
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
    """A role held by a user at a unit during a half-open window.

    `moved_from` is the grant at a unit that ended, which this one at its heir goes on from.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField("vai trò", max_length=20, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grants")
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)
    moved_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="moved_on")

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
