"""The table of punctuality on a page and as a sheet."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from pcmt.apps.audit.operations import Thing
from pcmt.web.audit.acts import noted
from pcmt.web.punctuality import page as pages
from pcmt.web.punctuality.columns import COLUMNS
from pcmt.web.shell.access import acting
from pcmt.web.templatetags.pcmt import vdate

ROWS_A_PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table(request: HttpRequest) -> HttpResponse:
    """The numbers by body, plan or period, with their bars and the trend."""
    actor, view = acting(request), pages.view_of(request)
    question = view.question
    page = Paginator(view.lines, ROWS_A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "view": view,
        "form": view.form,
        "page": page,
        "heads": [(label, place >= 4) for place, (_word, label) in enumerate(COLUMNS.values())],
        "trend": pages.trend_of(actor, view),
        "handed": 0 if question.parts else pages.handed_down(actor, question),
        "remark": pages.as_of_words(question.as_of, actor.on),
        "formula": _formula(),
        "query": request.GET.urlencode(),
        "parts_query": _with(request, "giao_xuong", "on"),
        "whole_query": _with(request, "giao_xuong", ""),
    }
    return render(request, "punctuality/table.html", context)


def sheet(request: HttpRequest) -> HttpResponse:
    """The very view as a spreadsheet."""
    actor, view = acting(request), pages.view_of(request)
    words = "; ".join(f"{label}: {value}" for label, value in view.form.words)
    heading = _("Đúng hạn, %(unit)s, tính đến hết ngày %(day)s") % {
        "unit": actor.unit_name,
        "day": vdate(view.question.as_of),
    }
    data = pages.sheet_of(view, heading=f"{heading}. {words}".strip(), formula=_formula())
    name = f"dung-han-{view.question.as_of:%Y-%m-%d}.xlsx"
    noted(request, "tasks.punctuality.exported", Thing("tasks.DueItem", "", name), format="xlsx", filter=words)
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _formula() -> str:
    return _(
        "Tỷ lệ đúng hạn = xong đúng hạn / (xong đúng hạn + xong muộn + quá hạn), làm tròn xuống. "
        "Việc chưa xong còn trong hạn chưa nói lên điều gì nên không tính; chờ nghiệm thu, tạm dừng, không ghi hạn "
        "và đề nghị đứng riêng."
    )


def _with(request: HttpRequest, name: str, value: str) -> str:
    """The address's words with one of them changed, from the first page on."""
    words = request.GET.copy()
    words.pop("trang", None)
    words[name] = value
    if not value:
        words.pop(name)
    return words.urlencode()
