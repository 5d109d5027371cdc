"""Pages of usual bodies and of importing lists of units."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pcmt.apps.accounts.models import User
from pcmt.apps.audit.models import Entry
from pcmt.apps.units.models import ImportState, Unit, UnitImport
from pcmt.apps.units.operations import create_unit
from tests.factories.sheets import read_back, workbook
from tests.factories.world import World
from tests.factories.world import world as make_world

pytestmark = pytest.mark.django_db
HEAD = ["Loại", "Tên", "Xã, phường", "Mã"]


@pytest.fixture
def land() -> World:
    return make_world()


def client_of(land: World, key: str = "police", role: str = "standing_office") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role).user_id))
    return client


def send(client: Client, rows: list[list[Any]], kind: str = "hamlets", name: str = "thon.xlsx") -> Any:
    file = SimpleUploadedFile(name, workbook(rows))
    return client.post(reverse("bodies:imports"), {"kind": kind, "file": file}, follow=True)


def text(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def test_a_list_is_looked_at_then_imported_then_undone(land: World) -> None:
    client = client_of(land)
    page = send(client, [HEAD, ["Thôn", "Một", "Đông Hòa", "M1"], ["Xứ", "Hai", "Đông Hải", ""]])
    made = UnitImport.objects.get()
    assert "Xem trước kết quả nhập" in text(page)
    assert "<strong>A3</strong> “Xứ” không phải loại thôn" in text(page)
    assert "<strong>C3</strong> Không có “Đông Hải” trong Tỉnh An Bình." in text(page)
    assert Unit.objects.filter(level="hamlet").count() == 0
    every = client.get(reverse("bodies:preview", args=[made.pk]), {"xem": "tat-ca"})
    seen = every.context["digest"]
    assert "Nhập 1 dòng" in text(every)
    done = client.post(reverse("bodies:commit", args=[made.pk]), {"seen": seen}, follow=True)
    assert "Đã thêm 1 đơn vị, sửa 0 đơn vị." in text(done)
    assert Unit.objects.get(level="hamlet").name == "Thôn Một"
    undone = client.post(reverse("bodies:undo", args=[made.pk]), follow=True)
    assert "Đã hoàn tác" in text(undone)
    assert not Unit.objects.filter(level="hamlet").exists()
    log = client_of(land, "an_binh", "auditor").get(reverse("audit:list"))
    assert "Nhập danh sách đơn vị" in text(log)
    assert "Hoàn tác lần nhập đơn vị" in text(log)


def test_what_changed_meanwhile_is_shown_again(land: World) -> None:
    client = client_of(land)
    send(client, [HEAD, ["Thôn", "Một", "Đông Hòa", ""]])
    made = UnitImport.objects.get()
    seen = client.get(reverse("bodies:preview", args=[made.pk])).context["digest"]
    create_unit(
        actor=None, at=timezone.now(), name="Thôn Một", kind="administrative", level="hamlet",
        parent_id=land["dong_hoa"].pk,
    )  # fmt: skip
    answer = client.post(reverse("bodies:commit", args=[made.pk]), {"seen": seen})
    assert answer.status_code == 409
    assert "đã thay đổi từ lúc bạn xem trước" in text(answer)
    assert Unit.objects.filter(level="hamlet").count() == 1


def test_the_file_comes_back_with_colours_and_reasons(land: World) -> None:
    client = client_of(land)
    send(
        client,
        [["DANH SÁCH"], HEAD, ["Thôn", "Một", "Đông Hòa", "007"], ["Xứ", "Hai", "Đông Hải", ""], ["Tổng cộng: 2"]],
    )
    made = UnitImport.objects.get()
    answer = client.get(reverse("bodies:marked", args=[made.pk]))
    sheet = read_back(answer.content).worksheets[0]
    assert [cell.value for cell in sheet[3]] == ["Thôn", "Một", "Đông Hòa", "007", "Mới: Thôn Một, Xã Đông Hòa"]
    assert sheet["A4"].fill.fgColor.rgb == "FFF8D7DA"
    assert sheet["A4"].comment.text == "“Xứ” không phải loại thôn, bản, tổ dân phố, khối, ấp…"
    assert sheet["B4"].fill.fgColor.rgb == "FFFFFFFF"
    assert sheet["E4"].value.startswith("A4: “Xứ” không phải loại")
    assert sheet["E2"].value == "Kết quả kiểm tra"
    assert Entry.objects.filter(event="units.import.downloaded").count() == 1
    # Put right where it says, the same file goes through.
    sheet["A4"], sheet["C4"] = "Thôn", "Đông Hòa"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    again = send(client, rows)
    assert again.context["counts"] == {"new": 2, "changed": 0, "wrong": 0, "same": 0}


@pytest.mark.parametrize("kind", ["hamlets", "schools", "bodies"])
def test_the_form_to_fill_in_comes_back_as_it_was(land: World, kind: str) -> None:
    """What is there stands in it, and sent in unchanged everything is known."""
    for name, level in (("Thôn Một", "hamlet"), ("Tổ dân phố 07", "hamlet"), ("Trường THCS Đông Hòa", "school")):
        create_unit(
            actor=None, at=timezone.now(), name=name, level=level, parent_id=land["dong_hoa"].pk,
            kind="administrative" if level == "hamlet" else "agency",
        )  # fmt: skip
    client = client_of(land)
    data = client.get(reverse("bodies:template", args=[kind])).content
    book = read_back(data)
    assert book.worksheets[0]["A1"].value
    page = client.post(
        reverse("bodies:imports"), {"kind": kind, "file": SimpleUploadedFile("mau.xlsx", data)}, follow=True
    )
    counts = page.context["counts"]
    assert counts["new"] == counts["wrong"] == counts["changed"] == 0
    assert counts["same"] == {"hamlets": 2, "schools": 1, "bodies": 7}[kind]


def test_columns_are_chosen_where_no_heading_is_known(land: World) -> None:
    client = client_of(land)
    page = send(client, [["Nơi chốn", "Đơn vị cơ sở số"], ["Đông Hòa", "Thôn 1"]])
    assert "Cột nào ghi gì?" in text(page)
    made = UnitImport.objects.get()
    url = reverse("bodies:columns", args=[made.pk])
    wrong = client.post(url, {"sheet": "0", "header": "1", "c0": "parent", "c1": ""})
    assert wrong.status_code == 422
    assert "Chọn cột nào ghi tên đơn vị." in text(wrong)
    right = client.post(url, {"sheet": "0", "header": "1", "c0": "parent", "c1": "name"}, follow=True)
    assert right.context["counts"]["new"] == 1


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.xlsx", b"", "Tệp rỗng"),
        ("a.xlsx", b"%PDF-1.7 ", "Không đọc được loại tệp này: PDF"),
        ("a.docx", b"PK\x03\x04", "bị hỏng"),
    ],
)
def test_other_files_are_refused_beside_the_field(land: World, name: str, data: bytes, said: str) -> None:
    answer = client_of(land).post(
        reverse("bodies:imports"), {"kind": "hamlets", "file": SimpleUploadedFile(name, data)}
    )
    assert answer.status_code == 422
    assert said in text(answer)
    assert not UnitImport.objects.exists()


def test_nobody_else_sees_or_does_it(land: World) -> None:
    send(client_of(land), [HEAD, ["Thôn", "Một", "Đông Hòa", ""]])
    made = UnitImport.objects.get()
    for key, role in (("health", "officer"), ("an_binh", "leader"), ("an_binh", "auditor")):
        client = client_of(land, key, role)
        assert client.get(reverse("bodies:imports")).status_code == 403
        assert client.get(reverse("bodies:preview", args=[made.pk])).status_code == 404
        assert client.get(reverse("bodies:usual", args=[land["an_binh"].pk])).status_code == 403
    stranger = client_of(land, "binh_giang_police")
    for name in ("preview", "columns", "marked"):
        assert stranger.get(reverse(f"bodies:{name}", args=[made.pk])).status_code == 404
    for name in ("commit", "undo", "withdraw"):
        assert stranger.post(reverse(f"bodies:{name}", args=[made.pk])).status_code == 404


def test_giving_up(land: World) -> None:
    client = client_of(land)
    send(client, [HEAD, ["Thôn", "Một", "Đông Hòa", ""]])
    made = UnitImport.objects.get()
    client.post(reverse("bodies:withdraw", args=[made.pk]))
    made.refresh_from_db()
    assert (made.state, made.grid) == (ImportState.WITHDRAWN, [])
    assert client.get(reverse("bodies:preview", args=[made.pk]), follow=True).status_code == 200
    assert "thon.xlsx" not in text(client.get(reverse("bodies:imports")))


def test_usual_bodies_are_ticked_and_made(land: World) -> None:
    client = client_of(land)
    url = reverse("bodies:usual", args=[land["an_binh"].pk])
    page = client.get(url)
    assert "Sở Giáo dục và Đào tạo tỉnh An Bình" in text(page)
    assert "Thêm cả cơ quan còn thiếu của cấp xã: 23 cơ quan ở 2 xã, phường, đặc khu" in text(page)
    wrong = client.post(url, {"keys": ["sgddt"], "n_takv": "99"})
    assert wrong.status_code == 422
    done = client.post(url, {"keys": ["sgddt"], "n_takv": "1", "communes": "on"}, follow=True)
    assert "Đã thêm 25 cơ quan." in text(done)
    assert Unit.objects.filter(name="Tòa án nhân dân khu vực 1 - An Bình").exists()
    assert Unit.objects.filter(name="Công an phường Tây Hòa").count() == 1
    assert "đều đã có các cơ quan thường có" in text(client.get(url))
    assert client.get(reverse("bodies:usual", args=[land["health"].pk])).status_code == 404
