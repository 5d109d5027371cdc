"""The list of places, one place, what came and went, the map. All of it is read; acts are in `acts`."""

from __future__ import annotations

from typing import Any

import attrs
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.policies import can_record
from pcmt.apps.activities.queries import maps
from pcmt.apps.activities.queries import places as asking
from pcmt.apps.activities.queries.kinds import kinds_for
from pcmt.web.filters.saved import CLEARED, opens_with
from pcmt.web.places import drawing
from pcmt.web.places.forms import SORTS, FlowFilter, MapForm, PlaceListFilter
from pcmt.web.shell.access import acting

SAVED = "places"


def reader(request: HttpRequest) -> Actor:
    """Who sees places at all."""
    actor = acting(request)
    if not actor.sees_below("activities.Place"):
        raise PermissionDenied
    return actor


@attrs.frozen
class Line:
    """A row of the list."""

    place: Any
    state: Any
    words: str


def places(request: HttpRequest) -> HttpResponse:
    """The list of places that the address asks for."""
    actor = reader(request)
    if (first := opens_with(request, SAVED)) is not None:
        return first
    kinds = asking.PlaceKinds()
    form = PlaceListFilter(request.GET, actor=actor, kinds=kinds)
    wanted = form.wanted
    page = Paginator(asking.places(actor, wanted, kinds), asking.PAGE).get_page(request.GET.get("trang"))
    lines = [
        Line(each, kinds.state(each.kind_id, each.kind_version_id, each.state), asking.field_words(kinds, each))
        for each in page
    ]
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "counts": asking.counts(actor, wanted, kinds),
        "may_open": can_record(actor, "activities.Place"),
        "clear_url": f"{reverse('places:list')}?{CLEARED}=1",
    }
    return render(request, "places/list.html", context)


def place(request: HttpRequest, place_id: int) -> HttpResponse:
    """The page of a place. One that nobody has and one that the reader does not see get the same answer."""
    actor = reader(request)
    page = asking.place_page(actor, place_id)
    if page is None:
        raise Http404
    context = {
        "page": page,
        "place": page.place,
        "life": drawing.life_of(page, actor.on),
        "spread": asking.spread_of(actor, page.place),
        "today": actor.on,
        "may_record": can_record(actor),
        "sorts": SORTS,
    }
    return render(request, "places/place.html", context)


def changes(request: HttpRequest) -> HttpResponse:
    """What stood, came, went and stands, by kind and unit, and whether it adds up."""
    actor = reader(request)
    form = FlowFilter(request.GET, actor=actor)
    found = asking.flow_of(actor, form.window, kind_id=form.kind_id)
    context = {
        "form": form,
        "window": form.window,
        "flows": found,
        "holds": all(each.total.holds for each in found),
        "clear_url": reverse("places:flows"),
    }
    return render(request, "places/flows.html", context)


def drawn_map(request: HttpRequest) -> HttpResponse:
    """The map: units with their numbers, or closely the records of one unit."""
    actor = reader(request)
    form = MapForm(request.GET, actor=actor)
    wanted = form.wanted
    found = maps.drawn(actor, wanted)
    close = wanted.area_id is not None
    if close and not found.area:
        raise Http404
    drawn = drawing.map_of(found, close)
    context = {
        "form": form,
        "wanted": wanted,
        "found": found,
        "drawn": drawn,
        "close": close,
        "legend": [
            (look, drawing.look_words(look), drawing.key_path(look), count)
            for look, count in zip(drawn.looks, drawn.sums, strict=True)
        ],
        "clear_url": reverse("places:map"),
    }
    return render(request, "places/map.html", context)


def kinds_to_open(actor: Actor) -> list[Any]:
    """Kinds of places that the actor may open."""
    return kinds_for(actor, "place") if can_record(actor, "activities.Place") else []
