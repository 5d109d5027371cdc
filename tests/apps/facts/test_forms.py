"""Of whom a form asks, in which periods."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.facts.queries import periods, units_asked
from pcmt.apps.units.models import GroupMember, Unit
from pcmt.core.periods import Kind, Span
from tests.factories.facts import form, month
from tests.factories.world import TODAY, World

pytestmark = pytest.mark.django_db


def names(units: list[Unit]) -> list[str]:
    return [unit.name for unit in units]


def test_a_level_means_the_administrative_units_below_the_root(land: World) -> None:
    asked = form(land)
    assert names(units_asked([(asked, TODAY)])[asked.pk, TODAY]) == ["Phường Tây Hòa", "Xã Đông Hòa"]


def test_no_level_and_no_group_means_the_root_itself(land: World) -> None:
    own = form(land, root="finance", level="")
    assert names(units_asked([(own, TODAY)])[own.pk, TODAY]) == ["Sở Tài chính"]


def test_a_group_means_its_members_of_the_day(land: World) -> None:
    group = Unit.objects.create(name="Các sở", search_key="cac so", sort_key="cac so", kind="group", level="province")
    GroupMember.objects.create(group=group, unit=land["health"])
    GroupMember.objects.create(group=group, unit=land["finance"], valid_from=date(2026, 3, 1))
    asked = form(land, group=group)
    before = date(2026, 2, 28)
    found = units_asked([(asked, before), (asked, TODAY)])
    assert names(found[asked.pk, before]) == ["Sở Y tế"]
    assert names(found[asked.pk, TODAY]) == ["Sở Tài chính", "Sở Y tế"]


def test_units_that_end_are_asked_while_they_stand(land: World) -> None:
    asked = form(land)
    Unit.objects.filter(pk=land["tay_hoa"].pk).update(valid_to=date(2026, 3, 1))
    found = units_asked([(asked, date(2026, 2, 14)), (asked, date(2026, 3, 14))])
    assert names(found[asked.pk, date(2026, 2, 14)]) == ["Phường Tây Hòa", "Xã Đông Hòa"]
    assert names(found[asked.pk, date(2026, 3, 14)]) == ["Xã Đông Hòa"]


def test_many_forms_and_days_take_as_many_statements_as_one(land: World) -> None:
    forms = [form(land), form(land, root="binh_giang"), form(land, root="finance", level="")]
    with CaptureQueriesContext(connection) as few:
        units_asked([(forms[0], TODAY)])
    with CaptureQueriesContext(connection) as many:
        units_asked([(each, date(2026, number, 14)) for each in forms[:2] for number in range(1, 13)])
    assert len(few) == len(many) == 1


def test_periods_end_while_the_form_is_in_use(land: World) -> None:
    asked = form(land, valid_from=date(2026, 1, 20), valid_to=date(2026, 3, 15))
    found = periods(asked, date(2025, 1, 1), date(2026, 12, 31))
    assert found == [month(2), month(3)]
    assert periods(asked, date(2026, 2, 1), date(2026, 2, 15)) == [month(2), month(3)]
    assert periods(asked, date(2026, 1, 1), date(2026, 1, 19)) == []


def test_periods_of_weeks(land: World) -> None:
    weekly = form(land, period=Kind.WEEK, valid_from=date(2026, 2, 23))
    assert periods(weekly, date(2026, 1, 1), date(2026, 3, 2)) == [
        Span(date(2026, 2, 23), date(2026, 3, 2)), Span(date(2026, 3, 2), date(2026, 3, 9))
    ]  # fmt: skip
