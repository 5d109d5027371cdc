"""Lives of places, counted: stock before + came − went = stock at the end."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.periods import DAY, Span
from pcmt.core.schemas import Stretch, flows, summed

START = date(2024, 2, 20)  # around a leap day
WINDOW = Span(START + 10 * DAY, START + 40 * DAY)


@st.composite
def lives(draw: st.DrawFn) -> list[Stretch]:
    """A life without gaps: through units and states, some stretches empty, the last perhaps ended."""
    day = START + timedelta(days=draw(st.integers(-20, 60)))
    life: list[Stretch] = []
    for length in draw(st.lists(st.integers(0, 25), max_size=6)):
        end = day + timedelta(days=length)
        life.append(Stretch(draw(st.integers(1, 3)), draw(st.booleans()), day, end))
        day = end
    end_day = draw(st.none() | st.integers(0, 30))
    last = None if end_day is None else day + timedelta(days=end_day)
    return [*life, Stretch(draw(st.integers(1, 3)), draw(st.booleans()), day, last)]


@given(st.dictionaries(st.integers(1, 50), lives(), max_size=12), st.integers(0, 40), st.integers(1, 40))
def test_a_whole_life_always_adds_up(found: dict[int, list[Stretch]], begin: int, length: int) -> None:
    window = Span(START + begin * DAY, START + (begin + length) * DAY)
    for flow in [*flows(found, window), summed(flows(found, window))]:
        assert flow.holds
        assert flow.before + flow.came - flow.went == flow.end
        assert min(flow.before, flow.came, flow.went, flow.end) >= 0


@given(lives())
def test_windows_that_touch_hand_over_their_stock(life: list[Stretch]) -> None:
    later = Span(WINDOW.end, WINDOW.end + 15 * DAY)
    one = {flow.unit: flow.end for flow in flows({1: life}, WINDOW)}
    two = {flow.unit: flow.before for flow in flows({1: life}, later)}
    assert {unit: n for unit, n in one.items() if n} == {unit: n for unit, n in two.items() if n}


def test_a_gap_names_its_place_and_only_that() -> None:
    whole = [Stretch(1, True, START, None)]
    gap = [Stretch(1, True, START, WINDOW.start + DAY), Stretch(1, True, WINDOW.end + DAY, None)]
    (flow,) = flows({1: whole, 2: gap}, WINDOW)
    assert (flow.before, flow.came, flow.went, flow.end) == (2, 0, 0, 1)
    assert flow.broken == (2,)
    twice = [Stretch(1, True, START, None), Stretch(1, True, START, None)]
    assert flows({3: twice}, WINDOW)[0].broken == (3,)


def test_cleared_and_back_on_one_day_is_one_of_each() -> None:
    on = WINDOW.start + DAY
    life = [Stretch(1, True, START, on), Stretch(1, False, on, on), Stretch(1, True, on, None)]
    (flow,) = flows({1: life}, WINDOW)
    assert (flow.before, flow.came, flow.went, flow.end) == (1, 1, 1, 1)
    moved = [Stretch(1, True, START, on), Stretch(2, True, on, on + DAY)]
    one, two = flows({1: moved}, WINDOW)
    assert (one.went, two.came, two.went) == (1, 1, 1)
    assert summed([one, two]).holds
