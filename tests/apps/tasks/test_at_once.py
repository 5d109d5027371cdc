"""Two people at the same moment, and the tree that changes meanwhile. PostgreSQL only: there rows are really locked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import settings

from pcmt.apps.reports.models import DutyTask
from pcmt.apps.tasks.models import Dependency, DueItem, ProgressNote, Task
from pcmt.apps.tasks.operations import acknowledge, decline, hand_down, report_progress, take_back, wait_for
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import carry_out_reorganisations
from pcmt.core.diagnostics import Refusal
from tests.apps.plans.test_concurrency import at_once
from tests.apps.units.reorganising import AFTERWARDS, SOON, merger, planned, police_merger
from tests.factories.plans import adopted
from tests.factories.world import NOW, World, world

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("reader"),
    pytest.mark.skipif(
        "postgresql" not in settings.DATABASES["default"]["ENGINE"],
        reason="rows are locked on PostgreSQL only (PCMT_TEST_DB=pg)",
    ),
]


LAST = date(2026, 12, 31)
"""The last day of the plan."""


@pytest.fixture
def there(transactional_db: None) -> World:
    return world()


@pytest.fixture
def due(there: World, reader: None) -> DueItem:
    """The list that Sở Y tế owes by 14 June."""
    adopted(there.office)
    return DueItem.objects.get(task__text__startswith="Lập danh sách")


def test_one_takes_it_on_while_another_gives_it_back(there: World, due: DueItem) -> None:
    one, two = there.actor("health"), there.actor("health", name="hoa")
    said: dict[str, Any] = {"at": NOW, "due_item_id": due.pk, "version": 1}
    answers = at_once(
        lambda: acknowledge(actor=one, **said), lambda: decline(actor=two, reason="Không phải việc của Sở", **said)
    )
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [each.code for each in refused] == ["stale"]
    due.refresh_from_db()
    assert (due.acknowledged_at is None) is (due.declined_at is not None)
    assert ProgressNote.objects.count() == 1


def test_the_same_part_is_given_once(there: World, due: DueItem) -> None:
    given: dict[str, Any] = {"at": NOW, "due_item_id": due.pk, "version": 1, "label": "Rà soát ở xã"}
    given["unit_ids"] = [there["dong_hoa"].pk, there["tay_hoa"].pk]
    people = there.actor("health"), there.office
    answers = at_once(*(lambda actor=actor: hand_down(actor=actor, **given) for actor in people))  # type: ignore[misc]
    assert sorted(isinstance(answer, Refusal) for answer in answers) == [False, True]
    assert DueItem.objects.filter(parent=due).count() == 2


def test_a_part_is_taken_back_while_its_unit_begins(there: World, due: DueItem) -> None:
    (part,) = hand_down(  # type: ignore[misc]
        actor=there.actor("health"), at=NOW, due_item_id=due.pk, version=1, unit_ids=[there["dong_hoa"].pk], label="P"
    )
    commune = there.actor("dong_hoa")
    said: dict[str, Any] = {"at": NOW, "due_item_id": part.pk, "version": 1}
    answers = at_once(
        lambda: take_back(actor=there.office, reason="Nhầm xã", **said),
        lambda: report_progress(actor=commune, percent=10, **said),
    )
    assert sorted(isinstance(answer, Refusal) for answer in answers) == [False, True]
    row = DueItem.objects.get(pk=part.pk)
    assert (row.state, row.percent) in {("cancelled", 0), ("open", 10)}


def test_the_whole_is_reported_done_while_a_part_is_given(there: World, due: DueItem) -> None:
    one, two = there.actor("health"), there.actor("health", name="hoa")
    said: dict[str, Any] = {"at": NOW, "due_item_id": due.pk, "version": 1}
    answers = at_once(
        lambda: report_progress(actor=one, done=True, **said),
        lambda: hand_down(actor=two, unit_ids=[there["dong_hoa"].pk], label="Phần", **said),
    )
    assert sorted(isinstance(answer, Refusal) for answer in answers) == [False, True]
    due.refresh_from_db()
    assert (due.state == "done") is not DueItem.objects.filter(parent=due).exists()


def test_two_tasks_cannot_be_made_to_wait_for_each_other(there: World, due: DueItem) -> None:
    one, two = Task.objects.filter(plan=due.plan_id).order_by("order")[:2]
    first, second = there.office, there.second
    answers = at_once(
        lambda: wait_for(actor=first, at=NOW, task_id=one.pk, add=[two.pk]),
        lambda: wait_for(actor=second, at=NOW, task_id=two.pk, add=[one.pk]),
    )
    assert [answer.code for answer in answers if isinstance(answer, Refusal)] == ["circle"]
    assert Dependency.objects.count() == 1
    assert DutyTask.objects.count() == 0


def test_a_part_is_given_while_its_unit_ends(there: World, due: DueItem) -> None:
    """Either the heir gets it, or the giver is told that the unit is no more: never a body of the past."""
    planned(there, merger(there), police_merger(there))
    given: dict[str, Any] = {"actor": there.actor("health"), "at": NOW, "due_item_id": due.pk, "version": 1}
    (before,) = hand_down(unit_ids=[there["dong_hoa"].pk], label="Trước ngày sắp xếp", **given)  # type: ignore[misc]
    later: dict[str, Any] = {"actor": there.actor("health", on=SOON), "at": AFTERWARDS, "due_item_id": due.pk}
    at_once(
        lambda: carry_out_reorganisations(at=AFTERWARDS),
        lambda: hand_down(unit_ids=[there["dong_hoa"].pk], label="Phần", version=2, due_on=LAST, **later),
    )
    assert DueItem.objects.filter(pk=before.pk).exists()
    new = Unit.objects.get(name="Xã Đông Tây")
    for part in DueItem.objects.filter(parent=due):
        assert part.unit == new
