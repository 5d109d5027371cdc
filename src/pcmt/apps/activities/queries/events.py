"""Events as they are looked for: lists in pages, sums, days of a month, one like another, the last of a kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
from django.db.models import Count, DecimalField, Q, QuerySet, Sum, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, RowNumber

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.activities.models import (
    COUNTING,
    LONGEST,
    Event,
    EventFile,
    EventState,
    Kind,
    held_units,
    named,
    unindexed,
    within,
)
from pcmt.apps.activities.policies import shown_to
from pcmt.apps.units.models import UnitClosure, holds_on
from pcmt.core.schemas import KindSchema

PAGE = 50
A_DAY = 40
"""So many events of a day are named in a calendar; the list has the others."""


@attrs.frozen(kw_only=True)
class EventFilter:
    """Which events: of a kind or group, of a unit and below (as doer or as place), on days, in a state, for a plan."""

    kind: str = ""
    group: str = ""
    unit_id: int | None = None
    since: date | None = None
    upto: date | None = None  # the last day
    state: str = ""
    plan_id: int | None = None
    words: str = ""


@attrs.frozen
class Cursor:
    """Where a page of a list begins: after the event of this day with this id."""

    on: date
    event_id: int


@attrs.frozen
class EventPage:
    """Some events, newest first; `more` is where those after them begin, none at the end."""

    rows: Sequence[Event]
    more: Cursor | None


def events(actor: Actor | None, wanted: EventFilter) -> QuerySet[Event]:
    """The events that the actor sees and the filter wants, in no order yet. Voided ones only where asked for."""
    rows = shown_to(Event.objects.all(), actor)
    rows = rows.filter(state=wanted.state) if wanted.state else rows.exclude(state=EventState.VOIDED)
    units: Any = held_units(actor, actor.sees("activities.Event")) if actor is not None else None
    if wanted.unit_id is not None and actor is not None:
        below = UnitClosure.objects.filter(holds_on(actor.on), ancestor_id=wanted.unit_id)
        # A unit that has ended has nothing below it any more, but what it did stays to be found.
        units = named(below.values_list("descendant_id", flat=True)) or [wanted.unit_id]
        rows = rows.filter(within(units, "body", "area"))
    kinds = {name: value for name, value in (("code", wanted.kind), ("group", wanted.group)) if value}
    if kinds:
        ids = list(Kind.objects.filter(**kinds).values_list("pk", flat=True))
        # What few units did is less than what all did of a kind.
        rows = rows.filter(unindexed("kind", ids) if isinstance(units, list) else Q(kind__in=ids))
    if wanted.since is not None:
        rows = rows.filter(Q(on__gte=wanted.since) | Q(until__gte=wanted.since), on__gt=wanted.since - LONGEST)
    if wanted.upto is not None:
        rows = rows.filter(on__lte=wanted.upto)
    if wanted.plan_id is not None:
        rows = rows.filter(plan=wanted.plan_id)
    for word in wanted.words.split():
        rows = rows.filter(Q(title__icontains=word) | Q(where__icontains=word))
    return rows


def event_page(rows: QuerySet[Event], after: Cursor | None = None, most: int = PAGE) -> EventPage:
    """One page of events, newest first: three statements however many there are before it."""
    if after is not None:
        rows = rows.filter(Q(on__lt=after.on) | Q(pk__lt=after.event_id), on__lte=after.on)
    # The page is found among days and ids: whole rows would be put in order for nothing, and joins draw SQLite away
    # from the indexes of units.
    page = Event.objects.filter(pk__in=rows.order_by("-on", "-pk").values("pk")[: most + 1])
    found = list(page.select_related("kind", "body", "area").prefetch_related("kind_version").order_by("-on", "-pk"))
    more = Cursor(found[most - 1].on, found[most - 1].pk) if len(found) > most else None
    return EventPage(found[:most], more)


def sums_of(rows: QuerySet[Event], schema: KindSchema) -> tuple[int, Mapping[str, Decimal]]:
    """How many of the events (of one kind) count, and the sums of the fields that the kind sums up, by key."""
    fields = [each for each in schema.numbers() if each.sums]
    asked: dict[str, Any] = {
        f"sum_{index}": Sum(Cast(KeyTextTransform(each.key, "data"), DecimalField(max_digits=24, decimal_places=6)))
        for index, each in enumerate(fields)
    }
    told = rows.filter(state__in=COUNTING).aggregate(events_told=Count("pk"), **asked)
    sums = {each.key: Decimal(told[f"sum_{index}"] or 0) for index, each in enumerate(fields)}
    return told["events_told"], sums


def in_month(rows: QuerySet[Event], first: date, last: date) -> tuple[Mapping[date, int], Mapping[date, list[Event]]]:
    """How many events began on each day, and those of each day by name, at most `A_DAY` a day."""
    month = rows.filter(on__gte=first, on__lte=last)
    counts = dict(month.order_by("on").values_list("on").annotate(n=Count("pk")))
    found: dict[date, list[Event]] = defaultdict(list)
    order = Window(RowNumber(), partition_by="on", order_by=["time", "pk"])
    named = month.order_by().annotate(order=order).filter(order__lte=A_DAY).values("pk")
    for event in Event.objects.filter(pk__in=named).select_related("kind", "body").order_by("on", "time", "pk"):
        found[event.on].append(event)
    return counts, found


def waiting_for(actor: Actor | None) -> QuerySet[Event]:
    """Events that wait for the actor's verification: of bodies of the own area.

    Never of the own unit, of one above it, or what one wrote oneself.
    """
    rows: QuerySet[Event] = Event.objects.none()
    if actor is None or not verifies(actor):
        return rows
    reached = reached_units(actor, actor.changes("activities.Event"))
    rows = Event.objects.filter(state=EventState.WAITING, body__in=reached)
    above = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=actor.unit_id).values("ancestor_id")
    return rows.filter(Q(made_by__isnull=True) | ~Q(made_by_id=actor.user_id)).exclude(body__in=above)


def verifies(actor: Actor | None) -> bool:
    """Whether the actor verifies events of others at all."""
    return changes("activities.Event", actor) >= Reach.AREA


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


def used_by(actor: Actor) -> tuple[int | None, Mapping[int, int]]:
    """The kind of the last event that the actor wrote, and how often each kind was used in the last year."""
    mine = Event.objects.visible_to(actor).filter(made_by_id=actor.user_id, body=actor.unit_id)
    last = mine.order_by("-on", "-pk").values_list("kind_id", flat=True).first()
    since = date.fromordinal(actor.on.toordinal() - 365)
    counts = mine.filter(on__gte=since).order_by().values_list("kind_id").annotate(n=Count("pk"))
    return last, dict(counts)


def files_shown_to(actor: Actor) -> QuerySet[EventFile]:
    """Files of events that the actor sees."""
    return EventFile.objects.filter(event__in=shown_to(Event.objects.all(), actor).values("pk"))
