"""Where the marks of charts stand. Charts are drawn by the server; words or a table beside them say the same."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import attrs

Number = Decimal | Fraction

BAR = 120
"""How many units of its drawing a small bar is wide."""


@attrs.frozen
class Bar:
    """A measured figure against what was expected by now and the goal, on a line of `BAR` units."""

    measured: float | None
    expected: float | None
    goal: float | None


def bar(measured: Number | None, expected: Number | None, goal: Number | None) -> Bar | None:
    """The small bar of a target; None where there is no goal to hold a figure against."""
    if goal is None or goal < 0 or (measured is not None and measured < 0):
        return None
    most = max(each for each in (measured, expected, goal, Decimal(1)) if each is not None)
    reach = most * (Fraction(11, 10) if isinstance(most, Fraction) else Decimal("1.1"))

    def at(value: Number | None) -> float | None:
        return None if value is None else round(float(value) / float(reach) * BAR, 1)

    return Bar(at(measured), at(expected), at(goal))
