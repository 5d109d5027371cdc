"""The pages that links in letters open: an invitation, a forgotten password."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from pcmt.apps.accounts.models import User
from pcmt.apps.accounts.operations import accept_invitation, ask_reset, reset_password
from pcmt.apps.accounts.queries import mail_is_kept, open_invitation, open_reset
from pcmt.web.account.forms import ForgottenForm, NewPasswordForm, password_rules
from pcmt.web.account.signing import too_often


def _enter(request: HttpRequest, user: User, how: str, to: str | None = None) -> HttpResponse:
    """Sign in somebody who came by a letter, as anybody else: with the second step if there is one."""
    if request.user.is_authenticated:
        logout(request)  # the computer of whoever invited
    record_authentication(request, user, how)
    return perform_login(request, Login(user=user, redirect_url=to))


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Choose how to come in: a password, a passkey, or single sign-on."""
    if request.method == "POST" and (wait := too_often(request, "reset_password_from_key")) is not None:
        return wait  # type: ignore[return-value]
    found = open_invitation(token, timezone.now())
    if found is None:
        return render(request, "account/link_closed.html", {"kind": "invitation"}, status=410)
    form = NewPasswordForm(request.POST if "password" in request.POST else None)
    how = request.POST.get("how", "")
    if how == "passkey" or (request.method == "POST" and form.is_bound and form.is_valid()):
        chosen = form.cleaned_data["password"] if how != "passkey" else None
        done = accept_invitation(at=timezone.now(), token=token, password=chosen)
        if isinstance(done, User):
            messages.success(request, _("Chào mừng %(name)s. Tài khoản đã sẵn sàng.") % {"name": done.get_full_name()})
            return _enter(request, done, "invitation", reverse("mfa_add_webauthn") if chosen is None else None)
        form.add_error(done.field or None, done.message)
    page = {
        "form": form,
        "rules": password_rules(),
        "invitation": found,
        "token": token,
        "providers": settings.IDENTITY_PROVIDERS,
    }
    return render(request, "account/invitation.html", page, status=422 if form.errors else 200)


@login_not_required
@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a letter. The answer is the same whether there is such an account or not."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        if (wait := too_often(request, "reset_password", key=name.lower())) is not None:
            return wait  # type: ignore[return-value]
        ask_reset(at=timezone.now(), name=name)
        return redirect("account:forgotten-sent")
    page = {"form": form, "minutes": settings.RESET_MINUTES}
    return render(request, "account/forgotten.html", page, status=422 if form.errors else 200)


@login_not_required
def forgotten_sent(request: HttpRequest) -> HttpResponse:
    """What happens next, for everybody alike."""
    page = {"minutes": settings.RESET_MINUTES, "kept": bool(mail_is_kept())}
    return render(request, "account/forgotten_sent.html", page)


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password by the link of a letter."""
    if request.method == "POST" and (wait := too_often(request, "reset_password_from_key")) is not None:
        return wait  # type: ignore[return-value]
    found = open_reset(token, timezone.now())
    if found is None:
        return render(request, "account/link_closed.html", {"kind": "reset"}, status=410)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = reset_password(at=timezone.now(), token=token, password=form.cleaned_data["password"])
        if isinstance(done, User):
            messages.success(request, _("Đã đặt mật khẩu mới. Mọi phiên cũ đã kết thúc."))
            return _enter(request, done, "reset")
        form.add_error(done.field or None, done.message)
    page = {"form": form, "rules": password_rules(), "person": found.user}
    return render(request, "account/reset.html", page, status=422 if form.errors else 200)
