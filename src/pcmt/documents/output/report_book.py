"""A report as a workbook that goes on counting: sums, changes and percentages are formulas, totals of bodies too.

A cell without a number says “—” (not reported) or “x” (does not apply): both are words, which sums pass over.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from attrs import define, field, frozen

from pcmt.core.periods import date_label
from pcmt.core.schemas import Column, ColumnKind, Content, Figure, Line, Part, ReportSchema, Section, SectionKind
from pcmt.documents.output.report_body import (
    BLANK,
    HELD,
    LIST_COLUMNS,
    NOT_HERE,
    SIGNS,
    body_lines,
    figure_words,
    list_labels,
    part_value,
    parts_of,
    unit_label,
)

FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
LONGEST = 32_000
"""Excel takes no longer text into a cell."""
FIRST = 3
"""The row of column names, counted from 0: title, period and a blank row stand above it."""
MANY = 250
"""A function takes at most so many arguments in Excel (255)."""


@frozen(kw_only=True)
class Facts:
    """What the workbook says about the report: title, body, number and the like, as label and words."""

    title: str
    words: Sequence[tuple[str, str]] = ()
    mark: str = ""
    seal: str = ""


@define
class _Book:
    """The workbook in the making: its formats, the names of its sheets, and where the number of each line stands."""

    file: Any
    content: Content
    schema: ReportSchema
    facts: Facts
    looks: dict[str, Any]
    names: set[str] = field(factory=set)
    places: dict[tuple[str, str], tuple[str, int, int, str]] = field(factory=dict)

    def sheet(self, title: str) -> tuple[Any, str]:
        """A new sheet, its name made fit and unlike all others."""
        base = FORBIDDEN.sub(" ", title).strip()[:31].strip() or "Mục"
        name, number = base, 2
        while name.casefold() in self.names:
            tail = f" {number}"
            name, number = base[: 31 - len(tail)] + tail, number + 1
        self.names.add(name.casefold())
        page = self.file.add_worksheet(name)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_footer("&C&P/&N")
        page.write_string(0, 0, title[:LONGEST], self.looks["title"])
        under = " · ".join(part for part in (self.content.body, period_words(self.content), self.facts.mark) if part)
        page.write_string(1, 0, under[:LONGEST], self.looks["words"])
        return page, name


def period_words(content: Content) -> str:
    """The days covered, both included."""
    if content.first and content.last:
        return f"{date_label(content.first)} – {date_label(content.last)}"
    return f"đến {date_label(content.last)}" if content.last else ""


def write_report_book(schema: ReportSchema, content: Content, facts: Facts) -> bytes:
    """The report as xlsx: what it is, each table of figures, bodies by lines, lists and corrections, the text."""
    import xlsxwriter

    output = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }  # fmt: skip
    with xlsxwriter.Workbook(output, options) as file:
        file.set_properties({"title": facts.title[:255]})
        if facts.seal:
            file.set_custom_property("seal", facts.seal)
        book = _Book(file, content, schema, facts, _looks(file))
        _about(book)
        tables = [section for section in schema.sections if section.kind is SectionKind.FIGURES and section.lines]
        # Places first: a sum may stand in another table than what it adds up.
        pages = [(section, *book.sheet(_named(section))) for section in tables]
        for section, _page, name in pages:
            for row, line in enumerate(section.lines, FIRST + 1):
                for column, each in enumerate(section.columns, 3):
                    book.places[line.key, _role(each)] = (name, row, column, each.key)
        for section, page, _name in pages:
            _figures(book, section, page)
        for section in schema.sections:
            if section.kind is SectionKind.BODIES and content.parts:
                _bodies(book, section)
            elif section.kind in LIST_COLUMNS and content.lists.get(section.key):
                _list(book, section)
        if content.corrections:
            _corrections(book)
        _texts(book)
    return output.getvalue()


def _looks(file: Any) -> dict[str, Any]:
    base = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
    cell = {**base, "border": 1}
    # Groups and decimals look as the reader's own program has it: 1.234,5 in Vietnamese.
    number, share, moved = "#,##0.###", "#,##0.0", "+#,##0.###;-#,##0.###;0"
    return {
        "title": file.add_format({**base, "bold": True, "font_size": 14}),
        "words": file.add_format({**base, "italic": True}),
        "head": file.add_format({**cell, "bold": True, "text_wrap": True, "align": "center", "valign": "vcenter"}),
        "text": file.add_format({**cell, "text_wrap": True}),
        "strong": file.add_format({**cell, "text_wrap": True, "bold": True}),
        "sign": file.add_format({**cell, "align": "right"}),
        "number": file.add_format({**cell, "num_format": "#,##0", "align": "right"}),
        "part": file.add_format({**cell, "num_format": number, "align": "right"}),
        "total": file.add_format({**cell, "num_format": "#,##0", "bold": True, "align": "right"}),
        "part_total": file.add_format({**cell, "num_format": number, "bold": True, "align": "right"}),
        "moved": file.add_format({**cell, "num_format": moved, "align": "right"}),
        "share": file.add_format({**cell, "num_format": f"+{share};-{share};0", "align": "right"}),
        "label": file.add_format({**base, "bold": True}),
        "said": file.add_format({**base, "text_wrap": True}),
    }


def _about(book: _Book) -> None:
    page, _name = book.sheet("Báo cáo")
    page.write_string(0, 0, book.facts.title[:LONGEST], book.looks["title"])
    page.set_portrait()
    page.set_column(0, 0, 28)
    page.set_column(1, 1, 70)
    content = book.content
    rows = [
        *book.facts.words,
        ("Kỳ báo cáo", period_words(content)),
        ("Số liệu chốt đến hết ngày", date_label(content.cutoff)),
        ("Mã băm SHA-256", book.facts.seal or "chưa gửi"),
    ]
    if content.nothing:
        rows.append(("Nội dung", "Không có nội dung phát sinh trong kỳ."))
    rows.append(("Ký hiệu trong bảng", SIGNS.removeprefix("Ghi chú: ")))
    for row, (label, words) in enumerate(rows, FIRST):
        page.write_string(row, 0, label, book.looks["label"])
        page.write_string(row, 1, words[:LONGEST], book.looks["said"])


def _named(section: Section) -> str:
    return f"{section.number.rstrip('.)')}. {section.title}" if section.number else section.title


def _head(book: _Book, page: Any, labels: Sequence[tuple[str, float]], fixed: int = 2) -> None:
    for column, (label, width) in enumerate(labels):
        page.set_column(column, column, width)
        page.write_string(FIRST, column, label, book.looks["head"])
    page.freeze_panes(FIRST + 1, fixed)
    page.repeat_rows(FIRST)


def _role(column: Column) -> str:
    """What makes columns of several tables the same: sums reach over tables by it."""
    return column.kind.value if column.kind is not ColumnKind.CHANGE and column.kind is not ColumnKind.PERCENT else (
        f"{column.kind.value} {column.against}"
    )  # fmt: skip


def _figures(book: _Book, section: Section, page: Any) -> None:
    noted = any(column.kind is ColumnKind.NOTE for column in section.columns)
    labels = [("STT", 6.0), ("Chỉ tiêu", 52.0), ("ĐVT", 10.0)]
    labels += [(column.label, 30.0 if column.kind is ColumnKind.NOTE else 14.0) for column in section.columns]
    _head(book, page, labels if noted else [*labels, ("Giải trình, ghi chú", 48.0)])
    at = {column.key: number for number, column in enumerate(section.columns, 3)}
    for row, line in enumerate(section.lines, FIRST + 1):
        figure = book.content.figures.get(line.key, Figure())
        strong = book.looks["strong" if line.sum_of or line.is_heading else "text"]
        for place, words in enumerate((line.number, line.label, unit_label(line.unit_word))):
            page.write_string(row, place, words, strong)
        said = figure_words(figure)
        for number, column in enumerate(section.columns, 3):
            if line.is_heading:
                page.write_blank(row, number, None, strong)
            elif column.kind is ColumnKind.NOTE:
                page.write_string(row, number, said, book.looks["text"])
            else:
                _figure(book, page, row, number, line, column, figure, at)
        if not noted:
            page.write_string(row, 3 + len(section.columns), said[:LONGEST], book.looks["text"])


def _figure(
    book: _Book, page: Any, row: int, number: int, line: Line, column: Column, figure: Figure, at: dict[str, int]
) -> None:
    """One cell. A formula stands only where it gives what the report says: else the number itself does."""
    value = figure.value if column.kind is ColumnKind.THIS else figure.others.get(column.key)
    if not figure.applies:
        page.write_string(row, number, NOT_HERE, book.looks["sign"])
        return
    look = {ColumnKind.CHANGE: "moved", ColumnKind.PERCENT: "share"}.get(
        column.kind, _look(value, strong=bool(line.sum_of))
    )
    formula = ""
    if column.kind in (ColumnKind.CHANGE, ColumnKind.PERCENT):
        mine = next((at[each.key] for each in _columns_of(book, line) if each.kind is ColumnKind.THIS), None)
        if mine is not None and column.against in at:
            before = figure.others.get(column.against)
            formula = _compared(_cell(row, mine), _cell(row, at[column.against]), column, figure.value, before, value)
    elif line.sum_of and column.kind is not ColumnKind.TARGET:
        formula = _summed(book, line, column, page.get_name(), value)
    if formula:
        page.write_formula(row, number, formula, book.looks[look], BLANK if value is None else float(value))
    else:
        _write(book, page, row, number, value, look)


def _columns_of(book: _Book, line: Line) -> Sequence[Column]:
    return next((section.columns for section in book.schema.sections if line in section.lines), ())


def _compared(
    now: str, then: str, column: Column, this: Decimal | None, before: Decimal | None, value: Decimal | None
) -> str:
    """The difference to another column, in numbers or percent; both are blank where one number is."""
    known = this is not None and before is not None
    if column.kind is ColumnKind.CHANGE:
        if value != (this - before if this is not None and before is not None else None):
            return ""
        return f'=IF(COUNT({now},{then})=2,{now}-{then},"{BLANK}")'
    if (value is None) != (not known or not before):
        return ""  # of shares there is no percentage
    return f'=IF(COUNT({now},{then})=2,IF({then}<>0,({now}-{then})/{then}*100,"{BLANK}"),"{BLANK}")'


def _summed(book: _Book, line: Line, column: Column, here: str, value: Decimal | None) -> str:
    """The sum of the lines of a line, wherever they stand; empty where it is not what the report says.

    A sum over a blank is blank, unless the report itself added what there was (a consolidated one does).
    """
    cells, told, blanks = [], [], 0
    for key in line.sum_of:
        place = book.places.get((key, _role(column)))
        if place is None:
            return ""
        name, row, number, where = place
        cells.append(_cell(row, number) if name == here else f"'{name}'!{_cell(row, number)}")
        figure = book.content.figures.get(key, Figure())
        part = figure.value if column.kind is ColumnKind.THIS else figure.others.get(where)
        if figure.applies and part is not None:
            told.append(part)
        blanks += figure.applies and part is None
    loose = bool(blanks) and value is not None
    if value != (sum(told, Decimal(0)) if told and (loose or not blanks) else None):
        return ""
    if len(cells) > MANY:
        return ""
    group = ",".join(cells)
    asked = f"COUNT({group})>0"
    if not loose:
        signs = "".join(f'+({cell}="{NOT_HERE}")' for cell in cells)
        asked = f"AND({asked},COUNT({group}){signs}={len(cells)})"
    return f'=IF({asked},SUM({group}),"{BLANK}")'


def _bodies(book: _Book, section: Section) -> None:
    lines = body_lines(book.schema, section)
    page, _name = book.sheet(_named(section))
    heads = [(f"{line.label} ({unit_label(line.unit_word)})" if line.unit_word else line.label, 14.0) for line in lines]
    _head(book, page, [("STT", 6.0), ("Đơn vị", 44.0), *heads])
    counted, held = parts_of(book.content)
    row = FIRST + 1
    for number, part in enumerate(counted, 1):
        page.write_number(row, 0, number, book.looks["text"])
        _body(book, page, row, part.name, part, lines)
        row += 1
    first, last = FIRST + 1, row - 1
    page.write_blank(row, 0, None, book.looks["strong"])
    page.write_string(row, 1, "Tổng số", book.looks["strong"])
    for column, line in enumerate(lines, 2):
        figure = book.content.figures.get(line.key, Figure())
        values = [value for part in counted if (value := part_value(part, line)) is not None]
        # What does not add up over bodies, and ratios, are no sums of the column.
        if values and figure.value == sum(values, Decimal(0)) and not line.indicator:
            span = f"{_cell(first, column)}:{_cell(last, column)}"
            formula = f'=IF(COUNT({span})>0,SUM({span}),"{BLANK}")'
            page.write_formula(row, column, formula, book.looks[_look(figure.value, strong=True)], float(figure.value))
        else:
            words = None if figure.applies else NOT_HERE
            _write(book, page, row, column, figure.value, _look(figure.value, strong=True), words)
    row += 1
    for part in held:
        page.write_blank(row, 0, None, book.looks["text"])
        _body(book, page, row, f"{part.name} ({HELD[:1].lower()}{HELD[1:]})", part, lines)
        row += 1


def _body(book: _Book, page: Any, row: int, name: str, part: Part, lines: Sequence[Line]) -> None:
    page.write_string(row, 1, name, book.looks["text"])
    for column, line in enumerate(lines, 2):
        value = part_value(part, line)
        _write(book, page, row, column, value, _look(value))


def _list(book: _Book, section: Section) -> None:
    page, _name = book.sheet(_named(section))
    rows = book.content.lists[section.key]
    labels = list_labels(section, len(rows[0].cells))
    _head(book, page, [("STT", 6.0), *((label, 48.0 if at == 0 else 26.0) for at, label in enumerate(labels))])
    for row, each in enumerate(rows, FIRST + 1):
        page.write_number(row, 0, row - FIRST, book.looks["text"])
        for column, words in enumerate(each.cells, 1):
            page.write_string(row, column, words[:LONGEST], book.looks["text"])


def _corrections(book: _Book) -> None:
    page, _name = book.sheet("Số liệu đính chính")
    labels = [("STT", 6.0), ("Đơn vị", 34.0), ("Chỉ tiêu", 44.0), ("Kỳ", 18.0), ("Số cũ", 14.0), ("Số mới", 14.0)]
    _head(book, page, [*labels, ("Lý do", 50.0)])
    for row, each in enumerate(book.content.corrections, FIRST + 1):
        page.write_number(row, 0, row - FIRST, book.looks["text"])
        for column, words in ((1, each.body), (2, each.label), (3, each.period), (6, each.reason)):
            page.write_string(row, column, words[:LONGEST], book.looks["text"])
        _write(book, page, row, 4, each.old, _look(each.old))
        _write(book, page, row, 5, each.new, _look(each.new))


def _texts(book: _Book) -> None:
    told = [(section, book.content.texts.get(section.key)) for section in book.schema.sections]
    if not any(text and text.text.strip() for _section, text in told):
        return
    page, _name = book.sheet("Nội dung")
    _head(book, page, [("Mục", 40.0), ("Nội dung", 110.0)], fixed=1)
    row = FIRST + 1
    for section, text in told:
        if text and text.text.strip():
            page.write_string(row, 0, _named(section)[:LONGEST], book.looks["text"])
            page.write_string(row, 1, text.text[:LONGEST], book.looks["text"])
            row += 1


def _look(value: Decimal | None, *, strong: bool = False) -> str:
    whole = value is None or value == value.to_integral_value()
    return ("total" if whole else "part_total") if strong else ("number" if whole else "part")


def _write(
    book: _Book, page: Any, row: int, column: int, value: Decimal | None, look: str, words: str | None = None
) -> None:
    if value is None:
        page.write_string(row, column, words or BLANK, book.looks["sign"])
    else:
        page.write_number(row, column, float(value), book.looks[look])


def _cell(row: int, column: int) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    found: str = xl_rowcol_to_cell(row, column)
    return found
