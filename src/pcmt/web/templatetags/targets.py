"""Verdicts, figures of targets and their small bars on pages."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template

from pcmt.web.targets.words import VERDICT_WORDS, figure_unit
from pcmt.web.targets.words import amount as amount_of

register = template.Library()


@register.filter
def figure(value: Decimal | Fraction | None, target: Any) -> str:
    """A figure of a target in its unit; `—` for what is not known."""
    return amount_of(value, figure_unit(target.shape, target.unit_word))


@register.filter
def amount(value: Decimal | Fraction | None, unit_word: str) -> str:
    """A figure in a unit given by its word; `—` for what is not known."""
    return amount_of(value, unit_word)


@register.inclusion_tag("components/verdict.html")
def verdict(key: str) -> dict[str, Any]:
    """A verdict in words with its mark."""
    return {"key": key, "word": VERDICT_WORDS[key].word}


@register.inclusion_tag("components/verdict_mark.html")
def verdict_mark(key: str) -> dict[str, Any]:
    """The mark of a verdict alone, beside words that say the same."""
    return {"key": key}
