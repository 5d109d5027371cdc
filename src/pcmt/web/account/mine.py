"""My account: who I am here, my roles, how I come in, where I am signed in."""

from __future__ import annotations

from typing import Any

import attrs
from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import SessionMark, User
from pcmt.apps.accounts.operations import change_password, end_session, end_sessions, unlink
from pcmt.apps.accounts.policies import is_demo
from pcmt.apps.accounts.queries import grants_of, has_second_factor, sessions_of
from pcmt.core.diagnostics import Refusal
from pcmt.web.account.adapters import must_add_factor
from pcmt.web.account.devices import device_words
from pcmt.web.account.forms import NewPasswordForm, password_rules
from pcmt.web.account.signing import too_often


@attrs.frozen
class Place:
    """A browser in which one is signed in."""

    mark: SessionMark
    device: str
    here: bool


@attrs.frozen
class Door:
    """An identity provider, and one's identity there if it is linked."""

    key: str
    name: str
    account: Any


def _me(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)
    return user


@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """All of it on one page."""
    user = _me(request)
    here = request.session.session_key
    linked = {account.provider: account for account in SocialAccount.objects.filter(user=user)}
    page = {
        "person": user,
        "grants": grants_of(user, timezone.localdate()),
        "places": [Place(mark, device_words(mark.device), mark.pk == here) for mark in sessions_of(user)],
        "doors": [
            Door(str(each["provider_id"]), str(each["name"]), linked.get(str(each["provider_id"])))
            for each in settings.IDENTITY_PROVIDERS
        ],
        "factors": Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES),
        "protected": has_second_factor(user),
        "required": must_add_factor(request),
        "demo": is_demo(user),
        "idle": settings.SESSION_IDLE // 60,
        "hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "account/mine.html", page)


@never_cache
def waiting(request: HttpRequest) -> HttpResponse:
    """For somebody who is known and may do nothing yet."""
    if grants_of(request.user, timezone.localdate()):
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "account/waiting.html", {"person": request.user})


@never_cache
@sensitive_post_parameters("password", "again")
@reauthentication_required(app="allauth.mfa")
def password(request: HttpRequest) -> HttpResponse:
    """Choose a new password, or the first one; whoever asks has just proven to be the person."""
    user = _me(request)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST":
        if (wait := too_often(request, "change_password")) is not None:
            return wait  # type: ignore[return-value]
        if form.is_valid():
            done = change_password(
                actor=getattr(request, "actor", None),
                at=timezone.now(),
                user=user,
                password=form.cleaned_data["password"],
                but=request.session.session_key,
            )
            if isinstance(done, User):
                update_session_auth_hash(request, done)  # gives this session a new key, too
                from pcmt.web.account.middleware import note_session

                note_session(request, timezone.now())
                messages.success(request, _("Đã đổi mật khẩu. Các phiên ở máy khác đã kết thúc."))
                return redirect("account:mine")
            form.add_error(done.field or None, done.message)
    page = {
        "form": form,
        "rules": password_rules(),
        "trail": [(_("Tài khoản của tôi"), reverse("account:mine"))],
        "person": user,
        "demo": is_demo(user),
    }
    return render(request, "account/password.html", page, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Sign one other browser out, or all others."""
    user, now = _me(request), timezone.now()
    actor = getattr(request, "actor", None)
    here = request.session.session_key
    key = request.POST.get("key", "")
    if key == "":
        count = end_sessions(actor=actor, at=now, user=user, but=here)
        messages.success(
            request,
            ngettext("Đã kết thúc %(count)d phiên khác.", "Đã kết thúc %(count)d phiên khác.", count)
            % {"count": count},
        )
    elif key == here:
        messages.info(request, _("Đây là phiên đang dùng; bấm Đăng xuất để kết thúc."))
    else:
        refused = end_session(actor=actor, at=now, user=user, session_key=key)
        if isinstance(refused, Refusal):
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Đã kết thúc phiên. Máy đó phải đăng nhập lại."))
    return redirect(f"{reverse('account:mine')}#phien")


@require_POST
@reauthentication_required(app="allauth.mfa")
def unlink_provider(request: HttpRequest) -> HttpResponse:
    """Take single sign-on from one's own account."""
    chosen = request.POST.get("account", "")
    if chosen.isdecimal():
        refused = unlink(
            actor=getattr(request, "actor", None), at=timezone.now(), user=_me(request), account_id=int(chosen)
        )
        if isinstance(refused, Refusal):
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Đã gỡ liên kết đăng nhập một lần."))
    return redirect("account:mine")
