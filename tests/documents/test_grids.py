"""Workbooks as grids of texts, and given back with marks."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import openpyxl
import pytest

from pcmt.documents import UNCALCULATED, Grid, GridSheet, Unreadable, address, grid_from, read_grid
from pcmt.documents.output.grids import FormColumn, Marks, write_form, write_marked
from tests.factories.sheets import read_back, workbook


def read(data: bytes) -> Grid:
    found = read_grid("a.xlsx", data)
    assert isinstance(found, Grid), found
    return found


def test_every_cell_keeps_its_place_and_shows_what_excel_shows() -> None:
    rows: list[list[Any]] = [[], [None, "Tên", None], [None, "  Thôn\n07 ", 7, date(2025, 7, 1), 12.5]]
    (sheet,) = read(workbook(rows, merged=["B2:C2"], formats={"C3": "000"})).sheets
    assert sheet.rows == ((), ("", "Tên"), ("", "Thôn 07", "007", "01/07/2025", "12,5"))
    assert sheet.merged == ((1, 1, 1, 2),)
    assert sheet.text(2, 1) == "Thôn 07"
    assert sheet.text(99, 99) == ""


def test_hidden_sheets_are_not_read() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "thấy"
    book.create_sheet("Ẩn")["A1"] = "không thấy"
    book["Ẩn"].sheet_state = "hidden"
    held = io.BytesIO()
    book.save(held)
    assert [each.rows for each in read(held.getvalue()).sheets] == [(("thấy",),)]


def test_a_grid_comes_back_from_json() -> None:
    grid = read(workbook([["a", "b"], ["c"]], merged=["A1:A2"], more=[("Hai", [["x"]])]))
    assert grid_from(grid.as_json()) == grid


@pytest.mark.parametrize(
    ("cell", "expected"), [((0, 0), "A1"), ((11, 2), "C12"), ((0, 25), "Z1"), ((0, 26), "AA1"), ((9, 702), "AAA10")]
)
def test_addresses_are_those_of_excel(cell: tuple[int, int], expected: str) -> None:
    assert address(*cell) == expected


def with_macro() -> bytes:
    held = io.BytesIO(workbook([["a"]]))
    with zipfile.ZipFile(held, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (workbook([[None]]), "no_text"),
        (b"%PDF-1.4", "unsupported"),
        (b"PK\x03\x04", "damaged"),
        (workbook([["x"]])[:-200], "damaged"),
        (with_macro(), "macro"),
        (workbook([["MẬT"], ["Danh sách"]]), "secret"),
        (workbook([["x"]] * 20_001), "too_many_cells"),
    ],
)
def test_what_is_refused(data: bytes, code: str) -> None:
    found = read_grid("a.xlsx", data)
    assert isinstance(found, Unreadable)
    assert found.code == code


def test_marks_stand_where_they_belong_and_texts_stay_texts() -> None:
    grid = Grid(
        (GridSheet("Danh [sách]", (("Tên", "Mã"), ("=1+1", "007"), ("Thôn Hai", ""))), GridSheet("Khác", (("a",),)))
    )
    marks = Marks(
        head=0, title="Kết quả", rows={1: "same", 2: "new"}, cells={(1, 0): ("wrong", "Tên sai")},
        words={1: "A2: Tên sai", 2: "Mới"},
    )  # fmt: skip
    first, other = read_back(write_marked(grid, {0: marks})).worksheets
    assert [[cell.value for cell in row] for row in first.iter_rows()] == [
        ["Tên", "Mã", "Kết quả"],
        ["=1+1", "007", "A2: Tên sai"],
        ["Thôn Hai", None, "Mới"],
    ]
    assert first["A2"].data_type == "s"
    assert first["A2"].comment.text == "Tên sai"
    assert first["A2"].fill.fgColor.rgb != first["B2"].fill.fgColor.rgb
    assert first["A3"].fill.fgColor.rgb == "FFDDF0E0"
    assert other["A1"].value == "a"


def test_a_form_offers_its_choices_and_takes_texts() -> None:
    columns = [FormColumn("Loại", 10, "Chọn.", ["Thôn", "Bản"]), FormColumn("Tên", 20)]
    data = write_form(
        name="Danh sách", title="Thôn, xã A", remark="Mỗi dòng một thôn.", columns=columns, rows=[["Thôn", "07"]],
        lists={"Xã": [["Mã", "Tên"], ["00123", "Xã A"]]},
    )  # fmt: skip
    book = read_back(data)
    sheet = book.worksheets[0]
    assert [sheet["A4"].value, sheet["B5"].value] == ["Loại", "07"]
    (offered,) = [each for each in sheet.data_validations.dataValidation if each.type == "list"]
    assert offered.formula1 == "'Lựa chọn'!$A$1:$A$2"
    assert book["Xã"]["A2"].value == "00123"
    # The sheet with the choices is hidden: sent in, the form is its list and the sheet to look things up in.
    assert [each.name for each in read(data).sheets] == ["Danh sách", "Xã"]


def test_hidden_sheets_come_along_marked_so_when_they_are_asked_for() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "thấy"
    book.create_sheet("Ẩn")["A1"] = "không thấy"
    book["Ẩn"].sheet_state = "veryHidden"
    held = io.BytesIO()
    book.save(held)
    grid = read_grid("a.xlsx", held.getvalue(), hidden=True)
    assert isinstance(grid, Grid)
    assert [(each.name, each.hidden) for each in grid.sheets] == [("Sheet", False), ("Ẩn", True)]
    assert grid_from(grid.as_json()) == grid
    back = read_back(write_marked(grid, {}))
    assert back["Ẩn"].sheet_state == "veryHidden"
    assert back.active.title == "Sheet"


def test_formulas_without_a_value_and_hidden_rows_are_told_where_they_matter() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([1, "=1+1"])
    sheet.append([2])
    sheet.append([3, "x", "#REF!"])
    sheet["C3"].data_type = "e"
    sheet.row_dimensions[2].hidden = True
    held = io.BytesIO()
    book.save(held)
    grid = read_grid("a.xlsx", held.getvalue(), numbers=True)
    assert isinstance(grid, Grid)
    assert grid.sheets[0].rows == (("1", UNCALCULATED), ("2",), ("3", "x", "#REF!"))
    assert grid.sheets[0].hidden_rows == {1}
    assert read(held.getvalue()).sheets[0].rows == (("1",), ("2",), ("3", "x"))
    marked = read_back(write_marked(grid, {0: Marks(head=-1, title="Kết quả", words={1: "x"}, rows={1: "same"})}))
    assert not marked.active.row_dimensions[2].hidden  # what is said of it is to be seen


def test_columns_to_the_right_are_read_where_a_sheet_is_wide() -> None:
    data = workbook([list(range(100))])
    assert len(read(data).sheets[0].rows[0]) == 60
    wide = read_grid("a.xlsx", data, columns=90)
    assert isinstance(wide, Grid)
    assert len(wide.sheets[0].rows[0]) == 90
