"""Files of a plan. Whoever may see the plan may take them."""

from __future__ import annotations

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse

from pcmt.apps.plans.models import Plan, Revision, RevisionState
from pcmt.apps.plans.queries import reading_confirmed
from pcmt.core.text import fold
from pcmt.documents.output.akn import write_akn
from pcmt.documents.output.assignment import write_assignment_docx
from pcmt.documents.output.json import write_json
from pcmt.documents.output.xlsx import write_xlsx
from pcmt.web.audit.acts import noted
from pcmt.web.plan.header import seen_plan
from pcmt.web.shell.access import acting

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def as_json(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The reading contract's object."""
    plan, revision = _adopted(request, plan_id)
    noted(request, "plans.plan.exported", plan, format="json")
    return _file(write_json(reading_confirmed(revision)), "application/json", f"{_stem(plan)}.json")


def as_akn(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Akoma Ntoso 3.0."""
    plan, revision = _adopted(request, plan_id)
    noted(request, "plans.plan.exported", plan, format="akn")
    return _file(write_akn(reading_confirmed(revision), revision.text), "application/akn+xml", f"{_stem(plan)}.akn.xml")


def as_xlsx(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Targets, tasks, dates and duties as a workbook."""
    plan, revision = _adopted(request, plan_id)
    noted(request, "plans.plan.exported", plan, format="xlsx")
    return _file(write_xlsx(reading_confirmed(revision), revision.text), XLSX, f"{_stem(plan)}.xlsx")


def as_docx(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The assignment sheet in the official layout."""
    plan, revision = _adopted(request, plan_id)
    data = write_assignment_docx(reading_confirmed(revision), revision.text)
    noted(request, "plans.plan.exported", plan, format="docx")
    return _file(data, DOCX, f"phan-cong-{_stem(plan)}.docx")


def source(request: HttpRequest, plan_id: int) -> FileResponse:
    """The file as it came in; `ban` asks for that of an earlier version. Never opened inside the page."""
    plan, revision = _adopted(request, plan_id, request.GET.get("ban"))
    if revision.source is None:
        raise Http404
    file = default_storage.open(revision.source.path)
    noted(request, "plans.source.downloaded", plan, file=revision.source_name, version=revision.number)
    return FileResponse(
        file,
        as_attachment=True,
        filename=revision.source_name or revision.source.name,
        content_type="application/octet-stream",
    )


def _adopted(request: HttpRequest, plan_id: int, number: str | None = None) -> tuple[Plan, Revision]:
    """The plan and its adopted text; a project inside a plan has the text of that plan."""
    plan = seen_plan(request, plan_id)
    seen = Revision.objects.visible_to(acting(request)).select_related("source")
    if plan.item_id is not None:
        seen = seen.filter(items=plan.item_id)
    elif number and number.isdecimal():
        settled = (RevisionState.ADOPTED, RevisionState.SUPERSEDED)
        seen = seen.filter(plan=plan, number=int(number), state__in=settled)
    else:
        seen = seen.filter(plan=plan, state=RevisionState.ADOPTED)
    revision = seen.first()
    if revision is None:
        raise Http404
    return plan, revision


def _stem(plan: Plan) -> str:
    """A file name that every system takes: number and symbol, else the first words of the title."""
    words = fold(plan.designation.replace("/", " ").replace("-", " ") or plan.title)
    return re.sub(r" +", "-", words)[:60].strip("-") or f"ke-hoach-{plan.pk}"


def _file(data: bytes, media_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        data, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
