"""Programs beside us: Tesseract and LibreOffice, each run in a folder of its own with a time limit."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from pcmt.documents.values import RefusedError


def run(command: Sequence[str], *, folder: Path, seconds: float, env: Mapping[str, str] | None = None) -> bytes | None:
    """Standard output of a program, None when it fails. Raises `RefusedError` when it outlasts its time.

    The program gets its own process group so that what it started ends with it.
    """
    with subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except BaseException as error:
            _end(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise RefusedError(
                    "timeout",
                    f"Tệp mất quá {seconds:.0f} giây để xử lý nên đã dừng.",
                    "Chia tệp thành phần nhỏ hơn, hoặc gửi bản docx hay pdf có chữ.",
                ) from error
            raise
    return output if process.returncode == 0 else None


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def find_office() -> str | None:
    """The path of LibreOffice, None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def office_converts(sources: Sequence[Path], to: str, *, folder: Path, seconds: float) -> Path | None:
    """The folder with what LibreOffice made of files of `folder`, each under its own name; None without LibreOffice.

    `to` is a format as it calls them (`pdf`, `docx:MS Word 2007 XML`). A file that it cannot open is left out.
    Raises `RefusedError` when it outlasts its time.
    """
    program = find_office()
    if program is None:
        return None
    output = folder / "out"
    output.mkdir(exist_ok=True)
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
            to,
            "--outdir",
            os.fspath(output),
            *(os.fspath(source) for source in sources),
        ],
        folder=folder,
        seconds=seconds,
        env={"HOME": os.fspath(folder)},
    )
    return output


def find_tesseract() -> str | None:
    """The path of Tesseract with Vietnamese data, None where either is missing."""
    program = shutil.which("tesseract")
    return program if program is not None and "vie" in _languages(program) else None


@lru_cache(maxsize=4)
def _languages(program: str) -> frozenset[str]:
    try:
        listing = subprocess.run(
            [program, "--list-langs"], capture_output=True, timeout=20, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset((listing.stdout + listing.stderr).decode("utf-8", "replace").split())
