"""Events that limits of a plan hang on ("trước thời điểm đề nghị công nhận"), and the days they give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from attrs import frozen
from django.utils import timezone

from pcmt.apps.tasks.models import LIVE, DueItem, PlanEvent
from pcmt.core.periods import DueWindow, Hours, Limit, Span, due_windows
from pcmt.core.text import fold
from pcmt.reference import work_calendar


def event_key(words: str) -> str:
    """The words of an event, folded: limits of a plan with the same key hang on the same event."""
    return " ".join(fold(words).split())[:300]


def event_days(plan_id: int) -> dict[str, date]:
    """The days of a plan's events that somebody has said, by their keys."""
    rows = PlanEvent.objects.filter(plan=plan_id, on__isnull=False)
    return {event.key: event.on for event in rows if event.on}


def windows_of(limit: Limit, window: Span | None, events: Mapping[str, date]) -> tuple[DueWindow, ...]:
    """The windows of a limit; those of one that hangs on an event as soon as its day is known.

    A length in working days is counted by the work calendar. Hours are counted from the beginning of the event's day,
    since only its day is known: nobody gets more time than the plan gives.
    """
    if not limit.event:
        return due_windows(limit, window)
    day = events.get(event_key(limit.event))
    if day is None:
        return ()
    happened = timezone.make_aware(datetime.combine(day, time.min)) if isinstance(limit.length, Hours) else day
    try:
        return due_windows(limit, window, happened=happened, work=work_calendar())
    except TypeError:  # so many hours before an event: no day says when that is
        return ()


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


def plan_events(plan_id: int) -> list[Event]:
    """The events that live due items of a plan hang on, with how many wait for its day; two statements."""
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
    return [
        Event(
            key,
            words[key],
            known[key].on if key in known else None,
            known[key].version if key in known else 0,
            known[key].said_by_name if key in known else "",
            *hanging[key],
        )
        for key in words
    ]
