"""What is counted: data elements, how their numbers add up, and facts as values.

A *stock* is how many there are at the end of a period (people under management); a *flow* is how many came up in it
(cases found). Flows add up over time, stocks do not: of several months the last one counts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import attrs

from pcmt.core.periods import DAY, Span


class Nature(StrEnum):
    """Whether an element is counted at a moment or over a stretch of time."""

    STOCK = "stock"
    FLOW = "flow"


class OverTime(StrEnum):
    """How the numbers of several periods make the number of a longer one."""

    SUM = "sum"
    LAST = "last"
    MAX = "max"
    MEAN = "mean"  # weighted by days
    NONE = "none"  # they make none: only a number reported for the very period counts


class OverUnits(StrEnum):
    """How the numbers of units make the number of the unit above them."""

    SUM = "sum"
    NONE = "none"


@attrs.frozen
class Element:
    """A data element.

    `unit_word` is what its numbers count ("vụ", "người"), `breakdowns` names what it is split by, `places` is how many
    decimals its numbers have.
    """

    code: str
    name: str
    unit_word: str
    nature: Nature = Nature.FLOW
    over_time: OverTime = OverTime.SUM
    over_units: OverUnits = OverUnits.SUM
    breakdowns: tuple[str, ...] = ()
    places: int = 0

    @property
    def cumulates(self) -> bool:
        """Whether its figure can only grow while a window lasts."""
        return self.nature is Nature.FLOW and self.over_time is OverTime.SUM


@attrs.frozen
class Fact:
    """A number that somebody reported for a period; of a stock it holds at the end of the period.

    `value` None is a blank: the cell was left empty. A blank is no zero and no "not applicable".
    """

    span: Span
    value: Decimal | None
    applies: bool = True
    source: str = ""


@attrs.frozen
class Figure:
    """What is known of an element over a window up to a day.

    `value` is None when nothing is known. `reach` is the last day that the facts used speak of, `lacking` the stretches
    of the window that have passed and of which nothing was reported. `applies` is False when every report said
    "not applicable". Of `asked` units `silent` reported nothing at all (0 of 0 where nobody says who should).
    """

    value: Fraction | None
    cumulates: bool = True
    reach: date | None = None
    lacking: tuple[Span, ...] = ()
    used: tuple[Fact, ...] = ()
    applies: bool = True
    silent: int = 0
    asked: int = 0


def figure(element: Element, facts: Iterable[Fact], window: Span, on: date) -> Figure:
    """The figure of an element over the part of a window that has passed on a day, that day included.

    Only facts that lie wholly inside count: a month that begins before the window is not cut in two. Where reports
    overlap (weeks and the month they make up) those are taken that together cover most days, fewest reports first.
    """
    if on < window.start:
        return Figure(None, element.cumulates)
    past = Span(window.start, min(on, window.last) + DAY)
    inside = [fact for fact in facts if fact.span.start >= past.start and fact.span.end <= past.end]
    told = [fact for fact in inside if fact.value is not None or not fact.applies]
    if element.over_time is OverTime.NONE:
        told = [fact for fact in told if fact.span == window]
    if element.nature is Nature.STOCK:
        return _stock(element, told, past)
    chosen = _cover(told)
    counted = [fact for fact in chosen if fact.applies]
    return Figure(
        _combined(element, counted),
        element.cumulates,
        chosen[-1].span.last if chosen else None,
        _gaps(chosen, past),
        tuple(chosen),
        bool(counted) or not chosen,
    )


def add_up(figures: Sequence[Figure]) -> Figure:
    """The figure of several elements together: known when every one that applies is; it reaches as far as all do."""
    if len(figures) == 1:
        return figures[0]
    counted = [each for each in figures if each.applies]
    lacking = tuple(sorted({gap for each in counted for gap in each.lacking}))
    most = max(counted or figures, key=lambda each: each.silent)
    values = [each.value for each in counted]
    known = [value for value in values if value is not None]
    reaches = [each.reach for each in counted if each.reach is not None]
    return Figure(
        sum(known, Fraction(0)) if known and len(known) == len(values) else None,
        all(each.cumulates for each in figures),
        min(reaches) if reaches else None,
        lacking,
        applies=bool(counted),
        silent=most.silent,
        asked=most.asked,
    )


def _stock(element: Element, told: Sequence[Fact], past: Span) -> Figure:
    if not told:
        return Figure(None, False, lacking=(past,))
    if element.over_time in (OverTime.MAX, OverTime.MEAN):
        used: Sequence[Fact] = _cover(told)
    else:
        used = [max(told, key=lambda fact: (fact.span.end, -fact.span.days))]
    counted = [fact for fact in used if fact.applies]
    last = max(fact.span.end for fact in used)
    return Figure(
        _combined(element, counted),
        False,
        max(fact.span.last for fact in used),
        (Span(last, past.end),) if last < past.end else (),
        tuple(used),
        bool(counted),
    )


def _combined(element: Element, facts: Sequence[Fact]) -> Fraction | None:
    values = [(Fraction(fact.value), fact.span) for fact in facts if fact.value is not None]
    if not values:
        return None
    if element.over_time is OverTime.SUM and element.nature is Nature.FLOW:
        return sum((value for value, _span in values), Fraction(0))
    if element.over_time is OverTime.MAX:
        return max(value for value, _span in values)
    if element.over_time is OverTime.MEAN:
        return sum((value * span.days for value, span in values), Fraction(0)) / sum(span.days for _, span in values)
    return max(values, key=lambda each: each[1].end)[0]


def _cover(facts: Sequence[Fact]) -> list[Fact]:
    """Facts that do not overlap and cover most days; of equal covers the one of fewest facts."""
    ordered = sorted(facts, key=lambda fact: (fact.span.end, fact.span.start))
    ends = [fact.span.end for fact in ordered]
    best: list[tuple[int, int, tuple[int, ...]]] = [(0, 0, ())]  # days, minus facts, which: of the first n facts
    for at, fact in enumerate(ordered):
        before = bisect_right(ends, fact.span.start, hi=at)
        days, count, which = best[before]
        best.append(max(best[at], (days + fact.span.days, count - 1, (*which, at)), key=lambda each: each[:2]))
    return [ordered[at] for at in best[-1][2]]


def _gaps(facts: Sequence[Fact], past: Span) -> tuple[Span, ...]:
    gaps, at = [], past.start
    for fact in facts:
        if fact.span.start > at:
            gaps.append(Span(at, fact.span.start))
        at = fact.span.end
    if at < past.end:
        gaps.append(Span(at, past.end))
    return tuple(gaps)
