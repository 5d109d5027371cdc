"""Deadline ladders: order, gaps, days off, and who made a chain late."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.periods import (
    ADMINISTRATIVE,
    DAY,
    STATISTICAL,
    WEEKENDS,
    Calendar,
    Kind,
    Ladder,
    Moved,
    Relation,
    Rung,
    Shift,
    Span,
    held_up,
)
from pcmt.reference import ladders, work_calendar

LEVELS = ("commune", "district", "province", "department", "ministry")
rungs = st.lists(st.integers(1, 31), min_size=1, max_size=5, unique=True).map(
    lambda days: tuple(Rung(level, day) for level, day in zip(LEVELS, sorted(days), strict=False))
)
any_ladder = st.builds(
    Ladder,
    code=st.just("own"),
    rungs=rungs,
    shift=st.sampled_from(Shift),
    gap=st.integers(1, 3),
    step=st.integers(1, 2),
)
periods = st.builds(
    lambda calendar, kind, day: calendar.around(kind, day),
    st.sampled_from([ADMINISTRATIVE, STATISTICAL]),
    st.sampled_from([Kind.MONTH, Kind.QUARTER, Kind.HALF_YEAR, Kind.YEAR]),
    st.dates(date(2010, 1, 1), date(2060, 1, 1)),
)
calendars = st.sampled_from([WEEKENDS, work_calendar()])


@given(any_ladder, periods, calendars)
def test_a_chain_climbs(ladder: Ladder, period: Span, work: Any) -> None:
    chain = ladder.chain(period, work)
    assert [step.level for step in chain] == [rung.level for rung in ladder.rungs]
    # At least so many working days between the cut-off and the first limit (Decree 09/2019, article 8.5).
    assert work.count(Span(period.end, chain[0].end)) >= ladder.gap
    assert chain[0].start == period.end
    for below, above in itertools.pairwise(chain):
        assert above.start == below.end
        assert work.count(Span(below.end, above.end)) >= ladder.step
    for step in chain:
        assert bool(step.moved) is (step.last != step.nominal)
        if ladder.shift is not Shift.KEEP or step.moved:
            assert work.is_working(step.last)


@given(any_ladder, periods, calendars)
def test_a_limit_that_is_moved_says_what_moved_it(ladder: Ladder, period: Span, work: Any) -> None:
    for number, step in enumerate(ladder.chain(period, work)):
        if Moved.DAY_OFF in step.moved:
            assert not work.is_working(step.nominal)
        assert (Moved.CUT_OFF in step.moved) <= (number == 0)
        assert (Moved.BELOW in step.moved) <= (number > 0)


def test_the_district_rung_falls_away() -> None:
    ladder = ladders()["drug-statistics"]
    spring, autumn = (ADMINISTRATIVE.named(Kind.QUARTER, 2025, number) for number in (2, 3))
    assert [step.level for step in ladder.chain(spring, WEEKENDS)] == ["district", "province", "department", "ministry"]
    assert [step.level for step in ladder.chain(autumn, WEEKENDS)] == ["province", "department", "ministry"]


def test_a_day_that_the_month_lacks_and_a_later_month() -> None:
    february = STATISTICAL.named(Kind.MONTH, 2026, 1)
    end = Ladder("own", (Rung("province", 31, Relation.BY, months_after=1),), shift=Shift.KEEP)
    assert end.chain(february, WEEKENDS)[0].last == date(2026, 2, 28)
    counted = Ladder("own", (Rung("province", 20),), shift=Shift.KEEP)
    january = ADMINISTRATIVE.named(Kind.MONTH, 2026, 1)
    assert counted.chain(january, WEEKENDS)[0].last == date(2026, 1, 19)
    assert counted.chain(january, WEEKENDS, before_counts_day=True)[0].last == date(2026, 1, 20)


@pytest.mark.parametrize("wrong", [{"day": 0}, {"day": 32}, {"day": 5, "relation": Relation.WITHIN}])
def test_what_is_no_rung(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"day|relation"):
        Rung("commune", **wrong)


def test_data_has_ladders_whose_levels_climb() -> None:
    for ladder in ladders().values():
        assert ladder.source
        for day in (date(2024, 6, 14), date(2026, 6, 14)):
            numbers = [rung.day for rung in ladder.rungs if rung.stands(day)]
            assert numbers == sorted(set(numbers))


MAY = Calendar("own", "own", 15, 1).named(Kind.MONTH, 2024, 5)
CHAIN = Ladder("own", (Rung("commune", 16), Rung("district", 20), Rung("province", 24)), shift=Shift.KEEP).chain(
    MAY, WEEKENDS
)


@pytest.mark.parametrize(
    ("sent", "on", "blamed"),
    [
        # in time, all of them
        ({"commune": 15, "district": 17, "province": 22}, 31, ()),
        # the commune two days late; the others took no longer than their own days
        ({"commune": 17, "district": 20, "province": 24}, 31, ("commune",)),
        ({"commune": 18, "district": 22, "province": 26}, 31, ("commune",)),
        # the district sat on what came in time
        ({"commune": 15, "district": 23, "province": 25}, 31, ("district",)),
        # the commune late, and the district late by itself on top
        ({"commune": 18, "district": 25, "province": 27}, 31, ("commune", "district")),
        # nothing has come yet
        ({}, 15, ()),
        ({}, 18, ("commune",)),
        ({"commune": 15}, 19, ()),
        ({"commune": 15}, 20, ("district",)),
        ({"commune": 18}, 21, ("commune",)),
    ],
)
def test_who_held_a_chain_up(sent: dict[str, int], on: int, blamed: tuple[str, ...]) -> None:
    came = {level: date(2024, 5, day) for level, day in sent.items()}
    assert [step.last for step in CHAIN] == [date(2024, 5, day) for day in (15, 19, 23)]
    assert held_up(CHAIN, came, on=date(2024, 5, on)) == blamed


@given(st.lists(st.integers(-3, 12), min_size=3, max_size=3))
def test_a_late_chain_has_somebody_to_blame(delays: list[int]) -> None:
    day, came = MAY.last, {}
    for step, delay in zip(CHAIN, delays, strict=True):
        day = max(day, step.last) + timedelta(days=delay)
        came[step.level] = day
    blamed = held_up(CHAIN, came, on=day + DAY)
    if any(came[step.level] > step.last for step in CHAIN):
        first = next(step.level for step in CHAIN if came[step.level] > step.last)
        assert blamed[:1] == (first,)
    else:
        assert blamed == ()
