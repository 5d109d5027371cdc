"""Who learns that a tip exists: its team, never whom it names, never who lies below or serves that."""

from __future__ import annotations

import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tips.models import IdentityAsk, Tip, TipIdentity, TipMessage, TipNamed, TipStep
from pcmt.apps.tips.operations.handling import note_tip, take_tip
from pcmt.apps.tips.operations.moving import move_blocked_tip, move_tip, name_body
from pcmt.apps.tips.operations.reading import open_tip
from pcmt.apps.tips.queries.custody import blocked_tips
from pcmt.apps.tips.queries.teams import Receiver, receiver_for
from pcmt.apps.tips.queries.tips import tip_now
from pcmt.core.diagnostics import Refusal
from tests.factories.tip_rows import officer, team, teams, tip
from tests.factories.world import NOW, TODAY, World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def land() -> World:
    return teams(world())


ROLES = ("standing_office", "leader", "officer", "custodian", "reviewer", "auditor", "administrator")


@pytest.mark.parametrize(
    ("named", "seen"),
    [
        ((), {"dong_hoa_police", "dong_hoa"}),
        (("dong_hoa_clinic",), {"dong_hoa_police", "dong_hoa"}),
        (("dong_hoa_police",), {"dong_hoa"}),
        (("dong_hoa",), set()),
        (("an_binh",), set()),
    ],
)
def test_who_sees_a_tip_of_the_commune(land: World, named: tuple[str, ...], seen: set[str]) -> None:
    # a province's officer reaches below; the police of the province is no unit above the commune's
    made = tip(land["dong_hoa"], land["dong_hoa_police"], named=[land[key] for key in named], message=True)
    for key in ("dong_hoa_police", "dong_hoa", "dong_hoa_clinic", "tay_hoa_police", "police", "binh_giang_police"):
        actor = officer(land, key)
        there = Tip.objects.visible_to(actor).filter(pk=made.pk).exists()
        assert there == (key in seen), key
        assert TipMessage.objects.visible_to(actor).exists() == there
        assert TipNamed.objects.visible_to(actor).exists() == (there and bool(named))
        assert (tip_now(actor, made.pk) is not None) == there
    parent = officer(land, "an_binh")
    assert Tip.objects.visible_to(parent).exists() == ("an_binh" not in named)
    for role in ROLES:
        assert not Tip.objects.visible_to(land.actor("dong_hoa", role)).exists()
    assert not Tip.objects.visible_to(None).exists()


def test_tips_go_past_whom_they_name(land: World) -> None:
    def body(*named: str) -> Receiver | None:
        return receiver_for(land["dong_hoa"].pk, TODAY, [land[key].pk for key in named])

    assert body() == Receiver(land["dong_hoa_police"].pk)
    assert body("dong_hoa_clinic") == Receiver(land["dong_hoa_police"].pk)
    assert body("dong_hoa_police") == Receiver(land["police"].pk)
    assert body("dong_hoa") == Receiver(land["police"].pk)  # its police serves it
    assert body("dong_hoa", "police") == Receiver(land["dong_hoa_police"].pk, blocked=True)
    assert receiver_for(land["binh_giang"].pk, TODAY) is None


