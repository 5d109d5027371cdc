"""A campaign on one page: its window with today, stages, targets by body, what was done day by day, what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Event, EventState
from pcmt.apps.plans.models import Plan, PlanUnit
from pcmt.apps.projects.policies import can_keep
from pcmt.apps.reports.models import Duty, DutyState, ReportForm
from pcmt.apps.reports.operations.regimes import RequestText, request_report
from pcmt.apps.reports.policies import can_keep_regimes
from pcmt.apps.targets.models import Target
from pcmt.apps.targets.queries import Judged, judge, load, told_to
from pcmt.apps.targets.queries.judging import judge_days
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.units.models import Unit, UnitClosure, holds_on
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import DAY, Span
from pcmt.web.plan.header import plan_window, seen_plan
from pcmt.web.plan.timeline import Scale, share_passed
from pcmt.web.projects.forms_views import home_of, refuse_unless
from pcmt.web.shell.access import acting
from pcmt.web.targets.drawing import Chart, bar, chart
from pcmt.web.targets.words import VERDICT_WORDS

FORM = "action_month"
MOST_TARGETS = 12
MOST_DAYS = 62
"""Longer windows are told week by week."""
REPORT_DAYS = 5
"""So many days after the end the result report is due unless somebody says otherwise. [KH]"""


@attrs.frozen
class Row:
    """A kind of activity with its number on each day (or week) of the window, and all of them; None: not there yet."""

    label: str
    counts: Sequence[int | None]
    total: int


@attrs.frozen
class Board:
    """The days, or weeks, of a window up to today with what was done."""

    days: Sequence[date]
    weekly: bool
    rows: Sequence[Row]
    total: int


def campaign(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The page; it prints on A4 and fills a shared screen."""
    actor, plan = acting(request), seen_plan(request, plan_id)
    window = plan_window(plan)
    targets = targets_of(actor, plan, window)
    judged = told_to(actor, judge(targets, on=actor.on))
    duty = Duty.objects.visible_to(actor).filter(plan=plan, state=DutyState.ACTIVE).order_by("pk").last()
    owed = DueItem.objects.visible_to(actor).filter(plan__in=[plan.pk, *_parent(plan)]).of_plans().overdue(actor.on)
    if window is not None:
        owed = owed.filter(due_on__gte=window.start, due_on__lte=window.last)
    page = {
        "plan": plan,
        "drawing": _drawing(plan, window, actor.on),
        "stages": [
            {"stage": each, "now": each.from_on <= actor.on <= each.to_on, "past": each.to_on < actor.on}
            for each in plan.stages.all()
        ],
        "targets": _lines(targets, judged),
        "charts": _charts(actor, judged, window),
        "board": board_of(actor, plan, window) if window else None,
        "missing": [each for each in judged if not each.hidden and each.judgement.distance],
        "overdue": owed.select_related("unit", "task", "clause", "occurrence__duty").order_by("due_on", "pk")[:20],
        "duty": duty,
        "may_keep": can_keep(actor, plan),
        "may_report": duty is None and window is not None and can_keep_regimes(actor, plan),
        "today": actor.on,
    }
    return render(request, "projects/campaign.html", page)


def _parent(plan: Plan) -> list[int]:
    return [plan.parent_id] if plan.parent_id else []


def targets_of(actor: Actor, plan: Plan, window: Span | None) -> list[Target]:
    """The campaign's own targets; of one without a text those of the plan around it that lie in its window."""
    seen = Target.objects.visible_to(actor).active().select_related("plan")
    own = list(seen.filter(plan=plan).order_by("order", "pk")[:MOST_TARGETS])
    if own or plan.parent_id is None or window is None:
        return own
    inside = Q(window_from__gte=window.start, window_to__lte=window.last)
    return list(seen.filter(inside, plan=plan.parent_id).order_by("order", "pk")[:MOST_TARGETS])


def _lines(targets: Sequence[Target], judged: Sequence[Judged]) -> list[dict[str, Any]]:
    names = dict(Unit.objects.filter(pk__in={each.unit_id for each in judged}).values_list("pk", "name"))
    by_target: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for each in judged:
        told = each.judgement
        by_target[each.target.pk].append(
            {
                "judged": each,
                "name": names.get(each.unit_id, ""),
                "goal": told.goal if told.goal is not None else each.spec.value,
                "word": VERDICT_WORDS[told.verdict],
                "bar": None if each.hidden else bar(told.measured, told.expected, told.goal),
            }
        )
    return [{"target": target, "rows": by_target[target.pk]} for target in targets]


