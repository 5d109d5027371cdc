"""Pictures of text (png, jpg, tiff) and scanned pages, through Tesseract with Vietnamese data."""

from __future__ import annotations

import io
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pcmt.core.diagnostics import Diagnostic
from pcmt.documents.intake.archive import damaged
from pcmt.documents.intake.programs import find_tesseract, run
from pcmt.documents.intake.tables import parted_columns
from pcmt.documents.values import Draft, RefusedError, Segment

if TYPE_CHECKING:
    from PIL import Image

Progress = Callable[[int, int], None]
"""Called with pages done and pages in all."""

SECONDS_PER_PAGE = 90.0
MAX_PIXELS = 60_000_000
"""A4 at 600 dpi has 35 million."""
MAX_PICTURES = 200
SMALL_SIDE = 1_000


def recognise(image: Image.Image, *, dpi: int | None = None) -> str:
    """The text of a picture, one line per line of print. Raises `RefusedError` without Tesseract."""
    program = find_tesseract()
    if program is None:
        raise RefusedError(
            "ocr_missing",
            "Máy chủ chưa có phần mềm nhận dạng chữ nên chưa đọc được ảnh chụp hay bản quét.",
            "Cài gói tesseract-ocr và tesseract-ocr-vie, hoặc tải lên bản có chữ (docx, pdf xuất từ Word).",
        )
    with tempfile.TemporaryDirectory(prefix="pcmt-ocr-") as name:
        folder = Path(name)
        picture = folder / "page.png"
        image.convert("L").save(picture, compress_level=1)
        output = run(
            [program, os.fspath(picture), "stdout", "-l", "vie", "--psm", "3", *(["--dpi", str(dpi)] if dpi else [])],
            folder=folder,
            seconds=SECONDS_PER_PAGE,
            # One thread a page: Tesseract's own threads cost more than they gain, and other jobs run beside us.
            env={"OMP_THREAD_LIMIT": "1"},
        )
    if output is None:
        raise damaged("ảnh")
    return output.decode("utf-8", "replace").replace("\f", "").rstrip()


def ocr_note(pages: int) -> Diagnostic:
    """The note that pages were recognised from pictures."""
    return Diagnostic(code="ocr_used", args={"count": pages})


def read_picture(data: bytes, progress: Progress) -> Draft:
    """Segments of a picture file; a tiff may hold several pages."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF")) as image:
                pages = getattr(image, "n_frames", 1)
                if pages > MAX_PICTURES:
                    raise too_many_pages(pages, MAX_PICTURES)
                segments = []
                for number, frame in enumerate(_frames(image, pages), 1):
                    segments.append(Segment(parted_columns(recognise(frame)), page=number))
                    progress(number, pages)
        except Image.DecompressionBombError as error:
            raise _too_many_pixels() from error
        except (OSError, SyntaxError, ValueError, EOFError, OverflowError, TypeError, KeyError) as error:
            # What Pillow's decoders raise for broken pictures.
            raise damaged("ảnh") from error
    if not any(segment.text.strip() for segment in segments):
        raise no_text("ảnh")
    return Draft(tuple(segments), (ocr_note(pages),), pages)


def _frames(image: Image.Image, pages: int) -> Iterator[Image.Image]:
    from PIL import ImageOps

    for index in range(pages):
        image.seek(index)
        if image.width * image.height > MAX_PIXELS:
            raise _too_many_pixels()
        frame = ImageOps.exif_transpose(image) or image
        flat = frame.convert("RGBA").convert("L") if frame.mode == "P" else frame.convert("L")
        if min(flat.size) < SMALL_SIDE and max(flat.size) < 4 * SMALL_SIDE:
            # Tesseract wants letters some 30 pixels tall; photographs of a screen or small scans are enlarged.
            flat = flat.resize((flat.width * 2, flat.height * 2))
        yield flat


def _too_many_pixels() -> RefusedError:
    return RefusedError(
        "image_too_large",
        "Ảnh có quá nhiều điểm ảnh nên không được mở.",
        "Quét lại ở 200–300 dpi rồi tải lên.",
    )


def too_many_pages(pages: int, limit: int) -> RefusedError:
    """The refusal of a file with more pages than we read."""
    return RefusedError(
        "too_many_pages",
        f"Tệp có {pages} trang, nhiều hơn giới hạn {limit} trang.",
        "Tách riêng phần kế hoạch rồi tải lên.",
    )


def no_text(what: str) -> RefusedError:
    """The refusal of a file in which no text was found."""
    return RefusedError(
        "no_text", f"Không tìm thấy chữ nào trong {what}.", "Kiểm tra lại tệp gốc hoặc quét lại rõ hơn."
    )
