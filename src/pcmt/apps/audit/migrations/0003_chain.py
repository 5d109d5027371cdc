"""The columns of the chain, and the chain of the entries that are there already, in the order of their rows."""

from __future__ import annotations

from itertools import groupby

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

from pcmt.apps.audit.chain import CONTENT, entry_hash, seed_of
from pcmt.core.text import fold


def lift_guard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Until the entries have their hashes; the next migration puts a better guard in its place."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP TRIGGER audit_append_only ON audit_entry", params=None)
        editor.execute("DROP FUNCTION pcmt_audit_append_only()", params=None)


def old_guard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE FUNCTION pcmt_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'audit entries are append-only'; END $$",
            params=None,
        )
        editor.execute(
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_entry"
            " FOR EACH ROW EXECUTE FUNCTION pcmt_audit_append_only()",
            params=None,
        )


def chain(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Day by day in the order of the calendar; within a day by moment, then by row."""
    entries, days = apps.get_model("audit", "Entry"), apps.get_model("audit", "Day")
    ordered = entries.objects.order_by("at", "pk").iterator(chunk_size=1000)
    before_entries, before_head = 0, ""
    for number, (on, group) in enumerate(groupby(ordered, key=_day_of), 1):
        seed = seed_of(day=on, number=number, before_entries=before_entries, before_head=before_head)
        day = days(day=on, number=number, before_entries=before_entries, before_head=before_head, seed=seed)
        head, count, done = seed, 0, []
        for count, entry in enumerate(group, 1):
            entry.day, entry.number, entry.previous = on, count, head
            entry.search_key = fold(entry.object_label)[:600]
            head = entry.hash = entry_hash({name: getattr(entry, name) for name in CONTENT})
            done.append(entry)
            if len(done) == 500:
                entries.objects.bulk_update(done, ["day", "number", "previous", "hash", "search_key"])
                done = []
        entries.objects.bulk_update(done, ["day", "number", "previous", "hash", "search_key"])
        day.entries, day.head = count, head
        day.save()
        before_entries, before_head = count, head


def _day_of(entry: models.Model) -> object:
    return timezone.localdate(entry.at, timezone.get_default_timezone())  # type: ignore[attr-defined]


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.RunPython(lift_guard, old_guard),
        migrations.CreateModel(
            name="Day",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True, verbose_name="ngày")),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="thứ tự")),
                ("before_entries", models.PositiveIntegerField(default=0)),
                ("before_head", models.CharField(blank=True, max_length=64)),
                ("seed", models.CharField(max_length=64)),
                ("entries", models.PositiveIntegerField(default=0, verbose_name="số mục")),
                ("head", models.CharField(max_length=64, verbose_name="đầu chuỗi")),
                ("pruned", models.PositiveIntegerField(default=0, verbose_name="số mục đã hủy")),
                ("pruned_head", models.CharField(blank=True, max_length=64)),
            ],
            options={"verbose_name": "ngày nhật ký"},
        ),
        migrations.AddField("entry", "actor_role", models.CharField("vai trò", max_length=20, blank=True, default="")),
        migrations.AddField("entry", "grant_id", models.BigIntegerField("mã vai trò được giao", null=True)),
        migrations.AddField("entry", "search_key", models.CharField(max_length=600, editable=False, default="")),
        migrations.AddField("entry", "day", models.DateField("ngày", null=True)),
        migrations.AddField("entry", "number", models.PositiveIntegerField("số trong ngày", default=0)),
        migrations.AddField("entry", "previous", models.CharField(max_length=64, default="")),
        migrations.AddField("entry", "hash", models.CharField(max_length=64, default="")),
        migrations.RunPython(chain, migrations.RunPython.noop),
    ]
