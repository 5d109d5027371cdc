"""Marks of communes whose figures have to be counted again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.registers.models import CountMark
from pcmt.apps.registers.operations.counting import mark
from tests.factories.world import NOW, world

pytestmark = pytest.mark.django_db


def test_one_statement_keeps_the_earliest_day() -> None:
    land = world()
    here, there = land["dong_hoa"].pk, land["tay_hoa"].pk
    mark([here], date(2026, 2, 1), NOW)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        mark([there, here, here], date(2026, 1, 5), NOW + timedelta(hours=1))
        mark([here], date(2026, 2, 9), NOW + timedelta(hours=2))
        mark([], date(2020, 1, 1), NOW)
    assert len(seen) == 2
    assert {row.unit_id: (row.start, row.at) for row in CountMark.objects.all()} == {
        here: (date(2026, 1, 5), NOW + timedelta(hours=2)),
        there: (date(2026, 1, 5), NOW + timedelta(hours=1)),
    }
