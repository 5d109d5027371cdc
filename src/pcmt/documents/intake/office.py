"""Older and other office formats (doc, odt, rtf) through LibreOffice, which turns them into docx."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from attrs import evolve

from pcmt.documents.intake.archive import Archive, damaged
from pcmt.documents.intake.programs import office_converts
from pcmt.documents.intake.word import read_word
from pcmt.documents.values import Cell, Draft, RefusedError, Segment

SECONDS = 120.0


def read_office(data: bytes, suffix: str) -> Draft:
    """Segments of a file that LibreOffice opens; `suffix` is its true format, without the dot."""
    with tempfile.TemporaryDirectory(prefix="pcmt-office-") as name:
        folder = Path(name)
        source = folder / f"source.{suffix}"
        source.write_bytes(data)
        output = office_converts([source], "docx:MS Word 2007 XML", folder=folder, seconds=SECONDS)
        if output is None:
            raise RefusedError(
                "office_missing",
                f"Máy chủ chưa có LibreOffice nên chưa đọc được tệp .{suffix}.",
                "Cài gói libreoffice-writer, hoặc mở tệp rồi lưu thành .docx và tải lên.",
            )
        made = next(output.glob("*.docx"), None)
        if made is None:
            raise damaged(f"tệp .{suffix}")
        draft = read_word(Archive(made.read_bytes()))
    return evolve(draft, segments=_with_tables(draft.segments, data)) if suffix == "doc" else draft


# Words, then the sign that ends a cell, at least twice.
_CELLS = re.compile(r"(?:[^\x00-\x08\x0e-\x1f\ufffd]*\x07){2,}")


def _with_tables(segments: tuple[Segment, ...], data: bytes) -> tuple[Segment, ...]:
    """Tables of a doc file that LibreOffice ran together into one paragraph, brought back as rows.

    It does so with a table at the very end of a file. The file itself still parts the cells, with U+0007.
    """
    joined = {}
    for match in _CELLS.finditer(data[: len(data) & ~1].decode("utf-16-le", "replace")):
        for tokens in _runs(match.group().rpartition("\x07")[0].split("\x07")):
            columns = _columns(tokens)
            if columns > 1:
                joined[_bare("".join(tokens))] = [
                    tokens[start : start + columns] for start in range(0, len(tokens), columns + 1)
                ]
    if not joined:
        return segments
    result: list[Segment] = []
    tables = max((segment.cell.table for segment in segments if segment.cell), default=0)
    for segment in segments:
        rows = joined.get(_bare(segment.text)) if segment.cell is None and segment.text.strip() else None
        if rows is None:
            result.append(segment)
            continue
        tables += 1
        for row_number, row in enumerate(rows, 1):
            for column, text in enumerate(row, 1):
                lead = "\n" if column == 1 else " | "
                result.append(Segment(re.sub(r"\s+", " ", text).strip(), lead, cell=Cell(tables, row_number, column)))
    return tuple(result)


def _runs(tokens: list[str]) -> list[list[str]]:
    """Signs between cells to tables: paragraphs at the start of a row end one table and begin the next."""
    runs: list[list[str]] = [[]]
    for index, token in enumerate(tokens):
        if "\r" in token and (index == 0 or not tokens[index - 1]):
            runs.append([])
            token = token.rpartition("\r")[2]
        runs[-1].append(token)
    return [run for run in runs if run]


def _columns(tokens: list[str]) -> int:
    """How many cells a row has: each row is closed by one more, empty, sign. 0 where no number fits."""
    for columns in range(1, min(len(tokens), 64)):
        if len(tokens) % (columns + 1) == 0 and not any(tokens[columns :: columns + 1]):
            return columns
    return 0


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
