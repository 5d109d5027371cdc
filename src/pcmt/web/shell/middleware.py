"""Who acts in this request: the signed-in user in one of the roles held today."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from pcmt.apps.accounts.queries import acting_in, grants_of

GRANT_KEY = "grant"
"""The session remembers under this key which grant the user works with."""


def acting_user(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Sets `request.grants`, the roles held today, and `request.actor`: None for visitors and where no role is held."""

    def respond(request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        request.grants = []  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            today = timezone.localdate()
            held = grants_of(request.user, today)
            request.grants = held  # type: ignore[attr-defined]
            request.actor = acting_in(request.user, held, today, request.session.get(GRANT_KEY))  # type: ignore[attr-defined]
        return get_response(request)

    return respond
