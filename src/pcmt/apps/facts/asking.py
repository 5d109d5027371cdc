"""What is asked of the facts and what is answered."""

from __future__ import annotations

import attrs

from pcmt.core.measures import Figure
from pcmt.core.periods import Span


@attrs.frozen
class Ask:
    """One figure: an element (by its code; one part of it by `breakdown`) of a unit and all below it, over a window."""

    unit_id: int
    element: str
    window: Span
    breakdown: str = ""


@attrs.frozen
class Answer:
    """What is known of it. `told` of `expected` units told something (None: no form says who should).

    `silent` are ids of units that should have told something of the window and did not, the first few of them.
    `estimated` rests on a divided unit's guessed share (only on boundaries of another day).
    `hidden`: a number is there and the reader is not told it (`queries.hiding`).
    """

    figure: Figure
    told: int = 0
    expected: int | None = None
    silent: tuple[int, ...] = ()
    estimated: bool = False
    hidden: bool = False
