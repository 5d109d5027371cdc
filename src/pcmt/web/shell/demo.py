"""The users of the demonstration, whom the sign-in page offers to everyone."""

from __future__ import annotations

from datetime import date

from attrs import frozen
from django.conf import settings

from pcmt.apps.accounts.models import Grant, Role


@frozen
class DemoUser:
    """A user to try the program as."""

    username: str
    name: str
    role: str
    unit: str


def demo_users(on: date) -> list[DemoUser]:
    """One line a user who holds a role on the day, the standing offices first; empty where no demo is loaded."""
    # Asked before anybody is signed in, hence without an actor; these users hold nothing that is not public.
    grants = (
        Grant.objects.as_of(on)
        .filter(user__email__endswith=f"@{settings.DEMO_EMAIL_DOMAIN}", user__is_active=True)
        .select_related("user", "unit")
        .order_by("pk")
    )
    order = list(Role)
    found: dict[str, tuple[int, DemoUser]] = {}
    for grant in grants:
        user = DemoUser(grant.user.username, grant.user.full_name, str(grant.get_role_display()), grant.unit.name)
        found.setdefault(user.username, (order.index(Role(grant.role)), user))
    return [user for _place, user in sorted(found.values(), key=lambda pair: pair[0])]
