"""What hangs on units and follows them when they are reorganised.

The rooms above register a follower when they load: roles, plans, targets, tasks, reports, registers. Before a
reorganisation is planned every follower says what would follow (`foresee`); on its day each does it (`follow`), in
floor order and in the one transaction that carries the reorganisation out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import attrs
from django.db import models
from django.utils.functional import Promise

from pcmt.apps.units.policies import Officer


@attrs.frozen
class Body:
    """A unit as a reorganisation names it; `unit_id` is None in a preview while the unit is not made yet."""

    unit_id: int | None
    name: str


@attrs.frozen
class Transferred:
    """A function that goes from one body to another."""

    function: str
    source: Body
    target: Body


@attrs.frozen
class Deed:
    """What was done to an object, for the log."""

    event: str
    obj: models.Model
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@attrs.define(kw_only=True)
class Change:
    """What a reorganisation does to units.

    `on` is its legal day, `day` the day on which things follow: the same, or later when it is written down afterwards.
    `heirs` says who answers from now on for each unit that ends, `names` what the units concerned are called.
    `due_item_ids` are the due items that were chosen to go along with a function. A follower tells what it did with
    `tell`; it is written to the log after everything has followed.
    """

    on: date
    day: date
    title: str
    heirs: Mapping[int, Body]
    kept: frozenset[int] = frozenset()
    renamed: Mapping[int, tuple[str, str]] = attrs.field(factory=dict)
    moved: Mapping[int, tuple[Body | None, Body | None]] = attrs.field(factory=dict)
    transferred: tuple[Transferred, ...] = ()
    due_item_ids: frozenset[int] = frozenset()
    names: Mapping[int, str] = attrs.field(factory=dict)
    deeds: list[Deed] = attrs.field(factory=list)

    def heir_id(self, unit_id: int) -> int:
        """The unit that answers for one that ends. Only on the day: in a preview it may not be there yet."""
        heir = self.heirs[unit_id].unit_id
        if heir is None:
            raise ValueError(f"the heir of unit {unit_id} is not made yet")
        return heir

    @property
    def taking(self) -> list[int]:
        """The units that take something over and are there already."""
        bodies = (*self.heirs.values(), *(each.target for each in self.transferred))
        return sorted({each.unit_id for each in bodies if each.unit_id is not None})

    def tell(
        self, event: str, obj: models.Model, *, before: Mapping[str, Any] | None = None, after: Mapping[str, Any]
    ) -> None:
        """Note what was done to an object, for the log."""
        self.deeds.append(Deed(event, obj, before or {}, after))


@attrs.frozen
class Consequence:
    """Something that would follow: in words with its number, a few objects by name, and the ids of all of them."""

    words: str
    count: int
    named: tuple[str, ...] = ()
    refs: tuple[int, ...] = ()


@attrs.frozen
class Proposal:
    """An open due item of the body that gives a function away: it may go along, or stay."""

    due_item_id: int
    label: str
    due_on: date | None
    fits: bool
    """Whether its words are those of the function: then it is ticked at first."""


def _proposes_nothing(_transferred: Transferred) -> Sequence[Proposal]:
    return ()


@attrs.frozen(kw_only=True)
class Follower:
    """A room's part: `key` names it in records, `label` on screen.

    `follow` answers how many objects followed. It locks what it changes and leaves the log to `Change.tell`, because
    the log is locked last.
    """

    key: str
    label: str | Promise
    foresee: Callable[[Change], Sequence[Consequence]]
    follow: Callable[[Change, datetime, Officer | None], int]
    propose: Callable[[Transferred], Sequence[Proposal]] = _proposes_nothing


_followers: dict[str, tuple[int, Follower]] = {}


def register(order: int, follower: Follower) -> None:
    """Have a follower asked at every reorganisation, lower orders first. Registering a key twice keeps the last."""
    _followers[follower.key] = (order, follower)


def followers() -> tuple[Follower, ...]:
    """The registered followers in floor order."""
    return tuple(follower for _order, follower in sorted(_followers.values(), key=lambda each: each[0]))


def label_of(key: str) -> str:
    """The name of a follower on screen; an unknown key stands for itself."""
    found = _followers.get(key)
    return str(found[1].label) if found else key
