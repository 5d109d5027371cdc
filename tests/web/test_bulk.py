"""Many due items at once through the pages: chosen in the list, typed in the table, sent back as a workbook."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from html import unescape
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcmt.apps.accounts.models import User
from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.models import Batch, BatchState, DueItem
from pcmt.apps.tasks.operations import report_progress, start_sheet
from pcmt.apps.tasks.policies import can_report
from pcmt.apps.tasks.queries import reportable
from pcmt.apps.tasks.sheets import EDITABLE, KEY, NAMING
from tests.apps.conftest import reader  # noqa: F401 - the fixture
from tests.factories.plans import adopted
from tests.factories.sheets import read_back
from tests.factories.world import NOW, TODAY, World
from tests.factories.world import world as make_world
from tests.web.counting import statements

pytestmark = pytest.mark.django_db
LIST = "/nhiem-vu/?loai=viec&tach=on&trang_thai=tat-ca"
SHEET = "/nhiem-vu/bang-tinh.xlsx?loai=viec&trang_thai=tat-ca"


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def land(reader: None) -> World:  # noqa: F811
    made = make_world()
    adopted(made.office)
    return made


def client_of(land: World, key: str = "police", role: str = "standing_office", name: str = "lan") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=land.actor(key, role, name).user_id))
    return client


def text(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def meetings(unit: str = "Xã Đông Hòa") -> list[DueItem]:
    found = DueItem.objects.filter(task__text__startswith="Họp dân", unit__name=unit)
    return list(found.order_by("due_on")[:3])


def choose(client: Client, act: str, dues: list[DueItem], **more: str) -> Any:
    data = {"viec": act, "chon": [f"{due.pk}.{due.version}" for due in dues], **more}
    return client.post(reverse("tasks:batches"), data, follow=True)


# ---- chosen in the list ----


def test_chosen_seen_done_and_undone(land: World) -> None:
    client, dues = client_of(land), meetings()
    assert f'value="{dues[0].pk}.1"' in client.get(LIST).content.decode()
    page = choose(client, "percent", dues)
    made = Batch.objects.get()
    assert "Xem trước: Báo tiến độ" in text(page)
    assert "Sẽ có gì thay đổi" not in text(page)
    wrong = client.post(reverse("tasks:batch", args=[made.pk]), {"percent": "", "note": "đã họp"})
    assert wrong.status_code == 422
    assert "đã họp" in text(wrong)
    seen = client.post(reverse("tasks:batch", args=[made.pk]), {"percent": "40", "note": "đã họp"}, follow=True)
    assert "Thực hiện 3 việc" in text(seen)
    assert "<del>0 %</del> → <ins>40 %</ins>" in text(seen)
    assert DueItem.objects.get(pk=dues[0].pk).percent == 0
    made.refresh_from_db()
    done = client.post(reverse("tasks:batch-carry", args=[made.pk]), {"seen": made.seen}, follow=True)
    assert "Đã cập nhật 3 việc." in text(done)
    assert DueItem.objects.get(pk=dues[0].pk).percent == 40
    entries = Entry.objects.filter(event__in=("tasks.due.reported", "tasks.batch.done"))
    assert len({entry.request_id for entry in entries}) == 1
    assert len(entries) == 4
    undone = client.post(reverse("tasks:batch-undo", args=[made.pk]), follow=True)
    assert "Đã hoàn tác 3 việc." in text(undone)
    assert DueItem.objects.get(pk=dues[0].pk).percent == 0
    assert "Báo tiến độ" in text(client.get(reverse("tasks:batches")))


def test_the_whole_filter_is_what_the_list_shows(land: World) -> None:
    client = client_of(land)
    lines = client.get("/nhiem-vu/?loai=viec").context["page"].paginator.count
    choose(client, "suspend", [], ca="1", loc="loai=viec")
    assert len(Batch.objects.get().rows) == lines > 1


def test_a_whole_act_with_reason(land: World) -> None:
    """Suspended together, resumed together: what may not be is said item by item."""
    client, dues = client_of(land), meetings()
    report_progress(actor=land.office, at=NOW, due_item_id=dues[2].pk, version=1, done=True)
    choose(client, "suspend", [*dues[:2], DueItem.objects.get(pk=dues[2].pk)])
    made = Batch.objects.get()
    page = client.post(reverse("tasks:batch", args=[made.pk]), {"reason": "bão số 3"}, follow=True)
    assert "Thực hiện 2 việc" in text(page)
    assert "Chỉ tạm dừng được việc đang làm." in text(page)
    made.refresh_from_db()
    client.post(reverse("tasks:batch-carry", args=[made.pk]), {"seen": made.seen})
    assert [DueItem.objects.get(pk=due.pk).state for due in dues] == ["suspended", "suspended", "done"]


def test_more_time_for_many_and_taken_back(land: World) -> None:
    client, dues = client_of(land), meetings()
    choose(client, "extend", dues)
    made = Batch.objects.get()
    given_words = {"until": "31/12/2026", "reason": "kế hoạch cấp trên lùi"}
    client.post(reverse("tasks:batch", args=[made.pk]), given_words, follow=True)
    made.refresh_from_db()
    assert made.counts["done"] == 3
    client.post(reverse("tasks:batch-carry", args=[made.pk]), {"seen": made.seen})
    fresh = DueItem.objects.get(pk=dues[0].pk)
    assert (fresh.due_on, fresh.original_due_on) == (date(2026, 12, 31), dues[0].due_on)
    extension = fresh.extensions.get()
    assert (extension.state, extension.until, extension.reason) == ("approved", fresh.due_on, given_words["reason"])
    client.post(reverse("tasks:batch-undo", args=[made.pk]))
    fresh.refresh_from_db()
    assert fresh.due_on == dues[0].due_on
    assert fresh.extensions.get().state == "withdrawn"


def test_chosen_items_go_to_the_letters(land: World) -> None:
    """Urging is no act of a batch: the page of letters gets the chosen ids."""
    client, dues = client_of(land), meetings()
    page = choose(client, "urge", dues)
    assert page.redirect_chain[0][0] == reverse("urging:new") + "".join(
        f"{'&' if at else '?'}viec={due.pk}" for at, due in enumerate(dues)
    )
    assert not Batch.objects.exists()


def test_who_only_looks_gets_no_boxes(land: World) -> None:
    client = client_of(land, "police", "leader", "")
    assert "data-pick" not in client.get(LIST).content.decode()
    for name in ("batches", "grid", "send"):
        assert client.get(reverse(f"tasks:{name}")).status_code == 403


def test_a_batch_is_nobody_elses(land: World) -> None:
    choose(client_of(land), "done", meetings())
    made = Batch.objects.get()
    other = client_of(land, name="minh")
    assert other.get(reverse("tasks:batch", args=[made.pk])).status_code == 404
    for name in ("carry", "undo", "withdraw"):
        assert other.post(reverse(f"tasks:batch-{name}", args=[made.pk])).status_code == 404


# ---- typed in the table ----


def typed(due: DueItem, **cells: str) -> dict[str, str]:
    values = {"percent": str(due.percent), "done_on": "", "note": "", "holder": "", **cells}
    row = {f"v{due.pk}": f"{due.version}.{due.percent}.{due.holder_id or ''}"}
    return row | {f"{name}-{due.pk}": value for name, value in values.items()}


GRID = "/nhiem-vu/nhap/?loai=viec&tach=on"


def test_the_table_saves_row_by_row_and_loses_nothing(land: World) -> None:
    client = client_of(land)
    one, two, three = meetings()
    land.actor("dong_hoa", "officer", "hoa")
    report_progress(actor=land.second, at=NOW, due_item_id=two.pk, version=1, percent=70)
    data = typed(one, percent="07", note="họp thôn", holder="Hoa") | typed(two, percent="30", note="khác")
    answer = client.post(GRID, data | typed(three, percent="1.234,5"))
    assert answer.status_code == 422
    page = text(answer)
    assert "minh vừa báo tiến độ" in page
    assert "“1.234,5” không phải số nguyên từ 0 đến 100." in page
    for kept in ('value="30"', 'value="khác"', 'value="1.234,5"'):
        assert kept in page
    first = DueItem.objects.get(pk=one.pk)
    assert (first.percent, first.holder and first.holder.username) == (7, "hoa")
    assert DueItem.objects.get(pk=two.pk).percent == 70
    again = client.post(GRID, typed(DueItem.objects.get(pk=two.pk), percent="30"), follow=True)
    assert "Đã lưu 1 dòng." in text(again)
    assert DueItem.objects.get(pk=two.pk).percent == 30


def test_the_script_gets_an_answer_for_each_row(land: World) -> None:
    client = client_of(land, "dong_hoa", "officer", "hoa")
    one, two, _three = meetings()
    data = typed(one, done_on="46083") | typed(two, done_on="03/03/2026")
    answer = client.post(GRID, data, headers={"Accept": "application/json"})
    told = json.loads(answer.content)
    assert answer.status_code == 200
    rows = {row["id"]: row for row in told["rows"]}
    assert (rows[one.pk]["state"], rows[one.pk]["over"]) == ("saved", True)
    assert (rows[two.pk]["state"], rows[two.pk]["field"]) == ("refused", "done_on")
    assert rows[two.pk]["message"] == "Ngày xong không thể sau hôm nay."
    assert DueItem.objects.get(pk=one.pk).done_on == TODAY
    assert told["batch"] == reverse("tasks:batch", args=[Batch.objects.get().pk])
    nothing = json.loads(client.post(GRID, typed(two), headers={"Accept": "application/json"}).content)
    assert (nothing["rows"], nothing["said"], nothing["batch"]) == ([], "Không có ô nào thay đổi.", "")


def test_the_table_shows_what_one_may_report(land: World) -> None:
    for actor in (land.office, land.actor("dong_hoa"), land.actor("dong_hoa_police", "standing_office")):
        able = {due.pk for due in DueItem.objects.visible_to(actor).select_related("plan") if can_report(actor, due)}
        assert set(reportable(actor).values_list("pk", flat=True)) == able
    client = client_of(land, "dong_hoa", "officer", "hoa")
    assert {line.due.unit_id for line in client.get(GRID).context["lines"]} == {land["dong_hoa"].pk}


def test_the_table_costs_the_same_for_a_hundred_rows(land: World) -> None:
    client = client_of(land)
    client.get(GRID)
    spent = []
    for address in (f"{GRID}&don_vi={land['dong_hoa'].pk}", GRID):
        with statements() as queries:
            page = client.get(address)
        spent.append((len(page.context["lines"]), len(queries)))
    assert spent[1][0] > spent[0][0]
    assert spent[1][1] <= spent[0][1] <= 22, spent


# ---- the workbook ----


def exported(client: Client, address: str = SHEET) -> openpyxl.Workbook:
    return read_back(client.get(address).content)


def columns_of(sheet: Any) -> dict[str, int]:
    return {cell.value: cell.column for cell in sheet[3]}


def bytes_of(book: openpyxl.Workbook) -> bytes:
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def sent(client: Client, book: openpyxl.Workbook | bytes, **more: Any) -> Any:
    data = book if isinstance(book, bytes) else bytes_of(book)
    return client.post(reverse("tasks:send"), {"file": SimpleUploadedFile("bang.xlsx", data), **more}, follow=True)


def row_of(sheet: Any, due: DueItem) -> int:
    key = columns_of(sheet)[KEY]
    return next(
        row for row in range(4, sheet.max_row + 1) if (sheet.cell(row, key).value or "").startswith(f"{due.pk}.")
    )


def test_the_sheet_is_the_view_and_its_key_is_hidden(land: World) -> None:
    client = client_of(land)
    sheet = exported(client).active
    assert sheet is not None
    columns = columns_of(sheet)
    assert sheet.column_dimensions["A"].hidden
    assert sheet.freeze_panes == "F4"
    assert sheet.cell(row_of(sheet, meetings()[0]), columns["Hạn chót"]).number_format == "dd/mm/yyyy"
    assert str(sheet.cell(sheet.max_row, 3).value).startswith("Cộng: ")
    groups = [sheet.cell(row, 3).value for row in range(4, sheet.max_row) if sheet.cell(row, 1).value is None]
    assert [name.split(" · ")[0] for name in groups if name] == [
        group.name or "Chưa rõ đơn vị" for group in client.get(LIST).context["listing"].groups
    ]
    plain = exported(client, f"{SHEET}&cot=han&nhom=khong").active
    assert plain is not None
    assert "Hạn trong văn bản" not in columns_of(plain)


def test_changed_cells_are_foreseen_marked_and_committed(land: World) -> None:
    client = client_of(land)
    one, two, three = meetings()
    book = exported(client)
    sheet: Any = book.active
    columns = columns_of(sheet)
    sheet.cell(row_of(sheet, one), columns[EDITABLE["percent"]]).value = "45%"
    sheet.cell(row_of(sheet, two), columns[EDITABLE["done_on"]]).value = datetime(2026, 3, 2)
    sheet.cell(row_of(sheet, two), columns[EDITABLE["note"]]).value = "=1+1"
    sheet.cell(row_of(sheet, two), columns[EDITABLE["note"]]).data_type = "s"
    sheet.cell(row_of(sheet, three), columns[EDITABLE["percent"]]).value = "nhiều"
    page = sent(client, book)
    made = Batch.objects.get()
    assert made.counts["done"] == 2
    assert made.counts["refused"] == 1
    assert "“nhiều” không phải số nguyên" in text(page)
    assert DueItem.objects.get(pk=one.pk).percent == 0
    back = read_back(client.get(reverse("tasks:batch-marked", args=[made.pk])).content)
    marked: Any = back.active
    cell = marked.cell(row_of(marked, three), columns[EDITABLE["percent"]])
    assert cell.comment is not None
    assert "nhiều" in cell.comment.text
    assert marked.column_dimensions["A"].hidden
    assert marked.cell(row_of(marked, two), columns[EDITABLE["note"]]).data_type == "s"
    client.post(reverse("tasks:batch-carry", args=[made.pk]), {"seen": made.seen})
    assert DueItem.objects.get(pk=one.pk).percent == 45
    done = DueItem.objects.get(pk=two.pk)
    assert (done.state, done.done_on) == ("done", date(2026, 3, 2))
    assert done.notes.filter(note="=1+1").exists()
    marked.cell(row_of(marked, three), columns[EDITABLE["percent"]]).value = 60
    sent(client, back)
    again = Batch.objects.order_by("-pk")[0]
    assert again.counts["done"] == 1, again.outcomes
    client.post(reverse("tasks:batch-undo", args=[made.pk]))
    assert DueItem.objects.get(pk=two.pk).state == "open"


def test_what_others_did_meanwhile(land: World) -> None:
    """A row that was not touched says nothing; a touched one is refused with who changed it."""
    client = client_of(land)
    one, two, _three = meetings()
    book = exported(client)
    sheet: Any = book.active
    for due in (one, two):
        report_progress(actor=land.second, at=NOW, due_item_id=due.pk, version=1, percent=70)
    sheet.cell(row_of(sheet, two), columns_of(sheet)[EDITABLE["percent"]]).value = 20
    page = sent(client, book)
    assert Batch.objects.get().counts["refused"] == 1
    assert "minh vừa báo tiến độ" in text(page)


def test_sorted_deleted_added_merged_and_signed(land: World) -> None:
    client = client_of(land)
    book = exported(client)
    sheet: Any = book.active
    columns = columns_of(sheet)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    keyed = sorted((row for row in rows if row[0]), key=lambda row: str(row[0]), reverse=True)[1:]
    other = openpyxl.Workbook()
    page: Any = other.active
    page.append(["UBND TỈNH AN BÌNH"])
    page.append([cell.value for cell in sheet[3]])
    for row in keyed:
        page.append(
            [f"  {value} \u00a0" if isinstance(value, str) and at > 1 else value for at, value in enumerate(row)]
        )
    percent = columns[EDITABLE["percent"]]
    page.cell(3, percent).value = 33
    page.merge_cells(start_row=3, end_row=4, start_column=percent, end_column=percent)
    page.append([None, 99, "Sở Y tế", "Việc", "Việc tự thêm", *[None] * 6, 50])
    page.append([None, None, "Tổng cộng: 12 việc"])
    page.append([None, None, None, None, "An Bình, ngày 02 tháng 3 năm 2026"])
    page.append([None, None, None, None, "Người lập biểu", None, None, None, None, None, None, 3])
    sent(client, other)
    made = Batch.objects.get()
    assert made.counts == {"done": 2, "refused": 1, "same": len(keyed) - 2}
    wrong = next(row for row in made.rows if row.get("wrong"))
    assert "Dòng thêm vào" in wrong["wrong"][0]["message"]


def test_rows_that_are_not_ones_own_are_refused(land: World) -> None:
    """Who sees the whole plan still changes only what the own unit owes."""
    client = client_of(land, "dong_hoa", "officer", "hoa")
    book = exported(client)
    sheet: Any = book.active
    theirs = meetings("Phường Tây Hòa")[0]
    sheet.cell(row_of(sheet, theirs), columns_of(sheet)[EDITABLE["percent"]]).value = 90
    page = sent(client, book)
    assert Batch.objects.get().counts["refused"] == 1
    assert "Chỉ đơn vị được giao việc này" in text(page)


def test_cells_that_slipped_to_another_row_are_refused(land: World) -> None:
    client = client_of(land)
    book = exported(client)
    sheet: Any = book.active
    columns = columns_of(sheet)
    at = row_of(sheet, meetings()[0])
    sheet.cell(at, columns[NAMING["unit"]]).value = "Phường Tây Hòa"
    sheet.cell(at, columns[EDITABLE["percent"]]).value = 90
    assert "xếp lệch dòng" in text(sent(client, book))


@pytest.mark.parametrize("how", ["elsewhere", "no_keys", "empty", "pdf", "bomb"])
def test_files_that_are_not_ours(land: World, how: str) -> None:
    client = client_of(land)
    book = exported(client)
    sheet: Any = book.active
    words = {
        "elsewhere": "tải từ một nơi cài đặt khác",
        "no_keys": "thiếu cột “Mã dòng”",
        "empty": "Tệp rỗng",
        "pdf": "Không đọc được loại tệp này: PDF",
        "bomb": "quá nhiều ô",
    }
    data: Any = book
    if how == "elsewhere":
        for row in range(4, sheet.max_row + 1):
            if sheet.cell(row, 1).value:
                sheet.cell(row, 1).value = str(sheet.cell(row, 1).value)[:-3] + "xyz"
    elif how == "no_keys":
        sheet.delete_cols(1)
    elif how == "bomb":
        sheet.cell(1_048_576, 16_384).value = 1
    else:
        data = b"" if how == "empty" else b"%PDF-1.7 "
    answer = sent(client, data)
    assert answer.status_code == 422
    assert words[how] in text(answer)
    assert not Batch.objects.exists()


def test_a_sheet_of_another_plan_is_refused(land: World) -> None:
    client = client_of(land)
    book = exported(client)
    sheet: Any = book.active
    sheet.cell(row_of(sheet, meetings()[0]), columns_of(sheet)[EDITABLE["percent"]]).value = 90
    plan = Plan.objects.get()
    actor = land.office
    other = Plan.objects.create(
        title="Khác", kind=plan.kind, owner=plan.owner, created_by=plan.created_by, created_at=NOW
    )
    made = start_sheet(actor=actor, at=NOW, name="a.xlsx", data=bytes_of(book), plan_id=other.pk)
    assert isinstance(made, Batch)
    assert made.counts["done"] == made.counts["same"] == 0
    assert all("kế hoạch khác" in row["wrong"][0]["message"] for row in made.rows)
    assert client.get(reverse("tasks:send"), {"ke_hoach": plan.pk}).status_code == 200


CHANGE = st.fixed_dictionaries(
    {},
    optional={
        "percent": st.integers(0, 100),
        "note": st.text(alphabet="aăâđêôơư =+-@,.;'\"<&\n", min_size=1, max_size=20),
        "done": st.booleans(),
    },
)


def test_what_goes_out_comes_back_the_same_and_changes_are_exactly_those(land: World) -> None:
    """Export and import change nothing; changed cells change exactly their items, each as it was written."""
    client = client_of(land)
    original = client.get(SHEET).content
    dues = {due.pk: due for due in DueItem.objects.filter(kind="task").exclude(mode="requested")}
    actor = land.office

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(sorted(dues)), CHANGE, max_size=5))
    def round_trip(changes: dict[int, dict[str, Any]]) -> None:
        book = read_back(original)
        sheet: Any = book.active
        columns = columns_of(sheet)
        expected: dict[int, dict[str, Any]] = {}
        for pk, change in changes.items():
            at, wanted = row_of(sheet, dues[pk]), {}
            if change.get("done"):
                sheet.cell(at, columns[EDITABLE["done_on"]]).value = TODAY
                wanted = {"done_on": TODAY.isoformat(), "percent": 100}
            elif "percent" in change:
                sheet.cell(at, columns[EDITABLE["percent"]]).value = change["percent"]
                wanted = {"percent": change["percent"]} if change["percent"] else {}
            note = "\n".join(" ".join(line.split()) for line in change.get("note", "").split("\n")).strip()
            note = " ".join(note.split())  # a cell is read as it shows, on one line
            if note:
                cell = sheet.cell(at, columns[EDITABLE["note"]])
                cell.value, cell.data_type = change["note"], "s"
                wanted["note"] = note
            if wanted:
                expected[pk] = wanted
        made = start_sheet(actor=actor, at=NOW, name="bang.xlsx", data=bytes_of(book))
        assert isinstance(made, Batch), made
        found = {
            each["due"]: {name: after for name, (_before, after) in each["changes"].items() if name != "state"}
            for each in made.outcomes
            if each["state"] == "done"
        }
        assert found == expected
        assert made.counts["refused"] == 0
        assert len(made.outcomes) == len(dues)

    round_trip()
    assert {due.pk: due.version for due in DueItem.objects.filter(kind="task").exclude(mode="requested")} == {
        pk: due.version for pk, due in dues.items()
    }
    assert not Batch.objects.exclude(state__in=(BatchState.WAITING, BatchState.WITHDRAWN)).exists()
