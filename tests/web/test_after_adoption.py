"""Pages after adoption on a province of real size: they open, stay small, cost the same however much there is."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from html import unescape as html_unescape
from pathlib import Path
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from lxml import etree
from openpyxl import load_workbook

from pcmt.apps.accounts.models import Grant, Role
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.models import DueItem, DueState, Mode, NoteFile, ProgressNote, Task, TaskParty
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind
from pcmt.web.audit.words import WORDS
from pcmt.web.search.find import excerpt, words_of
from tests.web.counting import statements
from tests.web.province import Province, build

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
MOST_BYTES = 300_000
SHEET = "/nhiem-vu/bang-tinh.xlsx"

PLAN_PAGES = (
    "", "chi-tieu/", "phan-cong/", "phan-cong/bang/", "tien-do/", "bao-cao/", "van-ban/", "lich-su/",
)  # fmt: skip
PLAIN_PAGES = (
    "/", "/nhiem-vu/", "/nhiem-vu/?nhom=ngay&trang_thai=tat-ca", "/nhiem-vu/?trang_thai=de-nghi", "/tim/?q=ma+tuy",
)  # fmt: skip


@pytest.fixture
def province() -> Province:
    return build(TODAY, tasks=60, communes=12, targets=14)


def signed_in(province: Province, username: str) -> Client:
    client = Client()
    client.force_login(province.users[username])
    return client


def pages(province: Province) -> list[str]:
    return [*PLAIN_PAGES, *(f"/ke-hoach/{province.plan.pk}/{page}" for page in PLAN_PAGES)]


def own_due(province: Province, unit: str = "Sở Y tế") -> DueItem:
    found = DueItem.objects.filter(unit__name=unit, state=DueState.OPEN, task__isnull=False, due_on__lt=TODAY)
    item = found.exclude(mode=Mode.REQUESTED).order_by("due_on", "pk").first()
    assert item is not None
    return item


@pytest.mark.parametrize("username", ["office", "leader", "officer", "ward"])
def test_every_page_opens_for_every_role(province: Province, username: str) -> None:
    client = signed_in(province, username)
    item = own_due(province)
    for address in [*pages(province), f"/nhiem-vu/{item.pk}/", f"/nhiem-vu/viec/{item.task_id}/"]:
        answer = client.get(address)
        assert answer.status_code == 200, address
        html = answer.content.decode()
        assert len(re.findall("<h1", html)) == 1, address
        assert " style=" not in html, address
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), address


def cost(**size: int) -> dict[str, int]:
    """SQL statements of every page for a province of a size, which is gone afterwards."""
    with transaction.atomic():
        made = build(TODAY, **size)
        client = signed_in(made, "office")
        client.get("/")
        task = Task.objects.filter(plan=made.plan).order_by("order")[3]
        addresses = [*pages(made), f"/nhiem-vu/viec/{task.pk}/", f"/nhiem-vu/{own_due(made).pk}/", SHEET]
        spent = {}
        for address in addresses:
            with statements() as queries:
                answer = client.get(address)
            assert answer.status_code == 200
            assert len(answer.content) < MOST_BYTES, (address, len(answer.content))
            spent[re.sub(r"\d+", "N", address)] = len(queries)
        transaction.set_rollback(True)
    return spent


def test_pages_of_a_real_sized_plan_stay_small_and_cost_the_same() -> None:
    small = cost(tasks=60, communes=12, targets=14)
    large = cost(tasks=300, communes=130, targets=60)
    assert large == small
    # The page of one item holds its parts, links, extensions and talk besides.
    of_items = {address: count for address, count in large.items() if address.startswith("/nhiem-vu/N/")}
    of_items |= {address: count for address, count in large.items() if address.startswith("/nhiem-vu/viec/")}
    assert max(of_items.values()) <= 30, of_items
    assert max(count for address, count in large.items() if address not in of_items) <= 20, large


def test_who_is_not_named_sees_nothing(province: Province) -> None:
    elsewhere = Unit.objects.create(
        name="Xã Xa", search_key="xa xa", sort_key="xa", kind=UnitKind.ADMINISTRATIVE, level=Level.COMMUNE
    )
    UnitClosure.objects.create(ancestor=elsewhere, descendant=elsewhere, depth=0)
    Grant.objects.create(user=province.users["stranger"], role=Role.OFFICER, unit=elsewhere)
    client = signed_in(province, "stranger")
    item = own_due(province)
    note = ProgressNote.objects.all()[0]
    file = NoteFile.objects.create(note=note, name="bien-ban.txt")
    closed = [address for address in pages(province) if address.startswith("/ke-hoach/")]
    closed += [f"/nhiem-vu/{item.pk}/", f"/nhiem-vu/viec/{item.task_id}/", f"/nhiem-vu/tep/{file.pk}/"]
    closed += [f"/ke-hoach/{province.plan.pk}/tai-ve/{name}" for name in ("ke-hoach.json", "ke-hoach.xlsx", "tep-goc")]
    assert {address: client.get(address).status_code for address in closed} == dict.fromkeys(closed, 404)
    for address in ("/nhiem-vu/", "/tim/?q=ma+tuy", "/"):
        assert province.plan.designation not in client.get(address).content.decode(), address
    for action in ("tien-do", "mo-lai"):
        assert client.post(f"/nhiem-vu/{item.pk}/{action}/", {"version": 1}).status_code == 404


def test_somebody_without_role_is_told(province: Province) -> None:
    answer = signed_in(province, "stranger").get("/", follow=True)
    assert answer.status_code == 403
    assert "vai trò" in answer.content.decode()


def test_every_link_to_a_sentence_leads_to_one(province: Province) -> None:
    client = signed_in(province, "office")
    text = client.get(f"/ke-hoach/{province.plan.pk}/van-ban/").content.decode()
    anchors = set(re.findall(r'id="(s\d+)"', text))
    asked: set[str] = set()
    for address in pages(province):
        html = client.get(address).content.decode()
        asked |= set(re.findall(rf'/ke-hoach/{province.plan.pk}/van-ban/[^"#]*#(s\d+)"', html))
    assert len(asked) > 40
    assert asked <= anchors


# --- who owes what


def rows(html: str) -> int:
    return html.count('class="due-label"')


def test_counts_are_links_to_lists_of_that_length(province: Province) -> None:
    client = signed_in(province, "office")
    tallies = re.findall(
        r'<a href="([^"]*)"[^>]*class="tally[^"]*"><span class="tally-value">([\d.]+)</span>',
        client.get("/nhiem-vu/").content.decode(),
    )
    assert len(tallies) == 6
    for address, shown in tallies:
        listed = client.get(html_unescape(address)).context["totals"].total
        assert listed == int(shown.replace(".", "")), address


def test_requested_bodies_stand_apart_and_are_never_late(province: Province) -> None:
    asked = DueItem.objects.filter(mode=Mode.REQUESTED, state=DueState.OPEN, due_on__lt=TODAY)
    assert asked.exists()
    client = signed_in(province, "office")
    for state in ("qua-han", "muon", "", "tat-ca", "sap-toi"):
        listed = client.get(f"/nhiem-vu/?trang_thai={state}").context["page"].paginator.object_list
        assert not listed.filter(mode=Mode.REQUESTED).exists(), state
    answer = client.get("/nhiem-vu/?trang_thai=de-nghi")
    assert answer.context["totals"].total == DueItem.objects.filter(mode=Mode.REQUESTED).count()
    body = answer.content.decode()
    table = body[body.index("<tbody") : body.index("</table>")]
    assert "state-late" not in table
    assert "quá" not in re.sub(r"<[^>]+>", "", table)


@pytest.mark.parametrize("order", ["", "ngay"])
def test_sums_of_a_group_count_the_whole_list(province: Province, order: str) -> None:
    client = signed_in(province, "office")
    first = client.get(f"/nhiem-vu/?trang_thai=tat-ca&nhom={order}&tach=on")
    paginator = first.context["page"].paginator
    assert paginator.num_pages > 1
    for group in first.context["listing"].groups:
        item = group.items[0]
        same = {"due_on": item.due_on} if order else {"unit_id": item.unit_id}
        whole = paginator.object_list.filter(**same)
        assert group.sums.total == whole.count()
        assert group.sums.overdue == sum(
            each.state == DueState.OPEN and each.due_on is not None and each.due_on < TODAY for each in whole
        )
    totals = first.context["totals"]
    assert (totals.total, totals.open + totals.done) == (paginator.count, paginator.count)


def test_filters_narrow_and_nonsense_is_left_out(province: Province) -> None:
    client = signed_in(province, "office")
    health = Unit.objects.get(name="Sở Y tế")

    def listed(query: str) -> Any:
        return client.get(f"/nhiem-vu/?trang_thai=tat-ca&tach=on&{query}").context["page"].paginator.object_list

    everything = listed("").count()
    assert listed("ke_hoach=999999&don_vi=abc&tu=hôm qua&loai=gì&nhom=kia").count() == everything
    assert set(listed(f"don_vi={health.pk}").values_list("unit__name", flat=True)) == {"Sở Y tế"}
    assert listed(f"don_vi={province.seat.pk}").count() == everything  # the committee takes its agencies with it
    assert set(listed("loai=bao-cao").values_list("kind", flat=True)) == {"report"}
    days = set(listed(f"tu={TODAY:%Y-%m-%d}&den={TODAY + timedelta(days=9):%Y-%m-%d}").values_list("due_on", flat=True))
    assert days
    assert min(days) >= TODAY
    assert max(days) <= TODAY + timedelta(days=9)
    assert 0 < listed("q=cai+nghien").count() < everything
    assert listed("q=cai+nghien").count() == listed("q=CAI NGHIỆN").count()


def test_the_filter_stays_while_paging_and_in_the_sheet(province: Province) -> None:
    client = signed_in(province, "office")
    html = client.get("/nhiem-vu/?trang_thai=tat-ca&loai=viec").content.decode()
    following = re.search(r'href="([^"]*)" rel="next"', html)
    assert following
    assert "loai=viec" in following[1]
    assert "trang_thai=tat-ca" in following[1]
    assert "Đang lọc" in html
    sheet = load_workbook(io.BytesIO(client.get(f"{SHEET}?trang_thai=tat-ca&loai=viec").content)).active
    listed = client.get("/nhiem-vu/?trang_thai=tat-ca&loai=viec").context["totals"].total
    kinds = [sheet.cell(row, 4).value for row in range(4, sheet.max_row + 1) if sheet.cell(row, 1).value]
    assert kinds == ["Việc"] * listed


def test_before_the_fifteenth_is_shown_as_the_end_of_the_fourteenth(province: Province) -> None:
    client = signed_in(province, "office")
    html = client.get("/nhiem-vu/?loai=bao-cao&trang_thai=tat-ca&tach=on").content.decode()
    assert f"hết ngày 14/01/{TODAY.year}" in html
    assert "“trước ngày 15 hằng tháng”" in html


def test_english_is_there_for_who_chose_it(province: Province) -> None:
    client = signed_in(province, "office")
    client.cookies["django_language"] = "en"
    html = client.get("/nhiem-vu/").content.decode()
    for words in ("Who owes what by when", "Overdue", "Due", "by the end of"):
        assert words in html
    assert "Ai nợ việc gì" not in html


# --- one task


def test_progress_then_done_then_open_again_and_late_stays_late(province: Province) -> None:
    client = signed_in(province, "officer")
    item = own_due(province)
    address = f"/nhiem-vu/{item.pk}/"
    form = {"version": item.version, "percent": 60, "note": "Đã làm được quá nửa."}
    answer = client.post(f"{address}tien-do/", form)
    assert answer.status_code == 302
    item.refresh_from_db()
    assert (item.percent, item.state) == (60, DueState.OPEN)
    client.post(f"{address}tien-do/", {"version": item.version, "note": "Xong cả.", "done": "1"})
    item.refresh_from_db()
    assert item.state == DueState.DONE
    html = client.get(address).content.decode()
    assert "xong muộn" in html
    assert "Xong cả." in html
    assert "Mở lại việc này" in html
    client.post(f"{address}mo-lai/", {"version": item.version, "note": "Báo nhầm."})
    item.refresh_from_db()
    assert item.state == DueState.OPEN
    assert "Báo nhầm." in client.get(address).content.decode()


def test_what_somebody_else_changed_is_said_and_nothing_typed_is_lost(province: Province) -> None:
    officer, office = signed_in(province, "officer"), signed_in(province, "office")
    item = own_due(province)
    seen = item.version
    office.post(f"/nhiem-vu/{item.pk}/tien-do/", {"version": seen, "percent": 30})
    answer = officer.post(f"/nhiem-vu/{item.pk}/tien-do/", {"version": seen, "percent": 80, "note": "Câu tôi vừa gõ."})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert province.users["office"].full_name in html
    assert "Câu tôi vừa gõ." in html
    assert 'value="80"' in html
    assert "<title>Lỗi:" in html
    item.refresh_from_db()
    assert item.percent == 30
    again = {"version": item.version, "percent": 80, "note": "Câu tôi vừa gõ."}
    assert officer.post(f"/nhiem-vu/{item.pk}/tien-do/", again).status_code == 302


@pytest.mark.parametrize(
    ("typed", "words"), [({"percent": 150}, "100"), ({}, "Nhập tiến độ"), ({"percent": "nửa"}, "số")]
)
def test_mistakes_in_the_form_are_said_beside_the_field(province: Province, typed: dict[str, Any], words: str) -> None:
    item = own_due(province)
    client = signed_in(province, "officer")
    answer = client.post(f"/nhiem-vu/{item.pk}/tien-do/", {"version": item.version, **typed})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "error-summary" in html
    assert words in html
    before = item.percent
    item.refresh_from_db()
    assert item.percent == before


def test_a_file_is_kept_and_comes_back_as_a_download(province: Province) -> None:
    client = signed_in(province, "officer")
    item = own_due(province)
    proof = SimpleUploadedFile("biên bản.txt", "Biên bản kiểm tra ngày 3.".encode(), content_type="text/html")
    posted = client.post(f"/nhiem-vu/{item.pk}/tien-do/", {"version": item.version, "percent": 10, "evidence": proof})
    assert posted.status_code == 302, posted.content.decode()
    file = NoteFile.objects.get(note__due_item=item, note__percent=10)
    answer = client.get(f"/nhiem-vu/tep/{file.pk}/")
    assert b"".join(answer.streaming_content).decode() == "Biên bản kiểm tra ngày 3."
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"


def test_only_who_may_report_gets_the_form(province: Province) -> None:
    item = own_due(province)
    for username, may in (("officer", True), ("office", True), ("leader", False), ("ward", False)):
        client = signed_in(province, username)
        html = client.get(f"/nhiem-vu/{item.pk}/").content.decode()
        assert ("Lưu tiến độ" in html) is may, username
        if not may:
            answer = client.post(f"/nhiem-vu/{item.pk}/tien-do/", {"version": item.version, "percent": 5})
            assert answer.status_code == 422
            assert "Chỉ đơn vị" in answer.content.decode()


def test_a_report_can_be_said_to_be_done(province: Province) -> None:
    item = DueItem.objects.filter(kind="report", unit__name="Sở Y tế", due_on__gte=TODAY).order_by("due_on").first()
    assert item is not None
    client = signed_in(province, "officer")
    assert "Kỳ số liệu" in client.get(f"/nhiem-vu/{item.pk}/").content.decode()
    client.post(f"/nhiem-vu/{item.pk}/tien-do/", {"version": item.version, "done": "1"})
    item.refresh_from_db()
    assert item.state == DueState.DONE


# --- the plan's tabs


def test_targets_say_their_sums_and_guess_no_verdict(province: Province) -> None:
    html = signed_in(province, "office").get(f"/ke-hoach/{province.plan.pk}/chi-tieu/").content.decode()
    assert "cộng 10, khớp với tổng" in html
    assert "cộng 12, lệch 2 so với tổng 10" in html
    assert html.count("chưa có số liệu") >= 14
    assert "đạt 0" not in html


def test_the_matrix_has_one_column_a_body_and_letters_in_words(province: Province) -> None:
    answer = signed_in(province, "office").get(f"/ke-hoach/{province.plan.pk}/phan-cong/bang/")
    drawn = answer.context["matrix"]
    lead = drawn.columns[0]
    mine = [row.cells[0] for row in drawn.rows if row.cells[0].letters]
    assert len(mine) == len(lead.parts)
    assert {"C", "P"} <= {cell.letters for row in drawn.rows for cell in row.cells}
    assert sum(cell.letters == "C" for cell in mine) == lead.owed
    html = answer.content.decode()
    for word in ("chủ trì", "phối hợp", "được đề nghị"):
        assert word in html


def test_tasks_by_body_for_one_and_for_all(province: Province) -> None:
    client = signed_in(province, "office")
    health = Unit.objects.get(name="Sở Y tế")
    one = client.get(f"/ke-hoach/{province.plan.pk}/phan-cong/?don_vi={health.pk}").context["groups"]
    assert [group.body.name for group in one] == ["Sở Y tế"]
    everybody = client.get(f"/ke-hoach/{province.plan.pk}/phan-cong/?tat_ca=1")
    assert len(everybody.context["groups"]) == len(everybody.context["bodies"]) > 20
    assert everybody.context["nobody"]
    parties = TaskParty.objects.filter(task__plan=province.plan).count()
    assert sum(len(group.lines) for group in everybody.context["groups"]) == parties


def test_a_group_of_communes_shows_how_many_are_done(province: Province) -> None:
    client = signed_in(province, "office")
    group = Unit.objects.get(kind=UnitKind.GROUP)
    (listed,) = client.get(f"/ke-hoach/{province.plan.pk}/phan-cong/?don_vi={group.pk}").context["groups"]
    debt = listed.lines[0].debt
    assert debt.total == 12
    assert 0 < debt.done <= 12


def test_the_timeline_draws_every_dated_item(province: Province) -> None:
    drawn = signed_in(province, "office").get(f"/ke-hoach/{province.plan.pk}/tien-do/").context["timeline"]
    dated = DueItem.objects.filter(plan=province.plan, due_on__isnull=False).exclude(state=DueState.ENDED)
    assert sum(due.total for row in drawn.rows for due in row.dues) == dated.count()
    monthly = max(drawn.rows, key=lambda row: len(row.dots))
    assert len(monthly.dots) == 12
    assert [dot.x for dot in monthly.dots] == sorted(dot.x for dot in monthly.dots)
    states = {dot.state for row in drawn.rows for dot in row.dots}
    assert states <= {"done", "late", "soon", "open", "requested"}
    assert {"done", "late", "requested"} <= states


def test_reports_link_each_period_to_who_has_not_sent(province: Province) -> None:
    client = signed_in(province, "office")
    answer = client.get(f"/ke-hoach/{province.plan.pk}/bao-cao/")
    first = answer.context["duties"][0].occurrences[0]
    link = re.search(rf'<a href="([^"]*)">{first.done}/{first.total}</a>', answer.content.decode())
    assert link
    assert client.get(html_unescape(link[1])).context["page"].paginator.count == first.total


def test_the_history_tells_acts_in_words(province: Province) -> None:
    html = signed_in(province, "office").get(f"/ke-hoach/{province.plan.pk}/lich-su/").content.decode()
    for words in ("Ban hành", "Nhận các mục chắc", "Gửi văn bản lên"):
        assert words in html


def test_every_event_of_a_plan_has_words(root: Path) -> None:
    named = set()
    for room in ("plans", "targets", "tasks", "reports"):
        for file in (root / "src/pcmt/apps" / room).rglob("*.py"):
            named |= set(re.findall(rf'"({room}\.[a-z_]+\.[a-z_]+)"', file.read_text(encoding="utf-8")))
    assert named - set(WORDS) == set()


def test_projects_inside_a_plan_have_their_own_page(province: Province) -> None:
    client = signed_in(province, "office")
    project = Plan.objects.get(parent=province.plan)
    assert project.title in client.get(f"/ke-hoach/{province.plan.pk}/").content.decode()
    page = client.get(f"/ke-hoach/{project.pk}/").content.decode()
    assert f"#s{project.item_id}" in page
    assert f'id="s{project.item_id}"' in client.get(f"/ke-hoach/{project.pk}/van-ban/").content.decode()


def test_an_unknown_version_is_no_page(province: Province) -> None:
    client = signed_in(province, "office")
    assert client.get(f"/ke-hoach/{province.plan.pk}/van-ban/?ban=7").status_code == 404
    assert client.get(f"/ke-hoach/{province.plan.pk}/van-ban/so-sanh/").status_code == 404


# --- downloads and search


def test_downloads_open_in_their_programs(province: Province) -> None:
    client = signed_in(province, "officer")

    def taken(name: str) -> bytes:
        answer = client.get(f"/ke-hoach/{province.plan.pk}/tai-ve/{name}")
        assert answer.status_code == 200
        assert "attachment" in answer["Content-Disposition"]
        return answer.content

    reading = json.loads(taken("ke-hoach.json"))
    assert reading["schema"] == "pcmt-plan/1"
    assert len(reading["tasks"]) == Task.objects.filter(plan=province.plan).count()
    assert etree.fromstring(taken("ke-hoach.akn.xml")).tag.endswith("akomaNtoso")
    assert load_workbook(io.BytesIO(taken("ke-hoach.xlsx"))).sheetnames
    assert docx.Document(io.BytesIO(taken("phan-cong.docx"))).tables


def test_search_finds_without_marks_and_shows_them(province: Province) -> None:
    client = signed_in(province, "officer")
    answer = client.get("/tim/?q=cai nghien tu nguyen")
    assert answer.context["total"] == client.get("/tim/?q=CAI NGHIỆN TỰ NGUYỆN").context["total"] > 0
    assert "<mark>nghiện</mark>" in answer.content.decode()
    assert client.get("/tim/?q=so y te").context["blocks"][3]["total"] == 1
    assert client.get("/tim/?q=khongcogi").context["total"] == 0
    assert client.get("/tim/?q=a").context["enough"] is False
    page = client.get("/tim/?q=doi chieu&loai=viec&trang=2").context["blocks"]
    assert [block["sort"].key for block in page] == ["viec"]


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("Sở Y tế <b>", "y te", "Sở <mark>Y</mark> <mark>tế</mark> &lt;b&gt;"),
        ("Hoà bình", "hoa", "<mark>Hoà</mark> bình"),
        ("ngân ngân", "ngan", "<mark>ngân</mark> <mark>ngân</mark>"),
        ("aaa", "aa a", "<mark>aa</mark><mark>a</mark>"),
        ("", "x", ""),
    ],
)
def test_an_excerpt_marks_what_was_found(text: str, query: str, shown: str) -> None:
    assert excerpt(text, words_of(query)) == shown


def test_an_excerpt_of_a_long_text_stands_around_the_find() -> None:
    long = "mở đầu " * 60 + "kiểm tra cơ sở " + "kết thúc " * 60
    shown = excerpt(long, words_of("kiem tra"))
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert "<mark>kiểm</mark> <mark>tra</mark>" in shown
    assert len(shown) < 260
