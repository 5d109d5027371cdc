"""What pages of files carry: the purpose and the time left, and the lock of a page left alone."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from pcmt.web.protection.visits import purpose_url, visit_of

register = template.Library()


@register.simple_tag(takes_context=True)
def visit_banner(context: Context) -> str | SafeString:
    """`{% visit_banner %}` near the top of a page of files: what they are read for and until when; locks the page.

    Without a visit it offers to say what for. Nothing where nobody is signed in.
    """
    request: Any = context.get("request")
    if request is None or getattr(request, "actor", None) is None:
        return ""
    visit = visit_of(request)
    left = int((visit.until - timezone.now()).total_seconds()) if visit else 0
    page = {
        "visit": visit,
        "left": max(left, 0),
        "minutes": max(1, -(-left // 60)),
        "lock": settings.REGISTER_LOCK_MINUTES * 60,
        "purpose_url": purpose_url(request),
    }
    return render_to_string("protection/_banner.html", page, request)
