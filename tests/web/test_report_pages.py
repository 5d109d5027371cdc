"""The screen where a report is written: sections, tables, two at once, comments, pictures, check, receipt, preview."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.reports.models import Duty, SectionComment, Submission, SubmissionState
from pcmt.apps.reports.operations.opening import open_report
from tests.documents.samples import picture
from tests.factories import facts
from tests.factories.plans import adopted, draft
from tests.factories.reports import occurrence_of, report_form, sent
from tests.factories.world import NOW, World
from tests.factories.world import world as make_world
from tests.web.counting import statements

pytestmark = pytest.mark.django_db
FEBRUARY = date(2026, 2, 14)
JSON = {"accept": "application/json", "hx-request": "true"}


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("pcmt.core.reading.read", lambda text, *, name="": draft(text).reading)
    land = make_world()
    load_catalogue()
    adopted(land.office)
    Duty.objects.update(form=report_form().form)
    return land


@pytest.fixture
def writer(land: World) -> Actor:
    return land.actor("dong_hoa", "commune_officer", "oanh")


@pytest.fixture
def report(land: World, writer: Actor) -> Submission:
    """A commune's February report: 12 cases are known, 10 a year ago; nobody told how many people were caught."""
    facts.form(land)
    unit = land["dong_hoa"]
    facts.told(
        facts.entry(unit, "cases_detected", facts.month(2), 12),
        facts.entry(unit, "cases_detected", facts.month(2, 2025), 10),
    )
    made = open_report(actor=writer, at=NOW, occurrence_id=occurrence_of(unit, FEBRUARY).pk)
    assert isinstance(made, Submission), made
    return made


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def text(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def at(report: Submission, name: str = "report", *parts: Any) -> str:
    return reverse(f"reports:{name}", args=[report.pk, *parts])


def section(report: Submission, key: str = "general") -> Any:
    return report.sections.get(key=key)


def figure(report: Submission, line: str) -> Any:
    return report.figures.get(line=line)


# ---- opening ----


def test_opening_says_what_it_does_and_leads_to_the_one_report(land: World, writer: Actor) -> None:
    occurrence = occurrence_of(land["dong_hoa"])
    client, page = client_of(writer), reverse("reports:open", args=[occurrence.pk])
    assert "điền sẵn số liệu đã có" in text(client.get(page))
    made = client.post(page)
    report = Submission.objects.get(occurrence=occurrence)
    assert made.url == at(report)
    assert client.get(page).url == at(report)
    assert client.post(page).url == at(report)
    assert Submission.objects.count() == 1


def test_others_do_not_open_it_and_see_nothing_before_it_was_sent(land: World, report: Submission) -> None:
    police, neighbour = client_of(land.office), client_of(land.actor("tay_hoa", "commune_officer", "tam"))
    assert police.get(at(report)).status_code == 404
    assert neighbour.post(at(report, "section", "general"), {"vgeneral": "x", "seen": "general:1"}).status_code == 404
    other = reverse("reports:open", args=[occurrence_of(land["tay_hoa"]).pk])
    assert police.post(other).status_code == 403
    assert police.get(other).status_code == 404


def test_a_regime_without_a_form_says_who_has_to_choose_one(land: World, writer: Actor) -> None:
    Duty.objects.update(form=None)
    answer = client_of(writer).post(reverse("reports:open", args=[occurrence_of(land["dong_hoa"]).pk]))
    assert answer.status_code == 422
    assert "chưa có mẫu" in text(answer)


# ---- a text ----


def test_a_section_is_shown_with_outline_stage_and_what_stands_beside(report: Submission, writer: Actor) -> None:
    page = text(client_of(writer).get(at(report)))
    assert "I. Tình hình chung" in page
    assert "chưa có nội dung" in page
    assert "1/2 dòng" in page
    assert "Soạn" in page
    assert "Kiểm tra và gửi" in page


def test_the_script_saves_a_text_and_is_told_when(report: Submission, writer: Actor) -> None:
    client = client_of(writer)
    answer = client.post(
        at(report, "section", "general"), {"vgeneral": "Tình hình ổn định.", "seen": "general:1"}, headers=JSON
    ).json()
    assert answer["said"] == "đã lưu lúc 10:00"
    cell = answer["cells"][0]
    assert (cell["state"], cell["seen"]) == ("saved", 2)
    assert "đã có nội dung" in answer["parts"]["outline"]
    assert section(report).text == "Tình hình ổn định."


def test_without_script_the_section_is_a_form(report: Submission, writer: Actor) -> None:
    client = client_of(writer)
    answer = client.post(at(report, "section", "general"), {"vgeneral": "Ổn định.", "seen": "general:1"})
    assert answer.url == f"{at(report)}?muc=general"
    assert section(report).text == "Ổn định."


def test_who_is_second_sees_both_texts_and_may_take_keep_or_join(
    land: World, report: Submission, writer: Actor
) -> None:
    first, second = client_of(writer), client_of(land.actor("dong_hoa", "commune_officer", "binh"))
    page = at(report, "section", "general")
    second.post(page, {"vgeneral": "Câu chung.\nCâu của Bình.", "seen": "general:1"})
    mine = {"vgeneral": "Câu chung.\nCâu của Oanh.", "seen": "general:1"}
    refused = first.post(page, mine)
    assert refused.status_code == 409
    assert "Câu của Bình." in text(refused)
    assert "Câu của Oanh." in text(refused)
    assert section(report).text == "Câu chung.\nCâu của Bình."
    told = first.post(page, mine, headers=JSON).json()["cells"][0]
    assert told["state"] == "refused"
    assert told["theirs"]["joined"] == "Câu chung.\nCâu của Bình.\nCâu của Oanh."
    assert "Ghép cả hai bản" in told["words"]
    first.post(page, {**mine, "join": "general:2"})
    assert section(report).text == "Câu chung.\nCâu của Bình.\nCâu của Oanh."
    first.post(page, {**mine, "keep": "general:3"})
    assert section(report).text == "Câu chung.\nCâu của Oanh."
    first.post(page, {"vgeneral": "Khác hẳn.", "seen": "general:1", "take": "general"})
    assert section(report).text == "Câu chung.\nCâu của Oanh."


def test_a_text_that_comes_after_the_leader_was_asked_is_refused_and_kept(report: Submission, writer: Actor) -> None:
    Submission.objects.update(state=SubmissionState.WAITING)
    answer = (
        client_of(writer)
        .post(at(report, "section", "general"), {"vgeneral": "Muộn.", "seen": "general:1"}, headers=JSON)
        .json()
    )
    assert answer["cells"][0]["state"] == "refused"
    assert answer["cells"][0]["texts"] == {"vgeneral": "Muộn."}
    plain = client_of(writer).post(at(report, "section", "general"), {"vgeneral": "Muộn.", "seen": "general:1"})
    assert plain.status_code == 422
    assert "Muộn." in text(plain)
    assert section(report).text == ""


# ---- figures ----


def test_the_table_shows_what_is_known_and_where_it_comes_from(report: Submission, writer: Actor) -> None:
    page = text(client_of(writer).get(at(report), {"muc": "numbers"}))
    assert 'value="12"' in page
    assert "số đã có" in page
    assert at(report, "source", "cases") in page


def test_lines_are_saved_and_refused_one_by_one(report: Submission, writer: Actor) -> None:
    client, page = client_of(writer), at(report, "section", "numbers")
    seen = f"cases:{figure(report, 'cases').version} people:{figure(report, 'people').version}"
    told = client.post(page, {"vcases": "15", "vpeople": "ba", "seen": seen}, headers=JSON).json()
    cells = {each["key"]: each for each in told["cells"]}
    assert (cells["cases"]["state"], cells["people"]["state"]) == ("saved", "refused")
    assert cells["people"]["texts"]["vpeople"] == "ba"
    assert "không phải số" in cells["people"]["words"]
    assert "Số đã có: 12 (chênh +3)." in told["parts"]["gcases"]
    assert "ghi giải trình" in told["parts"]["fcases"]
    assert told["parts"]["cases-percent"] == "+50"
    assert figure(report, "cases").value == 15
    assert figure(report, "people").value is None
    plain = client.post(page, {"vcases": "15", "vpeople": "ba", "seen": seen})
    assert plain.status_code == 422
    assert 'value="ba"' in text(plain)


def test_a_blank_is_not_zero(report: Submission, writer: Actor) -> None:
    client, page = client_of(writer), at(report, "section", "numbers")
    told = client.post(page, {"vpeople": "0", "seen": "people:1"}, headers=JSON).json()
    assert told["parts"]["all-this"] == "12"
    assert "2/2 dòng" in told["parts"]["outline"]
    told = client.post(page, {"vpeople": "", "seen": "people:2"}, headers=JSON).json()
    assert told["parts"]["all-this"] == "—"
    assert figure(report, "people").value is None


def test_the_counted_number_is_taken_back(report: Submission, writer: Actor) -> None:
    client, page = client_of(writer), at(report, "section", "numbers")
    client.post(page, {"vcases": "15", "rcases": "thêm 3 vụ chưa nhập", "seen": "cases:1"}, headers=JSON)
    assert "thêm 3 vụ chưa nhập" in text(client.get(at(report), {"muc": "numbers"}))
    client.post(page, {"vcases": "15", "rcases": "thêm 3 vụ chưa nhập", "seen": "cases:2", "use": "cases"})
    assert (figure(report, "cases").value, figure(report, "cases").typed) == (12, False)


def test_two_at_a_line_choose_and_nobody_is_overwritten(land: World, report: Submission, writer: Actor) -> None:
    first, second = client_of(writer), client_of(land.actor("dong_hoa", "commune_officer", "binh"))
    page = at(report, "section", "numbers")
    second.post(page, {"vpeople": "7", "seen": "people:1"}, headers=JSON)
    told = first.post(page, {"vpeople": "5", "seen": "people:1"}, headers=JSON).json()["cells"][0]
    assert told["state"] == "refused"
    assert told["theirs"] == {"seen": 2, "text": "7"}
    first.post(page, {"vpeople": "5", "seen": "people:1", "keep": "people:2"})
    assert figure(report, "people").value == 5


def test_figures_of_a_closed_report_are_refused(report: Submission, writer: Actor) -> None:
    Submission.objects.update(state=SubmissionState.WAITING)
    page = at(report, "section", "numbers")
    told = client_of(writer).post(page, {"vpeople": "5", "seen": "people:1"}, headers=JSON).json()
    assert told["cells"][0]["state"] == "refused"
    plain = client_of(writer).post(page, {"vpeople": "5", "seen": "people:1"}, follow=True)
    assert "Số bạn vừa gõ: Số người bị bắt: 5." in text(plain)


def test_what_moved_is_said_and_taken_in(land: World, report: Submission, writer: Actor) -> None:
    facts.told(facts.entry(land["dong_hoa"], "suspects_arrested", facts.month(2), 9), at=NOW + timedelta(minutes=1))
    client = client_of(writer)
    page = text(client.get(at(report), {"muc": "numbers"}))
    assert "Số liệu đã đổi từ khi lấy số" in page
    assert client.post(at(report, "refresh"), {"muc": "numbers"}).url == f"{at(report)}?muc=numbers"
    assert figure(report, "people").value == 9
    assert "Số liệu đã đổi" not in text(client.get(at(report), {"muc": "numbers"}))


def test_a_number_opens_to_who_told_it(report: Submission, writer: Actor) -> None:
    page = text(client_of(writer).get(at(report, "source", "cases")))
    assert "Số này từ đâu ra: Số vụ phát hiện" in page
    assert "Trong báo cáo: 12 vụ" in page
    assert client_of(writer).get(at(report, "source", "khong-co")).status_code == 404


# ---- comments, pictures ----


def test_comments_of_the_body_stay_with_it_until_they_are_settled(
    land: World, report: Submission, writer: Actor
) -> None:
    client = client_of(writer)
    assert client.post(at(report, "comment"), {"muc": "general", "words": " "}).status_code == 422
    client.post(at(report, "comment"), {"muc": "general", "words": "Thêm số hộ."})
    said = SectionComment.objects.get()
    assert "1 góp ý" in text(client.get(at(report)))
    client.post(at(report, "settle", said.pk))
    assert "Đã xong:" in text(client.get(at(report)))
    sent(report, cases=12, people=3)
    police = client_of(land.office)
    assert "Thêm số hộ." not in text(police.get(at(report)))
    police.post(at(report, "comment"), {"muc": "numbers", "words": "Số người có đúng không?"})
    assert "Số người có đúng không?" in text(client.get(at(report)))


def test_a_picture_is_added_described_and_taken_out(report: Submission, writer: Actor) -> None:
    client, page = client_of(writer), at(report, "picture-in", "general")
    assert client.post(page).status_code == 422
    client.post(page, {"file": SimpleUploadedFile("ra-quan.png", picture("Ra quân")), "caption": "Ra quân"})
    one = report.pictures.get()
    shown = client.get(at(report, "picture", one.file_id))
    assert shown["Content-Type"].startswith("image/")
    client.post(at(report, "picture-words", one.pk), {"caption": "Lễ ra quân"})
    assert "Lễ ra quân" in text(client.get(at(report)))
    client.post(at(report, "picture-out", one.pk))
    assert client.get(at(report, "picture", one.file_id)).status_code == 404


# ---- before and after sending ----


def test_the_check_page_leads_to_each_place(report: Submission, writer: Actor) -> None:
    page = text(client_of(writer).get(at(report, "check")))
    assert f'href="{at(report)}?muc=general#vgeneral"' in page
    assert "Phải sửa trước khi gửi" in page
    assert "Nên xem lại" in page


def test_nothing_to_report_is_said_and_taken_back(report: Submission, writer: Actor) -> None:
    client = client_of(writer)
    refused = client.post(at(report, "nothing"), {"version": report.version})
    assert refused.status_code == 422
    assert "Số vụ phát hiện: 12" in text(refused)
    client.post(at(report, "section", "numbers"), {"vcases": "0", "rcases": "trùng", "seen": "cases:1"})
    report.refresh_from_db()
    client.post(at(report, "nothing"), {"version": report.version})
    report.refresh_from_db()
    assert report.nothing
    assert "không có nội dung phát sinh" in text(client.get(at(report)))
    client.post(at(report, "nothing"), {"version": report.version, "co": "1"})
    report.refresh_from_db()
    assert not report.nothing


def test_the_recipient_reads_what_was_sent_and_not_what_is_written_since(
    land: World, report: Submission, writer: Actor
) -> None:
    edition = sent(report, cases=12, people=3)
    Submission.objects.update(state=SubmissionState.RETURNED)
    client_of(writer).post(at(report, "section", "general"), {"vgeneral": "Sửa lại sau.", "seen": "general:1"})
    police = text(client_of(land.office).get(at(report)))
    assert "Tình hình ổn định." in police
    assert "Sửa lại sau." not in police
    assert edition.seal[:16] in police
    own = text(client_of(writer).get(at(report), {"lan": 1}))
    assert "Tình hình ổn định." in own
    assert client_of(writer).get(at(report), {"lan": 7}).status_code == 404


def test_the_receipt_says_what_was_sent(report: Submission, writer: Actor) -> None:
    client = client_of(writer)
    assert client.get(at(report, "receipt")).url == at(report)
    edition = sent(report, cases=12, people=3)
    page = text(client.get(at(report, "receipt")))
    assert edition.seal in page
    assert "trong hạn" in page
    assert "Nơi nhận tiếp nhận hoặc trả lại" in page


def test_two_editions_are_compared(report: Submission, writer: Actor) -> None:
    sent(report, "returned", cases=12, people=3)
    assert client_of(writer).get(at(report, "compare")).status_code == 404
    sent(report, cases=14, people=3)
    page = text(client_of(writer).get(at(report, "compare")))
    assert "Số vụ phát hiện" in page
    assert "+2" in page
    assert "Số người bị bắt" not in page


def test_the_preview_is_the_document(report: Submission, writer: Actor) -> None:
    page = text(client_of(writer).get(at(report, "preview")))
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in page
    assert "DỰ THẢO" in page
    assert "I. Tình hình chung" in page
    edition = sent(report, cases=12, people=3)
    assert edition.seal[:12] in text(client_of(writer).get(at(report, "preview")))


def test_pages_ask_the_same_number_of_questions_however_much_was_said(
    land: World, report: Submission, writer: Actor
) -> None:
    client = client_of(writer)
    client.get(at(report), {"muc": "numbers"})
    with statements() as before:
        client.get(at(report), {"muc": "numbers"})
    for number in range(5):
        SectionComment.objects.create(
            submission=report, section="numbers", at=NOW, actor_id=writer.user_id, actor_name="Oanh",
            unit=land["dong_hoa"], words=f"Góp ý {number}",
        )  # fmt: skip
    with statements() as after:
        client.get(at(report), {"muc": "numbers"})
    assert len(after) <= len(before)
