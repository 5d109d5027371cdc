"""The workbook of money: there and back, what is wrong is named by its cell, all of it is undone at once."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from pcmt.apps.plans.models import Plan
from pcmt.apps.projects.models import MoneyEntry, MoneyLine, MoneySheet
from pcmt.apps.projects.operations import sheets
from pcmt.apps.projects.queries.money import line_sums, lines_in, sources_for, whole_of
from pcmt.apps.projects.queries.tree import family
from pcmt.apps.projects.sheets import KEYS, write_sheet
from pcmt.core.diagnostics import Refusal
from tests.factories.money import enter, line, programme, project, source
from tests.factories.world import NOW, World

pytestmark = pytest.mark.django_db


def workbook(plan: Plan) -> bytes:
    lines = lines_in(family(plan.pk))
    return write_sheet(plan, lines, line_sums(lines), sources_for(plan.pk))


def filled(data: bytes, cells: dict[tuple[int, str], Any]) -> bytes:
    """The workbook with cells of its rows (from 0) filled, by the key of their column."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book["Kinh phí"]
    first = next(row for row in range(1, 20) if page.cell(row, 1).value == "Mã dòng") + 1
    for (row, name), value in cells.items():
        page.cell(first + row, KEYS.index(name) + 2).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sent(land: World, plan: Plan, data: bytes) -> Any:
    return sheets.start_sheet(actor=land.office, at=NOW, plan_id=plan.pk, name="kinh-phi.xlsx", data=data)


@pytest.fixture
def there(land: World) -> tuple[Plan, MoneyLine]:
    whole = programme(land)
    mine = source(land.office, whole, 10_000_000, name="Ngân sách tỉnh")
    row = line(land.office, project(land, whole), mine, 5_000_000)
    enter(land.office, row, "allocation", 3_000_000)
    return whole, row


def test_what_was_not_touched_changes_nothing(land: World, there: tuple[Plan, MoneyLine]) -> None:
    made = sent(land, there[0], workbook(there[0]))
    assert isinstance(made, MoneySheet), made
    looks = sheets.look_at_sheet(actor=land.office, at=NOW, sheet_id=made.pk)
    assert [look.state for look in looks] == ["unchanged"]
    answer = sheets.tell_sheet(actor=land.office, at=NOW, sheet_id=made.pk)
    assert isinstance(answer, Refusal)
    assert answer.code == "unchanged"


def test_there_and_back_and_undone_at_once(land: World, there: tuple[Plan, MoneyLine]) -> None:
    whole, row = there
    before = whole_of(whole.pk)
    said = {
        (0, "estimate"): 6_000_000, (0, "allocation"): 4_000_000, (0, "disbursement"): 1_500_000,
        (0, "on"): "15/02/2026", (0, "paper"): "QĐ 7",
        (1, "year"): 2026, (1, "words"): "Tập huấn", (1, "estimate"): 800,
    }  # fmt: skip
    made = sent(land, whole, filled(workbook(whole), said))
    looks = sheets.look_at_sheet(actor=land.office, at=NOW, sheet_id=made.pk)
    assert [(look.words, look.state) for look in looks] == [("Mua thiết bị", "changed"), ("Tập huấn", "new")]
    assert whole_of(whole.pk) == before
    assert MoneyEntry.objects.count() == 1
    for _time in range(2):
        assert isinstance(sheets.tell_sheet(actor=land.office, at=NOW, sheet_id=made.pk), MoneySheet)
    sums = whole_of(whole.pk)
    assert (sums.estimate, sums.unfunded, sums.allocated, sums.disbursed) == (6_000_800, 800, 4_000_000, 1_500_000)
    assert MoneyEntry.objects.filter(sheet=made, paper="QĐ 7").count() == 2
    assert isinstance(sheets.undo_sheet(actor=land.office, at=NOW, sheet_id=made.pk), MoneySheet)
    assert whole_of(whole.pk) == before
    row.refresh_from_db()
    assert row.estimate == 5_000_000
    assert sheets.undo_sheet(actor=land.office, at=NOW, sheet_id=made.pk).code == "not_told"


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({(0, "allocation"): 10_000_001, (0, "on"): "15/02/2026"}, "allocation", "Vượt nguồn"),
        ({(0, "allocation"): "một ít"}, "allocation", "không phải số"),
        ({(0, "allocation"): 4_000_000}, "on", "Ghi ngày"),
        ({(0, "disbursement"): 3_000_001, (0, "on"): "15/02/2026"}, "disbursement", "nhiều hơn số đã cấp"),
        ({(0, "source"): "Nguồn lạ"}, "source", "Không có nguồn"),
        ({(1, "words"): "Tập huấn"}, "year", "Ghi số"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_told(
    land: World, there: tuple[Plan, MoneyLine], cells: dict[tuple[int, str], Any], column: str, words: str
) -> None:
    whole, _row = there
    made = sent(land, whole, filled(workbook(whole), cells))
    looks = sheets.look_at_sheet(actor=land.office, at=NOW, sheet_id=made.pk)
    found = [each for look in looks for each in look.wrong]
    assert len(found) == 1
    cell, message = found[0]
    assert words in message
    assert cell.startswith(chr(ord("B") + KEYS.index(column)))
    assert isinstance(sheets.tell_sheet(actor=land.office, at=NOW, sheet_id=made.pk), Refusal)
    assert MoneyEntry.objects.count() == 1


def test_a_strange_or_changed_workbook_is_not_taken(land: World, there: tuple[Plan, MoneyLine]) -> None:
    whole, row = there
    data = workbook(whole)
    assert sent(land, whole, b"").code == "empty"
    assert sent(land, row.plan, data).code == "other_plan"
    assert sent(land, whole, filled(data, {(0, "project"): "Dự án khác"})).code == "rows"
    book = openpyxl.load_workbook(io.BytesIO(data))
    del book["PCMT"]
    out = io.BytesIO()
    book.save(out)
    assert sent(land, whole, out.getvalue()).code == "strange"
    # Somebody else changed the line after the workbook was taken.
    made = sent(land, whole, filled(data, {(0, "estimate"): 1}))
    line(land.office, row.plan, row.source, 7, line_id=row.pk, version=row.version, key=row.key)
    looks = sheets.look_at_sheet(actor=land.office, at=NOW, sheet_id=made.pk)
    assert [look.state for look in looks] == ["wrong"]


def test_what_was_gone_on_from_is_not_undone(land: World, there: tuple[Plan, MoneyLine]) -> None:
    whole, row = there
    made = sent(land, whole, filled(workbook(whole), {(0, "allocation"): 4_000_000, (0, "on"): "15/02/2026"}))
    sheets.tell_sheet(actor=land.office, at=NOW, sheet_id=made.pk)
    enter(land.office, row, "disbursement", 3_500_000)
    answer = sheets.undo_sheet(actor=land.office, at=NOW, sheet_id=made.pk)
    assert isinstance(answer, Refusal)
    assert whole_of(whole.pk).allocated == 4_000_000
