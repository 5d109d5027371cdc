"""Papers of a file: which there are and which fit, one as it will be printed, its number, the file to take away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.registers.operations.papers import (
    KINDS,
    draft_paper,
    look_at_paper,
    sign_paper,
    take_paper,
    withdraw_paper,
)
from pcmt.apps.registers.queries.papers import (
    file_seen,
    form_of,
    forms_for,
    issuer_of,
    may_write_papers,
    paper_seen,
    papers_of,
    typed_in,
)
from pcmt.core.diagnostics import Refusal
from pcmt.documents.output.pdf import report_pdf
from pcmt.documents.output.person_form import post_of, symbol_of
from pcmt.documents.output.report import Centred as CentredLine
from pcmt.documents.output.report import Grid, Report, Title, write_report
from pcmt.web.downloads.views import DOCX
from pcmt.web.papers.forms import PaperForm, SignForm
from pcmt.web.protection.visits import needs_visit, visit_of
from pcmt.web.reports.preview import Shown
from pcmt.web.shell.access import acting

PDF = "application/pdf"
MEDIA = {"docx": DOCX, "pdf": PDF}


@needs_visit
def papers(request: HttpRequest, code: str) -> HttpResponse:
    """The papers of a file, and the forms of today's law that fit it."""
    actor, subject = _file(request, code)
    writes = may_write_papers(actor, subject)
    page = {
        "code": code,
        "rows": papers_of(actor, subject),
        "fits": forms_for(subject, actor.on) if writes else [],
        "writes": writes,
    }
    return render(request, "papers/list.html", page)


