"""Words of the requests that people make about their own file."""

from __future__ import annotations

from pcmt.apps.registers.models import RequestKind


def kinds() -> list[tuple[str, str]]:
    """What somebody may ask: code and words."""
    return [(str(code), str(words)) for code, words in RequestKind.choices]
