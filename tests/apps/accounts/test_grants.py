"""Giving roles, delegating, ending, extending, handing a post on: what is refused, and what follows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pcmt.apps.accounts.models import Actor, Grant, GrantKind, Role, User
from pcmt.apps.accounts.operations import (
    Contact,
    change_user,
    create_user,
    delegate_grant,
    end_grant,
    extend_grant,
    grant_role,
    hand_over,
    read_contact,
    start_again,
    stop_user,
    switch_grant,
    withdraw_grant,
)
from pcmt.apps.accounts.queries import actor_of, grants_of
from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.units.operations import NewUnit, create_units
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import adopted
from tests.factories.world import NOW, TODAY, World

DAY = timedelta(days=1)
PAPER = "Quyết định 12/QĐ-UBND ngày 01/3/2026"


def person(username: str, **data: Any) -> User:
    made = create_user(actor=None, at=NOW, username=username, full_name=username.title(), **data)
    assert isinstance(made, User), made
    return made


def given(land: World, user: User, role: str, unit: str, **more: Any) -> Grant:
    grant = grant_role(actor=None, at=NOW, user_id=user.pk, role=role, unit_id=land[unit].pk, **more)
    assert isinstance(grant, Grant), grant
    return grant


def acting_as(user: User, grant: Grant, on: date = TODAY) -> Actor:
    actor = actor_of(user, on, grant_id=grant.pk)
    assert actor is not None
    assert actor.grant_id == grant.pk
    return actor


def code(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


@pytest.fixture
def keeper(land: World) -> Actor:
    """The province's administrator, at the police: the area of the committee it serves."""
    user = person("quantri")
    return acting_as(user, given(land, user, Role.ADMINISTRATOR, "police"))


# ---- giving


def test_an_administrator_gives_inside_the_area_and_nowhere_else(land: World, keeper: Actor) -> None:
    hoa = person("hoa")
    for unit in ("an_binh", "health", "dong_hoa", "dong_hoa_clinic"):
        grant = grant_role(actor=keeper, at=NOW, user_id=hoa.pk, role=Role.OFFICER, unit_id=land[unit].pk, ground=PAPER)
        assert isinstance(grant, Grant)
        assert (grant.given_by_id, grant.given_at, grant.ground) == (keeper.user_id, NOW, PAPER)
    foreign = grant_role(actor=keeper, at=NOW, user_id=hoa.pk, role=Role.OFFICER, unit_id=land["binh_giang"].pk)
    assert code(foreign) == "not_allowed"
    assert hoa.grants.count() == 4


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_gives_roles(land: World, role: Role) -> None:
    hoa = person("hoa")
    answer = grant_role(
        actor=land.actor("an_binh", role), at=NOW, user_id=hoa.pk, role=Role.OFFICER, unit_id=land["health"].pk
    )
    assert code(answer) == "not_allowed"


def test_nobody_gives_a_role_to_oneself_or_changes_the_own(land: World, keeper: Actor) -> None:
    given_ = grant_role(
        actor=keeper, at=NOW, user_id=keeper.user_id, role=Role.STANDING_OFFICE, unit_id=land["police"].pk
    )
    assert code(given_) == "own"
    assert keeper.grant_id is not None
    assert code(end_grant(actor=keeper, at=NOW, grant_id=keeper.grant_id, on=TODAY + DAY)) == "own"
    assert code(withdraw_grant(actor=keeper, at=NOW, grant_id=keeper.grant_id, reason="x")) == "own"
    assert code(extend_grant(actor=keeper, at=NOW, grant_id=keeper.grant_id, valid_to=None)) == "own"
    lan = given(land, person("lan"), Role.STANDING_OFFICE, "police")
    delegated = delegate_grant(
        actor=keeper,
        at=NOW,
        grant_id=lan.pk,
        user_id=keeper.user_id,
        valid_from=TODAY,
        valid_to=TODAY + DAY,
        ground="1",
    )
    assert code(delegated) == "own"
    handed = hand_over(actor=keeper, at=NOW, grant_ids=[lan.pk], user_id=keeper.user_id, on=TODAY)
    assert code(handed) == "own"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"role": Role.COMMUNE_OFFICER}, "level"),
        ({"unit": "group"}, "no_unit"),
        ({"unit": "gone"}, "no_unit"),
        ({"kind": GrantKind.ACTING, "ground": PAPER}, "no_title"),
        ({"kind": GrantKind.SUBSTITUTE, "role": Role.STANDING_OFFICE, "ground": PAPER}, "no_title"),
        ({"kind": GrantKind.ACTING, "role": Role.LEADER}, "no_ground"),
        ({"kind": GrantKind.DELEGATION}, "unknown_kind"),
        ({"kind": "king"}, "unknown_kind"),
    ],
)
def test_what_is_wrong_with_a_role(land: World, more: dict[str, Any], expected: str) -> None:
    rows = (
        NewUnit(key="group", name="Các sở", kind="group", level="province"),
        NewUnit(key="gone", name="Huyện Cũ", kind="administrative", level="district", valid_to=date(2025, 7, 1)),
    )
    land.units.update(create_units(actor=None, at=NOW, rows=rows))
    values = {"role": Role.OFFICER, "unit": "health"} | more
    unit_id = land[values.pop("unit")].pk
    answer = grant_role(actor=None, at=NOW, user_id=person("hoa").pk, unit_id=unit_id, **values)
    assert code(answer) == expected


