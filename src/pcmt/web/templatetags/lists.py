"""The rows of an imported list."""

from __future__ import annotations

from typing import Any

from django import template

from pcmt.web.bodies.page import STATE_WORDS

register = template.Library()


@register.inclusion_tag("components/state.html")
def row_state(state: str) -> dict[str, Any]:
    """What becomes of a row, in a word with its mark."""
    tone, word = STATE_WORDS[state]
    return {"tone": tone, "word": word}
