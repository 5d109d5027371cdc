"""Workbooks for lists that people fill in: an empty form, and a filled one given back with its cells marked."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import Factory, frozen

from pcmt.documents.intake.grids import Grid

MAX_CELL = 32_767
FONT = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
TONES = {
    "wrong": "#F8D7DA",
    "doubt": "#FFE0C2",
    "new": "#DDF0E0",
    "changed": "#FFF3CD",
    "same": "#FFFFFF",
    "passed": "#ECECEC",
}
"""Colours of rows and cells by what became of them; the words stand beside, so that nothing hangs on colour alone."""

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
WIDEST, NARROWEST = 48, 8


@frozen
class Marks:
    """What is said about a sheet: the tone of rows, of single cells with a remark, and words at the end of rows.

    Rows and columns count from 0. `head` is the row of headings (-1: none); `title` stands above the words. Columns
    that are `hidden` stay so; hidden rows come to light where something is said about them. The cells of `numbers` are
    written as numbers again.
    """

    head: int
    title: str
    rows: Mapping[int, str] = Factory(dict)
    cells: Mapping[tuple[int, int], tuple[str, str]] = Factory(dict)
    words: Mapping[int, str] = Factory(dict)
    hidden: Collection[int] = ()
    numbers: Mapping[tuple[int, int], Decimal] = Factory(dict)


def write_marked(grid: Grid, marks: Mapping[int, Marks], *, foot: str = "") -> bytes:
    """The sheets of a grid again, the same texts in the same cells, with marks; sheets without marks are as they were.

    Every text is written as text, but for cells that are said to hold numbers: codes keep their zeros, and nothing
    becomes a formula. Hidden sheets stay hidden. `foot` is printed under every page, and stands below the last row.
    """
    import xlsxwriter

    output = io.BytesIO()
    with xlsxwriter.Workbook(output, OPTIONS) as book:
        formats = _Formats(book)
        shown = next((number for number, sheet in enumerate(grid.sheets) if not sheet.hidden), 0)
        for number, sheet in enumerate(grid.sheets):
            page = book.add_worksheet(sheet_name(sheet.name, number))
            if number == shown:
                page.activate()
                page.set_first_sheet()
            said = marks.get(number)
            wide = max(map(len, sheet.rows), default=0)
            widths = [NARROWEST] * wide
            for row, texts in enumerate(sheet.rows):
                tone = said.rows.get(row, "") if said else ""
                head = said is not None and row == said.head
                for column in range(wide if tone or head else len(texts)):
                    text = texts[column] if column < len(texts) else ""
                    cell = said.cells.get((row, column)) if said else None
                    look = formats.of(cell[0] if cell else tone, head=head, framed=bool(tone or head))
                    counted = said.numbers.get((row, column)) if said else None
                    if counted is not None:
                        page.write_number(row, column, float(counted), look)
                    elif text:
                        page.write_string(row, column, text[:MAX_CELL], look)
                    else:
                        page.write_blank(row, column, None, look)
                    if cell and cell[1]:
                        page.write_comment(row, column, cell[1][:MAX_CELL], {"x_scale": 2.0, "author": "PCMT"})
                    if not said or row >= said.head:
                        widths[column] = max(widths[column], min(WIDEST, len(text) + 2))
                if said and row in said.words:
                    page.write_string(row, wide, said.words[row][:MAX_CELL], formats.of(tone, head=False, framed=True))
            for column, width in enumerate(widths):
                page.set_column(column, column, width, None, {"hidden": bool(said and column in said.hidden)})
            for row in sheet.hidden_rows:
                if said is None or not (row in said.rows or any(place[0] == row for place in said.cells)):
                    page.set_row(row, None, None, {"hidden": True})
            if foot:
                page.set_footer(f"&C&9{footer_words(foot)}")
                page.write_string(len(sheet.rows) + 1, 0, foot[:MAX_CELL], formats.of("", head=False, framed=False))
            if sheet.hidden and number != shown:
                page.very_hidden()
            if said:
                page.write_string(max(said.head, 0), wide, said.title, formats.of("", head=True, framed=True))
                page.set_column(wide, wide, 60)
                if said.head >= 0:
                    page.freeze_panes(said.head + 1, 0)
    return output.getvalue()


def footer_words(words: str) -> str:
    """Words for the foot of printed pages, where `&` is a sign of its own; no more than a spreadsheet takes."""
    return words[:200].replace("&", "&&")


class _Formats:
    """Formats by tone, made once each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, bool, bool], Any] = {}

    def of(self, tone: str, *, head: bool, framed: bool) -> Any:
        key = (tone, head, framed)
        if key not in self._made:
            look: dict[str, Any] = {**FONT, "text_wrap": True}
            if framed:
                look |= {"border": 1, "border_color": "#8A8A8A"}
            if head:
                look |= {"bold": True, "align": "center", "bg_color": "#E6F0F0"}
            elif tone:
                look["bg_color"] = TONES[tone]
            if tone == "wrong":
                look["bold"] = True
            self._made[key] = self._book.add_format(look)
        return self._made[key]


