"""Whatever is done to the log behind the program's back is found and named."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from pcmt.apps.audit.chain import CONTENT, entry_hash
from pcmt.apps.audit.models import Day, Entry
from pcmt.apps.audit.operations import hold
from pcmt.apps.audit.queries import DayState, Kind, verify
from pcmt.config import cli
from tests.apps.audit.tampering import AT, DAY, entries, fill, heads, tampering, write

pytestmark = pytest.mark.django_db

NEXT = DAY + timedelta(days=1)
LAST = DAY + timedelta(days=2)


@pytest.fixture
def log() -> None:
    fill(days=3, a_day=5)


def findings() -> list[tuple[str, Any, int | None, int | None]]:
    return [(each.kind.value, each.day, each.number, each.last) for each in verify().problems]


def renumbered(number: int, by: int) -> None:
    """Everything from a number on moves up or down, without its hash being made anew."""
    moving = entries().filter(number__gte=number)
    for row in moving.order_by("-number" if by > 0 else "number"):
        entries().filter(pk=row.pk).update(number=row.number + by)


def copied(source: int, **values: Any) -> Entry:
    """A forged entry, sound in itself."""
    row = Entry(**{**entries().filter(number=source).values(*CONTENT)[0], **values})
    row.hash = entry_hash(vars(row))
    row.save(force_insert=True)
    return row


def test_what_was_written_is_intact(log: None) -> None:
    report = verify()
    assert (report.problems, len(report.days), report.entries) == ((), 3, 15)
    assert [each.previous == before.hash for before, each in zip(entries(), entries()[1:], strict=False)] == [True] * 4


@pytest.mark.parametrize(
    "values",
    [
        {"actor_name": "Người Khác"},
        {"actor_id": 8},
        {"reason": "khác"},
        {"after": {"h": 99}},
        {"before": {}},
        {"event": "jobs.cron.kept"},
        {"object_id": "77"},
        {"search_key": ""},
        {"address": "10.1.1.1"},
        {"grant_id": None},
        {"at": AT + timedelta(minutes=3, microseconds=1)},
    ],
    ids=lambda values: next(iter(values)),
)
def test_an_altered_entry(log: None, values: dict[str, Any]) -> None:
    with tampering():
        entries().filter(number=3).update(**values)
    row = entries().get(number=3)
    (problem,) = verify().problems
    assert (problem.kind, problem.day, problem.number, problem.entry_id) == (Kind.ALTERED, DAY, 3, row.pk)


@pytest.mark.parametrize("number", [1, 3, 5])
def test_an_entry_altered_with_its_hash(log: None, number: int) -> None:
    with tampering():
        entries().filter(number=number).update(reason="khác")
        entries().filter(number=number).update(hash=entry_hash(entries().filter(number=number).values(*CONTENT)[0]))
    assert findings() == [("altered", DAY, number, None)]


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_removed_entry(log: None, number: int) -> None:
    with tampering():
        entries().filter(number=number).delete()
    assert findings() == [("removed", DAY, number, number)]


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_removed_entry_with_the_gap_closed(log: None, number: int) -> None:
    with tampering():
        entries().filter(number=number).delete()
        renumbered(number + 1, -1)
    assert findings() == [("removed", DAY, number, number)]


def test_several_removed_entries(log: None) -> None:
    with tampering():
        entries().filter(number__in=(2, 3, 5)).delete()
    assert findings() == [("removed", DAY, 2, 3), ("removed", DAY, 5, 5)]


@pytest.mark.parametrize("number", [1, 3, 5, 6])
def test_an_inserted_entry(log: None, number: int) -> None:
    with tampering():
        renumbered(number, 1)
        row = copied(number + 1 if number < 6 else 5, number=number, actor_name="Kẻ Chen")
    (problem,) = verify().problems
    assert (problem.kind, problem.number, problem.entry_id) == (Kind.INSERTED, number, row.pk)


def test_an_entry_chained_to_the_end_without_the_head(log: None) -> None:
    with tampering():
        last = entries().get(number=5)
        copied(5, number=6, previous=last.hash)
    assert findings() == [("inserted", DAY, 6, None)]


def test_reordered_entries(log: None) -> None:
    with tampering():
        for old, new in ((2, 90), (4, 2), (90, 4)):
            entries().filter(number=old).update(number=new)
    found = [(each.kind, each.number, each.now) for each in verify().problems]
    assert found == [(Kind.REORDERED, 4, 2), (Kind.REORDERED, 2, 4)]


@pytest.mark.parametrize("cut", [1, 3])
def test_a_truncated_day(log: None, cut: int) -> None:
    with tampering():
        entries().filter(number__gt=5 - cut).delete()
    assert findings() == [("removed", DAY, 6 - cut, 5)]


def test_a_truncated_day_whose_head_was_set_back(log: None) -> None:
    """The next day was built on the whole day: that gives it away."""
    with tampering():
        entries().filter(number__gt=3).delete()
        heads().update(entries=3, head=entries().get(number=3).hash)
    assert findings() == [("day_altered", DAY, None, None)]


def test_a_day_without_entries(log: None) -> None:
    with tampering():
        entries(NEXT).delete()
    assert findings() == [("removed", NEXT, 1, 5)]


def test_a_day_removed_with_its_head(log: None) -> None:
    with tampering():
        entries(NEXT).delete()
        heads(NEXT).delete()
    assert findings() == [("day_removed", None, 2, None)]


def test_a_day_whose_head_alone_was_removed(log: None) -> None:
    with tampering():
        heads(NEXT).delete()
    assert findings() == [("day_removed", NEXT, None, None), ("day_removed", None, 2, None)]


def test_a_whole_day_written_anew(log: None) -> None:
    """Every hash of the day fits; the day after it does not."""
    with tampering():
        head = heads().get().seed
        for row in entries():
            row.reason, row.previous = "khác", head
            head = entry_hash(vars(row))
            entries().filter(pk=row.pk).update(reason=row.reason, previous=row.previous, hash=head)
        heads().update(head=head)
    assert findings() == [("day_altered", DAY, None, None)]


def test_a_head_that_was_altered(log: None) -> None:
    with tampering():
        heads().update(head="0" * 64)
    # The next day names the true head, so the last entry is known to be the right one or not.
    assert ("altered", DAY, 5, None) in findings()
    with tampering():
        heads(NEXT).update(before_entries=4)
    assert ("day_altered", NEXT, None, None) in findings()


def test_what_was_kept_elsewhere_shows_a_log_written_anew_to_the_end(log: None, tmp_path: Path) -> None:
    kept = verify().days
    with tampering():
        entries(LAST).filter(number__gt=2).delete()
        heads(LAST).update(entries=2, head=entries(LAST).get(number=2).hash)
    assert verify().problems == ()
    (problem,) = verify(kept=kept).problems
    assert (problem.kind, problem.day) == (Kind.DAY_ALTERED, LAST)
    with tampering():
        entries(LAST).delete()
        heads(LAST).delete()
    assert verify().problems == ()
    (problem,) = verify(kept=kept).problems
    assert (problem.kind, problem.day) == (Kind.DAY_REMOVED, LAST)
    assert verify(kept=kept, until=NEXT).problems == ()


def test_days_that_go_on_growing_still_fit_what_was_kept(log: None) -> None:
    kept = verify().days
    write(9, at=AT + timedelta(hours=1))
    write(9, at=AT + timedelta(days=5))
    assert verify(kept=kept).problems == ()
    assert verify(kept=[*kept, DayState(DAY, 6, 0, "1" * 64)]).problems != ()


def test_entries_of_the_past_join_their_day(log: None) -> None:
    write(9, at=AT - timedelta(days=30))
    write(9, at=AT)
    assert verify().problems == ()
    assert list(Day.objects.order_by("number").values_list("day", flat=True))[-1] == DAY - timedelta(days=30)
    assert entries().count() == 6


def test_a_day_that_was_opened_for_nothing(log: None) -> None:
    hold(AT + timedelta(days=9))
    write(1, at=AT + timedelta(days=10))
    assert verify().problems == ()
    with tampering():
        heads(DAY + timedelta(days=9)).update(head="0" * 64)
    assert ("day_altered", DAY + timedelta(days=9), None, None) in findings()


def test_a_day_is_that_of_viet_nam() -> None:
    write(1, at=AT.replace(hour=16, minute=59))
    write(1, at=AT.replace(hour=17))
    assert list(Day.objects.order_by("day").values_list("day", "entries")) == [(DAY, 1), (NEXT, 1)]


def test_only_the_days_asked_for(log: None) -> None:
    with tampering():
        entries().filter(number=3).update(reason="khác")
    assert verify(since=NEXT).problems == ()
    assert verify(until=DAY).problems != ()
    assert [each.day for each in verify(since=NEXT, until=NEXT).days] == [NEXT]


# --- the command


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's commands hang up when they are done; here that would end the test's own transaction."""
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)


