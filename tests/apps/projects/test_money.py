"""Money: no sum exceeds what it comes from, nothing is deleted, closed years stand, figures follow."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from pcmt.apps.audit.models import Entry
from pcmt.apps.facts.models import Fact
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.projects.models import MoneyEntry, MoneyLine, MoneySource
from pcmt.apps.projects.operations import money
from pcmt.apps.projects.queries.money import source_sums, unfunded_tasks, whole_of
from pcmt.core.diagnostics import Refusal
from tests.factories.money import enter, line, programme, project, source
from tests.factories.world import NOW, World

pytestmark = pytest.mark.django_db


def left(row: MoneySource) -> int:
    return source_sums([row])[row.pk].left


def told(land: World, code: str, unit: str = "police") -> dict[tuple[str, str], int]:
    rows = Fact.objects.counting().filter(unit=land[unit], element__code=code).exclude(value=0)
    return {(row.breakdown, row.start.isoformat()): row.value or 0 for row in rows}


def test_money_runs_from_the_source_to_the_settlement(land: World) -> None:
    load_catalogue()
    whole = programme(land)
    part = project(land, whole)
    mine = source(land.office, whole, 1_000)
    row = line(land.office, part, mine)
    assert isinstance(row, MoneyLine), row
    for what, amount in (("allocation", 400), ("disbursement", 300), ("settlement", 250), ("return", 50)):
        assert isinstance(enter(land.office, row, what, amount), MoneyEntry), what
    sums = whole_of(whole.pk)
    assert (sums.estimate, sums.funded, sums.allocated, sums.disbursed, sums.settled) == (500, 500, 350, 300, 250)
    assert sums.share == 85
    assert left(mine) == 650
    assert whole_of(part.pk) == sums
    # Figures of the unit that answers for the project follow at once, what was taken back taken off what was given.
    assert told(land, "budget_planned") == {("", "2026-02-01"): 350, ("funding=local", "2026-02-01"): 350}
    assert told(land, "budget_spent") == {("", "2026-02-01"): 300, ("funding=local", "2026-02-01"): 300}
    assert Entry.objects.filter(event="projects.money.entered").count() == 4


@pytest.mark.parametrize(
    ("before", "what", "amount", "code"),
    [
        ((), "allocation", 1_001, "over_source"),
        ((), "disbursement", 1, "over_allocated"),
        ((("allocation", 10),), "disbursement", 11, "over_allocated"),
        ((("allocation", 10), ("disbursement", 10)), "settlement", 11, "over_disbursed"),
        ((("allocation", 10), ("disbursement", 6)), "return", 5, "over_allocated"),
        ((), "return", 1, ""),
        ((), "allocation", 0, "amount"),
        ((), "allocation", -5, "amount"),
        ((), "allocation", 10**15 + 1, "amount"),
        ((), "gift", 1, "what"),
    ],
)
def test_no_sum_exceeds_what_it_comes_from(
    land: World, before: tuple[tuple[str, int], ...], what: str, amount: int, code: str
) -> None:
    whole = programme(land)
    row = line(land.office, whole, source(land.office, whole, 1_000))
    for each, some in before:
        assert isinstance(enter(land.office, row, each, some), MoneyEntry)
    answer = enter(land.office, row, what, amount)
    if what == "return" and not before:
        # Nothing was given: taking back would make what was given negative.
        assert isinstance(answer, Refusal)
    else:
        assert isinstance(answer, Refusal)
        assert answer.code == code
    assert MoneyEntry.objects.count() == len(before)


def test_parts_of_a_source_share_it_with_its_own_lines(land: World) -> None:
    whole = programme(land)
    part = project(land, whole)
    mine = source(land.office, whole, 1_000)
    handed = source(land.office, part, 700, of_id=mine.pk)
    assert isinstance(handed, MoneySource)
    again = source(land.office, part, 301, of_id=mine.pk)
    assert isinstance(again, Refusal)
    assert again.code == "over_source"
    own = line(land.office, whole, mine)
    assert enter(land.office, own, "allocation", 301).code == "over_source"
    assert isinstance(enter(land.office, own, "allocation", 300), MoneyEntry)
    assert left(mine) == 0
    # A source is not made smaller than what it gave.
    smaller = source(
        land.office, whole, 999, source_id=mine.pk, version=mine.version, name=mine.name
    )  # fmt: skip
    assert smaller.code == "over_source"
    mine.refresh_from_db()
    assert mine.amount == 1_000
    # A part is of the same kind, of years of the whole, and of a plan below.
    assert source(land.office, part, 1, of_id=handed.pk).code == "of"
    assert source(land.office, part, 1, of_id=mine.pk, kind="central").code == "of_kind"
    assert source(land.office, part, 1, of_id=mine.pk, year_to=2029).code == "of_years"


def test_a_line_without_source_is_given_nothing(land: World) -> None:
    whole = programme(land)
    row = line(land.office, whole)
    assert enter(land.office, row, "allocation", 1).code == "unfunded"
    assert whole_of(whole.pk).unfunded == 500
    beside = programme(land, land.actor("dong_hoa_police", "standing_office"))
    assert beside.pk != whole.pk
    foreign = source(land.actor("dong_hoa_police", "standing_office"), beside)
    assert line(land.office, whole, foreign).code == "source"


def test_a_wrong_entry_is_voided_and_stays(land: World) -> None:
    load_catalogue()
    whole = programme(land)
    row = line(land.office, project(land, whole), source(land.office, whole))
    given = enter(land.office, row, "allocation", 400)
    spent = enter(land.office, row, "disbursement", 300)
    refused = money.void_entry(actor=land.office, at=NOW, entry_id=given.pk, why="Nhầm")
    assert isinstance(refused, Refusal)
    assert refused.code == "over_allocated"
    assert money.void_entry(actor=land.office, at=NOW, entry_id=spent.pk, why="  ").code == "empty"
    money.void_entry(actor=land.office, at=NOW, entry_id=spent.pk, why="Nhầm khoản")
    spent.refresh_from_db()
    assert spent.void_why == "Nhầm khoản"
    assert told(land, "budget_spent") == {}
    assert not isinstance(money.void_entry(actor=land.office, at=NOW, entry_id=given.pk, why="Nhầm"), Refusal)
    assert MoneyEntry.objects.count() == 2
    assert told(land, "budget_planned") == {}
    assert whole_of(whole.pk).allocated == 0
    gone = money.void_line(actor=land.office, at=NOW, line_id=row.pk, version=row.version, why="Trùng")
    assert isinstance(gone, MoneyLine)
    assert whole_of(whole.pk).estimate == 0


def test_a_closed_year_stands_until_it_is_opened_with_a_reason(land: World) -> None:
    whole = programme(land)
    part = project(land, whole)
    mine = source(land.office, whole)
    row = line(land.office, part, mine)
    entry = enter(land.office, row, "allocation", 100)
    money.close_year(actor=land.office, at=NOW, plan_id=whole.pk, year=2026)
    assert money.close_year(actor=land.office, at=NOW, plan_id=whole.pk, year=2027).code == "future"
    assert enter(land.office, row, "allocation", 1).code == "closed"
    assert money.void_entry(actor=land.office, at=NOW, entry_id=entry.pk, why="Nhầm").code == "closed"
    assert line(land.office, part, mine).code == "closed"
    moved = line(land.office, part, mine, line_id=row.pk, version=row.version, key=row.key, year=2027)
    assert moved.code == "closed"
    assert money.open_year(actor=land.office, at=NOW, plan_id=whole.pk, year=2026, why="").code == "empty"
    money.open_year(actor=land.office, at=NOW, plan_id=whole.pk, year=2026, why="Kiểm toán yêu cầu điều chỉnh")
    assert isinstance(enter(land.office, row, "allocation", 1), MoneyEntry)


def test_the_same_key_counts_once_and_an_old_version_changes_nothing(land: World) -> None:
    whole = programme(land)
    mine = source(land.office, whole)
    key = uuid4()
    first, second = line(land.office, whole, mine, key=key), line(land.office, whole, mine, key=key)
    assert first.pk == second.pk
    once, twice = (enter(land.office, first, "allocation", 5, key=key) for _time in range(2))
    assert once.pk == twice.pk
    old = line(land.office, whole, mine, line_id=first.pk, version=0, key=first.key)
    assert old.code == "stale"
    assert source(land.office, whole, 5, source_id=mine.pk, version=9).code == "stale"


def test_days_fit_the_budget_year(land: World) -> None:
    load_catalogue()
    whole = programme(land)
    row = line(land.office, project(land, whole), source(land.office, whole))
    # A year's money is given in December before: it counts from the first day of its year.
    assert isinstance(enter(land.office, row, "allocation", 100, on=date(2025, 12, 20)), MoneyEntry)
    assert told(land, "budget_planned")["", "2026-01-01"] == 100
    assert enter(land.office, row, "disbursement", 1, on=date(2025, 12, 31)).code == "day"
    assert enter(land.office, row, "disbursement", 1, on=date(2026, 3, 3)).code == "future"
    odd = line(land.office, whole, source(land.office, whole, year_to=2025))
    assert odd.code == "source_year"


def test_who_writes_money(land: World) -> None:
    whole = programme(land)
    part = project(land, whole, lead="health")
    mine = source(land.office, whole)
    # The officer of the body that answers for the project writes its lines and entries, not its sources.
    row = line(land.actor("health"), part, mine)
    assert isinstance(row, MoneyLine)
    assert isinstance(enter(land.actor("health"), row, "allocation", 5), MoneyEntry)
    for who in (land.actor("health"), land.actor("finance"), land.actor("police", "leader")):
        with pytest.raises(PermissionDenied):
            source(who, whole)
    for who in (land.actor("finance"), land.actor("health", "leader"), land.actor("binh_giang_police")):
        with pytest.raises(PermissionDenied):
            enter(who, row, "allocation", 1)
    assert not MoneyLine.objects.visible_to(land.actor("binh_giang_police", "standing_office")).exists()
    assert MoneyLine.objects.visible_to(land.actor("health")).count() == 1
    assert not MoneyLine.objects.visible_to(None).exists()


def test_a_refusal_leaves_nothing_behind(land: World) -> None:
    whole = programme(land)
    mine = source(land.office, whole, 10)
    row = line(land.office, whole, mine)
    with transaction.atomic():
        assert isinstance(enter(land.office, row, "allocation", 11), Refusal)
    assert not MoneyEntry.objects.exists()
    used = money.void_source(actor=land.office, at=NOW, source_id=mine.pk, version=mine.version, why="Trùng")
    assert used.code == "used"
    assert unfunded_tasks([whole.pk]) == []