def test_a_body_named_later_is_blind_at_once(land: World) -> None:
    mine, above = officer(land, "dong_hoa_police"), officer(land, "police")
    made = tip(land["dong_hoa"], land["dong_hoa_police"])
    taken = take_tip(actor=mine, at=NOW, tip_id=made.pk, version=1)
    assert isinstance(taken, Tip)
    step = note_tip(actor=mine, at=NOW, tip_id=made.pk, version=2, words="nghi ngờ")
    assert isinstance(step, TipStep)
    gone = name_body(actor=mine, at=NOW, tip_id=made.pk, version=3, unit_id=land["dong_hoa_police"].pk)
    assert isinstance(gone, Tip)
    made.refresh_from_db()
    assert (made.team, made.held_by, made.received_in) == (land["police"], None, land["an_binh"])
    assert not Tip.objects.visible_to(mine).exists()
    assert not TipStep.objects.visible_to(mine).exists()
    refused = open_tip(actor=mine, at=NOW, tip_id=made.pk)
    assert isinstance(refused, Refusal)
    assert refused.code == "gone"
    assert not isinstance(open_tip(actor=above, at=NOW, tip_id=made.pk), Refusal)
    back = move_tip(
        actor=above, at=NOW, tip_id=made.pk, version=made.version, to_unit_id=land["dong_hoa_police"].pk, reason="thử"
    )
    assert isinstance(back, Refusal)
    assert back.code == "named"


def test_where_nobody_above_receives_the_custodian_finds_another_body_unread(land: World) -> None:
    keeper = land.actor("police", "custodian", "hoa")
    rival = land.actor("dong_hoa_police", "custodian", "lam")
    mine = officer(land, "dong_hoa_police")
    made = tip(land["dong_hoa"], land["dong_hoa_police"], named=[land["police"]])
    assert blocked_tips(keeper) == []
    name_body(actor=mine, at=NOW, tip_id=made.pk, version=1, unit_id=land["dong_hoa"].pk)
    made.refresh_from_db()
    assert made.team == land["dong_hoa_police"]
    assert blocked_tips(keeper) == []  # it names the custodian's own body too
    assert blocked_tips(rival) == []
    free = land.actor("an_binh", "custodian", "binh")
    (found,) = blocked_tips(free)
    assert found.number == made.number
    for actor in (keeper, rival):
        refused = move_blocked_tip(
            actor=actor, at=NOW, tip_id=made.pk, version=found.version, to_unit_id=land["tay_hoa_police"].pk
        )
        assert isinstance(refused, Refusal)
        assert refused.code == "gone"
    wrong = move_blocked_tip(actor=free, at=NOW, tip_id=made.pk, version=found.version, to_unit_id=land["police"].pk)
    assert isinstance(wrong, Refusal)
    assert wrong.code == "named"
    moved = move_blocked_tip(
        actor=free, at=NOW, tip_id=made.pk, version=found.version, to_unit_id=land["tay_hoa_police"].pk
    )
    assert isinstance(moved, Tip)
    assert not Tip.objects.visible_to(free).exists()
    assert Tip.objects.visible_to(officer(land, "tay_hoa_police")).exists()


def test_custodians_and_auditors_see_no_tip_and_no_identity_of_one_that_names_them(land: World) -> None:
    made = tip(land["dong_hoa"], land["dong_hoa_police"], identity=True)
    asker = officer(land, "dong_hoa_police")
    IdentityAsk.objects.create(tip=made, asked_by_id=asker.user_id, asked_at=NOW, reason="thử")

    def sees(actor: Actor) -> tuple[bool, bool]:
        return TipIdentity.objects.visible_to(actor).exists(), IdentityAsk.objects.visible_to(actor).exists()

    keeper, auditor = land.actor("police", "custodian"), land.actor("police", "auditor")
    assert sees(keeper) == (True, True)
    assert sees(auditor) == (False, True)
    assert sees(asker) == (False, False)
    TipNamed.objects.create(tip=made, unit=land["police"])
    assert sees(keeper) == (False, False)
    assert sees(auditor) == (False, False)


def test_a_window_of_a_team_is_half_open(land: World) -> None:
    first = land["dong_hoa"].tip_teams.get()
    first.valid_to = TODAY
    first.save()
    assert receiver_for(land["dong_hoa"].pk, TODAY) == Receiver(land["police"].pk)
    team(land["dong_hoa"], land["dong_hoa_clinic"], since=TODAY)
    assert receiver_for(land["dong_hoa"].pk, TODAY) == Receiver(land["dong_hoa_clinic"].pk)
