"""Writing entries, and doing to the log what it must notice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
from django.db import connection, models

from pcmt.apps.audit.models import Day, Entry
from pcmt.apps.audit.operations import Thing, record, unguarded

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
DAY = date(2026, 3, 2)


@attrs.frozen(kw_only=True)
class Someone:
    user_id: int | None = 7
    name: str = "Nguyễn Thị Hoa"
    role: str = "officer"
    unit_id: int | None = 3
    unit_name: str = "Công an xã Tân Lập"
    grant_id: int | None = 5


def write(number: int, *, at: datetime = AT, actor: Someone | None = None, **more: Any) -> Entry:
    """One entry about the thing of a number."""
    thing = Thing("jobs.Cron", str(number), f"Việc số {number}")
    return record(at=at, actor=actor or Someone(), event="jobs.cron.moved", obj=thing, **more)


def fill(days: int = 3, a_day: int = 5) -> None:
    """Some days of some entries, the first on DAY."""
    for day in range(days):
        for number in range(1, a_day + 1):
            write(number, at=AT + timedelta(days=day, minutes=number), after={"h": number, "on": DAY, "share": 1e16})


def entries(day: date = DAY) -> models.QuerySet[Entry]:
    """The entries of a day, open to every change that the database allows."""
    return models.QuerySet(Entry).filter(day=day).order_by("number")


def heads(day: date = DAY) -> models.QuerySet[Day]:
    """The head of a day."""
    return Day.objects.filter(day=day)


@contextmanager
def tampering() -> Iterator[None]:
    """Somebody who owns the database and lifts its guard."""
    with unguarded("default"):
        yield
    assert connection.is_usable()
