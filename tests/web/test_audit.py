"""The log for auditors: what they find in it, what nobody else does, and what pages tell it."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation

from pcmt.apps.accounts.models import Actor, Grant, Role, User
from pcmt.apps.audit.models import Entry
from pcmt.apps.audit.operations import Thing, record
from pcmt.apps.audit.origin import Origin, origin_is
from pcmt.apps.audit.queries import verify
from pcmt.apps.tasks.models import DueItem, NoteFile
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind
from pcmt.web.audit.words import EVENTS, OBJECTS, WORDS
from tests.web.counting import statements
from tests.web.province import Province, build

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
LOG = "/nhat-ky/"
PASSWORD = "mot-mat-khau-dai-1"


@pytest.fixture
def province() -> Province:
    made = build(TODAY, tasks=20, communes=6, targets=4)
    auditor(made)
    return made


def auditor(province: Province, unit: Unit | None = None, name: str = "auditor") -> User:
    user = User.objects.create(username=name, full_name="Cao Thị Bích Vân", password=make_password(PASSWORD))
    Grant.objects.create(user=user, role=Role.AUDITOR, unit=unit or province.seat)
    province.users[name] = user
    return user


def signed_in(province: Province, username: str = "auditor") -> Client:
    client = Client()
    client.force_login(province.users[username])
    return client


def acting(province: Province, username: str) -> Actor:
    user = province.users[username]
    grant = user.grants.get()
    return Actor(user.pk, user.full_name, grant.role, grant.unit_id, grant.unit.name, TODAY, grant.pk)


def told(client: Client, **query: Any) -> str:
    answer = client.get(LOG, query)
    assert answer.status_code == 200
    html = answer.content.decode()
    return html[html.index("<main") :]


def rows(html: str) -> int:
    return html.count('class="nowrap" data-label="Từ máy"')


def write(province: Province, username: str | None, event: str = "tasks.due.reported", **more: Any) -> Entry:
    obj = more.pop("obj", Thing("tasks.DueItem", "999999", more.pop("label", "Việc thử")))
    actor = acting(province, username) if username else None
    return record(at=more.pop("at", timezone.now()), actor=actor, event=event, obj=obj, **more)


# --- who may


@pytest.mark.parametrize("path", [LOG, f"{LOG}muc/plans.Plan/1/", f"{LOG}tai-ve/csv/"])
def test_only_auditors_read_the_log(province: Province, path: str) -> None:
    assert {
        name: signed_in(province, name).get(path).status_code for name in ("office", "leader", "officer", "ward")
    } == dict.fromkeys(("office", "leader", "officer", "ward"), 403)
    assert Client().get(path).status_code == 302
    assert "Nhật ký" not in re.findall(r"<nav class=\"side\".*?</nav>", page_of(province, "leader"), re.DOTALL)[0]
    assert LOG in re.findall(r"<nav class=\"side\".*?</nav>", page_of(province, "auditor"), re.DOTALL)[0]


def page_of(province: Province, name: str) -> str:
    return signed_in(province, name).get("/").content.decode()


def test_an_auditor_changes_nothing(province: Province) -> None:
    client = signed_in(province)
    due = DueItem.objects.filter(state="open", task__isnull=False)[0]
    assert client.get(f"/nhiem-vu/{due.pk}/").status_code == 200
    assert "Lưu tiến độ" not in client.get(f"/nhiem-vu/{due.pk}/").content.decode()
    client.post(f"/nhiem-vu/{due.pk}/tien-do/", {"version": due.version, "percent": 50})
    due.refresh_from_db()
    assert due.percent != 50
    assert client.get("/ke-hoach/moi/").status_code == 403
    assert "Báo tiến độ" not in page_of(province, "auditor")


def test_an_auditor_sees_the_part_of_the_tree_as_it_stood_on_the_day(province: Province) -> None:
    """A body that left is seen up to that day, a body that came from then on; strangers never."""
    ward, health = Unit.objects.get(name="Xã Đồng Tâm 1"), Unit.objects.get(name="Sở Y tế")
    auditor(province, health, "narrow")
    leaves = date(2026, 3, 2)
    UnitClosure.objects.filter(ancestor=province.seat, descendant=ward).update(valid_to=leaves)
    on = datetime(2026, 3, 1, 3, tzinfo=UTC)
    write(province, "ward", at=on, label="việc trước khi chuyển")
    write(province, "ward", at=on + timedelta(days=1), label="việc sau khi chuyển")
    write(province, "officer", label="việc của sở")
    write(province, None, label="việc của chương trình")
    html = told(signed_in(province))
    assert ("trước khi chuyển" in html, "sau khi chuyển" in html, "việc của sở" in html) == (True, False, True)
    assert "việc của chương trình" in html, "nothing stands above this unit"
    html = told(signed_in(province, "narrow"))
    assert ("khi chuyển" in html, "việc của sở" in html, "của chương trình" in html) == (False, True, False)


# --- what it shows


def test_filters(province: Province) -> None:
    write(province, "officer", label="Rà soát danh sách", at=datetime(2026, 2, 3, 3, tzinfo=UTC))
    write(province, "office", event="plans.items.accepted", label="Kế hoạch 12")
    client = signed_in(province)
    mine = {"ten": "ra soat DANH sách"}
    assert rows(told(client, **mine)) == 1
    for query in (
        {"nguoi": "minh chau"}, {"nguoi": "Minh Châu"}, {"don_vi": "so y te"}, {"viec": "tasks.due.reported"},
        {"loai": "tasks.DueItem", "den": "2026-02-03"}, {"tu": "2026-02-03", "den": "2026-02-03"}, {"viec": "ghi"},
    ):  # fmt: skip
        html = told(client, **query, **mine)
        assert rows(html) == 1, query
        assert "Lê Hoàng Minh Châu" in html
    for query in (
        {"nguoi": "huong giang"}, {"don_vi": "cong an"}, {"viec": "plans.items.accepted"}, {"loai": "plans.Plan"},
        {"tu": "2026-02-04"}, {"den": "2026-02-02"}, {"viec": "xem"}, {"lan": "0" * 32},
    ):  # fmt: skip
        assert rows(told(client, **query, **mine)) == 0, query
    for nonsense in ({"viec": "x"}, {"tu": "hôm nay"}, {"lan": "'"}, {"loai": "jobs.Cron"}, {"trang": "99"}):
        assert rows(told(client, **nonsense, **mine)) == 1, nonsense


def test_one_request_is_one_change_set(province: Province) -> None:
    with origin_is(Origin(request_id="a" * 32, address="10.0.0.8")):
        for number in range(3):
            write(province, "officer", label=f"Bước {number}", reason=f"lý do {number}")
        write(province, "officer", event="plans.plan.exported", label="Kế hoạch")
    client = signed_in(province)
    html = told(client, nguoi="Minh Châu")
    assert rows(html) == 1
    assert html.count("<li>") == 3
    head = html.split("act-head")[1].split("</div>")[0]
    assert "Bước 2" in head, "the headline is the last change, not the download after it"
    assert "và 3 việc trong cùng lần gửi" in html
    assert "10.0.0.8" in html
    html = told(client, viec="xem")
    assert rows(html) == 1
    assert "Cùng lần gửi này còn 3 việc" in html
    assert rows(told(client, lan="a" * 32)) == 1


def test_entries_are_told_in_words(province: Province) -> None:
    write(
        province,
        "officer",
        before={"percent": 20, "state": "open", "unit": 15},
        after={"percent": 45, "state": "done", "unit": 16, "role": "leader", "from": "2026-01-02", "x": {"a": 1}},
        reason="Đã họp",
    )
    html = told(signed_in(province), ten="viec thu")
    for words in (
        "Báo tiến độ", "Việc có hạn", "tiến độ (%): 20 → 45", "tình trạng: chưa xong → đã xong", "vai trò: Lãnh đạo",
        "từ ngày: 02/01/2026", "Đã họp", "Cán bộ · Sở Y tế",
    ):  # fmt: skip
        assert words in html
    for code in ("đơn vị tính", "{", "tasks.due.reported</", "None"):
        assert code not in html.split("<table")[1]


def test_pages_and_statements(province: Province) -> None:
    """However long the log, a page costs the same."""

    def cost(path: str) -> tuple[int, int]:
        with statements() as queries:
            answer = client.get(path)
        assert answer.status_code == 200
        assert len(answer.content) < 300_000
        return len(queries), rows(answer.content.decode())

    client = signed_in(province)
    about = Thing("plans.Plan", str(province.plan.pk), str(province.plan))
    paths = [LOG, f"{LOG}?nguoi=giang&don_vi=cong&ten=ke+hoach", f"{LOG}muc/plans.Plan/{province.plan.pk}/"]

    def fill(count: int) -> None:
        for number in range(count):
            with origin_is(Origin(request_id=f"{number % 3:032x}" if number % 2 else "")):
                write(province, ("office", "officer", "ward")[number % 3], event="plans.item.edited", obj=about)

    fill(5)
    client.get(LOG)
    small = [cost(path)[0] for path in paths]
    fill(100)
    large = [cost(path) for path in paths]
    assert [queries for queries, _rows in large] == small
    assert max(small) <= 16, small
    assert next(shown for _queries, shown in large) < 50
    assert "Trang 1/3" in told(client)
    with translation.override("vi"):
        assert rows(told(client, trang="3")) > 0


def test_who_touched_a_plan(province: Province) -> None:
    officer = signed_in(province, "officer")
    plan = province.plan
    for name in ("ke-hoach.xlsx", "ke-hoach.json"):
        assert officer.get(f"/ke-hoach/{plan.pk}/tai-ve/{name}").status_code == 200
    due = DueItem.objects.filter(plan=plan, unit__name="Sở Y tế", state="open", task__isnull=False)[0]
    officer.post(f"/nhiem-vu/{due.pk}/tien-do/", {"version": due.version, "percent": "60", "note": "x"})
    client = signed_in(province)
    html = client.get(f"{LOG}muc/plans.Plan/{plan.pk}/").content.decode()
    table = html[html.index("<main") :].split("</table>")[0]
    lines = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    found = {
        re.sub(r"<[^>]+>", "", re.findall(r"<a[^>]*>(.*?)</a>", line)[0]): re.findall(
            r'<td class="num"[^>]*>(\d+)<', line
        )
        for line in lines
        if "<td" in line
    }
    assert found["Lê Hoàng Minh Châu"] == ["2", "1"]
    assert found["Nguyễn Thị Hương Giang"][1] == "3"
    assert plan.title in html
    assert f'href="/ke-hoach/{plan.pk}/"' in html
    # from the thing to its log and back; others have no such link
    for address in (f"/ke-hoach/{plan.pk}/lich-su/", f"/nhiem-vu/{due.pk}/"):
        assert "Ai đã xem, ghi mục này" in client.get(address).content.decode()
        assert "Ai đã xem, ghi mục này" not in officer.get(address).content.decode()
    history = client.get(f"/ke-hoach/{plan.pk}/lich-su/").content.decode()
    assert "Tải kế hoạch về" not in history, "who only looked is for the log"


@pytest.mark.parametrize("path", ["plans.Plan/999999/", "no.Such/1/", "plans.Plan/x/", "accounts.User/999999/"])
def test_a_thing_that_is_not_there(province: Province, path: str) -> None:
    assert signed_in(province).get(f"{LOG}muc/{path}").status_code == 404


def test_a_thing_that_is_gone_still_has_its_log(province: Province) -> None:
    write(province, "officer", label="Việc đã mất")
    assert "Việc đã mất" in signed_in(province).get(f"{LOG}muc/tasks.DueItem/999999/").content.decode()


def test_a_thing_of_somebody_elses_unit_is_not_there(province: Province) -> None:
    elsewhere = Unit.objects.create(
        name="Tỉnh Khác", search_key="tinh khac", sort_key="tinh", kind=UnitKind.ADMINISTRATIVE, level=Level.PROVINCE
    )
    UnitClosure.objects.create(ancestor=elsewhere, descendant=elsewhere, depth=0)
    auditor(province, elsewhere, "elsewhere")
    client = signed_in(province, "elsewhere")
    assert client.get(f"{LOG}muc/plans.Plan/{province.plan.pk}/").status_code == 404
    assert province.plan.title not in told(client)
    data = b"".join(client.get(f"{LOG}tai-ve/csv/?muc=plans.Plan:{province.plan.pk}")).decode()  # type: ignore[arg-type]
    assert len(data.splitlines()) == 1


# --- the very view as a file


def test_the_export_is_the_view_and_is_logged(province: Province) -> None:
    write(province, "officer", label="Rà soát", reason="=cmd")
    client = signed_in(province)
    html = told(client, nguoi="minh chau", ten="ra soat")
    (address,) = re.findall(r'href="(/nhat-ky/tai-ve/csv/[^"]*)"', html)
    answer: Any = client.get(address.replace("&amp;", "&"))
    assert answer["Content-Disposition"].startswith('attachment; filename="nhat-ky-')
    data = list(csv.DictReader(io.StringIO(b"".join(answer).decode().removeprefix("\ufeff"))))
    assert [(row["actor_name"], row["object_label"], row["reason"]) for row in data] == [
        ("Lê Hoàng Minh Châu", "Rà soát", "'=cmd")
    ]
    last = Entry.objects.order_by("-pk")[0]
    assert (last.event, last.actor_role, last.actor_name) == ("audit.entries.exported", "auditor", "Cao Thị Bích Vân")
    assert last.after == {"format": "csv", "filter": "Người: minh chau; Đối tượng: ra soat"}
    answer = client.get(f"{LOG}tai-ve/jsonl/?muc=tasks.DueItem:999999")
    found = [json.loads(line) for line in b"".join(answer).decode().splitlines()]
    assert [row["object_label"] for row in found] == ["Rà soát"]
    assert client.get(f"{LOG}tai-ve/xml/").status_code == 404
    assert "định dạng: csv" in told(client, viec="audit.entries.exported")


# --- what pages tell the log


def test_signing_in_and_out_is_told(province: Province) -> None:
    User.objects.filter(username="officer").update(password=make_password(PASSWORD))
    client = Client(REMOTE_ADDR="10.9.8.7")
    client.post("/dang-nhap/", {"username": "officer", "password": "sai"})
    client.post("/dang-nhap/", {"username": "officer", "password": PASSWORD})
    client.post("/dang-xuat/")
    client.post("/dang-nhap/", {"username": "mat-khau-go-nham", "password": "x"})
    client.post("/dang-nhap/", {"username": "officer"})
    kept = list(Entry.objects.filter(event__startswith="accounts.session").order_by("pk"))
    user = province.users["officer"]
    assert [entry.event.rsplit(".")[-1] for entry in kept] == ["refused", "opened", "closed", "refused"]
    assert [entry.actor_id for entry in kept] == [None, user.pk, user.pk, None]
    assert {entry.address for entry in kept} == {"10.9.8.7"}
    assert all(len(entry.request_id) == 32 for entry in kept)
    assert kept[1].grant_id == kept[2].grant_id == user.grants.get().pk
    # Whose business a refused sign-in is: the unit of the account; a name that nobody has is not kept.
    assert (kept[0].actor_unit, kept[0].object_id) == ("Sở Y tế", str(user.pk))
    assert "mat-khau" not in json.dumps(list(Entry.objects.values()), default=str)
    assert rows(told(signed_in(province), nguoi="chua dang nhap")) == 2
    html = told(signed_in(province), nguoi="minh chau")
    assert all(word in html for word in ("Đăng nhập không được", "Đăng xuất", "10.9.8.7"))


def test_somebody_without_role_signs_in(province: Province) -> None:
    User.objects.filter(username="stranger").update(password=make_password(PASSWORD))
    Client().post("/dang-nhap/", {"username": "stranger", "password": PASSWORD})
    entry = Entry.objects.get(event="accounts.session.opened")
    assert (entry.actor_name, entry.actor_role, entry.actor_unit_id) == ("Đỗ Khánh Vân", "", None)


def test_downloads_are_told(province: Province) -> None:
    client = signed_in(province, "office")
    plan = province.plan
    for name in ("ke-hoach.json", "ke-hoach.akn.xml", "ke-hoach.xlsx", "phan-cong.docx"):
        assert client.get(f"/ke-hoach/{plan.pk}/tai-ve/{name}").status_code == 200
    found = Entry.objects.filter(event="plans.plan.exported", object_id=str(plan.pk)).order_by("pk")
    assert [entry.after for entry in found] == [{"format": each} for each in ("json", "akn", "xlsx", "docx")]
    client.get("/nhiem-vu/bang-tinh.xlsx?trang_thai=qua-han")
    assert Entry.objects.get(event="tasks.list.exported").after == {"format": "xlsx", "filter": "Tình trạng: Quá hạn"}


def test_a_file_of_a_note_is_told(province: Province) -> None:
    officer = signed_in(province, "officer")
    due = DueItem.objects.filter(unit__name="Sở Y tế", state="open", task__isnull=False)[0]
    officer.post(
        f"/nhiem-vu/{due.pk}/tien-do/",
        {"version": due.version, "percent": "60", "evidence": io.BytesIO("biên bản".encode())},
    )
    answer: Any = officer.get(f"/nhiem-vu/tep/{NoteFile.objects.get().pk}/")
    assert b"".join(answer.streaming_content) == "biên bản".encode()
    entry = Entry.objects.get(event="tasks.file.downloaded")
    assert (entry.object_type, entry.object_id) == ("tasks.DueItem", str(due.pk))


def test_prints_are_told(province: Province) -> None:
    client = signed_in(province, "officer")
    plan, due = province.plan, DueItem.objects.filter(unit__name="Sở Y tế")[0]
    address = re.findall(r'data-printed="([^"]+)"', client.get("/").content.decode())[0]
    for path in (f"/ke-hoach/{plan.pk}/phan-cong/", f"/nhiem-vu/{due.pk}/", "/nhiem-vu/"):
        assert client.post(address, {"path": path}).status_code == 204
    found = Entry.objects.filter(event__endswith=".printed").order_by("pk")
    assert [(entry.event, entry.object_id) for entry in found] == [
        ("plans.plan.printed", str(plan.pk)), ("tasks.due.printed", str(due.pk)), ("web.page.printed", "/nhiem-vu/"),
    ]  # fmt: skip
    assert client.post(address, {"path": "/khong-co/"}).status_code == 422
    assert client.post(address, {"path": "/ke-hoach/999999/"}).status_code == 204
    assert Entry.objects.order_by("-pk")[0].object_type == "web.Page", "what may not be seen is not named"
    assert client.get(address).status_code == 405
    assert "data-printed" not in Client().get("/dang-nhap/").content.decode()


def test_every_event_and_every_kind_of_object_has_words(root: Path) -> None:
    named: set[str] = set()
    for folder in ("apps", "web"):
        for file in (root / "src/pcmt" / folder).rglob("*.py"):
            if "migrations" in file.parts or file.name == "words.py":
                continue
            text = file.read_text(encoding="utf-8")
            named |= set(re.findall(r'"([a-z]+\.[a-z]+\.[a-z_]+)"', text))
    events = {name for name in named if name.split(".")[0] in {*OBJECTS_ROOMS, "web"}}
    assert events - set(WORDS) == set()
    assert set(WORDS) - events == set()
    assert sum(len(group) for group in EVENTS.values()) == len(WORDS)


OBJECTS_ROOMS = {label.split(".")[0] for label in OBJECTS}


def test_the_log_stays_whole_through_it_all(province: Province) -> None:
    client = signed_in(province)
    client.get(f"{LOG}tai-ve/csv/")
    with transaction.atomic():
        write(province, "officer")
    assert verify().problems == ()
    assert settings.TIME_ZONE == "Asia/Ho_Chi_Minh"
