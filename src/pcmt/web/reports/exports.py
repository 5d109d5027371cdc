"""Many reports as one archive: chosen, made in the background, taken away."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from pcmt.apps.reports.addresses import duty_title, period_title
from pcmt.apps.reports.models import Duty, ExportBatch, ExportState, SubmissionEdition
from pcmt.apps.reports.operations.exporting import KEPT, start_export, take_export
from pcmt.apps.reports.queries.documents import batches_of, editions_together, together
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import parse_date
from pcmt.web.reports.download_forms import ExportForm
from pcmt.web.shell.access import acting


def choose(request: HttpRequest) -> HttpResponse:
    """Reports that can be taken away together: regimes and periods first, then the bodies of one."""
    actor = acting(request)
    duty_id, day = _asked(request)
    if duty_id is None:
        groups = [
            (each, duty_title(each.duty), period_title(each.period_from, each.period_to, each.duty.calendar))
            for each in together(actor)
        ]
        return render(request, "reports/exports.html", {"groups": groups, "batches": batches_of(actor)})
    duty = get_object_or_404(Duty.objects.visible_to(actor).select_related("plan"), pk=duty_id)
    editions = list(editions_together(actor, duty.pk, day))
    if not editions:
        raise Http404
    form = ExportForm(request.POST or None, editions=editions)
    if request.method == "POST" and form.is_valid():
        chosen = {int(pk) for pk in form.cleaned_data["editions"]}
        wanted = [each.pk for each in editions if each.pk in chosen]
        kind = form.cleaned_data["kind"]
        answer = start_export(actor=actor, at=timezone.now(), edition_ids=wanted, kind=kind)
        if not isinstance(answer, Refusal):
            return redirect("reports:export", answer.pk)
        form.add_error(answer.field if answer.field in form.fields else None, answer.message)
    context = {
        "form": form,
        "title": duty_title(duty),
        "period": _period(editions, duty),
        "count": len(editions),
    }
    return render(request, "reports/export_choose.html", context, status=422 if form.errors else 200)


def export(request: HttpRequest, batch_id: int) -> HttpResponse:
    """How far an archive is, and where it is to be had."""
    return render(request, "reports/export.html", _frame(_made(request, batch_id)))


def progress(request: HttpRequest, batch_id: int) -> HttpResponse:
    """How far it is; when it is over, the page is loaded anew."""
    made = _made(request, batch_id)
    if made.state != ExportState.WORKING:
        return HttpResponse(status=200, headers={"HX-Redirect": reverse("reports:export", args=[made.pk])})
    return render(request, "reports/_export_progress.html", _frame(made))


def archive(request: HttpRequest, batch_id: int) -> FileResponse:
    """The archive, sent as it is read."""
    made = take_export(actor=acting(request), at=timezone.now(), batch_id=batch_id)
    if made is None or not default_storage.exists(made.file):
        raise Http404
    name = f"bao-cao-{timezone.localtime(made.at):%Y-%m-%d}-{made.pk}.zip"
    return FileResponse(
        default_storage.open(made.file), as_attachment=True, filename=name, content_type="application/zip"
    )


def _asked(request: HttpRequest) -> tuple[int | None, date | None]:
    duty = request.GET.get("che_do", "")
    known = duty.isdecimal() and len(duty) < 18
    return (int(duty) if known else None), parse_date(request.GET.get("ky", ""))


def _period(editions: list[SubmissionEdition], duty: Duty) -> str:
    of = editions[0].submission
    return period_title(of.period_from, of.period_to, duty.calendar)


def _made(request: HttpRequest, batch_id: int) -> ExportBatch:
    return get_object_or_404(ExportBatch.objects.visible_to(acting(request)), pk=batch_id)


def _frame(made: ExportBatch) -> dict[str, Any]:
    return {
        "made": made,
        "total": len(made.editions),
        "working": made.state == ExportState.WORKING,
        "ready": made.state == ExportState.READY and bool(made.file),
        "until": made.at + KEPT,
    }
