"""What tests of the rooms share."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

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


# What a reader sees of a due item, by column. Clause, place in the text and search key are another matter: every
# revision of a plan has its own.
SEEN = {
    *("state", "percent", "label", "unit_id", "holder_id", "mode", "parent_id", "given_by_id"),
    *("opens_on", "due_on", "original_due_on", "limit", "limit_text", "needs_acceptance"),
    *("done_at", "done_on", "acknowledged_at", "declined_at", "returned_at", "suspended_on"),
}
UPDATE = re.compile(r'UPDATE "tasks_dueitem" SET (.*)', re.DOTALL)
COLUMN = re.compile(r'(?:^|, )"(\w+)" = ')


def untouched(sql: str) -> set[str]:
    """The columns that readers see which a statement writes without saying that the due item changed."""
    found = UPDATE.match(sql)
    columns = set(COLUMN.findall(found[1])) if found else set()
    return set() if "changed_at" in columns else columns & {*SEEN, "version"}


@pytest.fixture(autouse=True)
def due_items_are_touched(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every operation that any test of the rooms carries out says when it changed a due item (`operations.touching`).

    Calendars and people with an old page hang on it. What a test writes itself is its own affair.
    """
    if not {"db", "land", "transactional_db"} & set(request.fixturenames):
        yield
        return

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if untouched(sql):
            frames = [frame.filename for frame in traceback.extract_stack() if frame.filename != __file__]
            writer = [name for name in frames if "/src/pcmt/" in name or "/tests/" in name][-1]
            assert "/tests/" in writer, (untouched(sql), writer)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield
