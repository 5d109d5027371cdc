"""When people are reminded of a limit: at steps before it, every week after it, once above their heads.

Values in, values out: what is owed, what was told already, the day, the calendar. Whoever asks twice on one day, or not
at all for a week, gets each call once and never a heap of them: a call that was missed is made up for by the latest.
The ladder belongs to one limit; another limit (an extension that was granted) has a ladder of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

import attrs

from pcmt.core.periods.spans import DAY
from pcmt.core.periods.workdays import Shift, WorkCalendar

T = TypeVar("T", bound=Hashable)


class CallKind(StrEnum):
    """What a call says: that a limit is near, that it has passed, that nobody answered since it passed."""

    SOON = "soon"
    OVERDUE = "overdue"
    ESCALATED = "escalated"


@attrs.frozen(kw_only=True)
class Rhythm:
    """How often people are reminded.

    `before`: days before the last day on which it would be in time. `again`: days between two calls after it, and the
    first comes on the first working day after the limit. `escalate`: working days without an answer to such a call.
    """

    before: tuple[int, ...] = (7, 3, 1)
    again: int = 7
    escalate: int = 3


@attrs.frozen
class Call:
    """One call: `number` is days before the limit (soon), how many calls there were before it (overdue), else 0."""

    kind: CallKind
    number: int = 0


@attrs.frozen(kw_only=True)
class Awaited:
    """Something that is owed and not done, as far as reminding has to know it.

    `given_on`: the day on which its body got it, with this limit: people knew then, so steps up to that day are not
    told. `heard_on`: the last day on which anything was entered about it; silence is counted from the first overdue
    call after that. `called`: the calls of this very limit, and the days on which they were made.
    """

    due_on: date
    requested: bool = False
    given_on: date | None = None
    heard_on: date | None = None
    called: Mapping[Call, date] = attrs.field(factory=dict)


def call_on(awaited: Awaited, on: date, rhythm: Rhythm, calendar: WorkCalendar) -> Call | None:
    """The call to make on a day, if any: one a day at most, however often one asks.

    A step before the limit that falls on a day off comes on the working day before, and is made up for on a day off
    where it was missed; after the limit nobody is called on a day off. What was only asked for is called to mind once,
    before the day that was wished, and never again.
    """
    if on in awaited.called.values():
        return None
    if on <= awaited.due_on:
        return _soon(awaited, on, rhythm, calendar)
    return None if awaited.requested or not calendar.is_working(on) else _overdue(awaited, on, rhythm, calendar)


def reach_on(on: date, rhythm: Rhythm, calendar: WorkCalendar) -> date:
    """The latest limit for which there may be a call on a day."""
    return calendar.add(on, 1) - DAY + max(rhythm.before, default=0) * DAY


def _soon(awaited: Awaited, on: date, rhythm: Rhythm, calendar: WorkCalendar) -> Call | None:
    made = [call.number for call in awaited.called if call.kind is CallKind.SOON]
    if made and awaited.requested:
        return None
    reached = [
        days
        for days in rhythm.before
        if (step := calendar.shifted(awaited.due_on - days * DAY, Shift.PREVIOUS)) <= on
        and (awaited.given_on is None or step > awaited.given_on)
    ]
    latest = min(reached, default=None)
    return None if latest is None or min(made, default=latest + 1) <= latest else Call(CallKind.SOON, latest)


def _overdue(awaited: Awaited, on: date, rhythm: Rhythm, calendar: WorkCalendar) -> Call | None:
    made = sorted(day for call, day in awaited.called.items() if call.kind is CallKind.OVERDUE)
    unanswered = [day for day in made if awaited.heard_on is None or day > awaited.heard_on]
    escalated = Call(CallKind.ESCALATED)
    if unanswered and escalated not in awaited.called and on >= calendar.add(unanswered[0], rhythm.escalate):
        return escalated
    if made:
        planned = calendar.shifted(made[-1] + timedelta(days=rhythm.again), Shift.NEXT)
    else:
        known = max(awaited.due_on, awaited.given_on or awaited.due_on)
        planned = calendar.add(known, 1)
    return Call(CallKind.OVERDUE, len(made)) if planned <= on else None


def shares(
    told: Iterable[tuple[T, Collection[int]]], most: int, had: Mapping[int, int]
) -> tuple[dict[T, list[int]], dict[int, int]]:
    """Who is told what by itself, and how many more things each person has beyond that.

    `told`: things and the people they concern, the most urgent first. Nobody gets more than `most` by themselves on a
    day, those counted that were `had` before.
    """
    single: dict[T, list[int]] = {}
    beyond: dict[int, int] = {}
    count = dict(had)
    for thing, people in told:
        single[thing] = []
        for person in people:
            if count.get(person, 0) < most:
                count[person] = count.get(person, 0) + 1
                single[thing].append(person)
            else:
                beyond[person] = beyond.get(person, 0) + 1
    return single, beyond
