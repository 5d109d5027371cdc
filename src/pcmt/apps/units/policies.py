"""Who may add and change units."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from pcmt.apps.units.models import UnitClosure, UnitKind, holds_on


class Officer(Protocol):
    """What this room needs to know of an actor (`pcmt.apps.accounts` has the whole of it)."""

    @property
    def user_id(self) -> int:
        """The user's id."""

    @property
    def name(self) -> str:
        """The user's name."""

    @property
    def role(self) -> str:
        """The role held."""

    @property
    def unit_id(self) -> int:
        """The unit at which it is held."""

    @property
    def unit_name(self) -> str:
        """The name of that unit."""

    @property
    def grant_id(self) -> int | None:
        """The grant used, for the log."""

    @property
    def on(self) -> date:
        """The day on which the actor acts."""

    def changes_below(self, label: str) -> bool:
        """Whether the right to change rows of a model reaches the whole of the own unit and the units below it."""


def can_keep_units(actor: Officer | None) -> bool:
    """Administrators keep the list of units; standing offices too: plans name bodies that it does not yet have."""
    return actor is not None and actor.changes_below("units.Unit")


def can_keep_under(actor: Officer | None, parent_id: int | None) -> bool:
    """Whether the actor may add to or change units below a parent: inside the area of the committee one serves.

    Bodies outside (a ministry that a plan reports to) have no parent and may be added by all of them.
    """
    if actor is None or not can_keep_units(actor):
        return False
    if parent_id is None:
        return True
    served = (
        UnitClosure.objects.filter(
            holds_on(actor.on), descendant_id=actor.unit_id, ancestor__kind=UnitKind.ADMINISTRATIVE
        )
        .order_by("depth")
        .values("ancestor_id")[:1]
    )
    inside = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=parent_id, ancestor__in=served)
    own = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=parent_id, ancestor_id=actor.unit_id)
    return inside.exists() or own.exists()
