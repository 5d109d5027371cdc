"""Every case of `tests/cases/targets`: the reader reads the phrase, the verdict and its sentence follow."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from pcmt.core.evaluating import VERDICTS, evaluate
from pcmt.core.measures import Shape, describe
from tests.core.evaluating.kit import asked, cases, given, span

CASES = list(cases())


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{file}: {case['name']}") for file, case in CASES])
def test_case(case: dict[str, Any]) -> None:
    spec = asked(case)
    assert describe(spec) == case.get("means", describe(spec))
    judged = evaluate(spec, given(case, spec), window=span(case["window"]), on=case["as of"])
    assert judged.verdict.value == case["verdict"], judged.sentence
    assert judged.sentence == case.get("sentence", judged.sentence)
    assert judged.small == case.get("small", judged.small)
    assert judged.sentence.startswith(VERDICTS[case["verdict"]])


def test_there_are_cases_for_every_shape_and_verdict() -> None:
    names = Counter((file, case["name"]) for file, case in CASES)
    assert len(CASES) >= 120
    assert max(names.values()) == 1
    assert {case["verdict"] for _file, case in CASES} == set(VERDICTS)
    shapes = {asked(case).shape for _file, case in CASES}
    assert shapes >= set(Shape) - {Shape.ALLOCATION, Shape.QUALITATIVE}
