"""What a map shows: how many places or events of which state lie in which commune, or each of those of one commune."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django.db.models import Avg, Count, Q, QuerySet

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import COUNTING, Event, Kind, Place, PlaceSpell
from pcmt.apps.activities.policies import shown_to
from pcmt.apps.activities.queries.places import PlaceKinds
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, holds_on
from pcmt.core.schemas import StateSort
from pcmt.reference import centres

MOST = 500
"""So many single points are drawn; a note says where there are more."""
EVENTS = "event"
"""The look of events, beside the sorts of states of places."""


@attrs.frozen(kw_only=True)
class MapFilter:
    """What to draw: places as they stood on the day `until`, or (`events`) events from `since` to `until`.

    `area_id` is the unit whose points are drawn one by one.
    """

    until: date
    since: date
    events: bool = False
    kind_id: int | None = None
    sort: StateSort | None = None
    area_id: int | None = None


@attrs.frozen
class Dot:
    """Several of one look in one unit, or (`name`) a single one, with its id and the words of its state.

    Without `lat` nobody knows where it is: it stands in the table only.
    """

    area_id: int
    area: str
    look: str
    count: int
    lat: float | None
    lon: float | None
    name: str = ""
    pk: int = 0
    words: str = ""


@attrs.frozen
class Drawn:
    """A map's contents. `ground`: centres of the communes round about. `more`: single points that were left out."""

    dots: Sequence[Dot]
    ground: Sequence[tuple[float, float]]
    area: str = ""
    more: int = 0


def drawn(actor: Actor, wanted: MapFilter) -> Drawn:
    """What the filter asks for, as far as the actor sees it. The number of statements does not grow with the points."""
    kinds = PlaceKinds()
    if wanted.area_id is None:
        dots = _events_by_unit(actor, wanted) if wanted.events else _places_by_unit(actor, wanted, kinds)
        return Drawn(dots, _ground(actor.unit_id, actor.on))
    area = Unit.objects.filter(pk=wanted.area_id).first()
    if area is None:
        return Drawn([], [])
    found = _events(actor, wanted) if wanted.events else _places(actor, wanted, kinds)
    centre = centres().get(area.code)
    ground = [(centre.lat, centre.lon)] if centre is not None else []
    return Drawn(found[:MOST], ground, area.name, max(0, len(found) - MOST))


def whereabouts(actor: Actor, event: Event, places: Sequence[Place]) -> Drawn:
    """Where an event was: its own point, or that of a place it was held at, or the middle of its commune.

    The ground is the province around it, so that a single point tells something.
    """
    points = [(event.lat, event.lon), *((each.lat, each.lon) for each in places)]
    lat, lon = next(((_float(each[0]), _float(each[1])) for each in points if each[0] is not None), (None, None))
    if lat is None and (centre := centres().get(event.area.code)) is not None:
        lat, lon = centre.lat, centre.lon
    words = event.where or event.area.name
    dot = Dot(event.area_id, event.area.name, EVENTS, 1, lat, lon, event.area.called, event.pk, words)
    return Drawn([dot] if lat is not None else [], _ground(event.area_id, actor.on))


def map_kinds() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Kinds of places and of events to choose from, by their codes."""
    rows = list(Kind.objects.order_by("order", "label", "pk").values_list("noun", "code", "label"))
    return (
        [(code, label) for noun, code, label in rows if noun == "place"],
        [(code, label) for noun, code, label in rows if noun == "event"],
    )


def kind_of(code: str) -> Kind | None:
    """A kind by its code."""
    return Kind.objects.filter(code=code).first()


def _spells(actor: Actor, wanted: MapFilter) -> QuerySet[PlaceSpell]:
    """The spells in which the places stood on the day; empty ones, of one day's haste, hold no day."""
    day = wanted.until
    rows = shown_to(Place.objects.filter(voided_at__isnull=True, from_on__lte=day), actor)
    rows = rows.filter(Q(to_on__isnull=True) | Q(to_on__gt=day))
    if wanted.kind_id is not None:
        rows = rows.filter(kind_id=wanted.kind_id)
    if wanted.area_id is not None:
        rows = rows.filter(area__in=_below(wanted.area_id, actor.on))
    held = PlaceSpell.objects.filter(Q(to_on__isnull=True) | Q(to_on__gt=day), from_on__lte=day)
    return held.filter(place__in=rows.order_by().values("pk")).order_by()


