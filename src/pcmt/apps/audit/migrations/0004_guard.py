"""The columns of the chain become required, and the database itself holds the log together, on both databases.

What it lets through, whoever asks: an entry at the end of its day, whose head then moves to it; and the removal of
entries that the head of a day older than twelve months gives up. Nothing else: no change of an entry, no other removal,
no head set back. (TRUNCATE is known to PostgreSQL only.)

On SQLite a later migration that alters one of the two tables builds it anew and loses its triggers: it must end with
`guard` of this file again (a test looks for them).
"""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

ONLY = "audit entries are append-only"

FITS = "SELECT 1 FROM audit_day WHERE day = NEW.day AND entries + 1 = NEW.number AND head = NEW.previous"
GIVEN_UP = "SELECT 1 FROM audit_day WHERE day = OLD.day AND pruned >= OLD.number"
SAME_DAY = (
    "NEW.id = OLD.id AND NEW.day = OLD.day AND NEW.number = OLD.number AND NEW.seed = OLD.seed"
    " AND NEW.before_entries = OLD.before_entries AND NEW.before_head = OLD.before_head"
)
GROWS = (
    "NEW.entries = OLD.entries + 1 AND NEW.pruned = OLD.pruned AND NEW.pruned_head = OLD.pruned_head AND EXISTS"
    " (SELECT 1 FROM audit_entry WHERE day = NEW.day AND number = NEW.entries AND hash = NEW.head)"
)
GIVES_UP = (
    "NEW.entries = OLD.entries AND NEW.head = OLD.head AND NEW.pruned > OLD.pruned AND NEW.pruned = OLD.entries"
    " AND NEW.pruned_head = OLD.head AND OLD.day < {year_ago}"
)

GIVES_UP_SQLITE = GIVES_UP.format(year_ago="date('now', '-12 months')")
GIVES_UP_POSTGRESQL = GIVES_UP.format(year_ago="(CURRENT_DATE - INTERVAL '12 months')")

SQLITE = {
    "audit_entry_fits": f"BEFORE INSERT ON audit_entry WHEN NOT EXISTS ({FITS})",
    "audit_entry_stays": "BEFORE UPDATE ON audit_entry",
    "audit_entry_remains": f"BEFORE DELETE ON audit_entry WHEN NOT EXISTS ({GIVEN_UP})",
    "audit_day_grows": f"BEFORE UPDATE ON audit_day WHEN NOT ({SAME_DAY} AND (({GROWS}) OR ({GIVES_UP_SQLITE})))",
    "audit_day_remains": "BEFORE DELETE ON audit_day",
}

POSTGRESQL = (
    f"""
CREATE FUNCTION pcmt_audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND EXISTS ({FITS}) THEN RETURN NEW; END IF;
  IF TG_OP = 'DELETE' AND EXISTS ({GIVEN_UP}) THEN RETURN OLD; END IF;
  RAISE EXCEPTION '{ONLY}';
END $$
""",
    f"""
CREATE FUNCTION pcmt_audit_day_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF {SAME_DAY} AND (({GROWS}) OR ({GIVES_UP_POSTGRESQL})) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '{ONLY}';
END $$
""",
    f"""
CREATE FUNCTION pcmt_audit_whole_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{ONLY}';
END $$
""",
    (
        "CREATE TRIGGER audit_entry_guard BEFORE INSERT OR UPDATE OR DELETE ON audit_entry"
        " FOR EACH ROW EXECUTE FUNCTION pcmt_audit_entry_guard()"
    ),
    (
        "CREATE TRIGGER audit_day_guard BEFORE UPDATE OR DELETE ON audit_day"
        " FOR EACH ROW EXECUTE FUNCTION pcmt_audit_day_guard()"
    ),
    (
        "CREATE TRIGGER audit_entry_whole BEFORE TRUNCATE ON audit_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION pcmt_audit_whole_guard()"
    ),
    (
        "CREATE TRIGGER audit_day_whole BEFORE TRUNCATE ON audit_day"
        " FOR EACH STATEMENT EXECUTE FUNCTION pcmt_audit_whole_guard()"
    ),
)


def guard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for sql in POSTGRESQL:
            editor.execute(sql, params=None)
    elif editor.connection.vendor == "sqlite":
        for name, when in SQLITE.items():
            editor.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{ONLY}'); END", params=None)


def unguard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for name in ("entry_guard", "day_guard"):
            table = f"audit_{name.removesuffix('_guard')}"
            editor.execute(f"DROP TRIGGER audit_{name} ON {table}", params=None)
            editor.execute(f"DROP TRIGGER {table}_whole ON {table}", params=None)
            editor.execute(f"DROP FUNCTION pcmt_audit_{name}()", params=None)
        editor.execute("DROP FUNCTION pcmt_audit_whole_guard()", params=None)
    elif editor.connection.vendor == "sqlite":
        for name in SQLITE:
            editor.execute(f"DROP TRIGGER {name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_chain")]

    operations = [
        migrations.AlterField("entry", "actor_role", models.CharField("vai trò", max_length=20, blank=True)),
        migrations.AlterField("entry", "search_key", models.CharField(max_length=600, editable=False)),
        migrations.AlterField("entry", "day", models.DateField("ngày")),
        migrations.AlterField("entry", "number", models.PositiveIntegerField("số trong ngày")),
        migrations.AlterField("entry", "previous", models.CharField(max_length=64)),
        migrations.AlterField("entry", "hash", models.CharField(max_length=64)),
        migrations.AddConstraint(
            "entry", models.UniqueConstraint(fields=["day", "number"], name="audit_once_in_chain")
        ),
        migrations.AddIndex("entry", models.Index(fields=["-at"], name="audit_at")),
        migrations.AddIndex("entry", models.Index(fields=["event", "-at"], name="audit_event")),
        migrations.AddIndex("entry", models.Index(fields=["request_id"], name="audit_request")),
        migrations.RunPython(guard, unguard),
    ]
