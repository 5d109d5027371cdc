"""The tab with the bodies below that a plan binds, and what a lower plan says of the one above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan, PlanState, Revision, RevisionState
from pcmt.apps.plans.operations import ask_for_plans, carry_out
from pcmt.apps.plans.policies import can_review
from pcmt.apps.plans.queries import cited_plans, may_carry_out
from pcmt.apps.tasks.covering import Cell, Cover, Line, Matrix, cover_of, unmet_demands
from pcmt.apps.tasks.policies import can_urge
from pcmt.core.diagnostics import Refusal
from pcmt.documents.output.workbook import Heading, Sheet, Value, write_workbook
from pcmt.web.audit.acts import noted
from pcmt.web.fields import WrittenDateField
from pcmt.web.plan.header import plan_page, seen_plan
from pcmt.web.shell.access import acting
from pcmt.web.tasks.forms import PlanField
from pcmt.web.templatetags.pcmt import vdate

CELLS_A_PAGE = 4500
"""So many cells with their words stay below what a page may weigh."""
FEWEST_ROWS = 10
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@attrs.frozen
class CoverWord:
    """The mark of a cell and its words, short in the cell and whole in the key."""

    mark: str
    short: str | Promise
    words: str | Promise


WORDS: Mapping[Cover, CoverWord] = {
    Cover.STRONG: CoverWord("✓", gettext_lazy("đủ"), gettext_lazy("có chỉ tiêu riêng, ít nhất bằng yêu cầu")),
    Cover.WEAK: CoverWord("↓", gettext_lazy("thấp hơn"), gettext_lazy("có chỉ tiêu riêng nhưng thấp hơn yêu cầu")),
    Cover.APART: CoverWord("≠", gettext_lazy("khác cách đặt"), gettext_lazy("có chỉ tiêu riêng, không so được")),
    Cover.MISSING: CoverWord("✗", gettext_lazy("chưa có"), gettext_lazy("kế hoạch của đơn vị chưa có chỉ tiêu này")),
    Cover.NO_PLAN: CoverWord("✗", gettext_lazy("chưa có KH"), gettext_lazy("đơn vị chưa có kế hoạch")),
    Cover.OFF: CoverWord("·", "", gettext_lazy("không giao cho đơn vị này")),
}


class DueForm(forms.Form):
    """By when the bodies below are to have issued their plans; `seen` is what the page showed."""

    on = WrittenDateField(label=gettext_lazy("Phải ban hành kế hoạch đến hết ngày"), required=False)
    seen = forms.DateField(required=False, widget=forms.HiddenInput)


class AboveForm(forms.Form):
    """Which plan this one carries out; `seen` is what the page showed."""

    parent_id = PlanField(
        label=gettext_lazy("Triển khai kế hoạch"),
        queryset=Plan.objects.none(),
        required=False,
        empty_label=gettext_lazy("Không triển khai kế hoạch nào trên hệ thống"),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, plans: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent_id"].queryset = plans  # type: ignore[attr-defined]


@attrs.frozen
class Shown:
    """A row of the matrix with the words of its cells."""

    line: Line
    cells: Sequence[tuple[CoverWord, Any]]
    linked: bool


def matrix(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Who below has issued a plan, with targets at least as strong; `thieu` shows only where something is wanting."""
    return _matrix_page(request, seen_plan(request, plan_id))