def test_acting_heads_and_substitutes_carry_their_mark(land: World) -> None:
    hung = person("hung")
    acting = given(land, hung, Role.LEADER, "an_binh", kind=GrantKind.ACTING, ground=PAPER)
    deputy = given(land, hung, Role.LEADER, "health", kind=GrantKind.SUBSTITUTE, ground=PAPER)
    assert [each.mark for each in (acting, deputy)] == ["Q.", "KT."]
    assert acting_as(hung, acting).role_label == "Q. Lãnh đạo"


def test_a_role_is_not_given_twice_for_the_same_days(land: World) -> None:
    hoa = person("hoa")
    first = given(land, hoa, Role.OFFICER, "health", valid_from=TODAY, valid_to=TODAY + 10 * DAY)
    inside = grant_role(
        actor=None,
        at=NOW,
        user_id=hoa.pk,
        role=Role.OFFICER,
        unit_id=land["health"].pk,
        valid_from=TODAY + DAY,
        valid_to=TODAY + 5 * DAY,
    )
    assert inside == first
    half = grant_role(
        actor=None,
        at=NOW,
        user_id=hoa.pk,
        role=Role.OFFICER,
        unit_id=land["health"].pk,
        valid_from=TODAY + 9 * DAY,
        valid_to=TODAY + 20 * DAY,
    )
    assert code(half) == "overlap"
    given(land, hoa, Role.OFFICER, "health", valid_from=TODAY + 10 * DAY)  # the day it ends is free again
    assert len(grants_of(hoa, TODAY + 10 * DAY)) == 1


# ---- ending, withdrawing, extending


def test_a_role_ends_with_the_day(land: World, keeper: Actor) -> None:
    hoa = person("hoa")
    grant = given(land, hoa, Role.OFFICER, "health", valid_from=date(2026, 1, 1))
    assert code(end_grant(actor=keeper, at=NOW, grant_id=grant.pk, on=TODAY - DAY)) == "past"
    ended = end_grant(actor=keeper, at=NOW, grant_id=grant.pk, on=TODAY + DAY, reason="chuyển công tác")
    assert isinstance(ended, Grant)
    assert grants_of(hoa, TODAY) == [grant]
    assert grants_of(hoa, TODAY + DAY) == []
    assert code(end_grant(actor=keeper, at=NOW, grant_id=grant.pk, on=TODAY + 9 * DAY)) == "window"
    entry = Entry.objects.about(grant).get(event="accounts.grant.ended")
    assert (entry.actor_id, entry.reason, entry.after) == (keeper.user_id, "chuyển công tác", {"to": "2026-03-03"})


