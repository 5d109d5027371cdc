"""Deadline ladders: one rule gives the limits of a report at every level it climbs.

A commune's figures reach the ministry over several desks, each with its own day ("về tỉnh trước ngày 18, về Bộ trước
ngày 24"). Decree 09/2019/NĐ-CP, article 8.5: a report of several levels states a limit for each, and at least one
working day lies between the cut-off of the figures and the limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

import attrs

from pcmt.core.periods.limits import DueWindow, Relation
from pcmt.core.periods.spans import DAY, Span, month_end, month_shift
from pcmt.core.periods.workdays import Shift, WorkCalendar


@attrs.frozen
class Rung:
    """One level that receives the report: its day in the month in which the period ends, or so many months later.

    With `after` its limit is so many working days after the cut-off instead, which is the one way for weekly reports.
    `since` and `until` (half-open) say for which periods it stands, by their last day: the district rung fell away on
    1/7/2025.
    """

    level: str
    day: int = attrs.field(default=31, validator=[attrs.validators.ge(1), attrs.validators.le(31)])
    relation: Relation = attrs.field(
        default=Relation.BEFORE, validator=attrs.validators.in_((Relation.BEFORE, Relation.BY))
    )
    months_after: int = 0
    since: date | None = None
    until: date | None = None
    after: int | None = attrs.field(default=None, validator=attrs.validators.optional(attrs.validators.ge(1)))

    def stands(self, day: date) -> bool:
        """Whether the level receives the report of a period that ends on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    def nominal(self, period: Span, work: WorkCalendar, *, before_counts_day: bool = False) -> date:
        """The last day in time by the words alone; a day that the month lacks is its last one."""
        if self.after is not None:
            return work.add(period.last, self.after)
        year, month = month_shift(period.last.year, period.last.month, self.months_after)
        end = month_end(year, month)
        if self.day > end.day:
            return end
        named = date(year, month, self.day)
        return named - DAY if self.relation is Relation.BEFORE and not before_counts_day else named


class Moved(StrEnum):
    """Why a limit of a ladder is not the day that its words name."""

    DAY_OFF = "day_off"
    CUT_OFF = "cut_off"
    BELOW = "below"


@attrs.frozen(order=True)
class Step(DueWindow):
    """One level's window: open from the day after the level below was due; `last` is its limit."""

    level: str
    nominal: date
    moved: tuple[Moved, ...] = ()


@attrs.frozen
class Ladder:
    """The levels from the lowest to the highest, and how their limits give way.

    `gap`: working days that must lie after the cut-off, the limit's day included. `step`: working days between the
    limits of two levels that follow each other. `shift`: what a limit on a day off does.
    """

    code: str
    rungs: tuple[Rung, ...]
    source: str = ""
    shift: Shift = Shift.NEXT
    gap: int = 1
    step: int = 1

    def chain(self, period: Span, work: WorkCalendar, *, before_counts_day: bool = False) -> tuple[Step, ...]:
        """The limits of all levels for a period, in order, each later than the one below.

        A limit that lies too near the cut-off, or on or before that of the level below, is put off to the first working
        day that is far enough; `moved` says what moved it. The period ends on the cut-off day.
        """
        steps: list[Step] = []
        earliest, opens, too_near = work.add(period.last, self.gap), period.end, Moved.CUT_OFF
        for rung in self.rungs:
            if not rung.stands(period.last):
                continue
            nominal = rung.nominal(period, work, before_counts_day=before_counts_day)
            due = work.shifted(nominal, self.shift)
            moved = (Moved.DAY_OFF,) if due != nominal else ()
            if due < earliest:
                due, moved = earliest, (*moved, too_near)
            steps.append(Step(opens, due + DAY, rung.level, nominal, moved))
            earliest, opens, too_near = work.add(due, self.step), due + DAY, Moved.BELOW
        return tuple(steps)

    def with_rung(self, rung: Rung) -> Ladder:
        """The ladder with one more level below: what a plan itself asks of its communes."""
        return attrs.evolve(self, rungs=(rung, *self.rungs))


def held_up(chain: Sequence[Step], sent: Mapping[str, date | None], *, on: date) -> tuple[str, ...]:
    """The levels that made a chain late, as of a day: late themselves, while what they wait for had come in time.

    `sent` says when each level received the report (None or absent: not yet). A level that kept what came late no
    longer than its own days is not to blame for being late; one that had it in time, or sat on it, is.
    """
    blamed: list[str] = []
    came: date | None = None
    for step in chain:
        received = sent.get(step.level)
        done = received or on
        available = step.start if came is None else max(came + DAY, step.start)
        if done > step.last and done >= available + step.days * DAY:
            blamed.append(step.level)
        if received is None:
            break
        came = received
    return tuple(blamed)
