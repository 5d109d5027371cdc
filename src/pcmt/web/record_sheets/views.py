"""A workbook of one kind taken in (sent, read, looked at row by row, written) and records taken out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Kind, Place, RecordSheet, SheetState
from pcmt.apps.activities.operations.sheets import (
    KEPT_DAYS,
    UNDO_DAYS,
    choose_columns,
    finish_sheet,
    looked_at,
    start_sheet,
    undo_sheet,
    write_rows,
)
from pcmt.apps.activities.policies import sees_inside_of, shown_to
from pcmt.apps.activities.queries.events import EventFilter, events
from pcmt.apps.activities.queries.kinds import KindChoice, choice_of
from pcmt.apps.activities.queries.sheets import (
    LIKELY,
    MOST_OUT,
    MOST_ROWS,
    NEW,
    REFUSED,
    TONES,
    SheetRow,
    columns_of,
    empty_sheet,
    kept_of,
    marked_sheet,
    state_words,
    taken_out,
)
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import Noun
from pcmt.documents import address
from pcmt.documents.output.grids import write_marked
from pcmt.web.audit.acts import noted
from pcmt.web.downloads.views import XLSX
from pcmt.web.record_sheets.forms import ColumnsForm, UploadForm
from pcmt.web.shell.access import acting

PER_PAGE = 50
LAST = 10


def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Sends a workbook in; the own last imports of the kind, with what can be taken back."""
    actor = acting(request)
    choice = _choice(actor, kind)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        made = start_sheet(actor=actor, at=timezone.now(), choice=choice, name=file.name, data=file.read())
        if not isinstance(made, Refusal):
            return redirect("record_sheets:preview" if made.columns else "record_sheets:columns", made.key)
        form.add_error(made.field if made.field in form.fields else None, made.message)
    rows = RecordSheet.objects.visible_to(actor).filter(kind=choice.kind, user_id=actor.user_id)[:LAST]
    page = {
        "choice": choice, "form": form, "rows": list(rows), "most": MOST_ROWS, "days": KEPT_DAYS,
        "undo_days": UNDO_DAYS, "columns": columns_of(choice.schema),
    }  # fmt: skip
    return render(request, "record_sheets/upload.html", page, status=422 if form.errors else 200)


