"""PDF files: the text layer page by page, and Tesseract for the pages that are only pictures."""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Iterator
from typing import Any

from pcmt.core.diagnostics import Diagnostic
from pcmt.documents.intake.archive import damaged, password
from pcmt.documents.intake.images import MAX_PIXELS, Progress, no_text, ocr_note, recognise, too_many_pages
from pcmt.documents.intake.numbering import symbol
from pcmt.documents.intake.ruled import Grid, Line, grids
from pcmt.documents.intake.tables import is_layout, parted_columns
from pcmt.documents.values import Draft, Segment

MAX_PAGES = 1_000
MAX_SCANNED_PAGES = 200
MAX_CHARACTERS = 20_000_000
OCR_DPI = 300
MIN_PAGE_CHARACTERS = 20
"""A page with fewer is a picture with a stamp, a page number or a signature on top."""

OUTLINED_TEXT_PATHS = 100
MAX_PATH_SEGMENTS = 5_000
_TABLE = "\x00"  # cannot stand in extracted text

# PDFium marks a hyphen at a line's end with U+0002 or U+FFFE.
_MARKS = re.compile("[\x02\ufffe]")
# Bullets of symbol fonts, alone at the start of a line. Other signs of the private area stay and count as unreadable.
_BULLETS = re.compile(r"^[\uf000-\uf0ff](?=\s)", re.MULTILINE)
_UNREADABLE = re.compile(r"[\ufffd\ue000-\uf8ff]")
_pdfium = threading.Lock()
"""PDFium is not safe for threads, not even with two documents."""


def read_pdf(data: bytes, progress: Progress, *, until: int = MAX_CHARACTERS, scanned: bool = True) -> Draft:
    """Segments of a PDF, one a page. Raises `RefusedError` for passwords, damage and unreadable scans.

    Stops behind the page on which the text passes `until` code points; without `scanned`, pictures of text are left
    alone.
    """
    import pypdfium2 as pdfium

    with _pdfium:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            if getattr(error, "err_code", None) == 4 or "password" in str(error).lower():
                raise password() from error
            raise damaged("tệp PDF") from error
        try:
            return _read(document, progress, pdfium.PdfiumError, until, scanned)
        finally:
            document.close()


def _read(document: Any, progress: Progress, failure: type[Exception], until: int, recognised: bool) -> Draft:
    pages = len(document)
    if pages > MAX_PAGES:
        raise too_many_pages(pages, MAX_PAGES)
    segments = []
    notes: list[Diagnostic] = []
    scanned = 0
    left = MAX_CHARACTERS
    for number in range(1, pages + 1):
        text = ""
        try:
            page = document[number - 1]
        except failure:
            notes.append(Diagnostic(code="page_without_text", args={"page": number}))
            progress(number, pages)
            continue
        try:
            text = _text(page)
            if recognised and _is_picture(text, page):
                scanned += 1
                if scanned > MAX_SCANNED_PAGES:
                    raise too_many_pages(pages, MAX_SCANNED_PAGES)
                text = recognise(_rendered(page), dpi=OCR_DPI) or text
        except failure:
            notes.append(Diagnostic(code="page_without_text", args={"page": number}))
        finally:
            page.close()
        left -= len(text)
        if left < 0:
            raise too_many_pages(pages, number)
        if text.strip():
            text = parted_columns(text)
            segments.append(Segment(text, page=number))
        progress(number, pages)
        if MAX_CHARACTERS - left > until:
            break
    if not segments:
        raise no_text("tệp PDF") if pages else damaged("tệp PDF")
    if scanned:
        notes.append(ocr_note(scanned))
    return Draft(tuple(segments), tuple(notes), pages)


def _text(page: Any) -> str:
    text_page = page.get_textpage()
    try:
        tables = grids(_drawn(page))
        text = _with_tables(text_page, tables) if tables else str(text_page.get_text_range())
    finally:
        text_page.close()
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    text = _BULLETS.sub(lambda match: symbol(ord(match[0])), text)
    return _MARKS.sub("-", text).rstrip()


