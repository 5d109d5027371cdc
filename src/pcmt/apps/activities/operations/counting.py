"""Keeping the figures that rest on events and places: what was written marks its unit, a job counts marked units again.

What a new entry costs is one mark, however many events there are. Who writes anything that figures rest on (an event, a
place, its states) calls `mark` in its own transaction, and `keep_since` for the kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection

from pcmt.apps.activities.models import EventMark, KeptSince
from pcmt.apps.facts.operations.rows import relation, run


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


def keep_since(unit_id: int, kind_id: int, on: date) -> None:
    """A unit keeps records of a kind from a day on, or from an earlier day that is known already. One statement.

    `unit_id` is the unit at which figures count, as for `mark`; with it figures of the kind are counted for the unit.
    """
    table = KeptSince._meta.db_table
    source, params = relation(
        "kept", {"unit_id": "bigint", "kind_id": "bigint", "start": "date"}, [(unit_id, kind_id, on)]
    )
    run(
        f'INSERT INTO {table} (unit_id, kind_id, "start") SELECT unit_id, kind_id, "start" FROM {source} '  # noqa: S608 - names of columns
        f'WHERE true ON CONFLICT (unit_id, kind_id) DO UPDATE SET '
        f'"start" = CASE WHEN excluded."start" < {table}."start" THEN excluded."start" ELSE {table}."start" END',
        params,
    )
