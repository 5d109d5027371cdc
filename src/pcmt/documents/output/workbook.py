"""A table as a workbook: what a page lists, as people print it and count on with it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

Value = str | int | float | date | datetime | Decimal | Fraction | None
"""What a cell holds. Dates are shown as dd/mm/yyyy; None is an empty cell."""

LONGEST = 32_000
"""Excel takes no longer text into a cell."""
A4 = 9


@attrs.frozen
class Heading:
    """A row that heads those below it."""

    cells: Sequence[Value]


@attrs.frozen
class Sheet:
    """One sheet: a heading, what was asked in `words`, named columns with their widths in characters, and the rows.

    The first `fixed` columns and the names stay where they are when the reader scrolls. `totals` are sums by column,
    below the rows: live formulas over the rows above, shown with the value given where nothing calculates; the first
    column of that row says `total_word`.
    """

    title: str
    heading: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[Value] | Heading]
    words: str = ""
    fixed: int = 1
    totals: Mapping[int, Decimal | int | None] = attrs.field(factory=dict)
    total_word: str = ""


def write_workbook(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as an xlsx, each to be printed on A4 landscape as wide as a page. Nothing can become a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    cell = {"valign": "top", "border": 1}
    looks = {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "words": book.add_format({"italic": True}),
        "head": book.add_format({**cell, "bold": True, "text_wrap": True}),
        "group": book.add_format({"bold": True}),
        "total": book.add_format({**cell, "bold": True, "num_format": "#,##0.##"}),
        "text": book.add_format({**cell, "text_wrap": True}),
        "day": book.add_format({**cell, "num_format": "dd/mm/yyyy"}),
        "whole": book.add_format({**cell, "num_format": "#,##0"}),
        "part": book.add_format({**cell, "num_format": "#,##0.0#"}),
    }
    for each in sheets:
        _write(book.add_worksheet(each.title[:31]), each, looks)
    book.close()
    return out.getvalue()


def _write(page: Any, sheet: Sheet, looks: dict[str, Any]) -> None:
    page.write_string(0, 0, sheet.heading, looks["title"])
    top = 2
    if sheet.words:
        page.write_string(1, 0, sheet.words, looks["words"])
        top = 3
    for column, (label, width) in enumerate(sheet.columns):
        page.set_column(column, column, width)
        page.write_string(top, column, label, looks["head"])
    at = top
    for at, row in enumerate(sheet.rows, start=top + 1):
        cells, text = (row.cells, looks["group"]) if isinstance(row, Heading) else (row, looks["text"])
        for column, value in enumerate(cells):
            _cell(page, at, column, value, looks, text)
    if sheet.totals and at > top:
        page.write_string(at + 1, 0, sheet.total_word, looks["head"])
        for column, total in sheet.totals.items():
            cells = f"{xl_rowcol_to_cell(top + 1, column)}:{xl_rowcol_to_cell(at, column)}"
            shown = "" if total is None else float(total)
            # Blanks are no zeros: a column without any number has no sum.
            page.write_formula(at + 1, column, f'=IF(COUNT({cells})=0,"",SUM({cells}))', looks["total"], shown)
    page.freeze_panes(top + 1, sheet.fixed)
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)


def _cell(page: Any, row: int, column: int, value: Value, looks: dict[str, Any], text: Any) -> None:
    match value:
        case None | "":
            page.write_blank(row, column, None, text)
        case str():
            page.write_string(row, column, value[:LONGEST], text)
        case datetime():
            page.write_datetime(row, column, value.replace(tzinfo=None), looks["day"])
        case date():
            page.write_datetime(row, column, value, looks["day"])
        case _:
            page.write_number(row, column, float(value), looks["whole" if value == int(value) else "part"])
