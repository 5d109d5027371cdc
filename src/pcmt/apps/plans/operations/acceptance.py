"""Whether what bodies report as done in a plan has to be accepted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.models import Plan
from pcmt.apps.plans.operations.common import not_allowed
from pcmt.apps.plans.policies import can_review
from pcmt.core.diagnostics import Refusal


def need_acceptance(*, actor: Actor, at: datetime, plan_id: int, needed: bool) -> Plan | Refusal:
    """Say whether the office that keeps a plan accepts what is reported as done from now on.

    What was done before stays done, and what waits for acceptance still waits when it is no longer asked for.
    """
    with transaction.atomic():
        plan = Plan.objects.visible_to(actor).filter(pk=plan_id).first()
        if plan is None or not can_review(actor, plan):
            return not_allowed()
        plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan_id)
        if plan.needs_acceptance == needed:
            return plan
        plan.needs_acceptance = needed
        plan.save(update_fields=["needs_acceptance"])
        record(
            at=at,
            actor=actor,
            event="plans.plan.acceptance",
            obj=plan,
            before={"needs_acceptance": not needed},
            after={"needs_acceptance": needed},
        )
    return plan
