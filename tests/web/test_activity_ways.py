"""Ways to and from an entry: where it was, what it counts for, the form filled, who took over an ended body."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine

from pcmt.apps.activities.models import Event, EventFile, EventPlace
from pcmt.apps.audit.models import Entry
from pcmt.apps.units.models import Succession, Unit
from tests.factories.activities import BROADCAST, HOT_SPOT, RAID, SCHOOL, SCHOOL_SESSION, event, kind, place
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
    school = place(land["dong_hoa"], SCHOOL, since=date(2028, 1, 1), name="Trường A")
    other = place(land["tay_hoa"], SCHOOL, since=date(2028, 1, 1), name="Trường B")
    client = client_of(land)
    choose = client.get(f"/hoat-dong/ghi/?place={school.pk}").content.decode()
    assert f"/hoat-dong/ghi/school_session/?place={school.pk}" in choose
    assert "/hoat-dong/ghi/broadcast/" not in choose
    form = client.get(f"/hoat-dong/ghi/school_session/?place={school.pk}").context["form"]
    assert form["places"].value() == [school.pk]
    for asked in (other.pk, 10**12, "x", -1):
        form = client.get(f"/hoat-dong/ghi/school_session/?place={asked}").context["form"]
        assert form["places"].value() in (None, [])
    answer = client.get("/hoat-dong/ghi/?kind=broadcast&unit=1")
    assert answer.url == "/hoat-dong/ghi/broadcast/?kind=broadcast&unit=1"
    assert client.get("/hoat-dong/ghi/?kind=khong-co").status_code == 200
    above = client_of(land, "an_binh", "standing_office")
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
    kind_id = kind(BROADCAST).kind_id
    for who, writes in ((client, True), (client_of(land, role="leader"), False)):
        page = who.get(f"/hoat-dong/loai/{kind_id}/").content.decode()
        assert ("/loai/broadcast/mau.xlsx" in page, "/hoat-dong/ghi/broadcast/" in page) == (writes, writes)
        assert "/loai/broadcast/xuat.xlsx" in page


def test_an_event_is_shown_on_a_map_of_its_province(land: World) -> None:
    made = event(land["dong_hoa"], on=ON, lat="18.80000", lon="105.70000")
    page = client_of(land).get(f"/hoat-dong/{made.pk}/").content.decode()
    assert "map-small" in page
    assert "look-event" in page


def test_a_place_of_a_kind_that_is_inside_is_not_named_to_others(land: World) -> None:
    there = place(land["dong_hoa"], HOT_SPOT, since=date(2028, 1, 1), name="Ngõ kín")
    made = event(land["dong_hoa"], on=ON)
    EventPlace.objects.create(event=made, place=there)
    assert "Ngõ kín" in client_of(land).get(f"/hoat-dong/{made.pk}/").content.decode()
    assert "Ngõ kín" not in client_of(land, "an_binh", "leader").get(f"/hoat-dong/{made.pk}/").content.decode()


def test_for_a_body_that_ended_while_the_page_stood_open_the_answer_names_the_heir(land: World) -> None:
    above = client_of(land, "an_binh", "standing_office")
    old = land["tay_hoa"]
    for key, heir in (("tay_hoa", "dong_hoa"), ("tay_hoa_police", "dong_hoa_police")):
        Unit.objects.filter(pk=land[key].pk).update(valid_to=ON)
        Succession.objects.create(old=land[key], new=land[heir], on=ON, heir=True)
    answer = sent(above, f_minutes="15", body=old.pk)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "đã kết thúc từ ngày 29/02/2028; ghi cho Xã Đông Hòa" in page
    assert 'value="15"' in page
    assert not Event.objects.exists()
    stranger = client_of(land, "dong_hoa_clinic")
    assert sent(stranger, f_minutes="15", body=old.pk).status_code in (302, 422)
    assert not Event.objects.filter(body=old).exists()


@pytest.mark.parametrize(
    ("who", "own", "other", "province"),
    [
        ("dong_hoa_police", True, False, False),  # an agency of the commune: all that lies in it
        ("dong_hoa", True, False, False),
        ("tay_hoa_police", False, True, False),
        ("health", False, False, True),  # an agency of the province: what is written down for the province itself
        ("an_binh", True, True, True),
    ],
)
def test_agencies_see_the_places_of_the_area_that_they_serve(
    land: World, who: str, own: bool, other: bool, province: bool
) -> None:
    names = {"dong_hoa": "Trường Đông", "tay_hoa": "Trường Tây", "an_binh": "Trường tỉnh"}
    made = {key: place(land[key], SCHOOL, since=date(2028, 1, 1), name=name) for key, name in names.items()}
    hidden = place(land["dong_hoa"], HOT_SPOT, since=date(2028, 1, 1), name="Ngõ kín")
    client = client_of(land, who)
    wanted = {"dong_hoa": own, "tay_hoa": other, "an_binh": province}
    along = {each["name"] for each in client.get("/hoat-dong/thuc-dia/mang-theo/").json()["places"]}
    assert along == {names[key] for key, seen in wanted.items() if seen}
    for key, seen in wanted.items():
        assert client.get(f"/hoat-dong/dia-diem/{made[key].pk}/").status_code == (200 if seen else 404)
    if who == "dong_hoa_police":
        assert client.get(f"/hoat-dong/dia-diem/{made['dong_hoa'].pk}/sua/").status_code == 403
        assert client.get(f"/hoat-dong/dia-diem/{hidden.pk}/").status_code == 404
