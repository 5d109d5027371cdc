"""Second factors: the code application, passkeys, recovery codes. Adding and checking is django-allauth's."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes, view_recovery_codes
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.operations import factor_changed, take_factors
from pcmt.apps.accounts.policies import can_keep_account, is_demo
from pcmt.apps.accounts.queries import has_second_factor
from pcmt.core.diagnostics import Refusal
from pcmt.web.account.adapters import must_add_factor
from pcmt.web.account.forms import FirstCodeForm, PasskeyForm, PasskeyNameForm, ReasonForm
from pcmt.web.account.signing import Says422
from pcmt.web.shell.access import acting, deny
from pcmt.web.shell.views import after

NEXT = "after_factor"
"""The session remembers under this key the page that somebody wanted who first had to add a second factor."""


def trail() -> list[tuple[str, str]]:
    """Where these pages lie."""
    return [(_("Tài khoản của tôi"), reverse("account:mine")), (_("Lớp bảo vệ thứ hai"), reverse("mfa_index"))]


def told(request: HttpRequest, what: str, name: str = "") -> None:
    """Tell the log and the person, in the transaction of the change."""
    actor = getattr(request, "actor", None)
    factor_changed(actor=actor, at=timezone.now(), user=request.user, what=what, name=name)  # type: ignore[arg-type]


@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """What second factors there are; the page that people are led to who must have one."""
    if "next" in request.GET:
        request.session[NEXT] = after(request)
    held = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    of = {kind: [one for one in held if one.type == kind] for kind in Authenticator.Type}
    codes = of[Authenticator.Type.RECOVERY_CODES]
    ready = has_second_factor(request.user)
    page = {
        "trail": trail()[:1],
        "app": next(iter(of[Authenticator.Type.TOTP]), None),
        "passkeys": of[Authenticator.Type.WEBAUTHN],
        "codes": codes[0] if codes else None,
        "codes_left": _codes_left(codes),
        "ready": ready,
        "required": must_add_factor(request),
        "demo": is_demo(request.user),
        "next": request.session.pop(NEXT, "") if ready else "",
    }
    return render(request, "account/factors.html", page)


def _codes_left(codes: list[Any]) -> int | None:
    """How many recovery codes are unused; None when they can no longer be read."""
    try:
        return len(codes[0].wrap().get_unused_codes()) if codes else 0
    except ValidationError:
        return None


class AddApp(Says422, ActivateTOTPView):  # type: ignore[misc]
    """A code application takes the secret, as a picture or typed."""

    template_name = "account/app_add.html"
    form_class = FirstCodeForm
    extra_context = {"trail": trail}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page: dict[str, Any] = super().get_context_data(**kwargs)
        secret = page["form"].secret
        page["secret"] = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        return page

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer = super().form_valid(form)
            told(self.request, "totp_added")
        messages.success(self.request, _("Đã thêm ứng dụng tạo mã. Từ lần đăng nhập sau, máy hỏi thêm mã 6 số."))
        return answer


class RemoveApp(Says422, DeactivateTOTPView):  # type: ignore[misc]
    """The code application is taken away."""

    template_name = "account/app_remove.html"
    extra_context = {"trail": trail}

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer = super().form_valid(form)
            told(self.request, "totp_removed")
        messages.success(self.request, _("Đã gỡ ứng dụng tạo mã."))
        return answer


class AddPasskey(Says422, AddWebAuthnView):  # type: ignore[misc]
    """A passkey, kept by the device; it opens without a password."""

    template_name = "account/passkey_add.html"
    form_class = PasskeyForm
    extra_context = {"trail": trail}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page: dict[str, Any] = super().get_context_data(**kwargs)
        page.update(kwargs)
        # The library would ask for a key that only helps a password; ours stands alone.
        page["js_data"] = {"creation_options": auth.begin_registration(self.request.user, passwordless=True)}
        return page

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer = super().form_valid(form)
            told(self.request, "passkey_added", form.cleaned_data["name"])
        messages.success(
            self.request, _("Đã thêm khóa “%(name)s”. Đăng nhập được ngay bằng khóa này.") % form.cleaned_data
        )
        return answer


class RenamePasskey(Says422, EditWebAuthnView):  # type: ignore[misc]
    """Another name for a passkey."""

    template_name = "account/passkey_rename.html"
    form_class = PasskeyNameForm
    success_url = reverse_lazy("mfa_index")
    extra_context = {"trail": trail}

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer = super().form_valid(form)
            told(self.request, "passkey_renamed", form.cleaned_data["name"])
        messages.success(self.request, _("Đã đổi tên khóa thành “%(name)s”.") % form.cleaned_data)
        return answer


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    """A passkey is taken away."""

    template_name = "account/passkey_remove.html"
    success_url = reverse_lazy("mfa_index")
    extra_context = {"trail": trail}

    def form_valid(self, form: Any) -> HttpResponse:
        from allauth.mfa.adapter import get_adapter

        passkey = self.get_object()
        if not get_adapter().can_delete_authenticator(passkey):
            messages.error(self.request, get_adapter().error_messages["cannot_delete_authenticator"])
            return redirect("mfa_index")
        name = str(passkey)
        with transaction.atomic():
            answer = super().form_valid(form)
            told(self.request, "passkey_removed", name)
        messages.success(self.request, _("Đã gỡ khóa “%(name)s”.") % {"name": name})
        return answer


@never_cache
@reauthentication_required(app="allauth.mfa")
def codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes, once: to print or to keep as a file. Afterwards only how many are left."""
    held, shown = view_recovery_codes(request)
    if held is None:
        messages.info(request, _("Thêm ứng dụng tạo mã hoặc khóa truy cập trước; mã dự phòng đi kèm."))
        return redirect("mfa_index")
    unused = held.get_unused_codes() if shown else []
    heading = f"PCMT: mã dự phòng của {request.user.username}, mỗi mã dùng một lần"  # type: ignore[union-attr]
    page = {
        "trail": trail(),
        "codes": unused,
        "file": f"data:text/plain;charset=utf-8,{quote(chr(10).join([heading, '', *unused, '']))}",
        "next": request.session.get(NEXT, "/"),
    }
    return render(request, "account/codes.html", page)


