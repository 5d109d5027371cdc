"""The list of people as a spreadsheet: the very view, without its page breaks, and without how to reach anybody."""

from __future__ import annotations

import io
from collections.abc import Iterable

import xlsxwriter
from django.utils.translation import gettext as _

from pcmt.web.people.listing import Line
from pcmt.web.people.words import held_words
from pcmt.web.templatetags.pcmt import vdate

MOST_ROWS = 20_000


def sheet_of(lines: Iterable[Line], *, heading: str) -> bytes:
    """An xlsx with one row per person. Nothing that was typed can become a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(_("Người dùng"))
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
    cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    columns = [
        (_("STT"), 6), (_("Họ và tên"), 28), (_("Tên đăng nhập"), 18), (_("Chức vụ"), 26), (_("Vai trò"), 60),
        (_("Tình trạng"), 24), (_("Đăng nhập lần cuối"), 18), (_("Vai trò sắp hết hạn"), 16),
    ]  # fmt: skip
    page.write_string(0, 0, heading, book.add_format({"bold": True, "font_size": 13}))
    for number, (title, width) in enumerate(columns):
        page.set_column(number, number, width)
        page.write_string(2, number, title, bold)
    for number, line in enumerate(lines, 1):
        row = number + 2
        user = line.user
        page.write_number(row, 0, number, cell)
        texts = [
            user.get_full_name(),
            user.username,
            user.post,
            "\n".join(held_words(grant) for grant in line.roles),
            line.state,
            vdate(user.last_login) if user.last_login else "",
            vdate(user.ends_on) if user.ends_on else "",
        ]
        for column, text in enumerate(texts, 1):
            page.write_string(row, column, text[:32_000], cell)
    page.freeze_panes(3, 2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)
    book.close()
    return out.getvalue()
