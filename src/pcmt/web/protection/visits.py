"""Visits on pages of files: asked for once, shown in a banner, over by themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from pcmt.apps.registers.queries.visits import may_visit, visit_now
from pcmt.web.shell.access import acting

View = Callable[..., HttpResponse]


def visit_of(request: HttpRequest) -> Any:
    """The open visit of who asks, or None. Looked up once a request."""
    if not hasattr(request, "file_visit"):
        request.file_visit = visit_now(getattr(request, "actor", None), timezone.now())  # type: ignore[attr-defined]
    return request.file_visit  # type: ignore[attr-defined]


def purpose_url(request: HttpRequest) -> str:
    """The page that asks what for, and then leads back to this one (to its list after a form was sent)."""
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return f"{reverse('protection:purpose')}?{urlencode({'tiep': back})}" if safe else reverse("protection:purpose")


def needs_visit(view: View) -> View:
    """A page on which people are named: leads to the question what for where nobody said so, and is kept nowhere.

    Who has nothing to do with files is not asked, but refused.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        if not may_visit(acting(request)):
            raise PermissionDenied
        if visit_of(request) is None:
            return redirect(purpose_url(request))
        return unkept(view(request, *args, **more))

    return asked


def names_people(view: View) -> View:
    """A page that may name people, in a visit or masked without: no browser, proxy or history keeps it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        return unkept(view(request, *args, **more))

    return guarded


def unkept(response: HttpResponse) -> HttpResponse:
    """The answer, marked so that no cache and no back button brings it again (no-store also bars the bfcache)."""
    add_never_cache_headers(response)
    response["Cache-Control"] = "no-store, private, max-age=0"
    return response
