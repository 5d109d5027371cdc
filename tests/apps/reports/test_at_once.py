"""Two people at a report at the same moment, on real connections. PostgreSQL only: there the rows are really locked."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from pcmt.apps.facts.models import Fact
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.reports.models import EditionState, Submission, SubmissionState
from pcmt.apps.reports.operations.sending import recall_report, send_report
from pcmt.apps.reports.operations.taking import accept_report, return_report
from pcmt.apps.tasks.models import DueItem, DueState
from pcmt.core.diagnostics import Refusal
from tests.apps.plans.test_concurrency import at_once
from tests.factories.plans import adopted
from tests.factories.reports import opened
from tests.factories.world import NOW, World, world

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("reader"),
    pytest.mark.skipif(
        "postgresql" not in settings.DATABASES["default"]["ENGINE"],
        reason="rows are locked on PostgreSQL only (PCMT_TEST_DB=pg)",
    ),
]


@pytest.fixture
def there(transactional_db: None, reader: None) -> World:
    land = world()
    adopted(land.office)
    load_catalogue()
    return land


def test_one_of_two_answers_holds(there: World) -> None:
    """Sent, recalled, taken, returned by two at a time: one is told what the other did, and all rows agree."""
    report = opened(there["health"])
    report.sections.update(text="Ổn định.")
    report.figures.filter(line="cases").update(value=3, typed=True, reason="Theo sổ.")
    health, office, second = there.actor("health"), there.office, there.second
    said: dict[str, Any] = {"at": NOW, "submission_id": report.pk}

    def send(version: int) -> Any:
        return send_report(actor=health, version=version, approved_by="Giám đốc", **said)

    both = at_once(lambda: send(1), lambda: send(1))
    assert all(isinstance(each, Submission) for each in both)  # the button pressed twice
    assert report.editions.count() == 1

    # The recipient takes it while the body recalls it: one of them comes too late.
    won = at_once(
        lambda: accept_report(actor=office, version=2, **said),
        lambda: recall_report(actor=health, version=2, reason="Nhầm.", **said),
    )
    assert sorted(isinstance(each, Refusal) for each in won) == [False, True]
    report.refresh_from_db()
    due = DueItem.objects.get(occurrence__submission=report)
    if isinstance(won[0], Refusal):
        assert (report.state, due.state, Fact.objects.count()) == (SubmissionState.DRAFT, DueState.OPEN, 0)
        send(report.version)
        report.refresh_from_db()
        won = at_once(
            lambda: accept_report(actor=office, version=report.version, **said),
            lambda: return_report(actor=second, version=report.version, reason="Thiếu.", **said),
        )
        assert sorted(isinstance(each, Refusal) for each in won) == [False, True]
        report.refresh_from_db()
        due.refresh_from_db()
    taken = report.state == SubmissionState.ACCEPTED
    assert due.state == (DueState.DONE if taken else DueState.OPEN)
    assert report.editions.filter(state=EditionState.ACCEPTED).count() == int(taken)
    assert Fact.objects.counting().filter(value=3).count() == int(taken)
