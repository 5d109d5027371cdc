"""The bodies that provinces and communes usually have: `data/bodies.toml`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

import attrs

from pcmt.apps.units import names
from pcmt.apps.units.national import data_of

MOST_OF_A_SERIES = 30
"""More numbered bodies of one sort than any province has courts."""


@attrs.frozen
class UsualBody:
    """A body that units of a level usually have; `data/bodies.toml` says what the fields mean."""

    level: str
    key: str
    name: str
    kind: str
    stands_at: str
    short: str
    also: tuple[str, ...]
    aliases: tuple[str, ...]
    start: date | None
    end: date | None
    then: str
    types: tuple[str, ...]
    optional: bool
    border: bool
    series: str


@attrs.frozen
class OwnName:
    """The name of an administrative unit in its parts: "Tỉnh Nghệ An" is of the type "tỉnh" and called "Nghệ An"."""

    type: str
    proper: str

    @property
    def whole(self) -> str:
        """The name as it stands inside the name of a body: "tỉnh Nghệ An"."""
        return f"{self.type} {self.proper}" if self.type else self.proper

    def fill(self, pattern: str, number: int = 0) -> str:
        """A pattern of the data with this name."""
        return pattern.format(p=self.whole, n=self.proper, t=self.type, k=number)


def own_name(name: str) -> OwnName:
    """The parts of an administrative unit's name."""
    word, _proper = names.split_area(names.name_key(name))
    parts = name.split()
    of_type = len(word.split())
    return OwnName(" ".join(parts[:of_type]).lower(), " ".join(parts[of_type:]))


@cache
def usual_bodies() -> tuple[UsualBody, ...]:
    """All usual bodies, in the order of the data."""
    return tuple(
        UsualBody(
            level=entry["level"],
            key=entry["key"],
            name=entry["name"],
            kind=entry.get("kind", "agency"),
            stands_at=entry.get("as", entry["level"]),
            short=entry.get("short", ""),
            also=tuple(entry.get("also", ())),
            aliases=tuple(entry.get("aliases", ())),
            start=_day(entry.get("from")),
            end=_day(entry.get("until")),
            then=entry.get("then", ""),
            types=tuple(entry.get("types", ())),
            optional=entry.get("optional", False) or "series" in entry,
            border=entry.get("border", False),
            series=entry.get("series", ""),
        )
        for entry in data_of("bodies")["body"]
    )


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


@cache
def inland() -> frozenset[str]:
    """The codes of today's provinces that have neither a land border nor a coast."""
    return frozenset(data_of("bodies")["inland"])


def fitting(level: str, name: OwnName, code: str, *, on: date | None = None) -> Sequence[UsualBody]:
    """The usual bodies of a unit: on a day, or on any."""
    return [
        body
        for body in usual_bodies()
        if body.level == level
        and (not body.types or name.type in body.types)
        and not (body.border and level == "province" and code in inland())
        and (on is None or ((body.start or on) <= on and (body.end is None or on < body.end)))
    ]
