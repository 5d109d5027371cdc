"""Where the marks of charts stand. Charts are drawn by the server; words or a table beside them say the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs
from django.utils.functional import Promise

from pcmt.core.periods import Span

Number = Decimal | Fraction

BAR = 120
"""How many units of its drawing a small bar is wide."""


@attrs.frozen
class Bar:
    """A measured figure against what was expected by now and the goal, on a line of `BAR` units."""

    measured: float | None
    expected: float | None
    goal: float | None


def bar(
    measured: Number | None, expected: Number | None, goal: Number | None, *, top: Number | None = None
) -> Bar | None:
    """The small bar of a target; None where there is nothing to draw. `top` is the scale of many bars together."""
    values = [float(each) for each in (measured, expected, goal) if each is not None]
    if not values or min(values) < 0 or not max(values) or (goal is None and top is None):
        return None
    most = float(top) if top is not None else max(*values, 1.0) * 1.1

    def at(value: Number | None) -> float | None:
        return None if value is None else round(min(float(value) / (most or 1.0), 1.0) * BAR, 1)

    return Bar(at(measured), at(expected), at(goal))


CHART_WIDTH, CHART_HEIGHT = 400, 200
LEFT, RIGHT, TOP, BOTTOM = 12, 12, 18, 24
APART = 52
"""So far apart are the words below the axis at least."""
LONG = timedelta(days=400)


@attrs.frozen
class Dot:
    """A figure on a day: `measured` None where nothing was known yet; `word` is the verdict as of then."""

    day: date
    measured: Number | None
    expected: Number | None
    x: float
    y: float | None
    word: str | Promise = ""


@attrs.frozen
class Tick:
    """A day named below the chart."""

    x: float
    label: str


@attrs.frozen
class Chart:
    """The way of a target: what was there (runs of points without a gap), what should have been, and the goal."""

    dots: Sequence[Dot]
    actual: Sequence[str]
    expected: str
    goal_y: float | None
    base_y: float
    today_x: float | None
    ticks: Sequence[Tick]


def chart(
    window: Span,
    dots: Sequence[tuple[date, Number | None, Number | None]],
    *,
    goal: Number | None,
    opening: Number | None,
    on: date,
    words: Sequence[str | Promise] = (),
) -> Chart | None:
    """The way through a window as (day, measured, expected), with a word for each; None where there is nothing to draw.

    The expected way begins at `opening` on the first day, passes what was expected by each day and ends at the goal.
    """
    values = [value for _day, measured, expected in dots for value in (measured, expected) if value is not None]
    if not any(measured is not None for _day, measured, _expected in dots):
        return None
    top = max([*map(float, values), float(goal or 0), 1.0]) * 1.08
    inner, height = CHART_WIDTH - LEFT - RIGHT, CHART_HEIGHT - TOP - BOTTOM

    def x(day: date) -> float:
        inside = min(max(day, window.start), window.last)
        return round(LEFT + (inside - window.start).days / max(window.days - 1, 1) * inner, 1)

    def y(value: Number | float) -> float:
        return round(TOP + height - min(max(float(value), 0.0) / top, 1.0) * height, 1)

    drawn = [
        Dot(day, measured, expected, x(day), None if measured is None else y(measured), word)
        for (day, measured, expected), word in zip(dots, words or [""] * len(dots), strict=True)
    ]
    runs: list[list[str]] = [[]]
    for dot in drawn:
        if dot.y is None:
            runs.append([])
        else:
            runs[-1].append(f"{dot.x:g},{dot.y:g}")
    way = [(x(dot.day), y(dot.expected)) for dot in drawn if dot.expected is not None]
    if goal is not None and way:
        way = [*([(x(window.start), y(opening or 0))] if opening is not None else []), *way, (x(window.last), y(goal))]
    return Chart(
        dots=drawn,
        actual=[" ".join(run) for run in runs if run],
        expected=" ".join(f"{at:g},{value:g}" for at, value in way),
        goal_y=None if goal is None else y(goal),
        base_y=y(0),
        today_x=x(on) if window.start <= on <= window.last else None,
        ticks=_ticks([dot.day for dot in drawn], x),
    )


def _ticks(days: Sequence[date], x: Callable[[date], float]) -> list[Tick]:
    """Days below the axis, so many that their words do not touch; the last one always. Of many years their months."""
    found: list[Tick] = []
    written, apart = ("%m/%Y", APART * 1.4) if days and days[-1] - days[0] > LONG else ("%d/%m", APART)
    for day in reversed(days):
        if not found or found[-1].x - x(day) >= apart:
            found.append(Tick(x(day), day.strftime(written)))
    return found[::-1]


SPARK_WIDTH, SPARK_HEIGHT = 100, 24


@attrs.frozen
class Spark:
    """A small line of figures, period by period; `last` is where the newest one stands."""

    lines: Sequence[str]
    last: tuple[float, float] | None


def spark(values: Sequence[Number | None], top: Number) -> Spark:
    """The figures of one row, all rows on the same scale up to `top`. A gap stays a gap."""
    step = SPARK_WIDTH / max(len(values) - 1, 1)
    runs: list[list[str]] = [[]]
    last = None
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        high = min(float(value) / (float(top) or 1.0), 1.0)
        point = (round(at * step, 1), round(SPARK_HEIGHT - 3 - high * (SPARK_HEIGHT - 6), 1))
        runs[-1].append(f"{point[0]:g},{point[1]:g}")
        last = point
    return Spark([" ".join(run) for run in runs if run], last)