def test_a_mistake_of_today_is_taken_back_at_once(land: World, keeper: Actor) -> None:
    hoa = person("hoa")
    wrong = given(land, hoa, Role.STANDING_OFFICE, "police", valid_from=TODAY)
    assert code(withdraw_grant(actor=keeper, at=NOW, grant_id=wrong.pk, reason=" ")) == "no_reason"
    assert isinstance(withdraw_grant(actor=keeper, at=NOW, grant_id=wrong.pk, reason="nhầm người"), Grant)
    assert actor_of(hoa, TODAY) is None
    given(land, hoa, Role.STANDING_OFFICE, "police", valid_from=TODAY)  # and may be given anew
    old = given(land, hoa, Role.OFFICER, "health", valid_from=TODAY - DAY)
    assert code(withdraw_grant(actor=keeper, at=NOW, grant_id=old.pk, reason="nhầm")) == "begun"


def test_a_role_is_extended(land: World, keeper: Actor) -> None:
    hoa = person("hoa")
    grant = given(land, hoa, Role.OFFICER, "health", valid_from=TODAY - DAY, valid_to=TODAY + DAY)
    for wrong in (TODAY, TODAY + DAY):
        assert code(extend_grant(actor=keeper, at=NOW, grant_id=grant.pk, valid_to=wrong)) == "window"
    longer = extend_grant(actor=keeper, at=NOW, grant_id=grant.pk, valid_to=TODAY + 30 * DAY, ground=PAPER)
    assert isinstance(longer, Grant)
    assert (longer.valid_to, longer.ground) == (TODAY + 30 * DAY, PAPER)
    over = given(land, hoa, Role.LEADER, "health", valid_from=TODAY - 9 * DAY, valid_to=TODAY)
    assert code(extend_grant(actor=keeper, at=NOW, grant_id=over.pk, valid_to=None)) == "over"


def test_two_administrators_do_not_overwrite_each_other(land: World, keeper: Actor) -> None:
    grant = given(land, person("hoa"), Role.OFFICER, "health", valid_from=TODAY - DAY)
    assert isinstance(end_grant(actor=keeper, at=NOW, grant_id=grant.pk, on=TODAY + DAY, version=1), Grant)
    late = end_grant(actor=keeper, at=NOW, grant_id=grant.pk, on=TODAY, version=1)
    assert code(late) == "stale"
    assert str(late).startswith("Quantri vừa thay đổi vai trò này lúc 10:00 (từ 01/03/2026 đến trước 03/03/2026)")


# ---- delegating


def delegated(land: World, source: Grant, to: User, **more: Any) -> Grant | Refusal:
    values = {"valid_from": TODAY, "valid_to": TODAY + 10 * DAY, "ground": PAPER, "actor": None} | more
    return delegate_grant(at=NOW, grant_id=source.pk, user_id=to.pk, **values)


def test_the_holder_delegates_and_the_delegate_acts(land: World) -> None:
    lan, minh = person("lan"), person("minh")
    source = given(land, lan, Role.STANDING_OFFICE, "police")
    given(land, minh, Role.OFFICER, "police")
    grant = delegated(land, source, minh, actor=acting_as(lan, source))
    assert isinstance(grant, Grant)
    assert (grant.kind, grant.mark, grant.given_by) == (GrantKind.DELEGATION, "TUQ.", lan)
    assert acting_as(minh, grant).role == Role.STANDING_OFFICE
    assert grant not in grants_of(minh, TODAY + 10 * DAY)
    again = delegated(land, grant, person("tu"), actor=None)
    assert code(again) == "again"
    # Who gave it takes it back.
    assert isinstance(end_grant(actor=acting_as(lan, source), at=NOW, grant_id=grant.pk, on=TODAY + DAY), Grant)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"ground": " "}, "no_ground"),
        ({"valid_to": TODAY}, "window"),
        ({"valid_from": TODAY - 2 * DAY}, "before_source"),
        ({"valid_to": TODAY + 31 * DAY}, "after_source"),
        ({"unit": "health"}, "beyond_source"),
        ({"unit": "an_binh"}, "beyond_source"),
    ],
)
def test_a_delegation_never_goes_beyond_its_source(land: World, more: dict[str, Any], expected: str) -> None:
    source = given(
        land, person("lan"), Role.STANDING_OFFICE, "police", valid_from=TODAY - DAY, valid_to=TODAY + 30 * DAY
    )
    values = dict(more)
    if unit := values.pop("unit", ""):
        values["unit_id"] = land[unit].pk
    assert code(delegated(land, source, person("minh"), **values)) == expected


