"""Pages of a report as pictures: made once for one same document, and thrown away when nobody looked for long."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from io import BytesIO

import attrs
from django.core.files.base import File
from django.core.files.storage import default_storage

from pcmt.apps.reports.documents import Reported, official_of, print_of
from pcmt.documents.output.pdf import page_pictures, report_pdf

FOLDER = "previews"
KEPT = timedelta(days=7)
"""For so long the pictures of a document are kept; made again they cost seconds."""
MOST_PAGES = 200
_COUNT = re.compile(r"of-(\d+)")


@attrs.frozen
class Preview:
    """The pictures of a document: the key of the folder they are in, how many pages there are, how many are shown."""

    key: str
    pages: int

    @property
    def numbers(self) -> range:
        """The pages that have a picture."""
        return range(1, min(self.pages, MOST_PAGES) + 1)


def preview_of(source: Reported) -> Preview:
    """The pictures of a report's pages, made now where they are not there yet."""
    report = official_of(source)
    key = print_of(report)
    folder = _folder(source.submission.pk, key)
    made = _made(folder)
    if made is not None:
        return Preview(key, made)
    pictures = page_pictures(report_pdf(report))
    for number, data in enumerate(pictures[:MOST_PAGES], 1):
        _keep(f"{folder}/{number}.png", data)
    # Last: only a folder that is whole says how many pages there are.
    _keep(f"{folder}/of-{len(pictures)}", b"1")
    return Preview(key, len(pictures))


def page_path(submission_id: int, key: str, number: int) -> str | None:
    """Where the picture of a page is kept; None where there is none (any more)."""
    path = f"{_folder(submission_id, key)}/{number}.png"
    return path if re.fullmatch(r"[0-9a-f]{64}", key) and default_storage.exists(path) else None


def tidy_previews(*, at: datetime) -> int:
    """Throw away the pictures of documents made long ago; of how many documents."""
    gone = 0
    for submission in _folders(FOLDER):
        for key in _folders(f"{FOLDER}/{submission}"):
            folder = f"{FOLDER}/{submission}/{key}"
            names = default_storage.listdir(folder)[1]
            times = [default_storage.get_modified_time(f"{folder}/{name}") for name in names]
            if all(time < at - KEPT for time in times):
                for name in names:
                    default_storage.delete(f"{folder}/{name}")
                default_storage.delete(folder)
                gone += 1
    return gone


def _folder(submission_id: int, key: str) -> str:
    return f"{FOLDER}/{submission_id}/{key}"


def _folders(path: str) -> list[str]:
    return default_storage.listdir(path)[0] if default_storage.exists(path) else []


def _made(folder: str) -> int | None:
    if not default_storage.exists(folder):
        return None
    found = [match for name in default_storage.listdir(folder)[1] if (match := _COUNT.fullmatch(name))]
    return int(found[0].group(1)) if found else None


def _keep(path: str, data: bytes) -> None:
    """Two people may look at once: the second copy gets another name and is dropped."""
    if default_storage.exists(path):
        return
    saved = default_storage.save(path, File(BytesIO(data), name=path))
    if saved != path:
        default_storage.delete(saved)
