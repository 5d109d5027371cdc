"""How operations queue the room's own jobs, which stand above them: the jobs module fills this in when it loads."""

from __future__ import annotations

from collections.abc import Callable

_enqueue: dict[str, Callable[[str], str]] = {}


def fill(name: str, enqueue: Callable[[str], str]) -> None:
    """Say how the job of a name is queued; the answer of `enqueue` is the job's id."""
    _enqueue[name] = enqueue


def enqueue_letters(batch: str) -> str:
    """Queue the writing of the urging letters of a batch, in the transaction that runs; the job's id."""
    return _enqueue["letters"](batch)
