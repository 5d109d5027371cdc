"""Wrong tables of the law are named; every rule says where it stands."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pcmt.reference import WrongLaw, groups_tested, law, law_from, rules_of, tables

ACTS = re.compile(r"Luật|Nghị định|Bộ luật|Nghị quyết|Thông tư|Quyết định")


def no_source(data: Any) -> None:
    data["limits"]["limit"][0]["source"] = ""


def twice(data: Any) -> None:
    data["terms"]["term"].append({**data["terms"]["term"][0]})


def unknown_limit(data: Any) -> None:
    data["grounds"]["ground"][0]["opens"] = ["soon"]


def unknown_form(data: Any) -> None:
    data["grounds"]["ground"][0]["form"] = "D1.1"


def form_of_another_law(data: Any) -> None:
    data["grounds"]["ground"][0]["form"] = "D163.III-04"


def unknown_need(data: Any) -> None:
    data["grounds"]["ground"][0]["needs"] = ["rumour"]


def unknown_category(data: Any) -> None:
    data["terms"]["term"][0]["category"] = "suspect"


def stage_in_hours(data: Any) -> None:
    data["stages"]["stage"][0]["most"] = {"n": 2, "unit": "hour"}


def no_length(data: Any) -> None:
    data["limits"]["limit"][0]["length"] = {"n": 0, "unit": "hour"}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (no_source, "limits: verify_residence has no source"),
        (twice, "terms: user.year holds twice"),
        (unknown_limit, "opens 'soon'"),
        (unknown_form, "form 'D1.1'"),
        (form_of_another_law, "user.decision has the form 'D163.III-04' on days"),
        (unknown_need, "needs 'rumour'"),
        (unknown_category, "terms: user.year"),
        (stage_in_hours, "stages: intake"),
        (no_length, "limits: verify_residence: no length"),
    ],
)
def test_wrong_tables_are_named(spoil: Callable[[Any], None], words: str) -> None:
    data = copy.deepcopy(tables("law"))
    spoil(data)
    with pytest.raises(WrongLaw, match=re.escape(words)):
        law_from(data)


def test_every_rule_names_its_act() -> None:
    assert [rule.code for _table, rule in rules_of(law()) if not ACTS.search(rule.source)] == []


def test_every_status_can_begin_and_end_under_the_new_law() -> None:
    on = date(2026, 7, 1)
    for category in {each.category for each in law().grounds}:
        effects = {each.effect for each in law().grounds if each.category is category and each.holds_on(on)}
        assert {"starts", "ends", "stops"} <= {str(each) for each in effects}, category


def test_groups_of_testing_are_those_of_the_law_and_the_plan_s() -> None:
    assert list(groups_tested()) == ["caught", "suspicion", "managed", "rehab", "substitution", "post_rehab", "plan"]
