"""The five real plans: every figure of the shared scorer reaches its goal."""

from __future__ import annotations

import json

import pytest

from tests.core.reading.kit import GOLD, SEEDS, SHARED, scores


def test_every_goal_is_reached() -> None:
    if not GOLD.is_dir() or not SEEDS.is_dir():
        pytest.skip("the real plans and their annotations are not beside this repository")
    goals = json.loads((SHARED / "reading" / "minimum.json").read_text(encoding="utf-8"))
    found, misses = scores(GOLD, SEEDS)
    assert found["spurious"] <= goals.pop("spurious"), misses
    below = {name: found[name] for name, goal in goals.items() if found[name] < goal}
    assert not below, misses
