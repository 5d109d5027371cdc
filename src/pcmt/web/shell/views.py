"""Signing in and out, the unit and language switches."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from pcmt.apps.accounts.operations import record_refused_sign_in, record_sign_in, record_sign_out
from pcmt.apps.accounts.queries import actor_of
from pcmt.web.shell.demo import demo_users
from pcmt.web.shell.forms import SignInForm
from pcmt.web.shell.middleware import GRANT_KEY


def after(request: HttpRequest) -> str:
    """The page asked for before, if it is one of ours, else the home page."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else "/"


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; demo users stand below the form where demo data is loaded."""
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.user)
        record_sign_in(at=timezone.now(), user=form.user)
        return redirect(after(request))
    if form.refused:
        record_refused_sign_in(at=timezone.now(), username=form.refused)
    page = {
        "form": form,
        "next": after(request),
        "demo_users": demo_users(timezone.localdate()),
        "demo_password": settings.DEMO_PASSWORD,
    }
    return render(request, "shell/sign_in.html", page, status=422 if form.errors else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    record_sign_out(at=timezone.now(), user=request.user, actor=getattr(request, "actor", None))  # type: ignore[arg-type]
    logout(request)
    return redirect("login")


@require_POST
def choose_grant(request: HttpRequest) -> HttpResponse:
    """Works on as another role the user holds; a grant of someone else changes nothing."""
    chosen = request.POST.get("grant", "")
    actor = actor_of(request.user, timezone.localdate(), grant_id=int(chosen)) if chosen.isdecimal() else None
    if actor is not None:
        request.session[GRANT_KEY] = int(chosen)
    return redirect(after(request))


choose_language = login_not_required(set_language)
