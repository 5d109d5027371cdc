"""Entries as files for other programs: CSV with a heading line, or one JSON object a line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from .chain import CONTENT
from .models import Entry

FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
"""The formats and their media types."""

COLUMNS = (*(name for name in CONTENT if name != "search_key"), "hash")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these would be reckoned by a spreadsheet."""


def lines(entries: QuerySet[Entry], form: str) -> Iterator[str]:
    """The entries in the order of the query, a line at a time, however many there are. `form` is one of FORMATS."""
    rows: Iterable[dict[str, Any]] = entries.values(*COLUMNS).iterator(chunk_size=1000)
    if form == "jsonl":
        for row in rows:
            yield json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False) + "\n"
        return
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)  # the mark by which Excel knows UTF-8
    for row in rows:
        yield writer.writerow([_cell(row[name]) for name in COLUMNS])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text
