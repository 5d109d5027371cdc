"""Workbooks of records and the JSON for other programs: taken in row by row, taken out with all versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, time
from typing import Any
from uuid import uuid4

import attrs
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.activities.models import Event, EventState, KindState, KindVersion, Place, RecordSheet
from pcmt.apps.activities.operations.sheets import purge_sheets
from pcmt.core.schemas import FieldType, KindField, Sensitivity, kind_data
from pcmt.documents import Grid, GridSheet, read_grid
from pcmt.documents.output.grids import write_marked
from tests.factories.activities import BROADCAST, HOT_SPOT, SCHOOL, SCHOOL_SESSION, event, kind, place
from tests.factories.world import NOW, World
from tests.factories.world import world as make_world

pytestmark = pytest.mark.django_db


def client_of(land: World, key: str, role: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role).user_id))
    return client


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land() -> World:
    return make_world()


TODAY = NOW.date()
DAY = date(2026, 2, 2)

SESSION = attrs.evolve(SCHOOL_SESSION, pictures=0)


def workbook(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    """A sheet as an office keeps it: a title, headings, rows, a sum, who made it."""
    sheet = GridSheet(
        "Sheet1", (("THEO DÕI TUYÊN TRUYỀN",), (), *rows, ("Tổng cộng", "", "", "99"), ("Người lập biểu",))
    )
    return SimpleUploadedFile("theo-doi.xlsx", write_marked(Grid((sheet,)), {}))


def cells(answer: Any) -> list[tuple[str, ...]]:
    """The rows of a workbook that was sent to the browser."""
    found = read_grid("a.xlsx", answer.content)
    assert isinstance(found, Grid)
    return list(found.sheets[0].rows)


@pytest.fixture
def officer(land: World) -> Client:
    kind(SESSION)
    place(land["dong_hoa"], SCHOOL, since=date(2026, 1, 1), name="Trường THCS Đông Hòa")
    return client_of(land, "dong_hoa", "officer")


HEADS = ("STT", "Ngày", "Địa điểm", "Số người dự", "Ghi chú")
GOOD = ("1", "02/02/2026", "Trường THCS Đông Hòa", "120", "")
UPLOAD = "/hoat-dong/excel/loai/school_session/"


def sent(client: Client, *rows: tuple[str, ...]) -> RecordSheet:
    answer = client.post(UPLOAD, {"file": workbook(*rows)})
    made = RecordSheet.objects.latest("pk")
    assert answer.status_code == 302, answer.content.decode()
    assert str(made.key) in answer.headers["Location"]
    return made


def test_a_sheet_is_looked_at_and_written_row_by_row(officer: Client) -> None:
    made = sent(officer, HEADS, GOOD, ("2", "31/04/2025", "Trường lạ", "mười", ""), ("3", "03/02/2026", "", "40", ""))
    page = officer.get(f"/hoat-dong/excel/{made.key}/").content.decode()
    assert "Không rõ địa điểm “Trường lạ”" in page
    assert "phải là ngày" in page
    chosen = {"version": made.version, "nhap": ["3", "4", "5"]}
    assert officer.post(f"/hoat-dong/excel/{made.key}/", chosen).status_code == 302
    assert sorted(Event.objects.values_list("on", "data__people", "way")) == [
        (date(2026, 2, 2), 120, "sheet"), (date(2026, 2, 3), 40, "sheet"),
    ]  # fmt: skip
    # sent once more, by a second window: the version is not that of the page any more
    assert officer.post(f"/hoat-dong/excel/{made.key}/", chosen).status_code == 422
    assert Event.objects.count() == 2


def test_a_row_like_an_entry_that_stands_is_asked_about(land: World, officer: Client) -> None:
    event(land["dong_hoa"], SESSION, on=DAY, data={"people": 120})
    made = sent(officer, HEADS, GOOD)
    assert "Có thể đã ghi" in officer.get(f"/hoat-dong/excel/{made.key}/").content.decode()
    officer.post(f"/hoat-dong/excel/{made.key}/", {"version": made.version, "nhap": ["3"]})
    assert Event.objects.count() == 1
    made.refresh_from_db()
    officer.post(f"/hoat-dong/excel/{made.key}/", {"version": made.version, "khac": ["3"]})
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    ("hour", "where", "likely"),
    [
        ("7:30", "Thôn 1", True),  # the same hour, whatever else is said
        ("17:30", "", False),  # another hour of the day
        ("", "", True),  # no hour: the same words at the same place
        ("", "Thôn 1", False),
    ],
)
def test_an_hour_tells_entries_of_one_day_apart(land: World, hour: str, where: str, likely: bool) -> None:
    schema = attrs.evolve(SESSION, asks_time=True)
    kind(schema)
    event(land["dong_hoa"], schema, on=DAY, time=time(7, 10), data={"people": 120})
    made = sent(
        client_of(land, "dong_hoa", "officer"), ("STT", "Ngày", "Giờ", "Nơi thực hiện", "Số người dự"),
        ("1", "02/02/2026", hour, where, "120"),
    )  # fmt: skip
    page = client_of(land, "dong_hoa", "officer").get(f"/hoat-dong/excel/{made.key}/").content.decode()
    assert ("Có thể đã ghi" in page) is likely


def test_an_import_is_taken_back_as_a_whole_and_leaves_no_cells(officer: Client) -> None:
    made = sent(officer, HEADS, GOOD)
    officer.post(f"/hoat-dong/excel/{made.key}/", {"version": made.version, "nhap": ["3"]})
    made.refresh_from_db()
    officer.post(f"/hoat-dong/excel/{made.key}/ket-thuc/", {"version": made.version})
    made.refresh_from_db()
    assert (made.state, made.cells) == ("done", [])
    officer.post(f"/hoat-dong/excel/{made.key}/ket-thuc/", {"version": made.version, "viec": "hoan-tac"})
    assert Event.objects.get().state == EventState.VOIDED


def test_headings_that_nobody_knows_are_asked_for(officer: Client) -> None:
    made = sent(officer, ("A", "B", "C"), ("02/02/2026", "x", "7"))
    page = officer.get(f"/hoat-dong/excel/{made.key}/cot/")
    assert "Chưa nhận ra các cột" in page.content.decode()
    wrong = officer.post(f"/hoat-dong/excel/{made.key}/cot/", {"version": made.version, "head": "2", "c0": ""})
    assert wrong.status_code == 422
    said = {"version": made.version, "head": "2", "c0": "on", "c2": "field.people"}
    assert officer.post(f"/hoat-dong/excel/{made.key}/cot/", said).status_code == 302
    made.refresh_from_db()
    officer.post(f"/hoat-dong/excel/{made.key}/", {"version": made.version, "nhap": ["3"]})
    assert Event.objects.get().data == {"people": 7}


def test_the_empty_form_comes_back_filled(officer: Client) -> None:
    head = next(row for row in cells(officer.get(UPLOAD + "mau.xlsx")) if "Ngày" in row)
    row = tuple({"Ngày": "02/02/2026", "Số người dự": "5"}.get(each, "") for each in head)
    made = sent(officer, head, row)
    officer.post(f"/hoat-dong/excel/{made.key}/", {"version": made.version, "nhap": ["3"]})
    assert Event.objects.get().data == {"people": 5}
    marked = cells(officer.get(f"/hoat-dong/excel/{made.key}/ket-qua.xlsx"))
    assert any("Đã ghi." in text for each in marked for text in each)


def test_places_come_by_a_sheet_too(land: World) -> None:
    kind(SCHOOL)
    client = client_of(land, "dong_hoa", "officer")
    answer = client.post("/hoat-dong/excel/loai/school/", {
        "file": workbook(("Tên", "Từ ngày", "Vĩ độ", "Kinh độ"), ("Trường Tiểu học A", "01/09/2020", "18,5", "105,7"))
    })  # fmt: skip
    assert answer.status_code == 302
    made = RecordSheet.objects.get()
    client.post(f"/hoat-dong/excel/{made.key}/", {"version": made.version, "nhap": ["3"]})
    found = Place.objects.get()
    assert (found.name, found.state, found.lat) == ("Trường Tiểu học A", "working", found.lat)
    assert str(found.lat) == "18.50000"


def test_versions_stand_side_by_side_and_what_is_inside_stays(land: World, officer: Client) -> None:
    event(land["dong_hoa"], SESSION, on=DAY, data={"people": 12})
    first = kind(SESSION)
    KindVersion.objects.filter(pk=first.pk).update(state=KindState.ENDED)
    changed = attrs.evolve(
        SESSION,
        fields=(
            attrs.evolve(SESSION.fields[0], label="Số học sinh dự"),
            KindField(key="remark", label="Nhận xét", type=FieldType.TEXT, sensitivity=Sensitivity.INSIDE),
        ),
    )
    second = KindVersion.objects.create(
        kind=first.kind, number=2, body=kind_data(changed), state=KindState.IN_USE, made_at=NOW, used_at=NOW
    )
    event(land["dong_hoa"], SESSION, on=TODAY, kind_version=second, data={"people": 30, "remark": "Riêng"})
    rows = cells(officer.get(UPLOAD + "xuat.xlsx"))
    assert rows[0][-3:] == ("Số người dự [phiên bản 1]", "Số học sinh dự [phiên bản 2]", "Nhận xét")
    full = [(*row, *[""] * (len(rows[0]) - len(row)))[-3:] for row in rows[1:]]
    assert sorted(full) == [("", "30", "Riêng"), ("12", "", "")]
    leader = cells(client_of(land, "dong_hoa", "leader").get(UPLOAD + "xuat.xlsx"))
    assert not any("Riêng" in row for row in leader)


def test_unfinished_imports_are_emptied_after_a_week(officer: Client) -> None:
    made = sent(officer, HEADS, GOOD)
    RecordSheet.objects.update(made_at=NOW.replace(year=2025))
    assert purge_sheets(at=NOW) == 1
    made.refresh_from_db()
    assert (made.state, made.cells) == ("dropped", [])


def test_other_programs_read_kinds_and_write_events_once(land: World, officer: Client) -> None:
    assert Client().get("/api/v1/kinds/").status_code == 401
    asked = officer.get("/api/v1/kinds/school_session/").json()
    assert asked["schema"]["fields"][0]["key"] == "people"
    said = {"key": str(uuid4()), "on": "2026-02-02", "area": land["dong_hoa"].pk, "data": {"people": 9}}

    def post(body: Any) -> Any:
        return officer.post("/api/v1/kinds/school_session/records/", json.dumps(body), content_type="application/json")

    assert [post(said).status_code, post(said).status_code] == [201, 201]
    assert Event.objects.count() == 1
    wrong = post({**said, "key": str(uuid4()), "on": "2026-02-03", "data": {"people": "chín"}})
    assert (wrong.status_code, wrong.json()["problem"]["field"]) == (422, "people")
    assert post({"nothing": 1}).status_code == 422
    told = officer.get("/api/v1/kinds/school_session/records/?since=2026-02-01").json()
    assert ([each["data"] for each in told["records"]], told["next"]) == ([{"people": 9}], None)
    assert officer.get("/api/v1/kinds/school_session/records/?since=x").status_code == 422
    leader = client_of(land, "dong_hoa", "leader")
    assert (
        leader.post("/api/v1/kinds/school_session/records/", "{}", content_type="application/json").status_code == 403
    )


@pytest.mark.parametrize(
    "change",
    [
        {"title": "có ký tự \x00"},
        {"title": "nửa chữ \ud83d"},
        {"data": {"people": 9, "topic": "\x00"}},
        {"data": {"people": {"a": [1]}}},
        {"data": {"people": 10**400}},
        {"data": {"people": float("inf")}},
        {"data": {"people": float("nan")}},
        {"data": {"people": True, "nobody": "asks"}},
        {"point": ["NaN", "105.7"]},
        {"point": ["18.8", "Infinity"]},
        {"point": ["105.7", "18.8"]},
        {"point": ["1e-400000", "1e999999"]},
        {"point": [18.8]},
        {"point": "18"},
        {"area": 10**30},
        {"body": 10**30},
        {"area": float("inf")},
        {"places": [10**30]},
        {"places": 5},
        {"on": "2026-02-30"},
        {"on": "0001-01-01"},
        {"on": "9999-12-31"},
        {"until": "2026-01-01"},
        {"time": "25:70"},
        {"time": ["7:30"]},
        {"key": "no"},
        {"data": []},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_another_program_sends_is_refused_in_words(land: World, officer: Client, change: Any) -> None:
    said = {"key": str(uuid4()), "on": "2026-02-02", "area": land["dong_hoa"].pk, "data": {"people": 9}, **change}
    answer = officer.post("/api/v1/kinds/school_session/records/", json.dumps(said), content_type="application/json")
    assert (answer.status_code, Event.objects.count()) == (422, 0)
    assert answer.json()["problem"]["message"]


def test_endless_nesting_is_refused(land: World, officer: Client) -> None:
    body = "[" * 99_000 + "]" * 99_000
    assert officer.post(
        "/api/v1/kinds/school_session/records/", body, content_type="application/json"
    ).status_code == 422  # fmt: skip


def test_an_inside_kind_is_not_told_to_others(land: World) -> None:
    place(land["dong_hoa"], HOT_SPOT, since=TODAY, name="Khu vực thử")
    keeper, leader = client_of(land, "dong_hoa", "officer"), client_of(land, "an_binh", "leader")
    assert len(keeper.get("/api/v1/kinds/hot_spot/records/").json()["records"]) == 1
    assert leader.get("/api/v1/kinds/hot_spot/records/").json()["records"] == []
    assert len(cells(leader.get("/hoat-dong/excel/loai/hot_spot/xuat.xlsx"))) == 1


def test_who_only_looks_sends_nothing_in(land: World) -> None:
    kind(BROADCAST)
    assert client_of(land, "dong_hoa", "leader").get("/hoat-dong/excel/loai/broadcast/").status_code == 403
