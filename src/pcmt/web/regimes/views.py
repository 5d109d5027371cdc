"""The list of regimes and its file, and one regime."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from pcmt.apps.audit.operations import Thing
from pcmt.apps.reports.models import Method
from pcmt.apps.reports.policies import can_keep_regimes
from pcmt.apps.reports.queries.regimes import plans_to_ask
from pcmt.documents.output.workbook import Sheet, write_workbook
from pcmt.web.audit.acts import noted
from pcmt.web.regimes import page as pages
from pcmt.web.regimes.words import cut_off_words
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
        "may_ask": plans_to_ask(actor).exists(),
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
        (_("Mẫu"), 34), (_("Phải gửi"), 9), (_("Đã gửi"), 9), (_("Gửi muộn"), 9), (_("Quá hạn"), 9),
        (_("Còn thiếu"), 40),
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
    return render(request, "regimes/regime.html", pages.regime_page(request, pages.seen(acting(request), duty_id)))
