"""What holds for every term, whatever happens in it."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from pcmt.core.law import Interruption, Stops, Term, age_on, ends_with, remainder, remaining_from, uncounted
from pcmt.core.periods import DAY, add_months

DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
UNCOUNTED = (Stops.ABSENCE, Stops.PRISON)


@st.composite
def terms(draw: st.DrawFn) -> Term:
    first, months = draw(DAYS), draw(st.sampled_from([1, 6, 12, 24, 36]))
    return Term(first, add_months(first, months) - DAY, months, "")


@st.composite
def pauses_of(draw: st.DrawFn, kinds: tuple[Stops, ...]) -> list[Interruption]:
    found = []
    for _each in range(draw(st.integers(0, 4))):
        first = draw(DAYS)
        length = draw(st.none() | st.integers(0, 200))
        found.append(
            Interruption(draw(st.sampled_from(kinds)), first, None if length is None else first + length * DAY)
        )
    return found


@settings(max_examples=60)
@given(terms(), pauses_of(tuple(Stops)), DAYS)
def test_days_served_left_and_not_counted_make_up_the_calendar(
    term: Term, pauses: list[Interruption], on: date
) -> None:
    end = ends_with(term, pauses, on)
    assert end is not None
    assert term.days is not None
    left = remainder(term, pauses, on)
    assert 0 <= left <= term.days
    if term.starts_on <= on <= end:
        served = term.days - left
        assert served + uncounted(term, pauses, on) == (on - term.starts_on).days + 1


@settings(max_examples=40)
@given(terms(), pauses_of((Stops.DETENTION, Stops.OTHER)), DAYS)
def test_detention_never_moves_the_end(term: Term, pauses: list[Interruption], on: date) -> None:
    assert ends_with(term, pauses, on) == term.ends_on


@settings(max_examples=40)
@given(terms(), st.integers(0, 20), st.integers(0, 60), st.sampled_from(UNCOUNTED))
def test_an_absence_inside_the_term_moves_the_end_by_its_days(term: Term, after: int, days: int, kind: Stops) -> None:
    assert term.ends_on is not None
    first = term.starts_on + after * DAY
    absent = Interruption(kind, first, first + days * DAY)
    assert ends_with(term, [absent], term.ends_on + 400 * DAY) == term.ends_on + days * DAY


@settings(max_examples=40)
@given(terms(), pauses_of(tuple(Stops)), DAYS, st.integers(0, 300))
def test_the_end_only_moves_on_and_never_by_the_order_of_pauses(
    term: Term, pauses: list[Interruption], on: date, more: int
) -> None:
    now, later = ends_with(term, pauses, on), ends_with(term, pauses, on + more * DAY)
    assert now is not None
    assert later is not None
    assert later >= now
    assert ends_with(term, pauses[::-1], on) == now


@settings(max_examples=40)
@given(terms(), st.integers(0, 29), st.integers(0, 30))
def test_who_moves_serves_as_long_as_who_stays(term: Term, served: int, between: int) -> None:
    assert term.days is not None
    left_on = term.starts_on + min(served, term.days - 2) * DAY
    left = remainder(term, [], left_on)
    decided = left_on + between * DAY
    assert (left_on - term.starts_on).days + 1 + (remaining_from(decided, left) - decided).days + 1 == term.days


@settings(max_examples=60)
@given(st.dates(date(1950, 1, 1), date(2020, 12, 31)), DAYS)
def test_nobody_is_older_by_the_year_alone(born: date, on: date) -> None:
    assert 0 <= age_on(born, born.year, on) - age_on(None, born.year, on) <= 1
