"""A programme with its projects and sub-projects: who answers, what is due, money, results beside spending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Kind
from pcmt.apps.activities.queries.places import flow_of
from pcmt.apps.plans.models import Plan, Revision
from pcmt.apps.plans.policies import can_review
from pcmt.apps.projects.models import Milestone, MoneyAct, MoneyEntry, MoneyLine, Review
from pcmt.apps.projects.policies import can_keep, can_tell
from pcmt.apps.projects.queries.money import (
    Sums,
    line_sums,
    lines_in,
    lines_without_source,
    rolled_up,
    unfunded_targets,
    unfunded_tasks,
)
from pcmt.apps.projects.queries.proposals import waiting
from pcmt.apps.projects.tree import family, living, owners
from pcmt.apps.targets.models import Target
from pcmt.apps.targets.queries.proposing import sentence_of
from pcmt.apps.units.models import Unit
from pcmt.core.evaluating import Verdict
from pcmt.core.periods import DAY, Span
from pcmt.core.schemas import Flow
from pcmt.web.plan.header import plan_window, seen_plan
from pcmt.web.shell.access import acting
from pcmt.web.targets.drawing import Chart, chart
from pcmt.web.targets.listing import with_kept, with_standing
from pcmt.web.targets.words import VERDICT_WORDS

SHOWN = 40
"""So many targets, or unfunded tasks, are listed; the rest is counted."""
MARKS = " -+•*\n"
"""What opens a line of a list is no word of its sentence."""
MODEL = "community_model"
MODEL_UNITS = 8


@attrs.frozen
class Node:
    """A plan of the tree, `depth` levels in, with what it has."""

    plan: Plan
    depth: int
    owner: str
    sums: Sums
    milestones: Sequence[Any]
    reviews: Sequence[Any]
    may: bool


@attrs.frozen
class Due:
    """A milestone or review with how it stands on the day."""

    row: Any
    late: int
    done: date | None


def programme(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The tree, its money, and what nobody pays for."""
    actor, plan = acting(request), seen_plan(request, plan_id)
    seen = set(Plan.objects.visible_to(actor).filter(pk__in=family(plan.pk)).values_list("pk", flat=True))
    plans = living(seen)
    ids = [row.pk for row in plans]
    lines = lines_in(ids)
    sums = line_sums(lines)
    whole = rolled_up(plans, sums, {line.pk: line.plan_id for line in lines})
    targets, more = results(actor, ids, lines, sums)
    tasks, unpaid = unfunded_tasks(ids), unfunded_targets(ids)
    words = said(unpaid[:SHOWN])
    may_keep = can_keep(actor, plan)
    page = {
        "plan": plan,
        "nodes": tree_of(actor, plan, plans, whole, actor.on),
        "whole": whole.get(plan.pk, Sums()),
        "chart": spending(plan, ids, lines, actor.on),
        "results": targets,
        "more_results": more,
        "unfunded_lines": lines_without_source(ids),
        "unfunded_targets": [(target, words[target.pk]) for target in unpaid[:SHOWN]],
        "targets_unpaid": len(unpaid),
        "more_targets": max(0, len(unpaid) - SHOWN),
        "unfunded_tasks": tasks[:SHOWN],
        "tasks_unpaid": len(tasks),
        "more_tasks": max(0, len(tasks) - SHOWN),
        "models": models_of(actor, plan),
        "waiting": waiting(ids).count() if may_keep else 0,
        "may_keep": may_keep,
        "may_open": can_review(actor, plan),
        "today": actor.on,
    }
    return render(request, "projects/programme.html", page)


@attrs.frozen
class Models:
    """Community models in the area of a plan over its time: how many stood, came, went and stand, and where."""

    code: str
    area_id: int
    window: Span
    total: Flow
    rows: Sequence[tuple[str, Flow]]
    more: int


def models_of(actor: Actor, plan: Plan) -> Models | None:
    """How models spread since the plan began, the units with most new ones first; None where there are none."""
    window, area = plan_window(plan), plan.issuer_heir_id or plan.issuer_id
    kind = Kind.objects.filter(code=MODEL).first()
    if window is None or window.start > actor.on or area is None or kind is None:
        return None
    passed = Span(window.start, min(window.last, actor.on) + DAY)
    flow = next(iter(flow_of(actor, passed, unit_id=area, kind_id=kind.pk)), None)
    if flow is None:
        return None
    rows = sorted(flow.rows, key=lambda row: (-row[1].came, -row[1].end))
    return Models(kind.code, area, passed, flow.total, rows[:MODEL_UNITS], max(0, len(rows) - MODEL_UNITS))


