"""Periods for which sums are kept, and how much of what one unit told goes into its figure of a period.

Units first make their own figure of a period (`pcmt.core.measures.figure`), then figures add up over units. So that a
sum can be kept while numbers come in, every number says in which periods it counts (`kept`), and a unit's figure says
what it is made of (`contributions`): each part goes up along the tree of its own last day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import attrs

from pcmt.core.measures.elements import Element, Fact, Figure, Nature, OverTime, OverUnits, figure
from pcmt.core.periods import ADMINISTRATIVE, DAY, STATISTICAL, Calendar, Kind, Span

BOTH = (ADMINISTRATIVE, STATISTICAL)
KINDS = (Kind.YEAR, Kind.HALF_YEAR, Kind.QUARTER, Kind.MONTH)
"""The named periods for which sums are kept, the longest first."""


@lru_cache(maxsize=8192)
def calendar_named(span: Span) -> Calendar | None:
    """The one calendar of which a span is a named period (month, quarter, half-year, nine months, year), if any."""
    for calendar in BOTH:
        if any(calendar.around(kind, span.start) == span for kind in (*KINDS, Kind.NINE_MONTHS)):
            return calendar
    return None


@lru_cache(maxsize=8192)
def _named_around(span: Span) -> tuple[Span, ...]:
    found = [span]
    week = STATISTICAL.around(Kind.WEEK, span.start)
    if span.end <= week.end:
        found.append(week)
    own = calendar_named(span)
    for calendar in (own,) if own else BOTH:
        found += [each for kind in KINDS if (each := calendar.around(kind, span.start)).end >= span.end]
    return tuple(dict.fromkeys(found))


def kept(span: Span, windows: Iterable[Span] = ()) -> tuple[Span, ...]:
    """The periods for which sums are kept in which a number told for `span` counts.

    Its own; the week, month, quarter, half-year and year of either calendar that contain it (a number for a named
    period of one calendar counts in that calendar only: June is no part of 15/12 to 14/12); and each of the `windows`,
    the periods kept beside those, that contains it.
    """
    named = _named_around(span)
    more = [each for each in windows if each.start <= span.start and span.end <= each.end and each not in named]
    return (*named, *more) if more else named


def is_kept(window: Span, windows: Iterable[Span] = ()) -> bool:
    """Whether the sums of a window are kept whole: a day, a week, a named period, or one of those kept beside them."""
    return _is_named(window) or window in windows


@lru_cache(maxsize=8192)
def _is_named(window: Span) -> bool:
    if window.days == 1 or STATISTICAL.around(Kind.WEEK, window.start) == window:
        return True
    return any(calendar.around(kind, window.start) == window for calendar in BOTH for kind in KINDS)


def rolls(element: Element) -> bool:
    """Whether sums of an element are kept at all: means are no sums, and some numbers do not add up over units."""
    return element.over_units is OverUnits.SUM and element.over_time is not OverTime.MEAN


def counts_in(element: Element, span: Span, period: Span, windows: Iterable[Span] = ()) -> bool:
    """Whether a number told for `span` counts in a kept period."""
    if element.over_time is OverTime.NONE:
        return span == period
    return period in kept(span, windows)


def periods_of(element: Element, span: Span, windows: Iterable[Span] = ()) -> tuple[Span, ...]:
    """The kept periods in which a number of an element told for `span` counts."""
    return (span,) if element.over_time is OverTime.NONE else kept(span, windows)


def outlived(element: Element, ends: date | None, upto: date) -> bool:
    """Whether a unit that ended had no stock of its own any more when a period was over (`upto`, the day after it).

    What it had went over to others, who tell it from then on: counted with them, it would count twice. What came up in
    its time stays its own, as does the highest number it ever told.
    """
    last = element.nature is Nature.STOCK and element.over_time is OverTime.LAST
    return last and ends is not None and ends < upto


@attrs.frozen
class Told:
    """A number that one unit told for a span, or its part in the unit's figure; None: the element does not apply."""

    span: Span
    amount: int | None


