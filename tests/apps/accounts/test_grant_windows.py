"""What holds however roles were given, delegated, ended, extended, taken back and handed on."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from pcmt.apps.accounts.models import Grant, GrantKind, Role, User
from pcmt.apps.accounts.operations import (
    create_user,
    delegate_grant,
    end_grant,
    extend_grant,
    grant_role,
    hand_over,
    withdraw_grant,
)
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from tests.factories.world import NOW, TODAY, World

SPAN = 12
DAYS = [TODAY + timedelta(days=number) for number in range(-1, SPAN + 1)]
UNITS = ("an_binh", "dong_hoa", "dong_hoa_clinic", "health")
PEOPLE = 3

days = st.integers(0, SPAN).map(lambda number: TODAY + timedelta(days=number))
ends = st.one_of(st.none(), days)
who = st.integers(0, PEOPLE - 1)
roles = st.sampled_from((Role.OFFICER, Role.LEADER))
which = st.integers(0, 9)
acts = st.one_of(
    st.tuples(st.just("give"), who, roles, st.sampled_from(UNITS), ends, ends),
    st.tuples(st.just("delegate"), which, who, st.sampled_from(UNITS), days, days),
    st.tuples(st.just("end"), which, days),
    st.tuples(st.just("extend"), which, ends),
    st.tuples(st.just("withdraw"), which),
    st.tuples(st.just("hand over"), which, who, days),
)
beginnings = st.tuples(
    st.tuples(st.just("give"), st.just(0), st.just(Role.LEADER), st.just("an_binh"), ends, st.none()),
    st.tuples(st.just("give"), st.just(1), roles, st.sampled_from(UNITS), st.none(), days),
    st.tuples(st.just("delegate"), st.integers(0, 1), st.just(2), st.sampled_from(UNITS), days, days),
)
"""Two posts, one with an end, and an attempt to delegate one of them: otherwise few stories have a delegation."""
Held = dict[date, Counter[tuple[int, str, int]]]


def held() -> Held:
    """On each day: who holds which role where, and how many times over."""
    return {day: Counter(Grant.objects.as_of(day).values_list("user_id", "role", "unit_id")) for day in DAYS}


def perform(land: World, people: list[User], act: tuple[Any, ...]) -> Any:
    """Do one act; the grants it speaks of are those that stand, in the order in which they were made."""
    verb, *rest = act
    known: list[int] = list(Grant.objects.standing().order_by("pk").values_list("pk", flat=True))
    if verb == "give":
        user, role, unit, begin, end = rest
        return grant_role(
            actor=None,
            at=NOW,
            user_id=people[user].pk,
            role=role,
            unit_id=land[unit].pk,
            valid_from=begin,
            valid_to=end,
        )
    if not known:
        return None
    grant_id = known[rest[0] % len(known)]
    match verb:
        case "delegate":
            return delegate_grant(
                actor=None,
                at=NOW,
                grant_id=grant_id,
                user_id=people[rest[1]].pk,
                unit_id=land[rest[2]].pk,
                valid_from=rest[3],
                valid_to=rest[4],
                ground="Giấy ủy quyền",
            )
        case "end":
            return end_grant(actor=None, at=NOW, grant_id=grant_id, on=rest[1])
        case "extend":
            return extend_grant(actor=None, at=NOW, grant_id=grant_id, valid_to=rest[1])
        case "withdraw":
            return withdraw_grant(actor=None, at=NOW, grant_id=grant_id, reason="nhầm")
        case _:
            return hand_over(actor=None, at=NOW, grant_ids=[grant_id], user_id=people[rest[1]].pk, on=rest[2])


def check(land: World) -> None:
    """Nobody holds the same twice on a day; a delegation lies inside what it comes from, in time and in the tree."""
    for day in DAYS:
        rows = list(Grant.objects.as_of(day).select_related("delegated_from"))
        assert max(Counter((row.user_id, row.role, row.unit_id) for row in rows).values(), default=1) == 1
        there = {row.pk for row in rows}
        for row in rows:
            if row.delegated_from is None:
                continue
            assert row.delegated_from_id in there
            assert row.delegated_from.kind != GrantKind.DELEGATION
            assert (row.role, row.user_id != row.delegated_from.user_id) == (row.delegated_from.role, True)
            assert Unit.objects.under(row.delegated_from.unit_id, day).filter(pk=row.unit_id).exists()
    for row in Grant.objects.standing().filter(delegated_from__isnull=False).select_related("delegated_from"):
        source = row.delegated_from
        assert source is not None
        assert source.withdrawn_at is None
        assert source.valid_to is None or (row.valid_to is not None and row.valid_to <= source.valid_to)
        assert source.valid_from is None or (row.valid_from is not None and row.valid_from >= source.valid_from)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(begun=beginnings, story=st.lists(acts, max_size=7))
def test_however_roles_change(land: World, begun: tuple[Any, ...], story: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        people = []
        for number in range(PEOPLE):
            made = create_user(actor=None, at=NOW, username=f"p{number}", full_name=f"Người {number}")
            assert isinstance(made, User)
            people.append(made)
        after = held()
        for act in (*begun, *story):
            before = after
            answer = perform(land, people, act)
            event(f"{act[0]}: {'refused' if isinstance(answer, Refusal) else 'done'}")
            check(land)
            after = held()
            if isinstance(answer, Refusal):
                assert after == before, "what was refused changed something"
            elif act[0] == "hand over" and answer:
                told(before, after, answer, act[3])
        transaction.set_rollback(True)


def told(before: Held, after: Held, taken: tuple[Grant, ...], on: date) -> None:
    """A post that is handed over is held on exactly the days on which it was held before, by the one or the other."""
    for grant in taken:
        if grant.handed_from is None:
            continue
        old = (grant.handed_from.user_id, grant.role, grant.unit_id)
        new = (grant.user_id, grant.role, grant.unit_id)
        for day in DAYS:
            if day < on:
                assert after[day][old] == before[day][old]
            elif before[day][old]:
                assert (after[day][old], after[day][new]) == (0, 1)
