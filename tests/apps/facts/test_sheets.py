"""Sheets of numbers: templates that go out and come back, sheets that offices keep, one recording that can be undone."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.models import Fact, Form, Recording, SheetImport, SheetState
from pcmt.apps.facts.operations import choose_meanings, start_sheet, tell_sheet, undo_sheet
from pcmt.apps.facts.queries.sheets import mismatch_of, outcomes_of, scene_of
from pcmt.apps.facts.queries.templates import template_of
from pcmt.core.diagnostics import Refusal
from tests.factories.facts import entry, form, month, told
from tests.factories.sheets import workbook
from tests.factories.world import NOW, World, world

pytestmark = pytest.mark.django_db
MAY = month(1, 2026)


@pytest.fixture
def land() -> World:
    return world()


def filled(data: bytes, fill: Callable[[Any], None]) -> bytes:
    """A template as a person gives it back."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    fill(book)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def put(values: dict[str, Any], heading: str = "Kỳ này") -> Callable[[Any], None]:
    """Writes values into the rows of these line or unit keys, in the column of a heading."""

    def fill(book: Any) -> None:
        sheet = book.worksheets[0]
        head = next(row for row in sheet.iter_rows() if row[0].value == "Mã dòng")
        column = next(cell.column for cell in head if cell.value == heading)
        for row in sheet.iter_rows(min_row=head[0].row + 1):
            if row[0].value in values:
                sheet.cell(row[0].row, column, values[row[0].value])

    return fill


def sent(actor: Actor, data: bytes, made: Form, *, unit: int | None, span: Any = MAY, name: str = "bieu.xlsx") -> SheetImport:
    answer = start_sheet(actor=actor, at=NOW, form=made, span=span, unit_id=unit, name=name, data=data)
    assert isinstance(answer, SheetImport), answer
    answer.refresh_from_db()
    return answer


def test_a_filled_template_is_told_in_one_recording_and_undone(land: World) -> None:
    made, unit = form(land), land["dong_hoa"]
    data = template_of(made, MAY, unit_id=unit.pk, at=NOW)
    told_cells = {"cases_detected|": "1.234", "suspects_arrested|": "07", "addicts_with_file|": "x"}
    sheet = sent(land.office, filled(data, put(told_cells)), made, unit=unit.pk)
    assert sheet.state == SheetState.WAITING
    assert sheet.counts["new"] == 3, (sheet.counts, sheet.outcomes)
    assert sheet.counts["wrong"] == sheet.counts["changed"] == 0
    done = tell_sheet(actor=land.office, at=NOW, sheet_id=sheet.pk, seen=sheet.seen)
    assert isinstance(done, SheetImport), done
    facts = {f.element.code: f for f in Fact.objects.current().select_related("element")}
    assert facts["cases_detected"].value == 1234
    assert facts["suspects_arrested"].value == 7
    assert not facts["addicts_with_file"].applies
    assert done.recording is not None and done.recording.source == "import"
