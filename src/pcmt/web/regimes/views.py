"""The list of regimes and its file, and one regime."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import Thing
from pcmt.apps.reports.models import Duty, DutyState, Method
from pcmt.apps.reports.policies import can_keep_regimes
from pcmt.apps.reports.queries.regimes import regime_of, reports_for
from pcmt.apps.reports.regimes import EVENT
from pcmt.apps.tasks.policies import can_batch
from pcmt.core.periods import parse_date
from pcmt.documents.output.workbook import Sheet, write_workbook
from pcmt.web.audit.acts import noted
from pcmt.web.regimes import page as pages
from pcmt.web.regimes.acting import kept_plans
from pcmt.web.regimes.forms import IncidentForm
from pcmt.web.regimes.words import LEVELS, cut_off_words, frequency_words, kind_words, limit_of
from pcmt.web.shell.access import acting
from pcmt.web.templatetags.pcmt import vdate

ROWS_A_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def listed(request: HttpRequest) -> HttpResponse:
    """The regimes that the actor sees."""
    actor = acting(request)
    form = pages.filter_of(actor, request.GET)
    page = Paginator(pages.regimes_of(actor, form), ROWS_A_PAGE).get_page(request.GET.get("trang"))
    plan = form.chosen["ke_hoach"]
    context = {
        "form": form,
        "page": page,
        "rows": pages.rows_of(page.object_list, actor.on),
        "may_ask": kept_plans(actor).exists(),
        "plan_words": f"?ke_hoach={plan.pk}" if plan and can_keep_regimes(actor, plan) else "",
        "sheet_url": f"{reverse('regimes:list-xlsx')}?{request.GET.urlencode()}",
    }
    return render(request, "regimes/list.html", context)


def listed_xlsx(request: HttpRequest) -> HttpResponse:
    """The same list as a spreadsheet."""
    actor = acting(request)
    form = pages.filter_of(actor, request.GET)
    columns = [
        (_("STT"), 6), (_("Tên báo cáo"), 48), (_("Kế hoạch"), 24), (_("Ai yêu cầu"), 22), (_("Đơn vị báo cáo"), 40),
        (_("Nơi nhận"), 30), (_("Kỳ báo cáo"), 16), (_("Hạn gửi"), 34), (_("Chốt số liệu"), 34), (_("Cách gửi"), 20),
        (_("Mẫu"), 34), (_("Phải gửi"), 9), (_("Đã gửi"), 9), (_("Gửi muộn"), 9), (_("Quá hạn"), 9), (_("Còn thiếu"), 40),
    ]  # fmt: skip
    rows = [
        (
            number, row.name, row.duty.plan.designation or row.duty.plan.title, row.duty.get_origin_display(),
            row.reporters, row.recipient, row.period, row.limit, cut_off_words(row.duty),
            str(Method(row.duty.method).label), row.duty.form.title if row.duty.form else "", row.counts.total,
            row.counts.done, row.counts.late, row.counts.overdue, "; ".join(row.gaps),
        )
        for number, row in enumerate(pages.rows_of(pages.regimes_of(actor, form), actor.on), 1)
    ]  # fmt: skip
    heading = _("Chế độ báo cáo, ngày %(day)s") % {"day": vdate(actor.on)}
    told = "; ".join(f"{label}: {value}" for label, value in form.words)
    data = write_workbook([Sheet(_("Chế độ báo cáo"), heading, columns, rows, words=told, fixed=2)])
    name = f"che-do-bao-cao-{actor.on:%Y-%m-%d}.xlsx"
    noted(request, "reports.duties.exported", Thing("reports.Duty", "", name), format="xlsx", filter=told)
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def regime(request: HttpRequest, duty_id: int) -> HttpResponse:
    """One regime: what the decree wants it to say, its ladder in a period, who reported when."""
    return render(request, "regimes/regime.html", regime_page(request, seen(acting(request), duty_id)))


def seen(actor: Actor, duty_id: int) -> Duty:
    """A regime when the actor may see it; else the page does not exist."""
    found = Duty.objects.visible_to(actor).select_related("plan", "recipient", "form", "feeds", "clause", "ended_by")
    duty = found.filter(pk=duty_id).first()
    if duty is None:
        raise Http404
    return duty


def regime_page(request: HttpRequest, duty: Duty, incident: IncidentForm | None = None) -> dict[str, Any]:
    """The context of the page of a regime."""
    actor = acting(request)
    found = regime_of(duty)
    periods = pages.periods_of(duty)
    asked = parse_date(request.GET.get("ky"))
    period = next((each for each in periods if each.last == asked), None) or pages.period_now(duty, periods, actor.on)
    guidance = duty.guidance or {}
    active = duty.state == DutyState.ACTIVE
    may_report = active and duty.period == EVENT and can_batch(actor) and reports_for(actor, duty)
    return {
        "duty": duty,
        "plan": duty.plan,
        "regime": found,
        "name": duty.title or kind_words(duty),
        "kind": kind_words(duty),
        "frequency": frequency_words(duty),
        "limit": limit_of(duty),
        "cut_off": cut_off_words(duty),
        "guidance": [(word, guidance[level]) for level, word in LEVELS if guidance.get(level)],
        "periods": periods,
        "period": period,
        "steps": pages.ladder_rows(duty, period, actor.on) if period else [],
        "matrix": pages.matrix_of(actor, duty, periods, request.GET.get("trang")),
        "marks": pages.mark_words(),
        "counts": pages.counts_of([duty.pk], actor.on).get(duty.pk, pages.Counts()),
        "keeps": active and can_keep_regimes(actor, duty.plan),
        "incident": (incident or IncidentForm(initial={"happened": actor.on})) if may_report else None,
        "today": actor.on,
        **pages.facts_of(found, actor.on),
    }
