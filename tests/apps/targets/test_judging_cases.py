"""Every case of `tests/cases/judging`: a phrase, who reported what, an amendment, a reform, and the verdict.

All cases live side by side in one database, each in a province of its own: their units, numbers and plans are written
once, then each is judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.models import Element, Form, FormLine, Indicator, Recording
from pcmt.apps.facts.operations import Entry, load_catalogue, record_facts
from pcmt.apps.targets.models import BaselineFigure, Measure, Remark, Target
from pcmt.apps.targets.queries import amendments, judge, load
from pcmt.apps.units.models import Succession, Unit
from pcmt.apps.units.operations import NewUnit, create_units
from pcmt.core.evaluating import Verdict
from pcmt.core.periods import Kind
from tests.core.evaluating.kit import span
from tests.core.reading.kit import TARGETS, read_plan
from tests.factories.targets import Words, plan_in_force, put_in_force
from tests.factories.world import NOW, world

FOLDER = Path(__file__).parents[2] / "cases/judging"
LATER = datetime(2027, 6, 1, 3, 0, tzinfo=UTC)
CASES = [
    (path.stem, case)
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]
SEEN = "pcmt_judging_cases"


@attrs.frozen
class Case:
    """A case in the database: its target and its units by their names in the case."""

    target: Target
    units: Mapping[str, Unit]


def test_the_cases_are_many_and_differ() -> None:
    names = [case["name"] for _stem, case in CASES]
    assert len(names) >= 25
    assert len(set(names)) == len(names)
    assert {case["verdict"] for _stem, case in CASES} >= {"met", "missed", "behind", "on_track", "undetermined"}


@pytest.mark.usefixtures("db")
def test_every_case() -> None:
    """One test for all: the world is built once; what is wrong is told case by case."""
    load_catalogue()
    land = world()
    office = land.actor("police", "standing_office")
    units = _units()
    _successions(units)
    _forms(units, office)
    made = record_facts(actor=None, at=LATER, entries=list(_entries(units)))
    assert isinstance(made, Recording), made
    wrong = []
    for number, (stem, case) in enumerate(CASES):
        found = _case(number, case, units[number], office)
        for what, was, wanted in _differences(case, found):
            wrong.append(f"{stem}: {case['name']}\n  {what}: {was}\n  phải là: {wanted}")
    assert not wrong, "\n\n".join(wrong)


def _differences(case: Mapping[str, Any], found: Case) -> Iterator[tuple[str, object, object]]:
    judged = judge([found.target], on=case["as of"], boundary=case.get("boundary"))
    whole = next(each for each in judged if each.whole)
    if whole.judgement.verdict != case["verdict"]:
        yield "kết luận", whole.judgement.sentence, case["verdict"]
    if "sentence" in case and whole.judgement.sentence != case["sentence"]:
        yield "câu", whole.judgement.sentence, case["sentence"]
    names = {unit.pk: name for name, unit in found.units.items()}
    of = {names[each.unit_id]: each.judgement for each in judged if not each.whole}
    for name, verdict in case.get("also", {}).items():
        if name not in of or of[name].verdict != verdict:
            yield name, of[name].sentence if name in of else sorted(of), verdict
    if "strength" in case:
        kinds = [str(each.strength.kind) for each in amendments(load([found.target])[0])]
        if kinds != [case["strength"]]:
            yield "sửa đổi", kinds, case["strength"]


def _units() -> list[dict[str, Unit]]:
    rows = []
    for number, (_stem, case) in enumerate(CASES):
        rows.append(NewUnit(key=f"{number}.P", name=f"Tỉnh {number}", kind="administrative", level="province"))
        for name, told in case["units"].items():
            said = {"level": told} if isinstance(told, str) else told
            rows.append(
                NewUnit(
                    key=f"{number}.{name}",
                    name=name,
                    kind=said.get("kind", "administrative"),
                    level=said["level"],
                    parent=f"{number}.{said.get('in', 'P')}",
                    valid_from=said.get("from"),
                    valid_to=said.get("to"),
                )
            )
    made = create_units(actor=None, at=NOW, rows=rows)
    return [
        {key.split(".")[1]: unit for key, unit in made.items() if key.startswith(f"{number}.")}
        for number in range(len(CASES))
    ]


def _successions(units: list[dict[str, Unit]]) -> None:
    Succession.objects.bulk_create(
        Succession(on=case["merged"]["day"], old=of[old], new=of[case["merged"]["into"]])
        for (_stem, case), of in zip(CASES, units, strict=True)
        if "merged" in case
        for old in case["merged"]["from"]
    )


def _forms(units: list[dict[str, Unit]], office: Actor) -> None:
    for (_stem, case), of in zip(CASES, units, strict=True):
        if "form" not in case:
            continue
        asked = case["form"]
        form = Form.objects.create(
            title=case["name"][:100], root=of["P"], level=asked["level"], period=str(Kind(asked["period"])),
            calendar="statistical", valid_from=date(2025, 1, 1), created_by_id=office.user_id, created_at=NOW,
        )  # fmt: skip
        for element in asked["elements"]:
            FormLine.objects.create(form=form, element=Element.objects.get(code=element))


def _entries(units: list[dict[str, Unit]]) -> Iterator[Entry]:
    for (_stem, case), of in zip(CASES, units, strict=True):
        for name, elements in case.get("facts", {}).items():
            for element, periods in elements.items():
                for period, value in periods.items():
                    number = None if value == "n/a" else Decimal(str(value))
                    yield Entry(of[name].pk, element, span(period), number, applies=value != "n/a")


def _case(number: int, case: Mapping[str, Any], units: Mapping[str, Unit], office: Actor) -> Case:
    window = span(case.get("window", 2026))
    plan = plan_in_force(office, units["P"], window=(window.start, window.last), number=str(number))
    target = put_in_force(office, plan, [_words(case)], bodies=units, issued=date(2025, 12, 1))[0]
    amended = case.get("amended")
    if amended:
        words = [] if amended["phrase"] == "none" else [_words(amended)]
        put_in_force(office, plan, words, bodies=units, issued=amended["day"])
    measure = Measure.objects.get(target=target)
    if case.get("indicator") != "none":
        if "indicator" in case:
            measure.indicator = Indicator.objects.get(code=case["indicator"])
        measure.confirmed_at, measure.calendar = NOW, case.get("calendar", "statistical")
        measure.each = case.get("each", measure.each)
        measure.save()
    if "baseline" in case:
        BaselineFigure.objects.create(target=target, unit=units["P"], at=NOW, **case["baseline"])
    if remark := case.get("remark"):
        Remark.objects.create(target=target, unit=units["P"], at=NOW, reached=remark["reached"], on=remark["day"])
    return Case(Target.objects.get(pk=target.pk), units)


def _words(case: Mapping[str, Any]) -> Words:
    found = read_plan(TARGETS, f"- {case['phrase']}.")["targets"]
    assert len(found) == 1, [each["text"] for each in found]
    return Words(found[0]["text"], found[0], case.get("shares", {}))


def test_verdicts_of_cases_are_words_of_the_program() -> None:
    known = {str(verdict) for verdict in Verdict}
    for _stem, case in CASES:
        assert {case["verdict"], *case.get("also", {}).values()} <= known, case["name"]
