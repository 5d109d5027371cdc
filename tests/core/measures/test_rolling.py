"""Kept periods, what a figure is made of, and filling windows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.measures import (
    Element,
    Fact,
    Nature,
    OverTime,
    Told,
    contributions,
    decompose,
    figure,
    filled_by,
    is_kept,
    kept,
)
from pcmt.core.periods import ADMINISTRATIVE, STATISTICAL, Kind, Span

DAYS = st.dates(date(2025, 1, 1), date(2025, 12, 31))
KINDS = st.sampled_from([Kind.DAY, Kind.WEEK, Kind.MONTH, Kind.QUARTER, Kind.HALF_YEAR, Kind.YEAR])
CALENDARS = st.sampled_from([ADMINISTRATIVE, STATISTICAL])
NAMED = st.builds(lambda calendar, kind, day: calendar.around(kind, day), CALENDARS, KINDS, DAYS)
FREE = st.builds(lambda day, days: Span(day, day + timedelta(days=days)), DAYS, st.integers(1, 60))
SPANS = st.one_of(NAMED, NAMED, FREE)
ELEMENTS = st.sampled_from(
    [
        Element("e", "e", "", nature, over)
        for nature, over in (
            (Nature.FLOW, OverTime.SUM), (Nature.STOCK, OverTime.LAST), (Nature.FLOW, OverTime.MAX),
            (Nature.STOCK, OverTime.MAX), (Nature.FLOW, OverTime.LAST), (Nature.STOCK, OverTime.SUM),
        )
    ]
)  # fmt: skip
AMOUNTS = st.one_of(st.none(), st.integers(0, 1000))
TOLD = st.lists(st.builds(Told, SPANS, AMOUNTS), max_size=8, unique_by=lambda each: each.span)
YEAR = STATISTICAL.named(Kind.YEAR, 2025)
JUNE = STATISTICAL.named(Kind.MONTH, 2025, 6)


def fact_of(told: Told) -> Fact:
    return Fact(told.span, None if told.amount is None else Decimal(told.amount), told.amount is not None)


def test_june_is_no_part_of_an_administrative_year() -> None:
    assert kept(JUNE) == (
        JUNE,
        YEAR,
        STATISTICAL.named(Kind.HALF_YEAR, 2025, 1),
        STATISTICAL.named(Kind.QUARTER, 2025, 2),
    )
    week = STATISTICAL.around(Kind.WEEK, date(2025, 6, 18))
    assert ADMINISTRATIVE.named(Kind.MONTH, 2025, 7) in kept(week)
    assert JUNE in kept(week)
    across = STATISTICAL.around(Kind.WEEK, date(2025, 6, 30))
    assert JUNE not in kept(across)
    assert YEAR in kept(across)


@given(SPANS, SPANS)
def test_a_number_counts_only_where_it_lies(span: Span, window: Span) -> None:
    for period in kept(span, [window]):
        assert period.start <= span.start
        assert span.end <= period.end
        assert period in (span, window) or is_kept(period)


@given(ELEMENTS, TOLD, st.randoms())
def test_contributions_make_the_figure(element: Element, told: list[Told], pick: object) -> None:
    counting = [each for each in told if YEAR in kept(each.span)]
    facts = [fact_of(each) for each in counting]
    found = figure(element, facts, YEAR, YEAR.last)
    parts = contributions(element, counting, YEAR)
    amounts = [each.amount for each in parts if each.amount is not None]
    assert (Fraction(sum(amounts)) if amounts else None) == found.value
    assert bool(parts) == bool(found.used)
    shuffled = list(counting)
    pick.shuffle(shuffled)  # type: ignore[attr-defined]
    assert contributions(element, shuffled, YEAR) == parts or element.over_time is OverTime.MAX
    tenfold = [Told(each.span, None if each.amount is None else each.amount * 10) for each in counting]
    assert sum(each.amount or 0 for each in contributions(element, tenfold, YEAR)) == 10 * sum(amounts)


@given(SPANS, st.sampled_from([ADMINISTRATIVE, STATISTICAL]))
def test_pieces_fill_a_window(window: Span, calendar: object) -> None:
    pieces = decompose(window, calendar)  # type: ignore[arg-type]
    assert pieces[0].start == window.start
    assert pieces[-1].end == window.end
    assert all(one.end == other.start for one, other in pairwise(pieces))
    assert all(is_kept(piece) for piece in pieces)


@given(TOLD, FREE)
def test_sums_of_pieces_are_the_sum_where_nothing_lies_across(told: list[Told], window: Span) -> None:
    element = Element("e", "e", "")
    inside = [each for each in told if window.start <= each.span.start and each.span.end <= window.end]
    pieces = decompose(window, STATISTICAL)
    if filled_by([each.span for each in inside], pieces):
        facts = [fact_of(each) for each in inside]
        whole = figure(element, facts, window, window.last).value
        parts = [
            amount
            for piece in pieces
            for each in contributions(element, [one for one in inside if piece in kept(one.span)], piece)
            if (amount := each.amount) is not None
        ]
        assert (sum(parts) if parts else None) == whole


@given(ELEMENTS, TOLD, TOLD)
def test_units_that_merge_keep_their_sum(element: Element, one: list[Told], other: list[Told]) -> None:
    """Each unit makes its own figure first: together they give the same before and after they merge."""
    told = [[each for each in unit if YEAR in kept(each.span)] for unit in (one, other)]
    apart = [figure(element, [fact_of(each) for each in unit], YEAR, YEAR.last).value or 0 for unit in told]
    parts = [each for unit in told for each in contributions(element, unit, YEAR)]
    assert sum(each.amount or 0 for each in parts) == sum(apart)
