"""The page of a due item: who is offered which act in which state, what is refused at its field, files, talk, counts."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.addresses import due_address
from pcmt.apps.tasks.models import Comment, DueItem, Extension, NoteFile
from pcmt.web.plan.header import due_counts
from pcmt.web.tasks.owed import in_state, numbers_of, totals
from tests.documents.test_pictures import SECRET, TAGGED
from tests.web.province import Province, build

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def province() -> Province:
    made = build(TODAY, tasks=24, communes=4, targets=2)
    Plan.objects.filter(pk=made.plan.pk).update(needs_acceptance=True)
    return made


@pytest.fixture
def due(province: Province) -> DueItem:
    """An open item of Sở Y tế with a limit ahead."""
    found = DueItem.objects.filter(unit__name="Sở Y tế", state="open", mode="assigned", task__isnull=False)
    item = found.order_by("pk")[0]
    limit = TODAY + timedelta(days=10)
    DueItem.objects.filter(pk=item.pk).update(due_on=limit, original_due_on=limit)
    item.refresh_from_db()
    return item


def signed_in(province: Province, username: str) -> Client:
    client = Client()
    client.force_login(province.users[username])
    return client


def sent(client: Client, due: DueItem, act: str, **typed: Any) -> Any:
    """What a form of the item's page answers, sent with the version that the page shows now."""
    version = DueItem.objects.get(pk=due.pk).version
    return client.post(f"{due_address(due)}{act}/", {"version": version, **typed})


def shown(client: Client, due: DueItem) -> str:
    return client.get(due_address(due)).content.decode()


def offered(client: Client, due: DueItem) -> set[str]:
    """The acts that the page has forms for."""
    return set(re.findall(rf'action="{due_address(due)}([a-z/-]+)/"', shown(client, due)))


OFFERS = {
    # state: (to the unit that owes it, to the office that keeps the plan)
    "open": ({"tien-do", "gia-han", "trao-doi"}, {"tien-do", "gia-han", "tam-dung", "huy", "trao-doi"}),
    "asked": (
        {"tien-do", "gia-han/rut", "trao-doi"},
        {"tien-do", "gia-han/quyet-dinh", "tam-dung", "huy", "trao-doi"},
    ),
    "submitted": ({"mo-lai", "trao-doi"}, {"nghiem-thu", "tra-lai", "huy", "trao-doi"}),
    "done": ({"mo-lai", "trao-doi"}, {"mo-lai", "trao-doi"}),
    "suspended": ({"trao-doi"}, {"tiep-tuc", "huy", "trao-doi"}),
    "cancelled": ({"trao-doi"}, {"khoi-phuc", "trao-doi"}),
}
OURS = set().union(*(acts for pair in OFFERS.values() for acts in pair))


def test_who_is_offered_what(province: Province, due: DueItem) -> None:
    unit, office, leader = (signed_in(province, name) for name in ("officer", "office", "leader"))
    longer = f"{TODAY + timedelta(days=20):%d/%m/%Y}"
    steps = {
        "open": lambda: None,
        "asked": lambda: sent(unit, due, "gia-han", wanted_on=longer, reason="Chờ xã gửi"),
        "submitted": lambda: sent(unit, due, "tien-do", done="1"),
        "done": lambda: sent(office, due, "nghiem-thu"),
        "reopened": lambda: sent(unit, due, "mo-lai", note="Báo nhầm"),
        "suspended": lambda: sent(office, due, "tam-dung", reason="Chờ hướng dẫn"),
        "cancelled": lambda: sent(office, due, "huy", reason="Trùng"),
    }
    for state, step in steps.items():
        answer = step()
        assert answer is None or answer.status_code == 302, answer.content.decode()
        if state in OFFERS:
            assert (offered(unit, due) & OURS, offered(office, due) & OURS) == OFFERS[state], state
        assert offered(leader, due) & OURS == set(), state


def test_the_words_of_each_state(province: Province, due: DueItem) -> None:
    unit, office = signed_in(province, "officer"), signed_in(province, "office")
    assert "Báo xong thì việc chờ nghiệm thu" in shown(unit, due)
    sent(unit, due, "tien-do", done="1")
    page = shown(office, due)
    assert "chờ nghiệm thu" in page
    assert f"báo xong ngày {TODAY:%d/%m/%Y}" in page
    sent(office, due, "tra-lai", reason="Thiếu hai xã")
    page = shown(unit, due)
    assert "bị trả lại · còn 10 ngày" in page
    assert "Thiếu hai xã" in page
    sent(unit, due, "gia-han", wanted_on=f"{TODAY + timedelta(days=30):%d/%m/%Y}", reason="Chờ xã gửi")
    sent(office, due, "gia-han/quyet-dinh", until=f"{TODAY + timedelta(days=15):%d/%m/%Y}", approve="1")
    page = shown(unit, due)
    assert f"<s>hết ngày {due.due_on:%d/%m/%Y}</s>" in page
    assert f"hết ngày {TODAY + timedelta(days=15):%d/%m/%Y}" in page
    assert "Được gia hạn" in page


