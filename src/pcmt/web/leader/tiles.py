"""The map of tiles: a small square for each place, drawn by the server, told by letter and pattern as well as tone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

import attrs
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pcmt.apps.units.models import Unit
from pcmt.core.evaluating import Class, Place, Tally, class_of

SIDE, PITCH, COLUMNS = 24, 27, 13
HEADING = 18
"""Sizes in units of the drawing, which is shown at most one pixel each: a tile stays large enough for a finger."""


@attrs.frozen
class Sign:
    """The letter of a class and what it means."""

    letter: str
    words: str | Promise


SIGNS: Mapping[Class, Sign] = {
    Class.GOOD: Sign("Đ", _("mọi chỉ tiêu xét được đều đạt hoặc đúng tiến độ")),
    Class.SOME: Sign("C", _("có chỉ tiêu chậm hoặc không đạt, dưới một nửa")),
    Class.MANY: Sign("N", _("từ một nửa chỉ tiêu trở lên chậm hoặc không đạt")),
    Class.UNKNOWN: Sign("?", _("chưa đủ số liệu để kết luận")),
    Class.NONE: Sign("–", _("không có chỉ tiêu phải xét")),
}


@attrs.frozen
class Tile:
    """One place on the map."""

    unit: Unit
    place: Place
    kind: Class
    x: int
    y: int
    url: str

    @property
    def sign(self) -> Sign:
        return SIGNS[self.kind]

    @property
    def middle(self) -> tuple[int, int]:
        """Where its letter stands."""
        return self.x + SIDE // 2, self.y + SIDE - 7


@attrs.frozen
class Heading:
    """The name of a district above its places."""

    words: str
    y: int


@attrs.frozen
class TileMap:
    """The whole drawing; `counts` are how many places are in each class."""

    tiles: Sequence[Tile]
    headings: Sequence[Heading]
    width: int
    height: int
    counts: Sequence[tuple[Class, Sign, int]]


def drawn(units: Sequence[Unit], places: Mapping[int, Place], address: Callable[[Unit], str]) -> TileMap:
    """The places in the order given, by district where there are districts, each district on lines of its own."""
    tiles: list[Tile] = []
    headings: list[Heading] = []
    y = 0
    in_order = sorted(units, key=lambda unit: unit.district) if any(each.district for each in units) else units  # type: ignore[attr-defined]
    for district, group in groupby(in_order, key=lambda unit: str(unit.district)):  # type: ignore[attr-defined]
        members = list(group)
        if district:
            headings.append(Heading(district, y + HEADING - 5))
            y += HEADING
        for number, unit in enumerate(members):
            line, column = divmod(number, COLUMNS)
            place = places[unit.pk]
            kind = class_of(place.tally)
            tiles.append(Tile(unit, place, kind, column * PITCH + 1, y + line * PITCH + 1, address(unit)))
        y += -(-len(members) // COLUMNS) * PITCH
    held = [tile.kind for tile in tiles]
    counts = [(kind, sign, held.count(kind)) for kind, sign in SIGNS.items() if kind in held]
    return TileMap(tiles, headings, min(max(len(units), 1), COLUMNS) * PITCH, max(y, PITCH), counts)


def place_of(unit: Unit, tally: Tally | None, late: int, owed: int) -> Place:
    """A place with what is known of it; nothing known is an empty tally."""
    return Place(unit.pk, tally or Tally(), late, owed)
