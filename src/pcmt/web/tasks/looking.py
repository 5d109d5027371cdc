"""The four views of due items: list, board, calendar, line of time. One filter, one query, four ways to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import only_looks
from pcmt.apps.tasks.models import DueItem
from pcmt.web.filters.saved import CLEARED, opens_with
from pcmt.web.shell.access import acting
from pcmt.web.tasks import owed as lists
from pcmt.web.tasks.board import board_of, bodies_of
from pcmt.web.tasks.days import sheet_of
from pcmt.web.tasks.forms import OwedFilter
from pcmt.web.tasks.listing import listing_of
from pcmt.web.tasks.timeline import timeline_of

VIEWS = ("tasks:owed", "tasks:board", "tasks:calendar", "tasks:timeline")
SAVED = "tasks"
"""The name under which filters of these views are saved."""

BODIES, CARDS = "don-vi", "viec"
"""How the board is drawn: bodies as rows, or items in columns."""


@attrs.frozen
class Look:
    """What is asked for: who looks, through which filter, at what. `query` holds the words of the address."""

    view: str
    actor: Actor
    form: OwedFilter
    chosen: Mapping[str, Any]
    state: str
    query: Mapping[str, Any]
    everything: QuerySet[DueItem]
    items: QuerySet[DueItem]


def owed(request: HttpRequest) -> HttpResponse:
    """The list: groups with sums, columns, one line for each recurring task of a body."""
    return _shown(request, "tasks:owed", "tasks/owed.html", _listed)


def board(request: HttpRequest) -> HttpResponse:
    """The board: columns by stage; for leaders, unless they ask for the columns, bodies as rows."""
    return _shown(request, "tasks:board", "tasks/board.html", _boarded)


def calendar(request: HttpRequest) -> HttpResponse:
    """The calendar of a month or a week."""
    return _shown(request, "tasks:calendar", "tasks/calendar.html", _dated)


def timeline(request: HttpRequest) -> HttpResponse:
    """Bars and due days along a line."""
    return _shown(request, "tasks:timeline", "tasks/timeline.html", _drawn)


def looked(request: HttpRequest, view: str = "tasks:owed") -> Look:
    """The filter in the address, and the due items that it leaves."""
    actor = acting(request)
    form = OwedFilter(
        request.GET,
        plans=lists.plans_to_choose(actor),
        units=lists.units_to_choose(actor),
        holders=lists.holders_to_choose(actor),
        of_list=view == "tasks:owed",
    )
    chosen, state = form.chosen, request.GET.get("trang_thai", "")
    everything = lists.narrowed(actor, chosen)
    # The list shows what is open unless told else; requested work stands apart in it, beside the rest elsewhere.
    items = everything if not state and not form.of_list else lists.in_state(everything, state, actor.on)
    query = {name: values if len(values) > 1 else values[0] for name, values in request.GET.lists() if name != CLEARED}
    return Look(view, actor, form, chosen, state, query, everything, items)


def _shown(request: HttpRequest, view: str, template: str, make: Callable[[HttpRequest, Look], Any]) -> HttpResponse:
    if (first := opens_with(request, SAVED)) is not None:
        return first
    look = looked(request, view)
    context = {
        "form": look.form,
        "clear_url": f"{request.path}?{CLEARED}=1",
        "tabs": _tabs(look),
        "tallies": lists.tallies_of(look.everything, look.actor.on, look.query, look.state, view),
        "requested": look.state == lists.REQUESTED_WORD,
        "today": look.actor.on,
        "now": timezone.now(),
    }
    return render(request, template, context | make(request, look))


def _tabs(look: Look) -> list[dict[str, Any]]:
    """The same filter in the four views. Each keeps what only another view knows of."""
    labels = (_("Danh sách"), _("Bảng"), _("Lịch"), _("Dòng thời gian"))
    query = {name: value for name, value in look.query.items() if name not in ("thang", "tuan")}
    return [
        {"label": label, "url": lists.owed_address(query, view), "count": None, "current": view == look.view}
        for label, view in zip(labels, VIEWS, strict=True)
    ]


def _listed(request: HttpRequest, look: Look) -> dict[str, Any]:
    return {
        "listing": (listing := listing_of(look.actor, look.items, look.chosen, request.GET.get("trang"))),
        "page": listing.page,
        "totals": lists.totals(look.items, look.actor.on),
        "sheet_url": f"{reverse('tasks:owed-xlsx')}?{request.GET.urlencode()}",
    }


def _boarded(request: HttpRequest, look: Look) -> dict[str, Any]:
    kind = look.chosen.get("kieu") or (BODIES if only_looks(look.actor) else CARDS)
    switch = [
        {
            "label": label,
            "url": lists.owed_address({**look.query, "kieu": word}, "tasks:board"),
            "current": kind == word,
        }
        for word, label in ((CARDS, _("Theo việc")), (BODIES, _("Theo đơn vị")))
    ]
    if kind == BODIES:
        bodies = bodies_of(look.items, look.actor.on, look.query, request.GET.get("trang"))
        return {"switch": switch, "bodies": bodies, "page": bodies.page}
    return {"switch": switch, "board": board_of(look.items, look.actor.on, look.query)}


def _dated(_request: HttpRequest, look: Look) -> dict[str, Any]:
    return {"sheet": sheet_of(look.items, look.actor.on, look.query)}


def _drawn(request: HttpRequest, look: Look) -> dict[str, Any]:
    drawn = timeline_of(look.actor, look.items, look.chosen, request.GET.get("trang"))
    return {"timeline": drawn, "page": drawn.page}
