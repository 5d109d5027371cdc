"""Campaigns and projects that somebody opens by hand, beside those that the text of a plan names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.models import Plan, PlanKind, PlanState
from pcmt.apps.plans.operations.adoption import let_see
from pcmt.apps.plans.policies import can_review, can_start
from pcmt.apps.units.models import Unit, holds_on
from pcmt.apps.units.operations import share_tree
from pcmt.core.diagnostics import Refusal
from pcmt.core.text import fold

KINDS = (PlanKind.CAMPAIGN, PlanKind.PROGRAMME, PlanKind.PROJECT)


def open_part(
    *,
    actor: Actor,
    at: datetime,
    kind: str,
    title: str,
    first: date,
    last: date,
    parent_id: int | None = None,
    lead_id: int | None = None,
    body_ids: Sequence[int] = (),
) -> Plan | Refusal:
    """Open a campaign, programme or project with its window and bodies, in another plan or by itself.

    It is in force at once: it has no text of its own. The same title and window under the same parent is the same one.
    """
    with transaction.atomic():
        share_tree()
        parent = None
        if parent_id is not None:
            found = Plan.objects.select_for_update(of=("self",), no_key=True).filter(pk=parent_id)
            parent = found.first() if Plan.objects.visible_to(actor).filter(pk=parent_id).exists() else None
        if not can_start(actor) or parent_id is not None and (parent is None or not can_review(actor, parent)):
            raise PermissionDenied(_("Chỉ cơ quan thường trực giữ kế hoạch này mở được đợt cao điểm, dự án."))
        title = " ".join(title.split())
        refused = _wrong(kind, title, first, last, parent)
        if refused:
            return refused
        owner_id = parent.owner_id if parent else actor.unit_id
        there = Plan.objects.filter(
            parent=parent, kind=kind, title=title, window_from=first, window_to=last, owner_id=owner_id, item=None
        ).exclude(state=PlanState.WITHDRAWN)  # fmt: skip
        if (same := there.first()) is not None:
            return same
        today = timezone.localdate(at)
        units = {*body_ids, *([lead_id] if lead_id else [])}
        if Unit.objects.filter(holds_on(today), pk__in=units).count() != len(units):
            message = _("Có đơn vị không còn hoạt động. Chọn lại các đơn vị tham gia.")
            return Refusal(code="bodies", message=message, field="bodies")
        lead = Unit.objects.get(pk=lead_id) if lead_id else None
        plan = Plan.objects.create(
            kind=kind, title=title, search_key=fold(title), owner_id=owner_id, parent=parent, window_from=first,
            window_to=last, lead=lead, lead_name=lead.name if lead else "", state=PlanState.ADOPTED,
            issuer_id=parent.issuer_id if parent else None, issuer_heir_id=parent.issuer_heir_id if parent else None,
            order=Plan.objects.filter(parent=parent).count() + 1 if parent else 0, created_by_id=actor.user_id,
            created_at=at,
        )  # fmt: skip
        let_see(plan.pk, units)
        record(
            at=at,
            actor=actor,
            event="plans.plan.opened",
            obj=plan,
            after={"kind": kind, "from": first.isoformat(), "to": last.isoformat(), "parent": parent_id},
        )
    return plan


def move_part(*, actor: Actor, at: datetime, plan_id: int, first: date, last: date) -> Plan | Refusal:
    """Say anew from when to when a campaign or project lasts that lies in another plan."""
    with transaction.atomic():
        plan = Plan.objects.select_for_update(of=("self",), no_key=True).filter(pk=plan_id).first()
        if plan is None or not can_review(actor, plan):
            raise PermissionDenied(_("Chỉ cơ quan thường trực giữ kế hoạch này mở được đợt cao điểm, dự án."))
        refused = _wrong(plan.kind, plan.title, first, last, plan.parent)
        if refused or (plan.window_from, plan.window_to) == (first, last):
            return refused or plan
        before = {"from": _iso(plan.window_from), "to": _iso(plan.window_to)}
        plan.window_from, plan.window_to = first, last
        plan.save(update_fields=["window_from", "window_to"])
        after = {"from": first.isoformat(), "to": last.isoformat()}
        record(at=at, actor=actor, event="plans.plan.moved", obj=plan, before=before, after=after)
    return plan


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _wrong(kind: str, title: str, first: date, last: date, parent: Plan | None) -> Refusal | None:
    if kind not in KINDS:
        return Refusal(code="kind", message=_("Chọn loại: đợt cao điểm, chương trình hoặc dự án."), field="kind")
    if not title:
        return Refusal(code="title", message=_("Ghi tên."), field="title")
    if last < first:
        return Refusal(code="window", message=_("Ngày cuối trước ngày đầu."), field="last")
    if parent is None or parent.window_from is None or parent.window_to is None:
        return None
    if first < parent.window_from or last > parent.window_to:
        message = _("Thời gian phải nằm trong thời gian của kế hoạch chứa nó: %(first)s – %(last)s.")
        words = {"first": f"{parent.window_from:%d/%m/%Y}", "last": f"{parent.window_to:%d/%m/%Y}"}
        return Refusal(code="outside", message=message % words, field="first")
    return None
