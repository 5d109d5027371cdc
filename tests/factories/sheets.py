"""Workbooks as people send them: made with openpyxl, which PCMT itself does not use."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl


def workbook(
    rows: Sequence[Sequence[Any]],
    *,
    merged: Sequence[str] = (),
    name: str = "Sheet1",
    more: Sequence[tuple[str, Sequence[Sequence[Any]]]] = (),
    formats: dict[str, str] | None = None,
) -> bytes:
    """A workbook with the rows from A1 on; `merged` are ranges, `more` further sheets, `formats` number formats."""
    book = openpyxl.Workbook()
    for at, (title, content) in enumerate([(name, rows), *more]):
        sheet = book.active if at == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = title
        for row in content:
            sheet.append(list(row))
    first = book.worksheets[0]
    for cells in merged:
        first.merge_cells(cells)
    for cell, code in (formats or {}).items():
        first[cell].number_format = code
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def read_back(data: bytes) -> openpyxl.Workbook:
    """What PCMT wrote."""
    return openpyxl.load_workbook(io.BytesIO(data))


def put(values: dict[str, Any], heading: str = "Kỳ này") -> Callable[[Any], None]:
    """Writes values into the rows of these keys (of lines or units), in the column of a heading."""

    def fill(book: Any) -> None:
        sheet = book.worksheets[0]
        head = next(row for row in sheet.iter_rows() if row[0].value == "Mã dòng")
        column = next(cell.column for cell in head if str(cell.value or "").startswith(heading))
        for row in sheet.iter_rows(min_row=head[0].row + 1):
            if row[0].value in values:
                sheet.cell(row[0].row, column).value = values[row[0].value]

    return fill


def filled(data: bytes, *fills: Callable[[Any], None]) -> bytes:
    """A template as a person gives it back."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for fill in fills:
        fill(book)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()
