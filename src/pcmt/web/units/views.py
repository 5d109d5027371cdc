"""The tree of a day with its search, and one unit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.decorators.vary import vary_on_headers

from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.units.models import Unit, UnitAlias
from pcmt.apps.units.operations import create_unit, edit_particulars, name_alias, remove_alias
from pcmt.apps.units.policies import can_keep, can_keep_under, can_keep_units
from pcmt.core.diagnostics import Refusal
from pcmt.web.history.trail import trail_of
from pcmt.web.shell.access import acting
from pcmt.web.units import find
from pcmt.web.units.days import chosen_day
from pcmt.web.units.forms import HERE, AddForm, AliasForm, ParticularsForm
from pcmt.web.units.page import (
    FIRST_FEW,
    aliases_of,
    below,
    functions_of,
    groups_of,
    held_at,
    names_of,
    owed_by,
    plans_with,
    seen_unit,
    unit_page,
)
from pcmt.web.units.story import happenings, picture_of
from pcmt.web.units.tree import ALL, KINDS, roots
from pcmt.web.units.tree import branch as branch_of

ROWS_A_PAGE = 50
ENTRIES_A_PAGE = 50


@vary_on_headers("HX-Request")
def tree(request: HttpRequest) -> HttpResponse:
    """The units of a day: the tree, or what the search found in it."""
    actor = acting(request)
    day, kinds = chosen_day(request, actor), _kinds(request)
    query = request.GET.get("q", "").strip()[:200]
    page = {
        "day": day,
        "kinds": kinds,
        "kind_choices": KINDS,
        "query": query,
        "own": actor.unit_id,
        "keeps": can_keep_units(actor),
    }
    if query:
        enough = sum(map(len, find.words_of(query))) >= find.SHORTEST
        page |= {"enough": enough}
        if enough:
            part = find.found_on(actor, query, day.on, kinds, request.GET.get("trang"))
            page |= {"page": part, "rows": find.rows_of(actor, list(part.object_list), query, day.on)}
    else:
        opened = request.GET.get("mo", "")
        page |= {"sections": roots(actor, day.on, kinds, int(opened) if opened.isdecimal() else None)}
    part_only = request.htmx and request.htmx.target == "cay"  # type: ignore[attr-defined]
    return render(request, "units/_listed.html" if part_only else "units/tree.html", page)


@vary_on_headers("HX-Request")
def branch(request: HttpRequest, unit_id: int) -> HttpResponse:
    """What stands directly below a unit, as a piece of the tree; whoever opens the address gets the whole tree."""
    actor = acting(request)
    seen_unit(actor, unit_id)
    day, kinds = chosen_day(request, actor), _kinds(request)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('units:tree')}?mo={unit_id}{day.more}")
    page = {"sections": branch_of(actor, unit_id, day.on, kinds), "day": day, "kinds": kinds}
    return render(request, "units/_branch.html", page)


def _kinds(request: HttpRequest) -> str:
    asked = request.GET.get("loai", ALL)
    return asked if asked in dict(KINDS) else ALL


def overview(request: HttpRequest, unit_id: int) -> HttpResponse:
    """What the unit is, where it stands, what is below it, how it is called, what it owes first, who works there."""
    actor = acting(request)
    page = unit_page(request, unit_id, "unit")
    unit, day = page["unit"], page["day"]
    page |= below(actor, unit, day)
    page |= {
        "aliases": aliases_of(actor, unit),
        "names": names_of(actor, unit),
        "functions": functions_of(actor, unit),
        "groups": groups_of(actor, unit, day),
        "items": owed_by(actor, unit)[:FIRST_FEW],
        "may": can_keep(actor, unit),
        "latest": happenings(actor, unit)[:3],
    }
    return render(request, "units/overview.html", page)


def story(request: HttpRequest, unit_id: int) -> HttpResponse:
    """What befell the unit: a line down the days, and the picture of who followed whom."""
    page = unit_page(request, unit_id, "story")
    page |= {"happenings": happenings(acting(request), page["unit"]), "picture": picture_of(page["unit"])}
    return render(request, "units/story.html", page)


def owed(request: HttpRequest, unit_id: int) -> HttpResponse:
    """What the unit still owes, by lateness."""
    page = unit_page(request, unit_id, "owed")
    found = owed_by(acting(request), page["unit"])
    page |= {
        "page": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("trang")),
        "whole_url": f"{reverse('tasks:owed')}?don_vi={unit_id}",
    }
    return render(request, "units/owed.html", page)


def plans(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The plans that the unit issued, keeps, or is named in."""
    page = unit_page(request, unit_id, "plans")
    found = plans_with(acting(request), page["unit"])
    page |= {"page": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("trang"))}
    return render(request, "units/plans.html", page)


