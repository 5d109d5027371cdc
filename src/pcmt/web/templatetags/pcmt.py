"""Vietnamese forms of numbers and dates, form controls, and the parts of the shell."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.notices.queries import MOST_COUNTED, unread_count
from pcmt.core.periods import parse_date
from pcmt.web.navigation import ENTRIES

register = template.Library()


@register.filter
def vnumber(value: Any) -> str:
    """`1234.5` → `1.234,5`; nothing → `—` (not reported never looks like 0). Trailing zeros are dropped."""
    if value is None or value == "":
        return "—"
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    text = f"{number:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", "\0").replace(".", ",").replace("\0", ".")


@register.filter
def vdate(value: date | datetime | str | None) -> str:
    """A date or ISO text as `dd/mm/yyyy`; a moment in local time as `dd/mm/yyyy HH:MM`; nothing → `—`."""
    if not value:
        return "—"
    if isinstance(value, str):
        day = parse_date(value)
        return day.strftime("%d/%m/%Y") if day else value
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.strftime("%d/%m/%Y %H:%M")
    return value.strftime("%d/%m/%Y")


@register.filter
def vclock(value: datetime | None) -> str:
    """The time of day of a moment of today (`10:32`), with its date in front on other days."""
    if value is None:
        return "—"
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return local.strftime("%H:%M" if local.date() == timezone.localdate() else "%H:%M, %d/%m/%Y")


@register.filter
def days_left(due: date | None, today: date | None = None) -> str:
    """How far a due day is, in words: `quá 4 ngày`, `hôm nay`, `còn 2 ngày`; no day → `không có hạn`."""
    if due is None:
        return _("không có hạn")
    days = (due - (today or timezone.localdate())).days
    if days < 0:
        return ngettext("quá %(days)d ngày", "quá %(days)d ngày", -days) % {"days": -days}
    if days == 0:
        return _("hôm nay")
    return ngettext("còn %(days)d ngày", "còn %(days)d ngày", days) % {"days": days}


@register.filter
def due_tone(due: date | None, today: date | None = None) -> str:
    """The tone of a due day for components/state.html: late only when overdue, soon within seven days."""
    if due is None:
        return "plain"
    days = (due - (today or timezone.localdate())).days
    return "late" if days < 0 else "soon" if days <= 7 else "plain"


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """`mapping[key]`, or nothing."""
    return mapping.get(key)


@register.filter
def control(field: BoundField) -> SafeString:
    """The box of a field, with the class of its kind and tied to its hint and its error."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        css = "form-check-input"
    elif isinstance(widget, RadioSelect):
        css = ""
    else:
        css = "form-select" if isinstance(widget, Select) else "form-control"
    attrs: dict[str, Any] = {"class": f"{widget.attrs.get('class', '')} {css}".strip()}
    described = []
    if field.help_text:
        described.append(f"{field.auto_id}_helptext")
    if field.errors:
        described.append(f"{field.auto_id}_error")
        attrs["aria-invalid"] = "true"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


@register.inclusion_tag("shell/navigation.html", takes_context=True)
def main_navigation(context: Context) -> dict[str, Any]:
    """The left bar or bottom bar; nothing for a visitor who is not signed in."""
    request = context.get("request")
    if request is None or getattr(request, "actor", None) is None:
        return {"entries": []}
    match = request.resolver_match
    area = match.namespace.split(":")[0] if match else ""
    shown = [entry for entry in ENTRIES if entry.shown_to(request.actor)]
    current = [entry for entry in shown if area in entry.areas][-1:]  # the entry of its own, where there is one
    return {
        "entries": [
            {"label": entry.label, "url": reverse(entry.url_name), "current": entry in current} for entry in shown
        ]
    }


@register.inclusion_tag("shell/header.html", takes_context=True)
def shell_header(context: Context) -> dict[str, Any]:
    """Search, the bell, the unit switch, the name and post, and the language switch.

    The roles are those that the middleware asked for; the bell's count is the header's only statement.
    """
    request = context.get("request")
    actor = getattr(request, "actor", None)
    return {
        "request": request,
        "actor": actor,
        "grants": getattr(request, "grants", []),
        "unread": unread_count(actor) if actor is not None else 0,
        "most": MOST_COUNTED - 1,
        "csrf_token": context.get("csrf_token"),
        "query": request.GET.get("q", "") if request else "",
    }
