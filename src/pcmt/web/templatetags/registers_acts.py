"""Words for codes on the pages of acts on files."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from pcmt.apps.registers.operations.grounding import need_words
from pcmt.apps.registers.queries.lives import SEXES
from pcmt.core.law import Ground
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


@register.filter
def rule_name(rule: Ground) -> str:
    """What a ground is called, in the language of the screen."""
    return rule.english if (get_language() or "vi").startswith("en") else rule.label
