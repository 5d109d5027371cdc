"""The steps of a report: each view binds a form and calls one operation; what was typed is never lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.addresses import duty_title, period_title
from pcmt.apps.reports.models import Submission
from pcmt.apps.reports.operations.correcting import drop_correction, start_correction
from pcmt.apps.reports.operations.sending import approve, ask_approval, hand_back, recall_report, send_report
from pcmt.apps.reports.operations.signing import record_signed
from pcmt.apps.reports.operations.taking import accept_report, return_report
from pcmt.apps.reports.policies import leads_at, sends_at, takes, writes_at
from pcmt.apps.reports.queries.way import approval_of
from pcmt.core.diagnostics import Refusal
from pcmt.documents import MAX_BYTES
from pcmt.web.audit.acts import noted
from pcmt.web.reports.act_forms import (
    AcceptForm,
    ActForm,
    ApproveForm,
    AskForm,
    CorrectForm,
    DropForm,
    HandBackForm,
    RecallForm,
    ReturnForm,
    SignForm,
    acts_of,
    send_form,
)
from pcmt.web.shell.access import acting

Step = Callable[..., Submission | Refusal]


@require_POST
def ask(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Lays the report before the leader."""
    return _step(request, submission_id, AskForm, ask_approval, _writes, _("Đã trình lãnh đạo duyệt."))


@require_POST
def approved(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The leader approves it."""
    return _step(request, submission_id, ApproveForm, approve, _leads, _("Đã duyệt báo cáo."))


@require_POST
def handed_back(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The leader asks for changes."""
    return _step(request, submission_id, HandBackForm, hand_back, _leads, _("Đã chuyển lại để sửa."))


@require_POST
def send(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Sends it."""
    found = seen_report(acting(request), submission_id)
    form = send_form(found, approved=approval_of(found) is not None)
    return _step(request, submission_id, form, send_report, _sends, _("Đã gửi báo cáo."), back="reports:receipt")


@require_POST
def recall(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Takes it back."""
    return _step(request, submission_id, RecallForm, recall_report, _sends, _("Đã thu hồi báo cáo."))


@require_POST
def accept(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The recipient takes it."""
    return _step(request, submission_id, AcceptForm, accept_report, takes, _("Đã tiếp nhận báo cáo."))


@require_POST
def give_back(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The recipient returns it."""
    return _step(request, submission_id, ReturnForm, return_report, takes, _("Đã trả lại báo cáo."))


@require_POST
def correct(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Opens it for correction."""
    done = _("Đã mở đính chính. Sửa số liệu, lời văn rồi gửi lại.")
    return _step(request, submission_id, CorrectForm, start_correction, _writes, done)


@require_POST
def drop(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Gives the correction up."""
    done = _("Đã bỏ đính chính; báo cáo trở lại như bản đã tiếp nhận.")
    return _step(request, submission_id, DropForm, drop_correction, _writes, done)


@require_POST
def sign(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Keeps number, symbol and day, and a scan."""
    file = request.FILES.get("scan")
    scan = (file.name or "", file.read(MAX_BYTES + 1)) if file else None
    return _step(request, submission_id, SignForm, record_signed, _writes, _("Đã lưu số, ngày ký."), scan=scan)


def signed_file(request: HttpRequest, submission_id: int) -> FileResponse:
    """The scan of the signed document, always as a download."""
    found = seen_report(acting(request), submission_id)
    if found.signed is None:
        raise Http404
    file = default_storage.open(found.signed.path)
    noted(request, "reports.signed.downloaded", found, file=found.signed.name)
    return FileResponse(file, as_attachment=True, filename=found.signed.name, content_type="application/octet-stream")


def seen_report(actor: Actor, submission_id: int) -> Submission:
    """The report when the actor may see it; else there is no such page."""
    seen = Submission.objects.visible_to(actor).select_related(
        "duty__plan", "duty__recipient", "unit", "about", "occurrence__due_item", "form_version__form", "signed"
    )
    return get_object_or_404(seen, pk=submission_id)


def acts_context(actor: Actor, submission: Submission, failed: ActForm | None = None) -> dict[str, Any]:
    """What `reports/acts.html` needs: the report, its approval, and the steps that the actor may take."""
    return {
        "submission": submission,
        "approval": approval_of(submission),
        "acts": acts_of(actor, submission, failed),
    }


def _writes(actor: Actor, submission: Submission) -> bool:
    return writes_at(actor, submission.unit_id)


def _leads(actor: Actor, submission: Submission) -> bool:
    return leads_at(actor, submission.unit_id)


def _sends(actor: Actor, submission: Submission) -> bool:
    return sends_at(actor, submission.unit_id)


def _step(
    request: HttpRequest,
    submission_id: int,
    form_class: type[ActForm],
    operation: Step,
    may: Callable[[Actor, Submission], bool],
    done: str | Promise,
    back: str = "reports:report",
    **more: Any,
) -> HttpResponse:
    """Bind the form, take the step with what was typed, and go back to the report."""
    actor = acting(request)
    submission = seen_report(actor, submission_id)
    if not may(actor, submission):
        raise PermissionDenied
    form = form_class(request.POST, request.FILES)
    if not form.is_valid():
        return _again(request, submission, form)
    typed = {**form.cleaned_data, **more}
    answer = operation(actor=actor, at=timezone.now(), submission_id=submission.pk, **typed)
    if isinstance(answer, Refusal):
        fresh = seen_report(actor, submission_id)
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["version"] = str(fresh.version)  # type: ignore[index]
        form.add_error(answer.field if answer.field in form.fields else None, answer.message)
        return _again(request, fresh, form, status=409 if answer.code == "stale" else 422)
    messages.success(request, str(done))
    return redirect(back, submission.pk)


def _again(request: HttpRequest, submission: Submission, form: ActForm, status: int = 422) -> HttpResponse:
    """A page of the steps alone, with the reason on top and at its field; what was typed is there for a second try."""
    actor = acting(request)
    context = acts_context(actor, submission, form)
    context |= {
        "failed": form,
        "gone": form.act not in context["acts"],
        "title": duty_title(submission.duty),
        "period": period_title(submission.period_from, submission.period_to, submission.duty.calendar),
    }
    return render(request, "reports/act.html", context, status=status)
