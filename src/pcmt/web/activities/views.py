"""The list of events, one event, its files, the month."""

from __future__ import annotations

import calendar as calendars
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import attrs
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Event, EventFile, EventState, Kind, KindState, KindVersion, Place
from pcmt.apps.activities.policies import can_change, can_record, can_verify, is_inside, sees_inside_of, shown_to
from pcmt.apps.activities.queries.counting import counted_at
from pcmt.apps.activities.queries.events import (
    Cursor,
    EventFilter,
    event_page,
    events,
    files_shown_to,
    in_month,
    likely_same,
    sums_of,
    waiting_for,
)
from pcmt.apps.activities.queries.kinds import schema_of, writable
from pcmt.apps.activities.queries.maps import whereabouts
from pcmt.apps.facts.models import ElementVersion
from pcmt.apps.targets.queries.feeding import fed_by
from pcmt.apps.units.models import Unit
from pcmt.core.periods import DAY, add_months
from pcmt.core.schemas import KindSchema, Sensitivity, shown
from pcmt.documents import small_picture
from pcmt.web.activities.forms import EventListFilter, day_of
from pcmt.web.audit.acts import noted
from pcmt.web.places.drawing import map_of
from pcmt.web.shell.access import acting

MOST_TARGETS = 12
KEPT_FOR = 86_400
"""So many seconds browsers keep small pictures."""
TONES = {
    EventState.WAITING: "wait",
    EventState.ENTERED: "plain",
    EventState.VERIFIED: "done",
    EventState.RETURNED: "soon",
    EventState.VOIDED: "plain",
}


@attrs.frozen
class Line:
    """An event in the list: `told` are its quick fields in words, as far as the reader sees them."""

    event: Event
    tone: str
    told: Sequence[tuple[str, str]]


def listing(request: HttpRequest) -> HttpResponse:
    """The events that the reader sees, newest first; of one kind with the sums of its numbers."""
    actor = acting(request)
    if not can_look(actor):
        raise Http404
    form = EventListFilter(request.GET, actor=actor)
    wanted = form.wanted
    rows = events(actor, wanted)
    page = event_page(rows, _cursor(request.GET.get("sau", "")))
    kind: Any = Kind.objects.visible_to(actor).filter(code=wanted.kind).first() if wanted.kind else None
    version = KindVersion.objects.filter(kind=kind, state=KindState.IN_USE).first() if kind else None
    sums: list[tuple[str, Any, str]] = []
    counted = None
    if version is not None:
        schema = schema_of(version)
        counted, told = sums_of(rows, schema)
        open_fields = (each for each in schema.numbers() if each.key in told and each.sensitivity is Sensitivity.OPEN)
        sums = [(each.label, told[each.key], each.unit_word) for each in open_fields]
    next_page = ""
    if page.more is not None:
        words = request.GET.copy()
        words["sau"] = f"{page.more.on.isoformat()}.{page.more.event_id}"
        next_page = words.urlencode()
    return render(
        request,
        "activities/list.html",
        {
            "form": form,
            "lines": lines_of(actor, page.rows),
            "next_page": next_page,
            "later": bool(request.GET.get("sau")),
            "counted": counted,
            "sums": sums,
            "may_record": can_record(actor),
            "kind": kind,
            "writes": kind is not None and kind.pk in writable(actor),
            "days": _days(wanted),
            "waiting": waiting_for(actor).count(),
        },
    )


def event(request: HttpRequest, event_id: int) -> HttpResponse:
    """One event with all that belongs to it."""
    return show_event(request, seen_event(acting(request), event_id))


def show_event(request: HttpRequest, found: Event, *, refused: Iterable[str] = (), status: int = 200) -> HttpResponse:
    """The page of an event; `refused` says on top why what was sent was not done."""
    actor = acting(request)
    schema = schema_of(found.kind_version)
    mine = can_change(actor, found)
    judges = can_verify(actor, found) and found.state == EventState.WAITING
    told = [
        (each.label, shown(each, found.data[each.key]), each.unit_word)
        for each in schema.fields
        if each.key in found.data and (mine or each.sensitivity is Sensitivity.OPEN)
    ]
    files = list(found.files.all())
    pictures = sum(each.picture for each in files)
    links = list(found.at_places.select_related("place__area", "place__kind"))
    seen = set(
        shown_to(Place.objects.filter(pk__in=[each.place_id for each in links]), actor).values_list("pk", flat=True)
    )
    places = [each.place for each in links if each.place_id in seen]
    twin = likely_same(found) if found.state != EventState.VOIDED else None
    if twin is not None and not shown_to(Event.objects.filter(pk=twin.pk), actor).exists():
        twin = None
    page = {
        "event": found,
        "schema": schema,
        "tone": TONES[EventState(found.state)],
        "told": told,
        "places": places,
        "drawn": map_of(whereabouts(actor, found, places), close=True),
        "targets": fed_by(actor, schema.elements, counted_at(found.body, found.on).pk, found.on)[:MOST_TARGETS],
        "files": files,
        "lacking": max(schema.pictures - pictures, 0),
        "steps": [(step, _changes(step.before, found, schema, mine=mine)) for step in found.steps.select_related("by")],
        "elements": elements_of(schema),
        "twin": twin,
        "mine": mine,
        "judges": judges,
        "saved": "da-ghi" in request.GET,
        "refused": list(refused),
        "typed": request.POST,
    }
    return render(request, "activities/event.html", page, status=status)


