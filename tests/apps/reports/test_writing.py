"""A report is opened, mostly filled already, and written."""

from __future__ import annotations

from datetime import date

import pytest

from pcmt.apps.reports.models import Submission
from pcmt.apps.reports.operations.opening import open_report, refresh_report
from pcmt.apps.reports.operations.writing import FigureEntry, SavedFigures, save_figures, save_section
from pcmt.apps.reports.queries.content import content_of
from tests.factories import facts
from tests.factories.plans import adopted
from tests.factories.reports import occurrence_of, report_form
from tests.factories.world import NOW, World


@pytest.fixture
def ready(land: World, reader: None) -> World:
    adopted(land.office)
    version = report_form()
    facts.form(land)
    from pcmt.apps.reports.models import Duty

    Duty.objects.update(form=version.form)
    return land


def test_open(ready: World) -> None:
    who = ready.actor("dong_hoa", "commune_officer")
    first = occurrence_of(ready["dong_hoa"])
    print(first, first.due_item.due_on)
    facts.told(facts.entry(ready["dong_hoa"], "cases_detected", facts.month(2), 12),
               facts.entry(ready["dong_hoa"], "cases_detected", facts.month(2, 2025), 10))
    made = open_report(actor=who, at=NOW, occurrence_id=first.pk)
    assert isinstance(made, Submission), made
    print(content_of(made, on=date(2026, 3, 2)))
    print([ (s.key, s.text) for s in made.sections.all()])
    assert 0
