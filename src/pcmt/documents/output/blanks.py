"""Workbooks in which numbers are to be filled: open cells, locked ones beside them, sums that count by themselves.

Every row that is to be filled carries its key in a hidden first column, and where columns are to be told apart too, a
hidden row above the headings holds theirs: rows and columns may be moved, sorted and left out. A hidden sheet holds a
stamp, by which the workbook is known again when it comes back.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import frozen

from pcmt.documents.intake.grids import Grid, address
from pcmt.documents.output.grids import FONT, MAX_CELL, OPTIONS, sheet_name

KEY = "Mã dòng"
"""The heading of the hidden column of keys."""
COLUMN_KEY = "Mã cột"
"""What stands at the beginning of the hidden row of keys."""
SUM_KEY = "="
"""The key of a row of sums: nothing is read from it."""
STAMP_SHEET = "PCMT"
STAMP_CELL = 30_000
"""So many characters of a stamp go into one cell."""

LOCKED, OPEN, HEAD = "#F3F4F4", "#FFFBE6", "#E6F0F0"


@frozen
class Sum:
    """The sum of a column over rows of the sheet, the first counted from 0, the last one included."""

    first: int
    last: int


@frozen
class Difference:
    """What one column of the row has more than another, where both hold numbers."""

    of: int
    less: int


BlankCell = str | Decimal | Sum | Difference | None


@frozen
class BlankColumn:
    """A column: heading, width, whether it is to be filled, and a hint shown while its cells are chosen.

    `key` tells columns apart when they come back; `counts`: its cells hold numbers, `places` decimals at most.
    """

    heading: str
    width: int = 14
    open: bool = False
    hint: str = ""
    key: str = ""
    counts: bool = False
    places: int = 0


@frozen
class BlankRow:
    """A row: its key and its cells, one for each column. Rows of sums have the key `SUM_KEY`."""

    key: str
    cells: Sequence[BlankCell]


@frozen
class BlankSheet:
    """A sheet: name, title, lines of facts below it, columns, rows. `filled`: it is to be filled in."""

    name: str
    title: str
    lines: Sequence[str]
    columns: Sequence[BlankColumn]
    rows: Sequence[BlankRow]
    filled: bool = True


def write_blank(sheets: Sequence[BlankSheet], *, notes: Sequence[str], stamp: str) -> bytes:
    """The workbook. `notes` say on a sheet of their own how to fill it in; `stamp` goes into the hidden sheet."""
    import xlsxwriter

    output = io.BytesIO()
    with xlsxwriter.Workbook(output, OPTIONS) as book:
        looks = _Looks(book)
        for sheet in sheets:
            _write(book.add_worksheet(sheet_name(sheet.name, 0)), sheet, looks)
        told = book.add_worksheet("Hướng dẫn")
        told.set_column(0, 0, 110, looks.of(wrap=True))
        for row, note in enumerate(notes):
            told.write_string(row, 0, note[:MAX_CELL], looks.of(wrap=True))
        told.protect()
        hidden = book.add_worksheet(STAMP_SHEET)
        for row, start in enumerate(range(0, len(stamp), STAMP_CELL)):
            hidden.write_string(row, 0, stamp[start : start + STAMP_CELL])
        hidden.protect()
        hidden.very_hidden()
    return output.getvalue()


def stamp_of(grid: Grid) -> str:
    """The stamp of a workbook that was written here, as it came back; "" without."""
    sheet = next((each for each in grid.sheets if each.hidden and each.name == STAMP_SHEET), None)
    return "".join(row[0].strip() for row in sheet.rows if row) if sheet is not None else ""


class _Looks:
    """Formats, made once each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, *, framed: bool = False, wrap: bool = False, **more: Any) -> Any:
        look = {**FONT, **more}
        if framed:
            look |= {"border": 1, "border_color": "#8A8A8A"}
        if wrap:
            look |= {"text_wrap": True}
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(look)
        return self._made[key]


