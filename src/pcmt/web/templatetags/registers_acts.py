"""Words for codes on the pages of acts on files."""

from __future__ import annotations

from django import template

from pcmt.apps.registers.operations.grounding import need_words
from pcmt.apps.registers.queries.lives import SEXES
from pcmt.web.registers_acts.words import GROUND_WORDS

register = template.Library()


@register.filter
def need_name(code: str) -> str:
    """What a ground needs, in the midst of a line."""
    words = need_words(code)
    return words[:1].lower() + words[1:]


@register.filter
def sex_name(code: str) -> str:
    """A sex as on identity papers."""
    return str(dict(SEXES).get(code, code))


@register.filter
def ground_name(code: str) -> str:
    """What two files agree in."""
    return str(GROUND_WORDS.get(code, code))
