"""A list of the catalogue as a spreadsheet: the very view, without its page breaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse

from pcmt.apps.audit.operations import Thing
from pcmt.documents.output.workbook import Sheet, write_workbook
from pcmt.web.audit.acts import noted

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet_of(title: str, heading: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]) -> bytes:
    """A list as a workbook."""
    return write_workbook([Sheet(title, heading, columns, rows, fixed=2)])


def sent(request: HttpRequest, data: bytes, name: str, words: Sequence[tuple[str, str]]) -> HttpResponse:
    """The file, with a line in the log."""
    narrowed = "; ".join(f"{label}: {value}" for label, value in words)
    noted(request, "facts.catalogue.exported", Thing("facts.Catalogue", "", name), format="xlsx", filter=narrowed)
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