def _write(page: Any, sheet: BlankSheet, looks: _Looks) -> None:
    page.write_string(0, 1, sheet.title[:MAX_CELL], looks.of(bold=True, font_size=14))
    for row, line in enumerate(sheet.lines, 1):
        page.write_string(row, 1, line[:MAX_CELL], looks.of(italic=row > 1))
    head = len(sheet.lines) + 2
    page.set_column(0, 0, 10, None, {"hidden": True})
    if any(column.key for column in sheet.columns) and sheet.filled:
        page.write_string(head, 0, COLUMN_KEY)
        for at, column in enumerate(sheet.columns, 1):
            page.write_string(head, at, column.key)
        page.set_row(head, None, None, {"hidden": True})
        head += 1
    if sheet.filled:
        page.write_string(head, 0, KEY)
    for at, column in enumerate(sheet.columns, 1):
        colour = OPEN if column.open else HEAD
        look = looks.of(framed=True, wrap=True, bold=True, align="center", bg_color=colour)
        page.set_column(at, at, column.width)
        page.write_string(head, at, column.heading, look)
    _rows(page, sheet, looks, head + 1)
    _hints(page, sheet, head + 1)
    page.freeze_panes(head + 1, 3)
    page.repeat_rows(head)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    # No password: the lock keeps hands off by mistake, what comes back is looked at again.
    page.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})


def _rows(page: Any, sheet: BlankSheet, looks: _Looks, first: int) -> None:
    for at, row in enumerate(sheet.rows):
        if sheet.filled:
            page.write_string(first + at, 0, row.key)
        summed = row.key == SUM_KEY
        for place, (column, cell) in enumerate(zip(sheet.columns, row.cells, strict=True)):
            opened = column.open and sheet.filled and not summed
            look = looks.of(
                framed=True,
                wrap=not column.counts,
                locked=not opened,
                bg_color=OPEN if opened else LOCKED,
                bold=summed,
                **({"num_format": _format(column.places), "align": "right"} if column.counts else {}),
            )
            _cell(page, (first + at, place + 1), cell, look, _worth(sheet.rows, at, place), first)


def _format(places: int) -> str:
    return "#,##0" + ("." + "0" * places if places else "")


def _cell(page: Any, place: tuple[int, int], cell: BlankCell, look: Any, worth: Decimal | None, first: int) -> None:
    row, column = place
    match cell:
        case None | "":
            page.write_blank(row, column, None, look)
        case Decimal():
            page.write_number(row, column, float(cell), look)
        case Sum():
            cells = f"{address(first + cell.first, column)}:{address(first + cell.last, column)}"
            page.write_formula(row, column, f'=IF(COUNT({cells})=0,"",SUM({cells}))', look, _value(worth))
        case Difference():
            of, less = address(row, cell.of + 1), address(row, cell.less + 1)
            page.write_formula(row, column, f'=IF(COUNT({of},{less})=2,{of}-{less},"")', look, _value(worth))
        case _:
            page.write_string(row, column, cell[:MAX_CELL], look)


def _value(worth: Decimal | None) -> float | str:
    return "" if worth is None else float(worth)


def _worth(rows: Sequence[BlankRow], at: int, place: int) -> Decimal | None:
    """What a cell counts as, so that programs that do not calculate show the right number, too."""
    cell = rows[at].cells[place]
    match cell:
        case Decimal():
            return cell
        case Sum():
            return _total(_worth(rows, each, place) for each in range(cell.first, cell.last + 1))
        case Difference():
            of, less = _worth(rows, at, cell.of), _worth(rows, at, cell.less)
            return None if of is None or less is None else of - less
    return None


def _total(worths: Iterable[Decimal | None]) -> Decimal | None:
    known = [each for each in worths if each is not None]
    return sum(known, Decimal(0)) if known else None


def _hints(page: Any, sheet: BlankSheet, first: int) -> None:
    if not sheet.rows or not sheet.filled:
        return
    for at, column in enumerate(sheet.columns, 1):
        if column.open and column.hint:
            hint: Mapping[str, Any] = {
                "validate": "any", "input_title": column.heading[:32], "input_message": column.hint[:255],
            }  # fmt: skip
            page.data_validation(first, at, first + len(sheet.rows) - 1, at, hint)
