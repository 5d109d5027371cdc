"""Events by example: what each does, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from attrs import evolve

from pcmt.core.diagnostics import Refusal
from pcmt.core.units import (
    ALWAYS,
    STILL,
    Dissolution,
    Division,
    Event,
    Founding,
    History,
    Holding,
    Merger,
    Move,
    NewUnit,
    Part,
    Renaming,
    Succession,
    Transfer,
    Unit,
    UnitSpan,
    apply,
    apportion,
    check,
    history_of,
    missing,
    replay,
    restate,
    restate_ratio,
    roll_up,
)
from tests.core.units.histories import unit

MAY, JULY = date(2025, 5, 1), date(2025, 7, 1)

LAND = history_of(
    [
        unit("nation", None, "central"),
        unit("north", "nation", "province", "01"),
        unit("south", "nation", "province", "02"),
        unit("town", "north", "district", "001"),
        unit("a", "town", "commune", "00001"),
        unit("b", "town", "commune", "00002"),
        unit("c", "south", "commune", "00003"),
    ]
)


def after(*events: Event, land: History = LAND) -> History:
    history = replay(land, events)
    assert isinstance(history, History), str(history)
    assert check(history) == ()
    return history


def test_a_merger_ends_the_old_and_begins_the_new_where_the_first_stood() -> None:
    history = after(Merger(JULY, ("a", "b"), NewUnit("ab", "Xã Mới", "commune", code="00001")))
    assert history.units["a"].end == history.units["b"].end == history.units["ab"].start == JULY
    assert history.tree(JULY).parents["ab"] == "town"
    assert history.coded("00001", "commune", MAY) == history.units["a"]
    assert history.coded("00001", "commune", JULY) == history.units["ab"]
    assert history.heir("b", JULY) == "ab"
    assert history.heir("b", MAY) == "b"
    assert History(history.units).heir("b", JULY) is None
    assert restate(history, {"a": 5, "b": 7}, at=MAY, to=JULY).values == {"ab": 12}


def test_a_merger_of_provinces_takes_their_districts_and_communes_along() -> None:
    history = after(Merger(JULY, ("north", "south"), "south"))
    assert history.tree(MAY).under("north") == ["north", "town", "a", "b"]
    assert list(history.tree(JULY).above("a")) == ["town", "south", "nation"]
    assert history.predecessors("south", JULY) == ["north", "south"]


def test_a_district_that_is_dissolved_leaves_its_duties_to_the_province_and_its_communes_stay() -> None:
    history = after(Dissolution(JULY, "town", heir="north"))
    assert history.tree(JULY).children["north"] == ["a", "b"]
    assert history.heir("town", JULY) == "north"
    # Its figures are those of its communes: they are not counted twice.
    carried = restate(history, {"town": 12, "north": 12}, at=MAY, to=JULY)
    assert carried.values == {"north": 12}
    assert carried.nowhere == {"town"}


def test_a_unit_without_anything_below_leaves_its_figures_too() -> None:
    history = after(Dissolution(JULY, "a", heir="b"))
    assert restate(history, {"a": 5, "b": 7}, at=MAY, to=JULY).values == {"b": 12}


def test_a_unit_that_gives_a_part_away_goes_on() -> None:
    history = after(Division(JULY, "a", (Part("a", 70, heir=True), Part("c", 30))))
    assert history.units["a"].end == STILL
    carried = restate(history, {"a": 10, "b": 1, "c": 1}, at=MAY, to=JULY)
    assert carried.values == {"a": 7, "b": 1, "c": 4}
    assert history.heir("a", JULY) == "a"


def test_chains_are_followed() -> None:
    history = after(
        Merger(MAY, ("a", "b"), NewUnit("ab", "AB", "commune")),
        Division(JULY, "ab", (Part(NewUnit("x", "X", "commune"), 1, heir=True), Part(NewUnit("y", "Y", "commune"), 2))),
    )
    assert history.heir("a", JULY) == "x"
    assert restate(history, {"a": 4, "b": 5}, at=date(2025, 1, 1), to=JULY).values == {"x": 3, "y": 6}
    back = restate(history, {"x": 3, "y": 6}, at=JULY, to=date(2025, 1, 1), sizes={"a": 4, "b": 5})
    assert back.values == {"a": 4, "b": 5}
    assert back.estimated == {"a", "b"}


def test_names_and_parents_of_one_day() -> None:
    history = after(
        Renaming(MAY, "c", "Phường C"),
        Move(JULY, "c", "north"),
        Renaming(JULY, "c", "Phường Mới"),
        Founding(JULY, NewUnit("d", "Xã D", "commune", parent="south")),
    )
    assert history.units["c"].spans == (
        UnitSpan(ALWAYS, MAY, "C", "south"),
        UnitSpan(MAY, JULY, "Phường C", "south"),
        UnitSpan(JULY, STILL, "Phường Mới", "north"),
    )
    assert [history.name("c", day) for day in (date(2020, 1, 1), MAY, JULY)] == ["C", "Phường C", "Phường Mới"]
    assert history.name("d", MAY) == "Xã D"
    assert history.units["d"].on(MAY) is None


def test_a_child_that_takes_over_from_its_parent_takes_its_place() -> None:
    history = after(Merger(JULY, ("town",), "a"))
    assert history.tree(JULY).parents["a"] == "north"
    assert history.tree(JULY).parents["b"] == "a"


def test_a_parent_and_its_child_may_end_together() -> None:
    history = after(Merger(JULY, ("town", "a"), NewUnit("new", "New", "commune")))
    assert history.tree(JULY).parents["b"] == "new"
    assert history.tree(JULY).parents["new"] == "north"


def test_what_changes_nothing_stands_in_nobodys_way() -> None:
    """A move to where a unit stands already is no later change that would have to be taken back first."""
    same = after(Move(JULY, "c", "south"), Renaming(JULY, "a", LAND.units["a"].spans[-1].name))
    assert same == LAND
    assert isinstance(apply(same, Merger(MAY, ("a", "b"), "a")), History)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (Merger(JULY, ("a",), "a"), "too_few"),
        (Merger(JULY, ("a", "nobody"), "b"), "not_standing"),
        (Merger(JULY, ("a", "b"), "nobody"), "not_standing"),
        (Merger(JULY, ("a", "b"), NewUnit("c", "C", "commune")), "exists"),
        (Merger(JULY, ("a", "b"), NewUnit("x", " ", "commune")), "empty"),
        (Merger(JULY, ("a", "b"), NewUnit("x", "X", "commune", code="00003")), "code_twice"),
        (Division(JULY, "a", (Part("b", 1, heir=True),)), "too_few"),
        (Division(JULY, "a", (Part("b", 1, heir=True), Part("b", 1))), "too_few"),
        (Division(JULY, "a", (Part("b", 1), Part("c", 1))), "heir"),
        (Division(JULY, "a", (Part("b", 0, heir=True), Part("c", 0))), "measure"),
        (Division(JULY, "a", (Part("b", -1, heir=True), Part("c", 2))), "measure"),
        (Division(JULY, "town", (Part("south", 1, heir=True, children=("a",)), Part("north", 1))), "children"),
        (Division(JULY, "a", (Part("b", 1, heir=True, children=("c",)), Part("c", 1))), "children"),
        (Renaming(JULY, "a", ""), "empty"),
        (Renaming(JULY, "nobody", "X"), "not_standing"),
        (Move(JULY, "a", "nobody"), "not_standing"),
        (Move(JULY, "north", "a"), "below_itself"),
        (Move(JULY, "a", "a"), "below_itself"),
        (Dissolution(JULY, "a", "a"), "heir"),
        (Founding(JULY, NewUnit("d", "D", "commune", parent="nobody")), "not_standing"),
    ],
)
def test_what_cannot_be_is_refused_in_words(event: Event, code: str) -> None:
    refused = apply(LAND, event)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert refused.message.endswith(".")


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (Renaming(JULY, "a", "Later"), Renaming(MAY, "a", "Earlier"), "changes_later"),
        (Merger(JULY, ("a",), "b"), Move(MAY, "a", "south"), "changes_later"),
        (Merger(MAY, ("a",), "b"), Renaming(JULY, "a", "Gone"), "not_standing"),
        (Merger(MAY, ("a",), "b"), Merger(MAY, ("b",), "c"), "twice_a_day"),
        (Merger(JULY, ("a",), "b"), Merger(MAY, ("b",), "c"), "changes_later"),
        (Founding(MAY, NewUnit("d", "D", "commune", parent="south")), Merger(MAY, ("d",), "c"), "twice_a_day"),
        # What ends in July can take nothing in that is to last, even before.
        (Dissolution(JULY, "town", "north"), Move(MAY, "c", "town"), "not_standing"),
        # A circle that only a change already planned would close.
        (Move(JULY, "south", "town"), Move(MAY, "town", "c"), "below_itself"),
    ],
)
def test_events_that_do_not_go_together(first: Event, second: Event, code: str) -> None:
    refused = replay(LAND, [first, second])
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_a_commune_ends_on_the_day_on_which_its_province_does() -> None:
    """It was given a new place by the first event of the day: it never stood there."""
    history = after(
        Merger(JULY, ("north", "south"), NewUnit("all", "All", "province")),
        Merger(JULY, ("a", "b"), NewUnit("ab", "AB", "commune")),
    )
    assert [span.parent for span in history.units["a"].spans] == ["town"]
    assert list(history.tree(JULY).above("ab")) == ["town", "all", "nation"]


HELD = evolve(LAND, holdings=(Holding("north", "rehab"), Holding("a", "police"), Holding("b", "police")))


def test_a_function_goes_over_on_its_day() -> None:
    history = after(Transfer(JULY, "rehab", "north", "south"), land=HELD)
    assert [history.holders("rehab", day) for day in (MAY, JULY)] == [["north"], ["south"]]
    assert history.functions("south", JULY) == ["rehab"]
    assert after(Transfer(JULY, "police", "a", "b"), land=HELD).holders("police", JULY) == ["b"]


def test_who_ends_leaves_its_functions_to_its_heir() -> None:
    merged = after(Merger(JULY, ("a", "b"), NewUnit("ab", "AB", "commune", functions=("trial",))), land=HELD)
    assert merged.functions("ab", JULY) == ["police", "trial"]
    assert merged.holders("police", MAY) == ["a", "b"]
    parts = (Part(NewUnit("x", "X", "commune"), 1), Part(NewUnit("y", "Y", "commune"), 1, heir=True))
    assert after(Division(JULY, "a", parts), land=HELD).holders("police", JULY) == ["b", "y"]
    assert after(Dissolution(JULY, "a", "b"), land=HELD).holders("police", JULY) == ["b"]


def test_a_function_given_away_and_back_on_one_day_was_held_all_the_time() -> None:
    there_and_back = [Transfer(JULY, "rehab", "north", "south"), Transfer(JULY, "rehab", "south", "north")]
    assert after(*there_and_back, land=HELD).holdings == (*HELD.holdings[1:], Holding("north", "rehab"))


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([Transfer(JULY, "rehab", "north", "north")], "transfer_to_itself"),
        ([Transfer(JULY, "rehab", "south", "north")], "not_holding"),
        ([Transfer(JULY, "rehab", "nobody", "north")], "not_standing"),
        ([Transfer(JULY, "rehab", "north", "nobody")], "not_standing"),
        ([Transfer(JULY, "rehab", "north", "south"), Transfer(MAY, "rehab", "north", "a")], "changes_later"),
        ([Transfer(JULY, "police", "a", "c"), Transfer(MAY, "police", "b", "c")], "changes_later"),
        ([Transfer(JULY, "police", "a", "c"), Merger(MAY, ("a",), "b")], "changes_later"),
        ([Dissolution(JULY, "a", "b"), Transfer(MAY, "rehab", "north", "a")], "changes_later"),
        ([Dissolution(JULY, "a", "b"), Merger(MAY, ("c",), "a"), Transfer(MAY, "police", "c", "b")], "not_standing"),
    ],
)
def test_transfers_that_cannot_be(events: list[Event], code: str) -> None:
    refused = replay(HELD, events)
    assert isinstance(refused, Refusal)
    assert refused.code == code


@pytest.mark.parametrize(
    ("holdings", "code"),
    [
        ((Holding("a", "x", JULY, MAY),), "empty_holding"),
        ((Holding("nobody", "x"),), "holds_while_not_there"),
        ((Holding("a", "x"), Holding("a", "x", MAY)), "holds_twice"),
    ],
)
def test_wrong_holdings_are_found(holdings: tuple[Holding, ...], code: str) -> None:
    assert code in {each.code for each in check(evolve(LAND, holdings=holdings))}


def test_a_code_is_one_unit_s_of_a_kind() -> None:
    body = NewUnit("police", "Công an", "province", code="01", parent="north", kind="agency")
    history = after(Founding(JULY, body))
    assert history.coded("01", "province", JULY) == history.units["north"]


def test_taking_a_planned_event_back_is_replaying_without_it() -> None:
    planned = [Renaming(MAY, "a", "Xã A"), Merger(JULY, ("a", "b"), "b")]
    assert after(*planned[:1]).units["a"].end == STILL
    assert after(*planned).units["a"].end == JULY


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (10, [7, 2, 1], [7, 2, 1]),
        (10, [1, 1, 1], [4, 3, 3]),
        (1, [1, 1], [1, 0]),
        (-10, [1, 1, 1], [-4, -3, -3]),
        (0, [3, 1], [0, 0]),
        (Decimal("0.10"), [1, 2], [Decimal("0.03"), Decimal("0.07")]),
        (Decimal("1E+2"), [1, 2], [Decimal(33), Decimal(67)]),
        (Fraction(1), [1, 2], [Fraction(1, 3), Fraction(2, 3)]),
    ],
)
def test_dividing_exactly(total: int, weights: list[int], parts: list[int]) -> None:
    assert apportion(total, weights) == parts


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 3]])
def test_weights_that_divide_nothing_are_a_bug(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        apportion(5, weights)


def test_rolling_up_says_what_is_missing() -> None:
    tree = LAND.tree(MAY)
    assert roll_up(tree, {"a": 1, "c": 4}) == {"a": 1, "town": 1, "north": 1, "c": 4, "south": 4, "nation": 5}
    assert missing(tree, {"a": 1, "c": 4}, "nation") == ("b",)
    with pytest.raises(ValueError, match="nobody"):
        roll_up(tree, {"nobody": 1})


def test_ratios_are_made_from_their_parts_never_averaged() -> None:
    history = after(Merger(JULY, ("a", "b"), "b"))
    ratios = restate_ratio(history, {"a": 9, "b": 0, "c": 1}, {"a": 10, "b": 90, "c": 0}, at=MAY, to=JULY)
    assert ratios.values == {"b": Fraction(9, 100)}
    assert ratios.incomplete == {"c": ("c",)}


@pytest.mark.parametrize(
    ("changes", "successions", "code"),
    [
        ({"spans": (UnitSpan(ALWAYS, MAY, "A", "town"), UnitSpan(JULY, STILL, "A", "town"))}, (), "gap"),
        ({"spans": (UnitSpan(ALWAYS, JULY, "A", "town"), UnitSpan(MAY, STILL, "A", "town"))}, (), "overlap"),
        ({"spans": (UnitSpan(MAY, MAY, "A", "town"),)}, (), "empty_span"),
        ({"spans": (UnitSpan(ALWAYS, STILL, "A", "nobody"),)}, (), "parent_not_there"),
        ({"spans": (UnitSpan(ALWAYS, STILL, "A", "a"),)}, (), "below_itself"),
        ({"code": "00002"}, (), "code_twice"),
        ({"spans": (UnitSpan(ALWAYS, JULY, "A", "town"),)}, (), "ends_without_heir"),
        ({}, (Succession(JULY, "a", "b", Fraction(1, 2)),), "shares"),
        ({}, (Succession(JULY, "a", "b", heir=False),), "heirs"),
        ({}, (Succession(JULY, "nobody", "b"),), "not_there_before"),
        ({}, (Succession(JULY, "a", "nobody"),), "not_there_after"),
    ],
)
def test_what_is_wrong_with_a_history_is_found(
    changes: dict[str, object], successions: tuple[Succession, ...], code: str
) -> None:
    units: dict[str, Unit] = {**LAND.units, "a": evolve(LAND.units["a"], **changes)}  # type: ignore[arg-type]
    assert code in {each.code for each in check(History(units, successions))}