def spoil() -> None:
    with tampering():
        entries().filter(number=3).update(reason="khác")


@pytest.mark.parametrize(
    ("before", "arguments", "code", "said"),
    [
        (None, [], 0, "Nguyên vẹn: 3 ngày, 15 mục."),
        (spoil, [], 1, "Ngày 02/03/2026: mục số 3 (dòng "),
        (spoil, ["--from", "2026-03-03"], 0, "Nguyên vẹn: 2 ngày"),
        (spoil, ["--to", "2026-03-02"], 1, "bị sửa"),
        (None, ["--from", "hôm nay"], 2, ""),
        (None, ["--from", "2026-03-03", "--to", "2026-03-02"], 2, ""),
        (None, ["--against", "no-such-file"], 2, ""),
    ],
)
def test_verify_by_command(
    log: None,
    capsys: pytest.CaptureFixture[str],
    before: Callable[[], None] | None,
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    if before:
        before()
    assert cli.main(["audit", "verify", *arguments]) == code
    assert said in capsys.readouterr().out


def test_verify_as_json_and_against_it(log: None, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["audit", "verify", "--json"]) == 0
    written = capsys.readouterr().out
    told = json.loads(written)
    assert told["intact"] is True
    assert [day["day"] for day in told["days"]] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    kept = tmp_path / "kept.json"
    kept.write_text(written, encoding="utf-8")
    with tampering():
        entries(LAST).delete()
        heads(LAST).delete()
    assert cli.main(["audit", "verify"]) == 0
    assert cli.main(["audit", "verify", "--json", "--against", str(kept)]) == 1
    told = json.loads(capsys.readouterr().out.split("\n", 1)[1])
    assert [(each["kind"], each["day"]) for each in told["problems"]] == [("day_removed", "2026-03-04")]
    assert "04/03/2026" in told["problems"][0]["message"]


@pytest.mark.parametrize("arguments", [[], ["verify", "--no-such"], ["prune"], ["no-such"]])
def test_wrong_usage(arguments: list[str]) -> None:
    assert cli.main(["audit", *arguments]) == 2


def test_values_come_back_as_they_were_sealed() -> None:
    """Numbers, dates and letters that the two databases keep in different ways."""
    write(
        1,
        before={"x": 1.0, "y": 1e22, "z": 0.1, "small": 1e-7, "n": -0.0, 1: "một"},
        after={"day": DAY, "at": AT, "text": "Đ “x” \u2028 é \U0001f600", "none": None, "deep": [{"a": [1, 2.50]}, ()]},
    )
    assert verify().problems == ()
    assert connection.vendor in {"sqlite", "postgresql"}