def test_a_delegation_ends_with_what_it_comes_from(land: World) -> None:
    source = given(land, person("lan"), Role.STANDING_OFFICE, "police", valid_from=TODAY - DAY)
    minh, tu = person("minh"), person("tu")
    now, later = delegated(land, source, minh), delegated(land, source, tu, valid_from=TODAY + 5 * DAY)
    assert isinstance(now, Grant)
    assert isinstance(later, Grant)
    end_grant(actor=None, at=NOW, grant_id=source.pk, on=TODAY + 3 * DAY)
    now.refresh_from_db()
    later.refresh_from_db()
    assert (now.valid_to, now.withdrawn_at) == (TODAY + 3 * DAY, None)
    assert later.withdrawn_at == NOW
    assert grants_of(tu, TODAY + 5 * DAY) == []


def test_a_delegation_whose_source_ended_by_any_way_holds_no_more(land: World) -> None:
    """Even if the rows were changed by something that knows nothing of delegations."""
    source = given(land, person("lan"), Role.STANDING_OFFICE, "police", valid_from=TODAY - DAY)
    minh = person("minh")
    assert isinstance(delegated(land, source, minh), Grant)
    Grant.objects.filter(pk=source.pk).update(valid_to=TODAY)
    assert actor_of(minh, TODAY) is None
    Grant.objects.filter(pk=source.pk).update(valid_to=None, withdrawn_at=NOW)
    assert actor_of(minh, TODAY) is None


def test_auditors_and_administrators_are_appointed(land: World, keeper: Actor) -> None:
    assert keeper.grant_id is not None
    answer = delegate_grant(
        actor=keeper,
        at=NOW,
        grant_id=keeper.grant_id,
        user_id=person("minh").pk,
        valid_from=TODAY,
        valid_to=TODAY + DAY,
        ground=PAPER,
    )
    assert code(answer) == "not_delegated"


def test_others_do_not_delegate_what_they_do_not_hold(land: World) -> None:
    source = given(land, person("lan"), Role.STANDING_OFFICE, "police")
    chair = land.actor("an_binh", "leader")
    assert code(delegated(land, source, person("minh"), actor=chair)) == "not_allowed"


# ---- handing over


def test_a_post_is_handed_over_in_one_step(land: World, keeper: Actor, reader: None) -> None:
    lan, minh = person("lan"), person("minh")
    grants = [
        given(land, lan, Role.STANDING_OFFICE, "police", valid_to=date(2027, 1, 1)),
        given(land, lan, Role.REGISTER_KEEPER, "police"),
    ]
    delegation = delegated(land, grants[0], person("tu"))
    plan = adopted(acting_as(lan, grants[0])).plan
    on = TODAY + 5 * DAY
    made = hand_over(
        actor=keeper,
        at=NOW,
        grant_ids=[grant.pk for grant in grants],
        user_id=minh.pk,
        on=on,
        kind=GrantKind.ACTING,
        ground=PAPER,
        reason="nghỉ hưu",
    )
    assert isinstance(made, tuple), made
    assert [(each.role, each.kind, each.valid_from, each.valid_to) for each in made] == [
        (Role.STANDING_OFFICE, GrantKind.ACTING, on, date(2027, 1, 1)),
        (Role.REGISTER_KEEPER, GrantKind.ORDINARY, on, None),
    ]
    assert [each.handed_from_id for each in made] == [grant.pk for grant in grants]
    # Until the day before the one, from the day on the other: never both, never nobody.
    assert actor_of(lan, on - DAY) is not None
    assert actor_of(minh, on - DAY) is None
    assert actor_of(lan, on) is None
    assert isinstance(delegation, Grant)
    delegation.refresh_from_db()
    assert delegation.valid_to == on
    successor = actor_of(minh, on)
    assert Plan.objects.visible_to(successor).filter(pk=plan.pk).exists()
    assert DueItem.objects.visible_to(successor).filter(plan=plan).exists()
    assert not Plan.objects.visible_to(actor_of(lan, on)).exists()
    # What one did oneself stays told by one's own entries.
    assert Entry.objects.filter(actor_id=lan.pk, event="plans.revision.adopted").exists()


