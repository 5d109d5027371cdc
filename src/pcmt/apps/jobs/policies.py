"""Who looks after background work."""

from __future__ import annotations

from typing import Protocol

from pcmt.apps.jobs.models import Looker


class Keeper(Looker, Protocol):
    """What this room needs to know of who retries a job."""

    @property
    def user_id(self) -> int:
        """The user's id."""

    @property
    def name(self) -> str:
        """The user's name."""

    @property
    def role(self) -> str:
        """The role held."""

    @property
    def unit_id(self) -> int:
        """The unit at which it is held."""

    @property
    def unit_name(self) -> str:
        """The name of that unit."""

    @property
    def grant_id(self) -> int | None:
        """The grant used, for the log."""

    def changes(self, label: str) -> int:
        """How far the actor changes rows of a model; 0: not at all."""


def can_see_jobs(actor: Looker | None) -> bool:
    """Administrators see how background work stands."""
    return actor is not None and bool(actor.sees("jobs.Cron"))


def can_retry_jobs(actor: Keeper | None) -> bool:
    """Administrators have failed jobs run again. None is the command line."""
    return actor is None or bool(actor.changes("jobs.Cron"))
