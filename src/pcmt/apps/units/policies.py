"""Who may add and change units."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from django.db.models import QuerySet

from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, UnitLink, holds_on


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
    if parent_id is None or _keeps_all(actor):
        return True
    served = _served(actor)
    inside = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=parent_id, ancestor__in=served)
    own = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=parent_id, ancestor_id=actor.unit_id)
    return inside.exists() or own.exists()


def _keeps_all(actor: Officer) -> bool:
    """Whether the actor keeps the units of the whole country: who does so at a body of the central level."""
    return Unit.objects.filter(pk=actor.unit_id, level=Level.CENTRAL).exists()


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
    """Whether the actor may reorganise units on a day: those of the own area; at a central body all.

    What changes stands below the committee that the actor's unit serves, what takes something over there or is the
    committee itself. A place counts that a unit has today or has on the day, so that what was planned before can be
    built on.
    """
    if actor is None or not can_keep_units(actor):
        return False
    if _keeps_all(actor):
        return True
    below, others = set(changed), set(taking)
    rows = UnitClosure.objects.filter(
        holds_on(actor.on) | holds_on(on), ancestor__in=_served(actor), descendant_id__in=below | others
    ).values_list("descendant_id", "depth")
    found = dict(rows)
    return all(found.get(each, 0) > 0 for each in below) and others <= found.keys()
