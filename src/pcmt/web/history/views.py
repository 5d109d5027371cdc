"""The page with the whole history of one thing."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from pcmt.apps.plans.models import Plan
from pcmt.web.audit.words import OBJECTS
from pcmt.web.history.kinds import history_url, page_of, seen
from pcmt.web.history.trail import trail_of
from pcmt.web.shell.access import acting

ENTRIES_A_PAGE = 50


def thing(request: HttpRequest, label: str, pk: str) -> HttpResponse:
    """Who did what to it, in words; what the reader may not see is not there."""
    actor = acting(request)
    row = seen(actor, label, pk)
    if row is None:
        raise Http404
    if isinstance(row, Plan):
        return redirect(history_url(row))
    trail: Any = trail_of(actor, row)
    page = {
        "thing": row,
        "kind": OBJECTS[label],
        "page_url": page_of(row),
        "entries": Paginator(trail, ENTRIES_A_PAGE).get_page(request.GET.get("trang")),
        "whole": trail.whole,
    }
    return render(request, "history/thing.html", page)
