"""What of a plan hangs on events: due items that wait for a day or have it, and targets."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from pcmt.apps.plans.events import event_key
from pcmt.apps.plans.models import PlanEvent
from pcmt.apps.targets.queries import targets_on_events
from pcmt.apps.tasks.models import LIVE, DueItem


@frozen
class Event:
    """An event that limits of a plan hang on; `on` and `version` (0: nobody said anything yet) as last said."""

    key: str
    words: str
    on: date | None
    version: int
    said_by_name: str
    waiting: int
    hanging: int
    targets: int = 0


def plan_events(plan_id: int) -> list[Event]:
    """The events that live due items and targets of a plan hang on, with how many items wait for its day."""
    known = {event.key: event for event in PlanEvent.objects.filter(plan=plan_id)}
    words: dict[str, str] = {}
    hanging: dict[str, list[int]] = {}
    rows = DueItem.objects.filter(plan=plan_id, state__in=LIVE, limit__event__isnull=False).of_plans()
    for stored, due_on in rows.order_by("start", "pk").values_list("limit", "due_on"):
        key = event_key((stored or {})["event"])
        words.setdefault(key, " ".join((stored or {})["event"].split()))
        tally = hanging.setdefault(key, [0, 0])
        tally[0] += due_on is None
        tally[1] += 1
    targets: dict[str, int] = {}
    for each in targets_on_events(plan_id):
        key = event_key(each.words)
        words.setdefault(key, each.words)
        targets[key] = targets.get(key, 0) + 1
    found = []
    for key, said in words.items():
        event = known.get(key)
        waiting, count = hanging.get(key, [0, 0])
        found.append(
            Event(
                key=key,
                words=said,
                on=event.on if event else None,
                version=event.version if event else 0,
                said_by_name=event.said_by_name if event else "",
                waiting=waiting,
                hanging=count,
                targets=targets.get(key, 0),
            )
        )
    return found
