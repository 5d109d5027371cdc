"""Who may add and change units."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from pcmt.apps.units.models import Unit, UnitClosure, UnitKind, UnitLink, holds_on


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


def can_keep_units(actor: Officer | None) -> bool:
    """Standing offices keep the list of units, because plans name bodies that it does not yet have."""
    return actor is not None and actor.role == "standing_office"


def can_keep_under(actor: Officer | None, parent_id: int | None) -> bool:
    """Whether the actor may add to or change units below a parent: inside the area of the committee one serves.

    Bodies outside (a ministry that a plan reports to) have no parent and may be added by every standing office.
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


def can_keep(actor: Officer | None, unit: Unit) -> bool:
    """Whether the actor may change what a unit is called: inside the own area, and bodies outside that stand alone."""
    if can_keep_under(actor, unit.pk):
        return True
    alone = unit.kind != UnitKind.ADMINISTRATIVE and not UnitLink.objects.filter(child=unit).exists()
    return can_keep_units(actor) and alone
