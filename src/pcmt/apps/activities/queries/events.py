"""Events as they are looked for: one like another, the last of a kind."""

from __future__ import annotations

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Event, EventState


def likely_same(event: Event) -> Event | None:
    """An event that stands and may be the same: same kind, body and day; the same hour too where both tell one."""
    rows = Event.objects.filter(kind=event.kind_id, body=event.body_id, on=event.on).exclude(state=EventState.VOIDED)
    for there in rows.exclude(pk=event.pk).order_by("pk"):
        if event.time is None or there.time is None or event.time.hour == there.time.hour:
            return there
    return None


def last_like(actor: Actor, kind: str) -> Event | None:
    """The last event of a kind that the actor wrote for the own unit: what "repeat" begins with."""
    rows = Event.objects.visible_to(actor).filter(kind__code=kind, made_by_id=actor.user_id, body=actor.unit_id)
    found: Event | None = rows.exclude(state=EventState.VOIDED).order_by("-on", "-pk").first()
    return found
