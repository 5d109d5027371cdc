"""Who keeps projects and their money, and who tells what was spent."""

from __future__ import annotations

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import Reach, changes
from pcmt.apps.plans.models import Plan
from pcmt.apps.plans.policies import can_review
from pcmt.apps.projects.queries.tree import answers_for


def can_keep(actor: Actor | None, plan: Plan) -> bool:
    """Whether the actor says who answers for a project, keeps its reviews and sources, closes its years: the office
    that keeps the plan.
    """
    return changes("projects.MoneySource", actor) >= Reach.SUBTREE and can_review(actor, plan)


def can_tell(actor: Actor | None, plan: Plan) -> bool:
    """Whether the actor keeps its milestones and the lines and entries of its money: who keeps the plan, and officers
    of the unit that answers for the project.
    """
    if actor is None or changes("projects.MoneyEntry", actor) < Reach.OWN:
        return False
    return can_keep(actor, plan) or answers_for(plan) == actor.unit_id
