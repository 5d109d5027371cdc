"""The plan page: every tab loads what the actor may see and renders one template."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from pcmt.apps.plans.models import Plan, PlanState, Revision, RevisionState
from pcmt.apps.plans.operations import need_acceptance
from pcmt.apps.plans.policies import can_review
from pcmt.apps.plans.queries import diff_revisions
from pcmt.apps.reports.policies import can_keep_regimes
from pcmt.apps.tasks.covering import unmet_demands
from pcmt.apps.tasks.events import plan_events
from pcmt.apps.tasks.models import DueItem, DueState, Mode
from pcmt.apps.tasks.operations import say_when, switch_reminders
from pcmt.core.diagnostics import Refusal
from pcmt.web.figures import switch_of
from pcmt.web.history.trail import trail_of
from pcmt.web.plan.bodies import BODIES_A_PAGE, SIGNS, bodies_of, lines_by_body, without_body
from pcmt.web.plan.bodies import matrix as matrix_of
from pcmt.web.plan.document import document_of
from pcmt.web.plan.duties import duties_of
from pcmt.web.plan.events import EventForm, event_lines
from pcmt.web.plan.header import plan_page, seen_plan
from pcmt.web.plan.progress import timeline_of
from pcmt.web.shell.access import acting
from pcmt.web.targets.scoreboard import parts_of, scoreboard_of
from pcmt.web.tasks.owed import sums_by_body

NEXT_ITEMS = 6
BODIES = 12
ROWS_A_PAGE = 40
ENTRIES_A_PAGE = 50


def overview(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What is due next, who is behind, the projects inside, the facts of the document."""
    actor = acting(request)
    plan = seen_plan(request, plan_id)
    page = plan_page(request, plan, "overview")
    whole = DueItem.objects.filter(plan=plan).exclude(mode=Mode.REQUESTED).of_plans().owed()
    page |= {
        "parts": parts_of(plan, page["verdicts"]) if page["verdicts"] else [],
        "next_items": whole.filter(state=DueState.OPEN, due_on__isnull=False)
        .select_related("unit", "clause", "task", "occurrence__duty")
        .order_by("due_on", "pk")[:NEXT_ITEMS],
        "bodies": sums_by_body(whole, page["today"]).order_by("-overdue", "-open", "-total", "written")[:BODIES],
        "children": Plan.objects.visible_to(actor).filter(parent=plan).select_related("lead").order_by("order"),
        "may_keep": can_review(actor, plan),
        "carries_out": plan.carries_out,
        "unmet": unmet_demands(plan, actor.on) if plan.carries_out_id else [],
        "waiting": Revision.objects.visible_to(actor)
        .filter(plan=plan, state=RevisionState.REVIEW)
        .defer("text", "reading")
        .first(),
    }
    return render(request, "plan/overview.html", page)


