"""Telling people what happened to a due item: whoever works at its unit, and whoever gave it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from pcmt.apps.accounts.models import Actor, Role
from pcmt.apps.accounts.policies import RIGHTS, Reach
from pcmt.apps.accounts.queries import people_at
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.tasks.addresses import due_address, title_of
from pcmt.apps.tasks.models import DueItem

DOERS = tuple(role for role, right in RIGHTS["tasks.DueItem"].items() if right.change >= Reach.OWN)
"""The roles in which people work on what their unit owes."""


def tell_unit(
    *,
    actor: Actor | None,
    at: datetime,
    due: DueItem,
    unit_id: int | None,
    reason: Reason,
    what: str,
    roles: Iterable[str] = DOERS,
    also: Iterable[int] = (),
) -> int:
    """Tell the people who do the work of a unit, and some others, one thing about a due item; how many were told.

    `what` is said in front of the item's title, in Vietnamese and without names of persons of the registers. Each act
    is told once: its key holds the item's version, so tell after that has grown. Nobody tells himself.
    """
    day = timezone.localdate(at)
    there = people_at([unit_id], day, tuple(roles)).get(unit_id, []) if unit_id else []
    users = {*there, *also} - ({actor.user_id} if actor else set())
    return tell(
        at=at,
        users=users,
        reason=reason,
        about=due,
        address=due_address(due),
        title=f"{what}: {title_of(due)}" if what else title_of(due),
        key=f"due:{due.pk}:{reason}:{due.version}",
        unit_id=unit_id,
    )


def tell_giver(*, actor: Actor | None, at: datetime, due: DueItem, reason: Reason, what: str) -> int:
    """Tell who gave a due item: the unit that handed the part down, else the office that keeps the plan."""
    if due.parent_id and due.given_by_id:
        return tell_unit(actor=actor, at=at, due=due, unit_id=due.given_by_id, reason=reason, what=what)
    office = (str(Role.STANDING_OFFICE),)
    owner_id = due.plan.owner_id
    return tell_unit(actor=actor, at=at, due=due, unit_id=owner_id, reason=reason, what=what, roles=office)


def holder_of(due: DueItem) -> set[int]:
    """Who has it in hand, to be told beside the unit; nobody in particular gives nobody."""
    return {due.holder_id} if due.holder_id else set()
