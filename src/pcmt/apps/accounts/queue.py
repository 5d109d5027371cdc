"""How operations queue their own jobs, which stand above them: filled in when the room loads."""

from __future__ import annotations

from collections.abc import Callable

_enqueue: list[Callable[[int], object]] = []


def fill(enqueue: Callable[[int], object]) -> None:
    """Say how the sending of a letter is queued."""
    _enqueue[:] = [enqueue]


def enqueue_letter(letter_id: int) -> None:
    """Queue the sending of a letter, in the transaction that runs."""
    _enqueue[0](letter_id)
