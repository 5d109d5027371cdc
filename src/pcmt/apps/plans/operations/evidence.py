"""Files that show what was done: known by their content; pictures made anew without what cameras write into them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath

from attrs import evolve, frozen
from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.operations.reading import keep_file, screen_later
from pcmt.core.diagnostics import Refusal
from pcmt.documents import MAX_BYTES, Unreadable, identify, is_picture, plain_picture

MOST_FILES = 10
"""Files sent in at once."""
NAME_CHARS = 255


@frozen
class Kept:
    """A file that was looked at and kept, for something that is still to be sent: the row, its name, its sort."""

    source_id: int
    name: str
    picture: bool


@frozen
class Evidence:
    """What became of files that were sent in: those kept, and why the others were not, each with its name."""

    kept: tuple[Kept, ...] = ()
    refused: tuple[Refusal, ...] = ()


def keep_all(*, actor: Actor, at: datetime, files: Iterable[tuple[str, bytes]], room: int = MOST_FILES) -> Evidence:
    """Keep files (name and content) as evidence of something that the caller let the actor write.

    One that is bad takes no other with it. `room`: how many may still come. A picture is kept as it is seen, without
    place, time and device; a secrecy stamp is refused at once where it can be read at once, and looked for in the rest
    by a job.
    """
    kept: list[Kept] = []
    refused: list[Refusal] = []
    for name, data in files:
        found = _too_many() if len(kept) >= room else _kept(actor, at, name, data)
        if isinstance(found, Kept):
            kept.append(found)
        else:
            shown = PurePosixPath(name.replace("\\", "/")).name[:80]
            refused.append(evolve(found, message=f"“{shown}”: {found.message}", field="evidence"))
    return Evidence(tuple(kept), tuple(refused))


def _kept(actor: Actor, at: datetime, name: str, data: bytes) -> Kept | Refusal:
    picture = bool(data) and len(data) <= MAX_BYTES and is_picture(data)
    if picture:
        made = plain_picture(data)
        if isinstance(made, Unreadable):
            return Refusal(code=made.code, message=str(made))
        stem = PurePosixPath(name.replace("\\", "/")).stem or "anh"
        name, data = f"{stem}.{made.extension}", made.data
    elif data and (refused := _foreign(name, data)):
        return refused
    with transaction.atomic():
        found = keep_file(actor=actor, at=at, name=name, data=data)
        if isinstance(found, Refusal):
            return found
        screen_later(found)
    shown = PurePosixPath(name.replace("\\", "/")).name
    stem, dot, extension = shown.rpartition(".")
    too_long = len(shown) - NAME_CHARS
    return Kept(found.pk, f"{stem[:-too_long]}{dot}{extension}" if too_long > 0 else shown, picture)


def _foreign(name: str, data: bytes) -> Refusal | None:
    """Why a file that is no picture is not taken; None when it is a document."""
    kind = identify(name, data)
    if isinstance(kind, Unreadable):
        return Refusal(code=kind.code, message=str(kind))
    if kind.route == "text" and b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = _("Không nhận loại tệp này. Gửi văn bản, bảng tính, PDF hoặc ảnh.")
        return Refusal(code="unsupported", message=message)
    return None


def _too_many() -> Refusal:
    message = _("Mỗi lần báo kèm tối đa %(most)s tệp. Gửi tệp này ở lần báo sau.") % {"most": MOST_FILES}
    return Refusal(code="too_many", message=message)
