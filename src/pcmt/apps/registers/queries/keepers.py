"""Who keeps the files of a commune: the people to be told about what happens to them."""

from __future__ import annotations

from datetime import date

from pcmt.apps.accounts.models import Grant
from pcmt.apps.accounts.rights import RIGHTS, Reach
from pcmt.apps.units.models import UnitClosure, UnitKind, holds_on


def keepers_of(unit_id: int, on: date, label: str = "registers.Subject") -> set[int]:
    """Ids of the users whose right to change rows of `label` reaches a commune on a day: its keepers, and those above.

    A role that reaches an area reaches what lies below the nearest administrative unit at or above its own.
    """
    reach = {role: right.change for role, right in RIGHTS[label].items()}
    roles = [role for role, how in reach.items() if how >= Reach.SUBTREE]
    above = dict(
        UnitClosure.objects.filter(holds_on(on), descendant_id=unit_id).values_list("ancestor_id", "ancestor__kind")
    )
    grants = list(
        Grant.objects.as_of(on)
        .filter(role__in=roles, user__is_active=True, unit__in=_around(above, on))
        .values_list("user_id", "role", "unit_id")
    )
    nearest = _nearest({unit for _user, _role, unit in grants}, on)
    return {
        user
        for user, role, unit in grants
        if unit in above or (reach[role] >= Reach.AREA and nearest.get(unit) in above)
    }


def _around(above: dict[int, str], on: date) -> list[int]:
    """The units above a commune, and the agencies right below those: where its keepers can sit."""
    below = UnitClosure.objects.filter(holds_on(on), ancestor_id__in=list(above), descendant__kind=UnitKind.AGENCY)
    return [*above, *below.values_list("descendant_id", flat=True)]


def _nearest(units: set[int], on: date) -> dict[int, int]:
    """The nearest administrative unit at or above each."""
    rows = UnitClosure.objects.filter(
        holds_on(on), descendant_id__in=units, ancestor__kind=UnitKind.ADMINISTRATIVE
    ).order_by("-depth")
    return dict(rows.values_list("descendant_id", "ancestor_id"))
