"""Word files of ours as PDF, and a PDF as pictures of its pages.

LibreOffice prints the very file that people download: same pages, letters embedded, charts as vectors.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pcmt.documents.intake.programs import find_office, office_converts
from pcmt.documents.values import RefusedError, Unreadable

SECONDS = 90.0
SECONDS_EACH = 10.0
"""Further files in one go take far less: most of the time is the start of the program."""
TOGETHER = 10
"""Files that are printed in one go."""


def prints_pdf() -> bool:
    """Whether this machine can make a PDF of a Word file."""
    return find_office() is not None


def pdf_of(data: bytes) -> bytes | Unreadable:
    """A Word file of ours as PDF; else why there is none, in words."""
    return pdfs_of([data])[0]


def pdfs_of(files: Sequence[bytes]) -> list[bytes | Unreadable]:
    """Word files as PDF, in their order; one that cannot be printed takes no other with it."""
    found: list[bytes | Unreadable] = []
    for start in range(0, len(files), TOGETHER):
        found += _printed(files[start : start + TOGETHER])
    return found


def _printed(files: Sequence[bytes]) -> list[bytes | Unreadable]:
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
            return [
                Unreadable("pdf_timeout", "LibreOffice chạy quá lâu nên chưa tạo được PDF.", "Tải bản docx.")
            ] * len(files)
        if output is None:
            missing = Unreadable("pdf_missing", "Máy chủ chưa có LibreOffice nên chưa tạo được PDF.", "Tải bản docx.")
            return [missing] * len(files)
        made = [output / f"{number}.pdf" for number in range(len(files))]
        broken = Unreadable("pdf_failed", "LibreOffice không in được tệp này thành PDF.", "Tải bản docx.")
        return [path.read_bytes() if path.is_file() else broken for path in made]


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
