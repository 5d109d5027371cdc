"""What is older than twelve months may go, and the rest still verifies; and the log as files."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from pcmt.apps.audit.models import Day, Entry
from pcmt.apps.audit.operations import Pruned, prune
from pcmt.apps.audit.queries import Kind, Report, verify
from pcmt.config import cli
from pcmt.core.diagnostics import Refusal
from tests.apps.audit.tampering import Someone, entries, fill, tampering, write

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
OLD = datetime(2024, 5, 6, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's commands hang up when they are done; here that would end the test's own transaction."""
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)


@pytest.fixture
def log() -> None:
    for day in range(3):
        for number in range(1, 5):
            write(number, at=OLD + timedelta(days=day, minutes=number))
    fill(days=2, a_day=3)


def test_pruning_keeps_the_heads_and_says_so_itself(log: None) -> None:
    done = prune(at=NOW, actor=Someone(), before=date(2024, 5, 8), reason="hết hạn lưu")
    assert done == Pruned(days=2, entries=8)
    assert list(Day.objects.order_by("number").values_list("entries", "pruned"))[:3] == [(4, 4), (4, 4), (4, 0)]
    assert verify().problems == ()
    last = Entry.objects.order_by("-at")[0]
    assert (last.event, last.actor_name, last.reason) == ("audit.entries.pruned", "Nguyễn Thị Hoa", "hết hạn lưu")
    assert last.after == {"before": "2024-05-08", "days": 2, "count": 8}


def test_nothing_to_prune_writes_nothing(log: None) -> None:
    assert prune(at=NOW, actor=None, before=date(2020, 1, 1)) == Pruned(days=0, entries=0)
    prune(at=NOW, actor=None, before=date(2024, 5, 8))
    count = Entry.objects.count()
    assert prune(at=NOW, actor=None, before=date(2024, 5, 8)) == Pruned(days=0, entries=0)
    assert Entry.objects.count() == count


@pytest.mark.parametrize(("before", "refused"), [(date(2025, 11, 22), False), (date(2025, 11, 23), True)])
def test_twelve_months_stay(log: None, before: date, refused: bool) -> None:
    done = prune(at=NOW, actor=None, before=before)
    assert isinstance(done, Refusal) is refused
    assert Entry.objects.filter(day__year=2024).exists() is refused
    if isinstance(done, Refusal):
        assert "22/11/2025" in done.message


def test_the_database_knows_the_twelve_months_too(log: None) -> None:
    """Even a program that means to prune younger days cannot."""
    young = datetime.now(tz=UTC) - timedelta(days=300)
    write(1, at=young)
    head = Day.objects.get(day=timezone.localdate(young))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Day.objects.filter(pk=head.pk).update(pruned=head.entries, pruned_head=head.head)


def test_a_log_that_is_not_whole_is_not_pruned(log: None) -> None:
    with tampering():
        entries(OLD.date()).filter(number=2).update(reason="khác")
    done = prune(at=NOW, actor=None, before=date(2024, 5, 8))
    assert isinstance(done, Report)
    assert [(problem.kind, problem.number) for problem in done.problems] == [(Kind.ALTERED, 2)]
    assert entries(OLD.date()).count() == 4


def test_a_pruned_day_may_go_on_and_is_still_watched(log: None) -> None:
    prune(at=NOW, actor=None, before=date(2024, 5, 8))
    write(9, at=OLD)
    write(9, at=OLD)
    assert verify().problems == ()
    with tampering():
        entries(OLD.date()).filter(number=5).delete()
    (problem,) = verify().problems
    assert (problem.kind, problem.number) == (Kind.REMOVED, 5)


def test_a_head_of_a_pruned_day_that_was_altered(log: None) -> None:
    prune(at=NOW, actor=None, before=date(2024, 5, 8))
    with tampering():
        Day.objects.filter(day=OLD.date()).update(head="0" * 64)
    assert {problem.kind for problem in verify().problems} == {Kind.DAY_ALTERED}


def test_by_command(log: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["audit", "prune", "--before", "2024-05-07", "--reason", "hết hạn lưu"]) == 0
    assert "Đã hủy 4 mục của 1 ngày" in capsys.readouterr().out
    assert cli.main(["audit", "prune", "--before", "2100-01-01"]) == 2
    assert "12 tháng" in capsys.readouterr().err
    with tampering():
        entries(date(2024, 5, 7)).filter(number=2).delete()
    assert cli.main(["audit", "prune", "--before", "2024-05-08"]) == 1
    assert "bị xóa" in capsys.readouterr().out
    assert Entry.objects.get(event="audit.entries.pruned").actor_id is None


def test_export_by_command(log: None, capsys: pytest.CaptureFixture[str]) -> None:
    write(1, at=OLD, reason="=1+1", after={"tên": "Hòa", "n": 1})
    assert cli.main(["audit", "export", "--from", "2024-05-06", "--to", "2024-05-06"]) == 0
    out = capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"))))
    assert [row["number"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert (rows[4]["reason"], rows[4]["actor_name"]) == ("'=1+1", "Nguyễn Thị Hoa")
    assert json.loads(rows[4]["after"]) == {"tên": "Hòa", "n": 1}
    assert cli.main(["audit", "export", "--format", "jsonl"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    # The first export is in the second: taking the log away is itself an act.
    assert len(found) == Entry.objects.count() - 1
    assert [each["event"] for each in found if each["object_type"] == "audit.Entry"] == ["audit.entries.exported"]
    assert found[0]["before"] is None


def test_a_longer_retention_is_kept_to(log: None, settings: Any) -> None:
    settings.PCMT_AUDIT_MONTHS = 24
    refused = prune(at=NOW, actor=None, before=date(2025, 10, 1))
    assert isinstance(refused, Refusal)
    assert "24 tháng" in refused.message