def tree_of(actor: Actor, root: Plan, plans: Sequence[Plan], whole: Mapping[int, Sums], on: date) -> list[Node]:
    """The plans as a list in the order of the tree, each with how deep it lies."""
    answering = owners(plans)
    names = dict(Unit.objects.filter(pk__in=set(answering.values())).values_list("pk", "name"))
    stones = _by_plan(Milestone.objects.standing().filter(plan__in=plans).select_related("owed_by"), on)
    held = _by_plan(Review.objects.standing().filter(plan__in=plans), on)
    below: dict[int | None, list[Plan]] = defaultdict(list)
    for row in plans:
        below[row.parent_id].append(row)
    keeps = can_keep(actor, root)
    found: list[Node] = []

    def add(row: Plan, depth: int) -> None:
        may = keeps or (answering[row.pk] == actor.unit_id and can_tell(actor, row))
        found.append(
            Node(
                row,
                depth,
                names.get(answering[row.pk], ""),
                whole.get(row.pk, Sums()),
                stones[row.pk],
                held[row.pk],
                may,
            )
        )
        for each in below[row.pk]:
            add(each, depth + 1)

    add(root, 0)
    return found


def _by_plan(rows: Any, on: date) -> dict[int, list[Due]]:
    found: dict[int, list[Due]] = defaultdict(list)
    for row in rows.order_by("due_on", "pk"):
        done = row.done_on if isinstance(row, Milestone) else row.held_on
        found[row.plan_id].append(Due(row, row.days_late(on), done))
    return found


def results(
    actor: Actor, plan_ids: Collection[int], lines: Sequence[MoneyLine], sums: Mapping[int, Sums]
) -> tuple[list[dict[str, Any]], int]:
    """Targets with their kept verdict and their money, those with money first; how many more there are."""
    of_target: dict[int, Sums] = defaultdict(Sums)
    for line in lines:
        if line.target_id is not None:
            of_target[line.target_id] += sums[line.pk]
    seen = Target.objects.visible_to(actor).active().filter(plan__in=plan_ids).select_related("clause")
    rows = sorted(with_kept(with_standing(seen)), key=lambda row: (row.pk not in of_target, row.plan_id, row.order))
    words = said(rows[:SHOWN])
    shown = [
        {
            "target": row,
            "sentence": words[row.pk],
            "word": VERDICT_WORDS[Verdict(row.verdict)],
            "sums": of_target.get(row.pk),
        }
        for row in rows[:SHOWN]
    ]
    return shown, max(0, len(rows) - SHOWN)


def said(targets: Collection[Target]) -> dict[int, str]:
    """The sentences of targets by id: their own words alone ("từ 5%") say little. One statement."""
    revisions = {target.revision_id for target in targets}
    texts = dict(Revision.objects.filter(pk__in=revisions).values_list("pk", "text"))
    return {target.pk: sentence_of(target, texts[target.revision_id]).strip(MARKS) for target in targets}


def quarters(window: Span, until: date) -> list[date]:
    """The last days of quarters in a window, up to the one of a day."""
    found = []
    year, month = window.start.year, (window.start.month - 1) // 3 * 3 + 4
    while True:
        year, month = (year + 1, month - 12) if month > 12 else (year, month)
        last = min(date(year, month, 1) - DAY, window.last)
        found.append(last)
        if last >= window.last or last >= until:
            return found
        month += 3


def spending(plan: Plan, plan_ids: Collection[int], lines: Sequence[MoneyLine], on: date) -> Chart | None:
    """What was spent by the end of each quarter, beside the estimates of the years spread evenly over their days."""
    window = plan_window(plan)
    total = sum(line.estimate for line in lines)
    if window is None or not total:
        return None
    acts = MoneyEntry.objects.standing().filter(
        line__plan__in=plan_ids, line__voided_at__isnull=True, what=MoneyAct.DISBURSEMENT
    )
    days = list(acts.order_by("on").values_list("on").annotate(all=Sum("amount")))
    by_year: dict[int, int] = defaultdict(int)
    for line in lines:
        by_year[line.year] += line.estimate
    dots: list[tuple[date, int | None, int]] = []
    for last in quarters(window, on):
        spent = sum(int(amount) for day, amount in days if day <= last) if last <= on else None
        dots.append((last, spent, planned_by(by_year, last)))
    if dots[-1][1] is None:
        dots[-1] = (on, sum(int(amount) for day, amount in days if day <= on), planned_by(by_year, on))
    told = [(day, None if spent is None else Decimal(spent), Decimal(due)) for day, spent, due in dots]
    return chart(window, told, goal=Decimal(total), opening=Decimal(0), on=on)


def planned_by(by_year: Mapping[int, int], day: date) -> int:
    """What the estimates say by the end of a day: each year's spread evenly over its days."""
    total = 0
    for year, amount in by_year.items():
        first, last = date(year, 1, 1), date(year, 12, 31)
        passed = min(max((day - first).days + 1, 0), (last - first).days + 1)
        total += amount * passed // ((last - first).days + 1)
    return total
