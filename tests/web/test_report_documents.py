"""Reports as documents on pages: what may be taken away by whom, the form of words, many in one archive."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from pcmt.apps.accounts.models import User
from pcmt.apps.audit.models import Entry
from pcmt.apps.reports.models import ExportBatch, Submission
from tests.factories.plans import adopted, draft
from tests.factories.reports import opened, sent
from tests.factories.world import NOW, World
from tests.factories.world import world as make_world
from tests.web.counting import statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("pcmt.documents.intake.programs.find_office", lambda: None)
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("pcmt.core.reading.read", lambda text, *, name="": draft(text).reading)
    land = make_world()
    adopted(land.office)
    return land


def client_of(land: World, key: str, role: str = "officer") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role).user_id))
    return client


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


def address(report: Submission, rest: str = "") -> str:
    return f"/bao-cao/{report.pk}/tai-ve/{rest}"


def test_files_of_a_sent_report_are_taken_and_logged(land: World) -> None:
    report = opened(land["dong_hoa"])
    edition = sent(report, "accepted", cases=3)
    office = client_of(land, "police", "standing_office")
    page = office.get(address(report))
    assert edition.seal in text(page)
    assert len(page.content) < 60_000
    found = {}
    for kind, begins in (("docx", b"PK"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        answer = office.get(address(report, f"bao-cao.{kind}"))
        assert answer.content.startswith(begins)
        found[kind] = answer["Content-Disposition"]
    assert found["docx"].endswith(f'-lan-1-{report.pk}.docx"')
    assert office.get(address(report, "bao-cao.odt")).status_code == 404
    assert office.get(address(report, "cong-van.docx")).content.startswith(b"PK")
    told = Entry.objects.filter(event="reports.report.exported").values_list("after__format", "after__version")
    assert sorted(told) == [("docx", 1), ("pdf", 1), ("xlsx", 1)]
    assert Entry.objects.filter(event="reports.cover.exported").count() == 1


def test_what_is_being_written_is_the_business_of_the_body(land: World) -> None:
    report = opened(land["dong_hoa"])
    mine, office = client_of(land, "dong_hoa", "commune_officer"), client_of(land, "police", "standing_office")
    assert "DỰ THẢO" in text(mine.get(address(report)))
    assert office.get(address(report)).status_code == 404
    sent(report, "returned", cases=3)
    assert "DỰ THẢO" in text(mine.get(address(report))), "it is written again"
    seen = text(office.get(address(report)))
    assert "BỊ TRẢ LẠI" in seen
    assert "Bản đang soạn" not in seen
    assert "DỰ THẢO" not in text(office.get(address(report, "ban-chu/")))
    assert "BỊ TRẢ LẠI" in text(mine.get(address(report, "?lan=1")))
    for wrong in ("?lan=2", "?lan=0", "?lan=x", "?lan=999999999"):
        assert mine.get(address(report, wrong)).status_code == 404


def test_pages_are_pictures_asked_for_later(land: World) -> None:
    report = opened(land["dong_hoa"])
    sent(report, "accepted", cases=3)
    office = client_of(land, "police", "standing_office")
    whole = office.get(address(report))
    assert b'class="sheet"' not in whole.content
    part = office.get(address(report, "trang/"), headers={"HX-Request": "true"})
    pictures = re.findall(r'src="([^"]+\.png)"', part.content.decode())
    assert len(pictures) == 1
    assert "<html" not in part.content.decode()
    assert "<html" in office.get(address(report, "trang/")).content.decode(), "without scripts it is a page"
    picture = office.get(pictures[0])
    assert b"".join(picture.streaming_content).startswith(b"\x89PNG")
    assert "immutable" in picture["Cache-Control"]
    assert client_of(land, "tay_hoa", "commune_officer").get(pictures[0]).status_code == 404
    assert office.get(re.sub(r"[0-9a-f]{64}", "0" * 64, pictures[0])).status_code == 404


def test_words_are_kept_and_refused_beside_their_field(land: World) -> None:
    report = opened(land["dong_hoa"])
    mine = client_of(land, "dong_hoa", "commune_officer")
    page = mine.get(address(report, "the-thuc/"))
    seen = re.search(r'name="seen" value="(\w+)"', page.content.decode())
    assert seen is not None
    form = {"agency": "Ủy ban nhân dân xã Đông Hòa", "symbol": "BC-UBND", "place": "Đông Hòa", "mark": "KT.",
            "recipients": "Công an tỉnh\n\nLưu trữ", "seen": seen[1]}  # fmt: skip
    wrong = mine.post(address(report, "the-thuc/"), form)
    assert wrong.status_code == 422
    assert "Ghi chức vụ của người được ký thay" in text(wrong)
    assert "Lưu trữ" in text(wrong), "nothing typed is lost"
    done = mine.post(address(report, "the-thuc/"), {**form, "head": "Chủ tịch", "post": "Phó Chủ tịch"})
    assert (done.status_code, done["Location"]) == (302, address(report))
    report.refresh_from_db()
    assert report.words["recipients"] == ["Công an tỉnh", "Lưu trữ"]
    assert not report.words["charts"]
    assert "KT. CHỦ TỊCH, PHÓ CHỦ TỊCH" in text(mine.get(address(report, "ban-chu/")))
    late = mine.post(address(report, "the-thuc/"), {**form, "mark": ""})
    assert late.status_code == 409
    assert mine.post(address(report, "the-thuc/"), {**form, "mark": "", "seen": _seen(late)}).status_code == 302
    assert client_of(land, "dong_hoa", "leader").get(address(report, "the-thuc/")).status_code == 403


def _seen(answer: Any) -> str:
    found = re.search(r'name="seen" value="(\w+)"', answer.content.decode())
    assert found is not None
    return found[1]


def test_many_in_one_archive(land: World) -> None:
    reports = [opened(land[key]) for key in ("dong_hoa", "tay_hoa")]
    for report in reports:
        sent(report, "accepted", cases=3)
    office = client_of(land, "police", "standing_office")
    listed = office.get("/bao-cao/xuat/").content.decode()
    link = re.search(r'href="(/bao-cao/xuat/\?che_do=[^"]+)"', listed)
    assert link is not None
    here = unescape(link[1])
    page = office.get(here)
    chosen = re.findall(r'name="editions" value="(\d+)"', page.content.decode())
    assert len(chosen) == 2
    assert office.post(here, {"kind": "docx"}).status_code == 422
    asked = office.post(here, {"kind": "docx", "editions": chosen})
    made = ExportBatch.objects.get()
    assert asked["Location"] == f"/bao-cao/xuat/{made.pk}/"
    assert "Tải tất cả (zip)" in text(office.get(asked["Location"]))
    over = office.get(f"/bao-cao/xuat/{made.pk}/tien-do/")
    assert over["HX-Redirect"] == asked["Location"]
    file = office.get(f"/bao-cao/xuat/{made.pk}/tat-ca.zip")
    assert file.streaming
    with zipfile.ZipFile(io.BytesIO(b"".join(file.streaming_content))) as archive:
        assert [name[:4] for name in archive.namelist()] == ["001-", "002-"]
    other = client_of(land, "health")
    for rest in ("", "tien-do/", "tat-ca.zip"):
        assert other.get(f"/bao-cao/xuat/{made.pk}/{rest}").status_code == 404
    ExportBatch.objects.update(state="working", progress=1)
    working = office.get(f"/bao-cao/xuat/{made.pk}/tien-do/").content.decode()
    assert 'max="2" value="1"' in working


def test_pages_of_documents_ask_little(land: World) -> None:
    report = opened(land["dong_hoa"])
    sent(report, "accepted", cases=3)
    office = client_of(land, "police", "standing_office")
    office.get(address(report))
    with statements() as asked:
        office.get(address(report))
    assert len(asked) <= 20
