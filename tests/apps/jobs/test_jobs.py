"""Background work survives its worker, and comes round once."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from pcmt.apps.accounts.models import Role
from pcmt.apps.audit.models import Entry
from pcmt.apps.jobs import operations, queries, schedules
from pcmt.apps.jobs.models import Cron, WorkerBeat
from pcmt.apps.jobs.worker import Steady
from tests.factories.world import World

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


def job_at(next_run_at: datetime | None) -> list[str]:
    started: list[str] = []

    class Job:
        def enqueue(self) -> None:
            started.append("run")

    with pytest.MonkeyPatch.context() as patch:
        nightly = schedules.Schedule(name="test.nightly", job=Job(), next_after=schedules.daily(hour=2))
        patch.setattr(operations, "schedules", lambda: (nightly,))
        if next_run_at:
            Cron.objects.update_or_create(name="test.nightly", defaults={"next_run_at": next_run_at})
        operations.run_due_schedules(at=AT)
    return started


def test_a_clock_that_was_put_back_neither_doubles_nor_stops_a_schedule() -> None:
    tonight = schedules.daily(hour=2)(AT)
    # Put back a little, over the time at which it ran: that night is done.
    assert job_at(tonight + timedelta(days=1)) == []
    assert Cron.objects.get(name="test.nightly").next_run_at == tonight + timedelta(days=1)
    # Put back by a year: it does not wait until then.
    assert job_at(tonight + timedelta(days=365)) == []
    assert Cron.objects.get(name="test.nightly").next_run_at == tonight
    assert job_at(AT - timedelta(days=9)) == ["run"]
    cron = Cron.objects.get(name="test.nightly")
    assert (cron.last_run_at, cron.next_run_at) == (AT, tonight)


def test_a_beat_from_the_future_is_no_sign_of_life() -> None:
    job = running_job("an")
    operations.beat(worker_id="an", at=AT + timedelta(days=1))
    assert operations.take_up_again(at=AT) == 1
    assert status_of(job) == TaskResultStatus.READY


def failed_job(error: str, tries: int = 1, traceback: str = "") -> DBTaskResult:
    job = running_job(*(f"worker {n}" for n in range(tries)))
    DBTaskResult.objects.filter(pk=job.pk).update(
        status=TaskResultStatus.FAILED, finished_at=AT, exception_class_path=error, traceback=traceback
    )
    job.refresh_from_db()
    return job


@pytest.mark.parametrize(
    "error", ["django.db.utils.OperationalError", "builtins.ConnectionResetError", "builtins.SystemExit"]
)
def test_what_may_pass_is_tried_again_each_time_later(error: str) -> None:
    for tries, wait in enumerate(settings.JOBS_WAITS, start=1):
        job = failed_job(error, tries)
        assert operations.try_again(job=job, at=AT)
        assert status_of(job) == TaskResultStatus.READY
        assert job.run_after == AT + timedelta(seconds=wait)
    last = failed_job(error, len(settings.JOBS_WAITS) + 1)
    assert not operations.try_again(job=last, at=AT)
    assert status_of(last) == TaskResultStatus.FAILED


@pytest.mark.parametrize("error", ["builtins.ValueError", "django.db.utils.IntegrityError", "gone.from.Program", ""])
def test_a_mistake_of_the_program_stays_failed(error: str) -> None:
    job = failed_job(error)
    assert not operations.try_again(job=job, at=AT)
    assert status_of(job) == TaskResultStatus.FAILED


def test_a_worker_tries_again_by_itself(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

    def broken(*, at: datetime) -> None:
        raise OSError("no route to host of Nguyễn Văn Giả")

    monkeypatch.setattr(operations, "tidy", broken)
    job = running_job("an")
    worker = Steady(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="an",
    )
    worker.run_task(job)
    assert status_of(job) == TaskResultStatus.READY
    assert job.run_after > timezone.now()
    monkeypatch.undo()
    worker.run_task(job)
    assert status_of(job) == TaskResultStatus.SUCCESSFUL


def test_retrying_by_hand_is_as_if_it_had_never_been_tried() -> None:
    one, other = failed_job("builtins.ValueError", 4), failed_job("builtins.KeyError")
    assert operations.retry(actor=None, at=AT, job_id=str(one.pk)) == 1
    assert operations.retry(actor=None, at=AT, job_id=str(one.pk)) == 0
    assert (status_of(one), one.worker_ids, one.finished_at) == (TaskResultStatus.READY, [], None)
    assert DBTaskResult.objects.ready().filter(pk=one.pk).exists()
    assert status_of(other) == TaskResultStatus.FAILED
    assert operations.retry_all(actor=None, at=AT) == 1
    assert operations.retry_all(actor=None, at=AT) == 0
    told = Entry.objects.filter(event="jobs.failed.retried")
    assert [entry.after["count"] for entry in told] == [1, 1]


def test_only_administrators_retry(land: World) -> None:
    job = failed_job("builtins.ValueError")
    for role in Role:
        answer = operations.retry(actor=land.actor("police", role), at=AT, job_id=str(job.pk))
        assert (answer == 1) is (role == Role.ADMINISTRATOR), role


def test_how_everything_stands() -> None:
    found = queries.standing(AT)
    assert found.troubles == ("no_worker",)
    operations.beat(worker_id="an", at=AT)
    running_job("an")
    failed_job("builtins.ValueError", traceback=TRACEBACK)
    Cron.objects.update_or_create(name="jobs.housekeeping", defaults={"next_run_at": AT - timedelta(hours=1)})
    found = queries.standing(AT)
    assert found.troubles == ("failed", "late")
    assert ([beat.worker_id for beat in found.workers], len(found.running), found.failures) == (["an"], 1, 1)
    assert found.failed[0].frames == ("pcmt/apps/jobs/jobs.py:12 housekeeping", "django/db/models/query.py:9 get")
    assert "Giả" not in repr(found)


def test_status_says_so_to_people_and_to_programs(capsys: pytest.CaptureFixture[str]) -> None:
    operations.beat(worker_id="an", at=timezone.now())
    call_command("status")
    assert "tiến trình 1" in capsys.readouterr().out
    failed_job("builtins.ValueError")
    with pytest.raises(SystemExit, match="1"):
        call_command("status", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["troubles"], told["failed"]) == (False, ["failed"], 1)
    assert {turn["name"] for turn in told["schedules"]} >= {"jobs.housekeeping"}


TRACEBACK = """Traceback (most recent call last):
  File "/opt/x/src/pcmt/apps/jobs/jobs.py", line 12, in housekeeping
    operations.tidy(at=timezone.now())
  File "/opt/x/lib/site-packages/django/db/models/query.py", line 9, in get
ValueError: Nguyễn Văn Giả, 012345678901
"""


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
