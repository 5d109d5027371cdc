"""Keeping background work alive. Delivery is at least once: every job must stand being run twice."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .models import Cron, WorkerBeat
from .schedules import schedules

DIED = "pcmt.apps.jobs.WorkerDied"


def beat(*, worker_id: str, at: datetime) -> None:
    """The worker lives."""
    WorkerBeat.objects.update_or_create(worker_id=worker_id, defaults={"seen_at": at})


def say_goodbye(*, worker_id: str) -> None:
    """The worker ends; what it may have left behind is taken up at once instead of after the silence."""
    WorkerBeat.objects.filter(worker_id=worker_id).delete()


def take_up_again(*, at: datetime) -> int:
    """Put jobs of dead workers back into the queue; those that killed JOBS_ATTEMPTS workers fail. How many were moved.

    Any number of workers may call this at the same time: a row moves only while its last worker is still the dead one.
    """
    silent_since = at - timedelta(seconds=settings.JOBS_SILENCE_SECONDS)
    # Jobs before beats: a worker that starts and claims a job in between is then known to live.
    running = list(DBTaskResult.objects.running().only("pk", "worker_ids"))
    living = set(WorkerBeat.objects.filter(seen_at__gt=silent_since).values_list("worker_id", flat=True))
    moved = 0
    for job in running:
        if not job.worker_ids or job.worker_ids[-1] in living:
            continue
        if len(job.worker_ids) < settings.JOBS_ATTEMPTS:
            outcome = {"status": TaskResultStatus.READY, "started_at": None}
        else:
            outcome = {
                "status": TaskResultStatus.FAILED,
                "finished_at": at,
                "exception_class_path": DIED,
                "traceback": f"{len(job.worker_ids)} workers died over this job",
            }
        still_dead = DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.RUNNING, worker_ids=job.worker_ids)
        moved += still_dead.update(**outcome)
    WorkerBeat.objects.filter(seen_at__lte=silent_since).delete()
    return moved


def holds(*, job_id: str, worker_id: str) -> bool:
    """Whether the job still belongs to this worker.

    A long job asks before it commits: it may have been taken for dead.
    """
    job = DBTaskResult.objects.filter(pk=job_id, status=TaskResultStatus.RUNNING).only("worker_ids").first()
    return job is not None and bool(job.worker_ids) and job.worker_ids[-1] == worker_id


def standing_of(*, job_id: str) -> str:
    """Where a job stands, for whoever waits for it: `alive` (queued or running), `ended`, `failed` or `lost`."""
    job = DBTaskResult.objects.filter(pk=job_id).only("status").first() if job_id else None
    if job is None:
        return "lost"
    if job.status in (TaskResultStatus.READY, TaskResultStatus.RUNNING):
        return "alive"
    return "failed" if job.status == TaskResultStatus.FAILED else "ended"


def run_due_schedules(*, at: datetime) -> list[str]:
    """Enqueue what is due, each once however many workers ask. A time missed while nothing ran is made up for once."""
    started = []
    for schedule in schedules():
        next_run_at = schedule.next_after(at)
        cron, _new = Cron.objects.get_or_create(name=schedule.name, defaults={"next_run_at": next_run_at})
        if cron.next_run_at > at:
            continue
        with transaction.atomic():
            due = Cron.objects.filter(pk=cron.pk, next_run_at=cron.next_run_at)
            if due.update(next_run_at=next_run_at):
                schedule.job.enqueue()
                started.append(schedule.name)
    return started


def tidy(*, at: datetime) -> None:
    """Remove results of jobs that ended long ago, and sessions that have run out."""
    before = at - timedelta(days=settings.JOBS_KEEP_DAYS)
    DBTaskResult.objects.finished().filter(finished_at__lt=before).delete()
    Session.objects.filter(expire_date__lt=at).delete()