@pytest.mark.parametrize(
    ("who", "act", "typed", "field", "words"),
    [
        ("officer", "gia-han", {"reason": "x"}, "id_ask_wanted_on", "Nhập ngày gia hạn đến."),
        ("officer", "gia-han", {"reason": "x", "wanted_on": "01/01/2020"}, "id_ask_wanted_on", "phải sau hạn hiện nay"),
        ("officer", "gia-han", {"reason": "Còn chờ", "wanted_on": "31/02/2027"}, "id_ask_wanted_on", "Không có ngày"),
        ("officer", "gia-han", {"wanted_on": "01/01/2035"}, "id_ask_reason", "Nhập lý do xin gia hạn."),
        ("office", "tam-dung", {"reason": " "}, "id_suspend_reason", "Nhập lý do tạm dừng."),
        ("office", "huy", {}, "id_cancel_reason", "Nhập lý do hủy việc."),
        ("officer", "trao-doi", {"text": ""}, "id_comment_text", "Nhập nội dung trao đổi."),
        ("officer", "trao-doi", {"text": "Hỏi", "mentioned": "999999"}, "id_comment_mentioned_0", "999999"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    province: Province, due: DueItem, who: str, act: str, typed: dict[str, str], field: str, words: str
) -> None:
    answer = sent(signed_in(province, who), due, act, **typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{field}"' in html
    assert html.count(words) >= 2, html  # on top and at the field
    assert "<title>Lỗi:" in html.replace("\n", "")
    for value in typed.values():
        assert value.strip() in html


def test_who_may_not_is_refused_in_words(province: Province, due: DueItem) -> None:
    ward = signed_in(province, "ward")
    for act, typed in (("tam-dung", {"reason": "x"}), ("nghiem-thu", {}), ("tien-do", {"percent": "5"})):
        answer = sent(ward, due, act, **typed)
        assert answer.status_code == 422
        assert "Chỉ " in answer.content.decode()
    assert sent(signed_in(province, "leader"), due, "trao-doi", text="x").status_code == 422
    assert DueItem.objects.get(pk=due.pk).state == "open"


def test_the_second_decider_is_told_and_keeps_what_was_typed(province: Province, due: DueItem) -> None:
    unit, office = signed_in(province, "officer"), signed_in(province, "office")
    sent(unit, due, "tien-do", done="1")
    version = DueItem.objects.get(pk=due.pk).version
    sent(unit, due, "mo-lai", note="Báo nhầm")
    sent(unit, due, "tien-do", done="1")
    said = {"version": version, "reason": "Câu này không được mất."}
    answer = office.post(f"{due_address(due)}tra-lai/", said)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "vừa báo hoàn thành" in html
    assert "Câu này không được mất." in html
    fresh = re.search(r'name="version" value="(\d+)" id="id_send_back_version"', html)
    assert fresh is not None
    assert office.post(f"{due_address(due)}tra-lai/", {**said, "version": fresh[1]}).status_code == 302


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "green").save(out, "JPEG")
    return out.getvalue()


def test_one_bad_file_loses_no_good_one(province: Province, due: DueItem) -> None:
    unit = signed_in(province, "officer")
    files = [
        SimpleUploadedFile("anh.jpg", TAGGED["jpeg"]()),
        SimpleUploadedFile("hong.png", b"\x89PNG\r\n\x1a\nhong"),
        SimpleUploadedFile("bien-ban.txt", "Biên bản".encode()),
    ]
    answer = sent(unit, due, "tien-do", percent="30", note="Đã họp", evidence=files)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count("“hong.png”: Ảnh bị hỏng") == 2
    tokens = re.findall(r'name="kept" value="([^"]+)" checked', html)
    assert len(tokens) == 2
    assert not NoteFile.objects.exists()
    other = DueItem.objects.exclude(pk=due.pk).filter(unit=due.unit, state="open")[0]
    sent(unit, other, "tien-do", percent="5", kept=tokens)
    assert not NoteFile.objects.exists()  # signed for another item
    more = SimpleUploadedFile("hop.jpg", photo())
    again = sent(unit, due, "tien-do", percent="30", note="Đã họp", kept=[*tokens, "gia:mao"], evidence=more)
    assert again.status_code == 302, again.content.decode()
    listed = NoteFile.objects.order_by("order").values_list("name", "picture")
    assert list(listed) == [("anh.jpg", True), ("bien-ban.txt", False), ("hop.jpg", True)]


def test_files_of_a_note(province: Province, due: DueItem) -> None:
    unit = signed_in(province, "officer")
    files = [SimpleUploadedFile("anh.jpg", TAGGED["jpeg"]()), SimpleUploadedFile("a.txt", "Biên bản".encode())]
    assert sent(unit, due, "tien-do", percent="30", evidence=files).status_code == 302
    picture, text = NoteFile.objects.order_by("order")
    html = shown(unit, due)
    assert f'src="/nhiem-vu/tep/{picture.pk}/anh-nho/"' in html
    assert 'loading="lazy"' in html
    small = unit.get(f"/nhiem-vu/tep/{picture.pk}/anh-nho/")
    assert (small["Content-Type"], small.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert "private" in small["Cache-Control"]
    assert not Entry.objects.filter(event="tasks.file.downloaded").exists()
    whole: Any = unit.get(f"/nhiem-vu/tep/{picture.pk}/")
    assert SECRET.encode() not in b"".join(whole.streaming_content)
    assert whole["Content-Disposition"].startswith("attachment")
    assert Entry.objects.get(event="tasks.file.downloaded").after == {"file": "anh.jpg"}
    assert unit.get(f"/nhiem-vu/tep/{text.pk}/anh-nho/").status_code == 404
    NoteFile.objects.filter(pk=picture.pk).update(file=None)
    assert "anh.jpg: đã bị xóa vì có dấu độ mật." in shown(unit, due)
    assert unit.get(f"/nhiem-vu/tep/{picture.pk}/").status_code == 404


def test_talk_with_a_name(province: Province, due: DueItem) -> None:
    unit, office = signed_in(province, "officer"), province.users["office"]
    answer = sent(unit, due, "trao-doi", text="Xin <b>ý kiến</b>", mentioned=[office.pk])
    assert answer["Location"].endswith("#trao-doi")
    html = shown(signed_in(province, "leader"), due)
    assert "Xin &lt;b&gt;ý kiến&lt;/b&gt;" in html
    assert f"Nhắc tên: {office.full_name}" in " ".join(html.split())
    assert Comment.objects.get().mentioned.get() == office


def test_a_plan_says_whether_results_are_accepted(province: Province) -> None:
    address = f"/ke-hoach/{province.plan.pk}/"
    office = signed_in(province, "office")
    assert "Thôi nghiệm thu" in office.get(address).content.decode()
    assert office.post(f"{address}nghiem-thu/", {"needed": "0"}).status_code == 302
    assert not Plan.objects.get(pk=province.plan.pk).needs_acceptance
    for username in ("officer", "leader"):
        client = signed_in(province, username)
        html = client.get(address).content.decode()
        assert "không phải nghiệm thu" in html
        assert "Bật nghiệm thu" not in html
        assert client.post(f"{address}nghiem-thu/", {"needed": "1"}).status_code == 403


FILTERS = {
    "cho-nghiem-thu": "submitted",
    "tra-lai": "returned",
    "tam-dung": "suspended",
    "xin-gia-han": "asking",
    "da-xong": "done",
}


def test_counts_and_lists_agree(province: Province) -> None:
    """Every figure is the length of its list; open, submitted, suspended and done add up to the total."""
    unit, office = signed_in(province, "officer"), signed_in(province, "office")
    plan = province.plan
    mine = DueItem.objects.filter(unit__name="Sở Y tế", state="open", mode="assigned", task__isnull=False)
    rows = list(mine.order_by("pk")[:5])
    assert len(rows) == 5
    for row in rows:
        DueItem.objects.filter(pk=row.pk).update(due_on=TODAY + timedelta(days=3))
    sent(unit, rows[0], "tien-do", done="1")
    sent(unit, rows[1], "tien-do", done="1")
    sent(office, rows[1], "tra-lai", reason="Thiếu")
    sent(office, rows[2], "tam-dung", reason="Chờ")
    for _times in range(2):  # a refused request before the one that waits must not count twice
        sent(unit, rows[3], "gia-han", wanted_on=f"{TODAY + timedelta(days=20):%d/%m/%Y}", reason="Chờ")
        if Extension.objects.count() == 1:
            sent(office, rows[3], "gia-han/quyet-dinh", answer="Không")
    sent(office, rows[4], "huy", reason="Trùng")
    items = DueItem.objects.filter(plan=plan).owed()
    numbers = numbers_of(items, TODAY)
    for word, name in FILTERS.items():
        assert numbers[name] == in_state(items, word, TODAY).count(), word
    assert [numbers[name] for name in ("submitted", "returned", "suspended", "asking")] == [1, 1, 1, 1]
    sums = totals(items, TODAY)
    assert sums.total == sums.open + sums.submitted + sums.suspended + sums.done == items.count()
    counts = due_counts(plan, TODAY)
    assert (counts.submitted, counts.suspended) == (1, 1)
    binding = items.of_plans().exclude(mode="requested")
    assert counts.total == binding.count()
    html = office.get(f"/ke-hoach/{plan.pk}/").content.decode()
    assert "1 chờ nghiệm thu, 1 tạm dừng" in html
    for page in ("", "phan-cong/", "tien-do/", "bao-cao/"):
        assert office.get(f"/ke-hoach/{plan.pk}/{page}").status_code == 200
    assert "chờ nghiệm thu" in office.get(f"/ke-hoach/{plan.pk}/phan-cong/?tat-ca").content.decode()
    for word in FILTERS:
        assert office.get(f"/nhiem-vu/?trang_thai={word}").status_code == 200
        assert office.get(f"/nhiem-vu/bang-tinh.xlsx?trang_thai={word}").status_code == 200
