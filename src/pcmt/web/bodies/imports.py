"""Importing lists of hamlets, schools and bodies: sending one in, looking at what it would do, doing it, undoing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import Thing
from pcmt.apps.units.models import ImportKind, ImportState, Unit, UnitImport
from pcmt.apps.units.operations import choose_columns, commit_import, start_import, undo_import, withdraw_import
from pcmt.apps.units.policies import can_keep_under
from pcmt.apps.units.queries import committee
from pcmt.apps.units.queries.imports import CHANGED, NEW, STATES, WRONG, Preview, preview_import, remembered_columns
from pcmt.core.diagnostics import Refusal
from pcmt.documents import grid_from
from pcmt.web.audit.acts import noted
from pcmt.web.bodies.forms import ColumnsForm, UploadForm
from pcmt.web.bodies.page import STATE_WORDS, heads_of, tabs_of
from pcmt.web.bodies.sheets import marked_sheet, template_sheet
from pcmt.web.downloads.views import XLSX
from pcmt.web.shell.access import acting

PER_PAGE = 100
LATEST = 20
SAMPLE_ROWS = 8


def listed(request: HttpRequest) -> HttpResponse:
    """The form for a list, forms to fill in, and what was imported lately."""
    actor = acting(request)
    area = _area(actor)
    form = UploadForm(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("loai", "hamlets")})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        made = start_import(
            actor=actor,
            at=timezone.now(),
            area_id=area.pk,
            kind=form.cleaned_data["kind"],
            name=file.name,
            data=file.read(),
        )
        if isinstance(made, UnitImport):
            return redirect("bodies:preview", made.pk)
        form.add_error(made.field if made.field in form.fields else None, made.message)
    seen = UnitImport.objects.visible_to(actor).exclude(state=ImportState.WITHDRAWN).defer("grid", "made")
    page = {"form": form, "area": area, "kinds": ImportKind.choices, "imports": seen.select_related("area")[:LATEST]}
    return render(request, "bodies/imports.html", page, status=422 if form.errors else 200)


def template(request: HttpRequest, kind: str) -> HttpResponse:
    """A workbook to be filled in, with what is there already."""
    actor = acting(request)
    if kind not in ImportKind.values:
        raise Http404
    area = _area(actor)
    data = template_sheet(area, kind, actor.on)
    noted(request, "units.template.downloaded", Thing("units.Unit", str(area.pk), area.name), kind=kind)
    return _file(data, f"mau-{kind}.xlsx")


def preview(request: HttpRequest, import_id: int) -> HttpResponse:
    """What becomes of each row; of an import that is over, what became of it."""
    made = _seen(request, import_id)
    if made.state == ImportState.WITHDRAWN:
        return redirect("bodies:imports")
    if made.state != ImportState.WAITING:
        return render(request, "bodies/done.html", {"made": made, "may": can_keep_under(acting(request), made.area_id)})
    found = preview_import(made, acting(request).on)
    if not found.readings:
        return redirect("bodies:columns", made.pk)
    return _preview_page(request, made, found)


def _preview_page(request: HttpRequest, made: UnitImport, found: Preview, status: int = 200) -> HttpResponse:
    counts = found.counts
    asked = request.GET.get("xem", WRONG if counts[WRONG] else "")
    chosen = asked if asked in STATES else ""
    rows = [each for each in found.outcomes if not chosen or each.state == chosen]
    page: dict[str, Any] = {
        "made": made,
        "counts": counts,
        "heads": heads_of(grid_from(made.grid), found),
        "tabs": tabs_of(counts, chosen),
        "chosen": chosen,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("trang")),
        "words": STATE_WORDS,
        "to_do": counts[NEW] + counts[CHANGED],
        "digest": found.digest,
        "absent": found.absent[:20],
        "absent_count": len(found.absent),
        "passed": len(found.passed),
        "sheets": len({reading.sheet for reading in found.readings}),
    }
    return render(request, "bodies/preview.html", page, status=status)


def columns(request: HttpRequest, import_id: int) -> HttpResponse:
    """Saying what the columns of a sheet hold, beside its first rows."""
    made = _seen(request, import_id)
    if made.state != ImportState.WAITING:
        return redirect("bodies:preview", made.pk)
    grid = grid_from(made.grid)
    found = preview_import(made, acting(request).on)
    asked = request.POST.get("sheet") or request.GET.get("trang-tinh", "")
    readings = {reading.sheet: reading for reading in found.readings}
    longest = max(range(len(grid.sheets)), key=lambda at: len(grid.sheets[at].rows))
    at = int(asked) if asked.isdecimal() and int(asked) < len(grid.sheets) else next(iter(readings), longest)
    sheet = grid.sheets[at]
    known = remembered_columns(made.owner_id) | made.columns
    form = ColumnsForm(request.POST or None, sheet=sheet, reading=readings.get(at), known=known)
    if request.method == "POST" and form.is_valid():
        answer = choose_columns(
            actor=acting(request),
            at=timezone.now(),
            import_id=made.pk,
            sheet=at,
            header=form.cleaned_data["header"] - 1,
            columns=form.columns,
        )
        if not isinstance(answer, Refusal):
            return redirect("bodies:preview", made.pk)
        form.add_error(answer.field if answer.field in form.fields else None, answer.message)
    head = int(form["header"].value() or 1) if str(form["header"].value() or "").isdecimal() else 1
    start = max(head - 1, 0)
    page = {
        "made": made,
        "form": form,
        "sheet_at": at,
        "sheets": [(number, each.name, number == at) for number, each in enumerate(grid.sheets)],
        "unread": not readings,
        "letters": [field.label for name, field in form.fields.items() if name != "header"],
        "sample": [
            (line + 1, [sheet.text(line, column) for column in range(len(form.fields) - 1)])
            for line in range(start, min(start + SAMPLE_ROWS, len(sheet.rows)))
        ],
    }
    return render(request, "bodies/columns.html", page, status=422 if form.errors else 200)


@require_POST
def commit(request: HttpRequest, import_id: int) -> HttpResponse:
    """Do it; where things are otherwise by now, the page shows how."""
    made = _seen(request, import_id)
    answer = commit_import(
        actor=acting(request), at=timezone.now(), import_id=made.pk, seen=request.POST.get("seen", "")
    )
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
        made.refresh_from_db()
        if made.state != ImportState.WAITING:
            return redirect("bodies:preview", made.pk)
        found = preview_import(made, acting(request).on)
        return _preview_page(request, made, found, status=409 if answer.code == "stale" else 422)
    created, changed = len(answer.made["units"]), answer.counts[CHANGED]
    said = ngettext("Đã thêm %(count)d đơn vị", "Đã thêm %(count)d đơn vị", created) % {"count": created}
    more = ngettext("sửa %(count)d đơn vị", "sửa %(count)d đơn vị", changed) % {"count": changed}
    messages.success(request, f"{said}, {more}.")
    return redirect("bodies:preview", made.pk)


@require_POST
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """Take it back, or say what stands in the way."""
    made = _seen(request, import_id)
    answer = undo_import(actor=acting(request), at=timezone.now(), import_id=made.pk)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
    else:
        messages.success(request, _("Đã hoàn tác: các đơn vị của lần nhập này không còn."))
    return redirect("bodies:preview", made.pk)


@require_POST
def withdraw(request: HttpRequest, import_id: int) -> HttpResponse:
    """Give up."""
    made = _seen(request, import_id)
    answer = withdraw_import(actor=acting(request), at=timezone.now(), import_id=made.pk)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
        return redirect("bodies:preview", made.pk)
    messages.success(request, _("Đã bỏ tệp “%(name)s”.") % {"name": made.name})
    return redirect("bodies:imports")


def marked(request: HttpRequest, import_id: int) -> HttpResponse:
    """The list again as a workbook, with coloured cells and reasons."""
    made = _seen(request, import_id)
    if made.state != ImportState.WAITING:
        raise Http404
    data = marked_sheet(made, preview_import(made, acting(request).on))
    noted(request, "units.import.downloaded", made, file=made.name)
    return _file(data, f"da-kiem-tra-{made.pk}.xlsx")


def _seen(request: HttpRequest, import_id: int) -> UnitImport:
    """The import when the actor may see it; else the page does not exist."""
    return get_object_or_404(UnitImport.objects.visible_to(acting(request)).select_related("area"), pk=import_id)


def _area(actor: Actor) -> Unit:
    """The area of the committee that the actor serves; only whoever keeps it comes further."""
    area = committee(actor.unit_id, actor.on)
    if area is None or not can_keep_under(actor, area.pk):
        raise PermissionDenied(_("Chỉ cơ quan thường trực được nhập đơn vị vào địa bàn mình phục vụ."))
    return area


def _file(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
