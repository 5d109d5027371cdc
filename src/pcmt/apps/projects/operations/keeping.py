"""What projects and campaigns have beside a plan: who answers for them, stages, milestones, reviews."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import attrs
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.models import Plan
from pcmt.apps.plans.operations import let_see
from pcmt.apps.projects.models import Milestone, ProjectSheet, Review, ReviewKind, ReviewOutcome, Stage
from pcmt.apps.projects.operations.common import held, needs, squeezed, stale
from pcmt.apps.projects.policies import can_keep, can_tell
from pcmt.apps.projects.queries.tree import ancestry
from pcmt.apps.tasks.models import Task
from pcmt.apps.units.models import Unit, holds_on
from pcmt.core.diagnostics import Refusal

MOST_STAGES = 12


@attrs.frozen
class StageText:
    """A stage as somebody says it: its name, its first and its last day."""

    name: str
    first: date
    last: date


def keep_sheet(
    *,
    actor: Actor,
    at: datetime,
    plan_id: int,
    version: int,
    owner_id: int | None,
    ministry: str = "",
    paper: str = "",
    stages: Sequence[StageText] = (),
) -> ProjectSheet | Refusal:
    """Say who answers for a project or campaign, who guides it, by which paper, and its stages. `version` is that of
    the sheet as the person saw it, 0 where there was none.
    """
    with transaction.atomic():
        plan = held(actor, plan_id, can_keep)
        row = ProjectSheet.objects.filter(plan=plan).first()
        if (row.version if row else 0) != version:
            return stale()
        refused = _wrong_sheet(plan, owner_id, squeezed(ministry), squeezed(paper), stages, timezone.localdate(at))
        if refused:
            return refused
        before = _told(row, plan) if row else None
        row = row or ProjectSheet(plan=plan, version=0)
        row.owner_id, row.ministry, row.paper = owner_id, squeezed(ministry), squeezed(paper)
        row.version += 1
        row.save()
        Stage.objects.filter(plan=plan).delete()
        Stage.objects.bulk_create(
            Stage(plan=plan, name=squeezed(each.name), from_on=each.first, to_on=each.last, order=order)
            for order, each in enumerate(sorted(stages, key=lambda each: (each.first, each.last)))
        )
        if owner_id is not None:
            let_see(plan.pk, [owner_id])
        after = _told(row, plan)
        record(at=at, actor=actor, event="projects.sheet.kept", obj=plan, before=before, after=after)
    return row


def _wrong_sheet(
    plan: Plan, owner_id: int | None, ministry: str, paper: str, stages: Sequence[StageText], on: date
) -> Refusal | None:
    if owner_id is not None and not Unit.objects.filter(holds_on(on), pk=owner_id).exists():
        return Refusal(code="owner", message=_("Chọn một đơn vị đang hoạt động."), field="owner")
    if len(ministry) > 200:
        return Refusal(code="long", message=_("Viết ngắn hơn %(most)d ký tự.") % {"most": 200}, field="ministry")
    if len(paper) > 300:
        return Refusal(code="long", message=_("Viết ngắn hơn %(most)d ký tự.") % {"most": 300}, field="paper")
    if len(stages) > MOST_STAGES:
        message = _("Nhiều nhất %(most)d giai đoạn.") % {"most": MOST_STAGES}
        return Refusal(code="stages", message=message, field="stages")
    for number, each in enumerate(stages, 1):
        words: dict[str, Any] = {"number": number}
        if not squeezed(each.name) or len(squeezed(each.name)) > 200:
            return Refusal(
                code="stage", message=_("Giai đoạn %(number)d: ghi tên, ngắn hơn 200 ký tự.") % words, field="stages"
            )
        if each.last < each.first:
            message = _("Giai đoạn %(number)d: ngày cuối trước ngày đầu.") % words
            return Refusal(code="stage", message=message, field="stages")
        outside = (plan.window_from is not None and each.first < plan.window_from) or (
            plan.window_to is not None and each.last > plan.window_to
        )
        if outside:
            message = _("Giai đoạn %(number)d nằm ngoài thời gian của kế hoạch.") % words
            return Refusal(code="stage", message=message, field="stages")
    return None


def _told(row: ProjectSheet, plan: Plan) -> dict[str, Any]:
    stages = [f"{each.name} {each.from_on:%d/%m/%Y}–{each.to_on:%d/%m/%Y}" for each in plan.stages.all()]
    return {
        "owner": row.owner.name if row.owner else "",
        "ministry": row.ministry,
        "paper": row.paper,
        "stages": "; ".join(stages),
    }


def keep_milestone(
    *,
    actor: Actor,
    at: datetime,
    plan_id: int,
    milestone_id: int | None,
    version: int,
    title: str,
    due_on: date,
    done_on: date | None = None,
    words: str = "",
    owed_by_id: int | None = None,
    task_id: int | None = None,
) -> Milestone | Refusal:
    """Write down a milestone, or say it anew: also that it was reached, with the words that show it."""
    with transaction.atomic():
        plan = held(actor, plan_id, can_tell)
        row = Milestone(plan=plan, version=0)
        if milestone_id is not None:
            found = Milestone.objects.standing().filter(pk=milestone_id, plan=plan).first()
            if found is None or found.version != version:
                return stale()
            row = found
        before = _milestone_told(row) if milestone_id is not None else None
        today = timezone.localdate(at)
        refused = needs(squeezed(title), "title", _("Ghi tên mốc.")) or _wrong_day(done_on, today, "done_on")
        if refused:
            return refused
        if done_on is not None and not squeezed(words):
            message = _("Ghi căn cứ cho thấy mốc đã đạt.")
            return Refusal(code="words", message=message, field="words")
        if task_id is not None and not Task.objects.filter(pk=task_id, plan__in=ancestry(plan.pk)).exists():
            message = _("Chọn trong danh sách của kế hoạch này hoặc của chương trình chứa nó.")
            return Refusal(code="task", message=message, field="task")
        if owed_by_id is not None and row.owed_by_id != owed_by_id:
            if not Unit.objects.filter(holds_on(today), pk=owed_by_id).exists():
                return Refusal(code="owed_by", message=_("Chọn một đơn vị đang hoạt động."), field="owed_by")
            let_see(plan.pk, [owed_by_id])
        row.title, row.due_on, row.done_on, row.words = squeezed(title), due_on, done_on, squeezed(words)[:500]
        row.owed_by_id, row.task_id = owed_by_id, task_id
        if before is not None and _milestone_told(row) == before:
            return row
        row.version, row.said_at, row.said_by_id = row.version + 1, at, actor.user_id
        row.save()
        record(at=at, actor=actor, event="projects.milestone.kept", obj=row, before=before, after=_milestone_told(row))
    return row


def _milestone_told(row: Milestone) -> dict[str, Any]:
    return {
        "title": row.title,
        "due_on": row.due_on.isoformat(),
        "done_on": row.done_on.isoformat() if row.done_on else None,
        "words": row.words,
        "body": row.owed_by.name if row.owed_by else "",
        "task": row.task_id,
    }


def _wrong_day(day: date | None, today: date, field: str) -> Refusal | None:
    if day is None or day <= today:
        return None
    message = _("Ngày %(day)s chưa tới; chỉ ghi việc đã làm.") % {"day": f"{day:%d/%m/%Y}"}
    return Refusal(code="future", message=message, field=field)


def keep_review(
    *,
    actor: Actor,
    at: datetime,
    plan_id: int,
    review_id: int | None,
    version: int,
    kind: str,
    due_on: date,
    held_on: date | None = None,
    conclusions: str = "",
    outcome: str = "",
) -> Review | Refusal:
    """Write down a review that is due, or say what it came to: held on a day, concluded, decided."""
    with transaction.atomic():
        plan = held(actor, plan_id, can_keep)
        row = Review(plan=plan, version=0)
        if review_id is not None:
            found = Review.objects.standing().filter(pk=review_id, plan=plan).first()
            if found is None or found.version != version:
                return stale()
            row = found
        before = _review_told(row) if review_id is not None else None
        refused = _wrong_review(kind, held_on, conclusions.strip(), outcome, timezone.localdate(at))
        if refused:
            return refused
        row.kind, row.due_on, row.held_on = kind, due_on, held_on
        row.conclusions, row.outcome = conclusions.strip(), outcome
        if before is not None and _review_told(row) == before:
            return row
        row.version, row.said_at, row.said_by_id = row.version + 1, at, actor.user_id
        row.save()
        record(at=at, actor=actor, event="projects.review.kept", obj=row, before=before, after=_review_told(row))
    return row


def _wrong_review(kind: str, held_on: date | None, conclusions: str, outcome: str, today: date) -> Refusal | None:
    if kind not in ReviewKind.values:
        return Refusal(code="kind", message=_("Chọn sơ kết hoặc tổng kết."), field="kind")
    if held_on is None and (conclusions or outcome):
        return Refusal(code="held_on", message=_("Ghi ngày tổ chức trước khi ghi kết luận."), field="held_on")
    if held_on is not None and outcome not in ReviewOutcome.values:
        return Refusal(code="outcome", message=_("Chọn quyết định: tiếp tục, điều chỉnh hoặc dừng."), field="outcome")
    if held_on is not None and not conclusions:
        return Refusal(code="conclusions", message=_("Ghi kết luận."), field="conclusions")
    return _wrong_day(held_on, today, "held_on")


def _review_told(row: Review) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "due_on": row.due_on.isoformat(),
        "held_on": row.held_on.isoformat() if row.held_on else None,
        "words": row.conclusions,
        "outcome": row.outcome,
    }


def drop(*, actor: Actor, at: datetime, what: str, row_id: int, version: int) -> Plan | Refusal:
    """Take back a milestone (`what` "milestone") or a review ("review") that was written by mistake; its plan."""
    with transaction.atomic():
        model: Any = {"milestone": Milestone, "review": Review}[what]
        seen = model.objects.visible_to(actor).filter(pk=row_id).first()
        if seen is None:
            raise PermissionDenied(_("Không tìm thấy nội dung này."))
        plan = held(actor, seen.plan_id, can_tell if what == "milestone" else can_keep)
        row = model.objects.standing().filter(pk=row_id).first()
        if row is None or row.version != version:
            return stale()
        row.voided_at, row.version = at, row.version + 1
        row.save(update_fields=["voided_at", "version"])
        event = "projects.milestone.dropped" if what == "milestone" else "projects.review.dropped"
        record(at=at, actor=actor, event=event, obj=row)
    return plan
