"""What comes out of a file: its text with places, or a reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import asdict, evolve, frozen

from pcmt.core.diagnostics import Diagnostic


@frozen
class Cell:
    """A table cell: `table` counts the tables (or sheets) of the file from 1, `row` and `column` count from 1."""

    table: int
    row: int
    column: int
    sheet: str | None = None


@frozen
class Place:
    """Where the code points `start` to `end` (half-open) of the text stand in the file.

    `page` counts from 1 and is None where the file has no fixed pages; `paragraph` counts the paragraphs from 1;
    `cell` is set inside tables and sheets.
    """

    start: int
    end: int
    page: int | None = None
    paragraph: int | None = None
    cell: Cell | None = None

    @property
    def label(self) -> str:
        """The place as the screen says it, e.g. "trang 3" or "bảng 1, dòng 2, cột 4"."""
        parts = []
        if self.page is not None:
            parts.append(f"trang {self.page}")
        if self.cell is not None:
            where = f"trang tính “{self.cell.sheet}”" if self.cell.sheet is not None else f"bảng {self.cell.table}"
            parts.append(f"{where}, dòng {self.cell.row}, cột {self.cell.column}")
        elif self.paragraph is not None:
            parts.append(f"đoạn {self.paragraph}")
        return ", ".join(parts)


@frozen
class Extracted:
    """The text of a file, unchanged but for the repairs named in `notes`, with the place of every part of it.

    `media_type` is what the content is, whatever the name says. `pages` is the number of pages, None without fixed
    pages. The places are in order and do not overlap; line ends and separators between parts have no place.
    """

    text: str
    media_type: str
    places: tuple[Place, ...] = ()
    notes: tuple[Diagnostic, ...] = ()
    pages: int | None = None

    def place_at(self, offset: int) -> Place | None:
        """The place that holds the code point at `offset`, or the last one before it."""
        low, high = 0, len(self.places)
        while low < high:
            middle = (low + high) // 2
            if self.places[middle].start <= offset:
                low = middle + 1
            else:
                high = middle
        return self.places[low - 1] if low else None

    def with_notes(self, *notes: Diagnostic) -> Extracted:
        """The same text with further notes."""
        return evolve(self, notes=self.notes + notes)

    def layer(self) -> dict[str, Any]:
        """The text layer without the text, as JSON values; `from_layer` reads it back."""
        return {
            "media_type": self.media_type,
            "pages": self.pages,
            "places": [asdict(place, filter=lambda _, value: value is not None) for place in self.places],
            "notes": [asdict(note) for note in self.notes],
        }

    @classmethod
    def from_layer(cls, text: str, layer: Mapping[str, Any]) -> Extracted:
        """The text layer that `layer` wrote, with its text."""
        return cls(
            text=text,
            media_type=layer["media_type"],
            places=tuple(
                Place(**{**place, "cell": Cell(**place["cell"]) if place.get("cell") else None})
                for place in layer["places"]
            ),
            notes=tuple(
                Diagnostic(**{**note, "span": tuple(note["span"]) if note.get("span") else None})
                for note in layer["notes"]
            ),
            pages=layer["pages"],
        )


@frozen
class Unreadable:
    """Why a file gives no text: a stable code, what is wrong, and the next step, both in Vietnamese."""

    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class RefusedError(Exception):
    """Stops the intake of one file; `extract` turns it into its `Unreadable`, so it never leaves this room."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(code)
        self.reason = Unreadable(code, message, hint)


@frozen
class Segment:
    """A piece of text as an intake found it; `lead` is the separator before it (not before the first one)."""

    text: str
    lead: str = "\n"
    page: int | None = None
    paragraph: int | None = None
    cell: Cell | None = None


@frozen
class Draft:
    """What an intake hands to `extract`: segments in reading order and what else it saw.

    `aside` is text that does not belong to the body but may carry a stamp (page headers).
    """

    segments: tuple[Segment, ...]
    notes: tuple[Diagnostic, ...] = ()
    pages: int | None = None
    aside: tuple[str, ...] = ()


NOTE_WORDS = {
    "extension_mismatch": "Tên tệp ghi “{extension}” nhưng nội dung là {kind}; đã đọc theo nội dung.",
    "decoded_as": "Tệp không ở bảng mã UTF-8; đã giải mã từ {encoding}.",
    "legacy_repaired": "Chữ ở bảng mã cũ {encoding} đã được chuyển sang Unicode; cần đối chiếu bản gốc.",
    "legacy_suspected": "Chữ có thể ở bảng mã cũ {encoding} nhưng chưa đủ chắc để chuyển; xem lại bản gốc.",
    "damaged_characters": "Có {count} ký tự hỏng trong tệp gốc.",
    "ocr_used": "{count} trang được nhận dạng chữ từ ảnh; kết quả là bản nháp, cần đối chiếu bản gốc.",
    "page_without_text": "Trang {page} không có chữ đọc được.",
    "converted": "Tệp {kind} được chuyển qua LibreOffice trước khi đọc; bảng biểu có thể bị dồn thành chữ.",
    "part_skipped": "Bỏ qua phần không đọc được của tệp: {part}.",
}


def note_text(note: Diagnostic) -> str:
    """A note of `Extracted` in Vietnamese."""
    return NOTE_WORDS[note.code].format(**note.args)
