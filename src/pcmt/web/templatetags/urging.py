"""What lists of due items say about urging: the ways to it, and how often each item was urged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.http import urlencode

from pcmt.apps.tasks.models import DueItem
from pcmt.apps.tasks.policies import can_urge
from pcmt.apps.tasks.urging import Before, urged_before
from pcmt.web.shell.access import acting

register = template.Library()


@register.inclusion_tag("urging/_ways.html", takes_context=True)
def urging_ways(context: Context) -> dict[str, Any]:
    """Links to punctuality, to the register and, for who may, to urging what the list is narrowed to."""
    request = context["request"]
    kept = [(name, value) for name in ("ke_hoach", "don_vi") for value in request.GET.getlist(name) if value]
    return {
        "urge_url": f"{reverse('urging:new')}{'?' if kept else ''}{urlencode(kept)}",
        "may_urge": can_urge(acting(request)),
    }


@register.simple_tag(takes_context=True)
def urged_among(context: Context, items: Iterable[DueItem]) -> dict[int, Before]:
    """How often the items of a page were urged, by id, as far as the actor sees the letters; one statement."""
    return urged_before((item.pk for item in items), acting(context["request"]))


@register.simple_tag(takes_context=True)
def urge_body(context: Context, items: list[DueItem]) -> str:
    """The way to urge the body of a group of the list; empty where the actor urges nobody, or it is no unit."""
    unit_id = items[0].unit_id if items else None
    actor = acting(context["request"])
    if unit_id is None or unit_id == actor.unit_id or not can_urge(actor):
        return ""
    return f"{reverse('urging:new')}?{urlencode({'don_vi': unit_id})}"
