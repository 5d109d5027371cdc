"""Packets on the pages and on the command line: out, looked at, in; only the own file that was looked at."""

from __future__ import annotations

import io
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.audit.models import Entry
from pcmt.apps.facts.models import Fact
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.plans.models import Plan
from tests.factories.plans import adopted
from tests.factories.reports import opened, sent
from tests.factories.world import NOW, World, world

pytestmark = pytest.mark.django_db
PAGE = "/trao-doi/"
KPI = """{"phienBan": "1", "loaiGoi": "SoLieuKPI", "banGhi": [
 {"MaChiTieu": "cases_detected", "DonVi": {"Ten": "Xã Đông Hòa"}, "TuNgay": "2026-01-01", "DenNgay": "2026-01-31",
  "GiaTri": "3"},
 {"MaChiTieu": "khong_co", "DonVi": {"Ten": "Xã Đông Hòa"}, "TuNgay": "2026-01-01", "DenNgay": "2026-01-31"},
 {"MaChiTieu": "sai"}]}"""


@pytest.fixture
def land(time_machine: Any) -> World:
    time_machine.move_to(NOW, tick=False)
    return world()


@pytest.fixture
def plan(land: World) -> Plan:
    return adopted(land.office).plan


def client_of(land: World, unit: str, role: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(unit, role).user_id))
    return client


def test_out(land: World, plan: Plan, tmp_path: Path) -> None:
    sent(opened(land["dong_hoa"]), "accepted", cases=7)
    client = client_of(land, "police", "standing_office")
    page = unescape(client.get(PAGE).content.decode())
    assert "13. Số liệu KPI" in page
    assert "chưa công khai" in page
    query = {"tu": "2026-01-01", "den": "2026-12-31", "dang": "xml", "goi": ["figures", "statuses"]}
    answer = client.get(f"{PAGE}goi-tin.zip", query)
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["04-SoLieuBaoCao.xml", "07-TrangThaiBaoCao.xml"]
        assert "<GiaTri>7</GiaTri>" in archive.read("04-SoLieuBaoCao.xml").decode()
    entry = Entry.objects.get(event="reports.packets.exported")
    assert entry.actor_unit == "Công an tỉnh An Bình"
    mistakes: tuple[dict[str, Any], ...] = ({"goi": []}, {"den": "2020-01-01"}, {"tu": ""}, {"goi": ["khac"]})
    for wrong in (*mistakes, {"tu": "1990-01-01"}):
        assert client.get(f"{PAGE}goi-tin.zip", {**query, **wrong}).status_code == 422, wrong
    file = tmp_path / "x.zip"
    name = User.objects.get(pk=land.actor("police", "standing_office").user_id).username
    out = io.StringIO()
    call_command("exchange", "export", str(file), "--user", name, "--plan", "12/KH-UBND", stdout=out)
    assert "Số liệu báo cáo: 1" in out.getvalue()
    call_command("exchange", "check", str(file), stdout=out)
    for words in (["export", "x", "--user", "nobody"], ["check", "nowhere"], ["import", "nowhere", "--user", name]):
        with pytest.raises(CommandError):
            call_command("exchange", *words)
    with pytest.raises(SystemExit):
        call_command("exchange", "import", str(file), "--user", name, stdout=out)
    assert "Chưa thay đổi gì" in out.getvalue()


def test_in(land: World, plan: Plan) -> None:
    load_catalogue(at=NOW)
    client = client_of(land, "dong_hoa", "commune_officer")

    def send(data: bytes, name: str = "kpi.json") -> Any:
        return client.post(f"{PAGE}nhan/", {"file": SimpleUploadedFile(name, data)})

    assert client.post(f"{PAGE}nhan/", {}).status_code == 422
    assert send(b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "x.xml").status_code == 422
    looked = send(KPI.encode())
    assert looked.status_code == 200
    said = unescape(looked.content.decode())
    assert "kpi.json, bản ghi 3" in said
    assert "Danh mục số liệu ở đây không có mã khong_co." in said
    assert not Fact.objects.exists()
    token = looked.context["token"]
    other = client_of(land, "tay_hoa", "commune_officer")
    assert other.post(f"{PAGE}nhan/", {"ma": token}).status_code == 302
    assert client.post(f"{PAGE}nhan/", {"ma": f"{token}x"}).status_code == 302
    assert not Fact.objects.exists(), "somebody else's preview, and one that was tampered with"
    done = client.post(f"{PAGE}nhan/", {"ma": token})
    assert "Kết quả nhận gói dữ liệu" in unescape(done.content.decode())
    assert Fact.objects.get().value == 3
    again = unescape(send(KPI.encode()).content.decode())
    assert "Không có dòng nào mới để nhận." in again
    after = Entry.objects.get(event="reports.packets.imported").after
    assert after
    assert after["new"] == 1
