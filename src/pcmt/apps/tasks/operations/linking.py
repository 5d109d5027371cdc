"""What a task waits for, and which targets it serves. Links with reports are made in the room above."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.models import Plan
from pcmt.apps.targets.models import Target, TargetState
from pcmt.apps.tasks.models import Dependency, Task, TaskState, TaskTarget
from pcmt.apps.tasks.policies import can_link
from pcmt.core.diagnostics import Refusal

SHOWN_CHARS = 80


def wait_for(
    *, actor: Actor, at: datetime, task_id: int, add: Collection[int] = (), remove: Collection[int] = ()
) -> Task | Refusal:
    """Have a task wait for others of its plan (`add`) and no longer for some (`remove`); ids of tasks.

    What is there already, or gone already, stays so: two people who change different links do not undo each other.
    A circle is refused, and then nothing is changed.
    """
    with transaction.atomic():
        task = held_for_links(actor, task_id)
        if isinstance(task, Refusal):
            return task
        gone = list(Dependency.objects.filter(after=task, before__in=remove).exclude(before__in=add))
        known = set(Dependency.objects.filter(after=task).values_list("before_id", flat=True))
        wanted = sorted(set(add) - known)
        others = {each.pk: each for each in Task.objects.filter(pk__in=wanted, plan=task.plan_id).standing()}
        if task.pk in wanted or len(others) < len(wanted):
            message = _("Chỉ chờ được việc khác của cùng kế hoạch. Chọn lại.")
            return Refusal(code="other_plan", message=message, field="waits_for")
        circle = _circle(task, set(wanted), {row.pk for row in gone})
        if circle is not None:
            words = " ".join(others[circle].text.split())[:SHOWN_CHARS]
            message = _("“%(task)s” lại chờ chính việc này: hai việc không thể chờ nhau.") % {"task": words}
            return Refusal(code="circle", message=message, field="waits_for", ref=circle)
        Dependency.objects.filter(pk__in=[row.pk for row in gone]).delete()
        made = {"after": task, "made_at": at, "made_by_id": actor.user_id}
        Dependency.objects.bulk_create([Dependency(before_id=pk, **made) for pk in wanted])
        if wanted or gone:
            _log(actor, at, task, "tasks.task.waits", _words(Task, wanted), _words(Task, [d.before_id for d in gone]))
    return task


def serve(
    *, actor: Actor, at: datetime, task_id: int, add: Collection[int] = (), remove: Collection[int] = ()
) -> Task | Refusal:
    """Say that a task serves targets of its plan (`add`), or no longer (`remove`); ids of targets."""
    with transaction.atomic():
        task = held_for_links(actor, task_id)
        if isinstance(task, Refusal):
            return task
        gone = list(TaskTarget.objects.filter(task=task, target__in=remove).exclude(target__in=add))
        known = set(TaskTarget.objects.filter(task=task).values_list("target_id", flat=True))
        wanted = sorted(set(add) - known)
        there = Target.objects.filter(pk__in=wanted, plan=task.plan_id, state=TargetState.ACTIVE)
        if there.count() < len(wanted):
            message = _("Chỉ chọn được chỉ tiêu của cùng kế hoạch. Chọn lại.")
            return Refusal(code="other_plan", message=message, field="serves")
        TaskTarget.objects.filter(pk__in=[row.pk for row in gone]).delete()
        made = {"task": task, "made_at": at, "made_by_id": actor.user_id}
        TaskTarget.objects.bulk_create([TaskTarget(target_id=pk, **made) for pk in wanted])
        if wanted or gone:
            served = _words(Target, [row.target_id for row in gone])
            _log(actor, at, task, "tasks.task.serves", _words(Target, wanted), served)
    return task


def held_for_links(actor: Actor, task_id: int) -> Task | Refusal:
    """A task whose links the actor may change. Links of one plan are changed one after the other: circles are seen."""
    seen = Task.objects.visible_to(actor).filter(pk=task_id).values_list("plan_id", flat=True).first()
    if seen is None:
        return _not_allowed()
    Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=seen)
    task = Task.objects.select_related("plan").get(pk=task_id)
    if not can_link(actor, task):
        return _not_allowed()
    if task.state == TaskState.ENDED:
        return Refusal(code="ended", message=_("Việc này không còn trong kế hoạch."))
    return task


def _circle(task: Task, wanted: set[int], gone: set[int]) -> int | None:
    """One of the wanted tasks that already waits for this one, itself or through others."""
    rows = Dependency.objects.filter(after__plan=task.plan_id).exclude(pk__in=gone)
    waits: dict[int, list[int]] = {}
    for before_id, after_id in rows.values_list("before_id", "after_id"):
        waits.setdefault(after_id, []).append(before_id)
    for start in sorted(wanted):
        seen, look = {start}, [start]
        while look:
            at = look.pop()
            if at == task.pk:
                return start
            new = [each for each in waits.get(at, ()) if each not in seen]
            seen.update(new)
            look += new
    return None


def _words(model: type[Task | Target], ids: Iterable[int]) -> list[str]:
    found = model._default_manager.in_bulk(list(ids))
    return [" ".join(found[pk].text.split())[:SHOWN_CHARS] for pk in ids]


def _log(actor: Actor, at: datetime, task: Task, event: str, added: list[str], removed: list[str]) -> None:
    record(at=at, actor=actor, event=event, obj=task, before={"links": removed}, after={"links": added})


def _not_allowed() -> Refusal:
    message = _("Chỉ cơ quan thường trực của kế hoạch hoặc đơn vị chủ trì việc này được sửa liên kết.")
    return Refusal(code="not_allowed", message=message)
