"""Background work survives its worker, and comes round once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from pcmt.apps.jobs import operations, schedules
from pcmt.apps.jobs.models import Cron, WorkerBeat

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
SILENCE = timedelta(seconds=settings.JOBS_SILENCE_SECONDS)


def running_job(*worker_ids: str) -> DBTaskResult:
    return DBTaskResult.objects.create(
        status=TaskResultStatus.RUNNING,
        args_kwargs={"args": [], "kwargs": {}},
        task_path="pcmt.apps.jobs.jobs.housekeeping",
        backend_name="default",
        run_after=AT - timedelta(hours=1),
        started_at=AT - timedelta(minutes=5),
        worker_ids=list(worker_ids),
    )


def status_of(job: DBTaskResult) -> str:
    job.refresh_from_db()
    return job.status


def test_job_of_a_living_worker_is_left_alone() -> None:
    job = running_job("an")
    operations.beat(worker_id="an", at=AT)
    assert operations.take_up_again(at=AT + SILENCE / 2) == 0
    assert status_of(job) == TaskResultStatus.RUNNING


@pytest.mark.parametrize("how", ["silent", "said goodbye", "never seen"])
def test_job_of_a_dead_worker_goes_back_into_the_queue(how: str) -> None:
    job = running_job("an")
    if how != "never seen":
        operations.beat(worker_id="an", at=AT)
    if how == "said goodbye":
        operations.say_goodbye(worker_id="an")
    later = AT + SILENCE if how == "silent" else AT
    assert operations.take_up_again(at=later) == 1
    assert status_of(job) == TaskResultStatus.READY
    assert operations.take_up_again(at=later) == 0


def test_only_the_last_worker_counts() -> None:
    job = running_job("dead", "alive")
    operations.beat(worker_id="alive", at=AT)
    assert operations.take_up_again(at=AT) == 0
    assert status_of(job) == TaskResultStatus.RUNNING


def test_job_that_keeps_killing_workers_fails() -> None:
    job = running_job(*(f"worker {n}" for n in range(settings.JOBS_ATTEMPTS)))
    assert operations.take_up_again(at=AT) == 1
    assert status_of(job) == TaskResultStatus.FAILED
    assert job.exception_class_path == operations.DIED
    assert job.finished_at == AT


def test_a_worker_taken_for_dead_no_longer_holds_its_job() -> None:
    job = running_job("an")
    assert operations.holds(job_id=str(job.pk), worker_id="an")
    operations.take_up_again(at=AT)
    assert not operations.holds(job_id=str(job.pk), worker_id="an")


def test_beats_of_the_dead_are_forgotten() -> None:
    operations.beat(worker_id="an", at=AT)
    operations.beat(worker_id="binh", at=AT + SILENCE)
    operations.take_up_again(at=AT + SILENCE)
    assert list(WorkerBeat.objects.values_list("worker_id", flat=True)) == ["binh"]


def test_schedule_runs_once_for_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []

    class Job:
        def enqueue(self) -> None:
            started.append("run")

    nightly = schedules.Schedule(name="test.nightly", job=Job(), next_after=schedules.daily(hour=2))
    monkeypatch.setattr(operations, "schedules", lambda: (nightly,))
    for hours in (0, 1, 24, 24, 25, 24 * 5, 24 * 5):
        operations.run_due_schedules(at=AT + timedelta(hours=hours))
    # First seen, then 24 h later, then after four missed nights: once for all of them.
    assert started == ["run", "run"]


def test_daily_is_local_time_and_strictly_later() -> None:
    local = ZoneInfo("Asia/Ho_Chi_Minh")
    at_two = schedules.daily(hour=2)
    assert at_two(datetime(2026, 3, 2, 1, 59, tzinfo=local)) == datetime(2026, 3, 2, 2, 0, tzinfo=local)
    assert at_two(datetime(2026, 3, 2, 2, 0, tzinfo=local)) == datetime(2026, 3, 3, 2, 0, tzinfo=local)


def test_one_name_one_schedule() -> None:
    with pytest.raises(ValueError, match=r"jobs\.housekeeping"):
        schedules.schedule("jobs.housekeeping", job=None, next_after=schedules.daily(hour=1))


def test_tidy_removes_old_results_and_ended_sessions_only() -> None:
    old, new = running_job("an"), running_job("an")
    old_end = AT - timedelta(days=settings.JOBS_KEEP_DAYS + 1)
    DBTaskResult.objects.filter(pk=old.pk).update(status=TaskResultStatus.SUCCESSFUL, finished_at=old_end)
    DBTaskResult.objects.filter(pk=new.pk).update(status=TaskResultStatus.FAILED, finished_at=AT)
    Session.objects.create(session_key="ended", session_data="", expire_date=AT - timedelta(seconds=1))
    Session.objects.create(session_key="going", session_data="", expire_date=AT + timedelta(seconds=1))
    operations.tidy(at=AT)
    assert list(DBTaskResult.objects.values_list("pk", flat=True)) == [new.pk]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["going"]


def test_housekeeping_is_scheduled() -> None:
    operations.run_due_schedules(at=AT)
    assert Cron.objects.filter(name="jobs.housekeeping").exists()
