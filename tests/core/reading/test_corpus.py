"""The invented plans: no figure falls below its floor (floors.json, raised when the reader learns)."""

from __future__ import annotations

import json

from tests.core.reading.kit import CORPUS, scores


def test_no_figure_falls_below_its_floor() -> None:
    floors = json.loads(CORPUS.with_name("floors.json").read_text(encoding="utf-8"))
    found, misses = scores(CORPUS, CORPUS)
    assert found["spurious"] <= floors.pop("spurious"), misses
    below = {name: (found[name], floor) for name, floor in floors.items() if found[name] < floor}
    assert not below, misses


def test_every_text_has_its_annotation() -> None:
    annotated = {path.stem for path in CORPUS.glob("*.json")}
    assert annotated == {path.stem for path in CORPUS.glob("*.txt")}
