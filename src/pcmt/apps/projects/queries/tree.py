"""Programmes, their projects and sub-projects: which plans lie in which, and which unit answers for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pcmt.apps.plans.models import Plan, PlanState
from pcmt.apps.projects.models import ProjectSheet
from pcmt.apps.units.models import Unit, UnitKind

DEEPEST = 10
"""No tree of plans is deeper; a circle would be."""


def family(plan_id: int) -> list[int]:
    """The plan and all plans in it, parents before children. One statement a level."""
    found, level = [plan_id], [plan_id]
    for _depth in range(DEEPEST):
        level = list(Plan.objects.filter(parent__in=level).order_by("order", "pk").values_list("pk", flat=True))
        if not level:
            break
        found += level
    return found


def ancestry(plan_id: int) -> list[int]:
    """The plan and the plans that contain it, the innermost first."""
    found = [plan_id]
    while len(found) <= DEEPEST:
        above = Plan.objects.filter(pk=found[-1]).values_list("parent_id", flat=True).first()
        if above is None:
            break
        found.append(above)
    return found


def answers_for(plan: Plan) -> int:
    """The unit that answers for a plan: said in its sheet, else its lead, else who answers for the plan around it; for
    an outermost plan whoever issued it, or keeps it. A group answers for nothing: it is passed over.
    """
    rows = {row.pk: row for row in Plan.objects.filter(pk__in=ancestry(plan.pk))}
    sheets = dict(ProjectSheet.objects.filter(plan__in=rows, owner__isnull=False).values_list("plan_id", "owner_id"))
    leads = {row.lead_id for row in rows.values() if row.lead_id}
    groups = set(Unit.objects.filter(pk__in=leads, kind=UnitKind.GROUP).values_list("pk", flat=True))
    return _answers(plan.pk, rows, sheets, groups)


def owners(plans: Iterable[Plan]) -> dict[int, int]:
    """The unit that answers for each of some plans that hold their parents; two statements."""
    rows = {plan.pk: plan for plan in plans}
    sheets = dict(ProjectSheet.objects.filter(plan__in=rows, owner__isnull=False).values_list("plan_id", "owner_id"))
    leads = {row.lead_id for row in rows.values() if row.lead_id}
    groups = set(Unit.objects.filter(pk__in=leads, kind=UnitKind.GROUP).values_list("pk", flat=True))
    return {pk: _answers(pk, rows, sheets, groups) for pk in rows}


def _answers(plan_id: int, rows: dict[int, Plan], sheets: dict[int, int], groups: Collection[int]) -> int:
    at: Plan | None = rows[plan_id]
    top = rows[plan_id]
    for _depth in range(DEEPEST):
        if at is None:
            break
        top = at
        if at.pk in sheets:
            return sheets[at.pk]
        if at.lead_id is not None and at.lead_id not in groups:
            return at.lead_id
        at = rows.get(at.parent_id) if at.parent_id else None
    return top.issuer_heir_id or top.issuer_id or top.owner_id


def living(plan_ids: Collection[int]) -> list[Plan]:
    """Those of the plans that were not withdrawn, in their order."""
    found = Plan.objects.filter(pk__in=plan_ids).exclude(state=PlanState.WITHDRAWN)
    return list(found.select_related("lead", "sheet", "sheet__owner").order_by("order", "pk"))
