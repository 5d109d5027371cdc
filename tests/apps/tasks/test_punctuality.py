"""Punctuality in the database: the rule of the core, rows that add up, what each actor is shown."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest

from pcmt.apps.plans.models import Plan, Revision
from pcmt.apps.tasks.models import DueItem, DueState, Extension, ExtensionState, Mode
from pcmt.apps.tasks.punctuality import (
    Question,
    added,
    by_body,
    by_period,
    by_plan,
    counted,
    most_late_first,
    total_of,
    with_columns,
)
from pcmt.core.evaluating.punctuality import Column, Debt, MoreTime, column
from pcmt.core.periods import ADMINISTRATIVE, STATISTICAL, Kind, Span
from tests.core.evaluating.test_punctuality import CASES, debt_of
from tests.factories.plans import adopted
from tests.factories.world import NOW, TODAY, World

pytestmark = pytest.mark.usefixtures("reader")
LATER = date(2030, 1, 1)
"""After every day of the cases, so that all of them are days gone by."""


@pytest.fixture
def plan(land: World) -> Plan:
    return adopted(land.office).plan


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def become(due: DueItem, debt: Debt, land: World) -> None:
    """The due item as a debt of the core's."""
    state = (
        DueState.SUSPENDED
        if debt.suspended_on
        else DueState.OPEN
        if debt.done_on is None
        else DueState.SUBMITTED
        if debt.waiting
        else DueState.DONE
    )
    DueItem.objects.filter(pk=due.pk).update(
        due_on=debt.due_on,
        done_on=debt.done_on,
        done_at=noon(debt.done_on) if debt.done_on else None,
        state=state,
        suspended_on=debt.suspended_on,
        mode=Mode.REQUESTED if debt.requested else Mode.ASSIGNED,
    )
    clerk = land.office
    for each in debt.more_time:
        Extension.objects.create(
            due_item=due, state=ExtensionState.APPROVED, from_on=each.from_on, wanted_on=date(2031, 1, 1), reason="x",
            asked_at=noon(each.decided_on), asked_by_id=clerk.user_id, asked_by_name="Lan", unit_id=clerk.unit_id,
            decided_at=noon(each.decided_on), decided_by_id=clerk.user_id, until=date(2031, 1, 1),
        )  # fmt: skip


def test_the_database_counts_as_the_core_does(land: World, plan: Plan) -> None:
    """Each case of the table, and each of its debts on the days of all the others."""
    Revision.objects.update(adopted_at=datetime(2020, 1, 1, tzinfo=UTC))
    dues = list(DueItem.objects.order_by("pk"))
    debts = {}
    for due, case in zip(dues, CASES, strict=False):
        become(due, debt_of(case), land)
        debts[due.pk] = debt_of(case)
    assert len(debts) == len(CASES)
    for as_of in sorted({case["as of"] for case in CASES}):
        rows = with_columns(DueItem.objects.filter(pk__in=debts), as_of, today=LATER).values_list("pk", "column")
        assert dict(rows) == {pk: column(debt, as_of).value for pk, debt in debts.items()}, as_of


def test_every_table_adds_up_to_the_same_total(land: World, plan: Plan) -> None:
    dues = list(DueItem.objects.order_by("pk"))
    shapes = itertools.cycle(CASES)
    for due in dues:
        case = next(shapes)
        if not case.get("extended"):
            become(due, debt_of(case), land)
    question = Question(as_of=TODAY)
    total = total_of(land.office, question)
    assert total.total == DueItem.objects.count()
    assert added(by_body(land.office, question)).counts == total.counts
    assert added(by_plan(land.office, question)).counts == total.counts
    year = Span(date(2026, 1, 1), date(2027, 1, 1))
    for calendar in (ADMINISTRATIVE, STATISTICAL):
        months = [calendar.named(Kind.MONTH, 2026, number) for number in range(1, 13)]
        inside = Span(months[0].start, months[-1].end)
        by_month = added(by_period(land.office, question, months))
        assert by_month.counts == total_of(land.office, Question(as_of=TODAY, window=inside)).counts
    assert total_of(land.office, Question(as_of=TODAY, window=year)).counts[Column.NO_LIMIT] == 0


def test_each_number_opens_to_its_items(land: World, plan: Plan) -> None:
    question = Question(as_of=TODAY)
    for row in by_body(land.office, question):
        own = Question(as_of=TODAY, unit_id=row.key if isinstance(row.key, int) else None, nobody=row.key is None)
        found = Counter(counted(land.office, own).values_list("column", flat=True))
        assert found == {each.value: n for each, n in row.counts.items()}, row.name


