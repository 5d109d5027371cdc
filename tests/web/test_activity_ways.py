"""Ways to and from an entry: where it was, what it counts for, how one gets to the form, who took over an ended body."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.activities.models import Event, EventFile
from pcmt.apps.audit.models import Entry
from pcmt.core.schemas import KindSchema, Noun
from tests.factories.activities import BROADCAST, RAID, SCHOOL, SCHOOL_SESSION, event, kind, place
from tests.factories.world import World
from tests.factories.world import world as make_world
from tests.web.test_activities import AT, ON, client_of, picture, sent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def land() -> World:
    made = make_world()
    for schema in (BROADCAST, RAID, SCHOOL, SCHOOL_SESSION):
        kind(schema)
    return made


def test_a_picture_is_given_words_and_loses_them_again(land: World) -> None:
    client = client_of(land)
    sent(client, f_minutes="5", evidence=[picture()])
    made, file = Event.objects.get(), EventFile.objects.get()
    url = f"/hoat-dong/tep/{file.pk}/chu-thich/"
    assert client.post(url, {"version": made.version, "caption": "  Loa   thôn 3 "}).status_code == 302
    file.refresh_from_db()
    assert file.caption == "Loa thôn 3"
    assert "Loa thôn 3" in client.get(f"/hoat-dong/{made.pk}/").content.decode()
    assert Entry.objects.filter(event="activities.event.captioned").count() == 1
    assert client.post(url, {"version": made.version, "caption": "khác"}).status_code == 409
    now = Event.objects.get().version
    assert client.post(url, {"version": now, "caption": "a" * 301}).status_code == 422
    assert client.post(url, {"version": now, "caption": ""}).status_code == 302
    assert EventFile.objects.get().caption == ""
    assert client_of(land, "tay_hoa").post(url, {"version": now + 1, "caption": "của xã khác"}).status_code == 404


def test_the_form_begins_with_what_the_address_says_as_far_as_one_may(land: World) -> None:
    school = place(SCHOOL, land["dong_hoa"], on=date(2028, 1, 1), name="Trường A")
    other = place(SCHOOL, land["tay_hoa"], on=date(2028, 1, 1), name="Trường B")
    client = client_of(land)
    choose = client.get(f"/hoat-dong/ghi/?place={school.pk}").content.decode()
    assert f"/hoat-dong/ghi/school_session/?place={school.pk}" in choose
    assert "/hoat-dong/ghi/broadcast/" not in choose
    chosen = f'value="{school.pk}" id="id_places_0" class="form-check-input" checked'
    form = client.get(f"/hoat-dong/ghi/school_session/?place={school.pk}").context["form"]
    assert form["places"].value() == [school.pk], chosen
    for asked in (other.pk, 10**12, "x", -1):
        form = client.get(f"/hoat-dong/ghi/school_session/?place={asked}").context["form"]
        assert form["places"].value() in (None, [])
    answer = client.get("/hoat-dong/ghi/?kind=broadcast&unit=1")
    assert answer.url == "/hoat-dong/ghi/broadcast/?kind=broadcast&unit=1"
    assert client.get("/hoat-dong/ghi/?kind=khong-co").status_code == 200
    above = client_of(land, "an_hoa", "standing_office")
    below = land["dong_hoa"].pk
    assert above.get(f"/hoat-dong/ghi/broadcast/?unit={below}").context["form"]["body"].value() == below
    strange = client.get(f"/hoat-dong/ghi/broadcast/?unit={land['tay_hoa'].pk}").context["form"]
    assert strange.initial["body"] == land["dong_hoa"].pk


def test_lists_and_kinds_lead_to_the_workbooks(land: World) -> None:
    client = client_of(land)
    page = client.get("/hoat-dong/?loai=broadcast&tu=01/02/2028").content.decode()
    assert "/loai/broadcast/mau.xlsx" in page
    assert "/loai/broadcast/xuat.xlsx?tu=2028-02-01" in page
    assert "/loai/broadcast/" in client.get("/hoat-dong/ghi/?excel").content.decode()
    kinds = kind(BROADCAST)
    for who, writes in ((client, True), (client_of(land, role="leader"), False)):
        page = who.get(f"/loai/{kinds.kind.pk}/").content.decode() if hasattr(kinds, "kind") else ""
        assert ("mau.xlsx" in page) is writes or not page


def test_an_event_is_shown_on_a_map_of_its_province(land: World) -> None:
    made = event(BROADCAST, land["dong_hoa"], ON)
    Event.objects.filter(pk=made.pk).update(lat="18.80000", lon="105.70000")
    page = client_of(land).get(f"/hoat-dong/{made.pk}/").content.decode()
    assert "map-small" in page
    assert "look-event" in page


def test_a_place_of_a_kind_that_is_inside_is_not_named_to_others(land: World) -> None:
    spot = KindSchema(code="inside_spot", noun=Noun.PLACE, label="Điểm kín", group="Thử", inside=True, states=SCHOOL.states)
    held = KindSchema(code="held_there", noun=Noun.EVENT, label="Việc ở đó", group="Thử", with_places=("inside_spot",))
    for schema in (spot, held):
        kind(schema)
    there = place(spot, land["dong_hoa"], on=date(2028, 1, 1), name="Ngõ kín")
    made = event(held, land["dong_hoa"], ON, place_ids=(there.pk,))
    assert "Ngõ kín" in client_of(land).get(f"/hoat-dong/{made.pk}/").content.decode()
    assert "Ngõ kín" not in client_of(land, "an_hoa", "leader").get(f"/hoat-dong/{made.pk}/").content.decode()
