"""Verdicts, figures of targets and their small bars on pages."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template

from pcmt.web.targets.words import VERDICT_WORDS, amount, figure_unit

register = template.Library()


@register.filter
def figure(value: Decimal | Fraction | None, target: Any) -> str:
    """A figure of a target in its unit; `—` for what is not known."""
    return amount(value, figure_unit(target.shape, target.unit_word))


@register.inclusion_tag("components/verdict.html")
def verdict(key: str) -> dict[str, Any]:
    """A verdict in words with its mark."""
    return {"key": key, "word": VERDICT_WORDS[key].word}


@register.inclusion_tag("components/verdict_mark.html")
def verdict_mark(key: str) -> dict[str, Any]:
    """The mark of a verdict alone, beside words that say the same."""
    return {"key": key}