def test_parts_are_counted_beside_and_not_twice(land: World, plan: Plan) -> None:
    whole = DueItem.objects.filter(unit=land["dong_hoa"]).order_by("due_on")[0]
    part = DueItem.objects.get(pk=whole.pk)
    part.pk = None
    part.parent, part.given_by, part.unit = whole, land["dong_hoa"], land["dong_hoa_clinic"]
    part.save(force_insert=True)
    before = total_of(land.office, Question(as_of=TODAY))
    assert before.total == DueItem.objects.filter(parent=None).count()
    rows = {row.name: row for row in by_body(land.office, Question(as_of=TODAY))}
    clinic = rows["Trạm Y tế xã Đông Hòa"]
    assert (clinic.total, clinic.parts) == (0, 1)
    only = by_body(land.office, Question(as_of=TODAY, parts=True))
    assert [(row.name, row.counts[Column.OVERDUE], row.parts) for row in only] == [("Trạm Y tế xã Đông Hòa", 1, 0)]


def test_what_an_heir_took_over_is_its_own_and_says_from_whom(land: World, plan: Plan) -> None:
    DueItem.objects.filter(unit=land["tay_hoa"]).update(unit=land["dong_hoa"], origin_unit=land["tay_hoa"])
    rows = {row.name: row for row in by_body(land.office, Question(as_of=TODAY))}
    assert "Phường Tây Hòa" not in rows
    assert list(rows["Xã Đông Hòa"].origins) == ["Phường Tây Hòa"]


def test_a_day_before_the_plan_was_adopted_knows_nothing_of_it(land: World, plan: Plan) -> None:
    assert total_of(land.office, Question(as_of=date(2026, 3, 1))).total == 0
    Revision.objects.update(adopted_at=datetime(2026, 1, 6, tzinfo=UTC))
    assert total_of(land.office, Question(as_of=date(2026, 3, 1))).total == DueItem.objects.count()


def test_time_given_later_is_not_known_before(land: World, plan: Plan) -> None:
    Revision.objects.update(adopted_at=datetime(2026, 1, 6, tzinfo=UTC))
    due = DueItem.objects.filter(unit=land["health"], due_on=date(2026, 1, 14)).get()
    become(due, Debt(due_on=date(2026, 2, 28), more_time=[MoreTime(date(2026, 1, 20), date(2026, 1, 14))]), land)
    health = land["health"].pk
    january = Span(date(2026, 1, 1), date(2026, 2, 1))
    then = total_of(land.office, Question(as_of=date(2026, 1, 18), window=january, unit_id=health))
    assert then.counts[Column.OVERDUE] == 1
    now = total_of(land.office, Question(as_of=TODAY, window=january, unit_id=health))
    assert now.total == 0


def test_who_is_shown_whose_punctuality(land: World, plan: Plan) -> None:
    def names(unit: str, role: str) -> set[str]:
        return {row.name for row in by_body(land.actor(unit, role), Question(as_of=TODAY))}

    everybody = names("police", "standing_office")
    assert {"Sở Y tế", "Xã Đông Hòa", "Phường Tây Hòa", "Ủy ban Mặt trận Tổ quốc tỉnh"} <= everybody
    assert names("an_binh", "leader") == everybody
    assert names("police", "leader") == everybody, "the keeper's own leader"
    assert names("health", "officer") == {"Sở Y tế"}
    assert names("health", "leader") == {"Sở Y tế"}
    assert names("dong_hoa", "leader") == {"Xã Đông Hòa"}
    assert names("binh_giang", "leader") == set()


def test_most_late_first_keeps_the_order_of_equals(land: World, plan: Plan) -> None:
    rows = by_body(land.office, Question(as_of=TODAY))
    found = most_late_first(rows)
    lates = [row.counts[Column.LATE] + row.counts[Column.OVERDUE] for row in found]
    assert lates == sorted(lates, reverse=True)
    calm = [row.name for row in rows if not row.counts[Column.OVERDUE] and not row.counts[Column.LATE]]
    assert [row.name for row in found if row.name in calm] == calm


def test_cancelled_and_ended_are_in_no_number(land: World, plan: Plan) -> None:
    before: Any = total_of(land.office, Question(as_of=TODAY)).total
    DueItem.objects.filter(pk=DueItem.objects.order_by("pk")[0].pk).update(state=DueState.CANCELLED)
    assert total_of(land.office, Question(as_of=TODAY)).total == before - 1
    assert NOW.date() == TODAY
