"""How a plan stands, over its targets, tasks and due items."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attrs import frozen
from django.db.models import Count, Q

from pcmt.apps.reports.models import Duty, DutyState
from pcmt.apps.reports.queries.forms import form_in_use, schema_of, usual_form
from pcmt.apps.targets.models import Target, TargetState
from pcmt.apps.tasks.models import DueItem, Mode, Task, TaskState
from pcmt.apps.tasks.queries import OweCounts, owe_counts

__all__ = ["PlanProgress", "form_in_use", "plan_progress", "plans_progress", "schema_of", "usual_form"]


@frozen
class PlanProgress:
    """The figures of a plan as of a day. Ended rows count nowhere; requested tasks count among the tasks only."""

    targets: int
    targets_by_shape: dict[str, int]
    tasks: int
    tasks_done: int
    tasks_requested: int
    duties: int
    due: OweCounts

    @property
    def in_time_percent(self) -> int | None:
        """Of everything that is done or overdue, the share done in time; None while there is nothing to judge."""
        judged = self.due.done + self.due.overdue
        return round(100 * self.due.done_in_time / judged) if judged else None


def plan_progress(plan_id: int, on: date) -> PlanProgress:
    """The figures of one plan; four statements. Ask only for a plan that the reader may see."""
    return plans_progress([plan_id], on)[plan_id]


def plans_progress(plan_ids: Iterable[int], on: date) -> dict[int, PlanProgress]:
    """The figures of several plans; four statements, and one more for the due items of each."""
    ids = list(plan_ids)
    shapes: dict[int, dict[str, int]] = {each: {} for each in ids}
    active = Target.objects.filter(plan__in=ids, state=TargetState.ACTIVE).order_by()
    for row in active.values("plan_id", "shape").annotate(number=Count("pk")):
        shapes[row["plan_id"]][row["shape"]] = row["number"]
    standing = Task.objects.filter(plan__in=ids).exclude(state=TaskState.ENDED).order_by()
    tasks = {
        row["plan_id"]: row
        for row in standing.values("plan_id").annotate(
            all=Count("pk"),
            done=Count("pk", filter=Q(state=TaskState.DONE)),
            requested=Count("pk", filter=Q(mode=Mode.REQUESTED)),
        )
    }
    held = Duty.objects.filter(plan__in=ids, state=DutyState.ACTIVE).order_by()
    duties = dict(held.values("plan_id").annotate(number=Count("pk")).values_list("plan_id", "number"))
    none = {"all": 0, "done": 0, "requested": 0}
    return {
        each: PlanProgress(
            targets=sum(shapes[each].values()),
            targets_by_shape=shapes[each],
            tasks=tasks.get(each, none)["all"],
            tasks_done=tasks.get(each, none)["done"],
            tasks_requested=tasks.get(each, none)["requested"],
            duties=duties.get(each, 0),
            due=owe_counts(DueItem.objects.filter(plan_id=each), on),
        )
        for each in ids
    }
