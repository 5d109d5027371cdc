"""Which tasks a report of their plan tells of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.reports.models import Duty, DutyState, DutyTask
from pcmt.apps.tasks.models import Task
from pcmt.apps.tasks.operations.linking import SHOWN_CHARS, held_for_links
from pcmt.core.diagnostics import Refusal


def feed(
    *, actor: Actor, at: datetime, task_id: int, add: Collection[int] = (), remove: Collection[int] = ()
) -> Task | Refusal:
    """Say that the results of a task go into reports of its plan (`add`), or no longer (`remove`); ids of duties."""
    with transaction.atomic():
        task = held_for_links(actor, task_id)
        if isinstance(task, Refusal):
            return task
        gone = list(DutyTask.objects.filter(task=task, duty__in=remove).exclude(duty__in=add).select_related("duty"))
        known = set(DutyTask.objects.filter(task=task).values_list("duty_id", flat=True))
        wanted = sorted(set(add) - known)
        duties = {duty.pk: duty for duty in Duty.objects.filter(pk__in=wanted, plan=task.plan_id)}
        if len(duties) < len(wanted) or any(duty.state != DutyState.ACTIVE for duty in duties.values()):
            message = _("Chỉ chọn được chế độ báo cáo của cùng kế hoạch. Chọn lại.")
            return Refusal(code="other_plan", message=message, field="feeds")
        DutyTask.objects.filter(pk__in=[row.pk for row in gone]).delete()
        made = {"task": task, "made_at": at, "made_by_id": actor.user_id}
        DutyTask.objects.bulk_create([DutyTask(duty_id=pk, **made) for pk in wanted])
        if wanted or gone:
            record(
                at=at,
                actor=actor,
                event="tasks.task.feeds",
                obj=task,
                before={"links": [_said(row.duty) for row in gone]},
                after={"links": [_said(duties[pk]) for pk in wanted]},
            )
    return task


def _said(duty: Duty) -> str:
    return " ".join((duty.text or duty.title).split())[:SHOWN_CHARS]
