"""Who acts, and which roles somebody holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings

from pcmt.apps.accounts.links import hash_of
from pcmt.apps.accounts.models import Actor, Grant, Invitation, Letter, PasswordReset, Role, SessionMark


def grants_of(user: Any, on: date) -> list[Grant]:
    """The roles a user holds on the day, the most telling first (the order of `Role`)."""
    order = list(Role)
    held = Grant.objects.as_of(on).filter(user_id=user.pk).select_related("unit")
    return sorted(held, key=lambda grant: (order.index(Role(grant.role)), grant.unit.sort_key, grant.pk))


def grants_to_come(user: Any, on: date) -> list[Grant]:
    """The roles that begin after the day, the next first."""
    return list(Grant.objects.filter(user_id=user.pk, valid_from__gt=on).select_related("unit").order_by("valid_from"))


def actor_of(user: Any, on: date, grant_id: int | None = None) -> Actor | None:
    """The actor a signed-in user is on the day, in the chosen grant or else in the first held.

    None when the user holds no role on the day. A grant that is not (or no longer) held is passed over.
    """
    return acting_in(user, grants_of(user, on) if getattr(user, "is_active", False) else [], on, grant_id)


def acting_in(user: Any, held: Sequence[Grant], on: date, grant_id: int | None = None) -> Actor | None:
    """The actor like `actor_of`, for whoever has asked for the grants held on the day already."""
    if not getattr(user, "is_active", False) or not held:
        return None
    return _acting(user, next((each for each in held if each.pk == grant_id), held[0]), on)


def _acting(user: Any, grant: Grant, on: date) -> Actor:
    return Actor(
        user_id=user.pk,
        name=user.get_full_name(),
        role=grant.role,
        unit_id=grant.unit_id,
        unit_name=grant.unit.name,
        on=on,
        grant_id=grant.pk,
        mark=grant.mark,
    )


def actors_of(user: Any, on: date) -> list[Actor]:
    """The actors a user may be on the day, one for each role held; nobody when the account is stopped.

    For what is done in the person's name without a choice of role, such as a calendar that is read.
    """
    return [_acting(user, grant, on) for grant in grants_of(user, on)] if user.is_active else []


def people_at(unit_ids: Iterable[int], on: date, roles: Collection[str]) -> dict[int, list[int]]:
    """Ids of the users who hold one of the roles on the day, by unit; units where nobody does are left out."""
    held = Grant.objects.as_of(on).filter(unit__in=list(unit_ids), role__in=list(roles), user__is_active=True)
    found: dict[int, list[int]] = {}
    for unit_id, user_id in held.order_by("unit_id", "user_id").values_list("unit_id", "user_id").distinct():
        found.setdefault(unit_id, []).append(user_id)
    return found


def open_invitation(token: str, at: datetime) -> Invitation | None:
    """The invitation that a link opens, if it still does."""
    found = (
        Invitation.objects.select_related("user", "grant__unit", "made_by").filter(token_hash=hash_of(token)).first()
    )
    return found if found is not None and found.opens(at) else None


def open_reset(token: str, at: datetime) -> PasswordReset | None:
    """The forgotten password that a link opens, if it still does."""
    found = PasswordReset.objects.select_related("user").filter(token_hash=hash_of(token)).first()
    return found if found is not None and found.opens(at) and found.user.is_active else None


def sessions_of(user: Any) -> list[SessionMark]:
    """Where a user is signed in, last used first."""
    return list(SessionMark.objects.filter(user=user).order_by("-seen_at", "-began_at"))


def has_second_factor(user: Any) -> bool:
    """Whether there is a code application or a passkey; recovery codes alone are none."""
    types = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return Authenticator.objects.filter(user_id=user.pk, type__in=types).exists()


def has_passkey(user: Any) -> bool:
    """Whether the user can come in without a password."""
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).exists()


def letter_of(invitation: Invitation) -> Letter | None:
    """The letter of an invitation: `sent_at`, or `trouble` with what the mail server said against it."""
    return invitation.letters.order_by("-pk").first()


def letters_in_trouble() -> list[Letter]:
    """Letters that a mail server refused or never answered, the latest first; tried again until given up."""
    return list(Letter.objects.filter(sent_at=None).exclude(trouble="").order_by("-pk")[:20])


def mail_is_kept() -> str:
    """The folder in which letters stay where no mail server is set; empty where letters go out."""
    return "" if settings.SMTP_URL else str(settings.EMAIL_FILE_PATH)
