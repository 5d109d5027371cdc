"""The list of files, finding a person, the keeper's day, the page of a file. All of it is read; acts have own rooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.queries import people
from pcmt.apps.registers.queries.access import reviews_waiting
from pcmt.apps.registers.queries.files import file_of, signpost
from pcmt.apps.registers.queries.work import Day, DueLine, day_of, keeps_files
from pcmt.core.diagnostics import Refusal
from pcmt.web.filters.saved import CLEARED, opens_with
from pcmt.web.protection.visits import names_people, purpose_url, visit_of
from pcmt.web.registers import opening
from pcmt.web.registers.drawing import looks, picture_of
from pcmt.web.registers.forms import FileFilter, FindForm
from pcmt.web.registers.page import PagesOf, acts_of, acts_of_day
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


@names_people
def find(request: HttpRequest) -> HttpResponse:
    """Finds a person by name or number. What was typed comes by POST, so that it stands in no address."""
    actor = _reader(request)
    if visit_of(request) is None:
        return redirect(purpose_url(request))
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
        "acts": acts_of(found, actor.on),
        "now": at,
        "today": actor.on,
        "whole": whole,
        "purpose_url": purpose_url(request),
    }
    return render(request, "registers/file.html", context)


@attrs.frozen
class Group:
    """A group of the keeper's day: what it is called, its lines, how many there are beyond them and where."""

    anchor: str
    label: str
    lines: Sequence[DueLine]
    count: int
    hint: str = ""
    filter: str = ""

    @property
    def more(self) -> int:
        """How many are not shown."""
        return max(0, self.count - len(self.lines))

    @property
    def url(self) -> str:
        """The list in which all of them stand."""
        return f"{reverse('registers:list')}?{self.filter}"


@names_people
def day(request: HttpRequest) -> HttpResponse:
    """The keeper's day: clocks that are over or near, ends that come, hand-overs and reviews that wait."""
    actor, at = acting(request), timezone.now()
    if not keeps_files(actor):
        raise PermissionDenied
    found = day_of(actor, at)
    groups = [each for each in _groups(found) if each.lines]
    lines = [line for group in groups for line in group.lines]
    context = {
        "day": found,
        "groups": groups,
        "piles": _piles(actor),
        "acts": acts_of_day(),
        "moves_url": reverse("registers_acts:moves"),
        "opened": opening.of_list(request, lines, "day"),
        "many_communes": len({line.subject.unit_id for line in lines}) > 1,
        "purpose_url": purpose_url(request),
        "now": at,
    }
    return render(request, "registers/day.html", context)


def _groups(found: Day) -> list[Group]:
    counts = found.counts
    return [
        Group("qua-han", _("Quá hạn"), found.overdue, counts.overdue, filter="qua_han=on"),
        Group("theo-gio", _("Hạn theo giờ, trong 48 giờ"), found.hours, counts.hours),
        Group("hom-nay", _("Hạn hôm nay"), found.today, counts.today),
        Group(
            "sap-het", _("Sắp hết thời hạn"), found.ends, counts.ends,
            _("Báo trước 30, 15 và 7 ngày. Tới ngày cuối hồ sơ không tự kết thúc: phải có văn bản."), "het_han=30",
        ),
        Group("tuan-nay", _("Trong 7 ngày tới"), found.soon, counts.soon),
    ]  # fmt: skip


def _piles(actor: Actor) -> list[dict[str, Any]]:
    """What waits beside the clocks: broken glasses to review, files that may be one person's."""
    waiting = reviews_waiting(actor)
    pile = {"label": _("Lần mở hồ sơ khẩn cấp chờ xem xét"), "count": waiting, "url": reverse("protection:glasses")}
    return [pile] if waiting else []
