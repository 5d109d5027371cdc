"""Places: opened, moved, corrected, taken back, closed, voided; who may, and what a kind keeps inside."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest
from django.core.exceptions import PermissionDenied

from pcmt.apps.activities.models import EventMark, KeptSince, KindState, KindVersion, Place, PlaceBefore, PlaceSpell
from pcmt.apps.activities.operations.places import (
    close_place,
    correct_place,
    move_place,
    open_place,
    undo_move,
    void_place,
)
from pcmt.apps.activities.policies import can_change, is_inside, sees_inside, shown_to
from pcmt.apps.audit.models import Entry
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import carry_out_reorganisations
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import KindSchema, kind_data
from tests.apps.units.reorganising import AFTERWARDS, SOON, merger, planned, police_merger
from tests.factories.activities import CROP, HOT_SPOT, SCHOOL, event, kind, place
from tests.factories.world import NOW, TODAY, World, world

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def land() -> World:
    return world()


def opened(land: World, schema: KindSchema = HOT_SPOT, **more: Any) -> Place | Refusal:
    kind(schema)
    more = {
        "actor": land.actor("dong_hoa", "commune_officer"), "at": NOW, "key": uuid.uuid4(), "kind": schema.code,
        "area_id": land["dong_hoa"].pk, "name": "Quán cà phê đầu cầu", "state": schema.first_states[0].key,
        "on": TODAY - 10 * DAY, "typed": {}, **more,
    }  # fmt: skip
    return open_place(**more)


def test_an_opened_place_stands_counts_and_is_written_down(land: World) -> None:
    made = opened(land, point=(Decimal("18.6666666"), Decimal("105.7")), address=" đầu   cầu ")
    assert isinstance(made, Place), made
    assert (made.lat, made.address, made.search_key) == (Decimal("18.66667"), "đầu cầu", "quan ca phe dau cau")
    (spell,) = made.spells.all()
    assert (spell.state, spell.from_on, spell.to_on) == ("open", TODAY - 10 * DAY, None)
    assert EventMark.objects.get(unit=land["dong_hoa"]).start == TODAY - 10 * DAY
    assert KeptSince.objects.get(unit=land["dong_hoa"]).start == TODAY - 10 * DAY
    entry = Entry.objects.get(event="activities.place.opened")
    assert "cà phê" not in entry.object_label
    assert "cà phê" not in str(entry.after)


def test_the_same_key_twice_is_one_place_and_a_namesake_is_asked_about(land: World) -> None:
    key = uuid.uuid4()
    first = opened(land, key=key)
    assert opened(land, key=key, name="Tên khác") == first
    assert Place.objects.count() == 1
    twin = opened(land, name="quán CÀ PHÊ đầu cầu")
    assert isinstance(twin, Refusal)
    assert (twin.code, twin.field) == ("same", "name")
    assert isinstance(opened(land, again=True), Place)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"on": TODAY + DAY}, "on"),
        ({"on": date(1890, 1, 1)}, "on"),
        ({"state": "cleared"}, "state"),
        ({"state": "none"}, "state"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 301}, "name"),
        ({"address": "x" * 301}, "address"),
        ({"point": (Decimal("105.7"), Decimal("18.6"))}, "point"),
        ({"kind": "no_such"}, "kind"),
        ({"follows_id": 999}, "follows"),
    ],
)
def test_what_cannot_be_opened_says_why(land: World, more: dict[str, Any], field: str) -> None:
    refused = opened(land, **more)
    assert isinstance(refused, Refusal)
    assert refused.field == field
    assert not Place.objects.exists()


def test_a_place_lies_in_the_area_of_who_keeps_it(land: World) -> None:
    refused = opened(land, area_id=land["tay_hoa"].pk)
    assert isinstance(refused, Refusal)
    assert refused.field == "area"
    police = opened(land, actor=land.actor("dong_hoa_police", "commune_officer"))
    assert isinstance(police, Place), police
    assert police.body == land["dong_hoa_police"]
    by_office = opened(land, actor=land.office, body_id=land["tay_hoa"].pk, area_id=land["tay_hoa"].pk)
    assert isinstance(by_office, Place), by_office


def test_a_kind_asks_its_fields_where_they_belong(land: World) -> None:
    refused = opened(land, CROP, typed={"found": "1.2000"})
    assert isinstance(refused, Refusal)
    assert refused.code == "wrong"
    assert {each.about for each in refused.problems} == {"plant", "found"}
    made = opened(land, CROP, name="", typed={"plant": "cần sa", "found": "1.200", "owner": "Bà Mão"})
    assert isinstance(made, Place), made
    assert made.name == "Điểm trồng cần sa"
    assert made.data == {"plant": "cần sa", "owner": "Bà Mão"}
    assert made.spells.get().data == {"found": 1200}
    moved = move(land, made, "destroyed", typed={"gone": "900"})
    assert isinstance(moved, Place), moved
    assert [each.data for each in made.spells.order_by("pk")] == [{"found": 1200}, {"gone": 900}]
    corrected = correct(land, moved, typed={"plant": "cây thuốc phiện", "owner": "Bà Tỵ", "gone": "950"})
    assert isinstance(corrected, Place), corrected
    assert made.spells.order_by("pk").last().data == {"gone": 950}
    entry = Entry.objects.get(event="activities.place.corrected")
    assert entry.after == {"plant": "cây thuốc phiện"}  # nothing of the owner, who is inside


def move(land: World, place: Place, state: str, **more: Any) -> Place | Refusal:
    more = {
        "actor": land.actor("dong_hoa", "commune_officer"), "at": NOW, "place_id": place.pk, "version": place.version,
        "state": state, "on": TODAY, "typed": {}, **more,
    }  # fmt: skip
    return move_place(**more)


def correct(land: World, place: Place, **more: Any) -> Place | Refusal:
    more = {
        "actor": land.actor("dong_hoa", "commune_officer"), "at": NOW, "place_id": place.pk, "version": place.version,
        "name": place.name, "area_id": place.area_id, "on": place.from_on, "typed": {}, **more,
    }  # fmt: skip
    return correct_place(**more)


def test_a_place_moves_by_the_ways_of_its_kind(land: World) -> None:
    made = place(land["dong_hoa"], since=TODAY - 30 * DAY)
    raid = event(land["dong_hoa"], on=TODAY)
    moved = move(land, made, "cleared", event_id=raid.pk, words=" bắt  ba vụ ")
    assert isinstance(moved, Place), moved
    spells = list(made.spells.values_list("state", "from_on", "to_on", "event", "words"))
    assert spells == [
        ("open", TODAY - 30 * DAY, TODAY, None, ""), ("cleared", TODAY, None, raid.pk, "bắt ba vụ"),
    ]  # fmt: skip
    assert (moved.state, moved.version) == ("cleared", 2)
    for state in ("watched", "cleared", "none"):
        refused = move(land, moved, state)
        assert isinstance(refused, Refusal), state
        assert refused.field == "state"
    assert isinstance(move(land, moved, "reopened"), Place)


def test_found_and_cleared_on_one_day_are_both_there(land: World) -> None:
    made = place(land["dong_hoa"], since=TODAY)
    moved = move(land, made, "cleared")
    assert isinstance(moved, Place), moved
    assert list(made.spells.values_list("state", "from_on", "to_on")) == [
        ("open", TODAY, TODAY), ("cleared", TODAY, None),
    ]  # fmt: skip


def test_days_and_versions_are_watched(land: World) -> None:
    made = place(land["dong_hoa"], since=TODAY - DAY)
    early = move(land, made, "cleared", on=TODAY - 2 * DAY)
    late = move(land, made, "cleared", on=TODAY + DAY)
    stale = move(land, made, "cleared", version=7)
    foreign = event(land["binh_giang"], on=TODAY)
    unseen = move(land, made, "cleared", event_id=foreign.pk)
    refused = [each.code if isinstance(each, Refusal) else "" for each in (early, late, stale, unseen)]
    assert refused == ["day", "day", "stale", "event"]
    assert PlaceSpell.objects.count() == 1


def test_steps_are_taken_back_one_by_one(land: World) -> None:
    actor = land.actor("dong_hoa", "commune_officer")
    made = place(land["dong_hoa"], since=TODAY - 9 * DAY)
    moved = move(land, made, "cleared", on=TODAY - 3 * DAY)
    assert isinstance(moved, Place)
    closed = close_place(actor=actor, at=NOW, place_id=made.pk, version=moved.version, on=TODAY)
    assert isinstance(closed, Place), closed
    assert closed.to_on == TODAY
    refused = move(land, closed, "reopened")
    assert isinstance(refused, Refusal)
    assert refused.code == "closed"
    for state, to_on in (("cleared", None), ("open", None)):
        closed.refresh_from_db()
        back = undo_move(actor=actor, at=NOW, place_id=made.pk, version=closed.version)
        assert isinstance(back, Place), back
        assert (back.state, back.to_on) == (state, to_on)
    assert made.spells.get().to_on is None
    first = undo_move(actor=actor, at=NOW, place_id=made.pk, version=back.version)
    assert isinstance(first, Refusal)
    assert first.code == "first"


def test_a_voided_place_needs_a_reason_and_nothing_that_rests_on_it(land: World) -> None:
    actor = land.actor("dong_hoa", "commune_officer")
    made = place(land["dong_hoa"], SCHOOL, since=TODAY)
    version = {"actor": actor, "at": NOW, "place_id": made.pk, "version": 1}
    assert void_place(**version, words=" ").code == "words"  # type: ignore[arg-type, union-attr]
    held = event(land["dong_hoa"], on=TODAY)
    held.at_places.create(place=made)
    assert void_place(**version, words="Nhầm").code == "used"  # type: ignore[arg-type, union-attr]
    held.at_places.all().delete()
    follower = place(land["dong_hoa"], SCHOOL, since=TODAY, follows=made)
    assert void_place(**version, words="Nhầm").code == "followed"  # type: ignore[arg-type, union-attr]
    follower.delete()
    voided = void_place(**version, words="Nhầm")  # type: ignore[arg-type]
    assert isinstance(voided, Place), voided
    assert Entry.objects.get(event="activities.place.voided").reason == "Nhầm"


def test_a_model_does_not_follow_itself_in_a_ring(land: World) -> None:
    one = place(land["dong_hoa"], SCHOOL, since=TODAY)
    two = place(land["dong_hoa"], SCHOOL, since=TODAY, follows=one)
    three = place(land["dong_hoa"], SCHOOL, since=TODAY, follows=two)
    refused = correct(land, one, follows_id=three.pk)
    assert isinstance(refused, Refusal)
    assert refused.field == "follows"


def test_the_first_day_is_put_right_within_bounds(land: World) -> None:
    made = place(land["dong_hoa"], since=TODAY - 9 * DAY)
    moved = move(land, made, "cleared", on=TODAY - 3 * DAY)
    assert isinstance(moved, Place)
    late = correct(land, moved, on=TODAY - 2 * DAY)
    assert isinstance(late, Refusal)
    assert late.field == "on"
    EventMark.objects.all().delete()
    right = correct(land, moved, on=TODAY - 20 * DAY)
    assert isinstance(right, Place), right
    assert made.spells.first().from_on == TODAY - 20 * DAY
    assert EventMark.objects.get(unit=land["dong_hoa"]).start == TODAY - 20 * DAY


def test_who_may_change_and_who_sees_what_is_inside(land: World) -> None:
    spot = place(land["dong_hoa"], since=TODAY, body=land["dong_hoa_police"])
    school = place(land["dong_hoa"], SCHOOL, since=TODAY)
    changing = [
        land.actor("dong_hoa_police", "commune_officer"), land.office, land.actor("dong_hoa", "commune_officer"),
        land.actor("dong_hoa_police", "tip_officer"),
    ]  # fmt: skip
    looking = [
        land.actor("an_binh", "leader"), land.actor("an_binh", "auditor"), land.actor("an_binh", "reviewer"),
        land.actor("dong_hoa", "leader"), land.actor("tay_hoa", "commune_officer"),
        land.actor("an_binh", "administrator"), land.actor("an_binh", "custodian"),
    ]  # fmt: skip
    for actor in changing:
        assert can_change(actor, spot)
        assert sees_inside(actor, spot)
        assert spot in shown_to(Place.objects.all(), actor)
    for actor in looking:
        assert not can_change(actor, spot)
        assert not sees_inside(actor, spot)
        assert spot not in shown_to(Place.objects.all(), actor)
        with pytest.raises(PermissionDenied):
            opened(land, actor=actor) if actor.unit_id != land["tay_hoa"].pk else _denied()
    assert school in shown_to(Place.objects.all(), looking[0])
    gone = move(land, spot, "cleared", actor=looking[0])
    assert isinstance(gone, Refusal)
    assert gone.code == "gone"  # as if it were not there
    with pytest.raises(PermissionDenied):
        move(land, school, "closed", actor=looking[0])
    assert shown_to(Place.objects.all(), None).count() == 0


def _denied() -> None:
    raise PermissionDenied


def test_a_kind_that_becomes_inside_hides_its_older_places_too(land: World) -> None:
    school = place(land["dong_hoa"], SCHOOL, since=TODAY)
    leader = land.actor("an_binh", "leader")
    assert school in shown_to(Place.objects.all(), leader)
    KindVersion.objects.update(state=KindState.ENDED)
    newer = attrs.evolve(SCHOOL, inside=True)
    KindVersion.objects.create(
        kind=school.kind, number=2, body=kind_data(newer), state=KindState.IN_USE, made_at=NOW, used_at=NOW
    )
    assert school not in shown_to(Place.objects.all(), leader)
    assert is_inside(school.kind_version)


def test_places_follow_their_communes_and_say_where_they_were(land: World) -> None:
    spot = place(land["dong_hoa"], since=TODAY, body=land["dong_hoa_police"])
    new = place(land["tay_hoa"], SCHOOL, since=SOON + DAY)
    school = event(land["dong_hoa"], on=TODAY)
    planned(land, merger(land), police_merger(land))
    carry_out_reorganisations(at=AFTERWARDS)
    spot.refresh_from_db()
    new.refresh_from_db()
    school.refresh_from_db()
    heir = Unit.objects.get(pk=spot.area_id)
    assert heir not in (land["dong_hoa"], land["tay_hoa"])
    assert new.area == heir
    assert spot.body != land["dong_hoa_police"]
    assert school.area == land["dong_hoa"]
    (before,) = PlaceBefore.objects.all()
    assert (before.place, before.area, before.body, before.to_on) == (
        spot, land["dong_hoa"], land["dong_hoa_police"], SOON,
    )  # fmt: skip
    assert spot.spells.count() == 1
    assert EventMark.objects.filter(unit=heir, start=SOON).exists()
    carry_out_reorganisations(at=AFTERWARDS)
    assert PlaceBefore.objects.count() == 1
