"""Who acts in this request: the signed-in user in one of the roles held today."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from pcmt.apps.accounts.queries import actor_of

GRANT_KEY = "grant"
"""The session remembers under this key which grant the user works with."""


def acting_user(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Sets `request.actor`: None for visitors and for users who hold no role today."""

    def respond(request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            grant_id = request.session.get(GRANT_KEY)
            request.actor = actor_of(request.user, timezone.localdate(), grant_id=grant_id)  # type: ignore[attr-defined]
        return get_response(request)

    return respond
