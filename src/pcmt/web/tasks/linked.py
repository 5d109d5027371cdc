"""A task, target or report that a task hangs together with, as one line that leads to it."""

from __future__ import annotations

import attrs
from django.urls import reverse

from pcmt.apps.plans.models import Clause
from pcmt.apps.reports.models import Duty
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.models import Task, TaskState
from pcmt.core.text import fold

LABEL_CHARS = 160


@attrs.frozen
class Link:
    """A task, target or report that a task hangs together with; `done` tells whether a task is done."""

    pk: int
    label: str
    place: str
    address: str
    done: bool = False

    @property
    def key(self) -> str:
        """What it is found by."""
        return fold(f"{self.place} {self.label}")


def _link(row: Task | Target | Duty, address: str, *, done: bool = False) -> Link:
    clause: Clause | None = row.clause
    # What the standing office asks for has a name, but no sentence.
    words = " ".join((row.text or str(row)).split())
    label = words if len(words) <= LABEL_CHARS else f"{words[: LABEL_CHARS - 1].rstrip()}…"
    return Link(row.pk, label, clause.address if clause else "", address, done)


def task_link(task: Task) -> Link:
    """A task, by its clause and words, leading to its page."""
    return _link(task, reverse("tasks:task", args=[task.pk]), done=task.state == TaskState.DONE)


def target_link(target: Target) -> Link:
    """A target, leading to its line in the plan."""
    return _link(target, f"{reverse('plan:targets', args=[target.plan_id])}#ct{target.pk}")


def duty_link(duty: Duty) -> Link:
    """A report duty, leading to its page."""
    return _link(duty, reverse("regimes:regime", args=[duty.pk]))
