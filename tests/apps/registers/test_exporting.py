"""The register list: who stands in it, how it is marked, how much of it leaves a day."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import docx
import pytest
from django.core.exceptions import PermissionDenied

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.registers.models import RegisterExport, Visit
from pcmt.apps.registers.operations.exporting import Left, TakenList, left_today, take_list
from pcmt.apps.registers.operations.visits import begin_visit
from pcmt.apps.registers.queries.exporting import ListWanted
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category
from pcmt.documents import Grid, read_grid
from pcmt.documents.output.person_form import list_workbook
from pcmt.documents.output.report import write_report
from pcmt.documents.output.typeset import typeset
from tests.factories.registers import spell, subject
from tests.factories.world import World

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 9, 7, 3, 0, tzinfo=UTC)


def keeper(land: World, unit: str = "dong_hoa_police") -> Actor:
    return land.actor(unit, "register_keeper", on=date(2026, 9, 7))


def visit(actor: Actor, at: datetime = LATER) -> Visit:
    made = begin_visit(actor=actor, at=at, purpose="due")
    assert isinstance(made, Visit)
    return made


def wanted(land: World, category: str = "") -> ListWanted:
    span = {"start": date(2026, 7, 1), "last": date(2026, 9, 7)}
    return ListWanted(unit_id=land["dong_hoa"].pk, category=category, **span)


def taken(land: World, kind: str = "docx", at: datetime = LATER, category: str = "") -> TakenList | Refusal:
    actor = keeper(land)
    return take_list(actor=actor, at=at, visit=visit(actor, at), wanted=wanted(land, category), kind=kind)


def test_the_list_holds_whose_status_ran_in_the_span(land: World) -> None:
    there = subject(land["dong_hoa"])
    spell(there, on=date(2026, 7, 6), until=date(2027, 7, 5))
    spell(there, Category.POST_REHAB, on=date(2026, 8, 1), ground="post_rehab.decision")
    gone = subject(land["dong_hoa"])
    spell(gone, on=date(2025, 6, 1), ended_on=date(2026, 7, 1))
    spell(subject(land["tay_hoa"]), on=date(2026, 7, 6))
    hidden = subject(land["dong_hoa"])
    hidden.restricted = True
    hidden.save()
    spell(hidden, on=date(2026, 7, 6))
    made = taken(land)
    assert isinstance(made, TakenList)
    assert [(each.code, each.starts) for each in made.rows] == [(there.code, "06/07/2026"), (there.code, "01/08/2026")]
    export = RegisterExport.objects.get()
    assert (export.kind, export.count, export.mark) == ("list.docx", 1, made.mark)
    entry = Entry.objects.get(event="registers.list.exported")
    assert entry.reason == "Thực hiện việc đến hạn"
    assert "Thử" not in str(entry.after)
    only = taken(land, category="post_rehab")
    assert isinstance(only, TakenList)
    assert len(only.rows) == 1


def test_every_section_page_and_sheet_carries_the_mark(land: World) -> None:
    spell(subject(land["dong_hoa"]), on=date(2026, 7, 6))
    made = taken(land)
    assert isinstance(made, TakenList)
    assert all(words in made.foot for words in (keeper(land).unit_name, keeper(land).name, "10:00", made.mark))
    file = docx.Document(io.BytesIO(write_report(made.report)))
    feet = [foot.paragraphs[0].text for each in file.sections for foot in (each.footer, each.first_page_footer)]
    assert feet == [made.foot] * len(feet)
    assert file.sections[0].page_width > file.sections[0].page_height
    assert "091090000017" in [cell.text for cell in file.tables[1].rows[1].cells]
    assert typeset(made.report).startswith(b"%PDF")
    book = read_grid("x.xlsx", list_workbook(made.rows, title="DANH SÁCH", foot=made.foot))
    assert isinstance(book, Grid)
    assert made.foot in str(book.as_json())


def test_so_many_lists_and_people_a_day(land: World, settings: Any) -> None:
    settings.REGISTER_EXPORT_LISTS, settings.REGISTER_EXPORT_PEOPLE = 2, 5
    for _each in range(2):
        spell(subject(land["dong_hoa"]), on=date(2026, 7, 6))
    assert isinstance(taken(land), TakenList)
    assert left_today(keeper(land), LATER) == Left(1, 3)
    assert isinstance(taken(land, "print"), TakenList)
    third = taken(land)
    assert isinstance(third, Refusal)
    assert third.code == "limit_lists"
    assert isinstance(taken(land, at=LATER + timedelta(days=1)), TakenList)
    assert Entry.objects.filter(event="registers.list.printed").count() == 1


def test_too_many_people_are_refused_before_any_name_is_opened(land: World, settings: Any) -> None:
    settings.REGISTER_EXPORT_PEOPLE = 1
    for _each in range(2):
        spell(subject(land["dong_hoa"]), on=date(2026, 7, 6))
    found = taken(land)
    assert isinstance(found, Refusal)
    assert found.code == "limit_people"
    assert not Entry.objects.filter(event="registers.list.read").exists()
    assert not RegisterExport.objects.exists()


def test_nobody_without_visit_or_right(land: World) -> None:
    spell(subject(land["dong_hoa"]), on=date(2026, 7, 6))
    found = take_list(actor=keeper(land), at=LATER, visit=None, wanted=wanted(land), kind="docx")
    assert isinstance(found, Refusal)
    assert found.code == "visit"
    health = land.actor("dong_hoa_clinic", "health_officer", on=date(2026, 9, 7))
    for actor in (keeper(land, "tay_hoa_police"), health):
        with pytest.raises(PermissionDenied):
            take_list(actor=actor, at=LATER, visit=visit(actor), wanted=wanted(land), kind="docx")
    late = ListWanted(unit_id=land["dong_hoa"].pk, start=date(2026, 9, 1), last=date(2026, 8, 1))
    turned = take_list(actor=keeper(land), at=LATER, visit=visit(keeper(land)), wanted=late, kind="docx")
    assert isinstance(turned, Refusal)
    assert turned.code == "span"
