"""Figures that rest on events and places: what was written marks the units that have to be counted again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from pcmt.apps.activities.models import EventMark, KeptSince


def mark(unit_ids: Iterable[int], start: date, at: datetime) -> None:
    """Have the figures of units counted again, from the day `start` on, in the caller's transaction."""
    for unit_id in sorted(set(unit_ids)):
        row, made = EventMark.objects.get_or_create(unit_id=unit_id, defaults={"start": start, "at": at})
        if not made:
            row.start, row.at = min(row.start, start), at
            row.save(update_fields=["start", "at"])


def keep_since(unit_id: int, kind_id: int, on: date) -> None:
    """A unit keeps records of a kind since a day, the earliest told."""
    row, made = KeptSince.objects.get_or_create(unit_id=unit_id, kind_id=kind_id, defaults={"start": on})
    if not made and on < row.start:
        row.start = on
        row.save(update_fields=["start"])
