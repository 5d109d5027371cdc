"""The unit and language switches."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from pcmt.apps.accounts.queries import actor_of
from pcmt.web.shell.middleware import GRANT_KEY


def after(request: HttpRequest) -> str:
    """The page asked for before, if it is one of ours, else the home page."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else "/"


@require_POST
def choose_grant(request: HttpRequest) -> HttpResponse:
    """Works on as another role the user holds; a grant of someone else changes nothing."""
    chosen = request.POST.get("grant", "")
    actor = actor_of(request.user, timezone.localdate(), grant_id=int(chosen)) if chosen.isdecimal() else None
    if actor is not None:
        request.session[GRANT_KEY] = int(chosen)
    return redirect(after(request))


choose_language = login_not_required(set_language)
