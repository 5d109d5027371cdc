"""What holds for every history, however units were merged, divided, renamed, moved and dissolved."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import event, given, settings
from hypothesis import strategies as st

from pcmt.core.units import (
    STILL,
    Division,
    Event,
    History,
    Merger,
    apply,
    apportion,
    back_series,
    check,
    replay,
    restate,
    restate_ratio,
    roll_up,
)
from tests.core.units.histories import FIRST, LAST, figures, happenings, lands, told

Told = tuple[History, list[Event], History]


@settings(deadline=None)
@given(told())
def test_spans_never_overlap_and_never_leave_a_gap(story: Told) -> None:
    _land, events, history = story
    event(f"{len(events)} events")
    assert check(history) == ()
    for unit in history.units.values():
        assert [span.start for span in unit.spans[1:]] == [span.end for span in unit.spans[:-1]]
        assert all(span.start < span.end for span in unit.spans)


@settings(deadline=None)
@given(told(), st.data())
def test_a_day_is_what_had_happened_by_then(story: Told, data: st.DataObject) -> None:
    """Asking the whole history as of a day, and replaying only what happened until that day, agree."""
    land, events, history = story
    day = data.draw(
        st.sampled_from([FIRST, *(each.on for each in events), *(each.on - timedelta(1) for each in events)])
    )
    known = replay(land, [each for each in events if each.on <= day])
    assert isinstance(known, History)
    tree = history.tree(day)
    assert dict(known.tree(day).parents) == dict(tree.parents)
    assert {key: known.name(key, day) for key in tree.parents} == {key: history.name(key, day) for key in tree.parents}
    assert {key: known.functions(key, day) for key in known.units} == {
        key: history.functions(key, day) for key in known.units
    }


@settings(deadline=None)
@given(told(), st.data())
def test_a_function_is_never_lost_nor_held_by_who_is_gone(story: Told, data: st.DataObject) -> None:
    land, events, history = story
    day = data.draw(st.sampled_from([FIRST, LAST, *(each.on for each in events)]))
    standing = history.tree(day).parents
    for function in {each.function for each in land.holdings}:
        holders = history.holders(function, day)
        assert holders
        assert set(holders) <= set(standing)
        assert len(holders) == len(set(holders)) <= len(land.holders(function, day))


@settings(deadline=None)
@given(told(), st.data())
def test_totals_stay_the_same(story: Told, data: st.DataObject) -> None:
    """Figures of communes, carried from day to day, add up to what they were: among themselves and in the nation."""
    land, events, history = story
    values, at = data.draw(figures(land)), FIRST
    total = sum(values.values())
    for day in sorted({each.on for each in events} | {LAST}):
        carried = restate(history, values, at=at, to=day)
        assert not carried.incomplete
        assert not carried.nowhere
        values, at = dict(carried.values), day
        assert sum(values.values()) == total
        assert roll_up(history.tree(day), values).get("nation", 0) == total
        # A commune founded on the day out of nothing has no people of before.
        values |= {
            key: 0
            for key, unit in history.units.items()
            if (unit.start, unit.level) == (day, "commune") and key not in values
        }


@settings(deadline=None)
@given(lands(), st.data())
def test_totals_over_leaves_are_the_same_after_a_merger(land: History, data: st.DataObject) -> None:
    values = data.draw(figures(land))
    merger = data.draw(happenings(land, 0).filter(lambda each: isinstance(each, Merger)))
    assert isinstance(merger, Merger)
    after = apply(land, merger)
    assert isinstance(after, History)
    before_total = roll_up(land.tree(FIRST), values)
    carried = restate(after, values, at=FIRST, to=merger.on)
    total = roll_up(after.tree(merger.on), dict(carried.values))
    assert total.get("nation") == before_total.get("nation")


@settings(deadline=None)
@given(lands(), st.data())
def test_a_merged_unit_has_the_sum_of_its_predecessors(land: History, data: st.DataObject) -> None:
    merger = data.draw(happenings(land, 0).filter(lambda each: isinstance(each, Merger)))
    assert isinstance(merger, Merger)
    after = apply(land, merger)
    assert isinstance(after, History)
    new = merger.into if isinstance(merger.into, str) else merger.into.key
    people = {key: data.draw(st.integers(1, 1000)) for key in merger.units}
    addicts = {key: data.draw(st.integers(0, 50)) for key in merger.units}
    assert set(after.predecessors(new, merger.on)) == set(merger.units)
    series = {FIRST: people, LAST: {new: 7}}
    assert back_series(after, series, new, on=LAST) == {FIRST: sum(people.values()), LAST: 7}
    ratios = restate_ratio(after, addicts, people, at=FIRST, to=LAST)
    assert ratios.values[new] == Fraction(sum(addicts.values()), sum(people.values()))
    # A predecessor without a figure leaves the sum undetermined; it is not taken for zero.
    lacking = merger.units[-1]
    partly = restate(after, {key: value for key, value in people.items() if key != lacking}, at=FIRST, to=LAST)
    assert new not in partly.values
    assert partly.incomplete[new] == (lacking,)
    # And back again by what the predecessors had.
    merged = restate(after, people, at=FIRST, to=LAST).values
    again = restate(after, dict(merged), at=LAST, to=FIRST, sizes=people)
    assert dict(again.values) == people
    undetermined = restate(after, dict(merged), at=LAST, to=FIRST)
    assert not undetermined.values
    assert set(undetermined.incomplete) == set(people)


@settings(deadline=None)
@given(lands(), st.data())
def test_a_divided_unit_follows_its_weights_and_adds_up(land: History, data: st.DataObject) -> None:
    division = data.draw(happenings(land, 0).filter(lambda each: isinstance(each, Division)))
    assert isinstance(division, Division)
    after = apply(land, division)
    assert isinstance(after, History)
    value = data.draw(st.one_of(st.integers(-5000, 5000), st.decimals(-999, 999, places=2)))
    measures = [Fraction(part.measure) for part in division.parts]
    keys = [part.into if isinstance(part.into, str) else part.into.key for part in division.parts]
    others = {each: value * 0 for each in land.units if land.units[each].level == land.units[division.unit].level}
    carried = restate(after, {**others, division.unit: value}, at=FIRST, to=LAST)
    parts = [carried.values[key] for key in keys]
    assert sum(parts) == value
    step = Fraction(1) if isinstance(value, int) else Fraction(1, 100)
    for part, measure in zip(parts, measures, strict=True):
        assert abs(Fraction(part) - Fraction(value) * measure / sum(measures)) < step
    exact = restate(after, {**{key: Fraction(0) for key in others}, division.unit: Fraction(value)}, at=FIRST, to=LAST)
    assert [exact.values[key] for key in keys] == [Fraction(value) * each / sum(measures) for each in measures]


@settings(deadline=None)
@given(told())
def test_whoever_ends_has_one_heir_that_stands(story: Told) -> None:
    _land, _events, history = story
    for key, unit in history.units.items():
        heir = history.heir(key, LAST)
        assert heir is not None
        assert history.units[heir].on(LAST) is not None
        assert (heir == key) == (unit.end == STILL)


@settings(deadline=None)
@given(
    st.one_of(st.integers(-(10**30), 10**30), st.decimals(allow_nan=False, allow_infinity=False), st.fractions()),
    st.lists(st.fractions(0, 100), min_size=1, max_size=9).filter(any),
)
def test_apportioned_parts_add_up(total: int | Decimal | Fraction, weights: list[Fraction]) -> None:
    parts = apportion(total, weights)
    assert sum(map(Fraction, parts)) == Fraction(total)
    assert all(type(part) is type(total) for part in parts)
    for part, weight in zip(parts, weights, strict=True):
        if not weight:
            assert not part
