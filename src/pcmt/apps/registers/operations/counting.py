"""Keeping the figures that rest on registers: what was written marks its commune, a job counts marked communes again.

What a new record costs is one mark, however many people there are. Who writes anything that figures rest on (a stay, a
status, a pause, a test, a check, a clock, a treatment, a support, a merge) calls `mark` in its own transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection

from pcmt.apps.facts.operations.rows import relation, run
from pcmt.apps.registers.models import CountMark


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
