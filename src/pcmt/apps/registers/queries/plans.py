"""Which setting of a plan says how often people are tested in a commune."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from pcmt.apps.registers.models import TestPlan
from pcmt.apps.units.models import UnitClosure, holds_on


def nearest_plans(unit_ids: Collection[int], on: date) -> dict[tuple[int, str], TestPlan]:
    """The setting nearest to each commune, its own or one above it, by commune and category; two statements."""
    above = UnitClosure.objects.as_of(on).filter(descendant__in=unit_ids)
    pairs = list(above.order_by("depth").values_list("descendant_id", "ancestor_id"))
    rows = TestPlan.objects.filter(holds_on(on), unit__in={ancestor for _unit, ancestor in pairs})
    by_unit: dict[int, list[TestPlan]] = {}
    for row in rows.order_by("-valid_from"):
        by_unit.setdefault(row.unit_id, []).append(row)
    found: dict[tuple[int, str], TestPlan] = {}
    for unit_id, ancestor_id in pairs:
        for row in by_unit.get(ancestor_id, ()):
            found.setdefault((unit_id, row.category), row)
    return found
