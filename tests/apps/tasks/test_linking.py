"""What tasks wait for, serve and feed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.models import Duty, DutyTask
from pcmt.apps.reports.operations.linking import feed
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.models import Dependency, DueItem, Task, TaskParty, TaskTarget
from pcmt.apps.tasks.operations import report_progress, serve, wait_for
from pcmt.apps.tasks.queries import waited_for
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import TEXT, adopted
from tests.factories.world import NOW, World

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def tasks(land: World, reader: None) -> list[Task]:
    """The tasks of the plan in the order of its text."""
    plan = adopted(land.office).plan
    return list(Task.objects.filter(plan=plan).order_by("order"))


def code(answer: object) -> str:
    return answer.code if isinstance(answer, Refusal) else ""


def test_a_task_waits_for_another_until_that_is_done(land: World, tasks: list[Task]) -> None:
    first, money = tasks[0], next(task for task in tasks if task.text.startswith("Cấp kinh phí"))
    due = DueItem.objects.get(task=first)
    assert code(wait_for(actor=land.office, at=NOW, task_id=first.pk, add=[money.pk])) == ""
    assert waited_for(first.pk) == [money]
    health: dict[str, Any] = {"actor": land.actor("health"), "at": NOW, "due_item_id": due.pk}
    report_progress(**health, version=1, percent=90)
    refused = report_progress(**health, version=2, done=True, despite_parts=True)
    assert code(refused) == "waits"
    assert "Cấp kinh phí" in str(refused)
    for row in money.due_items.all():
        done = report_progress(actor=land.office, at=NOW, due_item_id=row.pk, version=1, done=True)
        assert isinstance(done, DueItem), done
    assert waited_for(first.pk) == []
    assert code(report_progress(**health, version=2, done=True)) == ""


def test_what_is_gone_holds_nothing_up(land: World, tasks: list[Task]) -> None:
    first, money = tasks[0], next(task for task in tasks if task.text.startswith("Cấp kinh phí"))
    wait_for(actor=land.office, at=NOW, task_id=first.pk, add=[money.pk])
    DueItem.objects.filter(task=money).update(state="cancelled")
    assert waited_for(first.pk) == []
    DueItem.objects.filter(task=money).update(state="open")
    assert waited_for(first.pk) == [money]
    adopted(land.office, TEXT.replace("- Cấp kinh phí cho các đội.", "- Mua sắm."), plan_id=first.plan_id)
    money.refresh_from_db()
    assert money.state == "ended"
    assert waited_for(first.pk) == []


def test_parts_wait_for_nothing(land: World, tasks: list[Task]) -> None:
    first, money = tasks[0], next(task for task in tasks if task.text.startswith("Cấp kinh phí"))
    wait_for(actor=land.office, at=NOW, task_id=first.pk, add=[money.pk])
    whole = DueItem.objects.get(task=first)
    part = DueItem.objects.get(pk=whole.pk)
    part.pk, part.parent, part.given_by, part.unit = None, whole, land["health"], land["dong_hoa"]
    part.save(force_insert=True)
    done = report_progress(actor=land.actor("dong_hoa"), at=NOW, due_item_id=part.pk, version=1, done=True)
    assert isinstance(done, DueItem), done


def test_circles_are_refused_and_change_nothing(land: World, tasks: list[Task]) -> None:
    one, two, three = tasks[:3]
    link: dict[str, Any] = {"actor": land.office, "at": NOW}
    wait_for(**link, task_id=two.pk, add=[one.pk])
    wait_for(**link, task_id=three.pk, add=[two.pk])
    entries = Entry.objects.count()
    for wrong in ([three.pk], [two.pk], [three.pk, tasks[3].pk]):
        refused = wait_for(**link, task_id=one.pk, add=wrong)
        assert code(refused) == "circle"
        assert isinstance(refused, Refusal)
        assert refused.field == "waits_for"
    assert code(wait_for(**link, task_id=one.pk, add=[one.pk])) == "other_plan"
    assert (Dependency.objects.count(), Entry.objects.count()) == (2, entries)
    # The chain is opened and closed the other way round in one act.
    assert code(wait_for(**link, task_id=two.pk, remove=[one.pk])) == ""
    assert code(wait_for(**link, task_id=one.pk, add=[three.pk])) == ""


def test_links_are_kept_once_and_removed_once(land: World, tasks: list[Task]) -> None:
    one, two = tasks[:2]
    target, duty = Target.objects.all()[0], Duty.objects.all()[0]
    link: dict[str, Any] = {"actor": land.office, "at": NOW, "task_id": one.pk}
    for operation, pk, model in (
        (wait_for, two.pk, Dependency),
        (serve, target.pk, TaskTarget),
        (feed, duty.pk, DutyTask),
    ):
        rows = model._default_manager
        for _time in range(2):
            assert code(operation(**link, add=[pk])) == ""
            assert rows.count() == 1
        logged = Entry.objects.count()
        assert code(operation(**link, add=[pk])) == ""
        assert Entry.objects.count() == logged  # nothing was done
        for _time in range(2):
            assert code(operation(**link, remove=[pk])) == ""
            assert rows.count() == 0
        assert Entry.objects.count() == logged + 1


def test_only_what_stands_in_the_same_plan_is_linked(land: World, tasks: list[Task]) -> None:
    other = adopted(land.office, TEXT + "\n\n").plan
    link: dict[str, Any] = {"actor": land.office, "at": NOW, "task_id": tasks[0].pk}
    assert code(wait_for(**link, add=[Task.objects.filter(plan=other)[0].pk])) == "other_plan"
    assert code(serve(**link, add=[Target.objects.filter(plan=other)[0].pk])) == "other_plan"
    assert code(feed(**link, add=[Duty.objects.filter(plan=other)[0].pk])) == "other_plan"
    assert code(wait_for(**link, add=[10**9])) == "other_plan"
    adopted(land.office, TEXT.replace("- Lập danh sách người cần hỗ trợ", "- Rà lại sổ"), plan_id=tasks[0].plan_id)
    assert code(wait_for(**link, add=[tasks[1].pk])) == "ended"


# Who may link a task that Sở Tài chính leads: "" may.
WHO = {
    ("police", "standing_office"): "",
    ("an_binh", "standing_office"): "",
    ("finance", "officer"): "",  # leads it
    ("finance", "leader"): "not_allowed",
    ("health", "officer"): "not_allowed",
    ("police", "officer"): "not_allowed",
    ("binh_giang_police", "standing_office"): "not_allowed",
}


def test_who_may_link(land: World, tasks: list[Task]) -> None:
    money, one = next(task for task in tasks if task.text.startswith("Cấp kinh phí")), tasks[0]
    assert TaskParty.objects.get(task=money, role="lead").unit == land["finance"]
    target, duty = Target.objects.all()[0], Duty.objects.all()[0]
    for (unit, role), expected in WHO.items():
        with transaction.atomic():
            link: dict[str, Any] = {"actor": land.actor(unit, role), "at": NOW, "task_id": money.pk}
            assert code(wait_for(**link, add=[one.pk])) == expected, (unit, role)
            assert code(serve(**link, add=[target.pk])) == expected
            assert code(feed(**link, add=[duty.pk])) == expected
            transaction.set_rollback(True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=14))
def test_no_way_of_linking_makes_a_circle(land: World, pairs: list[tuple[int, int]], five: list[Task]) -> None:
    with transaction.atomic():
        kept: set[tuple[int, int]] = set()
        for before, after in pairs:
            answer = wait_for(actor=land.office, at=NOW, task_id=five[after].pk, add=[five[before].pk])
            if not isinstance(answer, Refusal):
                kept.add((before, after))
            else:  # refused exactly when it would close a circle
                assert before == after or before in _reached(kept, after)
        assert all(start not in _reached(kept, start) for start in range(5))
        transaction.set_rollback(True)


def _reached(pairs: set[tuple[int, int]], start: int) -> set[int]:
    """What waits for a task, itself or through others."""
    found: set[int] = set()
    look = [start]
    while look:
        at = look.pop()
        new = {after for before, after in pairs if before == at} - found
        found |= new
        look += new
    return found


@pytest.fixture
def five(tasks: list[Task]) -> list[Task]:
    """Five tasks of one plan."""
    assert len(tasks) >= 5
    assert Plan.objects.count() == 1
    return tasks[:5]
