"""Who owes what by when, and one's own work."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.queries import plan_progress, plans_progress
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.tasks.operations import report_progress
from pcmt.apps.tasks.queries import OweFilter, due_items, my_work, owe_counts, units_work, who_owes
from tests.factories.plans import adopted
from tests.factories.world import NOW, TODAY, World

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def plan(land: World) -> Plan:
    return adopted(land.office).plan


def labels(land: World, **given: Any) -> list[tuple[str, str, date | None]]:
    page = who_owes(land.office, OweFilter(**given), on=TODAY, size=500)
    return [(due.unit.name if due.unit else "", due.label[:10], due.due_on) for due in page.rows]


def test_by_date_then_unit_standing_last(land: World, plan: Plan) -> None:
    found = labels(land)
    days = [day for _unit, _label, day in found]
    assert days == sorted(days, key=lambda day: (day is None, day or date.min))
    assert found[0][2] == date(2026, 1, 14)
    assert [unit for unit, _label, day in found if day == date(2026, 1, 14)] == [
        "Phường Tây Hòa",
        "Sở Y tế",
        "Xã Đông Hòa",
    ]


def test_filters(land: World, plan: Plan) -> None:
    june = {"from_on": date(2026, 6, 1), "to_on": date(2026, 6, 14)}
    assert {unit for unit, _label, _day in labels(land, **june)} == {"Sở Y tế", "Xã Đông Hòa", "Phường Tây Hòa"}
    assert [label for _unit, label, _day in labels(land, **june, kind="task")] == ["Lập danh s"]
    assert {unit for unit, _label, _day in labels(land, unit_id=land["health"].pk)} == {"Sở Y tế"}
    assert labels(land, unit_id=land["an_binh"].pk) == []
    below = labels(land, unit_id=land["an_binh"].pk, units_below=True)
    assert len(below) == len(labels(land))
    assert {label for _unit, label, _day in labels(land, words="hop dan")} == {"Họp dân mỗ"}
    assert {day for _unit, _label, day in labels(land, state="standing")} == {None}
    overdue = labels(land, state="overdue")
    assert ("Ủy ban Mặt trận Tổ quốc tỉnh", "Vận động b", date(2026, 1, 31)) not in overdue
    assert {day for _unit, _label, day in overdue} == {
        date(2026, 1, 14),
        date(2026, 1, 19),
        date(2026, 2, 14),
        date(2026, 2, 19),
    }
    assert labels(land, plan_id=plan.pk + 1) == []


def test_done_and_late(land: World, plan: Plan) -> None:
    first = DueItem.objects.filter(unit=land["health"], kind="report").order_by("due_on")[0]
    report_progress(actor=land.actor("health"), at=NOW, due_item_id=first.pk, version=1, done=True)
    assert labels(land, state="done") == [("Sở Y tế", "báo cáo Cô", date(2026, 1, 14))]
    assert set(labels(land, state="late")) == {*labels(land, state="done"), *labels(land, state="overdue")}
    counts = owe_counts(DueItem.objects.filter(unit=land["health"]), TODAY)
    assert (counts.done, counts.done_late, counts.done_in_time, counts.overdue) == (1, 1, 0, 1)
    assert counts.total == counts.open + counts.done


def test_pages(land: World, plan: Plan) -> None:
    whole = who_owes(land.office, OweFilter(), on=TODAY, size=1000)
    pages = [
        who_owes(land.office, OweFilter(), on=TODAY, page=number, size=10) for number in range(1, whole.total // 10 + 2)
    ]
    assert [due.pk for page in pages for due in page.rows] == [due.pk for due in whole.rows]
    assert pages[0].pages == len(pages)
    assert who_owes(land.office, OweFilter(), on=TODAY, page=999, size=10).page == len(pages)
    assert who_owes(land.office, OweFilter(), on=TODAY, page=-3, size=10).page == 1
    nobody = who_owes(land.actor("binh_giang_police"), OweFilter(), on=TODAY)
    assert (nobody.total, nobody.pages, nobody.rows) == (0, 1, [])


def test_the_number_of_statements_is_constant(land: World, plan: Plan, django_assert_num_queries: Any) -> None:
    office, officer = land.office, land.actor("health")
    for size in (5, 500):
        with django_assert_num_queries(2):
            rows = who_owes(office, OweFilter(), on=TODAY, size=size).rows
            shown = [(due.plan.title, due.unit and due.unit.name, due.clause and due.clause.address) for due in rows]
            shown += [(due.occurrence.duty.text, "", "") for due in rows if due.kind == "report"]
        assert len(shown) > 5
    with django_assert_num_queries(6):
        my_work(office, TODAY)
    with django_assert_num_queries(5):
        my_work(officer, TODAY)


def test_my_work(land: World, plan: Plan) -> None:
    work = my_work(land.actor("dong_hoa"), date(2026, 3, 12))
    assert [due.due_on for due in work.overdue] == [
        date(2026, 1, 14),
        date(2026, 1, 19),
        date(2026, 2, 14),
        date(2026, 2, 19),
    ]
    assert [(due.kind, due.due_on) for due in work.soon] == [("report", date(2026, 3, 14)), ("task", date(2026, 3, 19))]
    assert {due.unit for due in (*work.overdue, *work.soon, *work.later)} == {land["dong_hoa"]}
    assert work.units == ()
    assert work.counts.overdue == 4
    office = my_work(land.office, date(2026, 3, 12))
    assert [due.label for due in office.standing] == ["Cấp kinh phí cho các đội."]
    assert {row.unit_id for row in office.units} >= {land["dong_hoa"].pk, land["health"].pk}
    assert office.units[0].counts.overdue >= office.units[-1].counts.overdue
    asked = my_work(land.actor("front"), TODAY)
    assert (asked.overdue, len(asked.soon)) == ((), 1)


def test_units_of_a_leader_are_below_the_own_one(land: World, plan: Plan) -> None:
    rows = units_work(land.actor("dong_hoa", "leader"), TODAY)
    assert {row.unit_name for row in rows} == {"Xã Đông Hòa"}
    assert {row.unit_name for row in units_work(land.actor("dong_hoa", "leader"), TODAY, plan_id=plan.pk)} > {"Sở Y tế"}


def test_figures_of_a_plan(land: World, plan: Plan, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        figures = plan_progress(plan.pk, TODAY)
    assert (figures.targets, figures.tasks, figures.tasks_requested, figures.duties) == (2, 5, 1, 2)
    assert figures.targets_by_shape == {"allocation": 1, "share": 1}
    assert figures.due.overdue == 3 * 2 + 2 * 2
    assert figures.in_time_percent == 0
    other = adopted(land.office).plan
    assert set(plans_progress([plan.pk, other.pk], TODAY)) == {plan.pk, other.pk}


def test_nothing_to_judge_is_no_figure(land: World, plan: Plan) -> None:
    assert plan_progress(plan.pk, date(2026, 1, 6)).in_time_percent is None


def test_ended_items_owe_nothing(land: World, plan: Plan) -> None:
    DueItem.objects.update(state="ended")
    assert not due_items(land.office, OweFilter(), TODAY).exists()
    assert plan_progress(plan.pk, TODAY).due.total == 0
