"""What has to be known to judge a target: the stretches of time it is held against, and the figures of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs

from pcmt.core.measures import BaselineKind, Catalogue, Element, Indicator, Shape, TargetSpec
from pcmt.core.periods import (
    DAY,
    Calendar,
    ExpectedWindow,
    Kind,
    Span,
    add_months,
    expected_windows,
)

TOLD = (Shape.MILESTONE, Shape.QUALITATIVE)
"""Shapes that a person answers, not a figure."""
BOUND = (Shape.CEILING, Shape.ZERO)
"""Shapes that have no way to a goal: neither last year nor the start matters."""
MOVING = (Shape.CHANGE, Shape.MONOTONE)
FULL_YEAR, LEAP_YEAR = 365, 366
FIRST_MONTHS = 3
"""A plan that is issued in the first months of a year and ends with it is a plan of that year."""


def by_person(spec: TargetSpec) -> bool:
    """Whether a person's remark answers the target."""
    often = spec.shape is Shape.FREQUENCY and (spec.frequency is None or spec.frequency.n is None)
    return spec.shape in TOLD or often


def asked_window(
    spec: TargetSpec, issued: date | None, calendar: Calendar, day: date, *, cumulates: bool = True
) -> Span | None:
    """The stretch over which a target is measured, as of a day; None where the plan does not say when.

    Whole years are those of the same name in the calendar; other dates are the plan's own and stay. A plan issued early
    in a year until its end is one of that year. What is asked for anew each year is asked of the year of the day.
    """
    window = spec.window
    if window is None or by_person(spec):
        return window
    first, last = window.start, window.last
    if first == issued and first.month <= FIRST_MONTHS and first.year == last.year:
        first = date(first.year, 1, 1)
    if (first.month, first.day, last.month, last.day) != (1, 1, 12, 31):
        return window
    years = Span(calendar.named(Kind.YEAR, first.year).start, calendar.named(Kind.YEAR, last.year).end)
    if last.year > first.year and year_by_year(spec, cumulates=cumulates):
        return calendar.around(Kind.YEAR, min(max(day, years.start), years.last))
    return years


def year_by_year(spec: TargetSpec, *, cumulates: bool) -> bool:
    """Whether a target of several years is judged in each of them.

    So it says, or it is compared with the year before, or what comes up in its years with what came up in one.
    """
    if spec.yearly:
        return True
    previous = spec.baseline is None or spec.baseline.kind in (BaselineKind.PREVIOUS_YEAR, BaselineKind.SAME_PERIOD)
    return spec.shape in MOVING and (previous or cumulates)


def baseline_window(spec: TargetSpec, window: Span, calendar: Calendar) -> Span | None:
    """The stretch from which a change starts; None where only a person can say its figure.

    A year that the plan names is one of the calendar, or the same stretch of it where less than a year is measured.
    Without any the year before is meant.
    """
    kind = spec.baseline.kind if spec.baseline else BaselineKind.PREVIOUS_YEAR
    year = spec.baseline.year if spec.baseline else None
    if year and window.days < FULL_YEAR:
        return years_before(window, window.last.year - year)
    if year:
        return calendar.named(Kind.YEAR, year)
    if kind in (BaselineKind.STATISTIC, BaselineKind.EVENT):
        return None
    return years_before(window, 1)


def years_before(span: Span, years: int) -> Span:
    """The same stretch some years earlier; the month's end stays the month's end."""
    end = span.end if span.end.day == 1 else span.last
    back = add_months(end, -12 * years)
    return Span(add_months(span.start, -12 * years), back if span.end.day == 1 else back + DAY)


def stretch_so_far(base: Span, window: Span, reach: date) -> Span | None:
    """As much of a baseline's stretch as had passed of the window at the reach of its figures."""
    passed = years_before(Span(window.start, reach + DAY), round((window.start - base.start).days / 365.2425))
    return Span(base.start, min(passed.end, base.end)) if passed.end > base.start else None


def until(window: Span, day: date) -> Span | None:
    """What has passed of a window at the end of a day; None before it begins."""
    return Span(window.start, min(day, window.last) + DAY) if day >= window.start else None


@attrs.frozen
class Making:
    """What an indicator is made of, as elements; `unit_word` is what its numbers count."""

    counted: tuple[Element, ...]
    whole: tuple[Element, ...]

    @property
    def cumulates(self) -> bool:
        """Whether what is counted adds up over time."""
        return all(each.cumulates for each in self.counted)


def making_of(indicator: Indicator, catalogue: Catalogue) -> Making | None:
    """The elements of an indicator; None when one of them is not there."""
    codes = (*indicator.counted, *indicator.whole)
    if any(code not in catalogue.elements for code in codes):
        return None
    return Making(
        tuple(catalogue.elements[code] for code in indicator.counted),
        tuple(catalogue.elements[code] for code in indicator.whole),
    )


def turns_of(spec: TargetSpec, window: Span, calendar: Calendar) -> tuple[ExpectedWindow, ...]:
    """The periods that a frequency asks for, without stubs."""
    if spec.frequency is None:
        return ()
    return tuple(turn for turn in expected_windows(spec.frequency, window, calendar) if not turn.is_stub)


def needs_start(spec: TargetSpec, making: Making) -> bool:
    """Whether where a stock stood at the start matters."""
    return spec.shape not in BOUND and spec.shape not in MOVING and not making.cumulates


def needs_last_year(spec: TargetSpec, making: Making) -> bool:
    """Whether last year's course matters: for the way to a number of things."""
    return spec.shape in (Shape.LEVEL, Shape.ALLOCATION) and making.cumulates


def spans_of(spec: TargetSpec, window: Span, calendar: Calendar, making: Making) -> Iterator[tuple[str, Span]]:
    """The stretches of which figures are asked beside the window: "baseline", "start"."""
    if spec.shape in MOVING:
        span = baseline_window(spec, window, calendar)
        if span is not None:
            yield "baseline", span
    elif needs_start(spec, making):
        yield "start", Span(add_months(window.start, -12), window.start)
    elif needs_last_year(spec, making) and window.days <= LEAP_YEAR:
        yield "baseline", years_before(window, 1)
