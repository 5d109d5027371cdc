"""How entries are chained: the canonical content of an entry and of a day's beginning, and their hashes.

Never change what these functions give: every hash ever written depends on it. A field added later must be empty in
old entries, for empty fields are left out of the canonical content.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

CONTENT = (
    *("at", "actor_id", "actor_name", "actor_role", "actor_unit_id", "actor_unit", "grant_id", "event", "object_type"),
    *("object_id", "object_label", "search_key", "before", "after", "reason", "request_id", "address", "day", "number"),
    "previous",
)
"""The fields of an entry that its hash seals: all but its row number and the hash itself."""


def entry_hash(values: Mapping[str, Any]) -> str:
    """The hash of an entry, hexadecimal: SHA-256 of its canonical content, which holds the hash before it."""
    return _digest({name: values[name] for name in CONTENT})


def seed_of(*, day: date, number: int, before_entries: int, before_head: str) -> str:
    """What the first entry of a day continues: the day itself and how far the day opened before had come."""
    return _digest({"day": day, "number": number, "before_entries": before_entries, "before_head": before_head})


def as_stored(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """`before` or `after` as they come back from the database: dates and decimals as text, names as text."""
    if value is None:
        return None
    stored: dict[str, Any] = json.loads(json.dumps(value, cls=DjangoJSONEncoder))
    return stored


def _digest(values: Mapping[str, Any]) -> str:
    kept = {name: _plain(value) for name, value in values.items() if value is not None and value != ""}
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """The same text whichever database the value comes from: moments in UTC, whole numbers without fraction."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case bool():
            return value
        case float() if value.is_integer():
            return int(value)  # PostgreSQL keeps 1e16 as a whole number
        case Mapping():
            return {str(name): _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            return value
