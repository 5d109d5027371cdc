"""What bodies are for: the vocabulary of functions that move between bodies, from `data/functions.toml`.

Which unit has which function on which day is in `UnitFunction`. A key is kept for ever; words may be put better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import attrs
from django.utils.functional import Promise, lazystr
from django.utils.translation import get_language

from pcmt.apps.units.national import data_of
from pcmt.core.text import fold

COMMITTEE = "committee"
"""As holder of a function: the People's Committee, that is the administrative unit itself."""


@attrs.frozen
class Holding:
    """Which usual body does a function at a level, in a half-open window, and by what law.

    `recalled`: the rule is common knowledge of the field and was not read in the act.
    """

    level: str
    body: str
    start: date | None
    end: date | None
    law: str
    recalled: bool


@attrs.frozen
class Function:
    """A function: its key, its name on screen, folded words by which the work that belongs to it is known.

    `names` are folded names by which plans call whoever does it; `held` says which usual bodies do it, and when.
    """

    key: str
    label: str | Promise
    words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    held: tuple[Holding, ...] = ()


class _Label:
    """A label of the data in the language of the page."""

    def __init__(self, own: str, english: str) -> None:
        self._own, self._english = own, english

    def __str__(self) -> str:
        return self._english if (get_language() or "").startswith("en") else self._own


def _read() -> Iterator[Function]:
    for entry in data_of("functions")["function"]:
        yield Function(
            key=entry["key"],
            label=lazystr(_Label(entry["label"], entry["english"])),
            words=tuple(map(fold, entry["work"])),
            names=tuple(map(fold, entry["names"])),
            held=tuple(
                Holding(
                    each["level"],
                    each["body"],
                    each.get("from"),
                    each.get("until"),
                    each["law"],
                    each.get("recalled", False),
                )
                for each in entry["held"]
            ),
        )


FUNCTIONS: Mapping[str, Function] = {each.key: each for each in _read()}


def held_by(level: str, body: str) -> Iterator[tuple[Function, Holding]]:
    """What a usual body of a level does, each with its time."""
    for function in FUNCTIONS.values():
        for holding in function.held:
            if (holding.level, holding.body) == (level, body):
                yield function, holding


def function_label(key: str) -> str:
    """The name of a function on screen; an unknown key (of another release) stands for itself."""
    found = FUNCTIONS.get(key)
    return str(found.label) if found else key
