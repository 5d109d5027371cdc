"""The list of files, finding a person, the keeper's day, the page of a file. All of it is read; acts have own rooms."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.queries import people
from pcmt.apps.registers.queries.files import file_of, signpost
from pcmt.core.diagnostics import Refusal
from pcmt.web.filters.saved import CLEARED, opens_with
from pcmt.web.protection.visits import names_people, needs_visit, purpose_url
from pcmt.web.registers import opening
from pcmt.web.registers.drawing import looks, picture_of
from pcmt.web.registers.forms import FileFilter, FindForm
from pcmt.web.registers.page import PagesOf, acts_of
from pcmt.web.shell.access import acting

SAVED = "files"
"""The name under which filters of the list are saved."""


def _reader(request: HttpRequest) -> Actor:
    """Who has a list of files: keepers and health officers. Everybody else gets totals elsewhere."""
    actor = acting(request)
    if not people.sees_files(actor):
        raise PermissionDenied
    return actor


@names_people
def files(request: HttpRequest) -> HttpResponse:
    """The list of files that the address asks for."""
    actor = _reader(request)
    if (first := opens_with(request, SAVED)) is not None:
        return first
    at, form = timezone.now(), FileFilter(request.GET, actor=actor)
    number = request.GET.get("trang", "")
    page = people.people(actor, form.filters, at=at, page=int(number) if number.isdecimal() and len(number) < 9 else 1)
    opened = opening.of_list(request, page.lines)
    context = {
        "form": form,
        "page": PagesOf(page),
        "total": page.total,
        "lines": page.lines,
        "opened": opened,
        "treatment_only": people.keeps_treatment_only(actor),
        "many_communes": "don_vi" in form.fields,
        "clear_url": f"{reverse('registers:list')}?{CLEARED}=1",
        "now": at,
    }
    return render(request, "registers/list.html", context)


@needs_visit
def find(request: HttpRequest) -> HttpResponse:
    """Finds a person by name or number. What was typed comes by POST, so that it stands in no address."""
    actor = _reader(request)
    form = FindForm(request.POST or None, actor=actor)
    context: dict[str, Any] = {"form": form, "treatment_only": people.keeps_treatment_only(actor)}
    if request.method != "POST" or not form.is_valid():
        return render(request, "registers/find.html", context, status=422 if form.is_bound else 200)
    at = timezone.now()
    wanted = people.PeopleFilter(name=form.cleaned_data.get("ten", ""), number=form.cleaned_data["so"], order="new")
    page = people.people(actor, wanted, at=at)
    context |= {
        "page": page,
        "lines": page.lines,
        "now": at,
        "opened": opening.of_search(request, page.lines, by="number" if wanted.number else "name"),
    }
    return render(request, "registers/find.html", context)


@names_people
def file(request: HttpRequest, code: str) -> HttpResponse:
    """The page of a file. A code that nothing has and one that the actor does not see get the same answer."""
    return _page(request, code, whole=False)


@names_people
@require_POST
def shown(request: HttpRequest, code: str) -> HttpResponse:
    """The same page with the numbers unmasked, this once: going on or loading it again masks them."""
    return _page(request, code, whole=True)


def _page(request: HttpRequest, code: str, *, whole: bool) -> HttpResponse:
    actor, at = acting(request), timezone.now()
    found = file_of(actor, code, at=at)
    if found is None:
        kept = signpost(actor, code)
        if kept:
            return redirect("registers:file", kept)
        raise Http404
    opened = opening.of_file(request, found)
    picture = picture_of(found, actor.on)
    context = {
        "file": found,
        "person": opened if isinstance(opened, opening.Person) else None,
        "refused": opened if isinstance(opened, Refusal) else None,
        "picture": picture,
        "looks": looks(picture.lanes) if picture else (),
        "acts": acts_of(found),
        "now": at,
        "today": actor.on,
        "whole": whole,
        "purpose_url": purpose_url(request),
    }
    return render(request, "registers/file.html", context)


@names_people
def day(request: HttpRequest) -> HttpResponse:
    """The keeper's day."""
    raise Http404
