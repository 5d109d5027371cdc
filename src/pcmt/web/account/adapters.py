"""Where django-allauth asks what is to happen: its words, its limits, what is noted, whom it may let in."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import User
from pcmt.apps.accounts.operations import (
    accept_invitation,
    factor_changed,
    is_waiting,
    linked,
    record_refused_sign_in,
    record_sign_in,
    take_from_waiting,
    welcome,
)
from pcmt.apps.accounts.policies import is_demo, requires_second_factor
from pcmt.apps.accounts.queries import grants_of
from pcmt.apps.audit.origin import origin
from pcmt.core.diagnostics import Refusal
from pcmt.web.account.middleware import BEGAN, note_session

INVITED = "invited"
"""The session remembers under this key the invitation with which somebody went to the identity provider."""

WRONG_CODE = _("Mã chưa đúng hoặc đã dùng rồi. Chờ mã kế tiếp hiện ra, kiểm tra giờ của điện thoại, rồi nhập lại.")
TOO_OFTEN = _("Thử sai quá nhiều lần. Chờ 15 phút rồi thử lại, hoặc đặt lại mật khẩu bằng thư điện tử.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Signing in: limits, words, the steps, what is noted."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": TOO_OFTEN,
        "rate_limited": TOO_OFTEN,
        "incorrect_password": _("Mật khẩu chưa đúng."),
        "incorrect_code": WRONG_CODE,
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return origin().address or "?"

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The library's own messages are not shown: our pages say what happened."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people are invited, or come by single sign-on and wait."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        record_refused_sign_in(at=timezone.now(), username=credentials.get("username", ""), why="password")

    def get_login_stages(self) -> list[str]:
        return [f"{SecondStep.__module__}.{SecondStep.__name__}"]

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        messages.error(request, _("Tài khoản này đã bị khóa. Hỏi người quản trị của cơ quan."))
        return redirect("login")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in just now is not asked again at once."""
        records = get_authentication_records(self.request, self.request.user)
        latest = max((record["at"] for record in records), default=0.0)
        return bool(timezone.now().timestamp() - latest > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        today = timezone.localdate()
        return resolve_url(settings.LOGIN_REDIRECT_URL if grants_of(request.user, today) else "account:waiting")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Signed in: the session has a new key already; it is marked, the log told by what the person came in."""
        now = timezone.now()
        records = get_authentication_records(request, user)
        request.session[BEGAN] = now.timestamp()
        with transaction.atomic():
            note_session(request, now)
            if any(record.get("type") == Authenticator.Type.RECOVERY_CODES for record in records):
                factor_changed(actor=None, at=now, user=user, what="code_used")
            by = dict.fromkeys(str(record.get("type") or record["method"]) for record in records)
            record_sign_in(at=now, user=user, by=list(by))
        wanted = kwargs.get("redirect_url")
        return redirect(wanted if wanted and self.is_safe_url(wanted) else self.get_login_redirect_url(request))


class SecondStep(AuthenticateStage):  # type: ignore[misc]
    """The second step of signing in, left out for users of the demonstration: whoever tries must not lock it up."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return not is_demo(self.login.user) and super()._should_handle(request)


def _cipher() -> MultiFernet:
    """From the secret of the installation; older secrets still read what they wrote."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = (hashlib.sha256(f"pcmt.second-factor:{secret!s}".encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets are encrypted, the last required one stays."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": _(
            "Vai trò của bạn bắt buộc có lớp bảo vệ thứ hai: thêm cách khác trước khi gỡ."
        ),
        "unreadable": _("Máy chủ không còn đọc được khóa này (mã bí mật của hệ thống đã đổi). Báo người quản trị."),
    }

    def encrypt(self, text: str) -> str:
        return str(_cipher().encrypt(text.encode()), "ascii")

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return str(_cipher().decrypt(encrypted_text.encode()), "ascii")
        except InvalidToken as error:
            raise self.validation_error("unreadable") from error

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.username)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": "PCMT"}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.get_full_name()}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - the library's name
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return str(_("Khóa số %(number)d") % {"number": count + 1})

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Where a second factor is required, the last one stays."""
        types = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        others = Authenticator.objects.filter(user=authenticator.user, type__in=types).exclude(pk=authenticator.pk)
        if others.exists():
            return True
        roles = {grant.role for grant in grants_of(authenticator.user, timezone.localdate())}
        return is_demo(authenticator.user) or not roles & set(settings.SECOND_FACTOR_ROLES)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on: whom the provider's `sub` means. A mail address is never taken for a person."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Those of the settings only: what stands in a table could be put there."""
        from allauth.socialaccount.adapter import _build_apps_from_settings

        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def authenticate_by_email(self, sociallogin: Any) -> None:
        return None

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        user = sociallogin.user
        user.username, user.email = str(data.get("username") or ""), str(data.get("email") or "")
        user.full_name = str(data.get("name") or "")
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The provider says who it is. Known: go on. Invited or signed in: link. Else: a waiting account."""
        now = timezone.now()
        token = request.session.pop(INVITED, None)
        actor = getattr(request, "actor", None)
        account = sociallogin.account
        if sociallogin.state.get("process") == "connect" and request.user.is_authenticated:
            if sociallogin.is_existing and sociallogin.user != request.user:
                if not is_waiting(sociallogin.user):
                    messages.error(request, _("Danh tính này đã liên kết với một tài khoản khác."))
                    raise ImmediateHttpResponse(redirect("account:mine"))
                take_from_waiting(actor=actor, at=now, user=request.user, account=account)  # type: ignore[arg-type]
            elif not sociallogin.is_existing:
                with transaction.atomic():
                    sociallogin.connect(request, request.user)
                    linked(actor=actor, at=now, user=request.user, provider=account.provider)  # type: ignore[arg-type]
            messages.success(request, _("Đã liên kết đăng nhập một lần với tài khoản của bạn."))
            raise ImmediateHttpResponse(redirect("account:mine"))
        if sociallogin.is_existing and not (token and is_waiting(sociallogin.user)):
            return
        with transaction.atomic():
            user = accept_invitation(at=now, token=token, password=None) if token else None
            if isinstance(user, Refusal):
                messages.error(request, str(user))
                raise ImmediateHttpResponse(redirect("login"))
            if sociallogin.is_existing and user is not None:
                take_from_waiting(actor=None, at=now, user=user, account=account)
                sociallogin.user = account.user = user
                return
            if user is None:
                told: User = sociallogin.user
                user = welcome(
                    at=now, provider=account.provider, name=told.full_name, username=told.username, email=told.email
                )
            sociallogin.connect(request, user)
            linked(actor=None, at=now, user=user, provider=account.provider)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """The provider refused, was cancelled, or answered what cannot be true."""
        record_refused_sign_in(at=timezone.now(), username="", why="sso")
        messages.error(
            request,
            _("Đăng nhập một lần chưa thành công. Thử lại, hoặc đăng nhập bằng mật khẩu hay khóa truy cập."),
        )
        raise ImmediateHttpResponse(redirect("login"))

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Our own operations write the letters."""


def must_add_factor(request: HttpRequest) -> bool:
    """Whether the role that the person works in asks for a second factor."""
    return requires_second_factor(request.user, getattr(request, "actor", None))
