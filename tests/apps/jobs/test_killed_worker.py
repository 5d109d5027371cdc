"""Jobs of workers that are killed outright are done by another, once. With real processes on a real database."""

import json
import signal
from pathlib import Path

import attrs

from tests.installation import install, wait_for

BEGIN = """
from datetime import timedelta
from django.utils import timezone
from pcmt.apps.accounts.operations import ask_reset, create_user
from pcmt.apps.jobs.models import Cron
from pcmt.apps.plans.operations import start_reading
from tests.factories.plans import TEXT
from tests.factories.world import world
now = timezone.now()
create_user(actor=None, at=now, username="thu", full_name="Thu", email="thu@x.vn")
ask_reset(at=now, name="thu")
start_reading(actor=world().office, at=now, pasted=TEXT, again=True)
Cron.objects.create(name="jobs.housekeeping", next_run_at=now - timedelta(days=2))
"""
KINDS = ("reading", "letter", "scheduled")
LOOK = """
import json
from django_tasks_db.models import DBTaskResult
from pcmt.apps.jobs.models import WorkerBeat
from pcmt.apps.plans.models import Revision
jobs = DBTaskResult.objects.filter(task_path__regex="read_revision|send_letter|housekeeping")
revision = Revision.objects.get()
print(json.dumps({
    "jobs": sorted([job.task_path.rpartition(".")[2], job.status, len(set(job.worker_ids))] for job in jobs),
    "read": [revision.state, revision.clauses.count() == len(revision.reading.get("outline", ())) > 5],
    "beats": WorkerBeat.objects.count(),
}))
"""


def test_jobs_of_killed_workers_are_done_once_by_another(tmp_path: Path) -> None:
    """A plan being read, a letter being sent, scheduled work: three workers, each killed in the middle of one."""
    here = install(tmp_path)
    here.python(BEGIN)
    hanging = attrs.evolve(here, environment={**here.environment, "HANG_IN": str(tmp_path)})
    first = [hanging.start("worker") for _kind in KINDS]
    try:
        wait_for("all three are in the middle", lambda: all((tmp_path / kind).exists() for kind in KINDS))
    finally:
        for worker in first:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
    half = json.loads(here.python(LOOK))
    assert [job[1:] for job in half["jobs"]] == [["RUNNING", 1]] * 3
    second = here.start("worker")
    done = ["housekeeping", "SUCCESSFUL", 2], ["read_revision", "SUCCESSFUL", 2], ["send_letter", "SUCCESSFUL", 2]
    try:
        wait_for("another does them", lambda: here.python(LOOK).count("SUCCESSFUL") == 3)
        status = json.loads(here.pcmt("status", "--json").stdout)
        assert (status["ok"], len(status["workers"]), status["failed"]) == (True, 1, 0)
    finally:
        second.terminate()
    assert second.wait(timeout=20) == 0
    # Who ends in good order takes its beat along: nothing is left to be found dead.
    assert json.loads(here.python(LOOK)) == {"jobs": list(map(list, done)), "read": ["review", True], "beats": 0}
    assert len(list((tmp_path / "mail").iterdir())) == 1
