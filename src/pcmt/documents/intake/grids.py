"""Workbooks as grids of texts: for lists that people keep in Excel, where it matters in which cell something stands.

`extract` reads a workbook as a document; here every cell keeps its place, also the empty ones. The guards are the same:
kind told by content, no macros, no passwords, no hostile archives, no secrecy stamps.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from attrs import Factory, frozen

from pcmt.documents.intake.archive import Archive, attribute, bomb, child, damaged, password
from pcmt.documents.intake.detect import XLS, detect, unsupported
from pcmt.documents.intake.encodings import legacy_repair
from pcmt.documents.intake.extract import MAX_BYTES, MEGABYTE, guarded
from pcmt.documents.intake.secrecy import refuse_stamped
from pcmt.documents.intake.sheets import (
    MAX_AREA,
    MAX_CELLS,
    cell_place,
    cells_with,
    percent_cells,
    refuse_spread,
    sheet_paths,
    shown,
)
from pcmt.documents.intake.word import refuse_macros
from pcmt.documents.values import RefusedError, Unreadable

MAX_COLUMNS = 60
"""Columns further to the right are left out: no list of names is so wide."""
MAX_ROWS = 20_000
UNCALCULATED = "#CHƯA TÍNH"
"""What stands in the cell of a formula whose result was not saved with the file."""

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells, counted from 0, the last ones included."""


@frozen
class GridSheet:
    """A sheet from its cell A1 on: the text that each cell shows, "" for an empty one; rows may differ in length.

    `hidden`: the sheet is not to be seen. `hidden_rows` (of xlsx) are rows that a filter or a person hid: their numbers
    are in the file, though nobody who looked at it saw them.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[Merge, ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()

    def text(self, row: int, column: int) -> str:
        """The text of a cell, counted from 0; "" outside."""
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else ""


@frozen
class Grid:
    """The visible sheets of a workbook that hold something."""

    sheets: tuple[GridSheet, ...]

    def as_json(self) -> list[dict[str, Any]]:
        """As JSON values; `grid_from` reads them back."""
        return [
            {
                "name": each.name,
                "rows": [list(row) for row in each.rows],
                "merged": [list(m) for m in each.merged],
                **({"hidden": True} if each.hidden else {}),
                **({"hidden_rows": sorted(each.hidden_rows)} if each.hidden_rows else {}),
            }
            for each in self.sheets
        ]


def grid_from(value: Sequence[Mapping[str, Any]]) -> Grid:
    """The grid that `Grid.as_json` wrote."""
    return Grid(
        tuple(
            GridSheet(
                each["name"],
                tuple(tuple(row) for row in each["rows"]),
                tuple((a, b, c, d) for a, b, c, d in each["merged"]),
                each.get("hidden", False),
                frozenset(each.get("hidden_rows", ())),
            )
            for each in value
        )
    )


def address(row: int, column: int) -> str:
    """The address of a cell, counted from 0: (11, 2) is "C12"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def read_grid(
    name: str, data: bytes, *, columns: int = MAX_COLUMNS, hidden: bool = False, numbers: bool = False
) -> Grid | Unreadable:
    """The sheets of a workbook (xlsx, xls, ods), or why it cannot be read; never raises for what the file holds.

    Further than `columns` to the right nothing is read. With `hidden` the hidden sheets come, too, marked so. With
    `numbers` a formula that failed (`#REF!`) or was never calculated (`UNCALCULATED`) says so in its cell, where it
    would else look empty; this is known of xlsx alone.
    """
    return guarded(lambda: _read(name, data, columns, hidden, numbers))


def _read(name: str, data: bytes, columns: int, hidden: bool, numbers: bool) -> Grid:
    if not data:
        raise RefusedError("empty", "Tệp rỗng, không có nội dung.", "Chọn lại tệp; có thể tệp chưa tải xong.")
    if len(data) > MAX_BYTES:
        raise RefusedError(
            "too_large",
            f"Tệp lớn {len(data) // MEGABYTE} MB, quá giới hạn {MAX_BYTES // MEGABYTE} MB.",
            "Chỉ giữ lại trang tính cần nhập rồi tải lên.",
        )
    kind = detect(name, data)
    if kind.route != "sheets":
        refused = unsupported(kind.label).reason
        raise RefusedError(refused.code, refused.message, "Tải lên tệp Excel (xlsx, xls) hoặc OpenDocument (ods).")
    archive = None if kind is XLS else Archive(data)
    if archive is not None:
        refuse_macros(archive)
    sheets = _sheets(data, archive, columns, hidden, numbers)
    if not any(not sheet.hidden for sheet in sheets):
        raise RefusedError("no_text", "Tệp không có chữ nào.", "Kiểm tra lại tệp gốc.")
    text = "\n".join("\n".join(filter(None, row)) for sheet in sheets if not sheet.hidden for row in sheet.rows)
    repair = legacy_repair(text)
    if repair is not None and repair.certain:
        sheets = [
            attrs.evolve(each, rows=tuple(tuple(map(repair.convert, row)) for row in each.rows)) for each in sheets
        ]
        text = repair.convert(text)
    refuse_stamped(text)
    return Grid(tuple(sheets))


