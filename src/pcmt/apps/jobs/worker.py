"""One worker: django-tasks-db's loop, with a thread beside it that beats, takes up orphaned jobs and runs schedules."""

import logging
import os
import secrets
import socket
import threading

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from . import operations

logger = logging.getLogger(__name__)


def new_worker_id() -> str:
    """Host and process for a person to read, and a random part so that no two workers ever share an id."""
    return f"{socket.gethostname()[:24]}-{os.getpid()}-{secrets.token_hex(6)}"


class Steady(Worker):
    """django-tasks-db's worker, which also tries again what failed for a reason that may pass."""

    def run_task(self, db_task_result: DBTaskResult) -> None:
        """See the class."""
        super().run_task(db_task_result)
        if db_task_result.status == TaskResultStatus.FAILED:
            back = operations.try_again(job=db_task_result, at=timezone.now())
            logger.warning(
                "jobs: %s failed with %s%s",
                db_task_result.task_path,
                db_task_result.exception_class_path,
                ", will be tried again" if back else "",
            )


class Pulse(threading.Thread):
    """Beats until stopped. A database that is down for a while is no reason to die: it tries again at the next beat."""

    def __init__(self, worker_id: str) -> None:
        super().__init__(name="pcmt-jobs-pulse", daemon=True)
        self.worker_id = worker_id
        self.stopping = threading.Event()

    def run(self) -> None:
        """See the class."""
        while not self.stopping.wait(settings.JOBS_BEAT_SECONDS):
            try:
                close_old_connections()
                self.tick()
            except DatabaseError:
                logger.warning("jobs: the database did not answer; trying again", exc_info=True)
        connection.close()

    def tick(self) -> None:
        """One beat and what goes with it."""
        now = timezone.now()
        operations.beat(worker_id=self.worker_id, at=now)
        if moved := operations.take_up_again(at=now):
            logger.warning("jobs: %d left by dead workers moved", moved)
        for name in operations.run_due_schedules(at=now):
            logger.info("jobs: schedule %s started", name)


def work(*, batch: bool = False, interval: float = 0.5) -> None:
    """Run jobs until told to stop (SIGTERM or SIGINT ends after the present job); `batch`: until none is left."""
    worker_id = new_worker_id()
    # The first beat comes before the first job can be claimed: no one must take this worker for dead.
    operations.beat(worker_id=worker_id, at=timezone.now())
    pulse = Pulse(worker_id)
    pulse.start()
    worker = Steady(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=interval,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=worker_id,
    )
    worker.configure_signals()
    try:
        worker.run()
    finally:
        pulse.stopping.set()
        pulse.join(timeout=5)
        operations.say_goodbye(worker_id=worker_id)
