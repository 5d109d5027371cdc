"""Conflicts of interest: which body may have a tip, by what it names; when it comes in, is named, handed on, joined."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.operations import grant_role
from pcmt.apps.notices.models import Notice
from pcmt.apps.tips.models import Tip, TipNamed, TipTeam
from pcmt.apps.tips.operations import handling, moving
from pcmt.apps.tips.operations.counting import recount
from pcmt.apps.tips.operations.receiving import Receipt, receive, tell_new
from pcmt.apps.tips.operations.reminding import free_left
from pcmt.apps.tips.queries.custody import blocked_tips
from pcmt.apps.tips.queries.teams import Receiver, receiver_for
from pcmt.apps.tips.queries.tips import officers_for
from pcmt.apps.units.operations import NewUnit, create_units
from pcmt.core.diagnostics import Refusal
from tests.factories.tip_rows import officer, teams, tip
from tests.factories.world import NOW, TODAY, World, world

pytestmark = pytest.mark.django_db

PARTS = (
    ("squad", "Đội Cảnh sát ma túy xã Đông Hòa", "office", "commune", "dong_hoa_police"),
    ("shift", "Tổ trực ban", "office", "commune", "squad"),
    ("clerks", "Văn phòng Ủy ban nhân dân xã Đông Hòa", "office", "commune", "dong_hoa"),
    ("drug_police", "Phòng Cảnh sát điều tra tội phạm về ma túy", "agency", "province", "police"),
    ("cabinet", "Văn phòng Ủy ban nhân dân tỉnh", "office", "province", "an_binh"),
    ("post", "Đồn Công an khu công nghiệp", "agency", "commune", "police"),
    ("store", "Kho vật chứng Sở Y tế", "office", "province", "health"),
    ("hamlet", "Xóm Trại", "administrative", "hamlet", "dong_hoa"),
)
"""Parts of bodies: key, name, kind, level, what they lie in."""


@pytest.fixture
def land() -> World:
    land = teams(world())
    for key, name, kind, level, parent in PARTS:
        row = NewUnit(key=key, name=name, kind=kind, level=level, parent=land[parent].pk)
        land.units.update(create_units(actor=None, at=NOW, rows=(row,)))
    return land


def code(answer: Any) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


LOCAL, UPPER = "dong_hoa_police", "police"
ROWS = (
    # what the tip names                 who gets it    blocked: all of them are concerned, the custodian chooses
    ((), LOCAL, False),
    (("dong_hoa_clinic",), LOCAL, False),  # another body of the commune
    (("tay_hoa_police",), LOCAL, False),  # a neighbour
    (("hamlet",), LOCAL, False),  # what the commune's police watches, not what it is
    (("dong_hoa_police",), UPPER, False),
    (("dong_hoa",), UPPER, False),  # the committee that the team serves
    (("squad",), UPPER, False),  # an office inside the team's body
    (("shift",), UPPER, False),  # an office inside that office
    (("clerks",), LOCAL, False),  # the committee's own office, in which the police have no part
    (("post",), LOCAL, False),  # below the upper team's body, of a lower level: no part of it
    (("squad", "post"), UPPER, False),  # so the upper team handles it
    (("squad", "drug_police"), LOCAL, True),  # a department is a part of the province's police
    (("dong_hoa_police", "police"), LOCAL, True),
    (("an_binh",), LOCAL, True),  # all serve the province or lie below it
    (("dong_hoa_police", "cabinet"), UPPER, False),  # the province's office is no part of its police
    (("dong_hoa_police", "store"), UPPER, False),
)


def test_who_gets_a_tip(land: World) -> None:
    holders = {LOCAL: officer(land, LOCAL), UPPER: officer(land, UPPER)}
    for named, team, blocked in ROWS:
        ids = [land[key].pk for key in named]
        assert receiver_for(land["dong_hoa"].pk, TODAY, ids) == Receiver(land[team].pk, blocked=blocked), named
        got = receive(at=NOW, area_id=land["dong_hoa"].pk, topic="official", words="nghe nói", named=ids)
        assert isinstance(got, Receipt)
        made = Tip.objects.get(pk=got.tip_id)
        assert (made.team, made.received_in is None) == (land[team], blocked), named
        for key, actor in holders.items():
            sees = Tip.objects.visible_to(actor).filter(pk=made.pk).exists()
            assert sees == (key == team and not blocked), (named, key)


def test_a_body_named_later_leads_to_the_same_place(land: World) -> None:
    holders = {each.unit_id: each for each in (officer(land, LOCAL), officer(land, UPPER))}
    for named, team, blocked in ROWS:
        made = tip(land["dong_hoa"], land[LOCAL])
        for key in named:
            made.refresh_from_db()
            actor = holders[made.team_id]
            done = moving.name_body(actor=actor, at=NOW, tip_id=made.pk, version=made.version, unit_id=land[key].pk)
            assert isinstance(done, Tip), (named, done)
        made.refresh_from_db()
        seen = Tip.objects.filter(pk=made.pk)
        assert any(seen.visible_to(actor).exists() for actor in holders.values()) != blocked, named
        assert blocked or made.team == land[team], named


def test_who_above_sees_it(land: World) -> None:
    rows = (
        # officer at, the tip names, sees it
        ("dong_hoa", "dong_hoa_police", True),  # a committee stands over its agencies
        ("dong_hoa", "clerks", False),  # and is made of its offices
        ("dong_hoa", "squad", True),  # an office of the police is none of its own
        ("an_binh", "clerks", True),  # an office of a lower level neither
        ("an_binh", "cabinet", False),
        ("an_binh", "store", True),
        ("an_binh", "hamlet", True),
    )
    for at, named, sees in rows:
        made = tip(land["dong_hoa"], land[LOCAL], named=[land[named]])
        assert Tip.objects.visible_to(officer(land, at)).filter(pk=made.pk).exists() == sees, (at, named)


def second_role(land: World, actor: Actor, key: str) -> None:
    """The same person holds another role elsewhere."""
    grant_role(actor=None, at=NOW, user_id=actor.user_id, role="officer", unit_id=land[key].pk)


def test_who_holds_a_role_at_the_body_named_is_out_in_every_role(land: World) -> None:
    mine, other = officer(land, LOCAL), officer(land, LOCAL, name="binh")
    made = tip(land["dong_hoa"], land[LOCAL], held_by_id=mine.user_id)
    second_role(land, mine, "dong_hoa_clinic")
    named = moving.name_body(
        actor=mine, at=NOW, tip_id=made.pk, version=1, unit_id=land["dong_hoa_clinic"].pk
    )  # fmt: skip
    assert isinstance(named, Tip)
    made.refresh_from_db()
    assert (made.team, made.held_by) == (land[LOCAL], None)  # a colleague is free to handle it
    assert not Tip.objects.visible_to(mine).exists()
    assert Tip.objects.visible_to(other).exists()
    assert set(Notice.objects.filter(about_id=str(made.pk)).values_list("user_id", flat=True)) == {other.user_id}
    assert list(officers_for(land[LOCAL].pk, TODAY, [land["dong_hoa_clinic"].pk])) == [
        officers_for(land[LOCAL].pk, TODAY).get(pk=other.user_id)
    ]
    base: dict[str, Any] = {"actor": other, "at": NOW, "to_user_id": mine.user_id}
    assert code(moving.hand_over_tip(**base, tip_id=made.pk, version=made.version)) == "to_user"
    Tip.objects.update(held_by=other.user_id)
    assert code(moving.hand_over_tips(**base, from_user_id=other.user_id, unit_id=land[LOCAL].pk)) == "none"


def test_a_team_all_of_whose_people_are_concerned_is_passed_by(land: World) -> None:
    for actor in (officer(land, LOCAL), officer(land, LOCAL, name="binh")):
        second_role(land, actor, "dong_hoa_clinic")
    ids = [land["dong_hoa_clinic"].pk]
    assert receiver_for(land["dong_hoa"].pk, TODAY, ids) == Receiver(land[UPPER].pk)
    one = officer(land, LOCAL, name="chi")  # a third who is free
    assert receiver_for(land["dong_hoa"].pk, TODAY, ids) == Receiver(land[LOCAL].pk)
    for area in ("dong_hoa", "dong_hoa"):
        receive(at=NOW, area_id=land[area].pk, topic="selling", words="nghe nói", named=ids)
    receive(at=NOW, area_id=land["dong_hoa"].pk, topic="selling", words="nghe nói")
    tell_new(at=NOW + timedelta(days=1))
    told = {row.user_id: row.title.split()[0] for row in Notice.objects.filter(unit=land[LOCAL])}
    assert told[one.user_id] == "3"
    assert told[officer(land, LOCAL).user_id] == "1"  # not even by a count


def test_what_waits_for_the_custodian_counts_nowhere_and_goes_up_once_it_can(land: World) -> None:
    TipTeam.objects.filter(area=land["an_binh"]).delete()
    TipTeam.objects.update(above=None)
    receive(at=NOW, area_id=land["dong_hoa"].pk, topic="official", words="nghe nói", named=[land["squad"].pk])
    recount(at=NOW)
    keeper = land.actor("an_binh", "custodian")
    (waits,) = blocked_tips(keeper)
    assert free_left(at=NOW) == 0
    assert set(Notice.objects.values_list("user_id", flat=True)) == {keeper.user_id}
    TipTeam.objects.create(area=land["an_binh"], body=land[UPPER])
    assert free_left(at=NOW) == 1
    made = Tip.objects.get(number=waits.number)
    assert (made.team, made.received_in) == (land[UPPER], land["an_binh"])
    assert blocked_tips(keeper) == []


def test_joined_tips_name_the_same_and_go_the_same_way(land: World) -> None:
    mine, above = officer(land, LOCAL), officer(land, "dong_hoa")
    main, other, apart = (tip(land["dong_hoa"], land[LOCAL]) for _each in range(3))
    TipNamed.objects.create(tip=other, unit=land["dong_hoa_clinic"])
    joined = handling.join_tips(actor=mine, at=NOW, tip_id=other.pk, version=1, into_number=main.number)
    assert isinstance(joined, Tip)
    assert main.named.get().unit == land["dong_hoa_clinic"]
    TipNamed.objects.create(tip=apart, unit=land["squad"])  # waits at the team that it concerns
    refused = handling.join_tips(actor=above, at=NOW, tip_id=apart.pk, version=1, into_number=main.number)
    assert code(refused) == "apart"
    assert isinstance(moving.name_body(actor=mine, at=NOW, tip_id=main.pk, version=1, unit_id=land["squad"].pk), Tip)
    for each in (main, other):
        each.refresh_from_db()
        assert each.team == land[UPPER]
    assert not Tip.objects.visible_to(mine).exists()


def test_the_limit_goes_on_when_a_tip_changes_hands(land: World) -> None:
    mine, above = officer(land, LOCAL), officer(land, UPPER)
    made = tip(land["dong_hoa"], land[LOCAL], held_by_id=mine.user_id)
    days = made.due_on, made.original_due_on
    later = NOW + timedelta(days=9)
    moved = moving.move_tip(
        actor=mine, at=later, tip_id=made.pk, version=1, to_unit_id=land[UPPER].pk, reason="vụ liên xã"
    )  # fmt: skip
    assert isinstance(moved, Tip)
    moving.name_body(actor=above, at=later, tip_id=made.pk, version=moved.version, unit_id=land["squad"].pk)
    made.refresh_from_db()
    assert (made.due_on, made.original_due_on, made.team) == (*days, land[UPPER])
