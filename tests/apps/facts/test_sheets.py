"""Sheets of numbers: templates that go out and come back, sheets that offices keep, one recording to undo."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcmt.apps.accounts.models import Actor, Grant
from pcmt.apps.facts.models import Fact, Form, FormLine, Recording, SheetImport, SheetState
from pcmt.apps.facts.operations import (
    aim_sheet,
    choose_meanings,
    say_dash,
    sheets,
    start_sheet,
    tell_sheet,
    tend_sheets,
    undo_recording,
    withdraw_sheet,
    work_on_sheet,
)
from pcmt.apps.facts.queries.lines import lines_of
from pcmt.apps.facts.queries.sheets import (
    CHANGED,
    NEW,
    SAME,
    WRONG,
    Outcome,
    lost_of,
    mismatch_of,
    outcomes_of,
    reading_of,
    scene_of,
)
from pcmt.apps.facts.queries.templates import template_of
from pcmt.apps.facts.sheets import LINES, UNITS
from pcmt.core.diagnostics import Refusal
from pcmt.documents import grid_from
from pcmt.web.entry.sheet_page import marked_sheet
from tests.factories.facts import entry, form, month, told
from tests.factories.sheets import filled, put, read_back, workbook
from tests.factories.world import NOW, World, world

pytestmark = pytest.mark.django_db
SPAN = month(1, 2026)
CASES, ARRESTED, ADDICTS = "cases_detected|", "suspects_arrested|", "addicts_with_file|"


@pytest.fixture
def land() -> World:
    return world()


def sent(
    actor: Actor, data: bytes, made: Form, *, unit: int | None, span: Any = SPAN, name: str = "bieu.xlsx"
) -> SheetImport:
    answer = start_sheet(actor=actor, at=NOW, form=made, span=span, unit_id=unit, name=name, data=data)
    assert isinstance(answer, SheetImport), answer
    return again(answer)


def again(made: SheetImport) -> SheetImport:
    return SheetImport.objects.get(pk=made.pk)


def read_as(actor: Actor, made: SheetImport, rows: str, columns: dict[int, str], **said: Any) -> SheetImport:
    """The sheet as a person says that it is read."""
    values: dict[str, Any] = {"sheet": 0, "head": 0, "labels": {}, "dash": "", **said}
    answer = choose_meanings(actor=actor, at=NOW, sheet_id=made.pk, rows=rows, columns=columns, **values)
    assert isinstance(answer, SheetImport), answer
    return again(answer)


def do(actor: Actor, made: SheetImport, **said: Any) -> SheetImport:
    answer = tell_sheet(actor=actor, at=NOW, sheet_id=made.pk, seen=made.seen, **said)
    assert isinstance(answer, SheetImport), answer
    return again(answer)


def by_address(made: SheetImport) -> dict[str, Outcome]:
    return {each.address: each for each in outcomes_of(made)}


def standing() -> dict[tuple[int, str], Any]:
    """What counts now: numbers by unit and element; "x" for what does not apply."""
    rows = Fact.objects.current().select_related("element")
    return {(row.unit_id, row.element.code): ("x" if not row.applies else row.value) for row in rows}


# Templates


def test_a_filled_template_is_told_as_one_recording(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    data = template_of(made, SPAN, unit_id=unit.pk, at=NOW)
    sheet = sent(land.office, filled(data, put({CASES: "1.234", ARRESTED: " 07 ", ADDICTS: "x"})), made, unit=unit.pk)
    assert (sheet.state, sheet.counts["new"], sheet.counts["wrong"]) == (SheetState.WAITING, 3, 0)
    done = do(land.office, sheet)
    assert standing() == {
        (unit.pk, "cases_detected"): 1234,
        (unit.pk, "suspects_arrested"): 7,
        (unit.pk, "addicts_with_file"): "x",
    }
    assert done.recording is not None
    assert (done.recording.source, done.recording.ref, done.recording.form_id) == ("import", "bieu.xlsx", made.pk)
    assert Recording.objects.count() == 1


def test_the_same_file_again_says_nothing_new(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    data = filled(template_of(made, SPAN, unit_id=unit.pk, at=NOW), put({CASES: 3}))
    do(land.office, sent(land.office, data, made, unit=unit.pk))
    sheet = sent(land.office, data, made, unit=unit.pk)
    assert (sheet.counts["new"], sheet.counts["changed"], sheet.counts["same"]) == (0, 0, 1)
    answer = tell_sheet(actor=land.office, at=NOW, sheet_id=sheet.pk, seen=sheet.seen)
    assert isinstance(answer, Refusal)
    assert answer.code == "unchanged"
    assert Recording.objects.count() == 1


def test_a_template_brings_along_what_was_told_and_an_emptied_cell_is_told_as_a_blank(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    before, ago = month(12, 2025), month(1, 2025)
    told(
        entry(unit, "cases_detected", SPAN, 5, note="đã đối chiếu"), entry(unit, "cases_detected", before, 4),
        entry(unit, "cases_detected", ago, 9),
    )  # fmt: skip
    data = template_of(made, SPAN, unit_id=unit.pk, at=NOW)
    page = read_back(data).worksheets[0]
    row = next(row for row in page.iter_rows(values_only=True) if row[0] == CASES)
    assert row[4:9] == (4, 9, 5, '=IF(COUNT(G7,E7)=2,G7-E7,"")', "đã đối chiếu")
    sheet = sent(land.office, filled(data, put({CASES: None})), made, unit=unit.pk)
    (cell,) = [each for each in outcomes_of(sheet) if each.state == CHANGED]
    assert (cell.before, cell.after) == ("5", "")
    do(land.office, sheet)
    assert Fact.objects.current().get(unit=unit, start=SPAN.start).value is None


def test_only_open_cells_are_unlocked_and_the_stamp_cannot_be_seen(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    book = read_back(template_of(made, SPAN, unit_id=unit.pk, at=NOW))
    page = book.worksheets[0]
    opened = {cell.column for row in page.iter_rows(min_row=7) for cell in row if not cell.protection.locked}
    assert page.protection.sheet
    assert opened == {7, 9}
    assert book["PCMT"].sheet_state == "veryHidden"


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_what_is_written_into_a_sheet_of_many_units_is_read_in_any_order(land: World, seed: int) -> None:
    """Rows sorted, columns moved: keys say what each cell is."""
    made = Form.objects.first() or form(land)
    rng = random.Random(seed)
    units = [land["dong_hoa"], land["tay_hoa"]]
    data = template_of(made, SPAN, unit_id=None, unit_ids=[unit.pk for unit in units], at=NOW)
    page = read_back(data).worksheets[0]
    rows = [list(row) for row in page.iter_rows(values_only=True)]
    keyed = next(at for at, row in enumerate(rows) if row[0] == "Mã cột")
    wanted = {}
    for row in rows[keyed + 2 : -1]:
        for column in range(4, 7):
            row[column] = rng.choice([None, rng.randrange(5000), "x", f"{rng.randrange(1, 900)}.000"])
            if row[column] is not None:
                text = str(row[column])
                wanted[int(str(row[0])), str(rows[keyed][column])] = "x" if text == "x" else text.replace(".", "")
    body = rows[keyed + 2 :]
    rng.shuffle(body)
    order = rng.sample(range(len(rows[0])), len(rows[0]))
    moved = [[row[at] for at in order] for row in [*rows[: keyed + 2], *body]]
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    for at, row in enumerate(moved, 1):
        for column, value in enumerate(row, 1):
            sheet.cell(at, column).value = value
    held = io.BytesIO()
    book.save(held)
    back = sent(land.office, held.getvalue(), made, unit=None)
    lines = [line.key for line in lines_of(made, SPAN.last)]
    read = {(each.unit_id, lines[each.line]): each.after.replace(".", "") for each in outcomes_of(back)}
    assert back.counts["wrong"] == 0
    assert read == wanted


def test_sums_count_by_themselves_and_are_not_read(land: World) -> None:
    made = form(land, "suspects_arrested", "suspects_arrested|sex=male", "suspects_arrested|sex=female")
    unit = land["dong_hoa"]
    book = read_back(template_of(made, SPAN, unit_id=unit.pk, at=NOW))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    summed = next(row for row in rows if row[0] == "=")
    assert summed[6] == '=IF(COUNT(G8:G9)=0,"",SUM(G8:G9))'
    data = filled(template_of(made, SPAN, unit_id=unit.pk, at=NOW), put({"=": 99, "suspects_arrested|sex=male": 2}))
    sheet = sent(land.office, data, made, unit=unit.pk)
    assert [each.after for each in outcomes_of(sheet)] == ["2"]


def test_a_template_of_another_unit_or_period_is_said_in_words_and_goes_where_it_belongs(land: World) -> None:
    made, unit, other = form(land), land["dong_hoa"], land["tay_hoa"]
    data = filled(template_of(made, month(12, 2025), unit_id=other.pk, at=NOW), put({CASES: 4}))
    sheet = sent(land.office, data, made, unit=unit.pk)
    scene = scene_of(sheet, land.office)
    mismatch = mismatch_of(scene)
    assert mismatch is not None
    assert mismatch.message == (
        "Tệp này của Phường Tây Hòa, kỳ Tháng 12/2025; bạn đang nộp cho Xã Đông Hòa, kỳ Tháng 01/2026."
    )
    refused = tell_sheet(actor=land.office, at=NOW, sheet_id=sheet.pk, seen=sheet.seen, reason="x", leave_out=True)
    assert isinstance(refused, Refusal)
    assert standing() == {}
    aimed = aim_sheet(actor=land.office, at=NOW, sheet_id=sheet.pk)
    assert isinstance(aimed, SheetImport)
    do(land.office, again(aimed))
    fact = Fact.objects.get()
    assert (fact.unit_id, fact.start, fact.value) == (other.pk, month(12, 2025).start, 4)


def test_a_template_goes_to_no_unit_that_its_sender_may_not_tell_of(land: World) -> None:
    made = form(land)
    own = land.actor("dong_hoa_police", "commune_officer")
    data = filled(template_of(made, SPAN, unit_id=land["tay_hoa"].pk, at=NOW), put({CASES: 4}))
    refused = start_sheet(actor=own, at=NOW, form=made, span=SPAN, unit_id=land["tay_hoa"].pk, name="a.xlsx", data=data)
    assert isinstance(refused, Refusal)
    many = template_of(made, SPAN, unit_id=None, unit_ids=[land["dong_hoa"].pk, land["tay_hoa"].pk], at=NOW)
    office = sent(land.office, filled(many, put({str(land["tay_hoa"].pk): 1}, "Số vụ")), made, unit=None)
    assert office.counts["new"] == 1


def test_a_template_of_a_form_that_has_changed_says_so(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    data = filled(template_of(made, SPAN, unit_id=unit.pk, at=NOW), put({CASES: 4, ARRESTED: 2}))
    FormLine.objects.filter(form=made, element__code="suspects_arrested").delete()
    Form.objects.filter(pk=made.pk).update(version=2)
    made.refresh_from_db()
    sheet = sent(land.office, data, made, unit=unit.pk)
    mismatch = mismatch_of(scene_of(sheet, land.office))
    assert mismatch is not None
    assert mismatch.kind == "version"
    assert [row.text for row in lost_of(sheet)] == ["Số người phạm tội về ma túy bị bắt giữ"]
    without = tell_sheet(actor=land.office, at=NOW, sheet_id=sheet.pk, seen=sheet.seen, leave_out=True)
    assert isinstance(without, Refusal)
    assert without.code == "reason"
    do(land.office, sheet, leave_out=True, reason="Biểu mới bỏ một dòng")
    assert standing() == {(unit.pk, "cases_detected"): 4}


def test_a_template_of_another_form_or_with_a_false_stamp(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    other = form(land, "cases_detected", title="Biểu khác", code="MT-02")
    sheet = sent(land.office, template_of(other, SPAN, unit_id=unit.pk, at=NOW), made, unit=unit.pk)
    mismatch = mismatch_of(scene_of(sheet, land.office))
    assert mismatch is not None
    assert "“Biểu khác”" in mismatch.message

    def forge(book: Any) -> None:
        book["PCMT"]["A1"] = "x" + book["PCMT"]["A1"].value

    forged = sent(land.office, filled(template_of(made, SPAN, unit_id=unit.pk, at=NOW), forge), made, unit=unit.pk)
    mismatch = mismatch_of(scene_of(forged, land.office))
    assert mismatch is not None
    assert mismatch.kind == "forged"
    assert forged.seen == ""  # read like any other sheet: a person says how


# Two people


def test_two_people_sending_templates_do_not_overwrite_each_other_unseen(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    told(entry(unit, "cases_detected", SPAN, 5), entry(unit, "suspects_arrested", SPAN, 6))
    mine = template_of(made, SPAN, unit_id=unit.pk, at=NOW)
    told(entry(unit, "cases_detected", SPAN, 8), entry(unit, "suspects_arrested", SPAN, 9))
    sheet = sent(land.office, filled(mine, put({ARRESTED: 7})), made, unit=unit.pk)
    cells = {each.line: each for each in outcomes_of(sheet)}
    # The cell that I did not touch keeps the newer number; the one that I changed says what it would write over.
    assert (cells[0].state, cells[0].after) == (SAME, "8")
    assert cells[1].state == CHANGED
    assert "đã được sửa thành 9" in cells[1].doubts[0]
    without = tell_sheet(actor=land.office, at=NOW, sheet_id=sheet.pk, seen=sheet.seen)
    assert isinstance(without, Refusal)
    assert without.field == "reason"
    do(land.office, sheet, reason="Số 7 là số đã đối chiếu")
    assert standing() == {(unit.pk, "cases_detected"): 8, (unit.pk, "suspects_arrested"): 7}


def test_a_cell_that_somebody_tells_after_the_preview_stops_the_whole_sheet(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    data = template_of(made, SPAN, unit_id=unit.pk, at=NOW)
    sheet = sent(land.office, filled(data, put({CASES: 3, ARRESTED: 2})), made, unit=unit.pk)
    told(entry(unit, "cases_detected", SPAN, 4))
    refused = tell_sheet(actor=land.office, at=NOW, sheet_id=sheet.pk, seen=sheet.seen)
    assert isinstance(refused, Refusal)
    assert refused.code == "stale"
    assert standing() == {(unit.pk, "cases_detected"): 4}
    fresh = again(sheet)
    assert (fresh.state, fresh.counts["changed"], fresh.counts["new"]) == (SheetState.WAITING, 1, 1)
    assert fresh.seen != sheet.seen


def test_a_sheet_is_undone_as_a_whole(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    told(entry(unit, "cases_detected", SPAN, 1))
    data = template_of(made, SPAN, unit_id=unit.pk, at=NOW)
    done = do(land.office, sent(land.office, filled(data, put({CASES: 3, ARRESTED: 2})), made, unit=unit.pk))
    assert done.recording_id is not None
    back = undo_recording(actor=land.office, at=NOW, recording_id=done.recording_id, reason="Nộp nhầm")
    assert isinstance(back, Recording), back
    left = {key: value for key, value in standing().items() if value is not None}
    assert left == {(unit.pk, "cases_detected"): 1}


# Sheets that offices keep themselves

THEIRS = [
    ["CÔNG AN TỈNH AN BÌNH", None, None, None, None],
    ["BẢNG TỔNG HỢP KẾT QUẢ THÁNG 01", None, None, None, None],
    ["TT", "Đơn vị", "Số vụ", None, "Ghi chú"],
    [None, None, "Phát hiện", "Người bị bắt", None],
    [1, "xã Đông Hòa", "07", "12 người", "đã rà soát"],
    [2, "P. Tây Hòa mới", " 1.234 ", "-", None],
    [None, "Tổng cộng", 1241, 12, None],
    [None, None, None, "An Bình, ngày 15 tháng 01 năm 2026", None],
    [None, "Người lập biểu", None, "Thủ trưởng đơn vị", None],
    [None, "Lương Thế Anh", 5, None, None],
]
MERGED = ("A3:A4", "B3:B4", "C3:D3", "E3:E4")


def test_a_sheet_of_theirs_is_asked_about_once_and_then_known(land: World) -> None:
    made = form(land)
    data = workbook(THEIRS, merged=MERGED)
    sheet = sent(land.office, data, made, unit=None)
    assert (sheet.state, sheet.seen) == (SheetState.WAITING, "")
    columns = {1: "label", 2: f"line:{CASES}", 3: f"line:{ARRESTED}", 4: "note"}
    read = read_as(land.office, sheet, UNITS, columns, head=3, labels={"tay hoa moi": f"unit:{land['tay_hoa'].pk}"})
    cells = by_address(read)
    assert {place: (each.state, each.after) for place, each in cells.items()} == {
        "C5": (NEW, "7"), "D5": (NEW, "12"), "C6": (NEW, "1.234"), "D6": (WRONG, "-"),
    }  # fmt: skip
    assert cells["C5"].note == "đã rà soát"
    assert "chưa rõ là 0 hay chưa có số" in cells["D6"].message
    # What was passed over: the row of sums and what stands below the signature.
    assert read.outcomes["passed"] == [6, 7, 8, 9]
    zeros = say_dash(actor=land.office, at=NOW, sheet_id=sheet.pk, dash="zero")
    assert isinstance(zeros, SheetImport)
    assert by_address(again(zeros))["D6"].after == "0"
    do(land.office, again(zeros))
    assert standing()[land["tay_hoa"].pk, "suspects_arrested"] == 0
    # The next one is read at once, also with its columns in another order.
    turned = [[row[0], row[3], row[2], row[1], row[4]] for row in THEIRS]
    turned[2], turned[3] = ["TT", "Số vụ", None, "Đơn vị", "Ghi chú"], [None, "Người bị bắt", "Phát hiện", None, None]
    later = sent(land.office, workbook(turned, merged=("A3:A4", "B3:C3", "D3:D4", "E3:E4")), made, unit=None,
                 span=month(2))  # fmt: skip
    assert by_address(later)["C5"].after == "7"
    assert by_address(later)["B6"].after == "0"
    # Another person is asked anew.
    assert sent(land.second, data, made, unit=None).seen == ""


def test_lines_in_rows_with_parts_merged_cells_and_rows_of_which_nobody_knows(land: World) -> None:
    made = form(land, "cases_detected", "suspects_arrested", "suspects_arrested|sex=female")
    rows = [
        ["STT", "Nội dung", "ĐVT", "Kỳ trước", "Thực hiện"],
        ["1", "Số vụ phạm tội về ma túy phát hiện, bắt giữ (vụ)", "vụ", 2, 3],
        ["2", "Số người phạm tội về ma túy bị bắt giữ", "người", 5, 6],
        ["", "- Trong đó: Nữ", "người", 1, "1 người"],
        ["3", "Số đối tượng truy nã", "người", 0, 4],
        ["", "Cộng", "", "", 13],
    ]
    sheet = sent(land.office, workbook(rows), made, unit=land["dong_hoa"].pk)
    read = read_as(land.office, sheet, LINES, {1: "label", 4: "value"})
    assert [(each.address, each.after) for each in outcomes_of(read)] == [("E2", "3"), ("E3", "6"), ("E4", "1")]
    assert [(row.row, row.text) for row in lost_of(read)] == [(4, "Số đối tượng truy nã")]
    assert read.counts["wrong"] == 1
    left = read_as(land.office, sheet, LINES, {1: "label", 4: "value"}, labels={"so doi tuong truy na": "-"})
    assert left.counts["wrong"] == 0


BROKEN = {
    "=1/0": "Công thức",
    "#REF!": "Công thức",
    "05/06/2026": "ngày",
    "80%": "tỷ lệ",
    "-5": "không âm",
    "1,5": "số nguyên",
    "12 người": "biểu hỏi “vụ”",
    "khoảng 12": "Không phải số",
    "99999999999999999": "quá lớn",
}


@pytest.mark.parametrize(("text", "said"), BROKEN.items())
def test_a_broken_cell_says_what_is_wrong_and_how_to_put_it_right(land: World, text: str, said: str) -> None:
    made = form(land, "cases_detected")
    data = filled(template_of(made, SPAN, unit_id=land["dong_hoa"].pk, at=NOW), put({CASES: text}))
    sheet = sent(land.office, data, made, unit=land["dong_hoa"].pk)
    (cell,) = outcomes_of(sheet)
    assert cell.state == WRONG
    assert said in cell.message, cell.message


def test_wrong_cells_are_left_out_only_when_the_person_says_so(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    data = filled(template_of(made, SPAN, unit_id=unit.pk, at=NOW), put({CASES: "nhiều", ARRESTED: 2}))
    sheet = sent(land.office, data, made, unit=unit.pk)
    refused = tell_sheet(actor=land.office, at=NOW, sheet_id=sheet.pk, seen=sheet.seen)
    assert isinstance(refused, Refusal)
    assert refused.field == "leave_out"
    do(land.office, sheet, leave_out=True)
    assert standing() == {(unit.pk, "suspects_arrested"): 2}


def test_hidden_rows_units_of_before_and_two_cells_of_one_thing(land: World) -> None:
    made = form(land, "cases_detected")
    rows = [
        ["Đơn vị", "Số vụ phạm tội về ma túy phát hiện, bắt giữ"],
        ["Xã Đông Hòa", 1],
        ["Phường Tây Hòa", 2],
        ["xã đông hòa", 3],
        ["Xã Không Có", 4],
        ["Tỉnh An Bình", 7],
    ]
    book = openpyxl.load_workbook(io.BytesIO(workbook(rows)))
    book.worksheets[0].row_dimensions[3].hidden = True
    held = io.BytesIO()
    book.save(held)
    sheet = sent(land.office, held.getvalue(), made, unit=None)
    read = read_as(land.office, sheet, UNITS, {0: "label", 1: f"line:{CASES}"})
    cells = by_address(read)
    assert cells["B2"].state == NEW
    assert "bị ẩn" in cells["B3"].doubts[0]
    assert cells["B4"].message == "Đã có ở ô B2 với số khác. Giữ một ô, xóa ô kia."
    assert [(row.row, "Không có “Xã Không Có”" in row.why) for row in lost_of(read)] == [(4, True)]
    assert read.outcomes["passed"] == [5]  # the province itself is the sum of the others


def test_the_checks_of_figures_ask_for_a_reason(land: World) -> None:
    made = form(land, "suspects_arrested", "suspects_arrested|sex=male", "suspects_arrested|sex=female")
    unit = land["dong_hoa"]
    values = {"suspects_arrested|": 3, "suspects_arrested|sex=male": 3, "suspects_arrested|sex=female": 2}
    data = filled(template_of(made, SPAN, unit_id=unit.pk, at=NOW), put(values))
    sheet = sent(land.office, data, made, unit=unit.pk)
    assert sheet.counts["doubts"] == 1
    assert any("thừa 2" in doubt for each in outcomes_of(sheet) for doubt in each.doubts)
    refused = tell_sheet(actor=land.office, at=NOW, sheet_id=sheet.pk, seen=sheet.seen)
    assert isinstance(refused, Refusal)
    assert refused.field == "reason"


def test_a_workbook_with_nothing_of_ours_and_files_that_are_none(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    sheet = sent(land.office, workbook([["Thực đơn", "Giá"], ["Phở", 45000]]), made, unit=unit.pk)
    assert sheet.seen == ""
    assert reading_of(sheet, grid_from(sheet.grid), scene_of(sheet, land.office)) is None
    for name, data in (("a.xlsx", b"%PDF-1.7 x"), ("a.xlsx", b"PK\x03\x04 cut"), ("a.xlsx", b"")):
        answer = start_sheet(actor=land.office, at=NOW, form=made, span=SPAN, unit_id=unit.pk, name=name, data=data)
        assert isinstance(answer, Refusal)
        assert answer.field == "file"


def test_who_is_missing(land: World) -> None:
    made = form(land)
    units = [land["dong_hoa"].pk, land["tay_hoa"].pk]
    data = template_of(made, SPAN, unit_id=None, unit_ids=units, at=NOW)
    sheet = sent(land.office, filled(data, put({str(units[0]): 3}, "Số vụ")), made, unit=None)
    assert sheet.outcomes["missing"] == [units[1]]


# The workbook given back


def test_the_marked_workbook_has_reasons_in_words_and_comes_back_as_the_template_it_is(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    data = filled(template_of(made, SPAN, unit_id=unit.pk, at=NOW), put({CASES: "nhiều", ARRESTED: 2}))
    sheet = sent(land.office, data, made, unit=unit.pk)
    grid, scene = grid_from(sheet.grid), scene_of(sheet, land.office)
    reading = reading_of(sheet, grid, scene)
    assert reading is not None
    marked = marked_sheet(sheet, grid, reading, scene)
    book = read_back(marked)
    page = book.worksheets[0]
    wrong, right = page["G7"], page["G8"]
    assert wrong.fill.start_color.rgb == "FFF8D7DA"
    assert wrong.comment is not None
    assert "Không phải số" in wrong.comment.text
    assert right.value == 2
    words = [str(cell.value or "") for cell in page[7]]
    assert any(text.startswith("G7: Sai") for text in words)
    assert book["PCMT"].sheet_state == "veryHidden"
    # Put right in the marked workbook, it is read like the template itself.
    better = sent(land.office, filled(marked, put({CASES: 5})), made, unit=unit.pk)
    assert {each.address: each.after for each in outcomes_of(better)} == {"G7": "5", "G8": "2"}
    assert mismatch_of(scene_of(better, land.office)) is None


def _has_calc() -> bool:
    program = shutil.which("soffice")
    return program is not None and (Path(program).resolve().parent / "libsclo.so").exists()


@pytest.mark.skipif(not _has_calc(), reason="LibreOffice Calc is not installed (package libreoffice-calc)")
def test_libreoffice_saves_a_template_without_losing_its_stamp(land: World, tmp_path: Path) -> None:
    made = form(land)
    units = [land["dong_hoa"].pk, land["tay_hoa"].pk]
    first = tmp_path / "mau.xlsx"
    data = template_of(made, SPAN, unit_id=None, unit_ids=units, at=NOW)
    first.write_bytes(filled(data, put({str(units[0]): 3}, "Số vụ")))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "ods", "--outdir", str(tmp_path), str(first)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    saved = tmp_path / "mau.ods"
    sheet = sent(land.office, saved.read_bytes(), made, unit=None, name="mau.ods")
    assert mismatch_of(scene_of(sheet, land.office)) is None
    assert [(each.unit_id, each.after) for each in outcomes_of(sheet)] == [(units[0], "3")]


# Work in the background


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Every sheet is large, and jobs wait for a worker."""
    monkeypatch.setattr(sheets, "AT_ONCE", 0)
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def test_a_large_sheet_is_looked_at_and_told_by_a_job_that_may_run_twice(land: World, slow: None) -> None:
    made, unit = form(land), land["dong_hoa"]
    data = filled(template_of(made, SPAN, unit_id=unit.pk, at=NOW), put({CASES: 3}))
    sheet = sent(land.office, data, made, unit=unit.pk)
    assert sheet.state == SheetState.CHECKING
    assert sheet.job
    work_on_sheet(sheet_id=sheet.pk, at=NOW)
    work_on_sheet(sheet_id=sheet.pk, at=NOW)
    looked = again(sheet)
    assert (looked.state, looked.progress, looked.total) == (SheetState.WAITING, 1, 1)
    writing = do(land.office, looked)
    assert (writing.state, standing()) == (SheetState.WRITING, {})
    work_on_sheet(sheet_id=sheet.pk, at=NOW)
    work_on_sheet(sheet_id=sheet.pk, at=NOW)
    assert again(sheet).state == SheetState.DONE
    assert Recording.objects.count() == 1


