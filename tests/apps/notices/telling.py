"""People with mailboxes, and something to tell them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.notices.models import Notice, Reason
from pcmt.apps.notices.operations import tell
from tests.factories.world import World

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = timedelta(days=1)
TUESDAY = date(2026, 3, 3)
"""A working day, as are those after it until Saturday the 7th."""


def clock(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment by the clock on the wall."""
    return datetime.combine(day, time(hour, minute), HERE)


def with_mail(land: World, key: str = "health", name: str = "hoa") -> Actor:
    """Somebody whom letters reach."""
    actor = land.actor(key, "officer", name)
    User.objects.filter(pk=actor.user_id).update(email=f"{name}@example.vn")
    return actor


def told(
    land: World, *people: Actor, at: datetime, key: str = "a", reason: Reason = Reason.ASSIGNED, title: str = ""
) -> list[Notice]:
    """Tell people about a unit (any row will do); their notices."""
    tell(
        at=at,
        users=[actor.user_id for actor in people],
        reason=reason,
        about=land["health"],
        address="/nhiem-vu/17/",
        title=title or f"Việc {key}",
        key=key,
        unit_id=land["health"].pk,
    )
    return list(Notice.objects.filter(key=key).order_by("user_id"))
