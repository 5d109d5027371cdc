"""Identities opened by two people, destruction that leaves nothing, keys, teams, reorganisations, figures."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import serializers
from django.core.exceptions import PermissionDenied

from pcmt.apps.audit.models import Entry
from pcmt.apps.audit.operations import record
from pcmt.apps.facts.models import Fact, Source
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.tips.models import IdentityAsk, Tip, TipIdentity, TipNamed, TipTeam
from pcmt.apps.tips.operations import counting, handling, identities, keeping, keys
from pcmt.apps.tips.operations.following import tips_follow
from pcmt.apps.tips.operations.reading import open_tip
from pcmt.apps.tips.operations.reminding import free_left
from pcmt.apps.tips.operations.teams import set_team
from pcmt.apps.tips.queries.statistics import statistics
from pcmt.apps.tips.queries.teams import Receiver, receiver_for
from pcmt.apps.tips.values import AskState
from pcmt.apps.units.followers import Body, Change, followers
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import Span
from tests.factories.tip_rows import ANSWER, SENDER, WORDS, noon, officer, teams, tip
from tests.factories.world import NOW, TODAY, World, world

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def land() -> World:
    return teams(world())


def code(answer: Any) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def test_an_identity_takes_two_people_and_a_day(land: World) -> None:
    mine, other = officer(land, "dong_hoa_police", name="an"), officer(land, "dong_hoa_police", name="binh")
    keeper = land.actor("dong_hoa", "custodian", "giu")
    made = tip(land["dong_hoa"], land["dong_hoa_police"], identity=True)
    nameless = tip(land["dong_hoa"], land["dong_hoa_police"])
    assert code(identities.ask_identity(actor=mine, at=NOW, tip_id=nameless.pk, reason="cần")) == "anonymous"
    ask = identities.ask_identity(actor=mine, at=NOW, tip_id=made.pk, reason="cần lấy lời khai")
    assert isinstance(ask, IdentityAsk)
    assert identities.ask_identity(actor=mine, at=NOW, tip_id=made.pk, reason="nữa") == ask
    assert code(identities.read_identity(actor=mine, at=NOW, tip_id=made.pk)) == "closed"
    base: dict[str, Any] = {"at": NOW, "ask_id": ask.pk, "release": True, "words": "đúng quy định"}
    with pytest.raises(PermissionDenied):
        identities.decide_ask(**base, actor=other, version=1)
    both = land.actor("dong_hoa", "custodian", "an")  # the same person in another role
    assert code(identities.decide_ask(**base, actor=both, version=1)) == "same"
    assert code(identities.decide_ask(**{**base, "words": " "}, actor=keeper, version=1)) == "empty"
    assert code(identities.decide_ask(**base, actor=keeper, version=2)) == "stale"
    assert isinstance(identities.decide_ask(**base, actor=keeper, version=1), IdentityAsk)
    assert code(identities.decide_ask(**base, actor=keeper, version=2)) == "stale"
    told = identities.read_identity(actor=mine, at=NOW + DAY - timedelta(minutes=1), tip_id=made.pk)
    assert not isinstance(told, Refusal)
    assert told["name"] == SENDER
    for actor, at in ((mine, NOW + DAY), (other, NOW)):
        assert code(identities.read_identity(actor=actor, at=at, tip_id=made.pk)) == "closed"
    assert code(identities.read_identity(actor=keeper, at=NOW, tip_id=made.pk)) == "gone"
    assert code(open_tip(actor=keeper, at=NOW, tip_id=made.pk)) == "gone"
    assert Entry.objects.filter(event="tips.identity.read").count() == 1
    log = json.dumps([serializers.serialize("python", Entry.objects.all())], default=str)
    assert SENDER not in log
    assert "lời khai" not in log


def test_an_identity_closes_when_the_tip_is_out_of_sight(land: World) -> None:
    mine = officer(land, "dong_hoa_police")
    made = tip(land["dong_hoa"], land["dong_hoa_police"], identity=True)
    IdentityAsk.objects.create(
        tip=made, asked_by_id=mine.user_id, asked_at=NOW, reason="x", state=AskState.RELEASED, until=NOW + DAY
    )
    TipNamed.objects.create(tip=made, unit=land["dong_hoa"])
    assert code(identities.read_identity(actor=mine, at=NOW, tip_id=made.pk)) == "gone"


def test_destruction_leaves_counts_and_nothing_else(land: World) -> None:
    mine = officer(land, "dong_hoa_police")
    old = tip(land["dong_hoa"], land["dong_hoa_police"], identity=True, message=True, picture=True)
    held = tip(land["dong_hoa"], land["dong_hoa_police"], identity=True)
    for each in (old, held):
        settled = handling.settle_tip(
            actor=mine, at=NOW, tip_id=each.pk, version=1, outcome="confirmed", on=TODAY, words="tóm tắt riêng"
        )
        assert isinstance(settled, Tip)
    IdentityAsk.objects.create(tip=old, asked_by_id=mine.user_id, asked_at=NOW, reason="lý do riêng")
    assert isinstance(handling.keep_tip(actor=mine, at=NOW, tip_id=held.pk, version=2, reason="vụ án"), Tip)
    assert keeping.purge_due(at=noon(date(2031, 3, 1))) == 0
    assert keeping.purge_due(at=noon(date(2031, 3, 2))) == 1
    assert keeping.purge_due(at=noon(date(2031, 3, 2))) == 0
    old.refresh_from_db()
    held.refresh_from_db()
    assert (old.sealed, old.receipt, old.outcome) == (None, None, "confirmed")
    assert held.sealed is not None
    rows = [*old.messages.all(), *old.steps.all(), *old.asks.all()]
    assert all(not getattr(row, "sealed", None) and not getattr(row, "reason", "") for row in rows)
    assert not old.files.exists()
    assert not TipIdentity.objects.filter(tip=old).exists()
    assert code(open_tip(actor=mine, at=NOW, tip_id=old.pk)) == "purged"
    assert code(handling.reopen_tip(actor=mine, at=NOW, tip_id=old.pk, version=old.version, reason="x")) == "purged"


def test_a_worker_that_dies_while_it_destroys_leaves_no_half_of_a_tip(
    land: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = []
    for _each in range(3):
        made = tip(land["dong_hoa"], land["dong_hoa_police"], identity=True, message=True, picture=True)
        ids.append(made.pk)
    Tip.objects.update(state="settled", closed_on=TODAY, purge_on=TODAY)
    monkeypatch.setattr(keeping, "BATCH", 1)
    told: list[int] = []

    def dies(**given: Any) -> None:
        told.append(1)
        if len(told) == 2:
            raise RuntimeError("the machine stopped")
        record(**given)

    monkeypatch.setattr(keeping, "record", dies)
    with pytest.raises(RuntimeError):
        keeping.purge_due(at=NOW)
    whole = [
        (
            bool(each.sealed), each.files.exists(), TipIdentity.objects.filter(tip=each).exists(),
            each.messages.exclude(sealed=None).exists(), each.steps.exists(),
        )
        for each in Tip.objects.order_by("pk")
    ]  # fmt: skip
    assert whole == [(False, False, False, False, True), *[(True, True, True, True, False)] * 2]
    assert keeping.purge_due(at=NOW) == 2
    assert not Tip.objects.exclude(sealed=None).exists()
    assert Entry.objects.filter(event="tips.tips.purged").count() == 3


def test_keys_are_changed_and_checked(land: World, settings: LazySettings) -> None:
    made = tip(land["dong_hoa"], land["dong_hoa_police"], identity=True, message=True, picture=True)
    assert keys.check().broken == ()
    settings.TIP_KEYS = {"new": b"n" * 32, **settings.TIP_KEYS}
    settings.TIP_IDENTITY_KEYS = {"who": b"w" * 32, **settings.TIP_IDENTITY_KEYS}
    assert keys.rotate(at=NOW).done == 4
    assert set(keys.keys_in_use()) == {("", "new"), ("identity", "who")}
    settings.TIP_KEYS, settings.TIP_IDENTITY_KEYS = {"new": b"n" * 32}, {"who": b"w" * 32}
    assert keys.check().done == 4
    opened = open_tip(actor=officer(land, "dong_hoa_police"), at=NOW, tip_id=made.pk)
    assert not isinstance(opened, Refusal)
    assert (opened.told["words"], list(opened.messages.values())) == (WORDS, [ANSWER])
    settings.TIP_IDENTITY_KEYS = {"other": b"o" * 32}
    assert [label for label, _pk in keys.check().broken] == ["tips.TipIdentity"]


def test_who_receives_is_set_from_a_day_on(land: World) -> None:
    office = land.office
    area, body = land["dong_hoa"].pk, land["dong_hoa_police"].pk
    base: dict[str, Any] = {"actor": office, "at": NOW, "area_id": area}
    now = TipTeam.objects.get(area=area)
    assert code(set_team(**base, body_id=land["dong_hoa_clinic"].pk, start=TODAY, version=1)) == "nobody"
    assert TipTeam.objects.get(area=area) == now
    assert code(set_team(**base, body_id=body, start=TODAY - DAY, version=1)) == "start"
    assert code(set_team(**base, body_id=body, above_id=body, start=TODAY, version=1)) == "above"
    assert code(set_team(**base, body_id=land["police"].pk, start=TODAY, version=3)) == "stale"
    assert code(set_team(**base, body_id=body, start=TODAY, version=1, phone="gọi anh Tư")) == "phone"
    made = set_team(**base, body_id=land["police"].pk, start=TODAY + DAY, version=1)
    assert isinstance(made, TipTeam)
    assert receiver_for(area, TODAY) == Receiver(body)
    assert receiver_for(area, TODAY + DAY) == Receiver(land["police"].pk)
    assert set_team(**base, body_id=None, start=TODAY + DAY, version=2) is None  # it had not begun
    with pytest.raises(PermissionDenied):
        set_team(actor=officer(land, "police"), at=NOW, area_id=area, body_id=body, start=TODAY, version=0)
    with pytest.raises(PermissionDenied):
        set_team(**{**base, "area_id": land["binh_giang"].pk}, body_id=body, start=TODAY)


def test_bodies_that_merge_bring_their_tips(land: World) -> None:
    keys_ = [each.key for each in followers()]
    assert keys_.index("registers") < keys_.index("tips")
    made = tip(land["tay_hoa"], land["tay_hoa_police"], named=[land["health"]])
    closed = tip(land["tay_hoa"], land["tay_hoa_police"], state="settled", closed_on=TODAY, closed_in=land["tay_hoa"])
    named = tip(land["dong_hoa"], land["dong_hoa_police"], named=[land["tay_hoa"]])
    heirs = {
        land["tay_hoa"].pk: Body(land["dong_hoa"].pk, "Xã Đông Hòa"),
        land["tay_hoa_police"].pk: Body(land["dong_hoa_police"].pk, "Công an xã Đông Hòa"),
    }
    change = Change(on=TODAY, day=TODAY, title="", heirs=heirs)
    told = tips_follow.foresee(change)
    assert [each.count for each in told] == [1, 1]
    assert not any(each.named or each.refs for each in told)
    assert tips_follow.follow(change, NOW, None) == 3
    for each in (made, closed, named):
        each.refresh_from_db()
    assert (made.team, made.area, made.received_in) == (land["dong_hoa_police"], land["dong_hoa"], land["tay_hoa"])
    assert (closed.team, closed.area, closed.closed_in) == (land["dong_hoa_police"], land["tay_hoa"], land["tay_hoa"])
    assert {each.unit for each in named.named.all()} == {land["tay_hoa"], land["dong_hoa"]}
    assert TipTeam.objects.get(area=land["dong_hoa"], valid_to=None).body == land["dong_hoa_police"]
    assert not TipTeam.objects.filter(area=land["tay_hoa"], valid_to=None).exists()
    assert not Tip.objects.visible_to(officer(land, "dong_hoa_police")).filter(pk=named.pk).exists()
    assert free_left(at=NOW) == 1  # the heir is the body named now: it goes up the next morning
    named.refresh_from_db()
    assert named.team == land["police"]


def test_tips_count_where_their_team_serves(land: World) -> None:
    load_catalogue()
    mine = officer(land, "dong_hoa_police")
    one = tip(land["dong_hoa"], land["dong_hoa_police"])
    tip(land["dong_hoa"], land["police"], named=[land["dong_hoa"]])
    counting.recount(at=NOW)

    def numbers(key: str) -> dict[str, int]:
        rows = Fact.objects.counting().filter(
            unit=land[key], recording__source=Source.TIP, start__lte=TODAY, end__gt=TODAY
        )
        return {code_: int(value) for code_, value in rows.values_list("element__code", "value")}

    assert numbers("dong_hoa") == {"leads_received": 1}
    assert numbers("an_binh") == {"leads_received": 1}  # not in the figures of the commune that it names
    handling.settle_tip(actor=mine, at=NOW, tip_id=one.pk, version=1, outcome="confirmed", on=TODAY, words="x")
    counting.recount(at=NOW)
    assert numbers("dong_hoa") == {"leads_received": 1, "leads_verified": 1}
    handling.reopen_tip(actor=mine, at=NOW, tip_id=one.pk, version=2, reason="x")
    counting.recount(at=NOW)
    assert numbers("dong_hoa").get("leads_verified", 0) == 0
    recorded = Fact.objects.count()
    counting.mark_all(at=NOW)
    assert counting.recount(at=NOW) == 2
    assert Fact.objects.count() == recorded  # counted twice, written once


def test_statistics_hide_small_numbers_of_other_units(land: World) -> None:
    for _each in range(7):
        tip(land["dong_hoa"], land["dong_hoa_police"])
    for _each in range(2):
        tip(land["tay_hoa"], land["tay_hoa_police"], state="settled", closed_on=TODAY, outcome="confirmed")
    year = Span(date(2026, 1, 1), date(2027, 1, 1))
    leader = statistics(land.actor("an_binh", "leader"), land["an_binh"], year)
    assert (leader.whole["received"].value, leader.checked) == (9, (9, 2, 2))
    by_unit = {line.unit.pk: line.amounts["received"] for line in leader.lines}
    assert all(each.hidden and each.value == 0 for each in by_unit.values())  # 2 could be worked out from 9 less 7
    team = statistics(officer(land, "police"), land["an_binh"], year)
    assert not team.hides
    assert {line.unit.pk: line.amounts["received"].value for line in team.lines} == {
        land["dong_hoa"].pk: 7, land["tay_hoa"].pk: 2,
    }  # fmt: skip
    own = statistics(land.actor("tay_hoa", "leader"), land["tay_hoa"], year)
    assert own.whole["in_time"].value == 2
