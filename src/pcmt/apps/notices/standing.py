"""How things stand, for the letter: rooms above say it when they load, since this one knows no task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from pcmt.apps.accounts.models import User

Standing = Callable[[User, date], Sequence[str]]
"""Lines in Vietnamese about what a person's units owe on a day, without names of people; none when all is well."""

_known: list[Standing] = []


def register(standing: Standing) -> None:
    """Have the lines stand at the head of every digest, in the order of the calls."""
    _known.append(standing)


def standing_of(user: User, on: date) -> list[str]:
    """All lines for a person."""
    return [line for standing in _known for line in standing(user, on)]
