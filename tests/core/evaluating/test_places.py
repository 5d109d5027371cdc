"""Places side by side: fair, and silence never wins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmt.core.evaluating import Class, Place, Tally, Verdict, class_of, ranked

V = Verdict


def place(key: int, *, met: int = 0, behind: int = 0, unknown: int = 0, late: int = 0, owed: int = 0) -> Place:
    counts = {V.MET: met, V.BEHIND: behind, V.UNDETERMINED: unknown, V.NOT_APPLICABLE: 2, V.NOT_DUE: 1}
    return Place(key, Tally(counts), late, owed)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({V.MET: 3, V.ON_TRACK: 1, V.UNDETERMINED: 2}, Class.GOOD),
        ({V.MET: 3, V.BEHIND: 1}, Class.SOME),
        ({V.MET: 1, V.MISSED: 1}, Class.MANY),
        ({V.BEHIND: 1}, Class.MANY),
        ({V.UNDETERMINED: 1, V.NOT_DUE: 4}, Class.UNKNOWN),
        ({V.NOT_DUE: 4, V.NOT_APPLICABLE: 1}, Class.NONE),
        ({}, Class.NONE),
    ],
)
def test_what_the_map_shows(counts: dict[Verdict, int], expected: Class) -> None:
    assert class_of(Tally(counts)) == expected


def test_few_judged_targets_and_much_silence_do_not_rank() -> None:
    few, silent, fair = place(1, met=2), place(2, met=5, unknown=6), place(3, met=5, unknown=5)
    found = ranked([few, silent, fair])
    assert [each.key for each in found.best] == [3]
    assert (found.watch, found.apart) == ([], 2)


def test_targets_go_first_then_work_then_the_official_order() -> None:
    places = [
        place(1, met=4, behind=1),
        place(2, met=5, late=1, owed=4),
        place(3, met=5),
        place(4, met=5),
        place(5, met=1, behind=4),
        place(6, met=2, behind=3),
    ]
    found = ranked(places)
    assert [each.key for each in found.best] == [3, 4, 2]
    assert [each.key for each in found.watch] == [5, 6, 1]


def test_how_many_more_stand_like_the_last_one() -> None:
    found = ranked([place(key, met=5) for key in range(40)])
    assert [each.key for each in found.best] == [0, 1, 2, 3, 4]
    assert (found.as_good, found.watch, found.as_bad) == (35, [], 0)
    found = ranked([place(key, behind=5) for key in range(40)])
    assert [each.key for each in found.watch] == [0, 1, 2, 3, 4]
    assert (found.best, found.as_bad) == ([], 35)


NUMBERS = st.integers(0, 6)


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), max_size=30))
def test_no_place_is_both_and_none_shown_is_worse_than_one_left_out(rows: list[tuple[int, int, int, int]]) -> None:
    places = [
        place(key, met=met, behind=behind, unknown=unknown, late=late, owed=6)
        for key, (met, behind, unknown, late) in enumerate(rows)
    ]
    found = ranked(places)
    best, watch = {each.key for each in found.best}, {each.key for each in found.watch}
    assert not best & watch
    fit = [each for each in places if each.tally.ranks]
    assert found.apart == len(places) - len(fit)
    others = [each for each in fit if each.key not in best]
    assert all(shown.level >= each.level for shown in found.best for each in others)
    assert all(each.tally.bad or each.late for each in found.watch)
