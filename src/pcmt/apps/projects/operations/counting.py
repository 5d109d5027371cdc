"""Telling figures from the entries of money, in the transaction that writes the entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from pcmt.apps.facts.models import CountedUnit, Source
from pcmt.apps.facts.operations.counting import tell_counted
from pcmt.apps.facts.queries.keeping import kept_windows
from pcmt.apps.projects.models import MoneyEntry
from pcmt.apps.projects.queries.counting import acts_of, half_month, moves, numbers_of, pieces
from pcmt.apps.units.models import Level, Unit, UnitKind
from pcmt.apps.units.queries import committee
from pcmt.core.periods import DAY


def counted_at(unit_id: int, on: date) -> int:
    """The unit in whose figures the money of a unit counts: an agency of a commune counts in the commune it serves."""
    unit = Unit.objects.get(pk=unit_id)
    if unit.kind != UnitKind.ADMINISTRATIVE and unit.level == Level.COMMUNE:
        served = committee(unit_id, on)
        return served.pk if served else unit_id
    return unit_id


def count_units(*, unit_ids: Iterable[int], at: datetime) -> None:
    """Have the figures of units follow from their entries; nothing is told where nothing differs."""
    for unit_id in sorted(set(unit_ids)):
        count_unit(unit_id=unit_id, at=at)


def count_unit(*, unit_id: int, at: datetime) -> bool:
    """Count one unit's money anew from its first entry on; whether any figure changed."""
    unit = Unit.objects.get(pk=unit_id)
    today = timezone.localdate(at)
    found = moves(acts_of(unit_id))
    begun = CountedUnit.objects.filter(unit=unit_id, source=Source.MONEY).values_list("start", flat=True).first()
    days = [move.on for move in found] + ([begun] if begun else [])
    first = half_month(min(days)) if days else None
    if first is None:
        return False
    if unit.valid_from is not None:
        first = max(first, unit.valid_from)
    cuts = {day for span in kept_windows() for day in (span.start, span.end)}
    spans = pieces(first, today, {*cuts, first}, unit.valid_to)
    spans = [span for span in spans if span.start >= first]
    if not spans:
        return False
    last = spans[-1]
    running = last if last.end == today + DAY and half_month(last.end) != last.end else None
    numbers = numbers_of(found, spans, unit.valid_from)
    made = tell_counted(
        at=at, unit_id=unit_id, source=Source.MONEY, since=first, first=first, numbers=numbers, running=running
    )
    return made is not None


def count_all(*, at: datetime) -> int:
    """Count all units with entries anew: days have passed, and periods of plans may cut others; how many changed."""
    units = MoneyEntry.objects.order_by().values_list("unit_id", flat=True).distinct()
    return sum(count_unit(unit_id=unit_id, at=at) for unit_id in sorted(units))
