"""The two tables: a unit with all lines of a form, one line with many units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from pcmt.apps.units.models import Unit
from pcmt.apps.units.queries import heirs_on
from pcmt.web.entry.asking import Asked, asked
from pcmt.web.entry.hiding import keep_back
from pcmt.web.entry.saving import Saved, said, save
from pcmt.web.entry.tables import Box, Table, label_of, labelled, line_table, together, unit_table

BESIDE = "nam"
"""In the address of a line: the periods of the year side by side."""


def unit(request: HttpRequest, form_id: int, day: str, unit_id: int) -> HttpResponse:
    """What a unit tells in a form for a period."""
    about = asked(request, form_id, day)
    one = next((each for each in about.units if each.pk == unit_id), None)
    if one is None:
        raise Http404

    def draw() -> Table:
        table = unit_table(about.form, about.lines, one, about.span, editable=one.pk in about.told)
        return keep_back(table, about.actor)

    place = about.units.index(one)
    more = {
        "unit": one,
        "heading": one.name,
        "heir": _heir(about, one),
        "previous": about.units[place - 1] if place else None,
        "next": about.units[place + 1] if place + 1 < len(about.units) else None,
        "row_word": _("Chỉ tiêu"),
        "notes": True,
    }
    return _answer(request, about, draw, more)


def line(request: HttpRequest, form_id: int, day: str, line_id: int) -> HttpResponse:
    """One line of a form at all units that the actor sees, for the period or for all of its year."""
    about = asked(request, form_id, day)
    words = labelled(about.lines, about.span)
    one = next((each for each in words if each.line.pk == line_id), None)
    if one is None:
        raise Http404
    beside = request.GET.get("cot") == BESIDE
    running = max(about.span, about.around[1] or about.span)
    spans = together(about.form, about.span, until=running) if beside else []

    def draw() -> Table:
        table = line_table(about.form, one, about.units, about.span, told=about.told, beside=spans)
        return keep_back(table, about.actor)

    more = {
        "line": one,
        "heading": one.name,
        "choices": words,
        "beside": beside,
        "row_word": _("Đơn vị"),
        "notes": not beside,
    }
    return _answer(request, about, draw, more)


def _answer(request: HttpRequest, about: Asked, draw: Callable[[], Table], more: Mapping[str, Any]) -> HttpResponse:
    if request.method != "POST":
        return _drawn(request, about, draw(), more)
    if not about.told:
        raise PermissionDenied(_("Vai trò của bạn chỉ xem, không nhập được số liệu."))
    saved = save(actor=about.actor, at=timezone.now(), form=about.form, posted=request.POST, draw=draw)
    count, refused = saved.counts
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(_told(request, about, saved, more))
    if refused:
        return _drawn(request, about, saved.table, more, status=422)
    messages.success(request, said(count, refused))
    return redirect(request.get_full_path())


def _drawn(
    request: HttpRequest, about: Asked, table: Table, more: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    before, after = about.around
    context = {
        "about": about,
        "table": table,
        "editable": table.editable,
        "before": (label_of(about.form, before), _elsewhere(about, more, before)) if before else None,
        "after": (label_of(about.form, after), _elsewhere(about, more, after)) if after else None,
        "seen": " ".join(f"{box.key}:{box.seen}" for box in table.boxes if box.seen and box.editable),
        **more,
    }
    return render(request, "entry/table.html", context, status=status)


def _elsewhere(about: Asked, more: Mapping[str, Any], span: Any) -> str:
    """The same table of another period."""
    if "unit" in more:
        return about.address("unit", more["unit"].pk, span=span)
    return about.address("line", more["line"].line.pk, span=span) + (f"?cot={BESIDE}" if more["beside"] else "")


def _heir(about: Asked, one: Unit) -> Unit | None:
    """Who took over from a unit that has ended by now."""
    heir = heirs_on([one.pk], about.actor.on).get(one.pk)
    return Unit.objects.get(pk=heir) if heir else None


def _told(request: HttpRequest, about: Asked, saved: Saved, more: Mapping[str, Any]) -> dict[str, Any]:
    """What became of the cells and what else changed on the page, for its script."""
    table = saved.table
    rows = [row for row in table.rows if "unit" in more or any(box.posted for box in row.boxes)]
    parts: dict[str, str] = {f"t{key}": escape(total) for key, _label, total in table.totals}
    parts |= {f"s{row.key}": escape(row.so_far) for row in rows if row.so_far is not None}
    parts |= {f"b{row.key}": render_to_string("entry/_beside.html", {"row": row}, request) for row in rows}
    parts["told"] = _("%(told)s/%(all)s đơn vị đã nhập") % {"told": table.told, "all": len(table.rows)}
    parts["remarks"] = render_to_string("entry/_remarks.html", {"table": table, "about": about, **more}, request)
    return {
        "said": said(*saved.counts),
        "cells": [_of_box(request, box) for box in table.boxes if box.posted],
        "parts": parts,
    }


def _of_box(request: HttpRequest, box: Box) -> dict[str, Any]:
    return {
        "key": box.key,
        "state": box.state or "saved",
        "texts": {f"v{box.key}": box.text, f"n{box.key}": box.note},
        "seen": box.seen,
        "theirs": {"seen": box.theirs.fact_id, "text": box.theirs.text} if box.theirs else None,
        "words": render_to_string("entry/_state.html", {"box": box}, request),
    }