def _sheets(data: bytes, archive: Archive | None, columns: int, hidden: bool, numbers: bool) -> list[GridSheet]:
    import python_calamine as calamine

    found: list[GridSheet] = []
    area, filled, count = 0, 0, 0
    try:
        if archive is not None:
            refuse_spread(archive)
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        padded = _padded_cells(archive, book.sheet_names) if archive is not None else {}
        percents = percent_cells(archive, book.sheet_names) if archive is not None else {}
        looks = _looks(archive, book.sheet_names) if archive is not None and numbers else {}
        for meta in book.sheets_metadata:
            visible = meta.visible == calamine.SheetVisibleEnum.Visible
            if not (visible or hidden) or meta.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(meta.name)
            area += sheet.total_height * sheet.total_width
            if area > MAX_AREA:
                raise bomb("bảng tính trải ra quá nhiều ô")
            look = looks.get(meta.name, _Look())
            rows = _rows(sheet, columns, padded.get(meta.name, {}), percents.get(meta.name, {}))
            rows = _with_failed(rows, columns, look.failed)
            filled += sum(1 for row in rows for text in row if text)
            count += len(rows)
            if filled > MAX_CELLS or count > MAX_ROWS:
                raise RefusedError(
                    "too_many_cells",
                    f"Bảng tính có hơn {MAX_ROWS} dòng hoặc {MAX_CELLS} ô có nội dung.",
                    "Tách thành nhiều tệp rồi tải lên từng tệp.",
                )
            if any(any(row) for row in rows):
                merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
                merged = [m for m in merged if m[0] < len(rows)]
                found.append(GridSheet(meta.name, tuple(rows), tuple(merged), not visible, look.hidden_rows))
    except calamine.PasswordError as error:
        raise password() from error
    except (calamine.CalamineError, ValueError, OverflowError, OSError) as error:
        raise damaged("bảng tính") from error
    return found


def _rows(
    sheet: Any,
    columns: int,
    padded: Mapping[tuple[int, int], int],
    percents: Mapping[tuple[int, int], int],
) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    used = 0
    # Rows come from the top of the sheet, but each begins with the first column that is used.
    first_column = sheet.start[1] if sheet.start else 0
    for at, values in enumerate(sheet.iter_rows()):
        row = ["" for _column in range(min(first_column, columns))]
        for column, value in enumerate(values[: columns - len(row)], first_column):
            text = shown(value, percents.get((at, column))) if value != "" else ""
            row.append(text.zfill(padded.get((at, column), 0)) if text else text)
        while row and not row[-1]:
            row.pop()
        rows.append(tuple(row))
        if row:
            used = at + 1
    return rows[:used]


def _with_failed(
    rows: list[tuple[str, ...]], columns: int, failed: Mapping[tuple[int, int], str]
) -> list[tuple[str, ...]]:
    """The rows with words in the cells of formulas that have no value, also where such a cell is the last one."""
    found = {place: text for place, text in failed.items() if place[0] < MAX_ROWS and place[1] < columns}
    if not found:
        return rows
    wide = [list(row) for row in rows] + [[] for _row in range(len(rows), max(row for row, _column in found) + 1)]
    for (row, column), text in found.items():
        wide[row] += [""] * (column + 1 - len(wide[row]))
        wide[row][column] = wide[row][column] or text
    return [tuple(row) for row in wide]


@frozen
class _Look:
    """What the values alone do not say of a sheet: formulas without a value, and rows that are hidden."""

    failed: Mapping[tuple[int, int], str] = Factory(dict)
    hidden_rows: frozenset[int] = frozenset()


def _looks(archive: Archive, names: Sequence[str]) -> dict[str, _Look]:
    return {
        name: _look(archive.xml(path))
        for name, path in sheet_paths(archive).items()
        if name in names and path in archive.names
    }


def _look(sheet: Any) -> _Look:
    failed: dict[tuple[int, int], str] = {}
    hidden = set()
    for row in sheet.iter("{*}row"):
        if row.get("hidden") in ("1", "true") and (row.get("r") or "").isdigit():
            hidden.add(int(row.get("r")) - 1)
        for cell in row:
            value = child(cell, "v")
            if cell.get("t") == "e":
                text = (value.text if value is not None else None) or "#N/A"
            elif child(cell, "f") is not None and (value is None or value.text is None) and cell.get("t") != "str":
                text = UNCALCULATED
            else:
                continue
            place = cell_place(cell.get("r") or "")
            if place is not None:
                failed[place] = text
    return _Look(failed, frozenset(hidden))


def _padded_cells(archive: Archive, names: Sequence[str]) -> dict[str, dict[tuple[int, int], int]]:
    """For each sheet of an xlsx file the cells that show leading zeros (format "00000"), with their digits."""
    styles = archive.optional_xml("xl/styles.xml")
    digits = _padded_formats(styles) if styles is not None else {}
    if not digits:
        return {}
    return {
        name: cells_with(archive.xml(path), digits)
        for name, path in sheet_paths(archive).items()
        if name in names and path in archive.names
    }


def _padded_formats(styles: Any) -> dict[int, int]:
    codes: dict[str, int] = {}
    own = child(styles, "numFmts")
    for item in own if own is not None else ():
        code = re.sub(r'[\\"]', "", attribute(item, "formatCode") or "")
        if re.fullmatch(r"0{2,}(?:;.*)?", code):
            codes[attribute(item, "numFmtId") or ""] = len(code.split(";")[0])
    formats = child(styles, "cellXfs")
    return {
        at: codes[identifier]
        for at, item in enumerate(formats if formats is not None else ())
        if (identifier := attribute(item, "numFmtId") or "") in codes
    }