def test_a_worker_that_dies_while_it_writes_leaves_nothing_and_another_one_writes_it(
    land: World, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, unit = form(land), land["dong_hoa"]
    sheet = sent(
        land.office, filled(template_of(made, SPAN, unit_id=unit.pk, at=NOW), put({CASES: 3})), made, unit=unit.pk
    )
    work_on_sheet(sheet_id=sheet.pk, at=NOW)
    do(land.office, again(sheet))

    def killed(**_said: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(sheets, "record", killed)  # after the numbers were written, before all is committed
        with pytest.raises(SystemExit):
            work_on_sheet(sheet_id=sheet.pk, at=NOW)
    assert standing() == {}
    assert again(sheet).state == SheetState.WRITING
    # Its job is gone: it is queued again, and done.
    DBTaskResult.objects.all().delete()
    tend_sheets(at=NOW)
    job = DBTaskResult.objects.get()
    assert (str(job.pk), job.status) == (again(sheet).job, TaskResultStatus.READY)
    work_on_sheet(sheet_id=sheet.pk, at=NOW)
    assert standing() == {(unit.pk, "cases_detected"): 3}


def test_a_job_writes_nothing_for_somebody_who_has_lost_the_role(land: World, slow: None) -> None:
    made, unit = form(land), land["dong_hoa"]
    sheet = sent(
        land.office, filled(template_of(made, SPAN, unit_id=unit.pk, at=NOW), put({CASES: 3})), made, unit=unit.pk
    )
    work_on_sheet(sheet_id=sheet.pk, at=NOW)
    do(land.office, again(sheet))
    Grant.objects.filter(user_id=land.office.user_id).update(valid_to=timezone.localdate(NOW))
    work_on_sheet(sheet_id=sheet.pk, at=NOW)
    assert standing() == {}
    assert "không còn" in again(sheet).problem


def test_what_old_sheets_held_is_thrown_away(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    data = template_of(made, SPAN, unit_id=unit.pk, at=NOW)
    done = do(land.office, sent(land.office, filled(data, put({CASES: 3})), made, unit=unit.pk))
    waiting = sent(land.office, filled(data, put({ARRESTED: 3})), made, unit=unit.pk)
    assert tend_sheets(at=NOW + timedelta(days=89)) == 0
    assert tend_sheets(at=NOW + timedelta(days=91)) == 2
    done, waiting = again(done), again(waiting)
    assert (done.grid, done.stamp, done.state) == ([], {}, SheetState.DONE)
    assert (waiting.grid, waiting.state) == ([], SheetState.WITHDRAWN)
    assert tend_sheets(at=NOW + timedelta(days=92)) == 0
    assert standing() == {(unit.pk, "cases_detected"): Decimal(3)}


def test_giving_up_and_who_may(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    data = template_of(made, SPAN, unit_id=unit.pk, at=NOW)
    sheet = sent(land.office, filled(data, put({CASES: 3})), made, unit=unit.pk)
    leader = land.actor("police", "leader")
    assert SheetImport.objects.visible_to(leader).filter(pk=sheet.pk).exists()
    assert not SheetImport.objects.visible_to(land.actor("binh_giang_police")).exists()
    refused = withdraw_sheet(actor=leader, at=NOW, sheet_id=sheet.pk)
    assert isinstance(refused, Refusal)
    assert isinstance(withdraw_sheet(actor=land.office, at=NOW, sheet_id=sheet.pk), SheetImport)
    assert again(sheet).grid == []
