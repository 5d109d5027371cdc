"""Words for units in templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django import template

from pcmt.apps.units.functions import function_label

register = template.Library()


@register.filter
def function_word(key: str) -> str:
    """The name of a function of bodies."""
    return function_label(key)


@register.filter
def tallied(names: Sequence[str]) -> list[str]:
    """Names in their order, each once, with how often it stands there: "Báo cáo tháng 1 (3)"."""
    return [f"{name} ({number})" if number > 1 else name for name, number in Counter(names).items()]
