"""A report as a document: its pages to look at, files to take away, the words around what it says."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.addresses import report_title
from pcmt.apps.reports.documents import (
    KINDS,
    LOADED,
    Reported,
    cover_of,
    file_of,
    official_of,
    report_words,
    reported,
    words_seen,
)
from pcmt.apps.reports.models import Submission, SubmissionEdition
from pcmt.apps.reports.operations.previewing import MOST_PAGES, page_path, preview_of
from pcmt.apps.reports.operations.wording import set_words
from pcmt.apps.reports.policies import writes_at
from pcmt.apps.reports.queries.documents import sees_draft
from pcmt.core.diagnostics import Refusal
from pcmt.documents.output.report_body import text_of
from pcmt.web.audit.acts import noted
from pcmt.web.downloads.views import DOCX, XLSX
from pcmt.web.reports.download_forms import WordsForm, words_initial
from pcmt.web.shell.access import acting

PDF = "application/pdf"
MEDIA = {"docx": DOCX, "xlsx": XLSX, "pdf": PDF}
ANNEX_ROWS = 30
"""Of a table of an annex so many rows are told in words: it may hold hundreds of bodies, line by line."""
EAGER = 2
"""So many pages are loaded at once; further ones when the reader comes to them."""


def document(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The report as a document: what there is to take away, and its pages."""
    source = _source(request, submission_id)
    actor, submission = acting(request), source.submission
    editions = list(submission.editions.order_by("-number").only("number", "state", "sent_at", "seal", "submission_id"))
    context = {
        **_frame(source),
        "editions": editions,
        "may_draft": sees_draft(actor, submission),
        "may_write": writes_at(actor, submission.unit_id),
        "query": _query(source),
    }
    return render(request, "reports/document.html", context)


def pages(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The pages of the document as pictures, asked for when the rest of the page is there; alone without scripts."""
    source = _source(request, submission_id)
    made = preview_of(source)
    context = {
        **_frame(source), "query": _query(source), "made": made, "left": max(made.pages - MOST_PAGES, 0), "eager": EAGER
    }  # fmt: skip
    alone = not request.headers.get("HX-Request")
    return render(request, "reports/document_pages.html" if alone else "reports/_document_pages.html", context)


@cache_control(private=True, max_age=86_400, immutable=True)
def page(request: HttpRequest, submission_id: int, key: str, number: int) -> FileResponse:
    """The picture of a page. Its key is that of the document, which says the same for ever."""
    submission = _seen(acting(request), submission_id)
    path = page_path(submission.pk, key, number)
    if path is None:
        raise Http404
    return FileResponse(default_storage.open(path), content_type="image/png")


def plain(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The document in plain words, for who does not see pictures of pages."""
    source = _source(request, submission_id)
    report = official_of(source)
    lines = [*report.grounds, *text_of(report.blocks)]
    annexes = [(annex.title, list(text_of(annex.blocks, most=ANNEX_ROWS))) for annex in report.annexes]
    context = {**_frame(source), "report": report, "lines": lines, "annexes": annexes, "query": _query(source)}
    return render(request, "reports/document_text.html", context)


def file(request: HttpRequest, submission_id: int, kind: str) -> HttpResponse:
    """The document as a file of one kind."""
    if kind not in KINDS:
        raise Http404
    source = _source(request, submission_id)
    made = file_of(source, kind)
    version = source.edition.number if source.edition else None
    noted(request, "reports.report.exported", source.submission, format=kind, version=version)
    return _file(made, MEDIA[kind], f"{source.stem()}.{kind}")


def cover(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The official letter that goes with the report."""
    source = _source(request, submission_id)
    noted(request, "reports.cover.exported", source.submission, format="docx")
    return _file(cover_of(source), DOCX, f"cong-van-{source.stem()}.docx")


def words(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Letterhead, signature and recipients: what stands there, and the form to change it."""
    actor = acting(request)
    submission = _seen(actor, submission_id)
    if not writes_at(actor, submission.unit_id):
        raise PermissionDenied(_("Chỉ cán bộ của đơn vị lập báo cáo được sửa thể thức của báo cáo này."))
    initial = words_initial(report_words(submission, actor.on), words_seen(submission))
    form = WordsForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            answer = set_words(
                actor=actor, at=timezone.now(), submission_id=submission.pk, words=form.words(),
                seen=form.cleaned_data["seen"],
            )  # fmt: skip
            if not isinstance(answer, Refusal):
                messages.success(request, _("Đã lưu thể thức. Báo cáo sau của đơn vị bắt đầu từ thể thức này."))
                return redirect("reports:document", submission.pk)
            if answer.code == "stale":
                status = 409
                form.data = form.data.copy()  # type: ignore[attr-defined]
                form.data["seen"] = words_seen(_seen(actor, submission_id))  # type: ignore[index]
            form.add_error(answer.field if answer.field in form.fields else None, answer.message)
    context = {"submission": submission, "title": report_title(submission), "form": form}
    return render(request, "reports/document_words.html", context, status=status)


def _source(request: HttpRequest, submission_id: int) -> Reported:
    """What the page is about: the edition asked for (`lan`), else what is being written, else what was sent last."""
    actor = acting(request)
    submission = _seen(actor, submission_id)
    wanted = request.GET.get("lan", "")
    if not wanted and sees_draft(actor, submission):
        return reported(submission, None, actor.on)
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 6 else submission.edition if not wanted else 0
    edition = SubmissionEdition.objects.select_related("form_version").filter(submission=submission, number=number)
    found = edition.first()
    if found is None:
        raise Http404
    return reported(submission, found, actor.on)


def _seen(actor: Actor, submission_id: int) -> Submission:
    rows = Submission.objects.visible_to(actor).select_related(*LOADED, "signed")
    return get_object_or_404(rows, pk=submission_id)


def _frame(source: Reported) -> dict[str, Any]:
    """What every page of a document shows."""
    submission = source.submission
    return {
        "submission": submission,
        "edition": source.edition,
        "title": report_title(submission),
        "mark": source.mark,
        "designation": source.designation,
    }


def _query(source: Reported) -> str:
    return f"?{urlencode({'lan': source.edition.number})}" if source.edition else ""


def _file(data: bytes, media_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type=media_type, headers=headers)
