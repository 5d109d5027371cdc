"""Opening campaigns and projects by hand; what projects have beside a plan."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.plans.models import Plan, PlanKind
from pcmt.apps.plans.operations import open_part
from pcmt.apps.plans.policies import can_review, can_start
from pcmt.apps.projects.models import Milestone, ProjectSheet, Review
from pcmt.apps.projects.operations import keeping
from pcmt.apps.projects.policies import can_keep, can_tell
from pcmt.core.diagnostics import Refusal
from pcmt.web.plan.header import seen_plan
from pcmt.web.projects.forms import MilestoneForm, OpenForm, ReviewForm, SheetForm, blame, chosen
from pcmt.web.shell.access import acting
from pcmt.web.templatetags.pcmt import vdate


def form_page(
    request: HttpRequest, form: forms.Form, heading: str, back: str, *, plan: Plan | None = None, **more: Any
) -> HttpResponse:
    """A form by itself; 422 when something in it is wrong."""
    page = {"form": form, "heading": heading, "back": back, "plan": plan, **more}
    return render(request, "projects/form.html", page, status=422 if form.errors else 200)


def sent(request: HttpRequest) -> Any:
    """What was sent with the form, also when that is nothing; None where the page is only asked for."""
    return request.POST if request.method == "POST" else None


def home_of(plan: Plan) -> str:
    """The page on which a campaign or project stands."""
    name = "projects:campaign" if plan.kind == PlanKind.CAMPAIGN else "projects:programme"
    return reverse(name, args=[plan.pk])


def refuse_unless(allowed: bool) -> None:
    """No page for who may not."""
    if not allowed:
        raise PermissionDenied(_("Bạn không có quyền ghi vào dự án, kinh phí này."))


def open_new(request: HttpRequest) -> HttpResponse:
    """Open a campaign, programme or project, by itself or in the plan that the address names."""
    actor = acting(request)
    asked = request.GET.get("ke-hoach", "")
    parent = seen_plan(request, int(asked)) if asked.isdecimal() else None
    refuse_unless(can_start(actor) and (parent is None or can_review(actor, parent)))
    window = {"first": vdate(parent.window_from), "last": vdate(parent.window_to)} if parent else {}
    kind = {"du-an": PlanKind.PROJECT, "chuong-trinh": PlanKind.PROGRAMME}.get(
        request.GET.get("loai", ""), PlanKind.CAMPAIGN
    )
    initial = {"kind": kind, **{name: day for name, day in window.items() if day != "—"}}
    form = OpenForm(sent(request), actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        parent_id = parent.pk if parent else None
        answer = open_part(actor=actor, at=timezone.now(), parent_id=parent_id, **form.said())
        if isinstance(answer, Plan):
            messages.success(request, _("Đã mở “%(title)s”.") % {"title": answer.title})
            return redirect(home_of(answer))
        blame(form, answer)
    back = home_of(parent) if parent else reverse("plans:list")
    return form_page(request, form, _("Mở đợt cao điểm, chương trình, dự án"), back, plan=parent)


def sheet(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Who answers for a project, who guides it, its stages."""
    actor, plan = acting(request), seen_plan(request, plan_id)
    refuse_unless(can_keep(actor, plan))
    row = ProjectSheet.objects.filter(plan=plan).select_related("owner").first()
    stages = [f"{each.name}; {each.from_on:%d/%m/%Y}; {each.to_on:%d/%m/%Y}" for each in plan.stages.all()]
    initial: dict[str, Any] = {"version": 0, "stages": "\n".join(stages)}
    if row:
        owner = row.owner.name if row.owner else ""
        initial |= {"version": row.version, "ministry": row.ministry, "paper": row.paper, "owner": owner}
    form = SheetForm(sent(request), actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        answer = keeping.keep_sheet(
            actor=actor, at=timezone.now(), plan_id=plan.pk, version=data["version"], ministry=data["ministry"],
            owner_id=data["owner"].pk if data["owner"] else None, paper=data["paper"], stages=data["stages"],
        )  # fmt: skip
        if not isinstance(answer, Refusal):
            return redirect(home_of(plan))
        blame(form, answer)
    return form_page(request, form, _("Thông tin, giai đoạn"), home_of(plan), plan=plan)


def milestone(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A new milestone, or the one that `moc` names: changed, reached, taken back."""
    actor, plan = acting(request), seen_plan(request, plan_id)
    refuse_unless(can_tell(actor, plan))
    row = _row(Milestone, plan, request.GET.get("moc", ""))
    if row is not None and request.POST.get("act") == "drop":
        return _dropped(request, "milestone", row, plan)
    initial: dict[str, Any] = {"version": 0}
    if row is not None:
        initial = {name: getattr(row, name) for name in ("version", "title", "words")}
        initial |= {"due_on": row.due_on.isoformat(), "done_on": row.done_on and row.done_on.isoformat()}
        initial |= {"task": row.task_id or "", "owed_by": row.owed_by.name if row.owed_by else ""}
    form = MilestoneForm(sent(request), actor=actor, plan=plan, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        answer = keeping.keep_milestone(
            actor=actor, at=timezone.now(), plan_id=plan.pk, milestone_id=row.pk if row else None,
            owed_by_id=data["owed_by"].pk if data["owed_by"] else None, task_id=chosen(data["task"]),
            **{name: data[name] for name in ("version", "title", "due_on", "done_on", "words")},
        )  # fmt: skip
        if not isinstance(answer, Refusal):
            return redirect(home_of(plan))
        blame(form, answer)
    heading = _("Mốc của dự án") if row is None else row.title
    return form_page(request, form, heading, home_of(plan), plan=plan, drops=row is not None)


def review(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A new review, or the one that `lan` names."""
    actor, plan = acting(request), seen_plan(request, plan_id)
    refuse_unless(can_keep(actor, plan))
    row = _row(Review, plan, request.GET.get("lan", ""))
    if row is not None and request.POST.get("act") == "drop":
        return _dropped(request, "review", row, plan)
    initial: dict[str, Any] = {"version": 0}
    if row is not None:
        initial = {name: getattr(row, name) for name in ("version", "kind", "conclusions", "outcome")}
        initial |= {"due_on": row.due_on.isoformat(), "held_on": row.held_on and row.held_on.isoformat()}
    form = ReviewForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = keeping.keep_review(
            actor=actor, at=timezone.now(), plan_id=plan.pk, review_id=row.pk if row else None, **form.cleaned_data
        )
        if not isinstance(answer, Refusal):
            return redirect(home_of(plan))
        blame(form, answer)
    return form_page(request, form, _("Sơ kết, tổng kết"), home_of(plan), plan=plan, drops=row is not None)


def _row(model: Any, plan: Plan, asked: str) -> Any:
    if not asked:
        return None
    row = model.objects.standing().filter(plan=plan, pk=asked).first() if asked.isdecimal() else None
    if row is None:
        raise Http404
    return row


def _dropped(request: HttpRequest, what: str, row: Any, plan: Plan) -> HttpResponse:
    said = request.POST.get("version", "")
    version = int(said) if said.isdecimal() else 0
    answer = keeping.drop(actor=acting(request), at=timezone.now(), what=what, row_id=row.pk, version=version)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
    return redirect(home_of(plan))
