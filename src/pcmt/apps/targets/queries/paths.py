"""How a target went over time: its verdict at each month's end, the way to its goal beside what was reached."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import attrs

from pcmt.apps.targets.models import Target
from pcmt.apps.targets.queries.asking import by_person
from pcmt.apps.targets.queries.judging import Part, given_of, judge_days, known_of, load, parts_of, window_on
from pcmt.core.evaluating import Judgement, evaluate, expected_at
from pcmt.core.periods import DAY, STATISTICAL, Kind, Span

MOST = 60
"""A path has so many points at most: five years by the month."""


@attrs.frozen
class PathPoint:
    """What should be reached at the end of a day, and what was; None where there is no way or nothing is known."""

    day: date
    expected: Fraction | None
    actual: Fraction | None


@attrs.frozen
class Moment:
    """The verdict as of a day."""

    day: date
    judgement: Judgement


def verdicts_over_time(target: Target, unit_id: int, *, on: date, known: datetime | None = None) -> list[Moment]:
    """The verdict at the end of each month of the target's window up to a day, that day last."""
    found = load([target])
    days = [day for day in month_ends(window_on(found[0], on)) if day < on] + [on]
    judged = judge_days([(found[0], day) for day in days], on=on, known=known, units=[unit_id])
    mine = [each for each in judged if each.unit_id == unit_id]
    return [Moment(day, each.judgement) for day, each in zip(days, mine, strict=True)] if mine else []


def path_of(target: Target, unit_id: int, on: date, *, known: datetime | None = None) -> list[PathPoint]:
    """The way to the goal at the end of each month of the window and on the day, and what was reached up to the day.

    Empty for what a person judges, for what holds for each of many units, and where nothing can be measured.
    """
    found = load([target])
    window = window_on(found[0], on)
    days = sorted({*month_ends(window), *((on,) if window and on in window else ())})
    parts = parts_of([(found[0], day) for day in days], on=on, wanted=frozenset({unit_id}), gather=False)
    if not parts or any(part.gathers or part.frame.lacks or by_person(part.spec) for part in parts):
        return []
    for part in parts:
        part.reaches = part.frame.day
    known_of(parts, on=on, known=known)
    return [_point(part, on) for part in parts]


def _point(part: Part, on: date) -> PathPoint:
    window, day = part.frame.window, part.frame.day
    assert window is not None
    given, _remark = given_of(part)
    actual = evaluate(part.spec, given, window=window, on=day).measured if day <= on else None
    return PathPoint(day, expected_at(part.spec, given, window, day), actual)


def month_ends(window: Span | None) -> list[date]:
    """The last days of the calendar months of a window, and its own last day."""
    if window is None:
        return []
    days: list[date] = []
    month = STATISTICAL.around(Kind.MONTH, window.start)
    while month.last < window.last and len(days) < MOST:
        days.append(month.last)
        month = STATISTICAL.around(Kind.MONTH, month.last + DAY)
    return [*days, window.last]