@require_GET
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The empty workbook."""
    choice = _choice(acting(request), kind)
    return _attached(empty_sheet(choice.schema), f"mau-{kind.replace('_', '-')}.xlsx")


def preview(request: HttpRequest, key: Any) -> HttpResponse:
    """What would become of each row; writes the chosen ones."""
    actor, made, choice = _made(request, key)
    kept = kept_of(made)
    if made.state != SheetState.PREVIEW or kept is None:
        return redirect("record_sheets:upload", choice.kind.code)
    if not kept.columns:
        return redirect("record_sheets:columns", made.key)
    error = ""
    if request.method == "POST":
        done = write_rows(
            actor=actor, at=timezone.now(), choice=choice, key=str(key), version=_number(request.POST.get("version")),
            rows=_numbers(request, "nhap"), sure=_numbers(request, "khac"),
        )  # fmt: skip
        if not isinstance(done, Refusal):
            told = ngettext("Đã ghi %(n)s dòng.", "Đã ghi %(n)s dòng.", done.count) % {"n": done.count}
            messages.success(request, told)
            if done.refused:
                told = ngettext(
                    "%(n)s dòng chưa ghi được; lý do ghi ở từng dòng.",
                    "%(n)s dòng chưa ghi được; lý do ghi ở từng dòng.", len(done.refused),
                )  # fmt: skip
                messages.warning(request, told % {"n": len(done.refused)})
            return redirect("record_sheets:preview", made.key)
        error = done.message
    rows = looked_at(actor, choice, made, kept, timezone.now())
    states = tuple(TONES)
    counts = {state: sum(each.state == state for each in rows) for state in states}
    wanted = request.GET.get("xem", "")
    listed = [each for each in rows if each.state == wanted] if wanted in states else rows
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("trang"))
    tabs = [
        {"label": state_words(state), "url": f"?xem={state}", "count": counts[state], "current": wanted == state}
        for state in states
        if counts[state]
    ]
    tabs.append({"label": _("Tất cả"), "url": "?", "count": len(rows), "current": wanted not in states})
    known = {each.key: each.label for each in columns_of(choice.schema)}
    shown = [known[key] for _column, key in sorted(kept.columns.items())]
    context = {
        "made": made, "choice": choice, "tabs": tabs, "page": page, "heads": shown, "error": error, "total": len(rows),
        "rows": [_row(each, kept.columns, known) for each in page.object_list],
        "can": any(each.state in (NEW, LIKELY, REFUSED) for each in page.object_list),
        "how": [
            (address(0, column)[:-1], kept.grid.sheets[kept.sheet].text(kept.head, column), known[key])
            for column, key in sorted(kept.columns.items())
        ],
    }  # fmt: skip
    return render(request, "record_sheets/preview.html", context, status=422 if error else 200)


def _row(row: SheetRow, columns: Mapping[int, str], known: Mapping[str, str]) -> dict[str, Any]:
    return {
        "row": row,
        "word": state_words(row.state),
        "tone": {NEW: "done", LIKELY: "wait"}.get(row.state, "soon"),
        "cells": [(known[key], row.said.get(key, "")) for _column, key in sorted(columns.items())],
        "can": row.state in (NEW, REFUSED),
        "likely": row.state == LIKELY,
        "checked": row.state == NEW,
    }


def columns(request: HttpRequest, key: Any) -> HttpResponse:
    """Says which row holds the headings and what each column says."""
    actor, made, choice = _made(request, key)
    kept = kept_of(made)
    if made.state != SheetState.PREVIEW or kept is None:
        raise Http404
    asked = request.POST.get("sheet") if request.method == "POST" else request.GET.get("trang-tinh", str(kept.sheet))
    at = min(_number(asked), len(kept.grid.sheets) - 1)
    known = columns_of(choice.schema)
    sheet = kept.grid.sheets[at]
    form = ColumnsForm(request.POST if request.method == "POST" else None, sheet=sheet, kept=kept, known=known)
    if request.method == "POST" and form.is_valid():
        found = choose_columns(
            actor=actor, at=timezone.now(), choice=choice, key=str(key), version=_number(request.POST.get("version")),
            sheet=at, head=int(form.cleaned_data["head"]), columns=form.meanings(),
        )  # fmt: skip
        if not isinstance(found, Refusal):
            return redirect("record_sheets:preview", made.key)
        form.add_error(found.field if found.field in form.fields else None, found.message)
    page = {
        "made": made, "choice": choice, "form": form, "sheet_at": at, "unread": not kept.columns,
        "sheets": [(number, each.name, number == at) for number, each in enumerate(kept.grid.sheets)],
    }  # fmt: skip
    return render(request, "record_sheets/columns.html", page, status=422 if form.errors else 200)


@require_GET
def marked(request: HttpRequest, key: Any) -> HttpResponse:
    """The sheet again with colours and reasons."""
    actor, made, choice = _made(request, key)
    kept = kept_of(made)
    if kept is None or not kept.columns:
        raise Http404
    rows = looked_at(actor, choice, made, kept, timezone.now())
    return _attached(marked_sheet(kept, rows), f"ket-qua-{choice.kind.code.replace('_', '-')}.xlsx")


@require_POST
def finish(request: HttpRequest, key: Any) -> HttpResponse:
    """Ends an import, or takes back all that it wrote."""
    actor, made, choice = _made(request, key)
    version = _number(request.POST.get("version"))
    if request.POST.get("viec") == "hoan-tac":
        count = undo_sheet(actor=actor, at=timezone.now(), key=str(key), version=version)
        if isinstance(count, Refusal):
            messages.error(request, count.message)
        else:
            told = ngettext("Đã bỏ %(n)s mục của lần nhập.", "Đã bỏ %(n)s mục của lần nhập.", count) % {"n": count}
            messages.success(request, told)
        return redirect("record_sheets:upload", choice.kind.code)
    found = finish_sheet(actor=actor, at=timezone.now(), key=str(key), version=version)
    if isinstance(found, Refusal):
        messages.error(request, found.message)
        return redirect("record_sheets:preview", made.key)
    messages.success(request, _("Đã kết thúc; nội dung tệp đã xóa khỏi hệ thống."))
    return redirect("record_sheets:upload", choice.kind.code)


@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """All records of a kind that one sees, of all versions, in one workbook; `tu` and `den` bound the days."""
    actor = acting(request)
    row: Any = Kind.objects.visible_to(actor).filter(code=kind).first()
    if row is None or not actor.sees_below("activities.Event"):
        raise Http404
    since, until = _day(request.GET.get("tu")), _day(request.GET.get("den"))
    found: list[Any]
    if row.noun == Noun.PLACE:
        places = shown_to(Place.objects.filter(kind=row, voided_at__isnull=True), actor)
        found = list(
            places.select_related("body", "area")
            .prefetch_related("kind_version")
            .order_by("search_key", "pk")[:MOST_OUT]
        )
    else:
        rows = events(actor, EventFilter(kind=kind, since=since, upto=until)).order_by("on", "pk")
        found = list(rows.select_related("body", "area").prefetch_related("kind_version")[:MOST_OUT])
    inside = sees_inside_of(actor, found)
    noted(request, "activities.record.exported", row, count=len(found), format="xlsx")
    return _attached(write_marked(taken_out(found, inside=inside), {}), f"{kind.replace('_', '-')}.xlsx")


def _choice(actor: Actor, code: str) -> KindChoice:
    if not actor.changes("activities.RecordSheet"):
        raise PermissionDenied(_("Bạn không nhập được hoạt động cho đơn vị này."))
    found = choice_of(actor, code)
    if found is None:
        raise Http404
    return found


def _made(request: HttpRequest, key: Any) -> tuple[Actor, RecordSheet, KindChoice]:
    actor = acting(request)
    made = RecordSheet.objects.visible_to(actor).select_related("kind", "unit").filter(key=key).first()
    if made is None or made.user_id != actor.user_id:
        raise Http404
    return actor, made, _choice(actor, made.kind.code)


def _attached(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 9 else 0


def _numbers(request: HttpRequest, name: str) -> set[int]:
    return {int(each) for each in request.POST.getlist(name) if each.isdecimal() and each.isascii() and len(each) < 9}


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
