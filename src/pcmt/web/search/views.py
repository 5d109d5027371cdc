"""The search page: a few of each kind, or all of one kind with `loai`."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pcmt.apps.accounts.models import Actor
from pcmt.web.search.find import FIRST_FEW, SHORTEST, SORTS, Sort, excerpt, matching, sort_named, words_of
from pcmt.web.shell.access import acting

ROWS_A_PAGE = 30


def everywhere(request: HttpRequest) -> HttpResponse:
    """Everything that holds the words asked for."""
    actor = acting(request)
    query = request.GET.get("q", "").strip()[:200]
    words = words_of(query)
    enough = sum(map(len, words)) >= SHORTEST
    chosen = sort_named(request.GET.get("loai", ""))
    blocks = [_block(request, actor, sort, words, chosen) for sort in SORTS if enough and chosen in (None, sort)]
    page = {
        "query": query,
        "enough": enough,
        "chosen": chosen,
        "blocks": blocks,
        "total": sum(block["total"] for block in blocks),
    }
    return render(request, "search/everywhere.html", page)


def _block(request: HttpRequest, actor: Actor, sort: Sort, words: list[str], chosen: Sort | None) -> dict[str, Any]:
    found = matching(sort, actor, words)
    part = Paginator(found, ROWS_A_PAGE if chosen else FIRST_FEW).get_page(request.GET.get("trang") if chosen else 1)
    rows = [{"thing": thing, "words": excerpt(_text(thing), words)} for thing in part.object_list]
    return {"sort": sort, "total": part.paginator.count, "page": part, "rows": rows}


def _text(thing: Any) -> str:
    """The text of a thing that is shown and marked."""
    for name in ("title", "text", "name"):
        if value := getattr(thing, name, ""):
            return str(value)
    return str(thing)
