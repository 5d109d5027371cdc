"""The pages of a consolidation: who has reported, what it came to, texts to insert, runs, the matrix, one line."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from pcmt.apps.accounts.models import User
from pcmt.apps.reports.models import Consolidation, SubmissionFigure, SubmissionSection
from pcmt.apps.reports.queries.content import content_of
from pcmt.apps.units.models import Unit
from pcmt.core.schemas import content_data
from tests.factories.ladders import DUE, Ladder, hand_in, ladder, owed, plan_of, report_on
from tests.factories.world import World, world
from tests.web.counting import statements

pytestmark = pytest.mark.django_db
KEYS = ("dong_hoa", "tay_hoa", "health")


@pytest.fixture
def land() -> World:
    return world()


@pytest.fixture
def rungs(land: World) -> Ladder:
    plan = plan_of(land["police"], land.office.user_id)
    made = ladder(plan, land["police"], [land[key] for key in KEYS], above=land["an_binh"])
    for key in ("general", "next"):
        SubmissionSection.objects.create(submission=made.report, key=key)
    return made


def client_of(user_id: int) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


@pytest.fixture
def office(land: World) -> Client:
    return client_of(land.office.user_id)


def page(client: Client, rungs: Ladder, query: str = "") -> str:
    answer = client.get(f"/bao-cao/{rungs.report.pk}/tong-hop/{query}")
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_bodies_are_accepted_and_gathered_in_one_go(office: Client, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": 3}, day=DUE + timedelta(days=2))
    waits = rungs.hand_in(1, {"cases": 4}, state="sent").submission
    text = page(office, rungs)
    assert "1/3" in text
    assert "Chưa tổng hợp lần nào" in text
    assert "Tiếp nhận 1 báo cáo đang chờ rồi tổng hợp" in text
    assert "trễ 2 ngày" in text
    path = f"/bao-cao/{rungs.report.pk}/tong-hop/"
    data = {"seen": "0", "tiep_nhan": "1", "cho": f"{waits.pk}:{waits.version}"}
    answer = office.post(path, data)
    assert answer.status_code == 302, re.findall(r"error-summary.*?</ul>", answer.content.decode(), re.DOTALL)
    text = page(office, rungs)
    assert "2/3" in text
    assert "Đã tổng hợp 2 báo cáo." in text
    assert SubmissionFigure.objects.get(submission=rungs.report, line="cases").value == 7
    # The button of an old page: what stood there is not accepted twice, and nothing new is found.
    assert office.post(path, data).status_code == 302
    assert "Không có báo cáo mới" in page(office, rungs)
    assert Consolidation.objects.count() == 1


def test_what_came_since_is_said_and_an_old_page_is_told(office: Client, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": 3})
    path = f"/bao-cao/{rungs.report.pk}/tong-hop/"
    assert office.post(path, {"seen": "0"}).status_code == 302
    rungs.hand_in(1, {"cases": 4})
    assert "1 báo cáo đã tiếp nhận chưa đưa vào: Phường Tây Hòa" in page(office, rungs)
    answer = office.post(path, {"seen": "0"})
    assert answer.status_code == 409
    assert "vừa tổng hợp lần 1" in answer.content.decode()
    assert office.post(path, {"seen": "1"}).status_code == 302
    text = page(office, rungs, "?xem=cac-lan")
    assert "Thêm báo cáo của: Phường Tây Hòa" in text
    assert "Số vụ phát hiện 3 7" in text
    text = page(office, rungs, "?xem=so-lieu")
    assert "2/3" in text
    assert "—" in text  # nobody told how many people: not 0


def test_texts_are_proposed_and_inserted_below_what_stands(office: Client, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": 3}, text="Xã ổn định.")
    rungs.hand_in(1, {"cases": 3}, text="Phường có vụ mới.")
    office.post(f"/bao-cao/{rungs.report.pk}/tong-hop/", {"seen": "0"})
    section = SubmissionSection.objects.get(submission=rungs.report, key="general")
    SubmissionSection.objects.filter(pk=section.pk).update(text="Của tỉnh.")
    text = page(office, rungs, "?xem=noi-dung")
    assert "Xã ổn định." in text
    insert = f"/bao-cao/{rungs.report.pk}/tong-hop/chen/"
    unit = Unit.objects.get(name="Xã Đông Hòa").pk
    assert office.post(insert, {"muc": "general", "seen": "1", "don_vi": str(unit)}).status_code == 302
    section.refresh_from_db()
    assert section.text == "Của tỉnh.\nXã Đông Hòa: Xã ổn định."
    assert "đã có trong mục" in page(office, rungs, "?xem=noi-dung")
    assert office.post(insert, {"muc": "general", "seen": "1"}).status_code == 409  # an old page
    assert office.post(insert, {"muc": "general", "seen": str(section.version)}).status_code == 302
    section.refresh_from_db()
    assert section.text.endswith("Phường Tây Hòa: Phường có vụ mới.")


def test_the_workbook_calculates_its_sums(office: Client, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": 3})
    rungs.hand_in(1, {"cases": 4})
    office.post(f"/bao-cao/{rungs.report.pk}/tong-hop/", {"seen": "0"})
    answer = office.get(f"/bao-cao/{rungs.report.pk}/tong-hop/ma-tran/tong-hop.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert rows[0][1:] == ["Số vụ phát hiện", "Số người bị bắt"]
    assert rows[1:3] == [["Phường Tây Hòa", 4, None], ["Xã Đông Hòa", 3, None]]
    assert rows[3][:2] == ["Cộng", '=IF(COUNT(B5:B6)=0,"",SUM(B5:B6))']
    cached = load_workbook(io.BytesIO(answer.content), data_only=True).active
    assert cached["B7"].value == 7
    answer = office.get(f"/bao-cao/{rungs.report.pk}/tong-hop/ma-tran/")
    assert "Phường Tây Hòa" in answer.content.decode()


def test_a_line_leads_down_as_far_as_rights_go(land: World, office: Client, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": 3})
    child = rungs.hand_in(1, {"cases": 4}).submission
    office.post(f"/bao-cao/{rungs.report.pk}/tong-hop/", {"seen": "0"})
    answer = office.get(reverse("reports:line", args=[rungs.report.pk, "cases"]))
    text = answer.content.decode()
    assert reverse("reports:line", args=[child.pk, "cases"]) in text
    assert office.get(reverse("reports:line", args=[child.pk, "cases"])).status_code == 200
    assert "Số vụ phát hiện" in office.get(reverse("reports:line", args=[rungs.report.pk, "all"])).content.decode()
    assert office.get(reverse("reports:line", args=[rungs.report.pk, "nope"])).status_code == 404
    # Of what is still written others see nothing; the page of the consolidation is the body's own.
    other = client_of(land.actor("dong_hoa").user_id)
    assert other.get(reverse("reports:line", args=[rungs.report.pk, "cases"])).status_code == 404
    assert other.get(reverse("reports:gather", args=[rungs.report.pk])).status_code == 404
    assert office.get(reverse("reports:gather", args=[child.pk])).status_code == 404
    leader = client_of(land.actor("police", "leader").user_id)
    assert leader.get(reverse("reports:gather", args=[rungs.report.pk])).status_code == 200
    assert leader.post(reverse("reports:gather", args=[rungs.report.pk])).status_code == 403


def test_a_sent_report_tells_readers_what_they_may_see(land: World, office: Client, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": 3})
    rungs.hand_in(2, {"cases": 5417})
    office.post(f"/bao-cao/{rungs.report.pk}/tong-hop/", {"seen": "0"})
    rungs.report.refresh_from_db()
    edition = hand_in(rungs.report, {}, state="sent")
    edition.content = content_data(content_of(rungs.report, on=DUE))
    edition.save(update_fields=["content"])
    recipient = client_of(land.actor("an_binh").user_id)  # takes the report; those below it went to somebody else
    text = recipient.get(reverse("reports:line", args=[rungs.report.pk, "cases"])).content.decode()
    assert "Sở Y tế" in text
    assert "không xem được" in text
    assert "5.417" not in text


def test_statements_of_the_page_do_not_grow(land: World, office: Client, rungs: Ladder) -> None:
    rungs.hand_in(0, {"cases": 3})
    office.post(f"/bao-cao/{rungs.report.pk}/tong-hop/", {"seen": "0"})
    page(office, rungs)
    with statements() as few:
        page(office, rungs)
    more = owed(rungs.below[0].duty, [land[key] for key in ("finance", "front", "dong_hoa_police", "tay_hoa_police")])
    for each in more:
        hand_in(report_on(each), {"cases": 1})
    office.post(f"/bao-cao/{rungs.report.pk}/tong-hop/", {"seen": "1"})
    page(office, rungs)
    with statements() as many:
        page(office, rungs)
    assert len(many) == len(few)
