"""Keeping the figures of tips: what was written marks its administrative unit, a job counts marked units again.

Who writes anything that figures rest on (a tip that came in, was settled, opened again or moved) calls `mark` in its
own transaction. A unit's figures come from its tips from the half month of the first on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Min
from django.utils import timezone

from pcmt.apps.facts.models import CountedUnit, Source
from pcmt.apps.facts.operations.counting import MOST, count_marked, tell_counted
from pcmt.apps.facts.operations.rows import relation, run
from pcmt.apps.facts.queries.keeping import kept_windows
from pcmt.apps.tips.models import Tip, TipMark
from pcmt.apps.tips.queries.counting import counted
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, holds_on
from pcmt.core.measures.pieces import half_month, pieces
from pcmt.core.periods import DAY


def served_by(body_id: int, on: date) -> int | None:
    """The administrative unit, a commune or above, in which tips of a body count: the one it is or serves."""
    up = UnitClosure.objects.filter(holds_on(on), descendant_id=body_id, ancestor__kind=UnitKind.ADMINISTRATIVE)
    return up.exclude(ancestor__level=Level.HAMLET).order_by("depth").values_list("ancestor_id", flat=True).first()


def count_received(tip: Tip, at: datetime) -> None:
    """A tip is there for the first time, unsaved or locked: say where it counts, and have that counted.

    The caller saves the tip.
    """
    tip.received_in_id = served_by(tip.team_id, tip.received_on)
    if tip.received_in_id is not None:
        mark([tip.received_in_id], tip.received_on)


def mark(unit_ids: Iterable[int | None], start: date) -> None:
    """Have the figures of administrative units counted again from a day on. One statement; none is no work."""
    rows = [(unit_id, start) for unit_id in sorted({each for each in unit_ids if each is not None})]
    if not rows:
        return
    table = TipMark._meta.db_table
    source, params = relation("marked", {"unit_id": "bigint", "start": "date"}, rows)
    run(
        f'INSERT INTO {table} (unit_id, "start") SELECT unit_id, "start" FROM {source} '  # noqa: S608 - names of columns
        f"WHERE true ORDER BY unit_id ON CONFLICT (unit_id) DO UPDATE SET "
        f'"start" = CASE WHEN excluded."start" < {table}."start" THEN excluded."start" ELSE {table}."start" END',
        params,
    )


def mark_all(*, at: datetime) -> int:
    """Have every unit counted again from the half month before this one on: days have passed. How many were marked."""
    day = half_month(half_month(timezone.localdate(at)) - DAY)
    counting = CountedUnit.objects.filter(source=Source.TIP).values_list("unit_id", flat=True)
    units = {*counting, *Tip.objects.order_by().values_list("received_in", flat=True).distinct()}
    mark(units, day)
    return len(units - {None})


def recount(*, at: datetime, most: int = MOST) -> int:
    """Count marked units again; how many were counted. See `count_marked`."""
    return count_marked(TipMark, count_unit, at=at, most=most, order="pk")


def count_unit(*, unit_id: int, start: date, at: datetime) -> bool:
    """Count a unit's figures from its tips, from the half month before that of a day on; whether any changed."""
    unit = Unit.objects.get(pk=unit_id)
    first = _first(unit)
    if first is None:
        return False
    today = timezone.localdate(at)
    since = max(half_month(half_month(start) - DAY), first)
    cuts = {day for span in kept_windows() for day in (span.start, span.end)}
    spans = [span for span in pieces(since, today, {*cuts, first}, ends=unit.valid_to) if span.start >= first]
    running = spans[-1] if spans and spans[-1].end == today + DAY and half_month(spans[-1].end) != today + DAY else None
    made = tell_counted(
        at=at, unit_id=unit_id, source=Source.TIP, since=since, first=first, numbers=counted(unit_id, spans),
        running=running,
    )  # fmt: skip
    return made is not None


def _first(unit: Unit) -> date | None:
    """The first day of the half month since which tips are kept here; it goes on counting when they are moved away."""
    days = [
        Tip.objects.filter(received_in=unit).aggregate(first=Min("received_on"))["first"],
        Tip.objects.filter(closed_in=unit).aggregate(first=Min("closed_on"))["first"],
        CountedUnit.objects.filter(unit=unit, source=Source.TIP).values_list("start", flat=True).first(),
    ]
    there = [half_month(day) for day in days if day is not None]
    if not there:
        return None
    return max(min(there), unit.valid_from) if unit.valid_from else min(there)