@needs_visit
def draft(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Begins a paper in a form."""
    actor, subject = _file(request, code)
    if not may_write_papers(actor, subject):
        raise PermissionDenied
    fit = next((each for each in forms_for(subject, actor.on) if each.key == form), None)
    if fit is None:
        raise Http404
    asked = PaperForm(request.POST if request.method == "POST" else None, form=fit.form, on=actor.on, values={})
    if request.method == "POST" and asked.is_valid():
        made = draft_paper(
            actor=actor, at=timezone.now(), code=code, form=fit.form.code,
            spell_id=fit.spell.pk if fit.spell else None, values=asked.values(),
        )  # fmt: skip
        if not isinstance(made, Refusal):
            return redirect("papers:paper", code, made.pk)
        _refused(asked, made)
    status = 422 if asked.errors else 200
    return render(request, "papers/draft.html", _drafting(code, asked, fit.form, None), status=status)


@needs_visit
def change(request: HttpRequest, code: str, paper_id: int) -> HttpResponse:
    """Changes what was typed into a paper that is not signed."""
    actor, subject = _file(request, code)
    found = _paper(request, code, paper_id)
    typed = typed_in(found)
    form = form_of(found, typed)
    if not may_write_papers(actor, subject):
        raise PermissionDenied
    if typed is None or form is None or found.state != "draft":
        raise Http404
    data = request.POST if request.method == "POST" else None
    asked = PaperForm(data, form=form, on=typed.on, values=typed.values)
    version = request.POST.get("version", "")
    if request.method == "POST" and asked.is_valid():
        made = draft_paper(
            actor=actor, at=timezone.now(), code=code, form="", spell_id=None, values=asked.values(),
            paper_id=found.pk, version=int(version) if version.isdecimal() and len(version) < 9 else 0,
        )  # fmt: skip
        if not isinstance(made, Refusal):
            return redirect("papers:paper", code, made.pk)
        _refused(asked, made)
    status = 422 if asked.errors else 200
    return render(request, "papers/draft.html", _drafting(code, asked, form, found), status=status)


def _drafting(code: str, asked: PaperForm, form: Any, paper: Any) -> dict[str, Any]:
    return {"code": code, "form": asked, "text": form, "paper": paper, "optional_word": _("có thể điền sau")}


@needs_visit
def paper(request: HttpRequest, code: str, paper_id: int) -> HttpResponse:
    """A paper as it will be printed; takes its number into the record when it is signed."""
    actor, subject = _file(request, code)
    found = _paper(request, code, paper_id)
    form = form_of(found, typed_in(found))
    writes = may_write_papers(actor, subject)
    signing = None
    status = 200
    if writes and form is not None and found.state == "draft":
        first = {"decider": post_of(form), "version": found.version}
        data = request.POST if request.method == "POST" else None
        signing = SignForm(data, numbered=bool(form.symbol), initial=first)
        if request.method == "POST":
            status = 422
            if signing.is_valid():
                said = signing.cleaned_data
                made = sign_paper(
                    actor=actor, at=timezone.now(), code=code, paper_id=found.pk, version=said["version"],
                    number=said.get("number", ""), signed_on=said["signed_on"], decider=said["decider"],
                )  # fmt: skip
                if not isinstance(made, Refusal):
                    messages.success(request, _("Đã ghi số và ngày ký. Văn bản dùng được làm căn cứ trong hồ sơ."))
                    return redirect("papers:paper", code, found.pk)
                _refused(signing, made)
    report = look_at_paper(actor=actor, at=timezone.now(), visit=visit_of(request), paper=found)
    page = {
        "code": code, "paper": found, "writes": writes, "form": signing, "made": form is not None,
        "document": None, "refused": "",
        "symbol": symbol_of(form, issuer_of(subject.unit, actor.on)) if form else "",
    }  # fmt: skip
    if isinstance(report, Refusal):
        page["refused"] = report.message
    else:
        page |= shown(report)
    return render(request, "papers/paper.html", page, status=status)


def shown(report: Report) -> dict[str, Any]:
    """A document as pages show it (`papers/_document.html`)."""
    sorts: dict[type, str] = {Title: "title", CentredLine: "centred", Grid: "grid"}
    blocks = [Shown(sorts.get(type(each), "text"), each) for each in report.blocks]
    grounds = [words.rstrip("; .") for words in report.grounds]
    return {"document": report, "frame": report.frame, "grounds": grounds, "blocks": blocks}


@require_POST
@needs_visit
def take(request: HttpRequest, code: str, paper_id: int, kind: str) -> HttpResponse:
    """The paper as a file: named by the code alone, marked in the foot of every page."""
    if kind not in KINDS:
        raise Http404
    found = _paper(request, code, paper_id)
    made = take_paper(actor=acting(request), at=timezone.now(), visit=visit_of(request), paper=found, kind=kind)
    if isinstance(made, Refusal):
        messages.error(request, made.message)
        return redirect("papers:paper", code, paper_id)
    data = write_report(made.report) if kind == "docx" else report_pdf(made.report)
    return attached(data, MEDIA[kind], f"{made.code}-{made.mark}.{kind}")


@require_POST
@needs_visit
def withdraw(request: HttpRequest, code: str, paper_id: int) -> HttpResponse:
    """Gives a paper up."""
    _file(request, code)
    version = request.POST.get("version", "")
    found = withdraw_paper(
        actor=acting(request), at=timezone.now(), code=code, paper_id=paper_id,
        version=int(version) if version.isdecimal() and len(version) < 9 else 0,
    )  # fmt: skip
    if isinstance(found, Refusal):
        if found.code == "gone":
            raise Http404
        messages.error(request, found.message)
        return redirect("papers:forms", code)
    messages.success(request, _("Đã hủy văn bản; phần đã gõ vào mẫu đã xóa."))
    return redirect("papers:forms", code)


def attached(data: bytes, media: str, name: str) -> HttpResponse:
    """A file to take away."""
    return HttpResponse(data, content_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _file(request: HttpRequest, code: str) -> tuple[Any, Any]:
    actor = acting(request)
    subject = file_seen(actor, code)
    if subject is None:
        raise Http404
    return actor, subject


def _paper(request: HttpRequest, code: str, paper_id: int) -> Any:
    found = paper_seen(acting(request), code, paper_id)
    if found is None or found.state == "withdrawn":
        raise Http404
    return found


def _refused(form: Any, refusal: Refusal) -> None:
    for each in refusal.problems:
        form.add_error(each.code if each.code in form.fields else None, each.message)
    if not refusal.problems:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
