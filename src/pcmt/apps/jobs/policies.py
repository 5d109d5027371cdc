"""Who looks after background work."""

from __future__ import annotations

from typing import Protocol

from pcmt.apps.audit.models import Doer
from pcmt.apps.jobs.models import Looker


class Keeper(Doer, Looker, Protocol):
    """Who retries a job: somebody whose rights are known, and whom the log can name."""

    def changes(self, label: str) -> int:
        """How far the actor changes rows of a model; 0: not at all."""


def can_see_jobs(actor: Looker | None) -> bool:
    """Administrators see how background work stands."""
    return actor is not None and bool(actor.sees("jobs.Cron"))


def can_retry_jobs(actor: Keeper | None) -> bool:
    """Administrators have failed jobs run again. None is the command line."""
    return actor is None or bool(actor.changes("jobs.Cron"))
