"""The read plan as a workbook, one sheet for each kind of item, with the place of every item in the text."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from pcmt.documents.output.rows import (
    BOUND,
    COMPARATORS,
    DUTY_KINDS,
    TARGET_KINDS,
    Item,
    Rows,
    Where,
    date_words,
    due_words,
    names,
    period_words,
    plain,
)

MAX_CELL = 32_767
PLACE = (("Mục", 14), ("Dòng", 8), ("Ký tự từ", 10), ("Ký tự đến", 10))
SURE = ("Độ chắc", 9)

Value = str | int | float | None


@frozen
class _Sheet:
    name: str
    columns: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[Value]]


def write_xlsx(reading: Mapping[str, Any], text: str) -> bytes:
    """The plan as an Excel workbook. Texts stay texts: nothing in them becomes a formula, a link or a number."""
    import xlsxwriter

    output = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(output, options) as book:
        rows = Rows(reading, text)
        book.set_properties({"title": rows.title()[:255], "subject": rows.document_words()[:255]})
        base = {"font_name": "Times New Roman", "font_size": 12, "valign": "top", "border": 1}
        head = book.add_format({**base, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E6F0F0"})
        words = book.add_format({**base, "text_wrap": True})
        figure = book.add_format({**base, "num_format": "#,##0.###"})
        share = book.add_format({**base, "num_format": "0%"})
        for sheet in _sheets(rows):
            page = book.add_worksheet(sheet.name)
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
            page.repeat_rows(0)
            page.set_footer("&C&P/&N")
            page.freeze_panes(1, 1)
            page.set_row(0, 34)
            for column, (label, width) in enumerate(sheet.columns):
                page.set_column(column, column, width)
                page.write_string(0, column, label, head)
            for line, row in enumerate(sheet.rows, 1):
                for column, value in enumerate(row):
                    if value is None or value == "":
                        page.write_blank(line, column, None, words)
                    elif isinstance(value, str):
                        page.write_string(line, column, value[:MAX_CELL], words)
                    else:
                        page.write_number(line, column, value, share if sheet.columns[column] == SURE else figure)
            page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.columns) - 1)
    return output.getvalue()


def _sheets(rows: Rows) -> list[_Sheet]:
    return [_targets(rows), _allocations(rows), _tasks(rows), _deadlines(rows), _duties(rows), _projects(rows),
            _unclear(rows)]  # fmt: skip


def _place(where: Where) -> tuple[Value, ...]:
    return where.clause, where.line, where.start, where.end


def _sure(item: Item) -> Value:
    confidence = item.get("confidence")
    return confidence if isinstance(confidence, int | float) else None


def _number(value: Any) -> Value:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else plain(value) or None


def _targets(rows: Rows) -> _Sheet:
    columns = (("STT", 6), ("Nội dung trong kế hoạch", 60), ("Chỉ tiêu", 28), ("Loại", 16), ("So sánh", 10),
               ("Giá trị", 11), ("Đến", 11), ("Đơn vị tính", 12), ("Đo lường", 36), ("Phạm vi", 24), ("Kỳ gốc", 18),
               SURE, *PLACE)  # fmt: skip
    return _Sheet(
        "Chỉ tiêu",
        columns,
        [
            (
                number,
                rows.text_of(item),
                rows.target_words(item),
                TARGET_KINDS.get(item.get("kind") or "", ""),
                COMPARATORS.get(item.get("comparator") or "", ""),
                _number(item.get("value")),
                _number(item.get("value_max")),
                "%" if item.get("unit") == "percent" else plain(item.get("unit")),
                plain(item.get("measure")),
                plain(item.get("scope")),
                plain((item.get("baseline") or {}).get("text")),
                _sure(item),
                *_place(rows.where(item)),
            )
            for number, item in enumerate(rows.items("targets"), 1)
        ],
    )


def _allocations(rows: Rows) -> _Sheet:
    targets = {item.get("id"): rows.text_of(item) for item in rows.items("targets")}
    columns = (("STT", 6), ("Chỉ tiêu được phân bổ", 60), ("Cơ quan, đơn vị", 40), ("Giá trị", 11),
               ("Đơn vị tính", 12), SURE, *PLACE)  # fmt: skip
    return _Sheet(
        "Phân bổ",
        columns,
        [
            (
                number,
                targets.get(item.get("target_ref"), ""),
                names(item.get("agencies") or [item.get("agency")]),
                _number(item.get("value")),
                "%" if item.get("unit") == "percent" else plain(item.get("unit")),
                _sure(item),
                *_place(rows.where(item)),
            )
            for number, item in enumerate(rows.items("allocations"), 1)
        ],
    )


def _tasks(rows: Rows) -> _Sheet:
    columns = (("STT", 6), ("Cơ quan, đơn vị", 34), ("Nhiệm vụ", 80), ("Vai trò", 12), ("Cơ quan phối hợp", 36),
               ("Thời hạn", 22), SURE, *PLACE)  # fmt: skip
    return _Sheet(
        "Nhiệm vụ",
        columns,
        [
            (
                number,
                row.agency,
                row.task,
                row.role,
                row.partners,
                row.deadline,
                row.confidence,
                *_place(row.where),
            )
            for number, row in enumerate(rows.assignment_rows(), 1)
        ],
    )


def _deadlines(rows: Rows) -> _Sheet:
    columns = (("STT", 6), ("Thời hạn trong kế hoạch", 40), ("Từ ngày", 13), ("Đến ngày", 13), ("Lặp lại", 32),
               ("Áp dụng cho", 14), ("Dự kiến", 9), SURE, *PLACE)  # fmt: skip
    return _Sheet(
        "Thời hạn",
        columns,
        [
            (
                number,
                rows.text_of(item),
                date_words(item.get("from")),
                date_words(item.get("to") or item.get("date")),
                plain(item.get("rule")),
                BOUND.get((item.get("binds") or {}).get("type") or "", ""),
                "x" if item.get("tentative") else "",
                _sure(item),
                *_place(rows.where(item)),
            )
            for number, item in enumerate(rows.items("deadlines"), 1)
        ],
    )


def _duties(rows: Rows) -> _Sheet:
    columns = (("STT", 6), ("Cơ quan báo cáo", 36), ("Loại", 16), ("Kỳ", 14), ("Hạn", 26), ("Nơi nhận", 30),
               ("Qua", 22), ("Gửi tiếp", 26), ("Nội dung", 40), ("Trong kế hoạch", 50), SURE, *PLACE)  # fmt: skip
    return _Sheet(
        "Báo cáo",
        columns,
        [
            (
                number,
                names(_listed(item.get("reporter"))),
                DUTY_KINDS.get(item.get("kind") or "", ""),
                period_words(item),
                due_words(item),
                names(_listed(item.get("recipient"))),
                names(_listed(item.get("via"))),
                names(_listed(item.get("onward_to"))),
                plain(item.get("what")),
                rows.text_of(item),
                _sure(item),
                *_place(rows.where(item)),
            )
            for number, item in enumerate(rows.items("reporting_duties"), 1)
        ],
    )


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _projects(rows: Rows) -> _Sheet:
    columns = (("STT", 6), ("Số", 8), ("Tên dự án, tiểu dự án", 80), ("Cơ quan thực hiện", 36), ("Hướng dẫn", 30),
               SURE, *PLACE)  # fmt: skip
    return _Sheet(
        "Dự án",
        columns,
        [
            (
                number,
                label,
                rows.text_of(item),
                names(_listed(item.get("owner"))),
                names(_listed(item.get("guided_by"))),
                _sure(item),
                *_place(rows.where(item)),
            )
            for number, (item, label) in enumerate(rows.projects(), 1)
        ],
    )


def _unclear(rows: Rows) -> _Sheet:
    columns = (("STT", 6), ("Loại", 24), ("Nội dung", 70), ("Vì sao", 44), *PLACE)
    return _Sheet(
        "Chưa rõ",
        columns,
        [
            (number, kind, words, reason, *_place(where))
            for number, (kind, words, reason, where) in enumerate(rows.unclear(), 1)
        ],
    )
