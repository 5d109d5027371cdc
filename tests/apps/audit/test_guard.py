"""The database itself refuses to change the log, whoever asks; on PostgreSQL the web process lacks the rights too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from pcmt.apps.audit.chain import entry_hash
from pcmt.apps.audit.models import Day, Entry
from pcmt.apps.audit.queries import verify
from tests.apps.audit.tampering import AT, DAY, entries, fill, heads, tampering

POSTGRESQL = "postgresql" in settings.DATABASES["default"]["ENGINE"]


@pytest.fixture
def log(db: None) -> None:
    fill(days=2, a_day=3)


REFUSED = (
    "UPDATE audit_entry SET reason = 'x'",
    "UPDATE audit_entry SET reason = 'x' WHERE number = 2",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_entry WHERE number = 3",
    "DELETE FROM audit_day",
    "UPDATE audit_day SET entries = entries - 1",
    "UPDATE audit_day SET entries = entries + 1",
    "UPDATE audit_day SET head = seed",
    "UPDATE audit_day SET seed = head",
    "UPDATE audit_day SET before_entries = 0, number = number + 10",
    "UPDATE audit_day SET entries = 0, head = seed",
    "UPDATE audit_day SET pruned = 1, pruned_head = head",
)


@pytest.mark.parametrize("sql", [*REFUSED, *(["TRUNCATE audit_entry", "TRUNCATE audit_day"] if POSTGRESQL else [])])
def test_the_database_refuses(log: None, sql: str) -> None:
    before = list(Entry.objects.values()), list(Day.objects.values())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert (list(Entry.objects.values()), list(Day.objects.values())) == before


@pytest.mark.parametrize("values", [{"number": 5}, {"number": 3}, {"previous": "0" * 64}, {"day": DAY.replace(day=9)}])
def test_the_database_refuses_entries_that_do_not_continue_the_day(log: None, values: dict[str, Any]) -> None:
    head = heads().get()
    row = Entry(at=AT, actor_name="x", event="a.b.c", object_type="t", object_id="1", object_label="x")
    row.day, row.number, row.previous = DAY, head.entries + 1, head.head
    for name, value in values.items():
        setattr(row, name, value)
    row.hash = entry_hash(vars(row))
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)
    assert verify().problems == ()


def test_the_guard_is_back_after_it_was_lifted(log: None) -> None:
    with tampering():
        entries().filter(number=2).update(reason="khác")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entries().filter(number=2).update(reason="")


@pytest.mark.django_db(transaction=True)
def test_emptying_the_whole_database_leaves_the_guard() -> None:
    fill(days=1)
    call_command("flush", interactive=False, verbosity=0)
    assert (Entry.objects.count(), Day.objects.count()) == (0, 0)
    fill(days=1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entries().delete()


# --- the roles of docs/dev/operations.md

ROLES = Path(__file__).parents[3] / "ops/postgresql-roles.sql"


@pytest.fixture
def web(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the role of the web process, with the rights that ops/postgresql-roles.sql gives it."""
    if not POSTGRESQL:
        pytest.skip("roles are known to PostgreSQL only (PCMT_TEST_DB=pg)")
    fill(days=2, a_day=3)
    with connection.cursor() as cursor:
        cursor.execute("DROP ROLE IF EXISTS pcmt_web_test")
        cursor.execute("CREATE ROLE pcmt_web_test LOGIN")
        cursor.execute(ROLES.read_text(encoding="utf-8").replace(":web", "pcmt_web_test").replace(":owner", "postgres"))
    here = connection.settings_dict
    opened = psycopg.connect(host=here["HOST"], dbname=here["NAME"], user="pcmt_web_test", autocommit=True)
    yield opened
    opened.close()
    with connection.cursor() as cursor:
        cursor.execute("DROP OWNED BY pcmt_web_test")
        cursor.execute("DROP ROLE pcmt_web_test")


def test_the_role_of_the_web_process_appends_and_no_more(web: psycopg.Connection[Any]) -> None:
    refused = [
        *REFUSED,
        "UPDATE audit_day SET pruned = entries, pruned_head = head",
        "TRUNCATE audit_entry",
        "ALTER TABLE audit_entry DISABLE TRIGGER USER",
        "DROP TRIGGER audit_entry_guard ON audit_entry",
        "SET session_replication_role = replica",
        "DROP TABLE audit_entry CASCADE",
    ]
    for sql in refused:
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)):
            web.execute(sql)
    # A role without UPDATE and DELETE is stopped by the rights already, before any trigger.
    for sql in ("UPDATE audit_entry SET reason = 'x'", "DELETE FROM audit_entry", "DELETE FROM audit_day"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(sql)
    assert web.execute("SELECT count(*) FROM audit_entry").fetchone() == (6,)
    assert verify().problems == ()


def test_the_web_process_works_with_its_role(web: psycopg.Connection[Any]) -> None:
    """The program's own way of recording, as that role: a new day, a second entry; and other tables are its own."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE pcmt_web_test")
        try:
            fill(days=1, a_day=2)
            later = datetime(2026, 5, 1, tzinfo=UTC)
            from tests.apps.audit.tampering import write

            write(1, at=later)
            write(2, at=later + timedelta(hours=1))
            cursor.execute("INSERT INTO django_content_type (app_label, model) VALUES ('x', 'y')")
            cursor.execute("DELETE FROM django_content_type WHERE app_label = 'x'")
        finally:
            cursor.execute("RESET ROLE")
    assert Day.objects.get(day=later.date()).entries == 2
    assert verify().problems == ()
