"""Files of the public page stay in memory: what a sender took a picture of is never written to the disk unsealed."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import HttpRequest

MOST_BYTES = 22 * 1024 * 1024
"""A whole form, pictures included; a proxy lets 24 MB through."""


class OnlyMemory(MemoryFileUploadHandler):
    """Takes files of any form up to MOST_BYTES into memory, and none of a larger one."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,
        content_length: int,
        boundary: Any,
        encoding: str | None = None,  # noqa: N803
    ) -> None:
        self.activated = True
        if content_length > MOST_BYTES:
            raise StopUpload(connection_reset=False)


def in_memory(request: HttpRequest) -> None:
    """Take the files of this request into memory only; before anything reads the form."""
    request.upload_handlers = [OnlyMemory(request)]


def too_large(request: HttpRequest) -> bool:
    """Whether the form was larger than is taken: it then came empty."""
    return int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES
