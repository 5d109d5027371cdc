"""What comes round by itself. Rooms add theirs when they load (`AppConfig.ready`)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import attrs
from django.utils import timezone

NextAfter = Callable[[datetime], datetime]


@attrs.frozen(kw_only=True)
class Schedule:
    """A job without arguments, and the rule that gives its next time after a given one."""

    name: str
    job: Any  # a django-tasks Task; the library's type differs between Django 5 and 6
    next_after: NextAfter


_schedules: dict[str, Schedule] = {}


def schedule(name: str, *, job: Any, next_after: NextAfter) -> None:
    """Have `job` enqueued at the times of `next_after`. A second schedule of one name is a bug."""
    if name in _schedules:
        raise ValueError(f"schedule {name!r} exists")
    _schedules[name] = Schedule(name=name, job=job, next_after=next_after)


def schedules() -> tuple[Schedule, ...]:
    """All schedules, by name."""
    return tuple(_schedules[name] for name in sorted(_schedules))


def daily(*, hour: int, minute: int = 0) -> NextAfter:
    """Every day at this local time."""

    def next_after(instant: datetime) -> datetime:
        local = timezone.localtime(instant)
        at = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        return at if at > local else at + timedelta(days=1)

    return next_after