def calendar(request: HttpRequest) -> HttpResponse:
    """The events of a month by day: a table on a desk, a list on a phone."""
    actor = acting(request)
    if not can_look(actor):
        raise Http404
    form = EventListFilter(request.GET, actor=actor)
    asked = day_of(f"{request.GET.get('thang', '')}-01")
    first = (asked or actor.on).replace(day=1)
    if not 1990 <= first.year <= 2999:
        first = actor.on.replace(day=1)
    last = add_months(first, 1) - DAY
    counts, found = in_month(events(actor, form.wanted), first, last)
    weeks = [
        [
            {"day": day, "here": day.month == first.month, "events": found.get(day, ()), "count": counts.get(day, 0)}
            for day in week
        ]
        for week in calendars.Calendar().monthdatescalendar(first.year, first.month)
    ]
    return render(
        request,
        "activities/calendar.html",
        {
            "form": form,
            "first": first,
            "weeks": weeks,
            "days": [day for week in weeks for day in week if day["here"] and day["count"]],
            "total": sum(counts.values()),
            "today": actor.on,
            "may_record": can_record(actor),
            "waiting": waiting_for(actor).count(),
            "before": _month(request, first - timedelta(days=1)),
            "after": _month(request, add_months(first, 1)),
        },
    )


def file(request: HttpRequest, event_file_id: int) -> FileResponse:
    """A file of an event, always as a download."""
    found = seen_file(request, event_file_id)
    content = default_storage.open(found.file.path)  # type: ignore[union-attr]
    noted(request, "activities.file.downloaded", found.event, file=found.name)
    return FileResponse(content, as_attachment=True, filename=found.name, content_type="application/octet-stream")


def thumbnail(request: HttpRequest, event_file_id: int) -> HttpResponse:
    """A small copy of a picture; the browser keeps it for a day."""
    found = seen_file(request, event_file_id)
    if not found.picture:
        raise Http404
    with default_storage.open(found.file.path) as content:  # type: ignore[union-attr]
        small = small_picture(content.read())
    if small is None:
        raise Http404
    response = HttpResponse(small, content_type="image/jpeg")
    patch_cache_control(response, private=True, max_age=KEPT_FOR)
    return response


def _days(wanted: EventFilter) -> str:
    """The days of a list as the export of a kind takes them."""
    said = {"tu": wanted.since, "den": wanted.upto}
    return urlencode({name: day.isoformat() for name, day in said.items() if day is not None})


def can_look(actor: Actor) -> bool:
    """Whether the actor sees events at all."""
    return actor.sees_below("activities.Event")


def seen_event(actor: Actor, event_id: int) -> Event:
    """The event when the actor sees it; else there is no such page."""
    rows = shown_to(Event.objects.all(), actor)
    rows = rows.select_related("kind", "kind_version", "body", "area", "plan", "task", "made_by")
    return get_object_or_404(rows, pk=event_id)


def seen_file(request: HttpRequest, event_file_id: int) -> EventFile:
    """A kept file of an event, when the reader sees what it shows; else there is no such page."""
    rows = files_shown_to(acting(request)).select_related("file", "event__kind_version")
    found = rows.filter(pk=event_file_id, file__isnull=False).first()
    if found is None or (is_inside(found.event.kind_version) and not can_change(acting(request), found.event)):
        raise Http404
    return found


def lines_of(actor: Actor, rows: Sequence[Event]) -> list[Line]:
    """Events as lines of a list: each version of a kind is read once, and what is inside is left out for others."""
    schemas: dict[int, KindSchema] = {}
    inside = sees_inside_of(actor, rows)
    found = []
    for row in rows:
        if row.kind_version_id not in schemas:
            schemas[row.kind_version_id] = schema_of(row.kind_version)
        schema = schemas[row.kind_version_id]
        told = [
            (each.label, f"{shown(each, row.data[each.key])} {each.unit_word}".strip())
            for each in schema.quick_fields
            if each.key in row.data and (each.sensitivity is Sensitivity.OPEN or row.pk in inside)
        ]
        found.append(Line(row, TONES[EventState(row.state)], told[:3]))
    return found


def elements_of(schema: KindSchema) -> list[tuple[str, str]]:
    """The figures that entries of a kind go into: code and name."""
    rows = ElementVersion.objects.filter(element__code__in=schema.elements).order_by("pk")
    names = dict(rows.values_list("element__code", "name"))
    return [(code, names[code]) for code in schema.elements if code in names]


def _changes(before: Mapping[str, Any], now: Event, schema: KindSchema, *, mine: bool) -> list[str]:
    """What stood before a step, in words."""
    found = []
    data = before.get("data")
    if isinstance(data, dict):
        for each in schema.fields:
            was = data.get(each.key)
            if was is not None and (mine or each.sensitivity is Sensitivity.OPEN):
                found.append(f"{each.label}: {shown(each, was)}")
    if before.get("on"):
        found.append(date.fromisoformat(before["on"]).strftime("%d/%m/%Y"))
    found += [str(before[name]) for name in ("time", "title", "where") if before.get(name)]
    if before.get("area") and before["area"] != now.area_id:
        found += list(Unit.objects.filter(pk=before["area"]).values_list("name", flat=True))
    return found


def _cursor(text: str) -> Cursor | None:
    day, _dot, number = text.partition(".")
    on = day_of(day)
    return Cursor(on, int(number)) if on is not None and number.isdecimal() and len(number) < 19 else None


def _month(request: HttpRequest, day: date) -> str:
    words = request.GET.copy()
    words["thang"] = f"{day:%Y-%m}"
    return f"{reverse('activities:calendar')}?{words.urlencode()}"
