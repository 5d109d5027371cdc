"""Rows that the program hands to the database as one relation: any number of them in one statement.

PostgreSQL takes a column as an array, SQLite all rows as one JSON text. The rest of a statement is the same in both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

POSTGRES = "postgresql"


def relation(name: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """Rows as a relation to select from, and its parameters. `columns` are names with their types in PostgreSQL."""
    names = ", ".join(f'"{each}"' for each in columns)
    if connection.vendor == POSTGRES:
        arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
        values = [list(column) for column in zip(*rows, strict=True)] or [[] for _column in columns]
        return f"unnest({arrays}) AS {name}({names})", values
    picked = ", ".join(f"json_extract(value, '$[{at}]') AS \"{each}\"" for at, each in enumerate(columns))
    told = json.dumps([[each.isoformat() if isinstance(each, date) else each for each in row] for row in rows])
    return f"(SELECT {picked} FROM json_each(%s)) AS {name}", [told]  # noqa: S608 - names of ours, values apart


def run(sql: str, params: Sequence[Any] = ()) -> int:
    """Carry out a statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def fetched(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def a_day(value: Any) -> date:
    """A day as the database gives it outside models: SQLite keeps days as text."""
    return value if isinstance(value, date) else date.fromisoformat(value)
