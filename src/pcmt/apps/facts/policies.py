"""Who may tell numbers, for which units, and who accepts them; who keeps the catalogue and the forms."""

from __future__ import annotations

from collections.abc import Collection

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, changes, sees
from pcmt.apps.facts.models import Form
from pcmt.apps.units.models import Unit
from pcmt.apps.units.queries import heirs_on


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


def units_seen_by(actor: Actor | None, unit_ids: Collection[int]) -> set[int]:
    """Those of the units whose own numbers the actor reads; numbers of a unit that has ended are read by its heir's."""
    reach = sees("facts.Fact", actor)
    if actor is None or reach < Reach.SUBTREE:
        return set()
    wanted = set(unit_ids)
    reached = Unit.objects.filter(pk__in=reached_units(actor, reach))
    seen = set(reached.filter(pk__in=wanted).values_list("pk", flat=True))
    if gone := heirs_on(wanted - seen, actor.on):
        heirs = set(reached.filter(pk__in=set(gone.values())).values_list("pk", flat=True))
        seen |= {unit_id for unit_id, heir in gone.items() if heir in heirs}
    return seen


def can_accept(actor: Actor | None, form: Form) -> bool:
    """Whether the actor accepts what units tell in a form: whoever may tell numbers of its root."""
    return form.root_id in units_told_by(actor, {form.root_id})


def can_keep_catalogue(actor: Actor | None) -> bool:
    """Whether the actor adds and changes elements and indicators: administrators do, for the whole installation."""
    return changes("facts.Element", actor) is Reach.ALL


def can_keep_forms(actor: Actor | None) -> bool:
    """Whether the actor makes and changes forms at all: standing offices and administrators, in their areas."""
    return changes("facts.Form", actor) >= Reach.SUBTREE


def can_keep_form_at(actor: Actor | None, root_id: int) -> bool:
    """Whether the actor makes and changes the forms of a unit."""
    return actor is not None and can_keep_forms(actor) and root_id in units_keeping_forms(actor, [root_id])


def units_keeping_forms(actor: Actor, unit_ids: Collection[int] | None = None) -> set[int]:
    """Ids of the units whose forms the actor keeps, among the given ones if any are."""
    if not can_keep_forms(actor):
        return set()
    found = Unit.objects.filter(pk__in=reached_units(actor, changes("facts.Form", actor)))
    return set((found if unit_ids is None else found.filter(pk__in=unit_ids)).values_list("pk", flat=True))
