"""What every view asks first: who acts, and how a refusal is shown."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor


def acting(request: HttpRequest) -> Actor:
    """The actor of a request. A user without any role today gets the page that says so."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise PermissionDenied(_("Tài khoản của bạn hôm nay chưa được giao vai trò nào."))
    return actor


def deny(request: HttpRequest, reason: str) -> HttpResponse:
    """The 403 page with a reason in words."""
    return render(request, "403.html", {"exception": reason}, status=403)
