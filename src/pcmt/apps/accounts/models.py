"""Users, the roles granted to them at units, and the actor that every operation and every query is told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.accounts.names import KEY_CHARS, order_of, search_key_of
from pcmt.apps.accounts.rights import Actor, Reach, Role
from pcmt.apps.units.models import Unit, UnitClosure, UnitKind, holds_on, window_in_order

__all__ = [
    "MARKS",
    "Actor",
    "Grant",
    "GrantKind",
    "GrantQuerySet",
    "Invitation",
    "InvitationState",
    "Letter",
    "LetterKind",
    "Outgoing",
    "PasswordReset",
    "Role",
    "SavedFilter",
    "SecretLink",
    "SessionMark",
    "User",
    "UserManager",
    "UserQuerySet",
    "reached_units",
    "served_unit",
]


def reached_units(actor: Actor, reach: Reach) -> Any:
    """Ids of the units that a reach of SUBTREE or AREA holds on the actor's day, for `__in`.

    AREA goes out from the nearest administrative unit at or above the actor's: the People's Committee it serves.
    """
    down = UnitClosure.objects.filter(holds_on(actor.on))
    if reach < Reach.AREA:
        return down.filter(ancestor_id=actor.unit_id).values("descendant_id")
    return down.filter(Q(ancestor_id=actor.unit_id) | Q(ancestor_id=served_unit(actor))).values("descendant_id")


def served_unit(actor: Actor) -> Any:
    """Id of the nearest administrative unit at or above the actor's: whose committee it serves.

    For `=`, with which a database enters an index; a subselect for `__in` would be held against every row.
    """
    up = UnitClosure.objects.filter(
        holds_on(actor.on), descendant_id=actor.unit_id, ancestor__kind=UnitKind.ADMINISTRATIVE
    )
    return up.order_by("depth").values("ancestor_id")[:1]


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
    """A person who signs in. What the person may do is in the grants, never here.

    `search_key` and `sort_key` are made from the names (`pcmt.apps.accounts.names`) by the operations that write them.
    """

    username = models.CharField("tên đăng nhập", max_length=60, unique=True)
    full_name = models.CharField("họ và tên", max_length=120)
    email = models.EmailField("thư điện tử", blank=True)
    post = models.CharField("chức vụ", max_length=120, blank=True)
    is_active = models.BooleanField("đang dùng", default=True)
    joined_at = models.DateTimeField("tạo lúc", default=timezone.now)
    search_key = models.CharField(max_length=KEY_CHARS, editable=False, default="")
    sort_key = models.CharField(max_length=KEY_CHARS, editable=False, default="", db_index=True)

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

    def rename(self) -> None:
        """Make the keys fit the names; whoever writes a name calls this before saving."""
        self.search_key = search_key_of(self.full_name, self.username, self.post)
        self.sort_key = order_of(self.full_name or self.username)

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[-1] if self.full_name else self.username


class GrantKind(models.TextChoices):
    """By what title a role is held, after the signing forms of Decree 30/2020 Art 13.

    Substitutes are deputies who sign for the head as a matter of course; acting heads hold a post that has no head;
    a delegation is written, has an end, and comes from somebody who holds the role.
    """

    ORDINARY = "ordinary", _("Chính thức")
    ACTING = "acting", pgettext_lazy("vai trò", "Quyền")
    SUBSTITUTE = "substitute", _("Ký thay")
    DELEGATION = "delegation", _("Thừa ủy quyền")


MARKS = {GrantKind.ACTING: "Q.", GrantKind.SUBSTITUTE: "KT.", GrantKind.DELEGATION: "TUQ."}
"""What stands before the post in a signature, by kind; nothing for the ordinary."""


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants as of a day, as far as the actor may see them."""

    def as_of(self, on: date) -> GrantQuerySet:
        """Those that hold on the day. A delegation holds no longer than what it comes from, whoever ended that."""
        source = Q(delegated_from__isnull=True) | (
            holds_on(on, "delegated_from__") & Q(delegated_from__withdrawn_at__isnull=True)
        )
        return self.standing().filter(holds_on(on), source)

    def standing(self) -> GrantQuerySet:
        """Those that were not taken back before they took effect."""
        return self.filter(withdrawn_at__isnull=True)

    def not_over(self, on: date) -> GrantQuerySet:
        """Those that hold on the day or begin later."""
        return self.standing().filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))

    def overlapping(self, valid_from: date | None, valid_to: date | None) -> GrantQuerySet:
        """Those that share a day with a half-open window."""
        found = self.standing()
        if valid_to is not None:
            found = found.filter(Q(valid_from__isnull=True) | Q(valid_from__lt=valid_to))
        if valid_from is not None:
            found = found.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from))
        return found

    def visible_to(self, actor: Actor | None) -> GrantQuerySet:
        """One's own grants and delegations of them; whose right reaches further also sees those at those units."""
        if actor is None:
            return self.none()
        seen = Q(user_id=actor.user_id) | Q(delegated_from__user_id=actor.user_id)
        if actor.sees_below("accounts.Grant"):
            seen |= Q(unit__in=reached_units(actor, actor.sees("accounts.Grant")))
        return self.filter(seen)


