"""Keeping background work alive. Delivery is at least once: every job must stand being run twice."""

from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from pcmt.apps.audit.operations import Thing, record
from pcmt.core.diagnostics import Refusal

from .models import Cron, WorkerBeat
from .policies import Keeper, can_retry_jobs
from .queries import living
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
    # Jobs before beats: a worker that starts and claims a job in between is then known to live.
    running = list(DBTaskResult.objects.running().only("pk", "worker_ids"))
    alive = {beat.worker_id for beat in living(at)}
    moved = 0
    for job in running:
        if not job.worker_ids or job.worker_ids[-1] in alive:
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
    silence = timedelta(seconds=settings.JOBS_SILENCE_SECONDS)
    WorkerBeat.objects.exclude(seen_at__gt=at - silence, seen_at__lt=at + silence).delete()
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


def is_passing(error: BaseException | type[BaseException]) -> bool:
    """Whether an error may be gone the next time: the database, the network or a disk failed, the worker was stopped.

    Anything else is a mistake of the program: the same once more would fail the same way.
    """
    kind = error if isinstance(error, type) else type(error)
    return issubclass(kind, OperationalError | InterfaceError | OSError | SystemExit | KeyboardInterrupt)


def try_again(*, job: DBTaskResult, at: datetime) -> bool:
    """Put a job that has just failed back into the queue when its error may pass, each time for longer.

    JOBS_WAITS says how long; after the last of them the job stays failed, for a person to see. Whether it was put back.
    """
    waited = len(job.worker_ids) - 1
    if waited >= len(settings.JOBS_WAITS) or not is_passing(error_class(job.exception_class_path)):
        return False
    run_after = at + timedelta(seconds=settings.JOBS_WAITS[waited])
    failed = DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.FAILED, worker_ids=job.worker_ids)
    back = {"status": TaskResultStatus.READY, "started_at": None, "finished_at": None, "run_after": run_after}
    return bool(failed.update(**back))


def error_class(path: str) -> type[BaseException]:
    """The class of an error by its path, as jobs keep it; Exception when the program has none of that name."""
    try:
        found = import_string(path)
    except ImportError:
        return Exception
    return found if isinstance(found, type) and issubclass(found, BaseException) else Exception


def retry(*, actor: Keeper | None, at: datetime, job_id: str) -> int | Refusal:
    """Have a failed job run again, as if it had never been tried; 1, or 0 when it does so already."""
    return _retry(actor, at, DBTaskResult.objects.filter(pk=job_id))


def retry_all(*, actor: Keeper | None, at: datetime) -> int | Refusal:
    """The same for all failed jobs; how many there were."""
    return _retry(actor, at, DBTaskResult.objects.all())


def _retry(actor: Keeper | None, at: datetime, jobs: QuerySet[DBTaskResult]) -> int | Refusal:
    if not can_retry_jobs(actor):
        return Refusal(code="not_allowed", message=_("Chỉ người quản trị cho chạy lại việc nền."))
    with transaction.atomic():
        failed = list(jobs.filter(status=TaskResultStatus.FAILED).select_for_update().order_by("pk").only("task_path"))
        back = {"status": TaskResultStatus.READY, "worker_ids": [], "run_after": get_date_max()}
        for start in range(0, len(failed), 500):
            some = DBTaskResult.objects.filter(pk__in=[job.pk for job in failed[start : start + 500]])
            some.update(started_at=None, finished_at=None, **back)
        if failed:
            names = Counter(job.task_path for job in failed)
            whole = Thing("jobs.Job", str(failed[0].pk) if len(failed) == 1 else "", next(iter(names)))
            told = {"count": len(failed), "jobs": ", ".join(sorted(names))}
            record(at=at, actor=actor, event="jobs.failed.retried", obj=whole, after=told)
    return len(failed)


def run_due_schedules(*, at: datetime) -> list[str]:
    """Enqueue what is due, each once however many workers ask. A time missed while nothing ran is made up for once.

    A clock that was put back by less than one turn runs nothing twice; by more, and the schedule begins anew instead of
    waiting for a day far ahead.
    """
    started = []
    for schedule in schedules():
        next_run_at = schedule.next_after(at)
        cron, _new = Cron.objects.get_or_create(name=schedule.name, defaults={"next_run_at": next_run_at})
        if cron.next_run_at > schedule.next_after(next_run_at):
            Cron.objects.filter(pk=cron.pk, next_run_at=cron.next_run_at).update(next_run_at=next_run_at)
            continue
        if cron.next_run_at > at:
            continue
        with transaction.atomic():
            due = Cron.objects.filter(pk=cron.pk, next_run_at=cron.next_run_at)
            if due.update(next_run_at=next_run_at, last_run_at=at):
                schedule.job.enqueue()
                started.append(schedule.name)
    return started


def tidy(*, at: datetime) -> None:
    """Remove results of jobs that ended long ago, and sessions that have run out."""
    before = at - timedelta(days=settings.JOBS_KEEP_DAYS)
    DBTaskResult.objects.finished().filter(finished_at__lt=before).delete()
    Session.objects.filter(expire_date__lt=at).delete()
