"""Halves of months, and the pieces that are cut from them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.measures.pieces import half_month, next_half_month, piece_of, pieces
from pcmt.core.periods import DAY

DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("day", "first", "following"),
    [
        (date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 15)),
        (date(2026, 4, 14), date(2026, 4, 1), date(2026, 4, 15)),
        (date(2026, 4, 15), date(2026, 4, 15), date(2026, 5, 1)),
        (date(2028, 2, 29), date(2028, 2, 15), date(2028, 3, 1)),
        (date(2026, 12, 31), date(2026, 12, 15), date(2027, 1, 1)),
    ],
)
def test_the_half_of_a_month_and_the_next(day: date, first: date, following: date) -> None:
    assert (half_month(day), next_half_month(day)) == (first, following)


@given(DAYS)
def test_halves_follow_one_another(day: date) -> None:
    following = next_half_month(day)
    assert half_month(following) == following
    assert half_month(following - DAY) == half_month(day) <= day < following


@given(DAYS, st.integers(0, 400), st.sets(DAYS, max_size=3), st.booleans())
def test_pieces_lie_side_by_side_and_no_half_is_in_two_months(
    since: date, days: int, cuts: set[date], weeks: bool
) -> None:
    upto = since + days * DAY
    spans = pieces(since, upto, cuts, weeks=weeks)
    assert (spans[0].start, spans[-1].last) == (half_month(since), upto)
    assert all(before.end == after.start for before, after in pairwise(spans))
    assert all(half_month(span.last) == half_month(span.start) for span in spans)
    assert piece_of(upto, spans) == spans[-1]
    assert piece_of(upto + DAY, spans) is None