def _charts(actor: Actor, judged: Sequence[Judged], window: Span | None) -> list[tuple[Target, Judged, Chart]]:
    """The way of each whole target with a number, ten points through the window; for at most three of them."""
    if window is None or actor.on < window.start:
        return []
    found: list[tuple[Target, Judged, Chart]] = []
    last = min(actor.on, window.last)
    step = max(1, ((last - window.start).days + 1) // 10)
    days = sorted(
        {last, *(window.start + timedelta(days=n) for n in range(step - 1, (last - window.start).days, step))}
    )
    for each in judged:
        if not each.whole or each.hidden or each.judgement.goal is None or len(found) == 3:
            continue
        loaded = load([each.target])[0]
        way = judge_days([(loaded, day) for day in days], on=last, units=[each.unit_id])
        dots = [(row.day, row.judgement.measured, row.judgement.expected) for row in way if row.whole]
        drawn = chart(window, dots, goal=each.judgement.goal, opening=Decimal(0), on=actor.on)
        if drawn is not None:
            found.append((each.target, each, drawn))
    return found


def _drawing(plan: Plan, window: Span | None, on: date) -> dict[str, Any] | None:
    if window is None:
        return None
    scale = Scale(window)
    bars = [scale.bar(each.from_on, each.to_on + DAY, "open") for each in plan.stages.all()]
    return {
        "first": window.start,
        "last": window.last,
        "days": window.days,
        "day": (on - window.start).days + 1 if on in window else None,
        "share": share_passed(window, on) if on in window else None,
        "over": on >= window.end,
        "passed": scale.x(on),
        "today": scale.middle(on) if on in window else None,
        "bars": bars,
    }


def board_of(actor: Actor, plan: Plan, window: Span) -> Board:
    """What the campaign's bodies did in its window, by kind and day; one statement."""
    last = min(actor.on, window.last)
    weekly = window.days > MOST_DAYS
    step = 7 if weekly else 1
    days = [window.start + timedelta(days=n) for n in range(0, max((last - window.start).days + 1, 0), step)]
    bodies = PlanUnit.objects.filter(plan=plan).values("unit_id")
    below = UnitClosure.objects.filter(holds_on(actor.on), ancestor__in=bodies).values("descendant_id")
    seen = Event.objects.visible_to(actor).filter(on__gte=window.start, on__lte=last)
    seen = seen.exclude(state__in=(EventState.VOIDED, EventState.RETURNED)).filter(Q(plan=plan) | Q(body__in=below))
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(days))
    for label, on, count in seen.order_by().values_list("kind__label", "on").annotate(n=Count("pk", distinct=True)):
        counts[label][(on - window.start).days // step] += count
    rows = [Row(label, found, sum(found)) for label, found in sorted(counts.items(), key=lambda each: -sum(each[1]))]
    return Board(days, weekly, rows, sum(row.total for row in rows))


@require_POST
def report(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Ask for the result report of a campaign, in the ready form: of its bodies, for its window."""
    actor, plan = acting(request), seen_plan(request, plan_id)
    refuse_unless(can_keep_regimes(actor, plan))
    window = plan_window(plan)
    bodies = list(PlanUnit.objects.filter(plan=plan).values_list("unit_id", flat=True)) or [plan.owner_id]
    form = ReportForm.objects.filter(code=FORM).first()
    answer: Any = Refusal(code="window", message=_("Đợt cao điểm chưa có thời gian."))
    if window is not None:
        text = RequestText(
            title=_("Báo cáo kết quả %(title)s") % {"title": plan.title[:200]},
            kind="thematic",
            what=_("Kết quả thực hiện, số liệu, khó khăn và kiến nghị của đợt."),
            unit_ids=tuple(bodies),
            due_on=max(window.last + timedelta(days=REPORT_DAYS), actor.on),
            first=window.start,
            cutoff=min(window.last, actor.on),
            form_id=form.pk if form else None,
        )
        answer = request_report(actor=actor, at=timezone.now(), plan_id=plan.pk, request=text)
    if isinstance(answer, Refusal):
        messages.error(request, answer.message)
        return redirect(home_of(plan))
    return redirect("regimes:regime", answer.pk)
