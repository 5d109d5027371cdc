"""Saying which plan another one carries out, and by when the bodies below are to have plans of their own."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.models import Plan, Revision
from pcmt.apps.plans.operations.common import not_allowed
from pcmt.apps.plans.policies import can_review
from pcmt.apps.plans.queries.carrying import cited_plans, may_carry_out
from pcmt.core.diagnostics import Refusal


def propose_parent(plan: Plan, revision: Revision, on: date) -> None:
    """Note the one plan that the legal bases of an adopted text name. What a person said stays; two say nothing."""
    if plan.carries_out_at is not None:
        return
    cited = cited_plans(revision, on)
    found = cited[0] if len(cited) == 1 else None
    if plan.carries_out != found:
        plan.carries_out = found
        plan.save(update_fields=["carries_out"])


def carry_out(*, actor: Actor, at: datetime, plan_id: int, parent_id: int | None, seen: int | None) -> Plan | Refusal:
    """Say, or confirm, which plan a plan carries out; None: none. `seen` is the plan that the page showed as such."""
    with transaction.atomic():
        plan = Plan.objects.visible_to(actor).filter(pk=plan_id).first()
        if plan is None or not can_review(actor, plan):
            return not_allowed()
        # All that are said to carry out something wait for each other, so that two cannot close a circle.
        list(Plan.objects.select_for_update(of=("self",)).filter(pk__in=_held(plan, parent_id)).order_by("pk"))
        plan.refresh_from_db()
        if plan.carries_out_id != seen:
            message = _("Kế hoạch cấp trên vừa được người khác chọn lại. Xem lại rồi lưu.")
            return Refusal(code="stale", message=message, field="parent_id", ref=plan.pk)
        if parent_id is not None and not may_carry_out(actor, plan).filter(pk=parent_id).exists():
            message = _("Chọn một kế hoạch đang thực hiện của cấp trên hoặc của cơ quan mình trong danh sách.")
            return Refusal(code="no_plan", message=message, field="parent_id")
        before = plan.carries_out_id
        if before == parent_id and plan.carries_out_at is not None:
            return plan
        plan.carries_out_id, plan.carries_out_at = parent_id, at
        plan.save(update_fields=["carries_out", "carries_out_at"])
        record(
            at=at,
            actor=actor,
            event="plans.plan.carries_out",
            obj=plan,
            before={"carries_out": before},
            after={"carries_out": parent_id},
        )
    return plan


def _held(plan: Plan, parent_id: int | None) -> list[int]:
    """The plan and the one above, with what that one carries out itself: the chain that a circle would close."""
    held, at = [plan.pk], parent_id
    while at is not None and at not in held and len(held) < 20:
        held.append(at)
        at = Plan.objects.filter(pk=at).values_list("carries_out_id", flat=True).first()
    return held


def ask_for_plans(*, actor: Actor, at: datetime, plan_id: int, on: date | None, seen: date | None) -> Plan | Refusal:
    """Say by which day the bodies below are to have issued their plans; None: no day. `seen`: as the page showed it."""
    with transaction.atomic():
        plan = Plan.objects.visible_to(actor).filter(pk=plan_id).first()
        if plan is None or not can_review(actor, plan):
            return not_allowed()
        plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan_id)
        if plan.cover_due_on != seen:
            message = _("Hạn này vừa được người khác sửa. Xem lại rồi lưu.")
            return Refusal(code="stale", message=message, field="on", ref=plan.pk)
        if on is not None and plan.issued_on is not None and on < plan.issued_on:
            message = _("Hạn không được trước ngày ban hành kế hoạch.")
            return Refusal(code="before_issue", message=message, field="on")
        if plan.cover_due_on == on:
            return plan
        before, plan.cover_due_on = plan.cover_due_on, on
        plan.save(update_fields=["cover_due_on"])
        record(
            at=at,
            actor=actor,
            event="plans.plan.cover_due",
            obj=plan,
            before={"on": before.isoformat() if before else None},
            after={"on": on.isoformat() if on else None},
        )
    return plan