def _drawn(page: Any) -> Iterator[Line]:
    """The straight lines drawn on a page; rectangles are four of them."""
    import pypdfium2.raw as raw

    x, y = ctypes.c_float(), ctypes.c_float()
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=2):
        matrix = item.get_matrix()
        last = first = None
        for index in range(min(raw.FPDFPath_CountSegments(item), MAX_PATH_SEGMENTS)):
            part = raw.FPDFPath_GetPathSegment(item, index)
            if not raw.FPDFPathSegment_GetPoint(part, x, y):
                continue
            point = matrix.on_point(x.value, y.value)
            kind = raw.FPDFPathSegment_GetType(part)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                first = point
            elif kind == raw.FPDF_SEGMENT_LINETO and last is not None:
                yield Line(*last, *point)
            if raw.FPDFPathSegment_GetClose(part) and first is not None:
                yield Line(*point, *first)
            last = point


def _with_tables(text_page: Any, tables: list[Grid]) -> str:
    """The text of a page in its own order, with each table as rows where its first letter stands."""
    import pypdfium2.raw as raw

    outside: list[str] = []
    cells: list[dict[tuple[int, int], list[str]]] = [{} for _ in tables]
    where: tuple[int, tuple[int, int]] | None = None
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if 0xD800 <= code < 0xE000:
            code = 0xFFFD
        if not raw.FPDFText_IsGenerated(text_page, index):
            left, bottom, right, top = text_page.get_charbox(index)
            where = _cell_at(tables, (left + right) / 2, (bottom + top) / 2)
        if where is None:
            outside.append(chr(code))
            continue
        number, cell = where
        if not cells[number]:
            outside.append(f"\n{_TABLE}{number}{_TABLE}\n")
        cells[number].setdefault(cell, []).append(chr(code))
    text = "".join(outside)
    for number, grid in enumerate(tables):
        words = {place: "".join(letters) for place, letters in cells[number].items()}
        text = text.replace(f"{_TABLE}{number}{_TABLE}", _rows(grid, words))
    return re.sub(r"[\r\n]*\n[\r\n]*", "\n", text).lstrip("\n")


def _cell_at(tables: list[Grid], x: float, y: float) -> tuple[int, tuple[int, int]] | None:
    for number, grid in enumerate(tables):
        cell = grid.cell_at(x, y)
        if cell is not None:
            return number, cell
    return None


def _rows(grid: Grid, words: dict[tuple[int, int], str]) -> str:
    texts = [[words.get((row, column), "") for column in range(grid.columns)] for row in range(grid.rows)]
    if is_layout(texts, bordered=True):
        return "\n".join(text.strip() for row in texts for text in row if text.strip())
    lines = []
    for row in texts:
        clean = [re.sub(r"\s+", " ", text).strip() for text in row]
        while clean and not clean[-1]:
            clean.pop()
        if clean:
            lines.append(" | ".join(clean))
    return "\n".join(lines)


def _is_picture(text: str, page: Any) -> bool:
    """Whether to read a page by its looks: hardly any text, or text in a font without known letters, and something
    drawn on it."""
    letters = len(text.strip())
    if letters < MIN_PAGE_CHARACTERS:
        return _has_picture(page)
    return len(_UNREADABLE.findall(text)) > letters * 0.3


def _has_picture(page: Any) -> bool:
    """An image, or so many lines that they may be letters turned into outlines."""
    import pypdfium2.raw as raw

    paths = 0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH], max_depth=3):
        paths += item.type == raw.FPDF_PAGEOBJ_PATH
        if item.type == raw.FPDF_PAGEOBJ_IMAGE or paths >= OUTLINED_TEXT_PATHS:
            return True
    return False


def _rendered(page: Any) -> Any:
    width, height = page.get_size()
    scale = OCR_DPI / 72
    if width * height * scale * scale > MAX_PIXELS:
        scale = (MAX_PIXELS / (width * height)) ** 0.5
    return page.render(scale=scale, grayscale=True).to_pil()
