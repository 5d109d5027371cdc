"""Two roles on PostgreSQL: one owns the tables and migrates, the other serves and only adds to the log.

The triggers stop every role; this stops the role of the web processes from lifting them.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from pcmt.apps.audit.models import Day, Entry

ENTRY, DAY = Entry._meta.db_table, Day._meta.db_table
GUARDS = ("pcmt_audit_entry_guard", "pcmt_audit_day_guard", "pcmt_audit_whole_guard")


def statements(web: str, owner: str, schema: str) -> Sequence[str]:
    """What the owner of the tables says so that the role `web` can serve. Names are quoted; all may be said again."""
    rights = "SELECT, INSERT, UPDATE, DELETE"
    web, owner, schema = (f'"{name.replace(chr(34), chr(34) * 2)}"' for name in (web, owner, schema))
    return (
        f"GRANT USAGE ON SCHEMA {schema} TO {web}",
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {web}",
        f"GRANT {rights} ON ALL TABLES IN SCHEMA {schema} TO {web}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {web}",
        # Tables of later versions; those of the log are taken back below whenever this is said again.
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT {rights} ON TABLES TO {web}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {web}",
        # The log: entries are added and read; the head of a day moves on. Nothing is changed, removed or pruned.
        f"REVOKE ALL ON {schema}.{ENTRY}, {schema}.{DAY} FROM {web}",
        f"GRANT SELECT, INSERT ON {schema}.{ENTRY}, {schema}.{DAY} TO {web}",
        f"GRANT UPDATE (entries, head) ON {schema}.{DAY} TO {web}",
        # The triggers look at these very tables, not at temporary ones of the same name.
        *(f"ALTER FUNCTION {schema}.{name}() SET search_path = {schema}, pg_temp" for name in GUARDS),
        # What was migrated is read, never rewritten.
        f"REVOKE INSERT, UPDATE, DELETE ON {schema}.django_migrations FROM {web}",
    )


class Unfit(ValueError):
    """Roles cannot be separated so; the message (Vietnamese) says why."""


def separate(web: str, *, using: str = "default") -> Sequence[str]:
    """Give the role `web` the rights of the web processes; the owner of the tables asks. What was said, or Unfit."""
    connection = connections[using]
    said = planned(web, using=using)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [web])
        if cursor.fetchone() is None:
            raise Unfit(f"chưa có vai trò {web!r}: tạo trước bằng CREATE ROLE {web} LOGIN PASSWORD …")
        cursor.execute("SELECT rolsuper OR pg_has_role(%s, %s, 'MEMBER') FROM pg_roles WHERE rolname = %s",
                       [web, _owner(connection), web])  # fmt: skip
        if cursor.fetchone()[0]:
            raise Unfit(f"vai trò {web!r} là quản trị hoặc là chủ các bảng: chọn một vai trò khác")
        for sql in said:
            cursor.execute(sql)
    return said


def planned(web: str, *, using: str = "default") -> Sequence[str]:
    """The statements for this database, without saying them."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        raise Unfit("chỉ PostgreSQL có vai trò; với SQLite, ai ghi được tệp thì sửa được nhật ký")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = cursor.fetchone()[0]
    return statements(web, _owner(connection), schema)


def too_strong(using: str = "default") -> str:
    """The name of the present role where it could change the log or lift its guard; empty where it cannot.

    Empty on SQLite too: there whoever writes the file can.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper OR pg_has_role(current_user, %s, 'MEMBER')"
            " OR has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE, TRIGGER') OR has_table_privilege(%s, 'DELETE')"
            " FROM pg_roles WHERE rolname = current_user",
            [_owner(connection), ENTRY, DAY],
        )
        name, strong = cursor.fetchone()
    return str(name) if strong else ""


def _owner(connection: BaseDatabaseWrapper) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableowner FROM pg_tables WHERE schemaname = current_schema() AND tablename = %s", [ENTRY]
        )
        found = cursor.fetchone()
    if found is None:
        raise Unfit("chưa có bảng nhật ký: chạy pcmt migrate trước")
    return str(found[0])
