"""Who may tell numbers, for which units, and who accepts them."""

from __future__ import annotations

from collections.abc import Collection

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.units.models import Unit


def units_told_by(actor: Actor | None, unit_ids: Collection[int]) -> set[int]:
    """Those of the units for which the actor may tell numbers: the own one and those below, or those of the area.

    None is the program itself: all.
    """
    if actor is None:
        return set(unit_ids)
    reach = changes("facts.Fact", actor)
    if reach < Reach.SUBTREE:
        return set()
    reached = Unit.objects.filter(pk__in=reached_units(actor, reach)).filter(pk__in=unit_ids)
    return set(reached.values_list("pk", flat=True))


def can_send(actor: Actor | None) -> bool:
    """Whether the actor sends sheets of numbers in at all, and says how they are read."""
    return changes("facts.SheetImport", actor) >= Reach.SUBTREE
