"""Any file to its text with places, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from attrs import evolve

from pcmt.core.diagnostics import Diagnostic
from pcmt.documents.intake.archive import Archive, damaged
from pcmt.documents.intake.detect import KINDS, RTF, XLS, Kind, detect, extension_of
from pcmt.documents.intake.encodings import decode, legacy_repair
from pcmt.documents.intake.secrecy import SEARCHED, STAMPED, refuse_stamped
from pcmt.documents.values import Draft, Extracted, Place, RefusedError, Segment, Unreadable

Result = TypeVar("Result")

MEGABYTE = 1024 * 1024
MAX_BYTES = 20 * MEGABYTE
MAX_LINE_PLACES = 50_000
"""Plain text of more lines gets no places: they would weigh more than the text, and its lines are its places."""


def extract(name: str, data: bytes, *, progress: Callable[[int, int], None] | None = None) -> Extracted | Unreadable:
    """The text of a file as it is written there, with places and notes; never raises for what the file holds.

    The kind is told by the content; an extension that says otherwise gets a note. Code points stay as they were
    decoded: no normal form, no trimming inside lines. `progress` is called with pages done and pages in all.
    """
    return guarded(lambda: _extract(name, data, progress or _no_progress))


def screen(name: str, data: bytes, *, slow: bool = False) -> Unreadable | None:
    """The refusal of a file with a secrecy stamp, before it is kept; None when no stamp was found.

    Looks at what reads fast: text, web pages, Word, sheets, and the first pages of a PDF with text. With `slow` also at
    what needs Tesseract or LibreOffice. Files that cannot be read at all give None: nothing is known of them.
    """
    found = guarded(lambda: _screened(name, data, slow))
    return found if found is not None and found.code == STAMPED else None


def identify(name: str, data: bytes) -> Kind | Unreadable:
    """What kind of file it is, told by its content, without reading it: for files that are kept and not understood.

    Refuses what `extract` refuses at first sight: foreign kinds, macros in old files, passwords, hostile archives.
    """
    try:
        return detect(name, data)
    except RefusedError as refused:
        return refused.reason


def guarded(work: Callable[[], Result]) -> Result | Unreadable:
    """What reading gives, or why it does not; whatever a parser raises is the file's fault."""
    try:
        return work()
    except RefusedError as refused:
        return refused.reason
    except (RecursionError, MemoryError):
        return damaged().reason
    except Exception:  # noqa: BLE001 - parsers written in C raise what they like for broken input; the file is at fault
        return damaged().reason
    except BaseException as error:
        # A panic of a parser written in Rust is no Exception; everything else of that rank is not ours.
        if type(error).__name__ == "PanicException":
            return damaged().reason
        raise


def _screened(name: str, data: bytes, slow: bool) -> None:
    kind = detect(name, data)
    if kind.route == "pdf":
        from pcmt.documents.intake.pdf import read_pdf

        draft = read_pdf(data, _no_progress, until=SEARCHED, scanned=slow)
    elif kind.route in {"picture", "office"} and not slow:
        return
    else:
        draft = _read(kind, data, _no_progress)
    draft = _repaired(draft)
    refuse_stamped(_joined(draft.segments)[0], draft.aside)


def _no_progress(done: int, total: int) -> None:
    pass


def _extract(name: str, data: bytes, progress: Callable[[int, int], None]) -> Extracted:
    if not data:
        raise RefusedError(
            "empty", "Tệp rỗng, không có nội dung.", "Chọn lại tệp; có thể tệp chưa tải xong hoặc lưu lỗi."
        )
    if len(data) > MAX_BYTES:
        raise RefusedError(
            "too_large",
            f"Tệp lớn {len(data) // MEGABYTE} MB, quá giới hạn {MAX_BYTES // MEGABYTE} MB.",
            "Giảm dung lượng ảnh trong tệp, hoặc tách riêng phần kế hoạch rồi tải lên.",
        )
    kind = detect(name, data)
    draft = _repaired(_read(kind, data, progress))
    text, places = _joined(draft.segments)
    if not text.strip("\ufeff \t\r\n\f\v\u00a0"):
        raise RefusedError("no_text", "Tệp không có chữ nào.", "Kiểm tra lại tệp gốc.")
    refuse_stamped(text, draft.aside)
    notes = (*_name_notes(name, kind), *draft.notes)
    return Extracted(text, kind.media_type, places, notes, draft.pages)


