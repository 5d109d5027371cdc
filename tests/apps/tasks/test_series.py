"""Recurring work as a series: how each window stands, which one stands for all, what is no series."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pcmt.apps.tasks.models import DueItem, DueState, Mode
from pcmt.apps.tasks.series import Mark, _freq, mark_of, one_a_series, series_of
from tests.factories.plans import adopted
from tests.factories.world import NOW, TODAY, World

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("facts", "mark"),
    [
        ({"state": DueState.DONE, "done_on": YESTERDAY, "due_on": YESTERDAY}, Mark.DONE),
        ({"state": DueState.DONE, "done_on": TODAY, "due_on": YESTERDAY}, Mark.LATE),
        ({"state": DueState.DONE, "done_on": TODAY, "due_on": YESTERDAY, "mode": Mode.REQUESTED}, Mark.DONE),
        ({"due_on": YESTERDAY}, Mark.MISSED),
        ({"due_on": YESTERDAY, "mode": Mode.REQUESTED}, Mark.ASKED),
        ({"due_on": TODAY}, Mark.OPEN),
        ({"due_on": TOMORROW, "opens_on": TODAY}, Mark.OPEN),
        ({"due_on": TOMORROW, "opens_on": TOMORROW}, Mark.COMING),
        ({"due_on": YESTERDAY, "state": DueState.SUBMITTED, "done_on": YESTERDAY}, Mark.WAITING),
        ({"due_on": YESTERDAY, "state": DueState.SUSPENDED}, Mark.PAUSED),
    ],
)
def test_how_a_window_stands(facts: dict[str, Any], mark: Mark) -> None:
    plain = {"state": DueState.OPEN, "mode": Mode.ASSIGNED, "opens_on": None, "done_on": None, "on": TODAY}
    assert mark_of(**{**plain, **facts}) == mark


@pytest.mark.parametrize(
    ("rule", "freq"),
    [
        ("FREQ=WEEKLY;BYDAY=FR", "WEEKLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "MONTHLY"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15", "MONTHLY/3"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", ""),  # two windows a week: a window is no week
        ("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=15", ""),
    ],
)
def test_what_one_window_is_called_follows_from_its_rule(rule: str, freq: str) -> None:
    assert _freq({"relation": "before", "precision": "recurring", "rule": rule}) == freq
    assert _freq(None) == ""


def test_a_series_is_one_task_of_one_body(land: World, reader: None) -> None:
    plan = adopted(land.office).plan
    dues = DueItem.objects.filter(plan=plan)
    monthly = dues.filter(task__isnull=False, limit_text__contains="hằng tháng")
    bodies = monthly.values_list("unit", flat=True).distinct().count()
    assert bodies == 2
    assert monthly.count() > bodies
    first = monthly.filter(unit=land["dong_hoa"]).order_by("due_on")[0]
    DueItem.objects.filter(pk=first.pk).update(state=DueState.DONE, done_at=NOW, done_on=first.due_on)
    lines = one_a_series(monthly)
    assert lines.count() == bodies
    mine = lines.get(unit=land["dong_hoa"])
    assert mine == monthly.filter(unit=land["dong_hoa"], state=DueState.OPEN).order_by("due_on")[0]
    series = series_of(land.office, lines, TODAY)[mine.pk]
    assert len(series.occurrences) == monthly.filter(unit=land["dong_hoa"]).count()
    assert (series.freq, series.done) == ("MONTHLY", 1)
    # All done: the last one stands for the series.
    monthly.update(state=DueState.DONE, done_at=NOW, done_on=date(2026, 12, 1))
    last = monthly.filter(unit=land["tay_hoa"]).order_by("-due_on")[0]
    assert one_a_series(monthly).get(unit=land["tay_hoa"]) == last


def test_parts_and_single_limits_are_no_series(land: World, reader: None) -> None:
    plan = adopted(land.office).plan
    single = DueItem.objects.filter(plan=plan, task__isnull=False, due_on=date(2026, 6, 14)).get()
    assert series_of(land.office, [single], TODAY) == {}
    for _ in range(2):
        DueItem.objects.create(
            kind=single.kind, plan=plan, task=single.task, unit=land["dong_hoa_clinic"], unit_name="Trạm Y tế",
            parent=single, given_by=land["health"], label="Phần của trạm", start=0, end=1, due_on=date(2026, 6, 1),
        )  # fmt: skip
    parts = DueItem.objects.filter(parent=single)
    assert one_a_series(parts).count() == 2
    assert series_of(land.office, parts, TODAY) == {}
    assert series_of(land.office, [], TODAY) == {}
