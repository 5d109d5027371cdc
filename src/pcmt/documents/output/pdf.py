"""Reports as PDF, and a PDF as pictures of its pages.

Where LibreOffice is installed it prints the very file that people download: same pages, letters embedded, charts as
vectors. Elsewhere, and where it fails or takes too long, the report is typeset by a library (`typeset.py`).
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pcmt.documents.intake.programs import office_converts
from pcmt.documents.output.report import Report, write_report
from pcmt.documents.output.typeset import typeset
from pcmt.documents.values import RefusedError

SECONDS = 90.0
SECONDS_EACH = 10.0
"""Further files in one go take far less: most of the time is the start of the program."""
TOGETHER = 10
"""Files that are printed in one go."""


def report_pdf(report: Report) -> bytes:
    """A report as PDF."""
    return report_pdfs([report])[0]


def report_pdfs(reports: Sequence[Report]) -> list[bytes]:
    """Reports as PDF, in their order."""
    found: list[bytes] = []
    for start in range(0, len(reports), TOGETHER):
        some = reports[start : start + TOGETHER]
        printed = _printed([write_report(report) for report in some])
        found += [data or typeset(report) for report, data in zip(some, printed, strict=True)]
    return found


def _printed(files: Sequence[bytes]) -> list[bytes | None]:
    """Word files as LibreOffice prints them; None for each that it does not."""
    with tempfile.TemporaryDirectory(prefix="pcmt-pdf-") as name:
        folder = Path(name)
        sources = []
        for number, data in enumerate(files):
            sources.append(folder / f"{number}.docx")
            sources[-1].write_bytes(data)
        seconds = SECONDS + SECONDS_EACH * len(files)
        try:
            output = office_converts(sources, "pdf:writer_pdf_Export", folder=folder, seconds=seconds)
        except RefusedError:
            output = None
        if output is None:
            return [None] * len(files)
        made = [output / f"{number}.pdf" for number in range(len(files))]
        return [path.read_bytes() if path.is_file() else None for path in made]


def page_pictures(pdf: bytes, *, dots: int = 96) -> list[bytes]:
    """The pages as PNG pictures, `dots` an inch, in few greys and colours: a page of text has some 40 kB."""
    import pypdfium2

    found = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            picture = page.render(scale=dots / 72).to_pil().convert("RGB").quantize(32)
            output = io.BytesIO()
            picture.save(output, "PNG", optimize=True)
            found.append(output.getvalue())
    finally:
        document.close()
    return found
