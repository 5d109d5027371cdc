"""The register list of a commune: chosen, then taken away as a file or printed from the page."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.registers.operations.exporting import KINDS, TakenList, left_today, take_list
from pcmt.apps.registers.queries.exporting import ListWanted, category_words, export_communes
from pcmt.core.diagnostics import Refusal
from pcmt.documents.output.pdf import report_pdf
from pcmt.documents.output.person_form import list_workbook
from pcmt.documents.output.report import write_report
from pcmt.web.downloads.views import DOCX, XLSX
from pcmt.web.papers.forms import ListForm
from pcmt.web.papers.views import PDF, attached, shown
from pcmt.web.protection.visits import needs_visit, visit_of
from pcmt.web.shell.access import acting

MEDIA = {"docx": DOCX, "pdf": PDF, "xlsx": XLSX}


@needs_visit
def choose(request: HttpRequest) -> HttpResponse:
    """Which list, in which form; sends it, or the page to print."""
    actor = acting(request)
    communes = export_communes(actor)
    if not communes:
        raise PermissionDenied(_("Chỉ người giữ hồ sơ lấy được danh sách."))
    at = timezone.now()
    start = f"01/01/{actor.on.year}"
    form = ListForm(
        request.POST if request.method == "POST" else None, communes=communes, words=category_words(),
        initial={"tu": start, "den": f"{actor.on:%d/%m/%Y}"},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        kind = request.POST.get("kieu", "")
        wanted = ListWanted(
            unit_id=int(said["xa"]) if "xa" in said else communes[0].pk, start=said["tu"], last=said["den"],
            category=said["dien"],
        )  # fmt: skip
        made = take_list(
            actor=actor, at=at, visit=visit_of(request), wanted=wanted, kind=kind if kind in KINDS else "print"
        )
        if isinstance(made, TakenList):
            return _sent(request, made, kind)
        assert isinstance(made, Refusal)
        form.add_error(made.field if made.field in form.fields else None, made.message)
    page = {
        "form": form, "left": left_today(actor, at), "lists": settings.REGISTER_EXPORT_LISTS,
        "people": settings.REGISTER_EXPORT_PEOPLE,
    }  # fmt: skip
    return render(request, "papers/export.html", page, status=422 if form.errors else 200)


def _sent(request: HttpRequest, made: TakenList, kind: str) -> HttpResponse:
    match kind:
        case "docx":
            data = write_report(made.report)
        case "pdf":
            data = report_pdf(made.report)
        case "xlsx":
            data = list_workbook(made.rows, title=f"DANH SÁCH {made.report.frame.subject}", foot=made.foot)
        case _:
            return render(request, "papers/print.html", shown(made.report))
    return attached(data, MEDIA[kind], f"danh-sach-{made.mark}.{kind}")
