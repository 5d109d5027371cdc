"""Saved filters as a part of a list."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from pcmt.web.filters.saved import CLEARED, choices, kept_words

register = template.Library()


@register.inclusion_tag("filters/_saved.html", takes_context=True)
def saved_filters(context: Context, page: str) -> dict[str, Any]:
    """The filters saved for a list, and the form that saves the one on the screen; one statement."""
    request = context["request"]
    query = request.META.get("QUERY_STRING", "")
    offered = choices(request.actor, page, request.path, query)
    words = kept_words(page, query)
    return {
        "choices": offered,
        "page": page,
        "words": words,
        "here": request.get_full_path(),
        "path": request.path,
        "cleared": CLEARED,
        "may_save": words and not any(choice.current and choice.own for choice in offered),
        "csrf_token": context.get("csrf_token"),
    }
