"""Who acts on an account: in a role, or as a person who holds none today or has not yet proven to be anybody."""

from __future__ import annotations

from datetime import datetime

import attrs
from django.utils import timezone

from pcmt.apps.accounts.models import User
from pcmt.apps.accounts.queries import actor_of, grants_of
from pcmt.apps.audit.models import Doer

NOBODY = "Người chưa đăng nhập"


@attrs.frozen
class Person:
    """Somebody in no role: without one today, or not yet proven to be anybody. The unit is whose business it is."""

    user_id: int | None
    name: str
    unit_id: int | None = None
    unit_name: str = ""
    role: str = ""
    grant_id: int | None = None


def themselves(user: User, at: datetime, actor: Doer | None = None) -> Doer:
    """The user acting on the own account: in the role worked with, else in the first held, else as a person."""
    return actor or actor_of(user, timezone.localdate(at)) or Person(user.pk, user.get_full_name())


def somebody(user: User, at: datetime) -> Doer:
    """An unknown visitor at the door of an account; its unit is whose business that is."""
    held = grants_of(user, timezone.localdate(at))
    unit = held[0].unit if held else None
    return Person(None, NOBODY, unit.pk if unit else None, unit.name if unit else "")
