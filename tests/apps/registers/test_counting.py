"""Figures counted from records, and what they fill."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.models import Fact, Reconciliation, ReconciliationState, Source
from pcmt.apps.facts.operations import keep_span, load_catalogue
from pcmt.apps.facts.queries import figures
from pcmt.apps.registers.models import (
    Clock,
    CountMark,
    DrugTest,
    Stay,
    StayWhy,
    Subject,
)
from pcmt.apps.registers.operations.counting import count_unit, mark, mark_all, recount
from pcmt.apps.registers.queries.counting import identity, pieces
from pcmt.core.law import Category, Setting
from pcmt.core.periods import ADMINISTRATIVE, STATISTICAL, Kind, Span
from tests.factories.facts import entry, told
from tests.factories.registers import spell, subject
from tests.factories.world import NOW, World, world

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZONE)


def land() -> World:
    made = world()
    load_catalogue()
    return made


def counted_on(land: World, day: date, *keys: str, since: date = date(2024, 1, 1)) -> None:
    """Count communes as the job does on a day."""
    mark([land[key].pk for key in keys or ("dong_hoa", "tay_hoa")], since, noon(day))
    recount(at=noon(day))


def asked(
    land: World, key: str, element: str, span: Span, on: date | None = None, known: datetime | None = None
) -> int | None:
    code, _, part = element.partition("|")
    ask = Ask(land[key].pk, code, span, part)
    value = figures([ask], on=on or span.last, known=known)[ask].figure.value
    return None if value is None else int(value)


def test_both_calendars_and_a_plans_own_period_are_made_of_the_same_pieces() -> None:
    here = land()
    own = Span(date(2025, 2, 10), date(2025, 3, 6))
    keep_span(span=own)
    first = subject(here["dong_hoa"], since=date(2025, 1, 6))
    spell(first, Category.ADDICT, on=date(2025, 1, 6), ground="addict.finding")
    for day in (
        date(2025, 1, 14),
        date(2025, 1, 15),
        date(2025, 2, 9),
        date(2025, 2, 10),
        date(2025, 3, 5),
        date(2025, 3, 6),
    ):
        DrugTest.objects.create(
            subject=first, unit=here["dong_hoa"], on=day, made_at=NOW, ground="managed", result="negative"
        )
    counted_on(here, date(2025, 4, 20))
    assert asked(here, "dong_hoa", "tests_taken", own) == 2
    for place in ("dong_hoa", "an_binh"):
        assert asked(here, place, "tests_taken", STATISTICAL.named(Kind.MONTH, 2025, 1)) == 2
        assert asked(here, place, "tests_taken", ADMINISTRATIVE.named(Kind.MONTH, 2025, 1)) == 1
        assert asked(here, place, "tests_taken", ADMINISTRATIVE.named(Kind.MONTH, 2025, 2)) == 3
        assert asked(here, place, "tests_taken", ADMINISTRATIVE.named(Kind.QUARTER, 2025, 1)) == 6
        assert asked(here, place, "tests_taken", STATISTICAL.named(Kind.QUARTER, 2025, 1)) == 6
        year = ADMINISTRATIVE.named(Kind.YEAR, 2025, 1)
        assert asked(here, place, "tests_taken", year, on=date(2025, 4, 20)) == 6
        assert asked(here, place, "addicts_with_file", year, on=date(2025, 4, 20)) == 1
        assert asked(here, place, "addicts_with_file|sex=male", STATISTICAL.named(Kind.MONTH, 2025, 3)) == 1
        assert asked(here, place, "addicts_with_file|sex=female", STATISTICAL.named(Kind.MONTH, 2025, 3)) == 0


def test_pieces_tile_any_years() -> None:
    spans = pieces(date(2023, 11, 3), date(2024, 3, 20), {date(2024, 2, 29), date(2024, 2, 1)})
    assert [(str(each.start), each.days) for each in spans] == [
        ("2023-11-01", 14), ("2023-11-15", 16), ("2023-12-01", 14), ("2023-12-15", 17), ("2024-01-01", 14),
        ("2024-01-15", 17), ("2024-02-01", 14), ("2024-02-15", 14), ("2024-02-29", 1), ("2024-03-01", 14),
        ("2024-03-15", 6),
    ]  # fmt: skip
    assert pieces(date(2025, 7, 1), date(2025, 7, 20), ends=date(2025, 7, 9)) == [
        Span(date(2025, 7, 1), date(2025, 7, 9))
    ]
