"""Which workers live, and when scheduled work is next due. The jobs themselves are rows of django-tasks-db."""

from django.db import models


class WorkerBeat(models.Model):
    """A worker says that it lives. A row that is missing or silent means that its worker is dead."""

    worker_id = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker_id


class Cron(models.Model):
    """When a schedule (`schedules.py`) runs next. Whoever moves `next_run_at` forward enqueues the job: once."""

    name = models.CharField(max_length=100, unique=True)
    next_run_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
