"""The lists of reports and the steps of one: what is offered to whom, what comes back when a step is refused."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client

from pcmt.apps.accounts.models import SavedFilter, User
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.reports.addresses import report_address
from pcmt.apps.reports.models import Duty, Submission, SubmissionState
from pcmt.apps.reports.operations.sending import send_report
from pcmt.apps.tasks.models import DueItem
from tests.factories.plans import adopted, draft
from tests.factories.reports import occurrence_of, opened, report_form
from tests.factories.world import NOW, World
from tests.factories.world import world as make_world
from tests.web.counting import statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("pcmt.core.reading.read", lambda text, *, name="": draft(text).reading)
    land = make_world()
    adopted(land.office)
    load_catalogue()
    Duty.objects.update(form=report_form().form)
    return land


def client_of(land: World, key: str, role: str = "officer", name: str = "") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role, name).user_id))
    return client


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


def written(land: World, key: str = "health") -> Submission:
    made = opened(land[key])
    made.sections.update(text="Ổn định.")
    made.figures.update(value=3, typed=True, reason="Theo sổ.")
    return made


def arrived(land: World, key: str = "health") -> Submission:
    made = written(land, key)
    said: dict[str, Any] = {"at": NOW, "submission_id": made.pk, "version": 1, "approved_by": "Giám đốc"}
    answer = send_report(actor=land.actor(key), **said)
    assert isinstance(answer, Submission), answer
    return answer


def rows(answer: Any) -> list[str]:
    """The reports of the table, each with its act."""
    body = re.search(r"<tbody>(.*?)</tbody>", answer.content.decode(), re.DOTALL)
    return (
        [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in body[1].split("<tr>")[1:]] if body else []
    )


def offered(client: Client, report: Submission) -> set[str]:
    """The steps that the page of the report, or that of its check before sending, has forms for."""
    pages = (client.get(f"{report_address(report.pk)}{name}", follow=True) for name in ("", "kiem-tra/"))
    page = " ".join(each.content.decode() for each in pages)
    return set(re.findall(rf'action="{report_address(report.pk)}([a-z-]+)/"', page)) & STEPS


STEPS = {
    *("trinh-duyet", "duyet", "de-nghi-sua", "gui", "thu-hoi", "tiep-nhan", "tra-lai", "dinh-chinh", "bo-dinh-chinh"),
    "so-ky-hieu",
}


def test_to_write(land: World) -> None:
    client = client_of(land, "health")
    found = rows(client.get("/bao-cao/"))
    assert found
    assert all("Lập báo cáo" in row for row in found)
    assert "quá" in found[0]  # what is overdue stands first
    assert f'href="/bao-cao/mo/{occurrence_of(land["health"]).pk}/"' in client.get("/bao-cao/").content.decode()
    report = written(land)
    again = client.get("/bao-cao/")
    assert "Đang soạn" in rows(again)[0]
    assert f'href="{report_address(report.pk)}"' in again.content.decode()
    assert len(rows(client.get("/bao-cao/?trang_thai=tat-ca"))) > len(found)
    assert len(rows(client.get("/bao-cao/?trang_thai=dang-soan"))) == 1
    assert "Không có báo cáo nào khớp" in text(client.get("/bao-cao/?q=khongcogi"))
    # Nobody else sees what is being written.
    assert client_of(land, "finance").get(report_address(report.pk)).status_code == 404
    assert report_address(report.pk) not in client_of(land, "police").get("/bao-cao/?xem=da-nhan").content.decode()


def test_the_way_by_hand(land: World) -> None:
    writer, leader = client_of(land, "health"), client_of(land, "health", "leader")
    taker = client_of(land, "police", "standing_office", "lan")
    report, way = written(land), ""
    way = report_address(report.pk)

    def step(client: Client, name: str, **said: str) -> Any:
        return client.post(f"{way}{name}/", {"version": Submission.objects.get(pk=report.pk).version, **said})

    assert offered(writer, report) == {"trinh-duyet", "so-ky-hieu"}
    assert offered(leader, report) == set()
    assert step(writer, "trinh-duyet", words="Kính trình.").status_code == 302
    assert offered(leader, report) == {"duyet", "de-nghi-sua", "thu-hoi"}
    assert "Xem, duyệt" in rows(leader.get("/bao-cao/?xem=cho-duyet"))[0]
    assert "Báo cáo chờ tôi duyệt" in text(leader.get("/"))
    refused = step(leader, "de-nghi-sua", words=" ")
    assert refused.status_code == 422
    assert "Nhập ý kiến: cần sửa, bổ sung gì." in text(refused)
    assert step(leader, "duyet").status_code == 302
    assert offered(writer, report) == {"gui", "thu-hoi", "so-ky-hieu"}
    sent = step(writer, "gui")
    assert (sent.status_code, sent.headers["Location"]) == (302, f"{way}da-gui/")
    assert offered(writer, report) == {"thu-hoi", "so-ky-hieu"}
    assert offered(taker, report) == {"tiep-nhan", "tra-lai"}
    assert "Báo cáo chờ tiếp nhận" in text(taker.get("/"))
    assert step(writer, "tiep-nhan").status_code == 403
    assert step(taker, "tra-lai", reason="Thiếu phụ lục.").status_code == 302
    assert "Bị trả lại" in rows(writer.get("/bao-cao/?trang_thai=tra-lai"))[0]
    assert step(writer, "trinh-duyet").status_code == 302
    assert step(leader, "duyet").status_code == 302
    assert step(writer, "gui").status_code == 302
    assert step(taker, "tiep-nhan", words="Đủ.").status_code == 302
    assert offered(writer, report) == {"dinh-chinh", "so-ky-hieu"}
    assert step(writer, "dinh-chinh", reason="Sai số vụ.").status_code == 302
    assert offered(writer, report) == {"trinh-duyet", "bo-dinh-chinh", "so-ky-hieu"}
    assert step(writer, "bo-dinh-chinh").status_code == 302
    wrong = step(writer, "so-ky-hieu", number="45/BC", symbol="BC-SYT", signed_on="2/3/2026")
    assert wrong.status_code == 422
    assert 'value="BC-SYT"' in wrong.content.decode()
    assert step(writer, "so-ky-hieu", number="45", symbol="BC-SYT", signed_on="2/3/2026").status_code == 302
    assert "số 45/BC-SYT" in rows(writer.get("/bao-cao/?xem=da-gui"))[0]
    assert writer.get(f"{way}gui/").status_code == 405


def test_an_old_page_loses_nothing_that_was_typed(land: World) -> None:
    report = arrived(land)
    taker = client_of(land, "police", "standing_office", "lan")
    old = taker.post(f"{report_address(report.pk)}tra-lai/", {"version": "1", "reason": "Thiếu phụ lục số 2."})
    assert old.status_code == 409
    assert "vừa làm bước" in text(old)
    assert "Thiếu phụ lục số 2." in text(old)
    version = re.search(r'name="version" value="(\d+)" id="id_return_version"', old.content.decode())
    assert version is not None
    again = taker.post(f"{report_address(report.pk)}tra-lai/", {"version": version[1], "reason": "Thiếu phụ lục số 2."})
    assert again.status_code == 302
    # What may not be done any more stays readable.
    late = taker.post(f"{report_address(report.pk)}tiep-nhan/", {"version": "2", "words": "Đủ rồi."})
    assert (late.status_code, "Đủ rồi." in text(late)) == (409, True)


def test_many_are_taken_at_once(land: World) -> None:
    reports = [arrived(land, key) for key in ("health", "dong_hoa", "tay_hoa")]
    taker = client_of(land, "police", "standing_office", "lan")
    where = "/bao-cao/?xem=cho-tiep-nhan"
    assert len(rows(taker.get(where))) == 3
    assert len(rows(taker.get(f"{where}&don_vi={land['health'].pk}"))) == 1
    none = taker.post("/bao-cao/tiep-nhan/?xem=cho-tiep-nhan", {})
    assert (none.status_code, "Chọn ít nhất một báo cáo." in text(none)) == (422, True)
    keys = [f"{reports[0].pk}.{reports[0].version}", f"{reports[1].pk}.1", "x.y"]
    some = taker.post("/bao-cao/tiep-nhan/?xem=cho-tiep-nhan", {"chon": keys})
    assert some.status_code == 422
    assert "Đã tiếp nhận 1 báo cáo." in text(some)
    assert "Xã Đông Hòa:" in text(some)
    rest = [f"{each.pk}.{each.version}" for each in reports[1:]]
    assert taker.post("/bao-cao/tiep-nhan/?xem=cho-tiep-nhan", {"chon": rest}).status_code == 302
    assert set(Submission.objects.values_list("state", flat=True)) == {SubmissionState.ACCEPTED}
    assert client_of(land, "police", "leader").post("/bao-cao/tiep-nhan/", {"chon": rest}).status_code == 403


def test_the_very_view_as_a_workbook(land: World) -> None:
    arrived(land)
    written(land, "dong_hoa")
    client = client_of(land, "police", "standing_office", "lan")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/bao-cao/bao-cao.xlsx?xem=da-nhan").content))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]  # type: ignore[union-attr]
    lines = [row for row in cells if row[0] == 1]
    assert [row[1] for row in lines] == ["Sở Y tế"]
    assert "Đã gửi" in lines[0]


def test_saved_filters(land: World) -> None:
    client = client_of(land, "health")
    said = {"page": "reports", "query": "xem=da-gui&muon=on&trang=2", "name": "Gửi muộn"}
    client.post("/bo-loc/luu/", said)
    assert SavedFilter.objects.get().query == "muon=on&xem=da-gui"
    assert "Gửi muộn" in text(client.get("/bao-cao/?xem=da-gui"))


def test_the_page_of_the_due_item_leads_to_the_report(land: World) -> None:
    report = written(land)
    due = DueItem.objects.get(occurrence__submission=report)
    page = client_of(land, "health").get(f"/nhiem-vu/{due.pk}/").content.decode()
    assert f'href="{report_address(report.pk)}"' in page
    assert f'action="/nhiem-vu/{due.pk}/tien-do/"' not in page
    other = client_of(land, "police").get(f"/nhiem-vu/{due.pk}/").content.decode()
    assert f'href="{report_address(report.pk)}"' not in other
    assert "Đang ở bước: Đang soạn" in " ".join(other.split())
    assert f'href="{report_address(report.pk)}"' in client_of(land, "health").get("/").content.decode()


def test_the_lists_ask_the_same_however_long(land: World) -> None:
    client = client_of(land, "police", "standing_office", "lan")
    arrived(land)
    client.get("/bao-cao/?xem=cho-tiep-nhan")
    with statements() as few:
        client.get("/bao-cao/?xem=cho-tiep-nhan")
    for key in ("dong_hoa", "tay_hoa"):
        arrived(land, key)
    with statements() as many:
        client.get("/bao-cao/?xem=cho-tiep-nhan")
    assert len(many) == len(few)
