"""Writing the audit log, and removing what is older than its retention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import attrs
from django.conf import settings
from django.db import connections, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.audit.chain import as_stored, entry_hash, seed_of
from pcmt.apps.audit.models import READ_VERBS, Day, Doer, Entry
from pcmt.apps.audit.origin import origin
from pcmt.apps.audit.queries import Report, verify
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import add_months
from pcmt.core.text import fold

SYSTEM = "Hệ thống"
OPENING = 7_205_311
"""The advisory lock of PostgreSQL under which a day is opened."""


@attrs.frozen
class Thing:
    """What an entry is about, where that is no row of the database: a list, a page, an unknown account."""

    type: str
    id: str
    label: str


def record(
    *,
    at: datetime,
    actor: Doer | None,
    event: str,
    obj: models.Model | Thing,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Entry:
    """Write one entry, in the transaction of the act that it records, at the end of that day's chain.

    `actor` is None for what the program does by itself (jobs, the demo). `event` is `<app>.<noun>.<past verb>`, such
    as `plans.revision.adopted`. `before` and `after` hold the changed values only.

    The day's head stays locked until the transaction ends: record last, after the rows of the act are locked. An act
    that records and then locks more rows calls `hold` before them.
    """
    if event.count(".") != 2:
        raise ValueError(f"event {event!r}: expected app.noun.verb")
    thing = obj if isinstance(obj, Thing) else Thing(obj._meta.label, str(obj.pk), str(obj))
    here = origin()
    with transaction.atomic(savepoint=False):
        day = _locked_day(_day_of(at))
        entry = Entry(
            at=at,
            actor_id=actor.user_id if actor else None,
            actor_name=(actor.name if actor else SYSTEM)[:200],
            actor_role=actor.role if actor else "",
            actor_unit_id=actor.unit_id if actor else None,
            actor_unit=(actor.unit_name if actor else "")[:300],
            grant_id=actor.grant_id if actor else None,
            event=event,
            object_type=thing.type,
            object_id=thing.id,
            object_label=thing.label[:300],
            search_key=fold(thing.label[:300])[:600],
            before=as_stored(before),
            after=as_stored(after),
            reason=reason,
            request_id=here.request_id,
            address=here.address,
            day=day.day,
            number=day.entries + 1,
            previous=day.head,
        )
        entry.hash = entry_hash(vars(entry))
        entry.save(force_insert=True)
        Day.objects.filter(pk=day.pk).update(entries=entry.number, head=entry.hash)
    return entry


def record_reading(
    *,
    at: datetime,
    actor: Doer | None,
    event: str,
    obj: models.Model | Thing,
    purpose: str = "",
    told: Mapping[str, Any] | None = None,
) -> Entry:
    """Write that somebody looked at protected data or took something away: who, what, what for.

    `event` ends with one of READ_VERBS, such as `accounts.user.read`. `purpose` is why the reader asked, in the
    reader's words or in those of the page; it stands where a change has its reason. `told` says what exactly went out
    (file, format, filter); empty values are left out. Every reading is an entry of its own, however often it happens.
    """
    if event.rpartition(".")[2] not in READ_VERBS:
        raise ValueError(f"event {event!r}: a reading ends with {', '.join(READ_VERBS)}")
    after = {name: value for name, value in (told or {}).items() if value}
    return record(at=at, actor=actor, event=event, obj=obj, after=after or None, reason=purpose)


def hold(at: datetime) -> None:
    """Take the head of the day now, for an act that records several times and locks rows in between.

    Two such acts then wait for each other at the beginning, not half-way through, each with what the other needs.
    """
    _locked_day(_day_of(at))


def _day_of(at: datetime) -> date:
    return timezone.localdate(at, timezone.get_default_timezone())


def _locked_day(on: date) -> Day:
    """The head of the day's chain, for this transaction alone until it ends; opened if this is its first entry."""
    day = Day.objects.select_for_update().filter(day=on).first()
    if day is not None:
        return day
    connection = connections[Day.objects.db]
    if connection.vendor == "postgresql":  # SQLite has one writer at a time anyway
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [OPENING])
        if (day := Day.objects.select_for_update().filter(day=on).first()) is not None:
            return day
    # The day before goes on being written to by others; where it stands just now is what the new day seals.
    before = Day.objects.order_by("-number").first()
    number = before.number + 1 if before else 1
    entries, head = (before.entries, before.head) if before else (0, "")
    seed = seed_of(day=on, number=number, before_entries=entries, before_head=head)
    return Day.objects.create(day=on, number=number, before_entries=entries, before_head=head, seed=seed, head=seed)


@attrs.frozen
class Pruned:
    """What was removed."""

    days: int
    entries: int


def prune(*, at: datetime, actor: Doer | None, before: date, reason: str = "") -> Pruned | Refusal | Report:
    """Remove the entries of all days before a day; their heads stay, so that what is left still verifies.

    Refused for days younger than the retention (PCMT_AUDIT_MONTHS, which nobody can set below twelve). Nothing is
    removed, and the findings are the answer, while the log up to that day is not intact: the evidence would go with it.
    The removal is itself recorded.
    """
    latest = add_months(_day_of(at), -settings.PCMT_AUDIT_MONTHS)
    if before > latest:
        return Refusal(
            code="too_young",
            message=_("Nhật ký phải giữ ít nhất %(months)d tháng: chỉ hủy được các ngày trước %(day)s.")
            % {"months": settings.PCMT_AUDIT_MONTHS, "day": latest.strftime("%d/%m/%Y")},
            field="before",
        )
    with transaction.atomic():
        days = [day for day in Day.objects.select_for_update().filter(day__lt=before) if day.entries > day.pruned]
        report = verify(until=before - timedelta(days=1))
        if report.problems:
            return report
        removed = 0
        for day in days:
            # First the head says that the entries may go: the database removes no others.
            Day.objects.filter(pk=day.pk).update(pruned=day.entries, pruned_head=day.head)
            removed += models.QuerySet(Entry).filter(day=day.day, number__lte=day.entries).delete()[0]
        if days:
            record(
                at=at,
                actor=actor,
                event="audit.entries.pruned",
                obj=Thing("audit.Day", before.isoformat(), f"Nhật ký trước ngày {before:%d/%m/%Y}"),
                after={"before": before, "days": len(days), "count": removed},
                reason=reason,
            )
    return Pruned(len(days), removed)


TABLES = (Day._meta.db_table, Entry._meta.db_table)


@contextmanager
def unguarded(using: str) -> Iterator[None]:
    """Lift the database's guard of the log: only for emptying the whole database (`flush`), and for tests of tampering.

    On PostgreSQL only the owner of the tables may; the role of the web process is not.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        tables = [table for table in TABLES if table in there]
        if connection.vendor == "postgresql":
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        kept = []
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")
            kept = [(name, sql) for name, sql, table in cursor.fetchall() if table in tables]
            for name, _sql in kept:
                cursor.execute(f"DROP TRIGGER {name}")
        try:
            yield
        finally:
            if connection.vendor == "postgresql":
                for table in tables:
                    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            for _name, sql in kept:
                cursor.execute(sql)
