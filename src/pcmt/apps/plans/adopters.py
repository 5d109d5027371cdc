"""What the rooms above take from an adopted plan.

Targets, tasks and reports register an adopter when they load. Adoption calls them in floor order inside its one
transaction; an adopter only takes what is in the `Adoption` and asks no clock and no request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from enum import StrEnum

from attrs import Factory, define, frozen

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.contract import limits_for
from pcmt.apps.plans.models import Item, Plan, Revision
from pcmt.apps.units.names import name_key
from pcmt.core.periods import DAY, Span


@frozen
class Body:
    """What a body's name was matched to: the unit, and the units that owe (the members, when it is a group).

    Where the unit has ended it is the heir, and `ended_id` the unit that the text means.
    """

    unit_id: int | None
    members: tuple[int, ...]
    ended_id: int | None = None


Units = AbstractSet[int | None]
"""Ids of units, and None for a body that is none."""


class Owing(StrEnum):
    """What an adoption means to a body for one item of the text that it owes: new, otherwise than before, no more."""

    NEW = "new"
    CHANGED = "changed"
    ENDED = "ended"


@define
class Adoption:
    """Everything that an adopter needs. `taken` collects what each room took, as the receipt shows it.

    `owing` collects what becomes of what bodies owe, so that they are told in one go: by unit and item of the text
    (of this revision, or of the one before for what has ended), the sort of thing (`task`, `requested`, `report`) and
    what became of it.
    `carried` says which item of the revision before an accepted item continues; `gone` are the ids of the items of
    the revision before that nothing continues.
    """

    revision: Revision
    plan: Plan
    actor: Actor
    at: datetime
    on: date
    items: Mapping[str, tuple[Item, ...]]
    bodies: Mapping[str, Body]
    carried: Mapping[int, int]
    gone: frozenset[int]
    taken: dict[str, int] = Factory(dict)
    owing: dict[tuple[int, int], tuple[str, Owing]] = Factory(dict)

    @property
    def window(self) -> Span | None:
        """The plan's window."""
        first, last = self.plan.window_from, self.plan.window_to
        return Span(first, last + DAY) if first and last else None

    def body(self, name: str) -> Body:
        """The body a name means; one without unit when it was left unmatched."""
        return self.bodies.get(name_key(name), NOBODY)

    def by_key(self, list_name: str) -> dict[str, Item]:
        """The accepted items of a list by their keys."""
        return {item.key: item for item in self.items.get(list_name, ())}

    def limits(self, kind: str, item: Item) -> list[Item]:
        """The accepted deadlines that bind an item."""
        return limits_for(kind, item.values, item.key, self.by_key("deadlines"))

    def owes(self, item_id: int, sort: str, *, before: Units, after: Units, touched: Units) -> None:
        """Note which units owe an item before and after, and for whom of them something about it is otherwise."""
        for unit_id in before | after:
            if unit_id is None or (unit_id in before & after and unit_id not in touched):
                continue
            how = Owing.CHANGED if unit_id in before & after else Owing.NEW if unit_id in after else Owing.ENDED
            self.owing[unit_id, item_id] = (sort, how)

    def count(self, what: str, number: int) -> None:
        """Add to the receipt."""
        self.taken[what] = self.taken.get(what, 0) + number


NOBODY = Body(None, ())

Adopter = Callable[[Adoption], None]

_adopters: dict[str, tuple[int, Adopter]] = {}


def register(order: int, adopter: Adopter) -> None:
    """Have `adopter` called on every adoption, lower orders first. Registering one twice keeps one."""
    _adopters[f"{adopter.__module__}.{adopter.__qualname__}"] = (order, adopter)


def adopters() -> tuple[Adopter, ...]:
    """The registered adopters in floor order."""
    return tuple(adopter for _order, adopter in sorted(_adopters.values(), key=lambda each: each[0]))
