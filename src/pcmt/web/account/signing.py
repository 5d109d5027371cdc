"""Signing in and out: password, passkey, the second step; asking again before something that matters."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.models import Login
from allauth.account.views import BaseReauthenticateView
from allauth.core.internal import ratelimit
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.operations import factor_changed, record_refused_sign_in, record_sign_out
from pcmt.apps.registers.operations.offline import devices_left
from pcmt.apps.registers.operations.visits import leave as leave_files
from pcmt.web.account.forms import (
    CodeAgainForm,
    CodeForm,
    PasskeyAgainForm,
    PasskeySignInForm,
    PasskeyStepForm,
    PasswordForm,
    SignInForm,
)
from pcmt.web.account.middleware import lasting, note_session
from pcmt.web.shell.demo import demo_users
from pcmt.web.shell.views import after


def _wanted(request: HttpRequest) -> str | None:
    """The page asked for before; none when that is the home page anyway."""
    page = after(request)
    return page if page != "/" else None


class Says422:
    """A form that is sent back with errors answers 422, like every form of the house."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again, with what is wrong."""
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if answer.status_code == 200:
            answer.status_code = 422
        return answer


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; demo users stand below the form where demo data is loaded."""
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"username": form.user.username}
        return perform_password_login(request, given, Login(user=form.user, redirect_url=_wanted(request)))
    if form.locked:
        record_refused_sign_in(at=timezone.now(), username=form.cleaned_data["username"], why="locked")
    page = {
        "form": form,
        "next": after(request),
        "providers": settings.IDENTITY_PROVIDERS,
        "demo_users": demo_users(timezone.localdate()),
        "demo_password": settings.DEMO_PASSWORD,
    }
    status = 429 if form.locked else 422 if form.errors else 200
    return render(request, "account/sign_in.html", page, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    record_sign_out(at=timezone.now(), user=request.user, actor=getattr(request, "actor", None))  # type: ignore[arg-type]
    if request.user.pk is not None:
        devices_left(user_id=request.user.pk, at=timezone.now())
        leave_files(user_id=request.user.pk, at=timezone.now())
    logout(request)
    return redirect("login")


@never_cache
def session_state(request: HttpRequest) -> HttpResponse:
    """For the open page: how long the session lasts, whose it is, and the token that its forms need (session.js).

    Asking (GET) is no use of the session; POST is: the person said to go on.
    """
    now = timezone.now()
    if request.method == "POST":
        note_session(request, now)
    left = lasting(request.session, now)
    return JsonResponse(
        {
            "left": int(min(left.left, settings.SESSION_COOKIE_AGE)),
            "prolongable": left.idle < left.absolute,
            "user": request.user.pk,
            "token": get_token(request),
        }
    )


@method_decorator(login_not_required, name="dispatch")
class PasskeySignIn(LoginWebAuthnView):  # type: ignore[misc]
    """Signing in with a passkey alone: the key was unlocked by finger, face or PIN, which is the second factor."""

    form_class = PasskeySignInForm

    def form_valid(self, form: Any) -> HttpResponse:
        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=_wanted(self.request))
        return perform_passwordless_login(self.request, authenticator, login)

    def form_invalid(self, form: Any) -> HttpResponse:
        record_refused_sign_in(at=timezone.now(), username="", why="passkey")
        messages.error(self.request, _("Khóa truy cập này không mở được tài khoản nào ở đây. Đăng nhập bằng mật khẩu."))
        return redirect("login")


class SecondStep(AuthenticateView):  # type: ignore[misc]
    """The second step of signing in: a code of the application, a passkey, or a recovery code."""

    template_name = "account/second_step.html"
    form_class = CodeForm
    webauthn_form_class = PasskeyStepForm

    def form_invalid(self, form: Any) -> HttpResponse:
        """Noted as a refused sign-in of that account: somebody knows its password."""
        record_refused_sign_in(at=timezone.now(), username=self.stage.login.user.username, why="totp")
        answer: HttpResponse = super().form_invalid(form)
        answer.status_code = 422
        return answer


class AskPassword(Says422, BaseReauthenticateView):  # type: ignore[misc]
    """The password again, before something that matters."""

    template_name = "account/again.html"
    form_class = PasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: Any) -> HttpResponse:
        reauthenticate_by_password(self.request)
        return super().form_valid(form)


class AskCode(Says422, ReauthenticateView):  # type: ignore[misc]
    """A code again, before something that matters."""

    template_name = "account/again.html"
    form_class = CodeAgainForm

    def form_valid(self, form: Any) -> HttpResponse:
        if form.authenticator.type == form.authenticator.Type.RECOVERY_CODES:
            factor_changed(
                actor=getattr(self.request, "actor", None),
                at=timezone.now(),
                user=self.request.user,  # type: ignore[arg-type]
                what="code_used",
            )
        return super().form_valid(form)


class AskPasskey(ReauthenticateWebAuthnView):  # type: ignore[misc]
    """A passkey again, before something that matters."""

    template_name = "account/again_passkey.html"
    form_class = PasskeyAgainForm

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, _("Khóa truy cập này không phải của tài khoản đang dùng."))
        return redirect(self.request.get_full_path())


def too_often(request: HttpRequest, action: str, key: str | None = None) -> HttpResponseBase | None:
    """The page that says to wait, when an address or a name did something too often; None while it may go on."""
    if ratelimit.consume(request, app="allauth.account", action=action, key=key):
        return None
    return render(request, "429.html", {"exception": get_adapter().error_messages["rate_limited"]}, status=429)
