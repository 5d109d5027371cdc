"""What every request passes through: sessions that end, the door, the second factor where one is required."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import attrs
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from pcmt.apps.accounts.operations import mark_session
from pcmt.apps.accounts.policies import requires_second_factor
from pcmt.apps.accounts.queries import has_second_factor
from pcmt.apps.audit.origin import origin

BEGAN, SEEN = "began", "seen"
"""The session remembers under these keys when it began and when it was last used, in seconds since 1970."""
STEP = 60
"""A session that is in use is noted at most once in so many seconds."""


@attrs.frozen
class Lasting:
    """How long a session still lasts, in seconds."""

    idle: float
    absolute: float

    @property
    def left(self) -> float:
        return min(self.idle, self.absolute)


def lasting(session: SessionBase, now: datetime) -> Lasting:
    """How long a session lasts from now if nothing is done in it; endless idleness is allowed when set so."""
    began, seen = session.get(BEGAN, now.timestamp()), session.get(SEEN, now.timestamp())
    idle = seen + settings.SESSION_IDLE - now.timestamp() if settings.SESSION_IDLE else float("inf")
    return Lasting(idle, began + settings.SESSION_COOKIE_AGE - now.timestamp())


def note_session(request: HttpRequest, now: datetime) -> None:
    """The session is in use: its idle time begins anew, and the list of sessions shows it."""
    session = request.session
    session.setdefault(BEGAN, now.timestamp())
    session[SEEN] = now.timestamp()
    if session.session_key is None:
        session.create()
    mark_session(
        at=now,
        user=request.user,  # type: ignore[arg-type]
        session_key=str(session.session_key),
        began_at=datetime.fromtimestamp(session[BEGAN], UTC),
        address=origin().address,
        device=request.headers.get("User-Agent", ""),
    )


def lasting_session(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Ends sessions that nobody used for long, and those that are old; notes those in use.

    The page that an open tab asks how long it still has is no use.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now()
            if lasting(request.session, now).left <= 0:
                logout(request)
                messages.info(request, _("Phiên làm việc đã hết giờ. Đăng nhập lại để làm tiếp."))
            elif _in_use(request) and now.timestamp() - request.session.get(SEEN, 0) >= STEP:
                note_session(request, now)
        return get_response(request)

    return respond


def _in_use(request: HttpRequest) -> bool:
    """Whether this request is a person's doing; a page that only asks how long it still has is not."""
    return request.path != reverse("account:session") or SEEN not in request.session


class SignInRequired(LoginRequiredMiddleware):
    """Django's, but programs, and what a page fetches in the background, are told 401 instead of sent a whole page.

    The open page then says that the session ended (session.js) and keeps what was typed.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        if "HX-Request" in request.headers or request.path_info.startswith("/api/"):
            return HttpResponse(status=401)
        return super().handle_no_permission(request, view_func)


WITHOUT_SECOND_FACTOR = {
    *("login", "logout", "language", "grant", "account:session", "account:mine", "account:waiting"),
    *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    *("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"),
}
"""The pages that people see who must first add a second factor."""


class SecondFactor:
    """Leads whoever acts in a role that takes a second factor, and has none, to adding one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        """None: go on."""
        match = request.resolver_match
        if (
            not request.user.is_authenticated
            or (match is not None and match.view_name in WITHOUT_SECOND_FACTOR)
            or not requires_second_factor(request.user, getattr(request, "actor", None))
            or has_second_factor(request.user)
        ):
            return None
        wanted = request.get_full_path() if request.method == "GET" else "/"
        return redirect(f"{reverse('mfa_index')}?{urlencode({'next': wanted})}")
