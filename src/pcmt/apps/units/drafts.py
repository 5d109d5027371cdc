"""What a person wants to happen to units, and how the core's events are kept as JSON.

The keys of units in a draft are the ids of rows as text; new ones are called `new:1`, `new:2`, as the events name them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import attrs

from pcmt.core import units as core

NEW = "new:"
"""What the keys of units begin with that are not there yet."""


@attrs.frozen(kw_only=True)
class Draft:
    """A reorganisation as it is being prepared.

    `kind` is one of `ReorganisationKind`; all `events` are of the day `on` and happen in their order. `due_item_ids`
    are the open due items that go along with a function. `short_names` gives names for narrow places to new and
    renamed units. `seen` is what the preview said of how things stood (`Preview.seen`); with it a draft is refused when
    one of its units has changed since.
    """

    kind: str
    on: date
    title: str
    ground: str = ""
    events: tuple[core.Event, ...] = ()
    due_item_ids: tuple[int, ...] = ()
    short_names: Mapping[str, str] = attrs.field(factory=dict)
    seen: str = ""


EVENTS: Mapping[str, type[Any]] = {
    "founding": core.Founding,
    "merger": core.Merger,
    "division": core.Division,
    "renaming": core.Renaming,
    "move": core.Move,
    "dissolution": core.Dissolution,
    "transfer": core.Transfer,
}
WORDS = {kind: word for word, kind in EVENTS.items()}


def event_as_json(event: core.Event) -> dict[str, Any]:
    """An event as plain values."""
    return {"what": WORDS[type(event)], **_plain(event)}


def _plain(value: Any) -> Any:
    if attrs.has(type(value)):
        return {each.name: _plain(getattr(value, each.name)) for each in attrs.fields(type(value))}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Fraction) else value


def event_from_json(kept: Mapping[str, Any]) -> core.Event:
    """An event from what `event_as_json` made of it."""
    given = {name: value for name, value in kept.items() if name != "what"}
    given["on"] = date.fromisoformat(given["on"])
    match kept["what"]:
        case "founding":
            given["unit"] = _new_unit(given["unit"])
        case "merger":
            given |= {"units": tuple(given["units"]), "into": _into(given["into"])}
        case "division":
            given["parts"] = tuple(
                core.Part(
                    _into(part["into"]),
                    Fraction(part["measure"]),
                    part["heir"],
                    tuple(part["children"]),
                    part["estimated"],
                )
                for part in given["parts"]
            )
    event: core.Event = EVENTS[kept["what"]](**given)
    return event


def _new_unit(kept: Mapping[str, Any]) -> core.NewUnit:
    return core.NewUnit(**{**kept, "functions": tuple(kept["functions"])})


def _into(kept: str | Mapping[str, Any]) -> core.NewUnit | str:
    return kept if isinstance(kept, str) else _new_unit(kept)


def new_units(event: core.Event) -> Iterator[core.NewUnit]:
    """The units that begin with an event."""
    match event:
        case core.Founding():
            yield event.unit
        case core.Merger() if isinstance(event.into, core.NewUnit):
            yield event.into
        case core.Division():
            yield from (part.into for part in event.parts if isinstance(part.into, core.NewUnit))


@attrs.frozen
class Named:
    """The units that an event names: those that it changes, and those that only take something over or in."""

    changed: tuple[str, ...]
    taking: tuple[str, ...] = ()


def named_in(event: core.Event) -> Named:
    """The keys of the units that an event names; new ones are not among them."""
    match event:
        case core.Founding():
            changed, taking = [], []
        case core.Merger():
            changed, taking = list(event.units), [event.into]
        case core.Division():
            changed = [event.unit, *(child for part in event.parts for child in part.children)]
            taking = [part.into for part in event.parts]
        case core.Renaming():
            changed, taking = [event.unit], []
        case core.Move():
            changed, taking = [event.unit], [event.parent]
        case core.Dissolution():
            changed, taking = [event.unit], [event.heir]
        case core.Transfer():
            changed, taking = [event.source], [event.target]
    taking += [new.parent for new in new_units(event) if new.parent is not None]
    return Named(_known(changed), _known(each for each in taking if each not in changed))


def _known(keys: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in keys if isinstance(key, str) and not key.startswith(NEW)))


def with_ids(events: Sequence[core.Event], ids: Mapping[str, str]) -> tuple[core.Event, ...]:
    """The events with the keys of new units replaced by the ids of their rows."""

    def replaced(value: Any) -> Any:
        if isinstance(value, str):
            return ids.get(value, value)
        if isinstance(value, tuple):
            return tuple(replaced(each) for each in value)
        if isinstance(value, core.NewUnit):
            parent = ids.get(value.parent, value.parent) if value.parent else None
            return attrs.evolve(value, key=ids[value.key], parent=parent)
        if isinstance(value, core.Part):
            return attrs.evolve(value, into=replaced(value.into), children=replaced(value.children))
        return value

    keys = {"unit", "units", "into", "parts", "parent", "heir", "source", "target"}
    return tuple(
        attrs.evolve(
            event,
            **{
                each.name: replaced(getattr(event, each.name))
                for each in attrs.fields(type(event))
                if each.name in keys
            },
        )
        for event in events
    )
