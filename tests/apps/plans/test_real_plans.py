"""The five real plans: read by the real reader, reviewed, adopted. Their texts are not part of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcmt.apps.plans.models import BodyMatch, Clause, Item, Plan, Revision
from pcmt.apps.plans.operations import (
    Adopted,
    accept_confident,
    adopt,
    confirm_suggestions,
    create_bodies,
    edit_header,
    start_reading,
)
from pcmt.apps.plans.queries import adoption_problems, reading_confirmed, review_counts
from pcmt.apps.reports.models import Duty
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.models import DueItem, Task, TaskParty
from pcmt.core.diagnostics import Refusal
from tests.factories.plans import ALL_CODES
from tests.factories.world import NOW, World

NAMES = ["000", "001", "002", "003", "004"]


def file_of(seeds: Path, number: str) -> Path:
    found = sorted(seeds.glob(f"{number}_*.txt"))
    if not found:
        pytest.skip(f"{number}: the real plan is absent")
    return found[0]


@pytest.mark.parametrize("number", NAMES)
def test_a_real_plan_is_read_reviewed_and_adopted(land: World, seeds: Path, number: str) -> None:
    path = file_of(seeds, number)
    actor = land.office
    revision = start_reading(actor=actor, at=NOW, name=path.name, data=path.read_bytes())
    assert isinstance(revision, Revision), revision
    assert revision.state == "review", revision.message
    assert Clause.objects.filter(revision=revision).count() > 5
    for row in Item.objects.filter(revision=revision):
        assert revision.text[row.start : row.end] == row.text
    accept_confident(actor=actor, at=NOW, revision_id=revision.pk, threshold=0)
    assert not isinstance(confirm_suggestions(actor=actor, at=NOW, revision_id=revision.pk, threshold=0.9), Refusal)
    BodyMatch.objects.filter(revision=revision, unit=None).update(suggested=None)
    assert not isinstance(create_bodies(actor=actor, at=NOW, revision_id=revision.pk), Refusal)
    changes = {"issuer_id": land["an_binh"].pk}
    revision.refresh_from_db()
    if not revision.header["window_from"]:
        changes |= {"window_from": "2019-01-01", "window_to": "2019-12-31"}
    if not revision.header["title"]:
        changes["title"] = f"Kế hoạch {number}"
    assert isinstance(edit_header(actor=actor, at=NOW, revision_id=revision.pk, version=1, changes=changes), Revision)
    revision.refresh_from_db()
    assert review_counts(revision, threshold=0.8).proposed == 0
    assert [problem for problem in adoption_problems(revision, on=NOW.date()) if problem.blocking] == []
    receipt = adopt(actor=actor, at=NOW, revision_id=revision.pk, version=revision.version, confirmed=ALL_CODES)
    assert isinstance(receipt, Adopted), receipt
    reading = reading_confirmed(revision)
    plan = Plan.objects.get(pk=receipt.plan_id)
    assert Target.objects.filter(plan=plan).count() == len(reading["targets"])
    assert Task.objects.filter(plan=plan).count() == len(reading["tasks"])
    assert Duty.objects.filter(plan=plan).count() == len(reading["reporting_duties"])
    if number == "004":
        assert Plan.objects.filter(parent__parent=plan).exists()
    for due in DueItem.objects.filter(plan=plan, due_on__isnull=False):
        assert due.limit_text or due.kind == "report"
    if reading["assignments"]:
        assert TaskParty.objects.filter(task__plan=plan, role="lead").exists()
