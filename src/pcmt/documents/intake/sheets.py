"""Workbooks (xlsx, xls, ods): every sheet, every row as `a | b | c`, values as the sheet shows them.

Dates come as dd/mm/yyyy, whole numbers without a decimal point, percentages as percentages: a cell that shows 80% holds
0.8, and reading 0.8 would be wrong. Cells merged down or across give their text once, in their first cell.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any

from pcmt.documents.intake.archive import Archive, attribute, bomb, child, damaged, local, password
from pcmt.documents.intake.web import row_segments
from pcmt.documents.values import Cell, Draft, RefusedError, Segment

MAX_AREA = 50_000_000
"""Cells that a workbook may span, empty ones included: one stray cell in the last row spans a million rows."""
MAX_CELLS = 300_000
"""Cells with something in them; the quota tables of a province have some thousands."""
_DEFAULT_NAMES = re.compile(r"(?:sheet|trang(?:[ _]?tính)?)[ _]?\d*", re.IGNORECASE)
_BUILTIN_PERCENT = {9, 10}


def read_sheets(data: bytes, archive: Archive | None) -> Draft:
    """Segments of a workbook; `archive` is its zip container, None for the older binary format."""
    import python_calamine as calamine

    try:
        if archive is not None:
            refuse_spread(archive)
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
        percents = percent_cells(archive, names) if archive is not None else {}
        segments: list[Segment] = []
        area, filled = 0, 0
        for number, name in enumerate(names, 1):
            sheet = book.get_sheet_by_name(name)
            area += sheet.total_height * sheet.total_width
            if area > MAX_AREA:
                raise bomb("bảng tính trải ra quá nhiều ô")
            rows = _rows(sheet, number, name, percents.get(name, {}), MAX_CELLS - filled)
            filled += sum(len(cell) for row in rows for cell in row)
            if rows and segments:
                segments.append(Segment(""))
            if rows and len(names) > 1 and not _DEFAULT_NAMES.fullmatch(name.strip()):
                segments.append(Segment(name))
            for row in rows:
                segments += row_segments(row)
    except calamine.PasswordError as error:
        raise password() from error
    except (calamine.CalamineError, ValueError, OverflowError, OSError) as error:
        raise damaged("bảng tính") from error
    return Draft(tuple(segments))


def _rows(
    sheet: Any, number: int, name: str, percents: dict[tuple[int, int], int], room: int
) -> list[list[list[Segment]]]:
    rows = []
    used = 0
    # Rows come from the top of the sheet, but each begins with the first column that is used.
    first_column = sheet.start[1] if sheet.start else 0
    for row_index, values in enumerate(sheet.iter_rows()):
        if values.count("") == len(values):
            continue
        row: list[list[Segment]] = []
        for column_index, value in enumerate(values, first_column):
            text = shown(value, percents.get((row_index, column_index)))
            place = Cell(number, row_index + 1, column_index + 1, sheet=name)
            row.append([Segment(text, cell=place)] if text else [])
            room -= bool(text)
        if room < 0:
            raise RefusedError(
                "too_many_cells",
                f"Bảng tính có hơn {MAX_CELLS} ô có nội dung.",
                "Chỉ giữ lại các trang tính của kế hoạch rồi tải lên.",
            )
        if any(row):
            rows.append(row)
            used = max(used, max(index for index, cell in enumerate(row) if cell) + 1)
    if not rows:
        return []
    # Columns that are empty in the whole sheet carry nothing; the cells keep their true column in their place.
    kept = [column for column in range(used) if any(column < len(row) and row[column] for row in rows)]
    return [[row[column] for column in kept if column < len(row)] for row in rows]


def refuse_spread(archive: Archive) -> None:
    """Refuse an xlsx whose cells lie so far apart that the rectangle around them could not be held in memory.

    Asked of the file itself, before the reader lays the rectangle out: two cells in opposite corners are enough.
    """
    for path in sheet_paths(archive).values():
        if path not in archive.names:
            continue
        rows, columns = [], []
        row = 0
        for line in archive.xml(path).iter():
            if local(line) != "row":
                continue
            number = line.get("r") or ""
            row = int(number) if number.isdigit() else row + 1
            column = 0
            for cell in line:
                reference = _REFERENCE.fullmatch(cell.get("r") or "")
                column = _column(reference.group(1)) if reference else column + 1
                rows.append(int(reference.group(2)) if reference else row)
                columns.append(column)
        if rows and (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) > MAX_AREA:
            raise bomb("bảng tính trải ra quá nhiều ô")


def _column(letters: str) -> int:
    """The number of a column, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def shown(value: Any, percent_digits: int | None) -> str:
    """A value as its cell shows it; `percent_digits` are the decimals of a cell that shows percentages."""
    match value:
        case bool():
            return "Đúng" if value else "Sai"
        case int() | float():
            if percent_digits is not None:
                return _number(round(Decimal(repr(value)) * 100, percent_digits)) + "%"
            return _number(Decimal(repr(value)))
        case dt.datetime():
            day = f"{value:%d/%m/%Y}"
            return day if value.time() == dt.time() else f"{day} {value:%H:%M}"
        case dt.date():
            return f"{value:%d/%m/%Y}"
        case dt.time():
            return f"{value:%H:%M}"
        case dt.timedelta():
            return str(value)
        case _:
            return re.sub(r"\s+", " ", str(value)).strip()