def matrix_xlsx(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The same as a spreadsheet, every row of it."""
    actor, plan = acting(request), seen_plan(request, plan_id)
    found = cover_of(actor, plan, actor.on)
    lines = [line for line in found.lines if line.lacks or "thieu" not in request.GET]
    name = f"don-vi-cap-duoi-{plan.pk}-{actor.on:%Y-%m-%d}.xlsx"
    noted(request, "plans.cover.exported", plan, format="xlsx")
    heading = _("Đơn vị cấp dưới thực hiện %(plan)s, tính đến ngày %(day)s") % {
        "plan": plan.designation or plan.title,
        "day": vdate(actor.on),
    }
    data = sheet_of(found, lines, heading=heading)
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_POST
def due(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The office that keeps the plan says by when plans are asked for."""
    plan = _kept(request, plan_id)
    form = DueForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        answer = ask_for_plans(
            actor=acting(request), at=timezone.now(), plan_id=plan.pk, on=said["on"], seen=said["seen"]
        )
        if not isinstance(answer, Refusal):
            messages.success(request, _("Đã lưu hạn ban hành kế hoạch của cấp dưới."))
            return redirect("plan:cover", plan.pk)
        form.add_error("on" if answer.field == "on" else None, answer.message)
    return _matrix_page(request, plan, form, status=422)


@require_POST
def carries_out(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The office that keeps a plan says which one above it carries out."""
    plan = _kept(request, plan_id)
    form = AboveForm(request.POST, plans=may_carry_out(acting(request), plan))
    if form.is_valid():
        above = form.cleaned_data["parent_id"]
        answer = carry_out(
            actor=acting(request),
            at=timezone.now(),
            plan_id=plan.pk,
            parent_id=above.pk if above else None,
            seen=form.cleaned_data["seen"],
        )
        if not isinstance(answer, Refusal):
            messages.success(request, _("Đã lưu kế hoạch cấp trên."))
            return redirect(reverse("plan:cover", args=[plan.pk]) + "#cap-tren")
        form.add_error("parent_id" if answer.field == "parent_id" else None, answer.message)
    return _matrix_page(request, plan, above=form, status=422)


def _kept(request: HttpRequest, plan_id: int) -> Plan:
    """A plan that the actor keeps; of others it is seen that they may not."""
    plan = seen_plan(request, plan_id)
    if not can_review(acting(request), plan):
        raise PermissionDenied(_("Chỉ cơ quan thường trực giữ kế hoạch này được gửi, rà soát và ban hành."))
    return plan


def above_of(actor: Actor, plan: Plan) -> dict[str, Any]:
    """What a plan carries out: what is known, what its text cites, what it does not take up, the form of its keeper."""
    may_keep = can_review(actor, plan) and plan.state in (PlanState.ADOPTED, PlanState.CLOSED) and plan.item_id is None
    known = plan.carries_out
    seen = known if known and Plan.objects.visible_to(actor).filter(pk=known.pk).exists() else None
    cited: list[Plan] = []
    if may_keep and known is None:
        revision = Revision.objects.filter(plan=plan, state=RevisionState.ADOPTED).select_related("plan").first()
        cited = cited_plans(revision, actor.on) if revision else []
    return {
        "known": known,
        "seen": seen,
        "confirmed": plan.carries_out_at is not None,
        "cited": cited,
        "unmet": unmet_demands(plan, actor.on) if seen else [],
        "may_keep": may_keep,
        "words": WORDS,
    }


def _matrix_page(
    request: HttpRequest,
    plan: Plan,
    typed: DueForm | None = None,
    *,
    above: AboveForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = acting(request)
    page = plan_page(request, plan, "cover")
    found = cover_of(actor, plan, actor.on)
    wanting = "thieu" in request.GET
    lines = [line for line in found.lines if line.lacks or not wanting]
    size = max(CELLS_A_PAGE // max(len(found.targets), 1), FEWEST_ROWS)
    part: Page[Line] = Paginator(lines, size).get_page(request.GET.get("trang"))
    visible = set(
        Plan.objects.visible_to(actor)
        .filter(pk__in=[child.pk for line in part for child in line.plans])
        .values_list("pk", flat=True)
    )
    upper = above_of(actor, plan)
    if upper["may_keep"] and above is None:
        proposed = upper["known"] or next(iter(upper["cited"]), None)
        initial = {"parent_id": proposed.pk if proposed else None, "seen": plan.carries_out_id}
        above = AboveForm(initial=initial, plans=may_carry_out(actor, plan), auto_id="id_above_%s")
    may_keep = can_review(actor, plan)
    page |= {
        "matrix": found,
        "part": part,
        "rows": [
            Shown(line, [(WORDS[cell.cover], cell) for cell in line.cells], any(p.pk in visible for p in line.plans))
            for line in part
        ],
        "heads": [(target, found.strong(place), found.asked(place)) for place, target in enumerate(found.targets)],
        "total": len(found.lines),
        "wanting": wanting,
        "lacking": sum(1 for line in found.lines if line.lacks),
        "late": found.late(actor.on),
        "key": [word for cover, word in WORDS.items() if any(c.cover is cover for ln in found.lines for c in ln.cells)],
        "may_keep": may_keep,
        "form": typed or DueForm(initial={"on": plan.cover_due_on, "seen": plan.cover_due_on}),
        "above": upper,
        "above_form": above,
        "wrong": next((each for each in (typed, above) if each is not None and each.errors), None),
        "urge_url": f"{reverse('urging:new')}?{urlencode({'ke_hoach': plan.pk})}" if can_urge(actor) else "",
    }
    return render(request, "plan/cover.html", page, status=status)


def sheet_of(found: Matrix, lines: Sequence[Line], *, heading: str) -> bytes:
    """The matrix as a workbook."""
    columns = [
        (_("Đơn vị"), 30), (_("Kế hoạch của đơn vị"), 30), (_("Tệp minh chứng"), 16),
        *((each.text, 16) for each in found.targets),
    ]  # fmt: skip
    rows: list[Sequence[Value] | Heading] = [
        [line.unit.name, plan_words(line, found.due_on) or _("chưa có"), line.files, *map(_told, line.cells)]
        for line in lines
    ]
    strong = [f"{found.strong(at)}/{found.asked(at)}" for at in range(len(found.targets))]
    rows.append(Heading([_("Đủ / được giao"), f"{found.with_plan}/{len(found.lines)}", "", *strong]))
    return write_workbook([Sheet(_("Đơn vị cấp dưới"), heading, columns, rows)])


def _told(cell: Cell) -> str:
    word = WORDS[cell.cover]
    return f"{word.short} ({cell.reason})" if cell.reason else str(word.short)


def plan_words(line: Line, due_on: date | None) -> str:
    """The plans of a body by number and day, and whether the first of them came late; empty where there is none."""
    words = []
    for child in line.plans:
        name = child.designation or child.title
        words.append(f"{name}, {vdate(child.issued_on)}" if child.issued_on else name)
    days = [child.issued_on for child in line.plans if child.issued_on]
    if due_on and days and min(days) > due_on:
        words.append(_("ban hành muộn"))
    return "; ".join(words)
