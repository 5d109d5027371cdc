"""Sums of money over random trees and acts: what a parent has is what its leaves have, and nothing is exceeded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmt.apps.plans.models import Plan
from pcmt.apps.projects.models import MoneyAct, MoneyEntry
from pcmt.apps.projects.operations import money
from pcmt.apps.projects.queries.counting import PLANNED, SPENT, Act, moves, numbers_of, pieces
from pcmt.apps.projects.queries.money import Sums, line_sums, lines_in, rolled_up, source_sums
from pcmt.apps.projects.tree import family
from pcmt.core.diagnostics import Refusal
from tests.factories.money import WINDOW, enter, line, programme, project, source
from tests.factories.world import NOW, TODAY, World
from tests.factories.world import world as make_world

AMOUNTS = st.integers(0, 10**12)
SUMS = st.builds(Sums, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)


@given(parents=st.lists(st.integers(0, 30), max_size=12), owned=st.lists(st.tuples(st.integers(0, 12), SUMS)))
@settings(max_examples=100, deadline=None)
def test_what_a_parent_has_is_what_its_leaves_have(parents: list[int], owned: list[tuple[int, Sums]]) -> None:
    plans = [Plan(pk=1)] + [Plan(pk=n, parent_id=1 + at % (n - 1)) for n, at in enumerate(parents, 2)]
    plan_of = {n: plans[at % len(plans)].pk for n, (at, _sums) in enumerate(owned)}
    found = rolled_up(plans, {n: each for n, (_at, each) in enumerate(owned)}, plan_of)
    assert found[1] == sum((each for _at, each in owned), Sums())
    for plan in plans:
        own = sum((each for n, (_at, each) in enumerate(owned) if plan_of[n] == plan.pk), Sums())
        below = sum((found[each.pk] for each in plans if each.parent_id == plan.pk), Sums())
        assert found[plan.pk] == own + below


ACTS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(list(MoneyAct.values)), st.integers(1, 40), st.booleans()),
    min_size=1, max_size=14,
)  # fmt: skip


@pytest.mark.django_db
def test_no_row_of_acts_exceeds_anything(land: World) -> None:
    """Random acts against three lines of two projects that share a source of 100 with a part of 60."""
    whole = programme(land)
    part = project(land, whole)
    mine = source(land.office, whole, 100)
    handed = source(land.office, part, 60, of_id=mine.pk)
    lines = [line(land.office, whole, mine), line(land.office, part, handed), line(land.office, part, mine)]

    @given(acts=ACTS)
    @settings(max_examples=6, deadline=None)
    def check(acts: list[tuple[int, str, int, bool]]) -> None:
        made: list[MoneyEntry] = []
        for at, what, amount, back in acts:
            if back and made:
                money.void_entry(actor=land.office, at=NOW, entry_id=made[-1].pk, why="Nhầm")
            answer = enter(land.office, lines[at], what, amount)
            made += [] if isinstance(answer, Refusal) else [answer]
        for each in line_sums(lines_in(family(whole.pk))).values():
            assert 0 <= each.settled <= each.disbursed <= each.allocated
        assert all(each.left >= 0 for each in source_sums([mine, handed]).values())

    check()


@given(acts=ACTS, day=st.dates(WINDOW[0], TODAY))
@settings(max_examples=60, deadline=None)
def test_figures_are_never_negative_and_add_up(acts: list[tuple[int, str, int, bool]], day: Any) -> None:
    said = [Act(at, what, day, amount, day.year, "central") for at, what, amount, _back in acts]
    found = moves(said)
    assert all(move.amount > 0 for move in found)
    numbers = numbers_of(found, pieces(WINDOW[0], TODAY, {day}, None), None)
    for code in (PLANNED, SPENT):
        total = sum(value for (element, part, _span), value in numbers.items() if element == code and not part)
        assert total == sum(move.amount for move in found if move.element == code)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_two_people_at_once_do_not_exceed_a_source() -> None:
    land = make_world()
    whole = programme(land)
    mine = source(land.office, whole, 100)
    lines = [line(land.office, project(land, whole, f"Dự án {n}"), mine) for n in range(2)]
    people = [land.office, land.second]
    barrier = Barrier(2)

    def give(n: int) -> Any:
        try:
            barrier.wait(timeout=20)
            return enter(people[n], lines[n], "allocation", 70, key=uuid4())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(give, range(2)))
    assert sorted(isinstance(each, Refusal) for each in answers) == [False, True]
    assert source_sums([mine])[mine.pk].left == 30
    assert connection.vendor == "postgresql"
