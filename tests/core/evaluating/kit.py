"""Reading the tables of cases in `tests/cases/targets`: a phrase, what it asks for, what is known, the verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from pcmt.core.evaluating import Given, Told
from pcmt.core.measures import Element, Fact, Figure, Nature, OverTime, TargetSpec, figure, target_from
from pcmt.core.periods import DAY, Span, add_months, expected_windows
from tests.core.reading.kit import TARGETS, read_plan

FOLDER = Path(__file__).parents[2] / "cases/targets"
_PERIOD = re.compile(r"(\d{4})(?:-(?:Q([1-4])|H([12])|(\d{2})))?$")


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """All cases with the name of their file."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield path.stem, case


def span(word: object) -> Span:
    """A year (2026), half-year (2026-H1), quarter (2026-Q2), month (2026-03), or "first day .. last day"."""
    text = str(word)
    found = _PERIOD.match(text)
    if not found:
        first, last = (date.fromisoformat(end.strip()) for end in text.split(".."))
        return Span(first, last + DAY)
    year, quarter, half, month = (int(part) if part else 0 for part in found.groups())
    months, first_month = (3, quarter * 3 - 2) if quarter else (6, half * 6 - 5) if half else (1, month)
    if not (quarter or half or month):
        months, first_month = 12, 1
    start = date(year, first_month, 1)
    return Span(start, add_months(start, months))


def asked(case: Mapping[str, Any]) -> TargetSpec:
    """The target that the reader makes of the phrase, standing alone in the targets of a plan."""
    found = read_plan(TARGETS, f"- {case['phrase']}.")["targets"]
    assert len(found) == 1, [each["text"] for each in found]
    return target_from(found[0])


def given(case: Mapping[str, Any], spec: TargetSpec) -> Given:
    """What is known as of the day of the case."""
    window, on = span(case["window"]), case["as of"]
    turns: list[tuple[Span, Fraction | None]] = []
    if "turns" in case:
        assert spec.frequency is not None
        windows = expected_windows(spec.frequency, window)
        counts = [*case["turns"], *[None] * (len(windows) - len(case["turns"]))]
        turns = [(each, _fraction(count)) for each, count in zip(windows, counts, strict=True)]
    told = case.get("told")
    return Given(
        counted=_figure(case, "counted", window, on),
        whole=_figure(case, "whole", window, on),
        baseline=_fraction(case.get("baseline")),
        baseline_so_far=_fraction(case.get("baseline so far")),
        opening=_fraction(case.get("opening")),
        turns=turns,
        told=Told(told["reached"], told.get("day")) if told else None,
    )


def _figure(case: Mapping[str, Any], name: str, window: Span, on: date) -> Figure | None:
    if name not in case:
        return None
    stock = name in case.get("stocks", ())
    element = Element(name, name, "", Nature.STOCK if stock else Nature.FLOW, OverTime.LAST if stock else OverTime.SUM)
    return figure(element, facts(case[name]), window, on)


def facts(table: Mapping[Any, Any]) -> list[Fact]:
    """Facts by their periods: a number, `null` for a blank, `n/a` for what does not apply."""
    return [
        Fact(span(period), None if value in (None, "n/a") else Decimal(str(value)), applies=value != "n/a")
        for period, value in table.items()
    ]


def _fraction(value: Any) -> Fraction | None:
    return None if value is None else Fraction(str(value))