@require_POST
def reminders(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The office that keeps the plan turns its reminders on or off."""
    plan = seen_plan(request, plan_id)
    on = request.POST.get("on") == "1"
    answer = switch_reminders(actor=acting(request), at=timezone.now(), plan_id=plan.pk, on=on)
    if isinstance(answer, Refusal):
        raise PermissionDenied(answer.message)
    return redirect(reverse("plan:overview", args=[plan.pk]) + "#nhac-han")


@require_POST
def acceptance(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The office that keeps the plan says whether it accepts what is reported as done."""
    plan = seen_plan(request, plan_id)
    needed = request.POST.get("needed") == "1"
    answer = need_acceptance(actor=acting(request), at=timezone.now(), plan_id=plan.pk, needed=needed)
    if isinstance(answer, Refusal):
        raise PermissionDenied(answer.message)
    return redirect(reverse("plan:overview", args=[plan.pk]) + "#nghiem-thu")


def targets(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The scoreboard: every target with its verdict, its bar and its shares; what has still to be done on top."""
    plan = seen_plan(request, plan_id)
    page = plan_page(request, plan, "targets")
    text = page["revision"].text if page["revision"] else ""
    switch = switch_of(request)
    board = scoreboard_of(acting(request), plan, text, switch, request.GET.get("ket_luan", ""))
    return render(request, "plan/targets.html", page | {"board": board, "switch": switch})


def assignments(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Tasks by body; one body alone with `don_vi`, all of them for printing with `tat_ca`."""
    plan = seen_plan(request, plan_id)
    page = plan_page(request, plan, "assignments")
    bodies = bodies_of(plan)
    chosen = request.GET.get("don_vi")
    listed = [body for body in bodies if body.key == chosen] if chosen else bodies
    size = max(len(listed), 1) if "tat_ca" in request.GET else BODIES_A_PAGE
    part = Paginator(listed, size).get_page(request.GET.get("trang"))
    page |= {
        "bodies": bodies,
        "chosen": chosen,
        "part": part,
        "groups": lines_by_body(plan, part.object_list, page["today"]),
        "nobody": without_body(plan) if not part.has_next() and not chosen else [],
        "signs": SIGNS.values(),
    }
    return render(request, "plan/assignments.html", page)


def matrix(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Bodies across, tasks down; prints on A4 landscape."""
    plan = seen_plan(request, plan_id)
    page = plan_page(request, plan, "assignments")
    page |= {"matrix": matrix_of(plan, request.GET.get("trang", 1)), "signs": SIGNS.values()}
    return render(request, "plan/matrix.html", page)


def timeline(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Due dates and windows drawn along the plan's time; a list of dates on a phone."""
    return timeline_page(request, seen_plan(request, plan_id))


def timeline_page(
    request: HttpRequest, plan: Plan, *, typed: EventForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of due dates; `typed` is a form for the day of an event that has something wrong."""
    page = plan_page(request, plan, "timeline")
    drawn = timeline_of(plan, page["today"])
    size = max(len(drawn.rows), 1) if "tat_ca" in request.GET else ROWS_A_PAGE
    page |= {
        "timeline": drawn,
        "part": Paginator(drawn.rows, size).get_page(request.GET.get("trang")),
        "today_x": drawn.scale.middle(page["today"]) if drawn.scale and page["today"] in drawn.scale.window else None,
        "events": event_lines(request, plan, typed),
        "form": typed,
    }
    return render(request, "plan/timeline.html", page, status=status)


@require_POST
def event(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Keeps the day of an event that limits hang on, and goes back to where they are drawn."""
    plan = seen_plan(request, plan_id)
    known = [each.key for each in plan_events(plan.pk)]
    key = request.POST.get("key", "")
    if key not in known:
        raise Http404
    form = EventForm(request.POST, auto_id=f"id_event_{known.index(key)}_%s")
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("key", "version", "on")}
        answer = say_when(actor=acting(request), at=timezone.now(), plan_id=plan.pk, **said)
        if not isinstance(answer, Refusal):
            return redirect(reverse("plan:timeline", args=[plan.pk]) + "#su-kien")
        form.add_error("on" if answer.field == "on" else None, answer.message)
    return timeline_page(request, plan, typed=form, status=422)


def reports(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Report duties: who reports to whom, by which way, when, and each period of it."""
    plan = seen_plan(request, plan_id)
    page = plan_page(request, plan, "reports")
    may_ask = plan.state == PlanState.ADOPTED and can_keep_regimes(acting(request), plan)
    return render(request, "plan/reports.html", page | {"duties": duties_of(plan, page["today"]), "may_ask": may_ask})


def text(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The text with its marks; `ban` picks an earlier version."""
    plan = seen_plan(request, plan_id)
    page = plan_page(request, plan, "text")
    current = page["revision"]
    versions = list(_versions(request, current.plan if current else plan))
    asked = request.GET.get("ban", "")
    shown = next((version for version in versions if str(version.number) == asked), None) if asked else None
    if asked and shown is None:
        raise Http404
    chosen = shown or current
    whole = Revision.objects.select_related("source").defer("reading")
    revision = whole.get(pk=chosen.pk) if chosen else None
    page |= {"shown": revision, "versions": versions, "document": document_of(revision) if revision else None}
    return render(request, "plan/text.html", page)


def differences(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What changed between two versions, clause by clause; the last two unless `tu` and `den` say otherwise."""
    plan = seen_plan(request, plan_id)
    versions = {str(version.number): version for version in _versions(request, plan)}
    numbers = sorted(versions, key=int)
    if len(numbers) < 2:
        raise Http404
    old, new = (
        versions.get(request.GET.get(name, back)) for name, back in zip(("tu", "den"), numbers[-2:], strict=True)
    )
    if old is None or new is None:
        raise Http404
    page = plan_page(request, plan, "text")
    changes = diff_revisions(old, new)
    counts = Counter(change.kind for change in changes)
    page |= {
        "old": old,
        "new": new,
        "versions": versions.values(),
        "changes": [change for change in changes if change.kind != "same"],
        "counts": {kind: counts[kind] for kind in ("added", "changed", "moved", "removed", "same")},
    }
    return render(request, "plan/differences.html", page)


def history(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Who did what with the plan, in words."""
    plan = seen_plan(request, plan_id)
    trail: Any = trail_of(acting(request), plan)
    entries = Paginator(trail, ENTRIES_A_PAGE).get_page(request.GET.get("trang"))
    return render(
        request, "plan/history.html", plan_page(request, plan, "history") | {"entries": entries, "whole": trail.whole}
    )


def _versions(request: HttpRequest, plan: Plan) -> QuerySet[Revision]:
    settled = Q(state__in=(RevisionState.ADOPTED, RevisionState.SUPERSEDED))
    return (
        Revision.objects.visible_to(acting(request))
        .filter(settled, plan=plan)
        .select_related("adopted_by", "plan")
        .defer("text", "reading")
        .order_by("-number")
    )
