"""Workbooks as people send them: made with openpyxl, which PCMT itself does not use."""

from __future__ import annotations

import io
from collections.abc import Sequence
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
