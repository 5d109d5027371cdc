"""The lists of reports: to write, to approve, to take, sent, received; each with its filter, and as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import Thing
from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.addresses import duty_title, period_title
from pcmt.apps.reports.models import WRITABLE, Duty, DutyOccurrence, Submission, SubmissionState
from pcmt.apps.reports.operations.taking import MOST_AT_ONCE, accept_reports
from pcmt.apps.reports.policies import can_open, leads_at, writes_at
from pcmt.apps.reports.queries import lists
from pcmt.apps.tasks.models import DueState, Mode
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.text import fold
from pcmt.documents.output.workbook import Sheet, Value, write_workbook
from pcmt.web.audit.acts import noted
from pcmt.web.fields import FilterForm
from pcmt.web.filters.saved import CLEARED, opens_with
from pcmt.web.shell.access import acting
from pcmt.web.targets.sheet import XLSX
from pcmt.web.tasks.forms import PlanField, UnitField
from pcmt.web.templatetags.due import late_words
from pcmt.web.templatetags.pcmt import days_left, due_tone, vdate

SAVED = "reports"
"""The name under which filters of the lists are saved."""
ROWS_A_PAGE = 50
MOST_ROWS = 20_000


@attrs.frozen
class Tab:
    """One of the lists: its word in the address, what it holds, whether it shows whose report it is."""

    word: str
    label: str | Promise
    rows: Callable[[Actor], QuerySet[DutyOccurrence]]
    others: bool = False
    states: Sequence[tuple[str, str | Promise]] = ()


OPEN_STATES = (
    ("", gettext_lazy("Phải làm bây giờ")),
    ("qua-han", gettext_lazy("Quá hạn")),
    ("sap-toi", gettext_lazy("Tới hạn trong 7 ngày")),
    ("chua-lap", gettext_lazy("Chưa bắt đầu lập")),
    ("dang-soan", pgettext_lazy("báo cáo", "Đang soạn")),
    ("cho-duyet", pgettext_lazy("báo cáo", "Chờ lãnh đạo duyệt")),
    ("tra-lai", pgettext_lazy("báo cáo", "Bị trả lại")),
    ("chua-toi-ky", gettext_lazy("Chưa tới kỳ")),
    ("tat-ca", gettext_lazy("Tất cả")),
)
SENT_STATES = (
    ("", gettext_lazy("Tất cả")),
    ("da-gui", gettext_lazy("Chờ tiếp nhận")),
    ("tra-lai", pgettext_lazy("báo cáo", "Bị trả lại")),
    ("tiep-nhan", pgettext_lazy("báo cáo", "Đã tiếp nhận")),
    ("tong-hop", pgettext_lazy("báo cáo", "Đã tổng hợp")),
    ("dinh-chinh", gettext_lazy("Đang đính chính")),
)
TABS: Mapping[str, Tab] = {
    tab.word: tab
    for tab in (
        Tab("", gettext_lazy("Của đơn vị tôi"), lists.my_reports, states=OPEN_STATES),
        Tab("cho-duyet", gettext_lazy("Chờ duyệt"), lists.waiting_for_me),
        Tab("cho-tiep-nhan", gettext_lazy("Chờ tiếp nhận"), lists.inbox, others=True),
        Tab("da-gui", gettext_lazy("Đã gửi"), lists.sent_reports, states=SENT_STATES),
        Tab("da-nhan", gettext_lazy("Của đơn vị khác"), lists.received_reports, others=True, states=SENT_STATES),
    )
}


class ReportFilter(FilterForm):
    """Which reports to look at. Words that make no sense are left out, so that an old address still opens."""

    arranges = ("xem",)

    xem = forms.ChoiceField(
        choices=[(word, tab.label) for word, tab in TABS.items()], required=False, widget=forms.HiddenInput
    )
    q = forms.CharField(label=gettext_lazy("Tìm trong tên báo cáo"), required=False, max_length=200)
    ke_hoach = PlanField(
        label=gettext_lazy("Kế hoạch"), queryset=Plan.objects.none(), required=False, empty_label=gettext_lazy("Tất cả")
    )
    che_do = forms.ModelChoiceField(
        label=gettext_lazy("Chế độ báo cáo"), queryset=Duty.objects.none(), required=False,
        empty_label=gettext_lazy("Tất cả"),
    )  # fmt: skip
    ky = forms.ChoiceField(label=gettext_lazy("Kỳ"), required=False)
    don_vi = UnitField(
        label=gettext_lazy("Đơn vị"), queryset=Unit.objects.none(), required=False, empty_label=gettext_lazy("Tất cả")
    )
    trang_thai = forms.ChoiceField(label=gettext_lazy("Tình trạng"), required=False)
    muon = forms.BooleanField(label=gettext_lazy("Chỉ báo cáo muộn"), required=False)

    def __init__(self, data: Any, *, tab: Tab, rows: QuerySet[DutyOccurrence]) -> None:
        super().__init__(data)
        there = rows.order_by()
        fields: Any = self.fields
        fields["ke_hoach"].queryset = Plan.objects.filter(pk__in=there.values("duty__plan"))
        fields["che_do"].queryset = Duty.objects.filter(pk__in=there.values("duty")).select_related("plan")
        fields["che_do"].label_from_instance = duty_title
        periods = there.filter(period_to__isnull=False).values_list("period_from", "period_to", "duty__calendar")
        fields["ky"].choices = [("", _("Tất cả")), *_periods(periods.distinct())]
        if tab.others:
            fields["don_vi"].queryset = Unit.objects.filter(pk__in=there.values("unit")).in_official_order()
        else:
            del fields["don_vi"]
        if tab.states:
            fields["trang_thai"].choices = tab.states
        else:
            del fields["trang_thai"]


def _periods(found: QuerySet[Any]) -> list[tuple[str, str]]:
    """The periods to choose from, the latest first, each named once."""
    named = {
        f"{first:%Y-%m-%d}_{last:%Y-%m-%d}" if first else f"_{last:%Y-%m-%d}": (last, first or last, calendar)
        for first, last, calendar in found
    }
    ordered = sorted(named.items(), key=lambda each: each[1][:2], reverse=True)
    return [(word, period_title(first, last, calendar)) for word, (last, first, calendar) in ordered]


@attrs.frozen
class Row:
    """A report in a list, begun or not. `tone` and `word` say how it stands, `under` by how much it was or is late."""

    occurrence: DutyOccurrence
    submission: Submission | None
    title: str
    period: str
    tone: str
    word: str
    under: str
    url: str
    act: str

    @property
    def key(self) -> str:
        """What a box for choosing it sends: id and version as seen."""
        return f"{self.submission.pk}.{self.submission.version}" if self.submission else ""


@attrs.frozen
class Look:
    """Who looks, at which list, through which filter, at what."""

    actor: Actor
    tab: Tab
    form: ReportFilter
    items: QuerySet[DutyOccurrence]


def reports(request: HttpRequest) -> HttpResponse:
    """The list that the address asks for."""
    if (first := opens_with(request, SAVED)) is not None:
        return first
    return show_list(request)


def show_list(request: HttpRequest, *, refused: Sequence[tuple[str, str]] = (), status: int = 200) -> HttpResponse:
    """The page of the list; `refused` are reports that could not be taken, with the reason of each."""
    look = looked(request)
    page: Page[Any] = Paginator(lists.listed(look.items), ROWS_A_PAGE).get_page(request.GET.get("trang"))
    query = {name: str(value) for name, value in request.GET.items() if name not in (CLEARED, "trang")}
    counts = lists.report_counts(look.actor, look.actor.on)
    context = {
        "form": look.form,
        "tab": look.tab,
        "tabs": tabs_of(look.actor, look.tab, counts),
        "counts": counts,
        "page": page,
        "rows": [row_of(each, look.actor) for each in page],
        "refused": refused,
        "chosen": request.POST.getlist("chon"),
        "may_take": look.tab.word == "cho-tiep-nhan" and writes_at(look.actor, look.actor.unit_id),
        "list_url": f"{reverse('reports:list')}?{urlencode(query)}",
        "clear_url": f"{reverse('reports:list')}?{urlencode({'xem': look.tab.word, CLEARED: '1'})}",
        "sheet_url": f"{reverse('reports:list-xlsx')}?{urlencode(query)}",
        "today": look.actor.on,
        "now": timezone.now(),
    }
    return render(request, "reports/list.html", context, status=status)


def reports_xlsx(request: HttpRequest) -> HttpResponse:
    """The very view as a workbook, without page breaks."""
    look = looked(request)
    with override("vi"):
        rows = [row_of(each, look.actor) for each in lists.listed(look.items)[:MOST_ROWS]]
        data = write_workbook([_sheet(look, rows)])
    name = f"bao-cao-{look.actor.on:%Y-%m-%d}.xlsx"
    words = "; ".join(f"{label}: {value}" for label, value in look.form.words)
    noted(request, "reports.list.exported", Thing("reports.Submission", "", name), format="xlsx", filter=words)
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_POST
def accept_many(request: HttpRequest) -> HttpResponse:
    """Takes the reports that were chosen in the inbox; what is wrong with one holds up no other."""
    actor = acting(request)
    if not writes_at(actor, actor.unit_id):
        raise PermissionDenied
    versions = _chosen(request.POST.getlist("chon"))
    if not versions:
        return show_list(request, refused=[("", _("Chọn ít nhất một báo cáo."))], status=422)
    answers = accept_reports(actor=actor, at=timezone.now(), versions=versions)
    wrong = {pk: answer for pk, answer in answers.items() if isinstance(answer, Refusal)}
    taken = len(answers) - len(wrong)
    if taken:
        message = ngettext("Đã tiếp nhận %(count)s báo cáo.", "Đã tiếp nhận %(count)s báo cáo.", taken)
        messages.success(request, message % {"count": taken})
    if wrong:
        names = dict(Submission.objects.visible_to(actor).filter(pk__in=wrong).values_list("pk", "unit__name"))
        refused = [(names.get(pk, ""), str(answer)) for pk, answer in wrong.items()]
        return show_list(request, refused=refused, status=422)
    return redirect(f"{reverse('reports:list')}?{request.GET.urlencode()}")


def _chosen(keys: Sequence[str]) -> dict[int, int]:
    """Ids and versions of the boxes that were ticked; what makes no sense is left out."""
    found = {}
    for key in keys[:MOST_AT_ONCE]:
        pk, _dot, version = key.partition(".")
        if pk.isdecimal() and version.isdecimal() and len(key) < 30:
            found[int(pk)] = int(version)
    return found


def looked(request: HttpRequest) -> Look:
    """The filter in the address, and the reports that it leaves."""
    actor = acting(request)
    tab = TABS.get(request.GET.get("xem", ""), TABS[""])
    rows = tab.rows(actor)
    form = ReportFilter(request.GET, tab=tab, rows=rows)
    return Look(actor, tab, form, narrowed(rows, form.chosen, tab, actor.on))


def narrowed(rows: QuerySet[DutyOccurrence], chosen: Mapping[str, Any], tab: Tab, on: date) -> QuerySet[DutyOccurrence]:
    """The rows of a list that a filter leaves."""
    for name, path in (("ke_hoach", "duty__plan"), ("che_do", "duty"), ("don_vi", "unit")):
        if chosen.get(name):
            rows = rows.filter(**{path: chosen[name]})
    if chosen.get("ky"):
        first, _line, last = chosen["ky"].partition("_")
        rows = rows.filter(period_to=last, **({"period_from": first} if first else {"period_from__isnull": True}))
    for word in fold(chosen.get("q") or "").split():
        rows = rows.filter(due_item__search_key__contains=word)
    if chosen.get("muon"):
        late = Q(due_item__done_on__gt=F("due_item__due_on")) | Q(
            due_item__state=DueState.OPEN, due_item__due_on__lt=on
        )
        rows = rows.filter(late).exclude(due_item__mode=Mode.REQUESTED)
    return _in_state(rows, chosen.get("trang_thai") or "", tab, on)


def _in_state(rows: QuerySet[DutyOccurrence], state: str, tab: Tab, on: date) -> QuerySet[DutyOccurrence]:
    stands: Mapping[str, Q] = {
        "dang-soan": Q(submission__state=SubmissionState.DRAFT),
        "cho-duyet": Q(submission__state=SubmissionState.WAITING),
        "tra-lai": Q(submission__state=SubmissionState.RETURNED),
        "da-gui": Q(submission__state=SubmissionState.SENT),
        "tiep-nhan": Q(submission__state=SubmissionState.ACCEPTED),
        "tong-hop": Q(submission__state=SubmissionState.CONSOLIDATED),
        "dinh-chinh": Q(submission__isnull=False) & ~Q(submission__correcting=""),
        "chua-lap": lists.NO_REPORT,
        "qua-han": Q(due_item__state=DueState.OPEN, due_item__due_on__lt=on) & lists.OVERDUE_KIND,
        "sap-toi": Q(due_item__state=DueState.OPEN, due_item__due_on__range=(on, on + lists.SOON)),
    }
    if state in stands:
        rows = rows.filter(stands[state])
    if tab.word or state == "tat-ca":
        return rows
    if state == "chua-toi-ky":
        return rows.exclude(pk__in=lists.begun(rows.order_by(), on).values("pk"))
    return lists.begun(rows, on)


def tabs_of(actor: Actor, current: Tab, counts: lists.ReportCounts) -> list[dict[str, Any]]:
    """The lists that have something for this person; the one that is open stands there in any case."""
    works, leads = writes_at(actor, actor.unit_id), leads_at(actor, actor.unit_id)
    shown = {
        "": (counts.to_write, works or leads),
        "cho-duyet": (counts.to_approve, leads),
        "cho-tiep-nhan": (counts.to_take, works),
        "da-gui": (None, works or leads),
        "da-nhan": (None, True),
    }
    return [
        {
            "label": tab.label,
            "url": reverse("reports:list") + (f"?{urlencode({'xem': word})}" if word else f"?{CLEARED}=1"),
            "count": shown[word][0],
            "current": tab is current,
        }
        for word, tab in TABS.items()
        if shown[word][1] or tab is current
    ]


def row_of(occurrence: Any, actor: Actor) -> Row:
    """An occurrence that `queries.lists.listed` fetched, as a line of a list."""
    submission: Submission | None = getattr(occurrence, "submission", None)
    tone, word, under = state_of(occurrence, submission, actor.on)
    url, act = link_of(occurrence, submission, actor)
    return Row(
        occurrence, submission, duty_title(occurrence.duty),
        period_title(occurrence.period_from, occurrence.period_to, occurrence.duty.calendar),
        tone, word, under, url, act,
    )  # fmt: skip


def state_of(occurrence: Any, submission: Submission | None, on: date) -> tuple[str, str, str]:
    """How a report stands: the tone of its mark, the word, and what is said of its limit. Red only while overdue."""
    due = occurrence.due_item
    open_yet = due.state == DueState.OPEN
    left = days_left(due.due_on, on) if open_yet and due.due_on and due.mode != Mode.REQUESTED else ""
    tone = due_tone(due.due_on, on) if left else "plain"
    late = getattr(occurrence, "days_late", None)
    was = ngettext("gửi muộn %(days)d ngày", "gửi muộn %(days)d ngày", late) % {"days": late} if late else ""
    if submission is None:
        return tone, (left or _("chưa lập")), (_("chưa lập") if left else "")
    word = str(SubmissionState(submission.state).label)
    if submission.correcting and submission.state in (*WRITABLE, SubmissionState.WAITING):
        return "wait", _("Đang đính chính"), was
    match submission.state:
        case SubmissionState.ACCEPTED | SubmissionState.CONSOLIDATED:
            return "done", word, was
        case SubmissionState.SENT:
            return "wait", word, was or late_words(due, on)
    return tone, (f"{word} · {left}" if left else word), ""


def link_of(occurrence: DutyOccurrence, submission: Submission | None, actor: Actor) -> tuple[str, str]:
    """Where a line leads and what is done there: the report; before it is begun, the due item that opens it."""
    if submission is None:
        if occurrence.duty.form_id is not None and can_open(actor, occurrence):
            return reverse("reports:open", args=[occurrence.pk]), _("Lập báo cáo")
        return reverse("tasks:due", args=[occurrence.due_item_id]), _("Mở")
    acts: Mapping[str, str] = {
        SubmissionState.DRAFT: _("Soạn tiếp"),
        SubmissionState.RETURNED: _("Sửa lại"),
    }
    mine = writes_at(actor, submission.unit_id)
    waits = submission.state == SubmissionState.WAITING and leads_at(actor, submission.unit_id)
    act = acts.get(submission.state, "") if mine else _("Xem, duyệt") if waits else ""
    return reverse("reports:report", args=[submission.pk]), act or pgettext("báo cáo", "Xem")


COLUMNS = (
    *(("STT", 6), ("Đơn vị báo cáo", 30), ("Báo cáo", 56), ("Kế hoạch", 18), ("Kỳ", 22), ("Hạn", 12)),
    *(("Tình trạng", 22), ("Ghi chú", 20), ("Gửi lúc", 16), ("Lần gửi", 9), ("Số, ký hiệu", 18), ("Ngày ký", 12)),
)
"""Vietnamese for every reader: the sheet goes from hand to hand."""


def _sheet(look: Look, rows: Sequence[Row]) -> Sheet:
    heading = (
        f"Báo cáo, {str(look.tab.label).lower()}: {look.actor.unit_name}, tính đến hết ngày {vdate(look.actor.on)}"
    )
    words = "; ".join(f"{label}: {value}" for label, value in look.form.words)
    return Sheet(
        "Báo cáo", heading, COLUMNS, [_cells(number, row) for number, row in enumerate(rows, 1)], words, fixed=3
    )


def _cells(number: int, row: Row) -> Sequence[Value]:
    occurrence: Any = row.occurrence
    sent, plan = occurrence.sent_at, occurrence.duty.plan
    return [
        number,
        occurrence.unit.name if occurrence.unit else "",
        row.title,
        plan.designation or plan.title[:60],
        row.period,
        occurrence.due_item.due_on,
        row.word,
        row.under,
        f"{timezone.localtime(sent):%H:%M %d/%m/%Y}" if sent else "",
        row.submission.edition or None if row.submission else None,
        row.submission.designation if row.submission else "",
        row.submission.signed_on if row.submission else None,
    ]
