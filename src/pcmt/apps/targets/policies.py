"""Who says how targets are measured, from where changes start, and what no number answers."""

from __future__ import annotations

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan, PlanState
from pcmt.apps.plans.policies import can_review


def can_measure(actor: Actor | None, plan: Plan) -> bool:
    """Whether the actor confirms measures, gives baselines and remarks: who keeps the plan, while it is in force."""
    return plan.state == PlanState.ADOPTED and can_review(actor, plan)
