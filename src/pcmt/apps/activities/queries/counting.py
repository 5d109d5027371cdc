"""Where events count."""

from __future__ import annotations

from datetime import date

from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, holds_on


def counted_at(body: Unit, on: date) -> Unit:
    """The unit whose figures an event of a body goes into.

    What bodies of a commune do counts in the commune, as its numbers were always told by the commune; any other body
    counts itself, and the tree adds it to the area it serves.
    """
    if body.kind == UnitKind.ADMINISTRATIVE or body.level != Level.COMMUNE:
        return body
    up = UnitClosure.objects.filter(
        holds_on(on), descendant_id=body.pk, ancestor__kind=UnitKind.ADMINISTRATIVE, ancestor__level=Level.COMMUNE
    )
    found = up.order_by("depth").select_related("ancestor").first()
    return body if found is None else found.ancestor
