"""The list of due items as a workbook: the very view, without its page breaks, made to be filled in and sent back.

Each row carries its key in a hidden column (`apps.tasks.sheets`); four columns may be changed. A recurring task has a
row for each of its windows, since each is reported on by itself.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter
from attrs import frozen
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from pcmt.apps.tasks.models import DueItem, DueKind, DueState, Mode
from pcmt.apps.tasks.sheets import EDITABLE, KEY, NAMING, key_of, label_cell, unit_cell
from pcmt.web.tasks.owed import Group, Sums
from pcmt.web.templatetags.due import late_words
from pcmt.web.templatetags.pcmt import days_left

MOST_ROWS = 20_000
STATE_WORDS: Mapping[str, Promise] = {
    DueState.DONE: gettext_lazy("đã xong"),
    DueState.SUBMITTED: gettext_lazy("chờ nghiệm thu"),
    DueState.SUSPENDED: gettext_lazy("tạm dừng"),
}
"""States that say all there is to say; an open item says how far its limit is."""


REMARK = (
    "Sửa được bốn cột có tiêu đề tô màu, rồi gửi lại ở trang “Nhập lại bảng Excel”. Ngày xong ghi dạng 05/3/2026; "
    "ô tiến độ, ngày xong, ghi chú để trống là không đổi."
)
HEAD_ROW = 2

Value = str | int | date | None


@frozen
class Column:
    """A column: heading, width, what a row holds in it. `wanted` is the column of the view that brings it along."""

    heading: str
    width: int
    value: Callable[[DueItem, int, date], Value]
    wanted: str = ""


COLUMNS: Sequence[Column] = (
    Column(KEY, 10, lambda item, _number, _today: key_of(item)),
    Column("STT", 6, lambda _item, number, _today: number),
    Column(NAMING["unit"], 28, lambda item, _number, _today: unit_cell(item)),
    Column("Loại", 9, lambda item, _number, _today: "Việc" if item.kind == DueKind.TASK else "Báo cáo"),
    Column(NAMING["label"], 56, lambda item, _number, _today: label_cell(item)),
    Column("Kế hoạch", 16, lambda item, _number, _today: item.plan.designation or item.plan.title[:60]),
    Column("Mục", 9, lambda item, _number, _today: item.clause.address if item.clause else ""),
    Column("Hạn chót", 12, lambda item, _number, _today: item.due_on, "han"),
    Column("Hạn trong văn bản", 22, lambda item, _number, _today: item.limit_text, "van-ban"),
    Column("Còn lại", 14, lambda item, _number, today: _left(item, today)),
    Column("Tình trạng", 14, lambda item, _number, _today: _state(item)),
    Column(EDITABLE["percent"], 11, lambda item, _number, _today: item.percent),
    Column(EDITABLE["done_on"], 12, lambda item, _number, _today: item.done_on),
    Column(EDITABLE["note"], 40, lambda _item, _number, _today: ""),
    Column(EDITABLE["holder"], 24, lambda item, _number, _today: item.holder.get_full_name() if item.holder else ""),
    Column("Thay đổi cuối", 13, lambda item, _number, _today: timezone.localdate(item.changed_at), "doi"),
)
"""In the order of the workbook, whose headings are Vietnamese for every reader: they are read again."""


def sheet_of(
    groups: Sequence[Group], *, totals: Sums, heading: str, today: date, shown: Collection[str] = ("han", "van-ban")
) -> bytes:
    """An xlsx with one row per due item under the headings of its groups, sums at the end.

    `shown` are the columns of the view. Nothing that was typed can become a formula.
    """
    with override("vi"):
        return _written(groups, totals, heading, today, shown)


def _written(groups: Sequence[Group], totals: Sums, heading: str, today: date, shown: Collection[str]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Ai nợ việc gì")
    looks = _looks(book)
    columns = [column for column in COLUMNS if not column.wanted or column.wanted in shown]
    sheet.write_string(0, 1, heading, book.add_format({"bold": True, "font_size": 13}))
    sheet.write_string(1, 1, REMARK, book.add_format({"italic": True}))
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width, None, {"hidden": column.heading == KEY})
        open_to_change = column.heading in EDITABLE.values()
        sheet.write_string(HEAD_ROW, number, column.heading, looks["open" if open_to_change else "head"])
    row, number = HEAD_ROW, 0
    for group in groups:
        if group.sums is not None:
            row += 1
            sheet.write_string(row, 2, f"{group.name or 'Chưa rõ đơn vị'} · {_summed(group.sums)}", looks["group"])
        for item in group.items:
            row, number = row + 1, number + 1
            for place, column in enumerate(columns):
                _write(sheet, row, place, column.value(item, number, today), looks)
    sheet.write_string(row + 1, 2, f"Cộng: {_summed(totals)}", looks["group"])
    sheet.autofilter(HEAD_ROW, 0, max(row, HEAD_ROW + 1), len(columns) - 1)
    sheet.freeze_panes(HEAD_ROW + 1, 5)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)
    book.close()
    return out.getvalue()


def _looks(book: xlsxwriter.Workbook) -> dict[str, Any]:
    base = {"valign": "top", "border": 1}
    head = {**base, "bold": True, "text_wrap": True}
    return {
        "head": book.add_format(head),
        "open": book.add_format({**head, "bg_color": "#FFF3CD"}),
        "group": book.add_format({"bold": True}),
        "text": book.add_format({**base, "text_wrap": True}),
        "day": book.add_format({**base, "num_format": "dd/mm/yyyy"}),
        "number": book.add_format({**base, "num_format": "0"}),
    }


def _summed(sums: Sums) -> str:
    parts = [(sums.total, "dòng"), (sums.open, "chưa xong"), (sums.overdue, "quá hạn"), (sums.done, "đã xong")]
    return ", ".join(f"{number} {word}" for number, word in parts if number or word == "dòng")


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: Value, looks: Mapping[str, Any]
) -> None:
    match value:
        case None | "":
            sheet.write_blank(row, column, None, looks["text"])
        case date():
            sheet.write_datetime(row, column, value, looks["day"])
        case int():
            sheet.write_number(row, column, value, looks["number"])
        case _:
            sheet.write_string(row, column, value, looks["text"])


def _left(item: DueItem, today: date) -> str:
    if item.state in (DueState.DONE, DueState.SUBMITTED):
        return late_words(item, today)
    if item.state == DueState.SUSPENDED or item.mode == Mode.REQUESTED or item.due_on is None:
        return ""
    return days_left(item.due_on, today)


def _state(item: DueItem) -> str:
    if item.state in STATE_WORDS:
        return str(STATE_WORDS[item.state])
    if item.state == DueState.OPEN and item.returned_at:
        return _("bị trả lại")
    return _("đề nghị") if item.mode == Mode.REQUESTED else _("chưa xong")
