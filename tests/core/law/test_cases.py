"""The law by examples (tests/cases/law), each with its article; computed by hand, not by the program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from pcmt.core.law import (
    Category,
    Effect,
    Interruption,
    Setting,
    Stops,
    age_on,
    announcements,
    due_of,
    ends_with,
    outlasts,
    path_of,
    remainder,
    remaining_from,
    term_of,
)
from pcmt.core.law.terms import Term
from pcmt.core.periods import DAY, add_months, length_from
from pcmt.reference import law, work_calendar

FOLDER = Path(__file__).parents[2] / "cases/law"
CASES = [case for path in sorted(FOLDER.glob("*.yaml")) for case in yaml.safe_load(path.read_text(encoding="utf-8"))]
FEWEST = 100
HERE = ZoneInfo("Asia/Ho_Chi_Minh")
Case = dict[str, Any]


def plain_term(case: Case) -> Term:
    return Term(case["from"], add_months(case["from"], case["months"]) - DAY, case["months"], "")


def term(case: Case) -> None:
    rule = law().term_for(
        Category(case["category"]), on=case["day"], setting=Setting(case["setting"]) if "setting" in case else None,
        again=case.get("again", 0), minor=case.get("minor", False),
        after=Setting(case["after"]) if "after" in case else None,
    )  # fmt: skip
    assert (rule.code if rule else None) == case["rule"]
    if rule and "months" in case:
        assert rule.least is not None
        assert rule.most is not None
        assert rule.least <= case["months"] <= rule.most
    assert term_of(rule, case.get("from", case["day"]), case.get("months")).ends_on == case["ends"]


def end(case: Case) -> None:
    pauses = [Interruption(Stops(each["kind"]), each["from"], each["to"]) for each in case["pauses"]]
    whole = plain_term(case)
    assert ends_with(whole, pauses, case["day"]) == case["ends"]
    assert remainder(whole, pauses, case["day"]) == case["left"]


def outlasting(case: Case) -> None:
    assert outlasts(plain_term(case), [], case["until"]) is case["outlasts"]


def move(case: Case) -> None:
    left = remainder(plain_term(case), [], case["left_on"])
    assert remaining_from(case["decided_on"], left) == case["ends"]


def announce(case: Case) -> None:
    assert list(announcements(case["ends"])) == case["days"]


def limit(case: Case) -> None:
    at = datetime.fromisoformat(case["at"]).replace(tzinfo=HERE)
    rule = law().limit(case["code"], at.date())
    assert rule is not None
    due = due_of(rule, at, work_calendar(), remote=case.get("remote", False))
    if "due_at" in case:
        assert due.due_at == datetime.fromisoformat(case["due_at"]).replace(tzinfo=HERE)
    else:
        assert (due.due_at, due.due_on) == (None, case["due_on"])


def no_limit(case: Case) -> None:
    assert law().limit(case["code"], datetime.fromisoformat(case["at"]).date()) is None


def ground(case: Case) -> None:
    found = law().ground(case["code"], case["day"])
    assert found is not None
    told = {
        "form": found.form, "decider": found.decider, "needs": list(found.needs), "opens": list(found.opens),
        "leads_to": [str(each) for each in found.leads_to],
    }  # fmt: skip
    assert {key: told[key] for key in told if key in case} == {key: case[key] for key in told if key in case}


def no_ground(case: Case) -> None:
    assert law().ground(case["code"], case["day"]) is None


def grounds(case: Case) -> None:
    found = law().grounds_for(Category(case["category"]), Effect(case["effect"]), case["day"])
    assert [each.code for each in found] == case["codes"]


def form(case: Case) -> None:
    assert (law().form(case["code"], case["day"]) is not None) is case["there"]


def age(case: Case) -> None:
    born = case.get("born")
    years = age_on(born, born.year if born else case["year"], case["day"])
    assert (years, str(path_of(years))) == (case["age"], case["path"])


def stage(case: Case) -> None:
    found = next(each for each in law().stages if each.code == case["code"])
    assert (found.least, found.most) == (length_from(case.get("least")), length_from(case.get("most")))


KINDS: dict[str, Callable[[Case], None]] = {
    "term": term, "end": end, "outlasts": outlasting, "move": move, "announce": announce, "limit": limit,
    "no_limit": no_limit, "ground": ground, "no_ground": no_ground, "grounds": grounds, "form": form, "age": age,
    "stage": stage,
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.get("name", "?") for case in CASES])
def test_case(case: Case) -> None:
    KINDS[case["kind"]](case)


def test_the_tables_are_whole() -> None:
    """Enough of them, each with a name of its own and the article that a jurist checks it by."""
    assert len(CASES) >= FEWEST
    assert [case for case in CASES if not case.get("name") or not case.get("article")] == []
    assert [name for name, count in Counter(case["name"] for case in CASES).items() if count > 1] == []
