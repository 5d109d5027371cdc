"""What a device takes along for entry in the field, and the entries that wait for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import EntryState, OfflineEntry, Place
from pcmt.apps.activities.policies import areas, shown_to
from pcmt.apps.activities.queries.kinds import KindChoice, kinds_for
from pcmt.apps.units.models import Unit

MOST_PLACES = 1000
"""Places by name that a device takes along; a commune has some dozens."""
MOST_AREAS = 300


def entries_waiting(actor: Actor) -> QuerySet[OfflineEntry]:
    """Entries from devices that the actor may see and nobody has decided, the newest first."""
    rows: QuerySet[OfflineEntry] = OfflineEntry.objects.visible_to(actor).filter(state=EntryState.OPEN)
    return rows.select_related("kind", "unit", "user")


def field_kinds(actor: Actor) -> list[KindChoice]:
    """The kinds of events that the actor may enter."""
    return kinds_for(actor, "event")


def field_areas(actor: Actor) -> list[Unit]:
    """The administrative units in which the actor's unit may record, its own first."""
    found = list(areas(actor, actor.unit_id).order_by("name", "pk")[:MOST_AREAS])
    ranks = {"nation": 0, "province": 1, "commune": 2}
    return sorted(found, key=lambda each: ranks.get(each.level, 3))


def field_places(actor: Actor, kinds: Sequence[str]) -> list[dict[str, Any]]:
    """Places of some kinds (by code) that stand and that the actor sees: id, kind, name, area; by kind and name."""
    rows = shown_to(Place.objects.filter(kind__code__in=kinds, voided_at__isnull=True, to_on__isnull=True), actor)
    found = rows.order_by("kind_id", "search_key", "pk").values("id", "kind__code", "name", "area_id")[:MOST_PLACES]
    return [{"id": row["id"], "kind": row["kind__code"], "name": row["name"], "area": row["area_id"]} for row in found]
