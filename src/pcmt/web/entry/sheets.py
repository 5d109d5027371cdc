"""Sheets of numbers: a template to fill in, sending a sheet in, how it is read, what it would do, telling it."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pcmt.apps.facts.models import SheetImport, SheetState
from pcmt.apps.facts.operations import aim_sheet, choose_meanings, say_dash, start_sheet, tell_sheet, withdraw_sheet
from pcmt.apps.facts.policies import can_send
from pcmt.apps.facts.queries.sheets import (
    CHANGED,
    NEW,
    WRONG,
    latest_sheets,
    lost_of,
    meanings_of,
    mismatch_of,
    outcomes_of,
    reading_of,
    scene_of,
)
from pcmt.apps.facts.queries.templates import template_of
from pcmt.apps.facts.sheets import LINES, UNITS, Reading, guess_readings, read_cells
from pcmt.apps.facts.stamps import stamp_read
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import Span
from pcmt.core.text import fold
from pcmt.documents import Grid, address, grid_from
from pcmt.web.audit.acts import noted
from pcmt.web.downloads.views import XLSX
from pcmt.web.entry.asking import Asked, asked
from pcmt.web.entry.sheet_forms import ALL, ROW_WORDS, ReadingForm, SheetForm, TellForm
from pcmt.web.entry.sheet_page import DOUBT, STATES, cell_rows, how_read, kind_of, marked_sheet, tabs_of
from pcmt.web.entry.tables import label_of
from pcmt.web.shell.access import acting

PER_PAGE = 100
LATEST = 10
SAMPLE_ROWS = 10
MISSING_SHOWN = 20


def upload(request: HttpRequest, form_id: int, day: str) -> HttpResponse:
    """Templates of a form for a period, the form for a workbook, and what was sent in lately."""
    about = asked(request, form_id, day)
    units = _own(about)
    wanted = request.GET.get("don_vi", "")
    chosen = next((unit.pk for unit in units if str(unit.pk) == wanted), None)
    form = SheetForm(request.POST or None, request.FILES or None, units=units, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        made = start_sheet(
            actor=about.actor,
            at=timezone.now(),
            form=about.form,
            span=about.span,
            unit_id=form.unit_id,
            name=file.name,
            data=file.read(),
        )
        if isinstance(made, SheetImport):
            return redirect("entry:sheet", made.pk)
        form.add_error(made.field if made.field in form.fields else None, made.message)
    latest = latest_sheets(about.actor.user_id, about.form.pk)[:LATEST]
    page = {
        "about": about, "form": form, "units": units, "only": units[0] if len(units) == 1 else None, "chosen": chosen,
        "all": ALL, "sheets": [(each, label_of(about.form, Span(each.start, each.end))) for each in latest],
    }  # fmt: skip
    return render(request, "entry/sheets.html", page, status=422 if form.errors else 200)


def template(request: HttpRequest, form_id: int, day: str) -> HttpResponse:
    """A workbook to be filled in, of one unit or of all of which the actor may tell, with what was told already."""
    about = asked(request, form_id, day)
    units = _own(about)
    wanted = request.GET.get("don_vi", "")
    one = next((unit for unit in units if str(unit.pk) == wanted), units[0] if len(units) == 1 else None)
    if one is None and wanted != ALL:
        raise Http404
    data = template_of(
        about.form, about.span, unit_id=one.pk if one else None, unit_ids=[unit.pk for unit in units], at=timezone.now()
    )
    noted(request, "facts.template.downloaded", about.form, window_from=about.day, count=1 if one else len(units))
    of = _slug(one.name) if one else f"{len(units)}-don-vi"
    return _file(data, f"bieu-{_slug(about.form.code or about.form.title)}-{of}-{about.day}.xlsx")


def sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """What becomes of each cell; of a sheet that was told, what it told."""
    made = _seen(request, sheet_id)
    if made.state == SheetState.WITHDRAWN:
        return redirect(_way_in(made))
    if made.state in (SheetState.CHECKING, SheetState.WRITING):
        return render(request, "entry/sheet_working.html", _frame(made) | _progress(made))
    if made.state == SheetState.DONE:
        return render(request, "entry/sheet_done.html", _frame(made))
    if not made.seen:
        return redirect("entry:sheet-columns", made.pk)
    return _preview(request, made)


def progress(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """How far the work in the background is; when it is over, the page is loaded anew."""
    made = _seen(request, sheet_id)
    if made.state not in (SheetState.CHECKING, SheetState.WRITING):
        return HttpResponse(status=200, headers={"HX-Redirect": reverse("entry:sheet", args=[made.pk])})
    return render(request, "entry/_sheet_progress.html", {"made": made} | _progress(made))


def _preview(request: HttpRequest, made: SheetImport, form: TellForm | None = None, status: int = 200) -> HttpResponse:
    actor = acting(request)
    grid, scene = grid_from(made.grid), scene_of(made, actor)
    reading = reading_of(made, grid, scene)
    outcomes, lost = outcomes_of(made), lost_of(made)
    kinds = {kind_of(each) for each in outcomes} | ({WRONG} if lost else set())
    asked_for = request.GET.get("xem", next((state for state in (WRONG, DOUBT) if state in kinds), ""))
    chosen = asked_for if asked_for in STATES and asked_for in kinds else ""
    cells = [each for each in outcomes if not chosen or kind_of(each) == chosen]
    rows: list[Any] = [*(lost if chosen in ("", WRONG) else ()), *cells]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    listed = list(page.object_list)
    missing = made.outcomes.get("missing", [])
    mismatch = mismatch_of(scene)
    to_do = made.counts[NEW] + made.counts[CHANGED]
    confirm = bool(made.counts["doubts"]) or (mismatch is not None and mismatch.kind == "version")
    context = _frame(made) | {
        "counts": made.counts,
        "tabs": tabs_of(outcomes, lost, chosen),
        "page": page,
        "cells": cell_rows(
            scene,
            [each for each in listed if hasattr(each, "state")],
            [each for each in listed if not hasattr(each, "state")],
        ),
        "how": how_read(grid, reading, scene) if reading is not None else None,
        "ours": reading is not None and reading.keys is not None,
        "mismatch": mismatch,
        "stopped": mismatch is not None and mismatch.kind in ("form", "target"),
        "missing": [unit.name for unit in scene.targets if unit.pk in set(missing[:MISSING_SHOWN])],
        "missing_count": len(missing) if made.unit_id is None else 0,
        "dashes": any(_dash(grid, reading, each.row, each.column) for each in outcomes if each.state == WRONG),
        "form": form if form is not None else TellForm(),
        "confirm": confirm,
        "to_do": to_do,
        "may": can_send(actor),
    }
    return render(request, "entry/sheet.html", context, status=status)


def _dash(grid: Grid, reading: Reading | None, row: int, column: int) -> bool:
    return reading is not None and grid.sheets[reading.sheet].text(row, column).strip() in ("-", "–", "--", "−")


def columns(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Saying what the columns and rows of a sheet hold, beside its first rows."""
    made = _kept(request, sheet_id)
    if made.state != SheetState.WAITING:
        return redirect("entry:sheet", made.pk)
    actor = acting(request)
    grid, scene = grid_from(made.grid), scene_of(made, actor)
    current = reading_of(made, grid, scene)
    guesses = {
        each.sheet: each
        for each in [*guess_readings(grid, scene.words, scene.names.find), *([current] if current else [])]
    }
    at = _sheet_at(request, grid, guesses, current)
    reading = guesses.get(at)
    wanted = (
        request.POST.get("rows")
        or request.GET.get("dong")
        or (reading.rows if reading else LINES if made.unit_id else UNITS)
    )
    rows = wanted if wanted in ROW_WORDS else LINES
    lost = []
    if reading is not None and reading.rows == rows:
        found = read_cells(
            grid, reading, scene.words, scene.names.find, unit_id=scene.unit_id, root=made.form.root.name
        )
        lost = [each for each in found.lost if rows == UNITS or each.why == "line"]
    form = ReadingForm(
        request.POST or None, sheet=grid.sheets[at], rows=rows, reading=reading, lost=lost, scene=scene,
        dash=meanings_of(made)["dash"],
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        answer = choose_meanings(
            actor=actor, at=timezone.now(), sheet_id=made.pk, sheet=at, head=form.cleaned_data["head"] - 1, rows=rows,
            columns=form.columns, labels=_labels(made, form), dash=form.cleaned_data["dash"],
        )  # fmt: skip
        if not isinstance(answer, Refusal):
            return redirect("entry:sheet", made.pk)
        form.add_error(answer.field if answer.field in form.fields else None, answer.message)
    context = _frame(made) | {
        "form": form,
        "rows": rows,
        "ways": [(value, word, value == rows) for value, word in ROW_WORDS.items()],
        "sheet_at": at,
        "sheets": [(number, each.name, number == at) for number, each in enumerate(grid.sheets) if not each.hidden],
        "unread": not guesses,
        "sample": _sample(grid, at, form),
        "letters": [address(0, column)[:-1] for column in range(len(form.column_fields))],
        "checked": bool(made.seen),
    }
    return render(request, "entry/sheet_columns.html", context, status=422 if form.errors else 200)


def _labels(made: SheetImport, form: ReadingForm) -> dict[str, str]:
    """What rows mean: what was said now, and what was said of this sheet before."""
    before = made.by_hand.get("labels", {}) if made.by_hand.get("rows") == form.rows else {}
    return {**before, **form.meant}


def _sheet_at(request: HttpRequest, grid: Grid, guesses: dict[int, Reading], current: Reading | None) -> int:
    """The sheet that is spoken of: as asked for, else the one that is read, else the longest."""
    wanted = request.POST.get("sheet") or request.GET.get("trang-tinh", "")
    shown = [number for number, each in enumerate(grid.sheets) if not each.hidden]
    if wanted.isdecimal() and len(wanted) < 4 and int(wanted) in shown:
        return int(wanted)
    if current is not None:
        return current.sheet
    return next(iter(guesses), max(shown, key=lambda number: len(grid.sheets[number].rows)))


def _sample(grid: Grid, at: int, form: ReadingForm) -> list[tuple[int, list[str]]]:
    """The first rows from the headings on."""
    held = str(form["head"].value() or "")
    start = max(int(held) - 1, 0) if held.isdecimal() and len(held) < 7 else 0
    here = grid.sheets[at]
    return [
        (line + 1, [here.text(line, column) for column in range(len(form.column_fields))])
        for line in range(start, min(start + SAMPLE_ROWS, len(here.rows)))
        if line not in here.hidden_rows
    ]


@require_POST
def dash(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Say what "-" stands for."""
    made = _kept(request, sheet_id)
    answer = say_dash(actor=acting(request), at=timezone.now(), sheet_id=made.pk, dash=request.POST.get("dash", ""))
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
    return redirect("entry:sheet", made.pk)


@require_POST
def aim(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Send a template in for what it says it is of."""
    made = _kept(request, sheet_id)
    answer = aim_sheet(actor=acting(request), at=timezone.now(), sheet_id=made.pk)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
    return redirect("entry:sheet", made.pk)


@require_POST
def tell(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Tell its numbers; where things are otherwise by now, the page shows how."""
    made = _kept(request, sheet_id)
    if made.state != SheetState.WAITING or not made.seen:
        return redirect("entry:sheet", made.pk)
    form = TellForm(request.POST)
    if form.is_valid():
        answer = tell_sheet(
            actor=acting(request), at=timezone.now(), sheet_id=made.pk, seen=request.POST.get("seen", ""),
            reason=form.cleaned_data["reason"], leave_out=form.cleaned_data["leave_out"],
        )  # fmt: skip
        if not isinstance(answer, Refusal):
            if answer.state == SheetState.DONE:
                count = answer.counts[NEW] + answer.counts[CHANGED]
                said = ngettext("Đã ghi %(count)d số.", "Đã ghi %(count)d số.", count) % {"count": count}
                messages.success(request, said)
            return redirect("entry:sheet", made.pk)
        form.add_error(answer.field if answer.field in form.fields else None, answer.message)
        made.refresh_from_db()
        if made.state != SheetState.WAITING:
            return redirect("entry:sheet", made.pk)
        return _preview(request, made, form, status=409 if answer.code == "stale" else 422)
    return _preview(request, made, form, status=422)


@require_POST
def withdraw(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Give up."""
    made = _kept(request, sheet_id)
    answer = withdraw_sheet(actor=acting(request), at=timezone.now(), sheet_id=made.pk)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
        return redirect("entry:sheet", made.pk)
    messages.success(request, _("Đã bỏ tệp “%(name)s”.") % {"name": made.name})
    return redirect(_way_in(made))


def marked(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """The workbook again, with coloured cells and reasons."""
    made = _seen(request, sheet_id)
    if not made.grid or not made.seen:
        raise Http404
    grid, scene = grid_from(made.grid), scene_of(made, acting(request))
    reading = reading_of(made, grid, scene)
    if reading is None:
        raise Http404
    data = marked_sheet(made, grid, reading, scene)
    noted(request, "facts.sheet.downloaded", made, file=made.name)
    return _file(data, f"da-kiem-tra-{made.pk}.xlsx")


def _own(about: Asked) -> list[Unit]:
    """The units of which the actor may tell; without any the page is not for them."""
    units = [unit for unit in about.units if unit.pk in about.told]
    if not units or not can_send(about.actor):
        raise PermissionDenied(_("Bạn chỉ xem, không nhập số liệu của biểu này."))
    return units


def _seen(request: HttpRequest, sheet_id: int) -> SheetImport:
    """The sheet when the actor may see it; else the page does not exist."""
    rows = SheetImport.objects.visible_to(acting(request))
    return get_object_or_404(rows.select_related("form__root", "unit", "by", "recording__undone_by"), pk=sheet_id)


def _kept(request: HttpRequest, sheet_id: int) -> SheetImport:
    """The sheet for whoever may do something with it; others who see it are refused."""
    made = _seen(request, sheet_id)
    if not can_send(acting(request)):
        raise PermissionDenied(_("Bạn chỉ xem, không nhập số liệu của biểu này."))
    return made


def _frame(made: SheetImport) -> dict[str, Any]:
    """What every page of a sheet shows."""
    stamp = stamp_read(made.stamp)
    return {
        "made": made,
        "period": label_of(made.form, Span(made.start, made.end)),
        "day": made.start.isoformat(),
        "undone": getattr(made.recording, "undone_by", None) if made.recording else None,
        "stamped": stamp,
    }


def _progress(made: SheetImport) -> dict[str, Any]:
    return {"total": made.total, "done": made.progress, "writing": made.state == SheetState.WRITING}


def _way_in(made: SheetImport) -> str:
    return reverse("entry:sheets", args=[made.form_id, made.start.isoformat()])


def _slug(text: str) -> str:
    return re.sub(r" +", "-", fold(text))[:60].strip("-") or "bieu"


def _file(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
