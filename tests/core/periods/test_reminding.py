"""When people are reminded of a limit."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.periods import DAY, WEEKENDS, Awaited, Call, CallKind, Rhythm, WorkCalendar, call_on, reach_on, shares

RHYTHM = Rhythm()
TET = WorkCalendar(off={date(2026, 2, 14) + n * DAY: "Tết" for n in range(9)})
"""The holiday of 2026: from Saturday 14 to Sunday 22 February."""


def ladder(
    due_on: date,
    days: int = 60,
    *,
    calendar: WorkCalendar = WEEKENDS,
    missed: frozenset[date] = frozenset(),
    heard: dict[date, date] | None = None,
    **facts: object,
) -> list[tuple[date, CallKind, int]]:
    """All calls from 30 days before a limit on; `heard`: what was entered on a day (from then on it is known)."""
    called: dict[Call, date] = {}
    told = []
    for on in (due_on - 30 * DAY + n * DAY for n in range(30 + days)):
        if on in missed:
            continue
        said = max((day for day in heard or {} if day < on), default=None)
        awaited = Awaited(due_on=due_on, heard_on=said, called=called, **facts)  # type: ignore[arg-type]
        for _again in range(2):
            call = call_on(awaited, on, RHYTHM, calendar)
            if call is not None:
                assert call not in called
                called[call] = on
                told.append((on, call.kind, call.number))
    return told


def test_the_ladder_of_a_limit_in_the_middle_of_a_week() -> None:
    # Thursday 11 June 2026.
    assert ladder(date(2026, 6, 11), 16) == [
        (date(2026, 6, 4), "soon", 7),
        (date(2026, 6, 8), "soon", 3),
        (date(2026, 6, 10), "soon", 1),
        (date(2026, 6, 12), "overdue", 0),
        (date(2026, 6, 17), "escalated", 0),
        (date(2026, 6, 19), "overdue", 1),
        (date(2026, 6, 26), "overdue", 2),
    ]


def test_steps_on_days_off_come_before_and_what_is_overdue_after_them() -> None:
    # Sunday 14 June: the steps of 7 and 1 days would be a Sunday and a Saturday.
    assert ladder(date(2026, 6, 14), 9) == [
        (date(2026, 6, 5), "soon", 7),
        (date(2026, 6, 11), "soon", 3),
        (date(2026, 6, 12), "soon", 1),
        (date(2026, 6, 15), "overdue", 0),
        (date(2026, 6, 18), "escalated", 0),
        (date(2026, 6, 22), "overdue", 1),
    ]


def test_tet_is_no_time_for_reminders() -> None:
    told = ladder(date(2026, 2, 20), 12, calendar=TET)
    # All three steps fall on Friday the 13th or before; the latest of them stands for the others.
    assert told == [
        (date(2026, 2, 13), "soon", 1),
        (date(2026, 2, 23), "overdue", 0),
        (date(2026, 2, 26), "escalated", 0),
        (date(2026, 3, 2), "overdue", 1),
    ]


def test_an_answer_puts_the_level_above_off_until_the_next_silence() -> None:
    answered = {date(2026, 6, 15): date(2026, 6, 15)}
    told = ladder(date(2026, 6, 11), 16, heard=answered)
    assert [each for each in told if each[1] != "soon"] == [
        (date(2026, 6, 12), "overdue", 0),
        (date(2026, 6, 19), "overdue", 1),
        (date(2026, 6, 24), "escalated", 0),
        (date(2026, 6, 26), "overdue", 2),
    ]
    weekly = {day: day for day in (date(2026, 6, 12) + n * DAY for n in range(60))}
    assert "escalated" not in [kind for _day, kind, _number in ladder(date(2026, 6, 11), heard=weekly)]


def test_what_was_missed_is_made_up_for_by_the_latest_step() -> None:
    away = frozenset(date(2026, 6, 1) + n * DAY for n in range(9))
    assert ladder(date(2026, 6, 11), 2, missed=away) == [
        (date(2026, 6, 10), "soon", 1),
        (date(2026, 6, 12), "overdue", 0),
    ]
    month = frozenset(date(2026, 6, 1) + n * DAY for n in range(30))
    # Nobody above is told before the body had its notice and its days to answer.
    assert ladder(date(2026, 6, 11), 30, missed=month) == [
        (date(2026, 7, 1), "overdue", 0),
        (date(2026, 7, 6), "escalated", 0),
        (date(2026, 7, 8), "overdue", 1),
    ]


def test_what_was_requested_is_called_to_mind_once() -> None:
    assert ladder(date(2026, 6, 11), requested=True) == [(date(2026, 6, 4), "soon", 7)]


def test_steps_up_to_the_day_it_was_given_are_not_told() -> None:
    assert ladder(date(2026, 6, 11), 1, given_on=date(2026, 6, 8)) == [(date(2026, 6, 10), "soon", 1)]
    # Given when it was late already: the next working day, then as always.
    late = ladder(date(2026, 6, 11), 15, given_on=date(2026, 6, 19))
    assert late == [(date(2026, 6, 22), "overdue", 0), (date(2026, 6, 25), "escalated", 0)]


def test_nothing_is_due_beyond_the_reach_of_a_day() -> None:
    friday = date(2026, 6, 5)
    assert reach_on(friday, RHYTHM, WEEKENDS) == date(2026, 6, 14)
    assert call_on(Awaited(due_on=date(2026, 6, 14)), friday, RHYTHM, WEEKENDS) == Call(CallKind.SOON, 7)
    assert call_on(Awaited(due_on=date(2026, 6, 15)), friday, RHYTHM, WEEKENDS) is None


@given(st.dates(date(2025, 12, 1), date(2026, 4, 30)), st.integers(-20, 12), st.sampled_from([WEEKENDS, TET]))
def test_the_reach_of_a_day_holds_every_call(due_on: date, before: int, calendar: WorkCalendar) -> None:
    on = due_on - before * DAY
    if call_on(Awaited(due_on=due_on), on, RHYTHM, calendar) is not None:
        assert due_on <= reach_on(on, RHYTHM, calendar)


@given(
    st.dates(date(2026, 1, 1), date(2026, 3, 31)),
    st.sets(st.integers(-30, 60), max_size=40),
    st.sets(st.integers(1, 60), max_size=12),
)
def test_any_run_of_the_job_keeps_the_rules(due_on: date, missed: set[int], answered: set[int]) -> None:
    heard = {due_on + n * DAY: due_on + n * DAY for n in answered}
    told = ladder(due_on, calendar=TET, missed=frozenset(due_on + n * DAY for n in missed), heard=heard)
    assert len({day for day, _kind, _number in told}) == len(told), "two on one day"
    overdue = [day for day, kind, _number in told if kind == "overdue"]
    assert all(day > due_on for day in overdue)
    assert all(later - day >= timedelta(days=7) for day, later in pairwise(overdue))
    steps = [number for _day, kind, number in told if kind == "soon"]
    assert steps == sorted(steps, reverse=True)
    escalated = [day for day, kind, _number in told if kind == "escalated"]
    assert len(escalated) <= 1
    for day in escalated:
        silent = [call for call in overdue if TET.add(call, 3) <= day and not any(call <= said < day for said in heard)]
        assert silent, "the level above was told though the body had answered, or had no time to"


@pytest.mark.parametrize("most", [1, 3])
def test_nobody_is_told_more_than_so_much_by_itself(most: int) -> None:
    things = [(name, [1, 2] if name in "ab" else [2]) for name in "abcde"]
    single, beyond = shares(things, most, {2: 1})
    assert single["a"] == ([1, 2] if most == 3 else [1])
    assert sum(2 in people for people in single.values()) == most - 1
    assert beyond[2] == 5 - (most - 1)
    assert beyond.get(1, 0) == max(0, 2 - most)
