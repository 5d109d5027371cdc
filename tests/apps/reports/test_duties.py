"""What a report duty of the reading becomes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pcmt.apps.reports.models import Duty, DutyOccurrence, DutyReporter
from pcmt.apps.tasks.models import DueItem
from tests.factories import plans
from tests.factories.plans import adopted, agency
from tests.factories.world import World


def only(land: World, monkeypatch: pytest.MonkeyPatch, **facts: Any) -> Duty:
    """The duty that these facts become."""

    def read(text: str, *, name: str = "") -> dict[str, Any]:
        found = plans.draft(text)
        found.reading["reporting_duties"] = []
        facts.setdefault("reporter", [agency("Sở Y tế")])
        found.add("reporting_duties", "Công an tỉnh báo cáo UBND tỉnh", **facts)
        return found.reading

    monkeypatch.setattr("pcmt.core.reading.read", read)
    adopted(land.office)
    return Duty.objects.get()


def days(duty: Duty) -> list[date | None]:
    return list(DueItem.objects.filter(occurrence__duty=duty).order_by("due_on").values_list("due_on", flat=True))


def test_a_final_report_after_the_plan_ends(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    duty = only(
        land,
        monkeypatch,
        kind="final",
        period="once",
        due={"relation": "before", "precision": "day", "date": "2027-01-15", "text": "trước ngày 15/01/2027"},
        recipient=[agency("UBND tỉnh")],
        via=agency("Công an tỉnh"),
        onward_to=[agency("Bộ Công an")],
        prepared_by=agency("Sở Tài chính"),
    )
    assert days(duty) == [date(2027, 1, 14)]
    assert (duty.recipient, duty.recipient_name, duty.via, duty.onward, duty.prepared_by) == (
        land["an_binh"],
        "UBND tỉnh",
        "Công an tỉnh",
        ["Bộ Công an"],
        "Sở Tài chính",
    )
    occurrence = DutyOccurrence.objects.get()
    assert (occurrence.period_from, occurrence.period_to) == (None, None)
    assert occurrence.due_item.limit_text == "trước ngày 15/01/2027"


def test_a_quarterly_rule(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    duty = only(
        land,
        monkeypatch,
        kind="periodic",
        period="quarterly",
        due={"relation": "before", "rule": "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=20"},
    )
    assert days(duty) == [date(2026, month, 19) for month in (3, 6, 9, 12)]
    spans = [(each.period_from, each.period_to) for each in DutyOccurrence.objects.order_by("period_to")]
    assert spans[0] == (date(2025, 12, 15), date(2026, 3, 14))
    opened = DueItem.objects.filter(occurrence__duty=duty).order_by("due_on")[0]
    assert opened.opens_on == date(2026, 3, 15)


def test_two_dues_in_one_period_cover_it_once(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    duty = only(
        land,
        monkeypatch,
        kind="periodic",
        period="monthly",
        due={"relation": "by", "rule": "FREQ=MONTHLY;BYMONTHDAY=16,28"},
    )
    assert len(days(duty)) == 24
    covered = list(DutyOccurrence.objects.exclude(period_to=None).values_list("period_to", flat=True))
    assert len(covered) == len(set(covered)) == 12


def test_no_due_is_one_standing_item_each(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    duty = only(
        land,
        monkeypatch,
        kind="periodic",
        period="six_monthly",
        due_text="theo quy định",
        reporter=[agency("UBND các xã, phường")],
    )
    assert days(duty) == [None, None]
    assert {each.unit for each in DutyOccurrence.objects.select_related("unit")} == {land["dong_hoa"], land["tay_hoa"]}
    reporter = DutyReporter.objects.select_related("unit").get()
    assert reporter.unit is not None
    assert reporter.unit.kind == "group"
    assert DueItem.objects.filter(occurrence__duty=duty)[0].limit_text == "theo quy định"


def test_nobody_owes_an_ad_hoc_report_yet(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    duty = only(land, monkeypatch, kind="ad_hoc", period="ad_hoc")
    assert days(duty) == []


def test_a_duty_without_reporter_is_nobodys_but_seen(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    only(land, monkeypatch, kind="final", period="once", reporter=[], due={"relation": "by", "date": "2026-12-20"})
    due = DueItem.objects.get(kind="report")
    assert (due.unit, due.unit_name, due.due_on) == (None, "", date(2026, 12, 20))


def test_a_body_named_twice_reports_once(land: World, monkeypatch: pytest.MonkeyPatch) -> None:
    duty = only(
        land,
        monkeypatch,
        kind="final",
        period="once",
        reporter=[agency("Sở Y tế"), agency("Sở Y tế tỉnh")],
        due={"relation": "by", "date": "2026-12-20"},
    )
    assert days(duty) == [date(2026, 12, 20)]
    assert duty.reporters.count() == 2


@pytest.mark.parametrize(
    ("what", "label"),
    [
        (None, "Công an tỉnh báo cáo UBND tỉnh"),
        ("báo cáo", "Công an tỉnh báo cáo UBND tỉnh"),
        ("kế hoạch", "Kế hoạch: Công an tỉnh báo cáo UBND tỉnh"),
    ],
)
def test_what_is_owed_says_enough(land: World, monkeypatch: pytest.MonkeyPatch, what: str | None, label: str) -> None:
    only(land, monkeypatch, kind="submission", period="once", what=what)
    assert DueItem.objects.get(occurrence__duty__isnull=False).label == label
