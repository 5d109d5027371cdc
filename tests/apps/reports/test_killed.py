"""Whoever serves a step of a report is killed outright in the midst of it: nothing is half done, and it goes on.

PostgreSQL only: a database in memory dies with its process.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from pcmt.apps.audit.models import Entry
from pcmt.apps.facts.models import Fact
from pcmt.apps.reports.models import Duty, Submission, SubmissionFigure, SubmissionSection
from pcmt.apps.reports.operations import consolidating, correcting, opening, sending, taking, writing
from pcmt.apps.reports.operations.writing import FigureEntry
from pcmt.apps.tasks.models import DueItem
from tests.apps.reports.test_at_once import there
from tests.factories.reports import occurrence_of, report_form
from tests.factories.world import NOW, World

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("reader"),
    pytest.mark.skipif(
        "postgresql" not in settings.DATABASES["default"]["ENGINE"],
        reason="another process sees the database on PostgreSQL only (PCMT_TEST_DB=pg)",
    ),
]
__all__ = ["there"]


def all_there_is() -> list[Any]:
    """Everything that a step writes."""
    reports = Submission.objects.order_by("pk").values_list("pk", "state", "edition", "version", "correcting")
    return [
        list(reports),
        list(SubmissionSection.objects.order_by("pk").values_list("pk", "text", "version")),
        list(SubmissionFigure.objects.order_by("pk").values_list("pk", "value", "counted", "version")),
        [list(each.editions.order_by("number").values_list("seal", "state")) for each in Submission.objects.all()],
        [each.steps.count() + each.consolidations.count() for each in Submission.objects.order_by("pk")],
        list(DueItem.objects.filter(kind="report").order_by("pk").values_list("pk", "state", "version")),
        Fact.objects.count(),
        Entry.objects.count(),
    ]


def survives(room: ModuleType, step: Callable[[], Any]) -> Any:
    """A process is killed when the step has written all but its commit; another takes the step then."""
    before = all_there_is()
    child = os.fork()
    if child == 0:  # pragma: no cover - it never comes back
        try:
            for connection in connections.all():
                connection.connection = None  # the parent's: neither used nor closed here
            real = room.record
            room.record = lambda **told: (real(**told), os.kill(os.getpid(), signal.SIGKILL))  # type: ignore[attr-defined]
            step()
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the step ended before it was killed"
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert all_there_is() == before
    made = step()
    assert all_there_is() != before
    return made


def test_a_report_survives_whoever_serves_it(there: World) -> None:
    office, health = there.office, there.actor("health")
    occurrence = occurrence_of(there["health"])
    whole = Duty.objects.get(recipient=there["an_binh"])
    Duty.objects.update(form=report_form().form)
    Duty.objects.filter(pk=occurrence.duty_id).update(feeds=whole)
    args: dict[str, Any] = {"actor": health, "at": NOW}

    report = survives(opening, lambda: opening.open_report(occurrence_id=occurrence.pk, **args))
    assert isinstance(report, Submission), report
    args["submission_id"] = report.pk
    survives(writing, lambda: writing.save_section(key="general", text="Ổn định.", seen=1, **args))
    entries = [FigureEntry(line="cases", seen=1, number="3", reason="Theo sổ.", explanation="Theo sổ.")]
    survives(writing, lambda: writing.save_figures(entries=entries, **args))

    def version() -> int:
        return Submission.objects.get(pk=report.pk).version

    survives(sending, lambda: sending.send_report(version=version(), approved_by="Giám đốc", **args))
    taker = {**args, "actor": office}
    survives(taking, lambda: taking.accept_report(version=version(), **taker))
    assert Fact.objects.counting().get(element__code="cases_detected").value == 3

    above = whole.occurrences.order_by("period_to")[0]
    whole.occurrences.filter(pk=above.pk).update(period_from=occurrence.period_from, period_to=occurrence.period_to)
    gathering = opening.open_report(actor=office, at=NOW, occurrence_id=above.pk)
    assert isinstance(gathering, Submission), gathering
    survives(consolidating, lambda: consolidating.consolidate(actor=office, at=NOW, submission_id=gathering.pk))
    assert gathering.figures.get(line="cases").counted == 3
    survives(correcting, lambda: correcting.start_correction(version=version(), reason="Đếm thiếu.", **args))
