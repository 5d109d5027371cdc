"""How operations queue the room's own jobs, which stand above them: the jobs module fills this in when it loads."""

from __future__ import annotations

from collections.abc import Callable

_enqueue: dict[str, Callable[[int], str]] = {}


def fill(name: str, enqueue: Callable[[int], str]) -> None:
    """Say how the job of a name is queued; the answer of `enqueue` is the job's id."""
    _enqueue[name] = enqueue


def enqueue_export(batch_id: int) -> str:
    """Queue the making of an archive of reports, in the transaction that runs; the job's id."""
    return _enqueue["export"](batch_id)
