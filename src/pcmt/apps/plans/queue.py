"""How operations queue their own jobs, which stand above them: the jobs module fills this in when the room loads."""

from __future__ import annotations

from collections.abc import Callable

Enqueue = Callable[[int], str]

_enqueue: dict[str, Enqueue] = {}


def fill(name: str, enqueue: Enqueue) -> None:
    """Say how the job of a name is queued; the answer of `enqueue` is the job's id."""
    _enqueue[name] = enqueue


def enqueue_reading(revision_id: int) -> str:
    """Queue the reading of a revision, in the transaction that runs; the job's id."""
    return _enqueue["reading"](revision_id)


def enqueue_screening(source_id: int) -> str:
    """Queue the search for a secrecy stamp in a kept file; the job's id."""
    return _enqueue["screening"](source_id)
