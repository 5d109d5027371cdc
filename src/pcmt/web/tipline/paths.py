"""Which addresses belong to the public page."""

from __future__ import annotations

PUBLIC = "/to-giac/"


def is_public(path: str) -> bool:
    """Whether a path is one of the public page for tips, well formed or not."""
    return path.startswith(PUBLIC) or path == PUBLIC.rstrip("/")
