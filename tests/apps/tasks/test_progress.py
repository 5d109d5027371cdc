"""Telling how a task stands; late stays late."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from pcmt.apps.audit.models import Entry
from pcmt.apps.tasks.models import DueItem, ProgressNote, Task
from pcmt.apps.tasks.operations import keep_evidence, reopen, report_progress
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import adopted
from tests.factories.world import NOW, World

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def due(land: World) -> DueItem:
    """The list that Sở Y tế owes by 14 June."""
    adopted(land.office)
    return DueItem.objects.get(task__text__startswith="Lập danh sách")


def told(answer: object) -> DueItem:
    assert isinstance(answer, DueItem), answer
    return answer


def refusal(answer: object) -> Refusal:
    assert isinstance(answer, Refusal), answer
    return answer


def test_progress_then_done(land: World, due: DueItem) -> None:
    actor = land.actor("health")
    half = told(report_progress(actor=actor, at=NOW, due_item_id=due.pk, version=1, percent=50, note="đã xong 3 xã"))
    assert (half.percent, half.state, half.version) == (50, "open", 2)
    task = Task.objects.get(pk=due.task_id)
    assert (task.percent, task.note, task.state) == (50, "đã xong 3 xã", "open")
    done = told(report_progress(actor=actor, at=NOW, due_item_id=due.pk, version=2, done=True))
    assert (done.percent, done.state, done.done_on, done.done_at) == (100, "done", date(2026, 3, 2), NOW)
    task.refresh_from_db()
    assert (task.state, task.percent, task.done_at) == ("done", 100, NOW)
    assert [note.event for note in ProgressNote.objects.order_by("pk")] == ["progress", "done"]
    assert Entry.objects.get(event="tasks.due.done").actor_name == actor.name


def test_the_day_of_doing_is_the_local_day(land: World, due: DueItem) -> None:
    """18:30 UTC on the 14th is already the 15th in Việt Nam: one day late."""
    at = datetime(2026, 6, 14, 18, 30, tzinfo=UTC)
    done = told(report_progress(actor=land.actor("health"), at=at, due_item_id=due.pk, version=1, done=True))
    assert done.done_on == date(2026, 6, 15)
    assert done.is_late(date(2026, 6, 20))
    assert list(DueItem.objects.filter(pk=due.pk).late(date(2026, 6, 20))) == [done]


@pytest.mark.parametrize(("day", "late"), [(date(2026, 6, 14), False), (date(2026, 6, 15), True)])
def test_late_from_the_day_after(land: World, due: DueItem, day: date, late: bool) -> None:
    assert due.is_late(day) is late
    assert DueItem.objects.filter(pk=due.pk).overdue(day).exists() is late


def test_what_is_requested_is_never_late(land: World, due: DueItem) -> None:
    asked = DueItem.objects.get(mode="requested")
    assert asked.due_on == date(2026, 1, 31)
    assert not asked.is_late(date(2026, 12, 1))
    assert not DueItem.objects.filter(mode="requested").overdue(date(2026, 12, 1)).exists()
    done = told(report_progress(actor=land.actor("front"), at=NOW, due_item_id=asked.pk, version=1, done=True))
    assert not done.is_late(date(2026, 12, 1))
    assert not DueItem.objects.filter(mode="requested").late(date(2026, 12, 1)).exists()


def test_a_joint_task_is_done_when_everyone_is(land: World, due: DueItem) -> None:
    task = Task.objects.get(text__startswith="Cấp kinh phí")
    first, second = task.due_items.order_by("pk")
    actors = {land["finance"].pk: land.actor("finance"), land["police"].pk: land.office}
    assert first.unit_id is not None
    assert second.unit_id is not None
    told(report_progress(actor=actors[first.unit_id], at=NOW, due_item_id=first.pk, version=1, done=True))
    task.refresh_from_db()
    assert (task.state, task.percent) == ("open", 50)
    told(report_progress(actor=actors[second.unit_id], at=NOW, due_item_id=second.pk, version=1, done=True))
    task.refresh_from_db()
    assert task.state == "done"
    told(reopen(actor=land.office, at=NOW, due_item_id=first.pk, version=2, reason="thiếu chứng từ"))
    task.refresh_from_db()
    assert (task.state, task.percent, task.done_at) == ("open", 99, None)


def test_opening_again_needs_a_reason_and_keeps_the_limit(land: World, due: DueItem) -> None:
    actor = land.actor("health")
    told(report_progress(actor=actor, at=NOW, due_item_id=due.pk, version=1, done=True))
    assert refusal(reopen(actor=actor, at=NOW, due_item_id=due.pk, version=2, reason=" ")).code == "reason"
    back = told(reopen(actor=actor, at=NOW, due_item_id=due.pk, version=2, reason="còn thiếu hai xã"))
    assert (back.state, back.done_at, back.done_on, back.due_on) == ("open", None, None, date(2026, 6, 14))
    assert ProgressNote.objects.filter(event="reopened", note="còn thiếu hai xã").exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "nothing"),
        ({"percent": 101}, "percent"),
        ({"percent": -1}, "percent"),
        ({"note": "x" * 5001}, "too_long"),
    ],
)
def test_what_cannot_be_told(land: World, due: DueItem, given: dict[str, Any], code: str) -> None:
    answer = report_progress(actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=1, **given)
    assert refusal(answer).code == code
    assert not ProgressNote.objects.exists()


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("health", "leader"),
        ("finance", "officer"),
        ("dong_hoa_clinic", "officer"),
        ("binh_giang_police", "standing_office"),
        ("dong_hoa_police", "standing_office"),
        ("police", "officer"),
    ],
)
def test_others_may_not_tell(land: World, due: DueItem, key: str, role: str) -> None:
    actor = land.actor(key, role)
    for answer in (
        report_progress(actor=actor, at=NOW, due_item_id=due.pk, version=1, done=True),
        keep_evidence(actor=actor, at=NOW, due_item_id=due.pk, files=[("a.txt", b"abc")]),
        reopen(actor=actor, at=NOW, due_item_id=due.pk, version=1, reason="x"),
    ):
        assert refusal(answer).code == "not_allowed"


def test_the_standing_office_tells_for_others(land: World, due: DueItem) -> None:
    told(report_progress(actor=land.office, at=NOW, due_item_id=due.pk, version=1, note="báo qua điện thoại"))


def test_two_people_at_one_task(land: World, due: DueItem) -> None:
    told(report_progress(actor=land.office, at=NOW, due_item_id=due.pk, version=1, percent=30))
    stale = refusal(report_progress(actor=land.actor("health"), at=NOW, due_item_id=due.pk, version=1, percent=80))
    assert stale.code == "stale"
    assert stale.message.startswith("lan vừa báo tiến độ lúc 10:00")


def test_pressing_done_twice(land: World, due: DueItem) -> None:
    actor = land.actor("health")
    for _press in range(2):
        told(report_progress(actor=actor, at=NOW, due_item_id=due.pk, version=1, done=True))
    assert ProgressNote.objects.count() == 1
    lower = report_progress(actor=actor, at=NOW, due_item_id=due.pk, version=2, percent=10)
    assert refusal(lower).code == "done"


def test_a_report_may_be_ticked_off(land: World, due: DueItem) -> None:
    report = DueItem.objects.filter(kind="report", unit=land["health"]).order_by("due_on")[0]
    done = told(report_progress(actor=land.actor("health"), at=NOW, due_item_id=report.pk, version=1, done=True))
    assert done.is_late(date(2026, 3, 3))
    assert ProgressNote.objects.get().task is None
