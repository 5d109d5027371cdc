"""Pages of events: written down, repeated, put right, taken back, verified; who may not; what is inside stays there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from pcmt.apps.accounts.models import User
from pcmt.apps.activities.models import Event, EventState
from pcmt.core.schemas import FieldType, KindField, KindSchema, Noun, Option, Sensitivity
from tests.factories.activities import BROADCAST, RAID, SCHOOL, SCHOOL_SESSION, event, kind, place
from tests.factories.world import World
from tests.factories.world import world as make_world

AT = datetime(2028, 2, 29, 3, tzinfo=UTC)
ON = date(2028, 2, 29)
EVERYTHING = KindSchema(
    code="everything", noun=Noun.EVENT, label="Đủ loại trường", group="Thử", asks_time=True, spans_days=True,
    fields=(
        KindField(key="whole", label="Số nguyên", type=FieldType.WHOLE, required=True, quick=True),
        KindField(key="decimal", label="Số lẻ", type=FieldType.DECIMAL, places=1),
        KindField(key="money", label="Tiền", type=FieldType.MONEY),
        KindField(key="text", label="Chữ", type=FieldType.TEXT),
        KindField(key="lines", label="Nhiều dòng", type=FieldType.LINES, sensitivity=Sensitivity.INSIDE),
        KindField(key="choice", label="Một", type=FieldType.CHOICE, options=(Option(key="a", label="A"),)),
        KindField(key="choices", label="Nhiều", type=FieldType.CHOICES, options=(Option(key="a", label="A"),)),
        KindField(key="yes", label="Có không", type=FieldType.YES_NO),
        KindField(key="day", label="Ngày nào", type=FieldType.DAY),
        KindField(key="hour", label="Mấy giờ", type=FieldType.TIME),
    ),
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def land() -> World:
    made = make_world()
    for schema in (BROADCAST, RAID, SCHOOL, SCHOOL_SESSION, EVERYTHING):
        kind(schema)
    return made


def client_of(land: World, key: str = "dong_hoa", role: str = "officer") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role, on=ON).user_id))
    return client


def picture() -> SimpleUploadedFile:
    data = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    Image.new("RGB", (40, 30), "green").save(data, "JPEG", exif=exif)
    return SimpleUploadedFile("loa.jpg", data.getvalue(), content_type="image/jpeg")


def sent(client: Client, code: str = "broadcast", **more: Any) -> Any:
    return client.post(f"/hoat-dong/ghi/{code}/", {"key": str(uuid4()), "on": "29/02/2028", **more})


def test_one_screen_one_entry_with_a_picture(land: World) -> None:
    client = client_of(land)
    page = client.get("/hoat-dong/ghi/broadcast/").content.decode()
    assert 'value="29/02/2028"' in page
    assert "capture=" in page
    key = re.search(r'name="key" value="([0-9a-f-]+)"', page)
    assert key is not None
    answer = sent(client, key=key[1], f_minutes="15", evidence=[picture()])
    made = Event.objects.get()
    assert answer.url == f"/hoat-dong/{made.pk}/?da-ghi"
    assert (made.on, made.data, made.body, made.area) == (ON, {"minutes": 15}, land["dong_hoa"], land["dong_hoa"])
    sent(client, key=key[1], f_minutes="15")
    assert Event.objects.count() == 1
    file = made.files.get()
    assert (file.picture, len(file.sha256)) == (True, 64)
    data = b"".join(client.get(f"/hoat-dong/tep/{file.pk}/").streaming_content)  # type: ignore[attr-defined]
    assert b"PhoneMaker" not in data
    assert client.get(f"/hoat-dong/tep/{file.pk}/nho/").status_code == 200
    assert client_of(land, "tay_hoa").get(f"/hoat-dong/tep/{file.pk}/").status_code == 404
    shown = client.get(answer.url).content.decode()
    assert "Ghi thêm một lần nữa" in shown
    assert "loa.jpg" in shown
    again = client.get("/hoat-dong/ghi/broadcast/?lap-lai").content.decode()
    assert 'value="15"' in again


def test_what_is_missing_keeps_what_was_typed_and_sent(land: World) -> None:
    client = client_of(land)
    answer = sent(client, "school_session", f_people="ba", evidence=[picture()])
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Số người dự phải là số nguyên" in page
    assert 'value="ba"' in page
    token = re.search(r'name="kept" value="([^"]+)"', page)
    assert token is not None
    assert sent(client, "school_session", f_people="30", kept=token[1]).status_code == 302
    assert Event.objects.get().files.count() == 1
    other = client_of(land, "tay_hoa")
    assert sent(other, "school_session", f_people="30", kept=token[1]).status_code == 422


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("f_whole", "1,5"), ("f_whole", "-1"), ("f_whole", ""), ("f_decimal", "1,55"), ("f_money", "mười"),
        ("f_text", "x" * 301), ("f_lines", "x" * 4001), ("f_choice", "zz"), ("f_choices", "zz"), ("f_yes", "zz"),
        ("f_day", "30/02/2028"), ("f_hour", "25:00"), ("on", "30/02/2028"), ("on", "01/03/2028"), ("on", ""),
        ("until", "01/02/2028"), ("time", "99"), ("point", "1 2"), ("point", "abc"), ("area", "999999"),
    ],
)  # fmt: skip
def test_bad_values_are_named(land: World, name: str, typed: str) -> None:
    answer = sent(client_of(land), "everything", **{"f_whole": "1", name: typed})
    assert (answer.status_code, Event.objects.count()) == (422, 0)
    assert 'aria-invalid="true"' in answer.content.decode() or "field-wrong" in answer.content.decode()


def test_what_looks_the_same_asks_once(land: World) -> None:
    client = client_of(land)
    sent(client)
    twice = sent(client)
    assert twice.status_code == 422
    assert 'name="again"' in twice.content.decode()
    assert sent(client, again="on").status_code == 302
    assert Event.objects.count() == 2


def test_put_right_taken_back_and_brought_back(land: World) -> None:
    client = client_of(land)
    made = event(land["dong_hoa"], on=ON, data={"minutes": 10})
    fixed = {"on": "28/02/2028", "f_minutes": "20", "area": land["dong_hoa"].pk}
    title = {"title": made.title}
    assert client.post(f"/hoat-dong/{made.pk}/sua/", {**fixed, **title, "version": 9}).status_code == 409
    assert client.post(f"/hoat-dong/{made.pk}/sua/", {**fixed, **title, "version": 1}).status_code == 302
    made.refresh_from_db()
    assert (made.data, made.on, made.version) == ({"minutes": 20}, date(2028, 2, 28), 2)
    assert client.post(f"/hoat-dong/{made.pk}/bo/", {"version": 2}).status_code == 422
    assert client.post(f"/hoat-dong/{made.pk}/bo/", {"version": 2, "words": "Ghi nhầm"}).status_code == 302
    page = client.get(f"/hoat-dong/{made.pk}/").content.decode()
    assert "Trước đó: Thời lượng: 10" in page
    assert "Ghi nhầm" in page
    assert str(made.pk) not in re.findall(r'href="/hoat-dong/(\d+)/"', client.get("/hoat-dong/").content.decode())
    assert client.post(f"/hoat-dong/{made.pk}/lay-lai/", {"version": 3}).status_code == 302
    for key in ("tay_hoa", "binh_giang_police"):
        other = client_of(land, key)
        assert other.get(f"/hoat-dong/{made.pk}/").status_code == 404
        assert other.post(f"/hoat-dong/{made.pk}/bo/", {"version": 4, "words": "x"}).status_code == 404
    leader = client_of(land, "dong_hoa", "leader")
    assert leader.get(f"/hoat-dong/{made.pk}/").status_code == 200
    assert leader.post(f"/hoat-dong/{made.pk}/bo/", {"version": 4, "words": "x"}).status_code == 403
    assert leader.get("/hoat-dong/ghi/broadcast/").status_code == 403


def test_the_level_above_verifies_many_at_once(land: World) -> None:
    rows = [event(land["dong_hoa"], RAID, on=ON, data={"cases": n}, state=EventState.WAITING) for n in (1, 2)]
    own = event(land["police"], RAID, on=ON, data={"cases": 3}, state=EventState.WAITING)
    client = client_of(land, "police", "standing_office")
    page = client.get("/hoat-dong/xac-minh/").content.decode()
    assert page.count('name="chosen"') == 2
    assert "2 hoạt động chờ xác minh" in client.get("/").content.decode()
    client.post("/hoat-dong/xac-minh/", {"chosen": [f"{each.pk}.1" for each in (*rows, own)]})
    states = dict(Event.objects.values_list("pk", "state"))
    assert states == {rows[0].pk: "verified", rows[1].pk: "verified", own.pk: "waiting"}
    stale = client.post("/hoat-dong/xac-minh/", {"chosen": [f"{rows[0].pk}.1", "x", "1.2.3"]})
    assert stale.status_code == 422
    assert client_of(land).get("/hoat-dong/xac-minh/").status_code == 403


def test_the_list_costs_the_same_however_long_and_pages_by_keys(land: World) -> None:
    client = client_of(land)
    for number in range(3):
        event(land["dong_hoa"], SCHOOL_SESSION, on=ON, data={"people": 7}, title=f"Buổi {number}")
    client.get("/hoat-dong/?loai=school_session")
    with CaptureQueriesContext(connection) as few:
        page = client.get("/hoat-dong/?loai=school_session").content.decode()
    assert re.search(r"Số người dự: <strong>21</strong>", page)
    version = kind(SCHOOL_SESSION)
    Event.objects.bulk_create(
        Event(
            kind=version.kind, kind_version=version, body=land["dong_hoa"], area=land["dong_hoa"], title=f"Thêm {n}",
            on=date(2028, 1, 1 + n % 28), made_at=AT, changed_at=AT, data={"people": 1},
        )
        for n in range(90)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        page = client.get("/hoat-dong/?loai=school_session").content.decode()
    assert len(many) == len(few)
    seen = set(re.findall(r'href="/hoat-dong/(\d+)/"', page))
    while found := re.search(r'href="(\?[^"]*sau=[^"]+)" rel="next"', page):
        page = client.get("/hoat-dong/" + found[1].replace("&amp;", "&")).content.decode()
        more = set(re.findall(r'href="/hoat-dong/(\d+)/"', page))
        assert not more & seen
        seen |= more
    assert len(seen) == 93


def test_filters_and_the_month(land: World) -> None:
    client = client_of(land)
    held = event(land["dong_hoa"], on=ON, title="Loa sớm", where="Chợ")
    other = event(land["dong_hoa_police"], RAID, on=date(2028, 3, 1), data={"cases": 1}, state=EventState.WAITING)
    office = client_of(land, "dong_hoa_police", "standing_office")

    def listed(query: str) -> set[int]:
        found = office.get(f"/hoat-dong/?{query}").content.decode()
        return {int(each) for each in re.findall(r'href="/hoat-dong/(\d+)/"', found)}

    assert listed("") == {held.pk, other.pk}
    assert listed("q=ch%E1%BB%A3") | listed("q=Ch%E1%BB%A3") == {held.pk}
    assert listed("nhom=%C4%90%E1%BA%A5u+tranh") == listed("tinh_trang=waiting") == listed("tu=1/3/2028") == {other.pk}
    assert listed("den=29/02/2028") == listed("loai=broadcast") == {held.pk}
    assert "Loa sớm" in client.get("/hoat-dong/lich/").content.decode()
    assert "Loa sớm" not in client.get("/hoat-dong/lich/?thang=2028-01").content.decode()
    assert client.get("/hoat-dong/lich/?thang=9999-99").status_code == 200
    assert client.get("/hoat-dong/?sau=x.y&tu=abc&don_vi=zz").status_code == 200


def test_what_is_inside_is_for_those_who_keep_it(land: World) -> None:
    made = event(land["dong_hoa"], EVERYTHING, on=ON, data={"whole": 1, "lines": "chỉ nội bộ"})
    assert "chỉ nội bộ" in client_of(land).get(f"/hoat-dong/{made.pk}/").content.decode()
    assert "chỉ nội bộ" not in client_of(land, "an_binh", "leader").get(f"/hoat-dong/{made.pk}/").content.decode()


def test_a_place_and_more_files(land: World) -> None:
    client = client_of(land)
    school = place(land["dong_hoa"], SCHOOL, since=date(2027, 1, 1), name="Trường Đông Hòa")
    answer = sent(client, "school_session", f_people="30", places=[school.pk], evidence=[picture()])
    page = client.get(answer.url).content.decode()
    assert "Trường Đông Hòa" in page
    made = Event.objects.get()
    more = {"version": made.version, "evidence": [SimpleUploadedFile("ghi.txt", b"bien ban")]}
    assert client.post(f"/hoat-dong/{made.pk}/minh-chung/", more).status_code == 302
    assert made.files.count() == 2
    assert client.post(f"/hoat-dong/{made.pk}/minh-chung/", {"version": 2}).status_code == 422