@never_cache
def take(request: HttpRequest, user_id: int) -> HttpResponse:
    """Take the second factors from somebody who lost them: for who keeps the account, who proves again to be it."""
    actor = acting(request)
    person = get_object_or_404(User.objects.visible_to(actor), pk=user_id)
    if not can_keep_account(actor, person):
        return deny(request, _("Chỉ người quản trị tài khoản này gỡ được, và không tự gỡ của mình ở đây."))
    return _taken(request, actor, person)


@reauthentication_required(app="allauth.mfa")
def _taken(request: HttpRequest, actor: Actor, person: User) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = take_factors(actor=actor, at=timezone.now(), user_id=person.pk, reason=form.cleaned_data["reason"])
        if not isinstance(done, Refusal):
            messages.success(
                request,
                _("Đã gỡ lớp bảo vệ thứ hai của %(name)s; mọi phiên của người này đã kết thúc.")
                % {"name": person.get_full_name()},
            )
            return redirect(after(request))
        form.add_error(done.field or None, done.message)
    held = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    page = {"form": form, "person": person, "held": held, "next": after(request)}
    return render(request, "account/factors_take.html", page, status=422 if form.errors else 200)


@require_POST
@reauthentication_required(app="allauth.mfa")
def renew_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes; the old ones open nothing more."""
    if not has_second_factor(request.user):
        return redirect("mfa_view_recovery_codes")
    with transaction.atomic():
        generate_recovery_codes(request)
        told(request, "codes_renewed")
    return redirect("mfa_view_recovery_codes")
