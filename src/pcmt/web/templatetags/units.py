"""Words for units in templates."""

from __future__ import annotations

from django import template

from pcmt.apps.units.functions import function_label

register = template.Library()


@register.filter
def function_word(key: str) -> str:
    """The name of a function of bodies."""
    return function_label(key)
