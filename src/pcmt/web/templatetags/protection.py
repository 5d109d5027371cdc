"""What pages of files carry: the purpose and the time left, and the lock of a page left alone."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from pcmt.apps.registers.queries.visits import may_visit
from pcmt.web.protection.visits import purpose_url, visit_of

register = template.Library()


@register.simple_tag(takes_context=True)
def visit_banner(context: Context, *, asks: bool = True) -> str | SafeString:
    """`{% visit_banner %}` near the top of a page of files: what they are read for and until when; locks the page.

    Without a visit it offers to say what for, unless the page itself does (`asks=False`). Nothing for others.
    """
    request: Any = context.get("request")
    if request is None or not may_visit(getattr(request, "actor", None)):
        return ""
    visit = visit_of(request)
    if visit is None and not asks:
        return ""
    left = int((visit.until - timezone.now()).total_seconds()) if visit else 0
    page = {
        "visit": visit,
        "left": max(left, 0),
        "minutes": max(1, -(-left // 60)),
        "lock": settings.REGISTER_LOCK_MINUTES * 60,
        "purpose_url": purpose_url(request),
    }
    return render_to_string("protection/_banner.html", page, request)