def _number(value: Decimal) -> str:
    """A number in Vietnamese form without grouping: 1234.5 → "1234,5"."""
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value():
        return f"{value:.0f}"
    return f"{value.normalize():f}".replace(".", ",")


def percent_cells(archive: Archive, names: list[str]) -> dict[str, dict[tuple[int, int], int]]:
    """For each sheet of an xlsx file the cells that are formatted as percent, with their decimals."""
    try:
        styles = archive.optional_xml("xl/styles.xml")
        if styles is None:
            return {}
        digits = _percent_formats(styles)
        if not digits:
            return {}
        found = {}
        for name, path in sheet_paths(archive).items():
            if name in names and path in archive.names:
                found[name] = cells_with(archive.xml(path), digits)
        return found
    except RefusedError as refused:
        if refused.reason.code != "damaged":
            raise
        return {}


def _percent_formats(styles: Any) -> dict[int, int]:
    """Index of cell format → decimals, for the formats that show percentages."""
    codes: dict[int, str] = {9: "0%", 10: "0.00%"}
    own_formats = child(styles, "numFmts")
    for item in own_formats if own_formats is not None else ():
        identifier = attribute(item, "numFmtId") or ""
        if identifier.isdigit():
            codes[int(identifier)] = re.sub(r'"[^"]*"|\\.', "", attribute(item, "formatCode") or "")
    formats = child(styles, "cellXfs")
    digits = {}
    for index, item in enumerate(formats if formats is not None else ()):
        identifier = attribute(item, "numFmtId") or ""
        code = codes.get(int(identifier), "") if identifier.isdigit() else ""
        if "%" in code:
            decimals = re.search(r"\.([0#?]+)", code.split(";")[0])
            digits[index] = len(decimals.group(1)) if decimals else 0
    return digits


def sheet_paths(archive: Archive) -> dict[str, str]:
    """The path of each sheet inside the container, by the name of the sheet."""
    book, relations = archive.optional_xml("xl/workbook.xml"), archive.optional_xml("xl/_rels/workbook.xml.rels")
    sheets = child(book, "sheets")
    if sheets is None or relations is None:
        return {}
    targets = {attribute(item, "Id"): (attribute(item, "Target") or "") for item in relations}
    paths = {}
    for sheet in sheets:
        identifier = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        target = targets.get(identifier, "")
        paths[sheet.get("name") or ""] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return paths


_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def cells_with(sheet: Any, digits: dict[int, int]) -> dict[tuple[int, int], int]:
    """Row and column (from 0) of the cells of a sheet that have one of the formats, with the number of the format."""
    found = {}
    for cell in sheet.iter():
        if local(cell) != "c":
            continue
        style, place = cell.get("s") or "0", cell_place(cell.get("r") or "")
        if place is not None and style.isdigit() and int(style) in digits:
            found[place] = digits[int(style)]
    return found


def cell_place(reference: str) -> tuple[int, int] | None:
    """Row and column (from 0) of "C12"; None for what is no address of a cell."""
    found = _REFERENCE.fullmatch(reference)
    return (int(found.group(2)) - 1, _column(found.group(1)) - 1) if found else None
