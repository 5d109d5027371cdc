"""Older and other office formats (doc, odt, rtf) through LibreOffice, which turns them into docx."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pcmt.documents.intake.archive import Archive, damaged
from pcmt.documents.intake.programs import find_office, run
from pcmt.documents.intake.word import read_word
from pcmt.documents.values import Draft, RefusedError

SECONDS = 120.0


def read_office(data: bytes, suffix: str) -> Draft:
    """Segments of a file that LibreOffice opens; `suffix` is its true format, without the dot."""
    program = find_office()
    if program is None:
        raise RefusedError(
            "office_missing",
            f"Máy chủ chưa có LibreOffice nên chưa đọc được tệp .{suffix}.",
            "Cài gói libreoffice-writer, hoặc mở tệp rồi lưu thành .docx và tải lên.",
        )
    with tempfile.TemporaryDirectory(prefix="pcmt-office-") as name:
        folder = Path(name)
        source = folder / f"source.{suffix}"
        source.write_bytes(data)
        output = folder / "out"
        output.mkdir()
        # A profile of its own: two conversions at a time would fail on a shared one. Macros never run without a screen.
        run(
            [
                program,
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--headless",
                "--norestore",
                "--nolockcheck",
                "--nodefault",
                "--convert-to",
                "docx:MS Word 2007 XML",
                "--outdir",
                os.fspath(output),
                os.fspath(source),
            ],
            folder=folder,
            seconds=SECONDS,
            env={"HOME": name},
        )
        made = next(output.glob("*.docx"), None)
        if made is None:
            raise damaged(f"tệp .{suffix}")
        return read_word(Archive(made.read_bytes()))
