"""Events that limits of a plan hang on ("trước thời điểm đề nghị công nhận"), and the days they give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from django.utils import timezone

from pcmt.apps.plans.models import PlanEvent
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
