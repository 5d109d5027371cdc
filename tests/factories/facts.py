"""Data forms and numbers told, for tests: plain functions over the models and operations of `facts`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.facts.models import Element, Form, FormLine, Recording
from pcmt.apps.facts.operations import Entry, load_catalogue, record_facts
from pcmt.apps.units.models import Unit
from pcmt.core.periods import ADMINISTRATIVE, CALENDARS, Kind, Span
from tests.factories.world import NOW, World

LINES = ("cases_detected", "suspects_arrested", "addicts_with_file")
"""What a form asks for unless a test says otherwise: two flows and a stock."""


def month(number: int, year: int = 2026, calendar: str = ADMINISTRATIVE.code) -> Span:
    """A month of a year; "Tháng 01/2026" of the administrative calendar is 15/12/2025 to 14/01/2026."""
    return CALENDARS[calendar].named(Kind.MONTH, year, number)


def form(
    land: World,
    *lines: str,
    root: str = "an_binh",
    level: str = "commune",
    group: Unit | None = None,
    period: Kind = Kind.MONTH,
    calendar: str = ADMINISTRATIVE.code,
    needs_acceptance: bool = False,
    valid_from: date = date(2024, 12, 15),
    valid_to: date | None = None,
    title: str = "Số liệu phòng, chống ma túy cấp xã",
    code: str = "MT-01",
) -> Form:
    """A form of these lines ("element" or "element|breakdown"), monthly and asked of all communes of the province."""
    load_catalogue()
    by = User.objects.get(pk=land.office.user_id)
    made = Form.objects.create(
        title=title, code=code, root=land[root], level="" if group else level, group=group, period=str(period),
        calendar=calendar, needs_acceptance=needs_acceptance, valid_from=valid_from, valid_to=valid_to,
        created_by=by, created_at=NOW,
    )  # fmt: skip
    elements = {each.code: each for each in Element.objects.all()}
    for order, line in enumerate(lines or LINES, start=1):
        element, _, part = line.partition("|")
        FormLine.objects.create(form=made, element=elements[element], breakdown=part, order=order)
    return made


def entry(
    unit: Unit, element: str, span: Span, value: float | str | None, *, applies: bool = True, note: str = ""
) -> Entry:
    """One number to tell ("element" or "element|breakdown"), written over whatever stands in its place."""
    code, _, part = element.partition("|")
    number = None if value is None else Decimal(str(value))
    return Entry(unit.pk, code, span, number, breakdown=part, applies=applies, note=note)


def told(
    *entries: Entry, actor: Actor | None = None, at: datetime = NOW, form: Form | None = None, reason: str = ""
) -> Recording:
    """The recording of numbers, told by the program itself unless an actor is given."""
    made = record_facts(actor=actor, at=at, entries=entries, form=form, reason=reason)
    assert isinstance(made, Recording), made
    return made


def series(
    unit: Unit, element: str, values: Iterable[float | str | None], *, first: int = 1, year: int = 2026
) -> tuple[Entry, ...]:
    """The numbers of one element month by month from a month on; a None is left out."""
    months = enumerate(values, start=first)
    return tuple(entry(unit, element, month(number, year), value) for number, value in months if value is not None)