@frozen
class FormColumn:
    """A column of a form: its heading, width, a hint shown while the cell is chosen, and what may be chosen in it."""

    heading: str
    width: int
    hint: str = ""
    choices: Sequence[str] = ()


def write_form(
    *,
    name: str,
    title: str,
    remark: str,
    columns: Sequence[FormColumn],
    rows: Sequence[Sequence[str]],
    room: int = 2_000,
    lists: Mapping[str, Sequence[Sequence[str]]] | None = None,
) -> bytes:
    """A workbook to be filled in: title, a remark, headings, rows that are known already, empty rows for more.

    Columns with choices offer them as a list (other words may be typed all the same). `lists` are further sheets to
    look things up in, by name, the first row being the headings.
    """
    import xlsxwriter

    output = io.BytesIO()
    with xlsxwriter.Workbook(output, OPTIONS) as book:
        formats = _Formats(book)
        plain = formats.of("", head=False, framed=True)
        head = formats.of("", head=True, framed=True)
        page = book.add_worksheet(name)
        page.write_string(0, 0, title, book.add_format({**FONT, "bold": True, "font_size": 14}))
        page.write_string(1, 0, remark, book.add_format({**FONT, "italic": True}))
        first = 3
        choices = book.add_worksheet("Lựa chọn") if any(column.choices for column in columns) else None
        text = book.add_format({**FONT, "num_format": "@"})
        for at, column in enumerate(columns):
            # As text throughout: "07" stays "07" when it is typed in.
            page.set_column(at, at, column.width, text)
            page.write_string(first, at, column.heading, head)
            offer: dict[str, Any] = {"validate": "any"}
            if column.choices and choices is not None:
                for line, choice in enumerate(column.choices):
                    choices.write_string(line, at, choice)
                letter = chr(ord("A") + at)
                source = f"='Lựa chọn'!${letter}$1:${letter}${len(column.choices)}"
                offer = {"validate": "list", "source": source, "show_error": False}
            if column.hint:
                offer |= {"input_title": column.heading[:32], "input_message": column.hint[:255]}
            if column.hint or column.choices:
                page.data_validation(first + 1, at, first + max(len(rows), 0) + room, at, offer)
        for line, row in enumerate(rows, first + 1):
            for at, cell in enumerate(row):
                page.write_string(line, at, cell[:MAX_CELL], plain)
        page.freeze_panes(first + 1, 0)
        if choices is not None:
            choices.hide()
        for label, content in (lists or {}).items():
            sheet = book.add_worksheet(label)
            for line, row in enumerate(content):
                for at, cell in enumerate(row):
                    sheet.write_string(line, at, cell[:MAX_CELL], head if line == 0 else plain)
            sheet.set_column(0, max(map(len, content), default=1) - 1, 28)
            sheet.freeze_panes(1, 0)
    return output.getvalue()


def sheet_name(name: str, number: int) -> str:
    """A name that Excel takes: at most 31 characters, none of its signs."""
    clean = "".join(" " if sign in "[]:*?/\\" else sign for sign in name).strip("' ")[:31].rstrip("' ")
    return clean or f"Sheet{number + 1}"
