"""A list of a commune taken in: sent, read, looked at row by row, opened as files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pcmt.apps.registers.lists import headings
from pcmt.apps.registers.operations.importing import (
    KEPT_DAYS,
    MOST_ROWS,
    choose_columns,
    finish_import,
    give_back,
    import_rows,
    start_import,
)
from pcmt.apps.registers.queries.exporting import export_communes
from pcmt.apps.registers.queries.importing import (
    IMPORTABLE,
    LIKELY,
    NEW,
    STATES,
    TEMPLATE,
    how_read,
    import_of,
    imports_of,
    is_open,
    kept_of,
    looked_at,
    state_words,
)
from pcmt.core.diagnostics import Refusal
from pcmt.documents.output.grids import FormColumn, write_form
from pcmt.web.downloads.views import XLSX
from pcmt.web.papers.forms import ColumnsForm, UploadForm
from pcmt.web.papers.views import attached
from pcmt.web.protection.visits import needs_visit, visit_of
from pcmt.web.registers.opening import masked
from pcmt.web.shell.access import acting

PER_PAGE = 50
TONES = {NEW: "done", LIKELY: "wait"}
SAMPLE = 6


@needs_visit
def upload(request: HttpRequest) -> HttpResponse:
    """Sends a list in."""
    actor = acting(request)
    communes = export_communes(actor)
    if not communes:
        raise PermissionDenied(_("Chỉ người giữ hồ sơ nhập được danh sách."))
    form = UploadForm(request.POST or None, request.FILES or None, communes=communes)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        chosen = form.cleaned_data.get("xa")
        made = start_import(
            actor=actor, at=timezone.now(), unit_id=int(chosen) if chosen else communes[0].pk, name=file.name,
            data=file.read(),
        )  # fmt: skip
        if not isinstance(made, Refusal):
            return redirect("papers:import-preview", made.key)
        form.add_error(made.field if made.field in form.fields else None, made.message)
    page = {
        "form": form, "rows": [(each, is_open(each)) for each in imports_of(actor)], "days": KEPT_DAYS,
        "most": MOST_ROWS,
    }  # fmt: skip
    return render(request, "papers/import.html", page, status=422 if form.errors else 200)


def template(request: HttpRequest) -> HttpResponse:
    """An empty list to fill in. It names nobody."""
    if not export_communes(acting(request)):
        raise PermissionDenied
    hints = {
        "Diện quản lý": "Người sử dụng trái phép, người nghiện, cai nghiện tại gia đình, sau cai, Methadone…",
        "Ngày sinh": "Ngày/tháng/năm; chỉ biết năm thì ghi năm",
        "Số CCCD": "Đủ 12 chữ số, kể cả số 0 ở đầu",
        "Giới tính": "Nam hoặc Nữ",
    }
    data = write_form(
        name="Danh sách",
        title="DANH SÁCH NGƯỜI ĐƯỢC QUẢN LÝ",
        remark="Mỗi người một dòng, mỗi dòng phải có quyết định làm căn cứ. Không ghi nhận xét về người.",
        columns=[FormColumn(heading, width, hints.get(heading, "")) for heading, width in TEMPLATE],
        rows=[],
        room=MOST_ROWS,
    )
    return attached(data, XLSX, "mau-danh-sach.xlsx")


@needs_visit
def preview(request: HttpRequest, key: Any) -> HttpResponse:
    """What would become of each row; opens files for the rows that are chosen."""
    actor = acting(request)
    made = import_of(actor, str(key))
    if made is None:
        raise Http404
    kept = kept_of(made) if is_open(made) else None
    if kept is None:
        return render(request, "papers/import_done.html", {"made": made})
    if kept.reading is None:
        return redirect("papers:import-columns", made.key)
    error = ""
    if request.method == "POST":
        done = import_rows(
            actor=actor, at=timezone.now(), key=str(key), version=_number(request, "version"),
            rows=_numbers(request, "nhap"), sure=_numbers(request, "khac"),
        )  # fmt: skip
        if not isinstance(done, Refusal):
            _tell(request, len(done.codes), done.refused)
            return redirect("papers:import-preview", made.key)
        error = done.message
    rows = looked_at(actor, kept, actor.on)
    counts = {state: sum(each.state == state for each in rows) for state in STATES}
    wanted = request.GET.get("xem", "")
    listed = [each for each in rows if each.state == wanted] if wanted in STATES else rows
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("trang"))
    tabs = [
        {"label": state_words(state), "url": f"?xem={state}", "count": counts[state], "current": wanted == state}
        for state in STATES
        if counts[state]
    ]
    tabs.append({"label": _("Tất cả"), "url": "?", "count": len(rows), "current": wanted not in STATES})
    context = {
        "made": made,
        "tabs": tabs,
        "page": page,
        "rows": [_row(each) for each in page.object_list],
        "done": sorted(kept.done.values()),
        "error": error,
        "how": how_read(kept),
        "total": len(rows),
        "can": any(each.state in IMPORTABLE for each in page.object_list),
    }
    return render(request, "papers/import_preview.html", context, status=422 if error else 200)


def _row(each: Any) -> dict[str, Any]:
    block = each.read.block
    return {
        "line": each.line,
        "row": each.row,
        "name": block.name,
        "born": f"{block.born_on:%d/%m/%Y}" if block.born_on else each.read.birth_year or "",
        "number": masked(block.id_number),
        "state": each.state,
        "word": state_words(each.state),
        "tone": TONES.get(each.state, "soon"),
        "reasons": each.reasons,
        "codes": each.codes,
        "can": each.state in IMPORTABLE and each.state != LIKELY,
        "likely": each.state == LIKELY,
        "checked": each.state == NEW,
    }


def _tell(request: HttpRequest, opened: int, refused: int) -> None:
    if opened:
        told = ngettext("Đã lập %(n)s hồ sơ từ danh sách.", "Đã lập %(n)s hồ sơ từ danh sách.", opened) % {"n": opened}
        messages.success(request, told)
    if refused:
        told = ngettext(
            "%(n)s dòng chưa nhập được; lý do ghi ở từng dòng.",
            "%(n)s dòng chưa nhập được; lý do ghi ở từng dòng.",
            refused,
        )
        messages.warning(request, told % {"n": refused})


@needs_visit
def columns(request: HttpRequest, key: Any) -> HttpResponse:
    """Says which row holds the headings and what each column says."""
    actor = acting(request)
    made = import_of(actor, str(key))
    kept = kept_of(made) if made is not None and is_open(made) else None
    if made is None or kept is None:
        raise Http404
    at = min(_number(request, "trang-tinh", made=request.GET), len(kept.grid.sheets) - 1)
    if request.method == "POST":
        at = min(_number(request, "sheet"), len(kept.grid.sheets) - 1)
    elif kept.reading is not None and "trang-tinh" not in request.GET:
        at = kept.reading.sheet
    sheet = kept.grid.sheets[at]
    reading = kept.reading if kept.reading is not None and kept.reading.sheet == at else None
    heads = dict(reading.headings) if reading else headings(sheet, 0, 0)
    form = ColumnsForm(request.POST if request.method == "POST" else None, sheet=sheet, heads=heads, reading=reading)
    if request.method == "POST" and form.is_valid():
        found = choose_columns(
            actor=actor, at=timezone.now(), key=str(key), version=_number(request, "version"), sheet=at,
            head=int(form.cleaned_data["head"]), columns=form.meanings(),
        )  # fmt: skip
        if not isinstance(found, Refusal):
            return redirect("papers:import-preview", made.key)
        form.add_error(found.field if found.field in form.fields else None, found.message)
    page = {
        "made": made, "form": form, "sheet_at": at, "unread": kept.reading is None,
        "sheets": [(number, each.name, number == at) for number, each in enumerate(kept.grid.sheets)],
    }  # fmt: skip
    return render(request, "papers/import_columns.html", page, status=422 if form.errors else 200)


@require_POST
@needs_visit
def marked(request: HttpRequest, key: Any) -> HttpResponse:
    """The sheet again with colours and reasons, marked."""
    data = give_back(actor=acting(request), at=timezone.now(), visit=visit_of(request), key=str(key))
    if isinstance(data, Refusal):
        messages.error(request, data.message)
        return redirect("papers:import")
    return attached(data, XLSX, f"danh-sach-{str(key)[:8]}.xlsx")


@require_POST
@needs_visit
def finish(request: HttpRequest, key: Any) -> HttpResponse:
    """Ends the import; what is left of the sheet is wiped."""
    found = finish_import(actor=acting(request), at=timezone.now(), key=str(key), version=_number(request, "version"))
    if isinstance(found, Refusal):
        messages.error(request, found.message)
        return redirect("papers:import-preview", key)
    messages.success(request, _("Đã kết thúc; nội dung tệp đã xóa khỏi hệ thống."))
    return redirect("papers:import")


def _number(request: HttpRequest, name: str, made: Any = None) -> int:
    text = (request.POST if made is None else made).get(name, "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 9 else 0


def _numbers(request: HttpRequest, name: str) -> set[int]:
    return {int(each) for each in request.POST.getlist(name) if each.isdecimal() and each.isascii() and len(each) < 9}