def people(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Who holds a role at the unit on the day."""
    actor = acting(request)
    page = unit_page(request, unit_id, "people")
    own = Unit.objects.under(actor.unit_id, actor.on).filter(pk=unit_id)
    page |= {
        "grants": held_at(actor, page["unit"], page["day"]),
        "whole": sees("accounts.Grant", actor) >= Reach.SUBTREE and own.exists(),
    }
    return render(request, "units/people.html", page)


def history(request: HttpRequest, unit_id: int) -> HttpResponse:
    """What was done to the unit and by whom, as far as the reader may see it."""
    page = unit_page(request, unit_id, "history")
    trail: Any = trail_of(acting(request), page["unit"])
    page |= {
        "entries": Paginator(trail, ENTRIES_A_PAGE).get_page(request.GET.get("trang")),
        "whole": trail.whole,
    }
    return render(request, "units/history.html", page)


def add(request: HttpRequest, unit_id: int) -> HttpResponse:
    """A body below the unit."""
    actor = acting(request)
    page = unit_page(request, unit_id, "")
    unit: Unit = page["unit"]
    if not can_keep_under(actor, unit.pk):
        raise PermissionDenied(_("Chỉ cơ quan thường trực được thêm hoặc sửa đơn vị trong địa bàn mình phục vụ."))
    form = AddForm(request.POST or None, initial={"level": unit.level})
    if request.method == "POST" and form.is_valid():
        made = create_unit(actor=actor, at=timezone.now(), parent_id=unit.pk, **form.cleaned_data)
        if not isinstance(made, Refusal):
            messages.success(request, _("Đã thêm “%(name)s”.") % {"name": made.name})
            return redirect("units:unit", made.pk)
        refused_in(form, made)
        page |= {"twin": Unit.objects.visible_to(actor).filter(pk=made.ref).first() if made.ref else None}
    return render(request, "units/add.html", page | {"form": form}, status=422 if form.errors else 200)


def edit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Short name and codes; the other names, each with the button that takes it away."""
    page = _kept_page(request, unit_id)
    form = ParticularsForm(request.POST or None, unit=page["unit"])
    if request.method == "POST" and form.is_valid():
        answer = edit_particulars(
            actor=acting(request), at=timezone.now(), unit_id=unit_id, values=form.values, seen=form.seen
        )
        if not isinstance(answer, Refusal):
            messages.success(request, _("Đã lưu."))
            return redirect("units:unit", unit_id)
        refused_in(form, answer)
    return _edit_page(request, page, form=form)


@require_POST
def alias(request: HttpRequest, unit_id: int) -> HttpResponse:
    """One other name more."""
    page = _kept_page(request, unit_id)
    place = page["place"]
    form = AliasForm(request.POST, place=place)
    if form.is_valid():
        answer = name_alias(
            actor=acting(request),
            at=timezone.now(),
            unit_id=unit_id,
            name=form.cleaned_data["name"],
            scope_id=place.pk if place and form.cleaned_data["scope"] == HERE else None,
        )
        if not isinstance(answer, Refusal):
            messages.success(request, _("Đã thêm tên gọi khác “%(name)s”.") % {"name": answer.name})
            return redirect("units:edit", unit_id)
        refused_in(form, answer)
    return _edit_page(request, page, alias_form=form)


@require_POST
def forget_alias(request: HttpRequest, unit_id: int, alias_id: int) -> HttpResponse:
    """One other name less."""
    page = _kept_page(request, unit_id)
    named = UnitAlias.objects.visible_to(acting(request)).filter(pk=alias_id).first()
    if named is None:
        messages.warning(request, _("Tên gọi này đã được người khác bỏ."))
        return redirect("units:edit", page["unit"].pk)
    if named.unit_id != unit_id:
        raise Http404
    answer = remove_alias(actor=acting(request), at=timezone.now(), alias_id=alias_id)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
    else:
        messages.success(request, _("Đã bỏ tên gọi khác."))
    return redirect("units:edit", unit_id)


def _kept_page(request: HttpRequest, unit_id: int) -> dict[str, Any]:
    """The head of a unit that the actor keeps. In the papers of `place`, above it, it may have other names."""
    page = unit_page(request, unit_id, "")
    if not can_keep(acting(request), page["unit"]):
        raise PermissionDenied(_("Chỉ cơ quan thường trực được thêm hoặc sửa đơn vị trong địa bàn mình phục vụ."))
    return page


def _edit_page(
    request: HttpRequest,
    page: dict[str, Any],
    *,
    form: ParticularsForm | None = None,
    alias_form: AliasForm | None = None,
) -> HttpResponse:
    unit: Unit = page["unit"]
    shown = {
        "form": form or ParticularsForm(unit=unit),
        "alias_form": alias_form or AliasForm(place=page["place"]),
        "aliases": aliases_of(acting(request), unit),
    }
    wrong = any(each is not None and each.errors for each in (form, alias_form))
    return render(request, "units/edit.html", page | shown, status=422 if wrong else 200)


def refused_in(form: forms.Form, refusal: Refusal) -> None:
    """A refusal at the field that it is about, else on top."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
