"""The list of people as a spreadsheet: the very view, without its page breaks, and without how to reach anybody."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from pcmt.documents.output.workbook import Sheet, write_workbook
from pcmt.web.people.listing import Line
from pcmt.web.people.words import held_words
from pcmt.web.templatetags.pcmt import vdate

MOST_ROWS = 20_000


def sheet_of(lines: Iterable[Line], *, heading: str) -> bytes:
    """A workbook with one row for each person."""
    columns = [
        (_("STT"), 6), (_("Họ và tên"), 28), (_("Tên đăng nhập"), 18), (_("Chức vụ"), 26), (_("Vai trò"), 60),
        (_("Tình trạng"), 24), (_("Đăng nhập lần cuối"), 18), (_("Vai trò sắp hết hạn"), 16),
    ]  # fmt: skip
    rows = [
        (
            number, line.user.get_full_name(), line.user.username, line.user.post,
            "\n".join(held_words(grant) for grant in line.roles), line.state,
            vdate(line.user.last_login) if line.user.last_login else "",
            vdate(line.user.ends_on) if line.user.ends_on else "",
        )
        for number, line in enumerate(lines, 1)
    ]  # fmt: skip
    return write_workbook([Sheet(_("Người dùng"), heading, columns, rows, fixed=2)])