def contributions(element: Element, told: Sequence[Told], period: Span) -> tuple[Told, ...]:
    """What the figure of ONE unit over a whole kept period is made of; `told` is what counts in the period.

    The amounts add up to `core.measures.figure` of the same. A number that takes part and adds nothing (not the
    highest one of several) has the amount 0; amounts are None where all that takes part says "does not apply". Only for
    elements that roll: of a mean no whole parts can be made.
    """
    if element.nature is Nature.STOCK and element.over_time is OverTime.LAST:
        return (max(told, key=lambda each: (each.span.end, -each.span.days)),) if told else ()
    flows = element.nature is Nature.FLOW and element.over_time is OverTime.SUM
    if flows and not overlapping(told):
        chosen = tuple(sorted(told, key=lambda each: each.span))
        return tuple(each for each in chosen if each.amount is not None) or chosen
    facts = [
        Fact(each.span, None if each.amount is None else Decimal(each.amount), each.amount is not None) for each in told
    ]
    made_of = shares(element, figure(element, facts, period, period.last))
    return tuple(Told(fact.span, None if amount is None else int(amount)) for fact, amount in made_of)


def shares(element: Element, found: Figure) -> tuple[tuple[Fact, Fraction | None], ...]:
    """What a unit's own figure is made of: the facts that take part with their amounts, which add up to its value.

    All amounts are None where every fact that takes part says that the element does not apply.
    """
    valued = [(fact, Fraction(fact.value)) for fact in found.used if fact.applies and fact.value is not None]
    if not valued:
        return tuple((fact, None) for fact in found.used)
    if element.over_time is OverTime.SUM and element.nature is Nature.FLOW:
        return tuple(valued)
    if element.over_time is OverTime.MEAN:
        days = sum(fact.span.days for fact, _value in valued)
        return tuple((fact, value * fact.span.days / days) for fact, value in valued)
    if element.over_time is OverTime.MAX:
        taken = max(valued, key=lambda each: each[1])[0]
    else:
        taken = max(valued, key=lambda each: each[0].span.end)[0]
    return tuple((fact, value if fact is taken else Fraction(0)) for fact, value in valued)


def overlapping(told: Iterable[Told]) -> bool:
    """Whether any two of the spans have days in common."""
    spans = sorted((each.span.start, each.span.end) for each in told)
    return any(later[0] < earlier[1] for earlier, later in pairwise(spans))


def decompose(window: Span, calendar: Calendar, windows: Iterable[Span] = ()) -> tuple[Span, ...]:
    """The fewest kept periods that fill a window, in order: those of a calendar and at the ends weeks and days."""
    if is_kept(window, windows):
        return (window,)
    pieces: list[Span] = []
    at = window.start
    while at < window.end:
        whole = [each for kind in KINDS if (each := calendar.around(kind, at)).start == at and each.end <= window.end]
        if not whole:
            upto = min(calendar.around(Kind.MONTH, at).end, window.end)
            pieces += _days(Span(at, upto))
            at = upto
            continue
        pieces.append(whole[0])
        at = whole[0].end
    return tuple(pieces)


def _days(span: Span) -> list[Span]:
    """Weeks and single days that fill a part of a month."""
    pieces: list[Span] = []
    at = span.start
    while at < span.end:
        week = STATISTICAL.around(Kind.WEEK, at)
        piece = week if week.start == at and week.end <= span.end else Span(at, at + DAY)
        pieces.append(piece)
        at = piece.end
    return pieces


def filled_by(spans: Iterable[Span], pieces: Sequence[Span], windows: Iterable[Span] = ()) -> bool:
    """Whether each of the spans counts in one of the pieces: then the sums of the pieces make the sum of the whole."""
    return all(any(piece in kept(span, windows) for piece in pieces) for span in spans)
