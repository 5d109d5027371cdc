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
from pcmt.core.evaluating import Verdict
from pcmt.core.periods import DAY, Span
from pcmt.web.plan.header import plan_window, seen_plan
from pcmt.web.plan.timeline import Scale, share_passed
from pcmt.web.projects.forms_views import home_of, refuse_unless
from pcmt.web.projects.views import said
from pcmt.web.shell.access import acting
from pcmt.web.targets.drawing import Chart, chart
from pcmt.web.targets.listing import Line, gathers, of_judged

FORM = "action_month"
MOST_TARGETS = 12
MOST_UNITS = 12
"""Of a target that holds for more units those are listed that need somebody; the rest is counted."""
NEEDING = (Verdict.MISSED, Verdict.BEHIND, Verdict.UNDETERMINED)
SHORT = 20
"""So many shortfalls, and overdue items, are told."""
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
    lines = _lines(targets, told_to(actor, judge(targets, on=actor.on)), actor.on)
    duties = list(
        Duty.objects.visible_to(actor).filter(plan=plan, state=DutyState.ACTIVE).select_related("form").order_by("pk")
    )
    asked = any(duty.form is not None and duty.form.code == FORM for duty in duties)
    short = _short(lines)
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
        "targets": lines,
        "charts": _charts(actor, lines, window),
        "board": board_of(actor, plan, window) if window else None,
        "short": short[:SHORT],
        "more_short": max(0, len(short) - SHORT),
        "overdue": owed.select_related("unit", "task", "clause", "occurrence__duty").order_by("due_on", "pk")[:SHORT],
        "more_overdue": max(0, owed.count() - SHORT),
        "duties": duties,
        "may_keep": can_keep(actor, plan),
        "may_report": not asked and window is not None and can_keep_regimes(actor, plan),
        "today": actor.on,
    }
    return render(request, "projects/campaign.html", page)


def _parent(plan: Plan) -> list[int]:
    return [plan.parent_id] if plan.parent_id else []


def targets_of(actor: Actor, plan: Plan, window: Span | None) -> list[Target]:
    """The campaign's own targets; of one without a text those of the plan around it that lie in its window."""
    seen = Target.objects.visible_to(actor).active().select_related("plan", "clause")
    own = list(seen.filter(plan=plan).order_by("order", "pk")[:MOST_TARGETS])
    if own or plan.parent_id is None or window is None:
        return own
    inside = Q(window_from__gte=window.start, window_to__lte=window.last)
    return list(seen.filter(inside, plan=plan.parent_id).order_by("order", "pk")[:MOST_TARGETS])


@attrs.frozen
class UnitLine:
    """How a target stands for a unit; `line` says it in words and figures."""

    judged: Judged
    name: str
    line: Line

    @property
    def hidden(self) -> bool:
        """Whether the reader is not told its numbers."""
        return self.judged.hidden

    @property
    def needs(self) -> bool:
        """Whether somebody has to look at it."""
        return self.judged.judgement.verdict in NEEDING


@attrs.frozen
class TargetLines:
    """A target with its units: all of few, of many the whole and those that need somebody; `more` are not listed."""

    target: Target
    sentence: str
    rows: Sequence[UnitLine]
    all: Sequence[UnitLine]

    @property
    def more(self) -> int:
        """How many units are not listed."""
        return len(self.all) - len(self.rows)


def _lines(targets: Sequence[Target], judged: Sequence[Judged], on: date) -> list[TargetLines]:
    names = dict(Unit.objects.filter(pk__in={each.unit_id for each in judged}).values_list("pk", "name"))
    by_target: dict[int, list[UnitLine]] = defaultdict(list)
    for each in judged:
        line = of_judged(each, on)
        if line.goal is None and not gathers(each.target, whole=each.whole):
            line = attrs.evolve(line, goal=each.spec.value)
        by_target[each.target.pk].append(UnitLine(each, names.get(each.unit_id, ""), line))
    words = said(targets)
    return [
        TargetLines(target, words[target.pk], _listed(by_target[target.pk]), by_target[target.pk]) for target in targets
    ]


def _listed(rows: Sequence[UnitLine]) -> list[UnitLine]:
    if len(rows) <= MOST_UNITS:
        return list(rows)
    whole = [row for row in rows if row.judged.whole]
    needing = [row for row in rows if not row.judged.whole and row.needs]
    needing.sort(key=lambda row: NEEDING.index(row.judged.judgement.verdict))
    return [*whole, *needing[: MOST_UNITS - len(whole)]]


def _short(lines: Sequence[TargetLines]) -> list[tuple[Target, UnitLine]]:
    """What is missing, by target: of bodies and units where there are any, else of the whole."""
    found: list[tuple[Target, UnitLine]] = []
    for each in lines:
        rows = [row for row in each.all if not row.judged.whole] or each.all
        behind = (Verdict.MISSED, Verdict.BEHIND)
        found += [(each.target, row) for row in rows if not row.hidden and row.judged.judgement.verdict in behind]
    return found


def _charts(actor: Actor, lines: Sequence[TargetLines], window: Span | None) -> list[tuple[Target, Line, Chart]]:
    """The way of each whole target with a number, ten points through the window; for at most three of them.

    Targets that hold for each of many units have no way of their own.
    """
    if window is None or actor.on < window.start:
        return []
    found: list[tuple[Target, Line, Chart]] = []
    last = min(actor.on, window.last)
    step = max(1, ((last - window.start).days + 1) // 10)
    days = sorted(
        {last, *(window.start + timedelta(days=n) for n in range(step - 1, (last - window.start).days, step))}
    )
    for row in (row for each in lines for row in each.all):
        each = row.judged
        goal = each.judgement.goal
        if not each.whole or each.hidden or goal is None or gathers(each.target, whole=True) or len(found) == 3:
            continue
        loaded = load([each.target])[0]
        way = judge_days([(loaded, day) for day in days], on=last, units=[each.unit_id])
        dots = [(told.day, told.judgement.measured, told.judgement.expected) for told in way if told.whole]
        drawn = chart(window, dots, goal=goal, opening=Decimal(0), on=actor.on)
        if drawn is not None:
            found.append((each.target, row.line, drawn))
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
    bodies = list(PlanUnit.objects.filter(plan=plan).exclude(unit=plan.owner_id).values_list("unit_id", flat=True))
    form = ReportForm.objects.filter(code=FORM).first()
    answer: Any = Refusal(code="window", message=_("Đợt cao điểm chưa có thời gian."))
    if window is not None and not bodies:
        answer = Refusal(code="nobody", message=_("Đợt cao điểm chưa nêu đơn vị nào phải báo cáo."))
    elif window is not None:
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
