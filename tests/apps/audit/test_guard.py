"""The database itself refuses to change the log, whoever asks; on PostgreSQL the web process lacks the rights too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from pcmt.apps.audit.chain import entry_hash
from pcmt.apps.audit.models import Day, Entry
from pcmt.apps.audit.operations.roles import too_strong
from pcmt.apps.audit.queries import verify
from pcmt.config.checkup import log_warnings
from pcmt.config.cli import main
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


@pytest.fixture
def web(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the role of the web process, with the rights that `pcmt audit roles` gives it."""
    if not POSTGRESQL:
        pytest.skip("roles are known to PostgreSQL only (PCMT_TEST_DB=pg)")
    fill(days=2, a_day=3)
    with connection.cursor() as cursor:
        cursor.execute("DROP ROLE IF EXISTS pcmt_web_test")
        cursor.execute("CREATE ROLE pcmt_web_test LOGIN")
    call_command("audit", "roles", "pcmt_web_test")
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
    # Such a role is stopped by its rights already, before any trigger.
    for sql in (
        "UPDATE audit_entry SET reason = 'x'", "DELETE FROM audit_entry", "DELETE FROM audit_day",
        "TRUNCATE audit_entry", "TRUNCATE audit_day", "DROP TRIGGER audit_entry_guard ON audit_entry",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL", "ALTER TABLE audit_entry OWNER TO pcmt_web_test",
        "CREATE OR REPLACE FUNCTION pcmt_audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "DROP FUNCTION pcmt_audit_entry_guard() CASCADE", "CREATE TABLE anything (x int)",
        "CREATE TRIGGER let_go BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION pcmt_audit_entry_guard()",
        "DELETE FROM django_migrations",
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(sql)
    web.execute("GRANT UPDATE ON audit_entry TO pcmt_web_test")  # PostgreSQL only warns, and gives nothing
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("UPDATE audit_entry SET reason = 'x'")
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


def test_a_temporary_table_does_not_fool_the_guard(web: psycopg.Connection[Any]) -> None:
    """A head of one's own making, found before the real one, would let a forged entry through."""
    web.execute("CREATE TEMP TABLE audit_day AS SELECT * FROM public.audit_day")
    web.execute("UPDATE audit_day SET entries = 40, head = 'forged'")
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        web.execute(
            "INSERT INTO public.audit_entry (at, actor_name, actor_role, actor_unit, event, object_type, object_id,"
            " object_label, search_key, reason, request_id, address, day, number, previous, hash)"
            " SELECT at, actor_name, actor_role, actor_unit, event, object_type, object_id, object_label, search_key,"
            " reason, request_id, address, day, 41, 'forged', hash FROM public.audit_entry LIMIT 1"
        )
    assert verify().problems == ()


def test_the_role_of_the_web_process_is_told_from_the_owner(
    web: psycopg.Connection[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert too_strong() == connection.settings_dict["USER"]
    assert len(log_warnings()) == 1
    assert main(["check"]) in (0, 1)
    assert "CHÚ Ý  vai trò" in capsys.readouterr().out
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE pcmt_web_test")
        try:
            assert too_strong() == ""
            assert log_warnings() == []
        finally:
            cursor.execute("RESET ROLE")
        cursor.execute("GRANT DELETE ON audit_entry TO pcmt_web_test")
        cursor.execute("SET ROLE pcmt_web_test")
        try:
            assert too_strong() == "pcmt_web_test"
        finally:
            cursor.execute("RESET ROLE")


def test_roles_that_cannot_be_separated(web: psycopg.Connection[Any], capsys: pytest.CaptureFixture[str]) -> None:
    for name, why in (("nobody_at_all", "chưa có vai trò"), ("postgres", "là quản trị hoặc là chủ")):
        with pytest.raises(CommandError, match=why):
            call_command("audit", "roles", name)
    call_command("audit", "roles", 'x"; DROP TABLE audit_entry; --', "--sql")
    assert 'TO "x""; DROP TABLE audit_entry; --"' in capsys.readouterr().out


@pytest.mark.skipif(POSTGRESQL, reason="SQLite knows no roles")
@pytest.mark.django_db
def test_roles_are_for_postgresql(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="chỉ PostgreSQL có vai trò"):
        call_command("audit", "roles", "web")
    assert (too_strong(), log_warnings()) == ("", [])


# --- whoever owns the server


def test_what_a_superuser_does_behind_the_triggers_is_named(
    transactional_db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """A connection of its own, on which no trigger fires: altered, removed and swapped entries are each named."""
    if not POSTGRESQL:
        pytest.skip("triggers are switched off by a session on PostgreSQL only (PCMT_TEST_DB=pg)")
    fill(days=4, a_day=5)
    here = connection.settings_dict
    days = [DAY + timedelta(days=number) for number in range(4)]
    with psycopg.connect(host=here["HOST"], dbname=here["NAME"], user=here["USER"]) as behind:
        behind.execute("SET session_replication_role = replica")
        behind.execute("UPDATE audit_entry SET actor_name = 'Ai khác' WHERE day = %s AND number = 3", [days[0]])
        behind.execute("DELETE FROM audit_entry WHERE day = %s AND number = 2", [days[1]])
        for old, new in ((1, 99), (4, 1), (99, 4)):
            behind.execute("UPDATE audit_entry SET number = %s WHERE day = %s AND number = %s", [new, days[2], old])
        behind.execute("DELETE FROM audit_entry WHERE day = %s", [days[3]])
        behind.execute("DELETE FROM audit_day WHERE day = %s", [days[3]])
    with pytest.raises(SystemExit) as ended:
        call_command("audit", "verify")
    assert ended.value.code == 1
    said = capsys.readouterr().out.splitlines()
    assert [line.split(" (")[0].split(" bị ")[0] for line in said] == [
        "Ngày 02/03/2026: mục số 3",
        "Ngày 03/03/2026: mục số 2",
        "Ngày 04/03/2026: mục số 4, nay mang số 1",
        "Ngày 04/03/2026: mục số 1, nay mang số 4",
    ]
    assert [line.rpartition(" bị ")[2] for line in said] == ["sửa", "xóa", "đổi chỗ", "đổi chỗ"]
