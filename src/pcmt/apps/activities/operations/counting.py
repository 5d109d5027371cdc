"""Keeping the figures that rest on events and places: what was written marks its unit, a job counts marked units again.

What a new entry costs is one mark, however many events there are. Who writes anything that figures rest on (an event, a
place, its states) calls `mark` in its own transaction, and `keep_since` for the kind; who puts a day right calls
`keep_later`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection
from django.db.models import Max, Min, Q
from django.utils import timezone

from pcmt.apps.activities.models import EventMark, KeptSince
from pcmt.apps.activities.queries.counting import counted, kept_by, kept_days, kept_units
from pcmt.apps.facts.models import Fact, Source
from pcmt.apps.facts.operations.counting import MOST, count_marked, tell_counted
from pcmt.apps.facts.operations.rows import relation, run
from pcmt.apps.facts.queries.keeping import kept_windows
from pcmt.apps.units.models import Succession, Unit
from pcmt.core.measures.pieces import cuts_of, half_month, pieces
from pcmt.core.periods import DAY, Kind, Span, periods_of


def mark(unit_ids: Iterable[int], start: date, at: datetime) -> None:
    """Have the figures of units counted again, from the day `start` on: the earliest day that what was written bears
    on (the new day, and where a day was changed the former one). One statement, in the caller's transaction.

    `unit_ids` are units at which figures count (`queries.counting.counted_at`): all that did so on a day from then on.
    """
    moment = connection.ops.adapt_datetimefield_value(at)  # in SQLite a text, in the form of all others
    rows = [(unit_id, start, moment) for unit_id in sorted(set(unit_ids))]
    if not rows:
        return
    table = EventMark._meta.db_table
    source, params = relation("marked", {"unit_id": "bigint", "start": "date", "at": "timestamptz"}, rows)
    run(
        f'INSERT INTO {table} (unit_id, "start", "at") SELECT unit_id, "start", "at" FROM {source} '  # noqa: S608 - names of columns
        f'WHERE true ORDER BY unit_id ON CONFLICT (unit_id) DO UPDATE SET "at" = excluded."at", '
        f'"start" = CASE WHEN excluded."start" < {table}."start" THEN excluded."start" ELSE {table}."start" END',
        params,
    )


def keep_since(unit_id: int, kind_id: int, on: date, *, reached: bool = False) -> None:
    """A unit keeps records of a kind from a day on, or from an earlier day that is known already. One statement.

    `unit_id` is the unit at which figures count, as for `mark`; with it figures of the kind are counted for the unit.
    `reached`: somebody wrote down that he reached what lies in the unit; only that is counted for it.
    """
    table, column = KeptSince._meta.db_table, "reached" if reached else "start"
    source, params = relation(
        "kept", {"unit_id": "bigint", "kind_id": "bigint", "start": "date"}, [(unit_id, kind_id, on)]
    )
    run(
        f'INSERT INTO {table} (unit_id, kind_id, "{column}") SELECT unit_id, kind_id, "start" FROM {source} '  # noqa: S608 - names of columns
        f"WHERE true ON CONFLICT (unit_id, kind_id) DO UPDATE SET "
        f'"{column}" = CASE WHEN {table}."{column}" <= excluded."{column}" THEN {table}."{column}" '
        f'ELSE excluded."{column}" END',
        params,
    )


def beginning(on: date, at: datetime) -> date:
    """Since when a unit keeps a kind of which it writes something down for the day `on`: in this year at the earliest,
    for nobody says that what lies further back was written down whole."""
    return max(on, _year(timezone.localdate(at).year))


def keep_later(unit_id: int, kind_id: int, was: date, at: datetime, *, reached: bool = False) -> None:
    """Where a unit keeps a kind since the day `was` only because that stood in an entry by mistake: since the earliest
    day that is left.

    Called once the entry is put right or taken back, and the unit marked from that day on. A unit that took back all
    it wrote goes on keeping the kind; so does one that keeps it since the day on which it became another's heir.
    """
    row = KeptSince.objects.select_for_update().filter(unit=unit_id, kind=kind_id).first()
    day = (row.reached if reached else row.start) if row is not None else None
    today = timezone.localdate(at)
    if row is None or day not in {max(was, _year(year)) for year in range(was.year, today.year + 1)}:
        return
    unit = row.unit
    if day == unit.valid_from or Succession.objects.filter(new=unit, on=day).exists():
        return
    days = [max(on, _year(year)) for year, on in kept_days(unit, kind_id, reached=reached) if on is not None]
    if min(days, default=day) > day:
        KeptSince.objects.filter(pk=row.pk).update(**{"reached" if reached else "start": min(days)})


def _year(year: int) -> date:
    return date(year, 1, 1)


def mark_all(*, at: datetime) -> int:
    """Have every unit counted again from the half month before this one on: days have passed, weeks are over.

    From an earlier day where nothing was told since, for the program had been off: quiet weeks are zero all the same.
    Units that count no more and told all are left alone. Also those with figures for a piece that a kept window, added
    since, cuts in two. How many were marked.
    """
    told = Fact.objects.counting().filter(recording__source=Source.ACTIVITY, breakdown="").order_by()
    last = dict(told.values_list("unit_id").annotate(Max("end")))
    day = half_month(half_month(timezone.localdate(at)) - DAY)
    starts: dict[date, list[int]] = defaultdict(list)
    for unit_id, ends in kept_units().items():
        known = last.get(unit_id, date.max)
        if ends is None or known < ends or day < ends:
            starts[min(day, known)].append(unit_id)
    for start, units in starts.items():
        mark(units, start, at)
    odd = sorted(day for day in cuts_of(kept_windows()) if half_month(day) != day)
    across = Q(pk__in=())
    for day in odd:
        across |= Q(start__lt=day, end__gt=day)
    for unit_id, start in told.filter(across).values_list("unit_id").annotate(first=Min("start")) if odd else ():
        mark([unit_id], start, at)
    return sum(map(len, starts.values()))


def recount(*, at: datetime, most: int = MOST) -> int:
    """Count marked units again, those that wait longest first; how many were counted. See `count_marked`."""
    return count_marked(EventMark, count_unit, at=at, most=most, order="at")


def count_unit(*, unit_id: int, start: date, at: datetime) -> bool:
    """Count a unit's figures from its records, from the half month before that of a day on; whether any changed."""
    unit = Unit.objects.get(pk=unit_id)
    kept = kept_by(unit)
    if not kept.times:
        return False
    today = timezone.localdate(at)
    since = half_month(half_month(start) - DAY)
    first = min((times[0].start for times in kept.times.values() if times), default=date.max)
    # what was told before the first day goes: it was counted by an entry of a day that was put right
    spans = pieces_of(unit, max(since, first), today)
    last = spans[-1] if spans else None
    # it runs on where tomorrow does not begin another piece
    ends = {span.start for span in pieces_of(unit, today, today + DAY)}
    running = last if last is not None and last.end == today + DAY and last.end not in ends else None
    made = tell_counted(
        at=at, unit_id=unit_id, source=Source.ACTIVITY, since=since, first=kept.times,
        numbers=counted(unit, kept, spans), running=running,
    )  # fmt: skip
    return made is not None


def pieces_of(unit: Unit, since: date, upto: date) -> list[Span]:
    """The pieces in which a unit's figures are told from a day until another; school terms are made of whole ones."""
    terms = periods_of(Kind.SEMESTER, Span(since, upto + DAY)) if since <= upto else ()
    cuts = cuts_of([*kept_windows(), *terms]) | ({unit.valid_from} if unit.valid_from else set())
    spans = pieces(since, upto, cuts, ends=unit.valid_to, weeks=True)
    return [span for span in spans if unit.valid_from is None or span.start >= unit.valid_from]
