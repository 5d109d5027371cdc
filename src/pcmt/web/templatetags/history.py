"""What pages show of the history of a thing: `{% history thing %}` its tail, `{% history_links thing %}` the way."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Model
from django.template.context import Context
from django.urls import reverse

from pcmt.apps.accounts.policies import can_audit
from pcmt.web.history.kinds import history_url
from pcmt.web.history.trail import trail_of

register = template.Library()
LAST_FEW = 5


@register.inclusion_tag("history/_links.html", takes_context=True)
def history_links(context: Context, thing: Model, own_page: bool = True) -> dict[str, Any]:
    """A link to the history of a thing and, for auditors, one to who looked at it and changed it.

    `own_page=False` leaves the first out, where the reader is there already.
    """
    auditor = can_audit(context["request"].actor)
    return {
        "thing": thing,
        "history_url": history_url(thing) if own_page else "",
        "log_url": reverse("audit:thing", args=[thing._meta.label, thing.pk]) if auditor else "",
    }


@register.inclusion_tag("history/_section.html", takes_context=True)
def history(context: Context, thing: Model) -> dict[str, Any]:
    """A section with the last few changes of a thing and the links. The page must show the thing to its reader."""
    last = trail_of(context["request"].actor, thing)[: LAST_FEW + 1]
    return {
        "request": context["request"],
        "thing": thing,
        "entries": last[:LAST_FEW],
        "more": len(last) > LAST_FEW,
    }
