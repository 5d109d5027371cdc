"""Who acts, and which roles somebody holds."""

from __future__ import annotations

from datetime import date
from typing import Any

from pcmt.apps.accounts.models import Actor, Grant, Role


def grants_of(user: Any, on: date) -> list[Grant]:
    """The roles a user holds on the day, the most telling first (the order of `Role`)."""
    order = list(Role)
    held = Grant.objects.as_of(on).filter(user_id=user.pk).select_related("unit")
    return sorted(held, key=lambda grant: (order.index(Role(grant.role)), grant.unit.sort_key, grant.pk))


def actor_of(user: Any, on: date, grant_id: int | None = None) -> Actor | None:
    """The actor a signed-in user is on the day, in the chosen grant or else in the first held.

    None when the user holds no role on the day. A grant that is not (or no longer) held is passed over.
    """
    if not getattr(user, "is_active", False):
        return None
    held = grants_of(user, on)
    if not held:
        return None
    grant = next((each for each in held if each.pk == grant_id), held[0])
    return Actor(
        user_id=user.pk,
        name=user.get_full_name(),
        role=grant.role,
        unit_id=grant.unit_id,
        unit_name=grant.unit.name,
        on=on,
        grant_id=grant.pk,
    )
