"""Which workers live, and when scheduled work is next due. The jobs themselves are rows of django-tasks-db."""

from __future__ import annotations

from typing import Protocol

from django.db import models


class Looker(Protocol):
    """What this room needs to know of an actor (`pcmt.apps.accounts` has the whole of it)."""

    def sees(self, label: str) -> int:
        """How far the actor sees rows of a model; 0: not at all."""


class WorkerBeatQuerySet(models.QuerySet["WorkerBeat"]):
    """Beats of workers."""

    def visible_to(self, actor: Looker | None) -> WorkerBeatQuerySet:
        return self if actor is not None and actor.sees("jobs.WorkerBeat") else self.none()


class WorkerBeat(models.Model):
    """A worker says that it lives. A row that is missing or silent means that its worker is dead."""

    worker_id = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField()

    objects = WorkerBeatQuerySet.as_manager()

    def __str__(self) -> str:
        return self.worker_id


class CronQuerySet(models.QuerySet["Cron"]):
    """Scheduled work."""

    def visible_to(self, actor: Looker | None) -> CronQuerySet:
        return self if actor is not None and actor.sees("jobs.Cron") else self.none()


class Cron(models.Model):
    """When a schedule (`schedules.py`) runs next, and ran last. Whoever moves `next_run_at` enqueues the job: once."""

    name = models.CharField(max_length=100, unique=True)
    next_run_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True, blank=True)

    objects = CronQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
