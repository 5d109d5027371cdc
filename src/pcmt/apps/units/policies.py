"""Who may add and change units."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from django.db.models import QuerySet

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


ADMINISTRATOR = "administrator"


def can_keep_units(actor: Officer | None) -> bool:
    """Standing offices keep the list of units, because plans name bodies that it does not yet have.

    So do administrators, who keep all of it.
    """
    return actor is not None and actor.role in ("standing_office", ADMINISTRATOR)


def can_keep_under(actor: Officer | None, parent_id: int | None) -> bool:
    """Whether the actor may add to or change units below a parent: inside the area of the committee one serves.

    Bodies outside (a ministry that a plan reports to) have no parent and may be added by every standing office.
    """
    if actor is None or not can_keep_units(actor):
        return False
    if parent_id is None or actor.role == ADMINISTRATOR:
        return True
    served = _served(actor)
    inside = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=parent_id, ancestor__in=served)
    own = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=parent_id, ancestor_id=actor.unit_id)
    return inside.exists() or own.exists()


def _served(actor: Officer) -> QuerySet[UnitClosure, Any]:
    """The committee that the actor's unit serves, as a query of one id."""
    return (
        UnitClosure.objects.filter(
            holds_on(actor.on), descendant_id=actor.unit_id, ancestor__kind=UnitKind.ADMINISTRATIVE
        )
        .order_by("depth")
        .values("ancestor_id")[:1]
    )


def can_keep(actor: Officer | None, unit: Unit) -> bool:
    """Whether the actor may change what a unit is called: inside the own area, and bodies outside that stand alone."""
    if can_keep_under(actor, unit.pk):
        return True
    alone = unit.kind != UnitKind.ADMINISTRATIVE and not UnitLink.objects.filter(child=unit).exists()
    return can_keep_units(actor) and alone


def can_reorganise(actor: Officer | None, *, changed: Iterable[int], taking: Iterable[int], on: date) -> bool:
    """Whether the actor may reorganise units on a day: administrators all, a standing office those of its area.

    What changes stands below the committee that the office serves, what takes something over there or is the committee
    itself. A place counts that a unit has today or has on the day, so that what was planned before can be built on.
    """
    if actor is None or not can_keep_units(actor):
        return False
    if actor.role == ADMINISTRATOR:
        return True
    below, others = set(changed), set(taking)
    rows = UnitClosure.objects.filter(
        holds_on(actor.on) | holds_on(on), ancestor__in=_served(actor), descendant_id__in=below | others
    ).values_list("descendant_id", "depth")
    found = dict(rows)
    return all(found.get(each, 0) > 0 for each in below) and others <= found.keys()
