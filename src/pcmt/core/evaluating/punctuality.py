"""In time or late, as of any day: the two facts of a debt, done or not and before or after its limit, as one column.

The Government Office counts what was given in four numbers that add up: done in time, done late, not done and in term,
not done and overdue. Beside them stand, apart and in no share: what waits for acceptance, what is suspended, what has
no limit, and what a body outside the line of command was only asked for. Each debt is in exactly one column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from attrs import frozen


class Column(StrEnum):
    """Where a debt is counted."""

    IN_TIME = "in_time"
    LATE = "late"
    RUNNING = "running"
    OVERDUE = "overdue"
    WAITING = "waiting"
    SUSPENDED = "suspended"
    NO_LIMIT = "no_limit"
    REQUESTED = "requested"


COUNTED = (Column.IN_TIME, Column.LATE, Column.RUNNING, Column.OVERDUE)
"""The four of the Government Office."""
FEW = 5
"""Fewer debts than this say nothing about a body: the share is shown with a mark, and does not rank."""


@frozen
class MoreTime:
    """An extension: on `decided_on` the limit was still `from_on`."""

    decided_on: date
    from_on: date


@frozen(kw_only=True)
class Debt:
    """What is known of a debt today. `due_on` is its limit now, after all extensions; None is a standing task.

    `done_on` is the day it was reported done. Where that has to be accepted and was not yet, `waiting` is set; what was
    accepted is done as of the day it was reported.
    """

    due_on: date | None
    done_on: date | None = None
    waiting: bool = False
    suspended_on: date | None = None
    requested: bool = False
    more_time: Sequence[MoreTime] = ()


def limit_then(debt: Debt, as_of: date) -> date | None:
    """The limit as it stood at the end of a day: extensions that were given later are not known yet."""
    later = [each for each in debt.more_time if each.decided_on > as_of]
    return min(later, key=lambda each: each.decided_on).from_on if later else debt.due_on


def column(debt: Debt, as_of: date) -> Column:
    """The column of a debt at the end of a day. The limit's last day itself is in time; late stays late."""
    limit = limit_then(debt, as_of)
    if debt.requested:
        return Column.REQUESTED
    if limit is None:
        return Column.NO_LIMIT
    if debt.suspended_on is not None and debt.suspended_on <= as_of:
        return Column.SUSPENDED
    if debt.done_on is not None and debt.done_on <= as_of:
        if debt.waiting:
            return Column.WAITING
        return Column.IN_TIME if debt.done_on <= limit else Column.LATE
    return Column.OVERDUE if limit < as_of else Column.RUNNING


def judged(counts: Mapping[Column, int]) -> int:
    """How many debts have shown whether they are in time: everything done, and what is overdue."""
    return sum(counts.get(each, 0) for each in (Column.IN_TIME, Column.LATE, Column.OVERDUE))


def share_in_time(counts: Mapping[Column, int]) -> int | None:
    """Whole percent, rounded down so that one late debt never reads as 100: done in time of all that is `judged`.

    None where nothing is. What is open and in term has shown nothing yet and is left out.
    """
    whole = judged(counts)
    return counts.get(Column.IN_TIME, 0) * 100 // whole if whole else None
