"""The job of a worker that is killed outright is done by another worker. With real processes on a real database."""

import json
import signal
from pathlib import Path

from tests.installation import install, wait_for

ENQUEUE = "from tests.apps.jobs.slow import kill_me_once; print(kill_me_once.enqueue({folder!r}).id)"
LOOK = (
    "import json; from django_tasks_db.models import DBTaskResult; job = DBTaskResult.objects.get(pk={job!r});"
    "print(json.dumps([job.status, job.return_value, len(set(job.worker_ids))]))"
)


def test_job_of_a_killed_worker_is_done_by_another(tmp_path: Path) -> None:
    here = install(tmp_path)
    job = here.python(ENQUEUE.format(folder=str(tmp_path)))
    first = here.start("jobs")
    try:
        wait_for("the first worker takes the job", (tmp_path / "started").exists)
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    second = here.start("jobs")
    try:
        wait_for("the second worker does it", lambda: "SUCCESSFUL" in here.python(LOOK.format(job=job)))
    finally:
        second.terminate()
    assert json.loads(here.python(LOOK.format(job=job))) == ["SUCCESSFUL", "done by another", 2]
    assert second.wait(timeout=20) == 0
    # Who ends in good order takes its beat along: nothing is left to be found dead.
    assert here.python("from pcmt.apps.jobs.models import WorkerBeat; print(WorkerBeat.objects.count())") == "0"
