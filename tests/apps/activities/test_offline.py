"""Entries made in the field: each once, each for itself; what cannot simply be kept waits for a person."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import attrs
import pytest
from django.core.exceptions import PermissionDenied
from PIL import Image

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Event, EventFile, Kind, KindState, KindVersion, OfflineEntry, Way
from pcmt.apps.activities.operations.events import keep_files
from pcmt.apps.activities.operations.offline import FieldEntry, decide_entry, take_entries
from pcmt.apps.activities.queries.offline import entries_waiting, field_areas, field_places
from pcmt.apps.units.models import Succession, Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import FieldType, KindField, kind_data
from tests.factories.activities import BROADCAST, SCHOOL, SCHOOL_SESSION, kind, place
from tests.factories.world import NOW, TODAY, World

pytestmark = pytest.mark.django_db


def camera_picture() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(held, "JPEG")
    return held.getvalue()


def officer(land: World, unit: str = "dong_hoa_police") -> Actor:
    return land.actor(unit, "officer")


def entry(land: World, schema: Any = BROADCAST, **more: Any) -> FieldEntry:
    version = kind(schema)
    told: dict[str, Any] = {
        "key": uuid4(), "kind": schema.code, "number": version.number, "body_id": land["dong_hoa_police"].pk,
        "area_id": land["dong_hoa"].pk, "on": TODAY, "time": "07:30", "title": "Loa thôn 3", "typed": {"minutes": "15"},
    }  # fmt: skip
    return FieldEntry(**{**told, **more})


def states(land: World, *entries: FieldEntry, unit: str = "dong_hoa_police") -> list[str]:
    return [each.state for each in take_entries(actor=officer(land, unit), at=NOW, entries=entries)]


def reason(land: World, one: FieldEntry, unit: str = "dong_hoa_police") -> str:
    assert states(land, one, unit=unit) == ["look"]
    return OfflineEntry.objects.get(key=one.key).reason


def decided(land: World, one: FieldEntry, entry: FieldEntry | None, unit: str = "dong_hoa_police") -> Any:
    row = OfflineEntry.objects.get(key=one.key)
    return decide_entry(actor=officer(land, unit), at=NOW, entry_id=row.pk, version=row.version, entry=entry)


def test_what_is_sent_twice_and_out_of_order_is_kept_once(land: World) -> None:
    first, second = entry(land), entry(land, time="17:00")
    assert states(land, second, first) == ["saved", "saved"]
    assert states(land, first, second, first) == ["already"] * 3
    assert set(Event.objects.values_list("key", "way")) == {(first.key, Way.OFFLINE), (second.key, Way.OFFLINE)}
    assert Event.objects.get(key=first.key).data == {"minutes": 15}


def test_a_bad_entry_holds_up_no_other(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from pcmt.apps.activities.operations import offline

    real = offline.record_event

    def breaks(**told: Any) -> Any:
        if told["title"] == "hỏng":
            raise ZeroDivisionError
        return real(**told)

    monkeypatch.setattr(offline, "record_event", breaks)
    unknown = entry(land, kind="nothing_like_it")
    assert states(land, entry(land, title="hỏng"), unknown, entry(land)) == ["refused", "refused", "saved"]
    assert not OfflineEntry.objects.exists()


def test_pictures_arrive_with_their_entry_also_by_way_of_a_look(land: World) -> None:
    actor = officer(land)
    kept = keep_files(actor=actor, at=NOW, files=[("a.jpg", camera_picture())]).kept
    assert len(kept) == 1
    one = entry(land, evidence=kept)
    two = entry(land, evidence=kept)
    assert states(land, one, two) == ["saved", "look"]
    assert entries_waiting(actor).get().reason == "likely"
    assert isinstance(decided(land, two, FieldEntry.of(entries_waiting(actor).get().entry)), OfflineEntry)
    assert EventFile.objects.filter(event__key__in=[one.key, two.key], picture=True).count() == 2
    assert OfflineEntry.objects.get().entry == {}


def test_what_two_devices_tell_alike_is_laid_before_a_person_and_dropped(land: World) -> None:
    first, second = entry(land), entry(land)
    assert states(land, first, second) == ["saved", "look"]
    assert isinstance(decided(land, second, None), OfflineEntry)
    again = decided(land, second, None)
    assert isinstance(again, Refusal)
    assert again.code == "stale"
    assert Event.objects.count() == 1
    assert states(land, second) == ["already"]


@pytest.mark.parametrize(("days", "why"), [(1, "future"), (-32, "old")])
def test_a_day_that_cannot_be_right_is_looked_at_and_corrected(land: World, days: int, why: str) -> None:
    one = entry(land, on=TODAY + timedelta(days=days))
    assert reason(land, one) == why
    assert isinstance(decided(land, one, attrs.evolve(one, on=TODAY)), OfflineEntry)
    assert Event.objects.get(key=one.key).on == TODAY
    assert states(land, entry(land, on=TODAY - timedelta(days=31))) == ["saved"]


def test_values_that_make_no_sense_are_looked_at(land: World) -> None:
    one = entry(land, typed={"minutes": "nhiều"})
    assert reason(land, one) == "wrong"
    refused = decided(land, one, one)
    assert isinstance(refused, Refusal)
    assert refused.problems[0].about == "minutes"
    assert isinstance(decided(land, one, attrs.evolve(one, typed={"minutes": "20"})), OfflineEntry)


def test_a_kind_retired_meanwhile_is_looked_at(land: World) -> None:
    one = entry(land)
    Kind.objects.update(retired_on=TODAY)
    assert reason(land, one) == "kind"


def test_an_entry_is_read_by_the_version_that_the_device_knew(land: World) -> None:
    one = entry(land)
    old = KindVersion.objects.get()
    old.state = KindState.ENDED
    old.save()
    fields = (KindField(key="length", label="Dài", type=FieldType.WHOLE, required=True),)
    body = kind_data(attrs.evolve(BROADCAST, fields=fields))
    KindVersion.objects.create(kind=old.kind, number=2, body=body, state=KindState.IN_USE, made_at=NOW, used_at=NOW)
    assert states(land, one) == ["saved"]
    made = Event.objects.get()
    assert (made.kind_version, made.data) == (old, {"minutes": 15})


def test_a_place_voided_meanwhile_is_looked_at(land: World) -> None:
    school = place(land["dong_hoa"], SCHOOL, since=date(2025, 9, 1), body=land["dong_hoa_police"])
    kept = keep_files(actor=officer(land), at=NOW, files=[("a.jpg", camera_picture())]).kept
    one = entry(land, SCHOOL_SESSION, typed={"people": "80"}, place_ids=(school.pk,), evidence=kept)
    two = entry(land, SCHOOL_SESSION, typed={"people": "90"}, time="14:00", place_ids=(school.pk,), evidence=kept)
    assert states(land, one) == ["saved"]
    school.voided_at = NOW
    school.save()
    assert reason(land, two) == "place"
    assert isinstance(decided(land, two, two), Refusal)
    assert isinstance(decided(land, two, attrs.evolve(two, place_ids=())), OfflineEntry)


def ended(land: World, *keys: str) -> None:
    for key, heir in zip(keys, ("tay_hoa", "tay_hoa_police"), strict=True):
        Unit.objects.filter(pk=land[key].pk).update(valid_to=TODAY)
        Succession.objects.create(old=land[key], new=land[heir], on=TODAY, heir=True)


def test_what_was_entered_for_a_merged_unit_goes_to_its_heir(land: World) -> None:
    one = entry(land, on=TODAY - timedelta(days=3))
    ended(land, "dong_hoa", "dong_hoa_police")
    assert states(land, one, unit="tay_hoa_police") == ["saved"]
    made = Event.objects.get()
    assert (made.body, made.area) == (land["tay_hoa_police"], land["tay_hoa"])


def test_who_left_a_unit_lays_entries_before_it_and_nobody_before_strangers(land: World) -> None:
    one = entry(land)
    stranger = officer(land, "tay_hoa_police")
    assert [each.state for each in take_entries(actor=stranger, at=NOW, entries=[one])] == ["refused"]
    former = attrs.evolve(officer(land), unit_id=land["tay_hoa_police"].pk)
    assert [each.state for each in take_entries(actor=former, at=NOW, entries=[one])] == ["look"]
    assert OfflineEntry.objects.get().reason == "unit"
    with pytest.raises(PermissionDenied):
        decide_entry(actor=stranger, at=NOW, entry_id=OfflineEntry.objects.get().pk, version=1, entry=None)
    assert isinstance(decided(land, one, one), OfflineEntry)
    assert Event.objects.get().body == land["dong_hoa_police"]


def test_a_device_takes_along_what_its_unit_may_use(land: World) -> None:
    here = place(land["dong_hoa"], SCHOOL, since=date(2025, 9, 1), name="Trường A", body=land["dong_hoa_police"])
    place(land["binh_giang"], SCHOOL, since=date(2025, 9, 1), name="Trường xa")
    gone = place(land["dong_hoa"], SCHOOL, since=date(2025, 9, 1), name="Trường cũ", body=land["dong_hoa_police"])
    gone.to_on = TODAY
    gone.save()
    actor = officer(land)
    assert [each["id"] for each in field_places(actor, ["school"])] == [here.pk]
    assert [each.pk for each in field_areas(actor)] == [land["dong_hoa"].pk]
    assert field_areas(land.actor("police", "officer"))[0] == land["an_binh"]
