"""The list of plans and handing one in."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.plans.models import Plan, PlanState, Revision, RevisionState
from pcmt.apps.plans.operations import start_reading
from pcmt.apps.plans.policies import can_review, can_start
from pcmt.apps.plans.queries import plans_visible
from pcmt.core.diagnostics import Refusal
from pcmt.web.filters.saved import CLEARED, opens_with
from pcmt.web.plans.forms import ListFilter, UploadForm
from pcmt.web.plans.samples import sample_names
from pcmt.web.shell.access import acting, deny

PER_PAGE = 25
OPEN = (RevisionState.WAITING, RevisionState.READING, RevisionState.FAILED, RevisionState.REVIEW)
STATE_WORDS = {
    RevisionState.WAITING: ("wait", gettext_lazy("Đang chờ đọc")),
    RevisionState.READING: ("wait", gettext_lazy("Đang đọc")),
    RevisionState.FAILED: ("plain", gettext_lazy("Chưa đọc được")),
    RevisionState.REVIEW: ("plain", gettext_lazy("Đang rà soát")),
}


def plan_list(request: HttpRequest) -> HttpResponse:
    """Plans the actor may see, newest first; projects and campaigns inside a plan stand on its page."""
    if (first := opens_with(request, "plans")) is not None:
        return first
    actor = acting(request)
    chosen = ListFilter(request.GET)
    chosen.is_valid()
    drafts = Revision.objects.visible_to(actor).filter(state__in=OPEN).defer("text", "reading").order_by("-number")
    plans = plans_visible(
        actor, words=chosen.cleaned_data.get("q", ""), state=chosen.cleaned_data.get("state", "")
    ).prefetch_related(Prefetch("revisions", drafts, to_attr="drafts"))
    page = Paginator(plans, PER_PAGE).get_page(request.GET.get("trang"))
    return render(
        request,
        "plans/list.html",
        {
            "page": page,
            "rows": [row_of(plan) for plan in page],
            "filter": chosen,
            "may_upload": can_start(actor),
            "clear_url": f"{request.path}?{CLEARED}=1",
        },
    )


@frozen
class Row:
    """A plan in the list: its address and its state in words; `draft` is the revision under review, if there is one."""

    plan: Plan
    draft: Revision | None
    url: str
    tone: str
    word: str


def row_of(plan: Any) -> Row:
    """A draft leads to its review, a plan in force to its page. `plan.drafts` was fetched with the page."""
    draft = next(iter(plan.drafts), None)
    if plan.state == PlanState.DRAFT and draft:
        tone, word = STATE_WORDS[draft.state]
        return Row(plan, draft, reverse("reading:screen", args=[draft.pk]), tone, str(word))
    tone = "done" if plan.state == PlanState.CLOSED else "plain"
    return Row(plan, draft, reverse("plan:overview", args=[plan.pk]), tone, plan.get_state_display())


def upload(request: HttpRequest, plan_id: int | None = None) -> HttpResponse:
    """Hands in a file or pasted text, as a new plan or as a new revision of one."""
    actor = acting(request)
    plan = get_object_or_404(Plan.objects.visible_to(actor), pk=plan_id) if plan_id else None
    if not can_start(actor) or (plan and not can_review(actor, plan)):
        return deny(request, _("Chỉ cơ quan thường trực giữ kế hoạch được gửi kế hoạch và bản sửa đổi."))
    form = UploadForm(request.POST or None, request.FILES or None)
    twin = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        answer = start_reading(
            actor=actor,
            at=timezone.now(),
            name=file.name if file else "",
            data=file.read() if file else None,
            pasted=None if file else form.cleaned_data["text"],
            plan_id=plan_id,
            again=form.cleaned_data["again"],
        )
        if isinstance(answer, Revision):
            return redirect("reading:screen", answer.pk)
        refuse(form, answer)
        twin = answer.ref if answer.code in {"same_file", "open_revision"} else None
    page = {"form": form, "plan": plan, "twin": twin, "samples": sample_names()}
    return render(request, "plans/upload.html", page, status=422 if form.errors else 200)


def refuse(form: UploadForm, refusal: Refusal) -> None:
    """Puts a refusal beside the field it is about."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