def test_a_hand_over_is_whole_or_not_at_all(land: World, keeper: Actor) -> None:
    lan, minh = person("lan"), person("minh")
    grants = [given(land, lan, Role.STANDING_OFFICE, "police"), given(land, lan, Role.OFFICER, "health")]
    given(land, minh, Role.OFFICER, "health", valid_to=TODAY + 9 * DAY)
    entries = Entry.objects.count()
    answer = hand_over(actor=keeper, at=NOW, grant_ids=[grant.pk for grant in grants], user_id=minh.pk, on=TODAY + DAY)
    assert code(answer) == "overlap"
    assert {grant.valid_to for grant in Grant.objects.filter(user=lan)} == {None}
    assert Entry.objects.count() == entries


def test_who_holds_the_role_already_takes_the_post_without_a_second_one(land: World, keeper: Actor) -> None:
    lan, minh = person("lan"), person("minh")
    grant = given(land, lan, Role.OFFICER, "health")
    own = given(land, minh, Role.OFFICER, "health")
    assert hand_over(actor=keeper, at=NOW, grant_ids=[grant.pk], user_id=minh.pk, on=TODAY + DAY) == (own,)
    assert grants_of(lan, TODAY + DAY) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"on": TODAY - DAY}, "past"),
        ({"on": date(2027, 1, 1)}, "not_held"),
        ({"kind": GrantKind.ACTING}, "no_ground"),
        ({"kind": GrantKind.SUBSTITUTE, "ground": PAPER}, "no_title"),
        ({"kind": GrantKind.DELEGATION}, "unknown_kind"),
        ({"grant_ids": []}, "nothing"),
        ({"to": "lan"}, "same"),
        ({"to": "stopped"}, "stopped"),
    ],
)
def test_what_is_wrong_with_a_hand_over(land: World, keeper: Actor, change: dict[str, Any], expected: str) -> None:
    people = {name: person(name) for name in ("lan", "minh", "stopped")}
    stop_user(actor=None, at=NOW, user_id=people["stopped"].pk, reason="x")
    grant = given(land, people["lan"], Role.STANDING_OFFICE, "police", valid_to=date(2026, 6, 1))
    values = {"grant_ids": [grant.pk], "on": TODAY + DAY} | change
    user_id = people[values.pop("to", "minh")].pk
    assert code(hand_over(actor=keeper, at=NOW, user_id=user_id, **values)) == expected


def test_a_delegation_is_not_handed_on(land: World, keeper: Actor) -> None:
    source = given(land, person("lan"), Role.STANDING_OFFICE, "police")
    grant = delegated(land, source, person("minh"))
    assert isinstance(grant, Grant)
    answer = hand_over(actor=keeper, at=NOW, grant_ids=[grant.pk], user_id=person("tu").pk, on=TODAY + DAY)
    assert code(answer) == "again"


# ---- administrators


def test_the_last_administrator_stays(land: World, keeper: Actor) -> None:
    assert keeper.grant_id is not None
    local = person("xa")
    given(land, local, Role.ADMINISTRATOR, "dong_hoa")
    # The commune's administrator does not keep the province.
    assert code(end_grant(actor=None, at=NOW, grant_id=keeper.grant_id, on=TODAY + DAY)) == "last_administrator"
    assert code(stop_user(actor=None, at=NOW, user_id=keeper.user_id, reason="x")) == "last_administrator"
    # The province's keeps the commune's area.
    commune = local.grants.get()
    assert isinstance(end_grant(actor=keeper, at=NOW, grant_id=commune.pk, on=TODAY + DAY), Grant)
    second = person("hai")
    given(land, second, Role.ADMINISTRATOR, "an_binh")
    assert isinstance(end_grant(actor=None, at=NOW, grant_id=keeper.grant_id, on=TODAY + DAY), Grant)


def test_the_last_administrator_may_hand_the_post_over(land: World, keeper: Actor) -> None:
    assert keeper.grant_id is not None
    second = person("hai")
    made = hand_over(actor=None, at=NOW, grant_ids=[keeper.grant_id], user_id=second.pk, on=TODAY + DAY)
    assert isinstance(made, tuple)
    successor = actor_of(second, TODAY + DAY)
    assert successor is not None
    assert successor.role == Role.ADMINISTRATOR


# ---- accounts