class Grant(models.Model):
    """A role held by a user at a unit during a half-open window, and how the user came to it.

    `ground` names the document. `delegated_from` is the grant a delegation comes from, `handed_from` the
    predecessor's, `moved_from` the one held at a unit that was reorganised. A grant that was `withdrawn_at` a moment
    never held: it was taken back before or on the day on which it began.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField("vai trò", max_length=20, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grants")
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)
    kind = models.CharField("hình thức", max_length=20, choices=GrantKind.choices, default=GrantKind.ORDINARY)
    ground = models.CharField("căn cứ", max_length=300, blank=True)
    reason = models.TextField("lý do", blank=True)
    given_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="grants_given")
    given_at = models.DateTimeField("giao lúc", null=True, blank=True)
    withdrawn_at = models.DateTimeField("rút lại lúc", null=True, blank=True)
    delegated_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="delegations")
    handed_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="handed_on")
    moved_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="moved_on")
    version = models.PositiveIntegerField(default=1)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = "vai trò được giao"
        constraints = [
            window_in_order("grant_window_in_order"),
            models.UniqueConstraint(
                fields=["user", "role", "unit"],
                name="grant_once",
                condition=Q(valid_to__isnull=True, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="grant_delegation_has_source_and_end",
                condition=Q(kind=GrantKind.DELEGATION, delegated_from__isnull=False, valid_to__isnull=False)
                | (~Q(kind=GrantKind.DELEGATION) & Q(delegated_from__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.unit}"

    @property
    def mark(self) -> str:
        """What stands before the post in a signature: `Q.`, `KT.`, `TUQ.` or nothing."""
        return MARKS.get(GrantKind(self.kind), "")


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
        """Those to roles at the units that one's right reaches; officers see none."""
        if actor is None or not actor.sees_below("accounts.Invitation"):
            return self.none()
        return self.filter(grant__unit__in=reached_units(actor, actor.sees("accounts.Invitation")))


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


class Outgoing(models.Model):
    """A message to somebody's mailbox, until it is out: `accounts.operations.letters.post` sends it.

    It waits while neither `sent_at` nor `given_up_at` is set; `trouble` is what the mail server said last against it.
    """

    email = models.EmailField()
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class Letter(Outgoing):
    """A letter that has to go out: written when it is sent, so that no secret address lies in the database."""

    kind = models.CharField(max_length=20, choices=LetterKind.choices)
    user = models.ForeignKey(User, models.CASCADE, related_name="letters")
    invitation = models.ForeignKey(Invitation, models.CASCADE, null=True, related_name="letters")
    reset = models.ForeignKey(PasswordReset, models.CASCADE, null=True, related_name="letters")
    about = models.CharField(max_length=40, blank=True)

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


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    """Saved filters, as far as the actor may see them."""

    def visible_to(self, actor: Actor | None) -> SavedFilterQuerySet:
        """One's own, and what somebody shares with the unit that one acts for."""
        if actor is None:
            return self.none()
        return self.filter(Q(user_id=actor.user_id) | Q(shared_with_id=actor.unit_id))


class SavedFilter(models.Model):
    """What narrows a list, kept under a name. Only its maker changes it; `shared_with` are colleagues who may use it.

    `page` is the name of a list of the site, `query` what stands behind the question mark of its address. It holds no
    right: whoever opens it sees what the list shows to them. `is_default` is how the list opens for its maker.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="filters")
    page = models.CharField(max_length=40)
    name = models.CharField("tên", max_length=80)
    query = models.CharField(max_length=1000)
    shared_with = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="+")
    is_default = models.BooleanField("mở đầu tiên", default=False)
    made_at = models.DateTimeField("lưu lúc")
    version = models.PositiveIntegerField(default=1)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = "bộ lọc đã lưu"
        ordering = ["page", "name", "pk"]
        indexes = [models.Index(fields=["shared_with", "page"], name="filters_of_unit")]
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="filter_once_by_name"),
            models.UniqueConstraint(fields=["user", "page"], name="filter_one_default", condition=Q(is_default=True)),
        ]

    def __str__(self) -> str:
        return self.name
