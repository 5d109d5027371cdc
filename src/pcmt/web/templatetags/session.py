"""The part of every page that watches the session."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pcmt.web.account.middleware import lasting

register = template.Library()


@register.simple_tag(takes_context=True)
def session_watch(context: Context) -> str | SafeString:
    """What the page says before the session ends, with its script; nothing for a visitor."""
    request: Any = context.get("request")
    if request is None or not getattr(getattr(request, "user", None), "is_authenticated", False):
        return ""
    left = lasting(request.session, timezone.now()).left
    page = {
        "left": int(min(left, settings.SESSION_COOKIE_AGE)),
        "warning": settings.SESSION_WARNING,
        "user_id": request.user.pk,
    }
    dialog = render_to_string("account/_session.html", page)
    script = format_html('<script src="{}" type="module"></script>', static("js/session.js"))
    return SafeString(f"{dialog}{script}")
