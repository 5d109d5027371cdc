"""Who may see and change what: questions to the one table of rights (`pcmt.apps.accounts.rights`)."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from pcmt.apps.accounts.models import Grant, User, reached_units
from pcmt.apps.accounts.rights import RIGHTS, Actor, Reach, Right, Role
from pcmt.apps.units.models import Unit

__all__ = [
    "RIGHTS",
    "Reach",
    "Right",
    "can_audit",
    "can_delegate",
    "can_grant_at",
    "can_invite",
    "can_keep_account",
    "can_keep_people",
    "can_keep_user",
    "can_read_contact",
    "changes",
    "is_demo",
    "leads",
    "only_looks",
    "requires_second_factor",
    "sees",
]


def sees(label: str, actor: Actor | None) -> Reach:
    """How far the actor sees rows of a model; NOTHING for nobody."""
    return actor.sees(label) if actor else Reach.NOTHING


def changes(label: str, actor: Actor | None) -> Reach:
    """How far the actor changes rows of a model; NOTHING for nobody."""
    return actor.changes(label) if actor else Reach.NOTHING


def only_looks(actor: Actor | None) -> bool:
    """Whether the actor looks and does none of the work: leaders, reviewers and auditors.

    That a leader approves the reports of the own body, and that all of them take documents of reports away, does not
    make them do the work; nor does reading a file in an emergency.
    """
    aside = ("reports.", "registers.Visit", "registers.BreakGlass")
    work = (row for label, row in RIGHTS.items() if not label.startswith(aside))
    return actor is None or all(row[actor.role].change is Reach.NOTHING for row in work)


def leads(actor: Actor | None) -> bool:
    """Whether the actor's day begins with the state of the area: a leader's does."""
    return actor is not None and actor.role == Role.LEADER


def can_audit(actor: Actor | None) -> bool:
    """Whether the actor reads the log of what others did, beyond the own unit: auditors do."""
    return actor is not None and actor.role == Role.AUDITOR


def can_keep_people(actor: Actor | None) -> bool:
    """Whether the actor gives roles and keeps accounts at all: administrators do."""
    return actor is not None and actor.changes_below("accounts.Grant")


def can_grant_at(actor: Actor | None, unit_id: int) -> bool:
    """Whether the actor may give and end roles at a unit: administrators inside their area.

    No role given there reaches beyond that area: at most it reaches the committee the unit serves, which lies inside.
    """
    if actor is None or not can_keep_people(actor):
        return False
    return Unit.objects.filter(pk=unit_id, pk__in=reached_units(actor, actor.changes("accounts.Grant"))).exists()


def can_keep_user(actor: Actor | None, user_id: int) -> bool:
    """Whether the actor may change an account: not the own one, and only if it acts nowhere outside the area."""
    if actor is None or not actor.changes_below("accounts.User") or user_id == actor.user_id:
        return False
    if not User.objects.visible_to(actor).filter(pk=user_id).exists():
        return False
    outside = Grant.objects.not_over(actor.on).filter(user_id=user_id)
    return not outside.exclude(unit__in=reached_units(actor, actor.changes("accounts.User"))).exists()


def can_read_contact(actor: Actor | None, user_id: int) -> bool:
    """Whether the actor may read how to reach a person: who keeps the account, and the person."""
    if actor is None:
        return False
    if user_id == actor.user_id:
        return True
    return actor.changes_below("accounts.User") and User.objects.visible_to(actor).filter(pk=user_id).exists()


def can_delegate(actor: Actor | None, grant: Grant) -> bool:
    """Whether the actor may delegate a grant: who holds it, while working in it, and administrators of its unit."""
    return actor is not None and (actor.grant_id == grant.pk or can_grant_at(actor, grant.unit_id))


def can_invite(actor: Actor | None, unit_id: int | None) -> bool:
    """Whether the actor may ask people in to a unit: who gives roles there. None is the command line."""
    return actor is None or (unit_id is not None and can_grant_at(actor, unit_id))


def can_keep_account(actor: Actor | None, user: User) -> bool:
    """Whether the actor keeps this person's account. None is the command line."""
    return actor is None or can_keep_user(actor, user.pk)


def is_demo(user: Any) -> bool:
    """Whether this is a user of the demonstration, whom everybody may try."""
    return bool(user.email) and user.email.endswith(f"@{settings.DEMO_EMAIL_DOMAIN}")


def requires_second_factor(user: Any, actor: Actor | None) -> bool:
    """Whether acting so takes a second factor: by the role worked in; users of the demonstration need none."""
    return actor is not None and actor.role in settings.SECOND_FACTOR_ROLES and not is_demo(user)
