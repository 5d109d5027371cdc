"""Pages of sheets of numbers: sending one in, how it is read, what it would do, telling it, giving it back."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.facts.models import Fact, Form, SheetImport, SheetState
from tests.factories.facts import form, month
from tests.factories.sheets import filled, put, workbook
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
SPAN = month(3)
CASES, ARRESTED = "cases_detected|", "suspects_arrested|"


@pytest.fixture
def land() -> World:
    return world()


@pytest.fixture
def asked(land: World) -> Form:
    return form(land)


def signed_in(land: World, *, key: str = "police", role: str = "standing_office", name: str = "lan") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role, name).user_id))
    return client


def way(asked: Form, rest: str = "tep/") -> str:
    return f"/nhap-so/{asked.pk}/{SPAN.start.isoformat()}/{rest}"


def upload(client: Client, asked: Form, data: bytes, *, unit: str = "tat-ca") -> SheetImport:
    file = SimpleUploadedFile("thang-3.xlsx", data)
    answer = client.post(way(asked), {"don_vi": unit, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return SheetImport.objects.get()


@pytest.fixture
def today(land: World, time_machine: object) -> None:
    time_machine.move_to("2026-03-02T10:00:00+07:00", tick=False)  # type: ignore[attr-defined]


def test_from_the_template_to_the_numbers(land: World, asked: Form, today: None) -> None:
    client = signed_in(land)
    page = client.get(way(asked)).content.decode()
    assert "Tất cả 2 đơn vị, mỗi đơn vị một dòng" in page
    given = client.get(way(asked, "tep/mau/"), {"don_vi": str(land["dong_hoa"].pk)})
    assert given.headers["Content-Disposition"] == ('attachment; filename="bieu-mt-01-xa-dong-hoa-2026-02-15.xlsx"')
    data = filled(given.content, put({CASES: 3, ARRESTED: "nhiều"}))
    made = upload(client, asked, data, unit=str(land["dong_hoa"].pk))
    page = client.get(f"/nhap-so/tep/{made.pk}/").content.decode()
    assert "<strong>1</strong> số mới" in page
    assert "Không phải số" in page
    refused = client.post(f"/nhap-so/tep/{made.pk}/nhap/", {"seen": made.seen})
    assert refused.status_code == 422
    assert "<title>Lỗi:" in refused.content.decode()
    assert Fact.objects.count() == 0
    told = client.post(f"/nhap-so/tep/{made.pk}/nhap/", {"seen": made.seen, "leave_out": "on"}, follow=True)
    assert "Đã ghi 1 số." in told.content.decode()
    assert Fact.objects.get().value == 3
    made.refresh_from_db()
    assert f"/nhap-so/lan-ghi/{made.recording_id}/" in told.content.decode()
    # Telling it once more changes nothing.
    client.post(f"/nhap-so/tep/{made.pk}/nhap/", {"seen": made.seen, "leave_out": "on"})
    assert Fact.objects.count() == 1


def test_a_sheet_of_theirs_is_asked_about_without_scripts(land: World, asked: Form, today: None) -> None:
    client = signed_in(land)
    rows = [["Đơn vị", "Vụ", "Người"], ["Xã Đông Hòa", 3, "-"], ["Phường Tây Hòa", 4, 1]]
    made = upload(client, asked, workbook(rows))
    asking = client.get(f"/nhap-so/tep/{made.pk}/", follow=True)
    assert asking.redirect_chain[-1][0] == f"/nhap-so/tep/{made.pk}/cot/"
    said = {"sheet": "0", "rows": "units", "head": "1", "dash": "", "c0": "label", "c1": f"line:{CASES}", "c2": ""}
    nothing = client.post(f"/nhap-so/tep/{made.pk}/cot/", {**said, "c0": ""})
    assert nothing.status_code == 422
    assert "Chọn cột ghi tên đơn vị." in nothing.content.decode()
    client.post(f"/nhap-so/tep/{made.pk}/cot/", {**said, "c2": f"line:{ARRESTED}"})
    page = client.get(f"/nhap-so/tep/{made.pk}/").content.decode()
    assert "Ở đơn vị bạn, dấu này nghĩa là gì?" in page
    client.post(f"/nhap-so/tep/{made.pk}/dau-gach/", {"dash": "zero"})
    made.refresh_from_db()
    assert (made.counts["new"], made.counts["wrong"]) == (4, 0)


def test_long_lists_are_typed_instead_of_chosen(
    land: World, asked: Form, today: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pcmt.web.entry.sheet_forms.MOST_OPTIONS", 3)
    client = signed_in(land)
    made = upload(client, asked, workbook([["Đơn vị", "Vụ"], ["Xã Đông Hòa", 3]]))
    page = client.get(f"/nhap-so/tep/{made.pk}/cot/?dong=units").content.decode()
    assert page.count("<datalist") == 2
    said = {"sheet": "0", "rows": "units", "head": "1", "dash": "", "c0": "tên đơn vị"}
    wrong = client.post(f"/nhap-so/tep/{made.pk}/cot/", {**said, "c1": "Vụ gì đó"})
    assert "Không có “Vụ gì đó” trong danh sách." in wrong.content.decode()
    client.post(f"/nhap-so/tep/{made.pk}/cot/", {**said, "c1": "Số vụ phạm tội về ma túy phát hiện, bắt giữ"})
    made.refresh_from_db()
    assert made.counts["new"] == 1


def test_a_template_of_another_unit_goes_where_it_belongs(land: World, asked: Form, today: None) -> None:
    client = signed_in(land)
    data = client.get(way(asked, "tep/mau/"), {"don_vi": str(land["tay_hoa"].pk)}).content
    made = upload(client, asked, filled(data, put({CASES: 3})), unit=str(land["dong_hoa"].pk))
    page = client.get(f"/nhap-so/tep/{made.pk}/").content.decode()
    assert "Tệp này của Phường Tây Hòa, kỳ Tháng 3/2026; bạn đang nộp cho Xã Đông Hòa" in page
    assert "/nhap/" not in page
    client.post(f"/nhap-so/tep/{made.pk}/dung-noi/")
    made.refresh_from_db()
    assert made.unit_id == land["tay_hoa"].pk
    assert f"/nhap-so/tep/{made.pk}/nhap/" in client.get(f"/nhap-so/tep/{made.pk}/").content.decode()


def test_the_marked_workbook_and_giving_up(land: World, asked: Form, today: None) -> None:
    client = signed_in(land)
    data = client.get(way(asked, "tep/mau/"), {"don_vi": str(land["dong_hoa"].pk)}).content
    made = upload(client, asked, filled(data, put({CASES: "nhiều"})), unit=str(land["dong_hoa"].pk))
    marked = client.get(f"/nhap-so/tep/{made.pk}/da-kiem-tra/")
    book = openpyxl.load_workbook(io.BytesIO(marked.content))
    assert "Sai" in str(book.worksheets[0]["J7"].value)
    gone = client.post(f"/nhap-so/tep/{made.pk}/bo/", follow=True)
    assert "Đã bỏ tệp “thang-3.xlsx”." in gone.content.decode()
    assert client.get(f"/nhap-so/tep/{made.pk}/da-kiem-tra/").status_code == 404


def test_while_a_job_works_the_page_says_how_far_it_is(land: World, asked: Form, today: None) -> None:
    client = signed_in(land)
    data = client.get(way(asked, "tep/mau/"), {"don_vi": str(land["dong_hoa"].pk)}).content
    made = upload(client, asked, filled(data, put({CASES: 1})), unit=str(land["dong_hoa"].pk))
    SheetImport.objects.update(state=SheetState.CHECKING, progress=40, total=120)
    page = client.get(f"/nhap-so/tep/{made.pk}/").content.decode()
    assert "Đang kiểm tra: 40/120 đơn vị." in page
    SheetImport.objects.update(state=SheetState.WRITING)
    assert "hoặc ghi hết, hoặc không ghi gì" in client.get(f"/nhap-so/tep/{made.pk}/tien-do/").content.decode()
    SheetImport.objects.update(state=SheetState.WAITING)
    done = client.get(f"/nhap-so/tep/{made.pk}/tien-do/")
    assert done.headers["HX-Redirect"] == f"/nhap-so/tep/{made.pk}/"


def test_who_only_looks_and_who_is_elsewhere(land: World, asked: Form, today: None) -> None:
    office = signed_in(land)
    data = office.get(way(asked, "tep/mau/"), {"don_vi": str(land["dong_hoa"].pk)}).content
    made = upload(office, asked, filled(data, put({CASES: 1})), unit=str(land["dong_hoa"].pk))
    leader = signed_in(land, key="an_binh", role="leader", name="leader")
    assert leader.get(way(asked)).status_code == 403
    page = leader.get(f"/nhap-so/tep/{made.pk}/")
    assert page.status_code == 200
    assert f"/nhap-so/tep/{made.pk}/nhap/" not in page.content.decode()
    stranger = signed_in(land, key="binh_giang_police", name="xa")
    assert stranger.get(f"/nhap-so/tep/{made.pk}/").status_code == 404
    assert stranger.get(way(asked)).status_code == 404
