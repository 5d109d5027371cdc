"""Every phrase of the reader compiles, with and without marks, and says nothing false about the words it needs."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import pcmt.core.reading
from pcmt.core.reading.source import Pattern
from pcmt.core.text.fold import strip_marks
from tests.core.reading.kit import texts


def patterns() -> Iterator[Any]:
    """Every Pattern that a module of the reader holds, alone or in a table."""
    for found in pkgutil.iter_modules(pcmt.core.reading.__path__):
        module = importlib.import_module(f"pcmt.core.reading.{found.name}")
        for name, value in vars(module).items():
            yield from ((f"{found.name}.{name}", pattern) for pattern in inside(value))


def inside(value: Any) -> Iterator[Pattern]:
    if isinstance(value, Pattern):
        yield value
    elif isinstance(value, tuple):
        for entry in value:
            yield from inside(entry)


ALL = [pytest.param(pattern, id=name) for name, pattern in patterns()]


def test_there_are_patterns_to_look_at() -> None:
    assert len(ALL) > 100


@pytest.mark.parametrize("pattern", ALL)
def test_compiles_with_and_without_marks(pattern: Pattern) -> None:
    bare = pattern.of(bare=True)
    assert bare.groupindex == pattern.of(bare=False).groupindex
    assert strip_marks(bare.pattern) == bare.pattern


@pytest.mark.parametrize("pattern", [entry for entry in ALL if any(entry.values[0].needs.values())])
def test_needed_words_stand_in_every_match(pattern: Pattern) -> None:
    assert not any(re.search(r"\s", word) for word in pattern.needs[False])  # blanks may come in runs
    for entry in texts():
        low = entry.values[0].lower()
        for found in pattern.of(bare=False).finditer(low):
            assert any(word in found[0] for word in pattern.needs[False]), found
