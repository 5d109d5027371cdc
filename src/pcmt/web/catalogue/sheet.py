"""A list of the catalogue as a spreadsheet: the very view, without its page breaks."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.http import HttpRequest, HttpResponse

from pcmt.apps.audit.operations import Thing
from pcmt.web.audit.acts import noted

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 32_000


def sheet_of(title: str, heading: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]) -> bytes:
    """An xlsx with a heading, the columns with their widths, and the rows as text. Nothing can become a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(title)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
    cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    page.write_string(0, 0, heading, book.add_format({"bold": True, "font_size": 13}))
    for number, (name, width) in enumerate(columns):
        page.set_column(number, number, width)
        page.write_string(2, number, name, bold)
    for at, row in enumerate(rows, 3):
        for column, text in enumerate(row):
            page.write_string(at, column, text[:WIDEST], cell)
    page.freeze_panes(3, 2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)
    book.close()
    return out.getvalue()


def sent(request: HttpRequest, data: bytes, name: str, words: Sequence[tuple[str, str]]) -> HttpResponse:
    """The file, with a line in the log."""
    narrowed = "; ".join(f"{label}: {value}" for label, value in words)
    noted(request, "facts.catalogue.exported", Thing("facts.Catalogue", "", name), format="xlsx", filter=narrowed)
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
