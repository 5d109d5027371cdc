"""A due item changed: every writer of one says so, because calendars and people with an old page look at it.

`version` counts the changes that a reader sees (label, body, person, limit, state, percent, plan's words for it);
whoever writes from an older version is refused, and calendars take it for the SEQUENCE of the event. `changed_at` is
the moment of the operation that changed it, never that of the database.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F

from pcmt.apps.tasks.models import DueItem

TOUCHED = ("version", "changed_at")
"""The fields that `touch` writes, for `update_fields` and `bulk_update`."""


def touch(due: DueItem, *, at: datetime) -> None:
    """A locked row changes: call it once for each operation, save with the fields of `TOUCHED`."""
    due.version += 1
    due.changed_at = at


def touched(at: datetime) -> dict[str, Any]:
    """The same for rows that are changed by one statement: `rows.update(state=…, **touched(at))`."""
    return {"version": F("version") + 1, "changed_at": at}
