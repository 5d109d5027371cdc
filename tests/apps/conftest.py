"""What tests of the rooms share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.plans import draft
from tests.factories.world import World
from tests.factories.world import world as make_world


@pytest.fixture
def land(db: None) -> World:
    """Two provinces and their people."""
    return make_world()


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hand-made reading of `tests.factories.plans` in place of the real reader."""

    def read(text: str, *, name: str = "") -> dict[str, Any]:
        return draft(text).reading

    monkeypatch.setattr("pcmt.core.reading.read", read)
