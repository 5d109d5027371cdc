"""How background work stands: for the page of the administrators, `pcmt status` and `pcmt check`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import frozen
from django.conf import settings
from django.db.models import Count, Min, Q
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from pcmt.apps.jobs.models import Cron, WorkerBeat
from pcmt.apps.jobs.schedules import schedules

LATE = timedelta(minutes=5)
"""A schedule that is overdue for so long has nobody to start it."""
MOST = 50
FRAME = re.compile(r'^  File "(?P<path>[^"]+)", line (?P<line>[0-9]+), in (?P<where>.+)$', re.MULTILINE)


@frozen
class Job:
    """One job, without what it was asked to do and without what an error said: both may name people."""

    id: str
    task: str
    state: str
    waits_since: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    worker: str
    error: str
    frames: tuple[str, ...]
    next_at: datetime | None = None


@frozen
class Turn:
    """A schedule: when it ran last and runs next; late when its time has passed and nobody started it."""

    name: str
    next_at: datetime | None
    last_at: datetime | None
    is_late: bool


@frozen
class Standing:
    """All of it at one moment. Lists are cut to `MOST`; the numbers count everything."""

    at: datetime
    workers: Sequence[WorkerBeat]
    waiting: int
    oldest: datetime | None
    resting: int
    running: Sequence[Job]
    failed: Sequence[Job]
    failures: int
    turns: Sequence[Turn]

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is wrong, in words of the program: `no_worker`, `failed`, `late`."""
        found = {"no_worker": not self.workers, "failed": self.failures, "late": any(t.is_late for t in self.turns)}
        return tuple(name for name, wrong in found.items() if wrong)


def standing(at: datetime) -> Standing:
    """How everything stands; a fixed number of statements."""
    ready = Q(status=TaskResultStatus.READY)
    rests = ready & Q(run_after__gt=at, run_after__lt=at + timedelta(days=365))
    counted = DBTaskResult.objects.order_by().aggregate(
        waiting=Count("pk", filter=ready & ~rests),
        oldest=Min("enqueued_at", filter=ready & ~rests),
        resting=Count("pk", filter=rests),
        failures=Count("pk", filter=Q(status=TaskResultStatus.FAILED)),
    )
    rows = DBTaskResult.objects.defer("args_kwargs", "return_value")
    return Standing(
        at=at,
        workers=living(at),
        waiting=counted["waiting"],
        oldest=counted["oldest"],
        resting=counted["resting"],
        running=[_job(row) for row in rows.running().order_by("started_at")[:MOST]],
        failed=[_job(row) for row in rows.failed().order_by("-finished_at")[:MOST]],
        failures=counted["failures"],
        turns=_turns(at),
    )


def living(at: datetime) -> list[WorkerBeat]:
    """The workers that live. A beat from the future is of a clock that was put back, and no sign of life."""
    silence = timedelta(seconds=settings.JOBS_SILENCE_SECONDS)
    return list(WorkerBeat.objects.filter(seen_at__gt=at - silence, seen_at__lt=at + silence).order_by("worker_id"))


def _turns(at: datetime) -> list[Turn]:
    rows = {row.name: row for row in Cron.objects.all()}
    found = []
    for schedule in schedules():
        row = rows.get(schedule.name)
        late = row is not None and row.next_run_at < at - LATE
        found.append(Turn(schedule.name, row.next_run_at if row else None, row.last_run_at if row else None, late))
    return found


def _job(row: DBTaskResult) -> Job:
    return Job(
        id=str(row.pk),
        task=row.task_path,
        state=row.status,
        waits_since=row.enqueued_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        attempts=len(row.worker_ids),
        worker=row.worker_ids[-1] if row.worker_ids else "",
        error=row.exception_class_path,
        frames=frames_of(row.traceback),
    )


def frames_of(traceback: str) -> tuple[str, ...]:
    """Where an error came from, the innermost place last: files and functions, never what was said or held there."""
    return tuple(f"{_short(found['path'])}:{found['line']} {found['where']}" for found in FRAME.finditer(traceback))


def _short(path: str) -> str:
    """The part of a path that says something on every machine."""
    for mark in ("/site-packages/", "/src/"):
        if mark in path:
            return path.rpartition(mark)[2]
    return path.rpartition("/")[2]
