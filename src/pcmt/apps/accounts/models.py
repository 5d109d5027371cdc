"""Users, the roles granted to them at units, and the actor that every operation and every query is told."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from pcmt.apps.accounts.rights import Actor, Reach, Role
from pcmt.apps.units.models import Unit, UnitClosure, UnitKind, holds_on, window_in_order

__all__ = ["Actor", "Grant", "GrantQuerySet", "Role", "User", "UserManager", "UserQuerySet", "reached_units"]


def reached_units(actor: Actor, reach: Reach) -> Any:
    """Ids of the units that a reach of SUBTREE or AREA holds on the actor's day, for `__in`.

    AREA goes out from the nearest administrative unit at or above the actor's: the People's Committee it serves.
    """
    down = UnitClosure.objects.filter(holds_on(actor.on))
    if reach < Reach.AREA:
        return down.filter(ancestor_id=actor.unit_id).values("descendant_id")
    committee = (
        UnitClosure.objects.filter(
            holds_on(actor.on), descendant_id=actor.unit_id, ancestor__kind=UnitKind.ADMINISTRATIVE
        )
        .order_by("depth")
        .values("ancestor_id")[:1]
    )
    return down.filter(Q(ancestor_id=actor.unit_id) | Q(ancestor_id__in=committee)).values("descendant_id")


class UserQuerySet(models.QuerySet["User"]):
    """Users, as far as the actor may see them."""

    def visible_to(self, actor: Actor | None) -> UserQuerySet:
        """Oneself; whose right reaches further also sees who holds or held a role at the units it reaches.

        Who keeps accounts also sees those that hold no role at all yet: somebody has to give them the first.
        """
        if actor is None:
            return self.none()
        seen = Q(pk=actor.user_id)
        if actor.sees_below("accounts.User"):
            units = reached_units(actor, actor.sees("accounts.User"))
            seen |= Q(pk__in=Grant.objects.filter(unit__in=units).values("user_id"))
        if actor.changes_below("accounts.User"):
            seen |= ~Q(pk__in=Grant.objects.values("user_id"))
        return self.filter(seen)


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
        """One's own grants; whose right reaches further also sees those at the units it reaches."""
        if actor is None:
            return self.none()
        seen = Q(user_id=actor.user_id)
        if actor.sees_below("accounts.Grant"):
            seen |= Q(unit__in=reached_units(actor, actor.sees("accounts.Grant")))
        return self.filter(seen)


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
