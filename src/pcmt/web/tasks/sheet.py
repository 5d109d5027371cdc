"""The list of due items as a spreadsheet: the very view, without its page breaks."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date

import xlsxwriter
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.tasks.models import DueItem, DueKind, DueState, Mode
from pcmt.web.templatetags.due import late_words
from pcmt.web.templatetags.pcmt import days_left

MOST_ROWS = 20_000
STATE_WORDS: Mapping[str, Promise] = {
    DueState.DONE: gettext_lazy("đã xong"),
    DueState.SUBMITTED: gettext_lazy("chờ nghiệm thu"),
    DueState.SUSPENDED: gettext_lazy("tạm dừng"),
}
"""States that say all there is to say; an open item says how far its limit is."""


def sheet_of(items: Iterable[DueItem], *, heading: str, today: date) -> bytes:
    """An xlsx with one row per due item. Nothing that was typed can become a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("Ai nợ việc gì"))
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
    cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    day = book.add_format({"num_format": "dd/mm/yyyy", "valign": "top", "border": 1})
    share = book.add_format({"num_format": "0%", "valign": "top", "border": 1})
    columns = [
        (_("STT"), 6), (_("Đơn vị"), 30), (_("Loại"), 10), (_("Nội dung"), 60), (_("Kế hoạch"), 18), (_("Mục"), 10),
        (_("Hạn chót"), 12), (_("Hạn trong văn bản"), 24), (_("Còn lại"), 16), (_("Tình trạng"), 16),
        (_("Ngày xong"), 12), (_("Tiến độ"), 9),
    ]  # fmt: skip
    sheet.write_string(0, 0, heading, book.add_format({"bold": True, "font_size": 13}))
    for number, (title, width) in enumerate(columns):
        sheet.set_column(number, number, width)
        sheet.write_string(2, number, title, bold)
    for number, item in enumerate(items, 1):
        row = number + 2
        sheet.write_number(row, 0, number, cell)
        sheet.write_string(row, 1, item.unit.name if item.unit else item.unit_name, cell)
        sheet.write_string(row, 2, _("Việc") if item.kind == DueKind.TASK else _("Báo cáo"), cell)
        sheet.write_string(row, 3, item.label[:32_000], cell)
        sheet.write_string(row, 4, item.plan.designation or item.plan.title[:60], cell)
        sheet.write_string(row, 5, item.clause.address if item.clause else "", cell)
        _write_day(sheet, row, 6, item.due_on, day)
        sheet.write_string(row, 7, item.limit_text, cell)
        sheet.write_string(row, 8, _left(item, today), cell)
        sheet.write_string(row, 9, _state(item), cell)
        _write_day(sheet, row, 10, item.done_on, day)
        sheet.write_number(row, 11, item.percent / 100, share)
    sheet.freeze_panes(3, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    book.close()
    return out.getvalue()


def _write_day(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: date | None, form: object) -> None:
    if value is None:
        sheet.write_blank(row, column, None, form)
    else:
        sheet.write_datetime(row, column, value, form)


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
