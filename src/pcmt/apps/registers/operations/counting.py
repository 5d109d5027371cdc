"""Keeping the figures that rest on registers: what was written marks its commune, a job counts marked communes again.

What a new record costs is one mark, however many people there are. Who writes anything that figures rest on (a stay, a
status, a pause, a test, a check, a clock, a treatment, a support, a merge) calls `mark` in its own transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection
from django.db.models import Min, Q
from django.utils import timezone

from pcmt.apps.facts.models import CountedUnit, Fact, Source
from pcmt.apps.facts.operations.counting import MOST, count_marked, tell_counted
from pcmt.apps.facts.operations.rows import relation, run
from pcmt.apps.facts.queries.keeping import kept_windows
from pcmt.apps.registers.models import CountMark, Stay
from pcmt.apps.registers.queries.counting import Numbers, counted, lives_of
from pcmt.apps.units.models import Unit
from pcmt.core.measures.pieces import cuts_of, half_month, pieces
from pcmt.core.periods import DAY, Span


def mark(unit_ids: Iterable[int], start: date, at: datetime) -> None:
    """Have the figures of communes counted again, from the day `start` on: the earliest day that what was written bears
    on (the new day, and where a day was changed the former one). One statement, in the caller's transaction.

    `unit_ids` are administrative units: all that held the file on a day from then on. None is no work.
    """
    moment = connection.ops.adapt_datetimefield_value(at)  # in SQLite a text, in the form of all others
    rows = [(unit_id, start, moment) for unit_id in sorted(set(unit_ids))]
    if not rows:
        return
    table = CountMark._meta.db_table
    source, params = relation("marked", {"unit_id": "bigint", "start": "date", "at": "timestamptz"}, rows)
    run(
        f'INSERT INTO {table} (unit_id, "start", "at") SELECT unit_id, "start", "at" FROM {source} '  # noqa: S608 - names of columns
        f'WHERE true ORDER BY unit_id ON CONFLICT (unit_id) DO UPDATE SET "at" = excluded."at", '
        f'"start" = CASE WHEN excluded."start" < {table}."start" THEN excluded."start" ELSE {table}."start" END',
        params,
    )


def mark_all(*, at: datetime) -> int:
    """Have every commune counted again from the half month before this one on: days have passed, windows with them.

    Also those with figures for a period that a plan's own period, added since, cuts in two. How many were marked.
    """
    day = half_month(half_month(timezone.localdate(at)) - DAY)
    units = set(Stay.objects.order_by().values_list("unit_id", flat=True).distinct())
    mark(units, day, at)
    for start, ids in _cut_now(cuts_of(kept_windows())).items():
        mark(ids, start, at)
    return len(units)


def _cut_now(cuts: set[date]) -> dict[date, list[int]]:
    """Communes with a counted period across one of the days, by the first day of the earliest such period."""
    odd = sorted(day for day in cuts if half_month(day) != day)
    found: dict[date, list[int]] = {}
    across = Q(pk__in=())
    for day in odd:
        across |= Q(start__lt=day, end__gt=day)
    told = Fact.objects.counting().filter(
        across, recording__source=Source.REGISTER, element__code="managed", breakdown=""
    )  # fmt: skip
    for unit_id, start in told.order_by().values_list("unit_id").annotate(first=Min("start")) if odd else ():
        found.setdefault(start, []).append(unit_id)
    return found


def recount(*, at: datetime, most: int = MOST) -> int:
    """Count marked communes again, those that wait longest first; how many were counted. See `count_marked`."""
    return count_marked(CountMark, count_unit, at=at, most=most, order="at")


def count_unit(*, unit_id: int, start: date, at: datetime) -> bool:
    """Count a commune's figures from its records, from the half month before that of a day on; whether any changed."""
    unit = Unit.objects.get(pk=unit_id)
    first = _first(unit)
    if first is None:
        return False
    today = timezone.localdate(at)
    since = max(half_month(half_month(start) - DAY), first)
    numbers, last = figures_from(unit, since, today)
    running = last if last is not None and last.end == today + DAY and half_month(last.end) != last.end else None
    made = tell_counted(
        at=at, unit_id=unit_id, source=Source.REGISTER, since=since, first=first, numbers=numbers, running=running
    )
    return made is not None


def figures_from(unit: Unit, since: date, upto: date) -> tuple[Numbers, Span | None]:
    """A commune's figures in pieces from a day until another, and the last piece."""
    cuts = {*cuts_of(kept_windows()), *([unit.valid_from] if unit.valid_from else [])}
    spans = pieces(since, upto, cuts, ends=unit.valid_to)
    spans = [span for span in spans if unit.valid_from is None or span.start >= unit.valid_from]
    if not spans:
        return {}, None
    return counted(lives_of(unit.pk, spans[0].start), unit.pk, spans), spans[-1]


def _first(unit: Unit) -> date | None:
    """The first day of the half month since which the commune has files; it goes on counting when they are gone."""
    first = Stay.objects.filter(unit=unit).aggregate(first=Min("from_on"))["first"]
    if first is None:
        begun = CountedUnit.objects.filter(unit=unit, source=Source.REGISTER).values_list("start", flat=True)
        return begun.first()
    return max(half_month(first), unit.valid_from) if unit.valid_from else half_month(first)
