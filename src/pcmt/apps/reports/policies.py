"""Who may do what with reports, their regimes and their forms."""

from __future__ import annotations

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.plans.models import Plan, PlanState
from pcmt.apps.reports.models import ReportForm
from pcmt.apps.tasks.policies import keeps
from pcmt.apps.units.models import Unit


def asks_reports(actor: Actor | None) -> bool:
    """Whether the actor asks others for reports at all: standing offices do."""
    return actor is not None and changes("reports.Duty", actor) >= Reach.SUBTREE


def can_keep_regimes(actor: Actor | None, plan: Plan) -> bool:
    """Whether the actor says what is reported for a plan, and asks for more: who keeps it. Not for a mere draft."""
    return asks_reports(actor) and plan.state in (PlanState.ADOPTED, PlanState.CLOSED) and keeps(actor, plan)


def can_keep_forms(actor: Actor | None) -> bool:
    """Whether the actor makes report forms at all: standing offices do, for their areas."""
    return changes("reports.ReportForm", actor) >= Reach.SUBTREE


def can_keep_form(actor: Actor | None, form: ReportForm) -> bool:
    """Whether the actor changes a form: the office that keeps it, and one that answers for the area around it.

    Ready forms are nobody's: they are copied.
    """
    if actor is None or form.office_id is None or not can_keep_forms(actor):
        return False
    reached = reached_units(actor, changes("reports.ReportForm", actor))
    return form.office_id == actor.unit_id or Unit.objects.filter(pk=form.office_id, pk__in=reached).exists()
