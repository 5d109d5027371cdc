"""A job that waits to be killed the first time and ends the second time."""

import time
from pathlib import Path

from django_tasks import task


@task()
def kill_me_once(folder: str) -> str:
    started = Path(folder) / "started"
    if started.exists():
        return "done by another"
    started.touch()
    time.sleep(600)
    return "never"
