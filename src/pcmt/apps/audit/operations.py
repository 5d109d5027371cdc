"""Writing the audit log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models

from .models import Doer, Entry
from .origin import origin

SYSTEM = "Hệ thống"


def record(
    *,
    at: datetime,
    actor: Doer | None,
    event: str,
    obj: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Entry:
    """Write one entry, in the transaction of the act that it records.

    `actor` is None for what the program does by itself (jobs, the demo). `event` is `<app>.<noun>.<past verb>`, such
    as `plans.revision.adopted`. `before` and `after` hold the changed values only.
    """
    if event.count(".") != 2:
        raise ValueError(f"event {event!r}: expected app.noun.verb")
    here = origin()
    return Entry.objects.create(
        at=at,
        actor_id=actor.user_id if actor else None,
        actor_name=(actor.name if actor else SYSTEM)[:200],
        actor_unit_id=actor.unit_id if actor else None,
        actor_unit=(actor.unit_name if actor else "")[:300],
        event=event,
        object_type=obj._meta.label,
        object_id=str(obj.pk),
        object_label=str(obj)[:300],
        before=before,
        after=after,
        reason=reason,
        request_id=here.request_id,
        address=here.address,
    )
