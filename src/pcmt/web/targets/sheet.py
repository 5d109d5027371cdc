"""Targets and comparisons as workbooks. Headings are Vietnamese for every reader: the sheets go into reports."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import xlsxwriter
from django.utils.translation import override

from pcmt.web.targets.comparing import Comparison, Row
from pcmt.web.targets.listing import Group
from pcmt.web.targets.words import SHAPE_WORDS, rounded

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 5000
HEAD_ROW = 3

HEADS = (
    *(("STT", 6), ("Mục", 9), ("Chỉ tiêu", 60), ("Dạng", 20), ("ĐVT", 12), ("Phải đạt", 12), ("Thực hiện", 12)),
    *(("Lẽ ra đã đạt", 12), ("Còn thiếu", 12), ("Kết luận", 16), ("Diễn giải", 60), ("Số liệu đến hết ngày", 14)),
)
Value = str | int | date | Decimal | Fraction | None


def list_sheet(groups: Sequence[Group], *, heading: str, words: str) -> bytes:
    """One row a target under the name of its plan; what is not known is `—`, never 0."""
    with override("vi"):
        rows: list[tuple[bool, Sequence[Value]]] = []
        number = 0
        for group in groups:
            sums = ", ".join(f"{count} {str(word.word).lower()}" for word, count in group.counts)
            name = " · ".join(filter(None, (group.plan.designation, group.plan.title)))
            rows.append((True, ["", "", f"{name}: {group.total} chỉ tiêu ({sums})"]))
            for line in group.lines:
                number += 1
                target = line.target
                figures = (line.goal, line.measured, line.expected, line.distance)
                said = (str(line.word.word), line.sentence, line.reach)
                rows.append(
                    (
                        False,
                        [
                            number,
                            target.clause.address if target.clause else "",
                            f"{target.text}",
                            str(SHAPE_WORDS.get(target.shape, "")),
                            "%" if line.unit_word == "percent" else line.unit_word,
                            *("—" if each is None else each for each in figures),
                            *said,
                        ],
                    )
                )
        return book("Chỉ tiêu", HEADS, rows, heading=heading, words=words)


def book(
    title: str,
    heads: Sequence[tuple[str, int]],
    rows: Sequence[tuple[bool, Sequence[Value]]],
    *,
    heading: str,
    words: str,
) -> bytes:
    """A workbook of one sheet: heading, what was asked, a table. Rows marked True are headings of groups.

    Nothing that was typed can become a formula.
    """
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = made.add_worksheet(title[:31])
    base = {"valign": "top", "border": 1}
    looks = {
        "head": made.add_format({**base, "bold": True, "text_wrap": True}),
        "group": made.add_format({"bold": True}),
        "text": made.add_format({**base, "text_wrap": True}),
        "day": made.add_format({**base, "num_format": "dd/mm/yyyy"}),
        "number": made.add_format({**base, "num_format": "#,##0.##"}),
    }
    sheet.write_string(0, 0, heading, made.add_format({"bold": True, "font_size": 13}))
    if words:
        sheet.write_string(1, 0, words, made.add_format({"italic": True}))
    for column, (label, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD_ROW, column, label, looks["head"])
    for at, (is_group, cells) in enumerate(rows, start=HEAD_ROW + 1):
        for column, value in enumerate(cells):
            _write(sheet, at, column, value, looks, looks["group"] if is_group else looks["text"])
    sheet.freeze_panes(HEAD_ROW + 1, 3)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)
    made.close()
    return out.getvalue()


def _write(sheet: Any, row: int, column: int, value: Value, looks: dict[str, Any], text: Any) -> None:
    match value:
        case None | "":
            sheet.write_blank(row, column, None, text)
        case date():
            sheet.write_datetime(row, column, value, looks["day"])
        case int():
            sheet.write_number(row, column, value, looks["number"])
        case Decimal() | Fraction():
            sheet.write_number(row, column, float(rounded(value)), looks["number"])
        case _:
            sheet.write_string(row, column, value, text)


def comparison_sheet(found: Comparison | None, heads: Sequence[str], *, heading: str, words: str) -> bytes:
    """The units of a comparison by their groups, then the figures of the unit above."""
    with override("vi"):
        if found is None:
            return book("So sánh", [("Đơn vị", 40)], [], heading=heading, words=words)
        percent = found.unit_word == "percent"
        columns = [("Hạng", 8), ("Đơn vị", 40), *((head, 14) for head in heads)]
        if percent:
            columns += [(f"Tổng số, {heads[-1]}", 14)]
        rows: list[tuple[bool, Sequence[Value]]] = []
        for group in found.groups:
            rows.append((True, ["", f"{group.name}: {len(group.rows)} đơn vị"]))
            rows += [(False, _compared(row, percent)) for row in group.rows]
        rows.append((True, ["", "Toàn bộ"]))
        rows.append((False, _compared(found.total, percent)))
        return book("So sánh", columns, rows, heading=heading, words=words)


def _compared(row: Row, percent: bool) -> list[Value]:
    figures: list[Value] = ["—" if cell.value is None else cell.value for cell in row.cells]
    whole = row.cells[-1].whole
    return [row.rank, row.unit.name, *figures, *([] if not percent else ["—" if whole is None else whole])]
