"""A log from before the chain is chained as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from pcmt.apps.audit.models import Day, Entry
from pcmt.apps.audit.queries import verify
from tests.apps.audit.tampering import write

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


def migrate(name: str) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate([("audit", name)])
    return executor.loader.project_state([("audit", name)]).apps


@pytest.fixture
def latest() -> Iterator[str]:
    name = max(name for app, name in MigrationExecutor(connection).loader.graph.nodes if app == "audit")
    yield name
    migrate(name)


def test_entries_of_old_are_chained_by_day(latest: str) -> None:
    old = migrate("0002_append_only").get_model("audit", "Entry")
    for number in range(1203):
        old.objects.create(
            at=AT + timedelta(minutes=number % 130),
            actor_name="Hòa",
            event="jobs.cron.moved",
            object_type="jobs.Cron",
            object_id=str(number),
            object_label=f"Việc số {number}",
            after={"n": number / 2},
        )
    migrate(latest)
    report = verify()
    assert report.problems == ()
    assert (report.entries, [day.entries for day in report.days]) == (
        1203,
        list(Day.objects.values_list("entries", flat=True)),
    )
    assert len(report.days) == 2, "the two sides of midnight in Việt Nam"
    assert Entry.objects.filter(search_key="viec so 77").count() == 1
    write(1, at=AT)
    assert verify().problems == ()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_entry")


def test_there_and_back_on_an_empty_log(latest: str) -> None:
    migrate("0001_initial")
    migrate(latest)
    write(1)
    assert verify().entries == 1