def _places_by_unit(actor: Actor, wanted: MapFilter, kinds: PlaceKinds) -> list[Dot]:
    rows = _spells(actor, wanted).values_list(
        "place__area_id", "place__area__name", "place__area__code", "place__kind_id", "place__kind_version_id", "state"
    ).annotate(n=Count("pk"), lat=Avg("place__lat"), lon=Avg("place__lon"))  # fmt: skip
    counted: dict[tuple[int, str], int] = defaultdict(int)
    units: dict[int, tuple[str, str]] = {}
    middles: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for area_id, area, code, kind_id, version_id, key, count, lat, lon in rows:
        sort = kinds.state(kind_id, version_id, key).sort
        if wanted.sort is not None and sort is not wanted.sort:
            continue
        counted[area_id, str(sort)] += count
        units[area_id] = (area, code)
        if lat is not None:
            middles[area_id].append((float(lat), float(lon)))
    return _dots(counted, units, middles)


def _events_by_unit(actor: Actor, wanted: MapFilter) -> list[Dot]:
    rows = _event_rows(actor, wanted).order_by().values_list("area_id", "area__name", "area__code")
    counted: dict[tuple[int, str], int] = {}
    units: dict[int, tuple[str, str]] = {}
    middles: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for area_id, area, code, count, lat, lon in rows.annotate(n=Count("pk"), lat=Avg("lat"), lon=Avg("lon")):
        counted[area_id, EVENTS] = count
        units[area_id] = (area, code)
        if lat is not None:
            middles[area_id].append((float(lat), float(lon)))
    return _dots(counted, units, middles)


def _dots(
    counted: Mapping[tuple[int, str], int],
    units: Mapping[int, tuple[str, str]],
    middles: Mapping[int, Sequence[tuple[float, float]]],
) -> list[Dot]:
    """At the centre of the commune; where that is not known, in the middle of what is known of its records."""
    known = centres()
    dots: list[Dot] = []
    for (area_id, look), count in counted.items():
        area, code = units[area_id]
        lat: float | None = None
        lon: float | None = None
        if (centre := known.get(code)) is not None:
            lat, lon = centre.lat, centre.lon
        elif points := middles.get(area_id):
            lat = sum(each[0] for each in points) / len(points)
            lon = sum(each[1] for each in points) / len(points)
        dots.append(Dot(area_id, area, look, count, lat, lon))
    return dots


def _places(actor: Actor, wanted: MapFilter, kinds: PlaceKinds) -> list[Dot]:
    rows = _spells(actor, wanted).order_by("place__search_key", "place_id").values_list(
        "place_id", "place__name", "place__area_id", "place__area__name", "place__kind_id", "place__kind_version_id",
        "place__kind__label", "state", "place__lat", "place__lon",
    )  # fmt: skip
    found: list[Dot] = []
    for pk, name, area_id, area, kind_id, version_id, label, key, lat, lon in rows:
        state = kinds.state(kind_id, version_id, key)
        if wanted.sort is None or state.sort is wanted.sort:
            words = f"{label}: {state.label}"
            found.append(Dot(area_id, area, str(state.sort), 1, _float(lat), _float(lon), name, pk, words))
    return found


def _events(actor: Actor, wanted: MapFilter) -> list[Dot]:
    rows = _event_rows(actor, wanted).order_by("-on", "-pk").values_list(
        "pk", "title", "area_id", "area__name", "kind__label", "on", "lat", "lon"
    )[: MOST * 2]  # fmt: skip
    return [
        Dot(area_id, area, EVENTS, 1, _float(lat), _float(lon), title, pk, f"{label}, {on:%d/%m/%Y}")
        for pk, title, area_id, area, label, on, lat, lon in rows
    ]


def _event_rows(actor: Actor, wanted: MapFilter) -> QuerySet[Event]:
    rows = shown_to(Event.objects.all(), actor).filter(
        state__in=COUNTING, on__gte=wanted.since, on__lte=wanted.until
    )  # fmt: skip
    if wanted.kind_id is not None:
        rows = rows.filter(kind_id=wanted.kind_id)
    if wanted.area_id is not None:
        rows = rows.filter(area__in=_below(wanted.area_id, actor.on))
    return rows


def _below(unit_id: int, on: date) -> Any:
    return UnitClosure.objects.filter(holds_on(on), ancestor_id=unit_id).values("descendant_id")


def _ground(unit_id: int, on: date) -> list[tuple[float, float]]:
    """The communes of a unit's province (of the country for what is above): how the land lies."""
    up = UnitClosure.objects.filter(holds_on(on), descendant_id=unit_id, ancestor__kind=UnitKind.ADMINISTRATIVE)
    tops = up.filter(ancestor__level=Level.PROVINCE).values_list("ancestor_id", flat=True)
    rows = Unit.objects.as_of(on).filter(kind=UnitKind.ADMINISTRATIVE, level=Level.COMMUNE)
    if (top := tops.first()) is not None:
        rows = rows.filter(pk__in=_below(top, on))
    known = centres()
    codes = rows.order_by("code").values_list("code", flat=True)
    return [(known[code].lat, known[code].lon) for code in codes if code in known]


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
