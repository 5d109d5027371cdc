"""PDF files: the text layer page by page, and Tesseract for the pages that are only pictures."""

from __future__ import annotations

import re
import threading
from typing import Any

from pcmt.core.diagnostics import Diagnostic
from pcmt.documents.intake.archive import damaged, password
from pcmt.documents.intake.images import MAX_PIXELS, Progress, no_text, ocr_note, recognise, too_many_pages
from pcmt.documents.intake.numbering import symbol
from pcmt.documents.values import Draft, Segment

MAX_PAGES = 1_000
MAX_SCANNED_PAGES = 200
MAX_CHARACTERS = 20_000_000
OCR_DPI = 300
MIN_PAGE_CHARACTERS = 20
"""A page with fewer is a picture with a stamp, a page number or a signature on top."""

OUTLINED_TEXT_PATHS = 100

# PDFium marks a hyphen at a line's end with U+0002 or U+FFFE.
_MARKS = re.compile("[\x02\ufffe]")
# Bullets of symbol fonts, alone at the start of a line. Other signs of the private area stay and count as unreadable.
_BULLETS = re.compile(r"^[\uf000-\uf0ff](?=\s)", re.MULTILINE)
_UNREADABLE = re.compile(r"[\ufffd\ue000-\uf8ff]")
_pdfium = threading.Lock()
"""PDFium is not safe for threads, not even with two documents."""


def read_pdf(data: bytes, progress: Progress) -> Draft:
    """Segments of a PDF, one a page. Raises `RefusedError` for passwords, damage and unreadable scans."""
    import pypdfium2 as pdfium

    with _pdfium:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            if getattr(error, "err_code", None) == 4 or "password" in str(error).lower():
                raise password() from error
            raise damaged("tệp PDF") from error
        try:
            return _read(document, progress, pdfium.PdfiumError)
        finally:
            document.close()


def _read(document: Any, progress: Progress, failure: type[Exception]) -> Draft:
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
            if _is_picture(text, page):
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
            segments.append(Segment(text, page=number))
        progress(number, pages)
    if not segments:
        raise no_text("tệp PDF") if pages else damaged("tệp PDF")
    if scanned:
        notes.append(ocr_note(scanned))
    return Draft(tuple(segments), tuple(notes), pages)


def _text(page: Any) -> str:
    text_page = page.get_textpage()
    try:
        text = str(text_page.get_text_range())
    finally:
        text_page.close()
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    text = _BULLETS.sub(lambda match: symbol(ord(match[0])), text)
    return _MARKS.sub("-", text).rstrip()


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
