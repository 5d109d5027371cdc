"""The workbook of money: taken away, sent back, looked at, told, undone."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.projects.models import MoneySheet
from pcmt.apps.projects.operations import sheets
from pcmt.apps.projects.policies import can_tell
from pcmt.apps.projects.queries.money import line_sums, lines_in, sources_for
from pcmt.apps.projects.queries.tree import family
from pcmt.apps.projects.sheets import write_sheet
from pcmt.core.diagnostics import Refusal
from pcmt.web.audit.acts import noted
from pcmt.web.plan.header import seen_plan
from pcmt.web.projects.forms import UploadForm, blame
from pcmt.web.projects.forms_views import form_page, refuse_unless, sent
from pcmt.web.shell.access import acting

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The workbook of a plan's money."""
    plan = seen_plan(request, plan_id)
    lines = lines_in(family(plan.pk))
    data = write_sheet(plan, lines, line_sums(lines), sources_for(plan.pk))
    name = f"kinh-phi-{plan.pk}-{acting(request).on:%Y-%m-%d}.xlsx"
    noted(request, "projects.money.exported", plan, format="xlsx")
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def upload(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Send a workbook in; with `lan` look at what it would do, tell it, undo it."""
    actor, plan = acting(request), seen_plan(request, plan_id)
    refuse_unless(can_tell(actor, plan))
    back = reverse("projects:money", args=[plan.pk])
    asked = request.GET.get("lan", "")
    if asked:
        sheet = MoneySheet.objects.filter(plan=plan, pk=asked).first() if asked.isdecimal() else None
        if sheet is None:
            raise Http404
        return _preview(request, plan_id, sheet, back)
    form = UploadForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        answer = sheets.start_sheet(
            actor=actor, at=timezone.now(), plan_id=plan.pk, name=file.name, data=file.read()
        )  # fmt: skip
        if isinstance(answer, MoneySheet):
            return redirect(f"{reverse('projects:money-sheet', args=[plan.pk])}?lan={answer.pk}")
        blame(form, answer)
    return form_page(request, form, _("Nhập kinh phí từ Excel"), back, plan=plan, upload=True, may=True)


def _preview(request: HttpRequest, plan_id: int, sheet: MoneySheet, back: str) -> HttpResponse:
    actor = acting(request)
    if request.method == "POST":
        act = sheets.undo_sheet if request.POST.get("act") == "undo" else sheets.tell_sheet
        answer = act(actor=actor, at=timezone.now(), sheet_id=sheet.pk)
        if not isinstance(answer, Refusal):
            undone = answer.state == MoneySheet.State.UNDONE
            messages.success(request, _("Đã hoàn tác tệp.") if undone else _("Đã ghi tệp."))
            return redirect(back)
        messages.error(request, answer.message)
    waiting = sheet.state == MoneySheet.State.WAITING
    looks = sheets.look_at_sheet(actor=actor, at=timezone.now(), sheet_id=sheet.pk) if waiting else []
    counts = {state: sum(look.state == state for look in looks) for state in ("new", "changed", "unchanged", "wrong")}
    page = {"plan": sheet.plan, "sheet": sheet, "looks": looks, "counts": counts, "back": back, "waiting": waiting}
    return render(request, "projects/preview.html", page, status=422 if request.method == "POST" else 200)
