"""By what numbers are split: keys with options, and parts of a number as text.

A part is written "key=option" pairs in the order of their keys, joined by commas: "age=18_30,sex=female". The empty
text is the whole number. The same part has one text only, so that texts can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from attrs import field, frozen

from pcmt.core.diagnostics import Diagnostic
from pcmt.core.measures.elements import Element

MAX_LENGTH = 80
"""As long as the text of a part may be: what the database keeps."""


@frozen
class Option:
    """One part of a breakdown."""

    code: str
    name: str


@frozen
class Breakdown:
    """A key by which numbers are split, with its options in the order in which they are shown.

    With `exclusive` each thing counted belongs to exactly one option, so that all options together make the total;
    else it may belong to several (a seizure of two substances) and no option is more than the total.
    """

    code: str
    name: str
    options: Mapping[str, Option]
    exclusive: bool = True


@frozen
class Parts:
    """The text of a part, taken apart; or, when it is none, `problem` says why."""

    pairs: tuple[tuple[str, str], ...] = ()
    problem: str = field(default="", kw_only=True)

    @property
    def text(self) -> str:
        """The one text of this part."""
        return part_text(self.pairs)


def breakdowns_from(table: Mapping[str, Any], on: date | None = None) -> dict[str, Breakdown]:
    """The breakdowns of a day from their table (`data/indicators/breakdowns.toml`); of all days without one.

    Rows and options may be dated: `since` is their first day, `until` the first day after.
    """
    return {
        row["code"]: Breakdown(
            row["code"],
            row["name"],
            {each["code"]: Option(each["code"], each["name"]) for each in row["option"] if holds(each, on)},
            row.get("exclusive", True),
        )
        for row in table["breakdown"]
        if holds(row, on)
    }


def holds(row: Mapping[str, Any], on: date | None) -> bool:
    """Whether a dated row of a table is in use on a day; any row is without one."""
    return on is None or row.get("since", date.min) <= on < row.get("until", date.max)


def part_text(pairs: Iterable[tuple[str, str]]) -> str:
    """The text of a part: its pairs in the order of their keys."""
    return ",".join(f"{key}={option}" for key, option in sorted(pairs))


def parse_part(text: str) -> Parts:
    """A part from its text, in whatever order its pairs stand; spaces around words do no harm."""
    if not text.strip():
        return Parts()
    pairs: dict[str, str] = {}
    for each in text.split(","):
        key, sign, option = (word.strip() for word in each.partition("="))
        if not (key and sign and option) or "=" in option:
            return Parts(problem="malformed")
        if key in pairs:
            return Parts(problem="key_twice")
        pairs[key] = option
    found = Parts(tuple(sorted(pairs.items())))
    return found if len(found.text) <= MAX_LENGTH else Parts(problem="too_long")


def check_part(text: str, element: Element, breakdowns: Mapping[str, Breakdown]) -> Diagnostic | None:
    """What is wrong with a part of an element's number; None when nothing is.

    Codes: `malformed`, `key_twice`, `too_long`; `foreign_key` (the element is not split by it), `unknown_option`;
    `unordered` for a part that has another text.
    """
    parts = parse_part(text)
    if parts.problem:
        return _wrong(parts.problem, element, text)
    for key, option in parts.pairs:
        if key not in element.breakdowns or key not in breakdowns:
            return _wrong("foreign_key", element, text, key=key)
        if option not in breakdowns[key].options:
            return _wrong("unknown_option", element, text, key=key, option=option)
    return _wrong("unordered", element, text) if parts.text != text else None


def part_label(text: str, breakdowns: Mapping[str, Breakdown]) -> str:
    """A part in Vietnamese words ("Nam, Heroin"), in the order of the table; what is unknown as it is written."""
    pairs = parse_part(text).pairs
    places = {key: at for at, key in enumerate(breakdowns)}
    names = []
    for key, option in sorted(pairs, key=lambda pair: places.get(pair[0], len(places))):
        known = breakdowns[key].options.get(option) if key in breakdowns else None
        names.append(known.name if known else f"{key}={option}")
    return ", ".join(names)


def parts_of(element: Element, breakdowns: Mapping[str, Breakdown]) -> tuple[str, ...]:
    """Every part of an element by one key, in the order in which they are shown."""
    keys = [breakdowns[key] for key in element.breakdowns if key in breakdowns]
    return tuple(f"{key.code}={option}" for key in keys for option in key.options)


def _wrong(code: str, element: Element, text: str, **args: str) -> Diagnostic:
    return Diagnostic(code=code, severity="error", args={"element": element.code, "breakdown": text, **args})
