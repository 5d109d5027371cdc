"""Choosing items in the list: a box for each line, and the bar of what may be done with those chosen."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from pcmt.apps.tasks.policies import can_batch, can_urge
from pcmt.web.tasks.batch_forms import GIVEN, OWN, URGE, WORDS

register = template.Library()


@register.simple_tag(takes_context=True)
def may_choose(context: RequestContext) -> bool:
    """Whether the reader changes due items at all."""
    return can_batch(getattr(context["request"], "actor", None))


@register.inclusion_tag("tasks/_bulk.html", takes_context=True)
def bulk_bar(context: RequestContext, count: int) -> dict[str, Any]:
    """The bar below or above the list; `count` is how many lines the filter leaves."""
    query = context["request"].GET.copy()
    query.pop("trang", None)
    return {
        "own": [(name, WORDS[name]) for name in OWN],
        "given": [(name, WORDS[name]) for name in GIVEN],
        "urge": URGE if can_urge(context["request"].actor) else "",
        "words": query.urlencode(),
        "count": count,
        "csrf_token": context.get("csrf_token"),
    }