def _read(kind: Kind, data: bytes, progress: Callable[[int, int], None]) -> Draft:
    # Each intake brings its own library, loaded only when a file needs it.
    match kind.route:
        case "text":
            text, notes = decode(data)
            return Draft((Segment(text),), notes)
        case "web":
            from pcmt.documents.intake.web import read_web

            return read_web(data)
        case "word":
            from pcmt.documents.intake.word import read_word

            return read_word(Archive(data))
        case "sheets":
            from pcmt.documents.intake.sheets import read_sheets
            from pcmt.documents.intake.word import refuse_macros

            archive = None if kind is XLS else Archive(data)
            if archive is not None:
                refuse_macros(archive)
            return read_sheets(data, archive)
        case "pdf":
            from pcmt.documents.intake.pdf import read_pdf

            return read_pdf(data, progress)
        case "picture":
            from pcmt.documents.intake.images import read_picture

            return read_picture(data, progress)
        case "office":
            from pcmt.documents.intake.office import read_office

            draft = read_office(data, kind.extensions[0])
            if kind is not RTF:
                note = Diagnostic(code="converted", severity="info", args={"kind": kind.label})
                return evolve(draft, notes=(*draft.notes, note))
            return draft


def _repaired(draft: Draft) -> Draft:
    """The draft with text of an old encoding brought to Unicode, judged over the whole text."""
    if any(note.code == "legacy_repaired" for note in draft.notes):
        return draft
    repair = legacy_repair("\n".join(segment.text for segment in draft.segments))
    if repair is None:
        return draft
    args = {"encoding": repair.encoding}
    if not repair.certain:
        return evolve(draft, notes=(*draft.notes, Diagnostic(code="legacy_suspected", args=args)))
    return evolve(
        draft,
        segments=tuple(evolve(segment, text=repair.convert(segment.text)) for segment in draft.segments),
        notes=(*draft.notes, Diagnostic(code="legacy_repaired", args=args)),
        aside=tuple(map(repair.convert, draft.aside)),
    )


_LINES = re.compile(r"[^\n]+")


def _joined(segments: tuple[Segment, ...]) -> tuple[str, tuple[Place, ...]]:
    parts: list[str] = []
    places: list[Place] = []
    offset = 0
    for index, segment in enumerate(segments):
        lead = segment.lead if index else ""
        start = offset + len(lead)
        offset = start + len(segment.text)
        parts += (lead, segment.text)
        if segment.page is not None or segment.paragraph is not None or segment.cell is not None:
            if start < offset:
                places.append(Place(start, offset, segment.page, segment.paragraph, segment.cell))
        elif len(segments) == 1 and segment.text.count("\n") < MAX_LINE_PLACES:
            # Plain text: its lines are its paragraphs.
            places += [
                Place(match.start(), match.end(), paragraph=number)
                for number, match in enumerate(_LINES.finditer(segment.text), 1)
            ]
    return "".join(parts), tuple(places)


def _name_notes(name: str, kind: Kind) -> tuple[Diagnostic, ...]:
    """A note when the extension is that of another kind of file. An unknown extension promises nothing."""
    extension = extension_of(name)
    known = any(extension in other.extensions for other in KINDS)
    if not known or extension in kind.extensions:
        return ()
    return (Diagnostic(code="extension_mismatch", args={"extension": f".{extension}", "kind": kind.label}),)
