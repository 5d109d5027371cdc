"""The visit that somebody is in."""

from __future__ import annotations

from datetime import datetime

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.registers.models import Purpose, Visit


def may_visit(actor: Actor | None) -> bool:
    """Whether the actor opens files at all."""
    return changes("registers.Visit", actor) >= Reach.OWN


def visit_now(actor: Actor | None, at: datetime) -> Visit | None:
    """The actor's open visit in the role and at the unit of now; a change of role ends it in effect."""
    if actor is None or not may_visit(actor):
        return None
    return (
        Visit.objects.filter(
            user_id=actor.user_id, unit_id=actor.unit_id, role=actor.role, closed_at__isnull=True, until__gt=at
        )
        .order_by("-pk")
        .first()
    )


def purposes() -> list[tuple[str, str]]:
    """The purposes to choose from: code and words."""
    return [(str(code), str(words)) for code, words in Purpose.choices]
