"""Forms of the review: what an item holds comes back unchanged, and mistakes are told in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pcmt.apps.plans.contract import FIELDS, faults
from pcmt.core.reading import read
from pcmt.demo.samples import plan_text
from pcmt.web.reading.draft import facts_from
from pcmt.web.reading.forms import FORMS, DeadlineForm, DutyForm, ItemForm, TargetForm, WindowForm, precision_of
from pcmt.web.reading.words import COMPARATORS, DUTY_KINDS, PERIODS, REMARKS, SINGULAR, TARGET_KINDS, remark


def sent(form: ItemForm) -> dict[str, Any]:
    """What a browser sends for a form that nobody touched."""
    data: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if value is None or value is False:
            continue
        data[bound.name] = value if isinstance(value, list) else str(value)
    return data


READING = read(plan_text())
ENTRIES = [(name, entry) for name in FORMS for entry in READING[name]]


class Entry:
    """An item as the forms see it when they offer others."""

    def __init__(self, list_name: str, entry: dict[str, Any]) -> None:
        self.list_name, self.key, self.text, self.state = list_name, entry["id"], entry["text"], "proposed"


ITEMS: Any = [Entry(name, entry) for name, entry in ENTRIES]


@pytest.mark.parametrize(("list_name", "values"), ENTRIES, ids=[f"{n}-{e['id']}" for n, e in ENTRIES])
def test_saving_an_untouched_form_changes_nothing(list_name: str, values: dict[str, Any]) -> None:
    shown = FORMS[list_name](values)
    shown.offer(ITEMS)
    form = FORMS[list_name](values, sent(shown))
    form.offer(ITEMS)
    assert form.is_valid(), form.errors
    assert form.edits() == {}
    assert set(form.changed()) <= set(FIELDS[list_name])
    assert list(faults(list_name, {**values, **form.changed()}, form.changed())) == []


def test_every_list_of_the_review_has_a_form_and_a_word() -> None:
    assert set(FORMS) == set(FIELDS) == set(SINGULAR)


def target(**data: Any) -> TargetForm:
    form = TargetForm({}, {"kind": "count", "comparator": "gte", "value": "5", "unit": "vụ", **data})
    form.is_valid()
    return form


def test_a_range_needs_both_ends_in_order() -> None:
    assert "value_max" in target(comparator="range").errors
    assert "value_max" in target(comparator="range", value_max="4").errors
    assert target(comparator="range", value_max="7").changed()["value_max"] == 7


def test_a_number_needs_a_comparison_and_a_comparison_a_number() -> None:
    assert "value" in target(value="").errors
    assert "comparator" in target(comparator="none").errors
    assert not target(comparator="none", value="").errors


def test_percent_is_kept_as_the_contract_says_it() -> None:
    assert target(unit="%").changed()["unit"] == "percent"


def test_a_named_year_needs_the_year() -> None:
    assert "baseline_year" in target(baseline_kind="year").errors
    assert target(baseline_kind="year", baseline_year="2025").changed()["baseline"]["year"] == 2025


def limit(**data: str) -> DeadlineForm:
    form = DeadlineForm({}, {"relation": "before", **data})
    form.offer(ITEMS)
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ({"every": "WEEKLY", "weekday": "TU"}, "FREQ=WEEKLY;BYDAY=TU"),
        ({"every": "MONTHLY", "day": "20"}, "FREQ=MONTHLY;BYMONTHDAY=20"),
        ({"every": "QUARTERLY", "day": "20"}, "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=20"),
        ({"every": "YEARLY", "day": "5", "month": "7"}, "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=5"),
    ],
)
def test_recurring_limits_read_back(data: dict[str, str], rule: str) -> None:
    made = limit(when="rule", **data).changed()
    assert made["rule"] == rule
    again = DeadlineForm(made)
    assert again.initial["when"] == "rule"
    assert {name: str(again.initial[name]) for name in data} == data


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"when": ""}, "when"),
        ({"when": "date"}, "date"),
        ({"when": "span", "date": "1/6/2026"}, "date_to"),
        ({"when": "span", "date": "2/6/2026", "date_to": "1/6/2026"}, "date_to"),
        ({"when": "rule", "every": "WEEKLY"}, "weekday"),
        ({"when": "rule", "every": "MONTHLY"}, "day"),
        ({"when": "rule", "every": "YEARLY", "day": "5"}, "month"),
        ({"when": "event"}, "event"),
    ],
)
def test_a_limit_says_what_is_missing(data: dict[str, str], field: str) -> None:
    assert list(limit(**data).errors) == [field]


def test_a_year_stays_a_year_while_its_day_does() -> None:
    held = {"relation": "by", "precision": "year", "date": "2027-12-31"}
    data = {"when": "date", "relation": "by", "date": "31/12/2027"}
    form = DeadlineForm(held, data)
    form.offer(ITEMS)
    assert form.is_valid()
    assert form.edits() == {}
    form = DeadlineForm(held, data | {"date": "30/11/2027"})
    form.offer(ITEMS)
    assert form.is_valid()
    assert form.edits()["precision"] == "day"


def test_a_report_may_be_due_in_words_only() -> None:
    form = DutyForm({}, {"kind": "final", "period": "annual", "reporter": "A", "when": "", "due_text": "theo quy định"})
    assert form.is_valid(), form.errors
    assert form.changed()["due"] is None


def test_windows_run_forward() -> None:
    form = WindowForm({}, {"name": "Đợt 1", "from_": "5/6/2026", "to": "1/6/2026"})
    assert list(form.errors) == ["to"]


def test_periods_are_told_by_their_ends() -> None:
    form = limit(when="span", relation="within", date="01/07/2026", date_to="31/12/2026")
    assert form.changed()["precision"] == "half_year"
    assert precision_of(date(2026, 4, 1), date(2026, 6, 30)) == "quarter"
    assert precision_of(date(2028, 2, 1), date(2028, 2, 29)) == "month"
    assert precision_of(date(2026, 1, 1), date(2026, 12, 31)) == "year"
    assert precision_of(date(2026, 1, 2), date(2026, 12, 31)) == "range"


def test_a_selection_starts_with_what_the_reader_makes_of_it() -> None:
    facts = facts_from("targets", "mỗi tổ dân phố mở ít nhất 02 buổi nói chuyện/quý")
    assert (facts["comparator"], facts["value"]) == ("gte", 2)
    assert facts["unit"].startswith("buổi")
    assert facts_from("deadlines", "trước ngày 15/11/2026")["date"] == "2026-11-15"
    assert facts_from("projects", "Dự án 1") == {}
    assert facts_from("tasks", "") is not None


def test_codes_of_the_contract_have_words() -> None:
    assert {"gte", "lte", "eq", "range", "none"} <= set(COMPARATORS)
    kinds = {entry["kind"] for entry in READING["targets"]}
    assert kinds <= set(TARGET_KINDS)
    assert {duty["kind"] for duty in READING["reporting_duties"]} <= set(DUTY_KINDS)
    assert {duty["period"] for duty in READING["reporting_duties"]} - {None} <= set(PERIODS)
    for found in READING["diagnostics"]:
        assert found["code"] in REMARKS
        assert "%(" not in remark(found["code"], found["args"])


def test_a_remark_without_words_is_not_hidden() -> None:
    assert "new_code" in remark("new_code", {})
