"""The list of due items as a sheet, and the page on which a body says how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.audit.operations import Thing
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.tasks.operations import MOST_FILES, Kept, keep_evidence, report_progress
from pcmt.apps.tasks.operations import reopen as reopen_due
from pcmt.apps.tasks.policies import can_report
from pcmt.apps.tasks.queries import SHOWN_WITH
from pcmt.core.diagnostics import Refusal
from pcmt.documents import MAX_BYTES
from pcmt.web.audit.acts import noted
from pcmt.web.shell.access import acting
from pcmt.web.tasks.accepting import accepting_page, kept_in, tokens_of
from pcmt.web.tasks.forms import USUAL_COLUMNS, ProgressForm
from pcmt.web.tasks.listing import grouping_of, groups_of, in_order
from pcmt.web.tasks.looking import looked
from pcmt.web.tasks.owed import totals
from pcmt.web.tasks.page import due_page, own_due, seen_due, seen_task
from pcmt.web.tasks.sheet import MOST_ROWS, sheet_of
from pcmt.web.templatetags.pcmt import vdate

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def owed_xlsx(request: HttpRequest) -> HttpResponse:
    """The same list with the same filter, groups and columns, as a workbook without page breaks that may come back."""
    look = looked(request)
    actor, ordered = look.actor, in_order(look.items, look.chosen)
    heading = _("Ai nợ việc gì, khi nào: tính đến hết ngày %(day)s, %(unit)s") % {
        "day": vdate(actor.on),
        "unit": actor.unit_name,
    }
    listed = ordered.select_related(*SHOWN_WITH)[:MOST_ROWS]
    data = sheet_of(
        groups_of(grouping_of(look.chosen), listed, look.items, actor.on),
        totals=totals(look.items, actor.on),
        heading=heading,
        today=actor.on,
        shown=look.chosen.get("cot") or USUAL_COLUMNS,
    )
    name = f"ai-no-viec-gi-{actor.on:%Y-%m-%d}.xlsx"
    narrowed = "; ".join(f"{label}: {value}" for label, value in look.form.words)
    noted(request, "tasks.list.exported", Thing("tasks.DueItem", "", name), format="xlsx", filter=narrowed)
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def task(request: HttpRequest, task_id: int) -> HttpResponse:
    """A task; where the actor's own unit owes it, with the form to say how far it is."""
    shown = seen_task(acting(request), task_id)
    return show_due(request, own_due(acting(request), shown), shown)


def due(request: HttpRequest, due_id: int) -> HttpResponse:
    """One due item of a task or a report."""
    item = seen_due(acting(request), due_id)
    return show_due(request, item, item.task)


@require_POST
def progress(request: HttpRequest, due_id: int) -> HttpResponse:
    """Keeps a percent, a note, files; or says that it is done. Good files stay also when something else is wrong."""
    item = seen_due(acting(request), due_id)
    form = ProgressForm(request.POST, request.FILES)
    at = timezone.now()
    kept = kept_in(item, request.POST.getlist("kept"))[:MOST_FILES]
    sent = ((file.name or "", file.read(MAX_BYTES + 1)) for file in request.FILES.getlist("evidence"))
    evidence = keep_evidence(actor=acting(request), at=at, due_item_id=item.pk, files=sent, room=MOST_FILES - len(kept))
    if isinstance(evidence, Refusal):
        return refused(request, item, evidence, form)
    kept += evidence.kept
    form.is_valid()
    for refusal in evidence.refused:
        form.add_error("evidence", refusal.message)
    if form.errors:
        return show_due(request, item, item.task, form=form, kept=kept, status=422)
    typed = form.cleaned_data
    answer = report_progress(
        actor=acting(request),
        at=at,
        due_item_id=item.pk,
        version=typed["version"],
        percent=typed["percent"],
        note=typed["note"],
        evidence=kept,
        done=bool(request.POST.get("done")),
        despite_parts=bool(request.POST.get("despite_parts")),
    )
    if isinstance(answer, Refusal):
        return refused(request, item, answer, form, kept)
    return redirect(reverse("tasks:due", args=[item.pk]) + "#tien-do")


@require_POST
def reopen(request: HttpRequest, due_id: int) -> HttpResponse:
    """Opens an item again that was said to be done."""
    item = seen_due(acting(request), due_id)
    answer = reopen_due(
        actor=acting(request),
        at=timezone.now(),
        due_item_id=item.pk,
        version=version_of(request),
        reason=request.POST.get("note", ""),
    )
    if isinstance(answer, Refusal):
        return refused(request, item, answer)
    return redirect(reverse("tasks:due", args=[item.pk]) + "#tien-do")


def show_due(
    request: HttpRequest,
    item: DueItem | None,
    task: Any,
    *,
    form: ProgressForm | None = None,
    failed: forms.Form | None = None,
    kept: Sequence[Kept] = (),
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a task or due item; `refusal` says on top why what was sent (`typed`) was not done.

    `failed` is the form of another act that was not carried out; `kept` are files for a report still to be sent.
    """
    page = due_page(request, item, task) | accepting_page(request, item, failed)
    may_act = item is not None and can_report(acting(request), item)
    if item is not None and form is None:
        form = ProgressForm(initial={"version": item.version, "percent": item.percent})
    page |= {"form": form, "may_act": may_act, "refusal": refusal, "typed_note": request.POST.get("note", "")}
    page |= {"typed": request.POST, "kept": tokens_of(item, kept) if item is not None else []}
    return render(request, "tasks/due.html", page, status=status)


def refused(
    request: HttpRequest,
    item: DueItem,
    refusal: Refusal,
    form: ProgressForm | None = None,
    kept: Sequence[Kept] = (),
) -> HttpResponse:
    """The page as it is now, with the reason on top and everything typed still there; a second try goes through."""
    fresh = seen_due(acting(request), item.pk)
    if form is not None:
        form = ProgressForm({**form.data.dict(), "version": str(fresh.version)})  # type: ignore[attr-defined]
    status = 409 if refusal.code == "stale" else 422
    return show_due(request, fresh, fresh.task, form=form, kept=kept, refusal=refusal, status=status)


def version_of(request: HttpRequest) -> int:
    """The version that a form carries; 0, which nothing has, where it makes no sense."""
    version = request.POST.get("version", "")
    return int(version) if version.isdecimal() else 0
