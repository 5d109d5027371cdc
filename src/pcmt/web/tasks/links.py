"""What a task waits for, serves and feeds: the links on its page, and the page on which they are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pcmt.apps.reports.models import Duty, DutyState, DutyTask
from pcmt.apps.reports.operations.linking import feed
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.models import Dependency, Task, TaskTarget
from pcmt.apps.tasks.operations import serve, wait_for
from pcmt.apps.tasks.policies import can_link
from pcmt.core.diagnostics import Refusal
from pcmt.web.shell.access import acting
from pcmt.web.tasks.linked import Link, duty_link, target_link, task_link
from pcmt.web.tasks.page import seen_task


@attrs.frozen
class Choice:
    """A list in which links are ticked: `checked` and `seen` are ids, of now and of when the page was opened."""

    name: str
    legend: str | Promise
    hint: str | Promise
    rows: Sequence[Link]
    checked: frozenset[int]
    seen: frozenset[int]
    error: str = ""


def edit(request: HttpRequest, task_id: int) -> HttpResponse:
    """The page on which the links of a task are ticked and kept."""
    actor = acting(request)
    task = seen_task(actor, task_id)
    if not can_link(actor, task):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, task, _now(task), _now(task))
    wanted = {name: _ids(request.POST.getlist(name)) for name in OPERATIONS}
    seen = {name: _ids(request.POST.getlist(f"seen_{name}")) for name in OPERATIONS}
    for name, operation in OPERATIONS.items():
        add, remove = wanted[name] - seen[name], seen[name] - wanted[name]
        answer = operation(actor=actor, at=timezone.now(), task_id=task.pk, add=add, remove=remove)
        if isinstance(answer, Refusal):
            return _page(request, task, wanted, seen, refusal=answer, status=422)
    return redirect(reverse("tasks:task", args=[task.pk]) + "#lien-ket")


OPERATIONS: Mapping[str, Any] = {"waits_for": wait_for, "serves": serve, "feeds": feed}
"""What keeps each list; that which may be refused for its own sake comes first."""


def _now(task: Task) -> dict[str, frozenset[int]]:
    return {
        "waits_for": frozenset(Dependency.objects.filter(after=task).values_list("before_id", flat=True)),
        "serves": frozenset(TaskTarget.objects.filter(task=task).values_list("target_id", flat=True)),
        "feeds": frozenset(DutyTask.objects.filter(task=task).values_list("duty_id", flat=True)),
    }


def _ids(values: Iterable[str]) -> frozenset[int]:
    return frozenset(int(value) for value in values if value.isdecimal() and len(value) < 19)


def _page(
    request: HttpRequest,
    task: Task,
    checked: Mapping[str, frozenset[int]],
    seen: Mapping[str, frozenset[int]],
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    tasks = Task.objects.filter(plan=task.plan_id).exclude(pk=task.pk).standing().select_related("clause")
    targets = Target.objects.filter(plan=task.plan_id).active().select_related("clause").order_by("order", "pk")
    duties = Duty.objects.filter(plan=task.plan_id, state=DutyState.ACTIVE).select_related("clause")
    said: dict[str, tuple[str | Promise, str | Promise, list[Link]]] = {
        "waits_for": (
            _("Chờ việc nào xong trước"),
            _("Khi các việc này chưa xong, chưa báo xong được việc này."),
            [task_link(each) for each in tasks.order_by("order", "pk")],
        ),
        "serves": (_("Phục vụ chỉ tiêu nào"), "", [target_link(each) for each in targets]),
        "feeds": (_("Đưa vào báo cáo nào"), "", [duty_link(each) for each in duties.order_by("order", "pk")]),
    }
    choices = [
        Choice(
            name, legend, hint, rows, checked[name], seen[name],
            error=str(refusal) if refusal is not None and refusal.field == name else "",
        )
        for name, (legend, hint, rows) in said.items()
    ]  # fmt: skip
    context = {"task": task, "choices": choices, "refusal": refusal}
    return render(request, "tasks/links.html", context, status=status)