def test_an_account_is_stopped_and_started_again(land: World, keeper: Actor) -> None:
    hoa = person("hoa")
    given(land, hoa, Role.OFFICER, "health")
    assert code(stop_user(actor=keeper, at=NOW, user_id=hoa.pk, reason="")) == "no_reason"
    assert isinstance(stop_user(actor=keeper, at=NOW, user_id=hoa.pk, reason="nghỉ việc"), User)
    hoa.refresh_from_db()
    assert actor_of(hoa, TODAY) is None
    assert code(grant_role(actor=keeper, at=NOW, user_id=hoa.pk, role="leader", unit_id=land["health"].pk)) == "stopped"
    second = stop_user(actor=keeper, at=NOW, user_id=hoa.pk, reason="nghỉ việc")
    assert str(second) == "Quantri đã ngừng tài khoản này lúc 10:00, 02/03/2026."
    assert isinstance(start_again(actor=keeper, at=NOW, user_id=hoa.pk), User)
    assert code(start_again(actor=keeper, at=NOW, user_id=hoa.pk)) == "stale"


def test_whose_account_an_administrator_changes(land: World, keeper: Actor) -> None:
    inside, both, foreign = person("trong"), person("ca-hai"), person("ngoai")
    given(land, inside, Role.OFFICER, "dong_hoa")
    given(land, both, Role.OFFICER, "dong_hoa")
    given(land, both, Role.OFFICER, "binh_giang")
    given(land, foreign, Role.OFFICER, "binh_giang")
    changed = change_user(actor=keeper, at=NOW, user_id=inside.pk, full_name="  Lê  Văn Trong ", post="Chuyên viên")
    assert isinstance(changed, User)
    assert (changed.full_name, changed.post) == ("Lê Văn Trong", "Chuyên viên")
    for other in (both, foreign):
        assert code(change_user(actor=keeper, at=NOW, user_id=other.pk, full_name="X", post="")) == "not_allowed"
        assert code(stop_user(actor=keeper, at=NOW, user_id=other.pk, reason="x")) == "not_allowed"
    assert code(stop_user(actor=keeper, at=NOW, user_id=keeper.user_id, reason="x")) == "not_allowed"
    assert code(change_user(actor=keeper, at=NOW, user_id=inside.pk, full_name=" ", post="")) == "empty"


def test_how_to_reach_somebody_is_read_for_a_purpose(land: World, keeper: Actor) -> None:
    hoa = person("hoa", email="hoa@example.vn")
    given(land, hoa, Role.OFFICER, "health")
    assert code(read_contact(actor=keeper, at=NOW, user_id=hoa.pk, purpose=" ")) == "no_purpose"
    contact = read_contact(actor=keeper, at=NOW, user_id=hoa.pk, purpose="mời họp")
    assert contact == Contact(email="hoa@example.vn")
    entry = Entry.objects.reads().get(event="accounts.user.read")
    assert (entry.object_id, entry.reason, entry.actor_id) == (str(hoa.pk), "mời họp", keeper.user_id)
    for actor in (land.actor("an_binh", "leader"), land.office, land.actor("an_binh", "auditor")):
        assert code(read_contact(actor=actor, at=NOW, user_id=hoa.pk, purpose="x")) == "not_allowed"


# ---- switching


def test_switching_is_told_to_the_log(land: World) -> None:
    hoa = person("hoa")
    first, second = given(land, hoa, Role.OFFICER, "health"), given(land, hoa, Role.OFFICER, "dong_hoa")
    before = acting_as(hoa, first)
    after = switch_grant(at=NOW, user=hoa, grant_id=second.pk, before=before)
    assert isinstance(after, Actor)
    assert after.unit_id == land["dong_hoa"].pk
    entry = Entry.objects.get(event="accounts.grant.chosen")
    assert (entry.before, entry.after) == (
        {"role": "officer", "at_unit": "Sở Y tế"},
        {"role": "officer", "at_unit": "Xã Đông Hòa"},
    )
    assert isinstance(switch_grant(at=NOW, user=hoa, grant_id=second.pk, before=after), Actor)
    assert Entry.objects.filter(event="accounts.grant.chosen").count() == 1  # nothing happened
    foreign = given(land, person("lan"), Role.OFFICER, "health")
    assert code(switch_grant(at=NOW, user=hoa, grant_id=foreign.pk, before=before)) == "not_held"
