"""Events: recorded once, corrected with what stood before, voided with a reason, verified by another."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest
from django.core.exceptions import PermissionDenied

from pcmt.apps.activities.models import Event, EventMark, EventState, EventStep, KeptSince
from pcmt.apps.activities.operations.events import (
    Said,
    correct_event,
    record_event,
    restore_event,
    return_event,
    verify_event,
    void_event,
)
from pcmt.core.diagnostics import Refusal
from tests.factories.activities import BROADCAST, HOT_SPOT, RAID, SCHOOL, SCHOOL_SESSION, kind, place
from tests.factories.world import NOW, World

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _kinds(land: World) -> None:
    for schema in (BROADCAST, SCHOOL_SESSION, RAID):
        kind(schema)


def recorded(land: World, unit: str = "dong_hoa", schema: Any = BROADCAST, **more: Any) -> Event | Refusal:
    """An event as an officer of a unit writes it."""
    said: dict[str, Any] = {
        "key": uuid4(), "kind": schema.code, "body_id": land[unit].pk, "area_id": land["dong_hoa"].pk, "on": TODAY,
        "typed": {},
    }  # fmt: skip
    return record_event(actor=land.actor(unit), at=NOW, **{**said, **more})


def made(found: Event | Refusal) -> Event:
    assert isinstance(found, Event), found
    return found


def test_the_same_key_is_one_event(land: World) -> None:
    key = UUID(int=7)
    first, again = made(recorded(land, key=key)), made(recorded(land, key=key, typed={"minutes": "99"}))
    assert (first.pk, Event.objects.count()) == (again.pk, 1)
    assert (first.state, first.title) == (EventState.ENTERED, "Phát thanh trên loa")
    assert KeptSince.objects.get().start == TODAY
    assert EventMark.objects.get().unit == land["dong_hoa"]


def test_what_a_body_of_a_commune_does_counts_in_the_commune(land: World) -> None:
    made(recorded(land, "dong_hoa_police"))
    assert [mark.unit for mark in EventMark.objects.all()] == [land["dong_hoa"]]


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"on": date(2100, 1, 1)}, "day", "on"),
        ({"on": date(1900, 1, 1)}, "day", "on"),
        ({"until": TODAY}, None, ""),
        ({"on": date(2026, 1, 5), "until": date(2026, 1, 6)}, "day", "until"),
        ({"typed": {"minutes": "mười"}}, "wrong", "minutes"),
        ({"typed": {"minutes": "-3"}}, "wrong", "minutes"),
        ({"typed": {"strange": "1"}}, "wrong", "strange"),
        ({"time": "25:00"}, "time", "time"),
        ({"time": "7h30"}, None, ""),
        ({"title": "a" * 301}, "long", "title"),
        ({"place_ids": (987_654_321,)}, "place", "places"),
        ({"plan_id": 987_654_321}, "plan", "plan"),
        ({"kind": "nothing"}, "kind", "kind"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(land: World, more: dict[str, Any], code: str | None, field: str) -> None:
    found = recorded(land, **more)
    assert (found.code, found.field) == (code, field) if isinstance(found, Refusal) else code is None


@pytest.mark.parametrize(("until", "code"), [(date(2026, 1, 1), None), (date(2026, 1, 2), "day")])
def test_an_event_takes_a_year_at_most(land: World, until: date, code: str | None) -> None:
    long = attrs.evolve(BROADCAST, code="long", spans_days=True)
    kind(long)
    found = recorded(land, schema=long, on=date(2025, 1, 1), until=until)
    assert (found.code, found.field) == (code, "until") if isinstance(found, Refusal) else code is None


def test_an_area_that_is_not_the_bodys_is_refused(land: World) -> None:
    found = recorded(land, area_id=land["tay_hoa"].pk)
    assert isinstance(found, Refusal)
    assert found.field == "area"


def test_nobody_records_for_others(land: World) -> None:
    with pytest.raises(PermissionDenied):
        recorded(land, "dong_hoa", body_id=land["tay_hoa"].pk)
    with pytest.raises(PermissionDenied):
        record_event(
            actor=land.actor("dong_hoa", "leader"), at=NOW, key=uuid4(), kind="broadcast", body_id=land["dong_hoa"].pk,
            area_id=land["dong_hoa"].pk, on=TODAY, typed={},
        )  # fmt: skip


def test_one_like_another_is_asked_about(land: World) -> None:
    made(recorded(land, time="7:30"))
    made(recorded(land, time="17:00"))
    twin = recorded(land, time="7:45")
    assert isinstance(twin, Refusal)
    assert twin.code == "likely"
    made(recorded(land, time="7:45", again=True))
    assert Event.objects.count() == 3


def test_places_of_the_kind_and_pictures_it_needs(land: World) -> None:
    school, spot = place(land["dong_hoa"], SCHOOL, since=TODAY), place(land["dong_hoa"], HOT_SPOT, since=TODAY)
    without = recorded(land, schema=SCHOOL_SESSION, typed={"people": "40"}, place_ids=(school.pk,))
    assert isinstance(without, Refusal)
    assert without.code == "pictures"
    wrong = recorded(land, schema=SCHOOL_SESSION, typed={"people": "40"}, place_ids=(spot.pk,), way="sheet")
    assert isinstance(wrong, Refusal)
    event = made(recorded(land, schema=SCHOOL_SESSION, typed={"people": "1.040"}, place_ids=(school.pk,), way="sheet"))
    assert (event.data, [each.place for each in event.at_places.all()]) == ({"people": 1040}, [school])


def test_corrected_with_what_stood_before(land: World) -> None:
    event = made(recorded(land, typed={"minutes": "10"}))
    said = Said(land["dong_hoa"].pk, TODAY)
    actor = land.actor("dong_hoa")
    fixed = made(correct_event(actor=actor, at=NOW, event_id=event.pk, version=1, typed={"minutes": "15"}, said=said))
    assert (fixed.data, fixed.version) == ({"minutes": 15}, 2)
    assert EventStep.objects.get().before == {"data": {"minutes": 10}}
    stale = correct_event(actor=actor, at=NOW, event_id=event.pk, version=1, typed={}, said=said)
    assert isinstance(stale, Refusal)
    assert stale.code == "stale"


def test_voided_with_a_reason_and_brought_back(land: World) -> None:
    event, actor = made(recorded(land)), land.actor("dong_hoa")
    assert isinstance(void_event(actor=actor, at=NOW, event_id=event.pk, version=1, words=" "), Refusal)
    gone = made(void_event(actor=actor, at=NOW, event_id=event.pk, version=1, words="ghi nhầm"))
    assert gone.state == EventState.VOIDED
    back = made(restore_event(actor=actor, at=NOW, event_id=event.pk, version=2))
    assert back.state == EventState.ENTERED


def test_the_level_above_verifies_and_nobody_their_own(land: World) -> None:
    event = made(recorded(land, "dong_hoa", RAID, typed={"cases": "1"}))
    assert event.state == EventState.WAITING
    above = land.actor("police", "standing_office")
    with pytest.raises(PermissionDenied):
        verify_event(actor=land.actor("dong_hoa"), at=NOW, event_id=event.pk, version=1)
    with pytest.raises(PermissionDenied):
        verify_event(actor=land.actor("binh_giang_police", "standing_office"), at=NOW, event_id=event.pk, version=1)
    back = made(return_event(actor=above, at=NOW, event_id=event.pk, version=1, words="thiếu biên bản"))
    assert back.state == EventState.RETURNED
    said = Said(land["dong_hoa"].pk, TODAY)
    fixed = made(
        correct_event(
            actor=land.actor("dong_hoa"), at=NOW, event_id=event.pk, version=2, typed={"cases": "2"}, said=said
        )
    )
    assert fixed.state == EventState.WAITING
    done = made(verify_event(actor=above, at=NOW, event_id=event.pk, version=3))
    assert done.state == EventState.VERIFIED
    silent = correct_event(
        actor=land.actor("dong_hoa"), at=NOW, event_id=event.pk, version=4, typed={"cases": "3"}, said=said
    )
    assert isinstance(silent, Refusal)
    assert silent.code == "reason"
