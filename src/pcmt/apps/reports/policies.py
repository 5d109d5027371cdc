"""Who says what is to be reported."""

from __future__ import annotations

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.plans.models import Plan, PlanState
from pcmt.apps.tasks.policies import keeps


def asks_reports(actor: Actor | None) -> bool:
    """Whether the actor asks others for reports at all: standing offices do."""
    return actor is not None and changes("reports.Duty", actor) >= Reach.SUBTREE


def can_keep_regimes(actor: Actor | None, plan: Plan) -> bool:
    """Whether the actor says what is reported for a plan, and asks for more: who keeps it. Not for a mere draft."""
    return asks_reports(actor) and plan.state in (PlanState.ADOPTED, PlanState.CLOSED) and keeps(actor, plan)
