"""What communes do and where (`data/activities.toml`): invented, told by the operations of officers, day by day."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from zlib import crc32

import attrs
from django.conf import settings
from django.utils import timezone

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.activities.models import Event, Place, Way
from pcmt.apps.activities.operations.counting import recount
from pcmt.apps.activities.operations.events import record_event, verify_event
from pcmt.apps.activities.operations.kinds import load_kinds
from pcmt.apps.activities.operations.places import move_place, open_place
from pcmt.apps.units.models import Unit, UnitKind
from pcmt.demo.reports import units_below
from pcmt.demo.story import noon, ok

HERE = Path(__file__).parent
SEED = 145
"""Keys are drawn by it: each loading writes the same entries."""

Table = Mapping[str, Any]


@attrs.frozen
class Scene:
    """What every commune's entries need."""

    told: Table
    at: datetime
    chance: Random
    office: User

    def key(self) -> UUID:
        """The key of an entry, as a device would make it up."""
        return UUID(int=self.chance.getrandbits(128), version=4)

    def day(self, offset: int) -> date:
        """A day, counted from the day of loading."""
        return timezone.localdate(self.at) + timedelta(days=offset)


def tell(at: datetime, units: Mapping[str, Unit], users: Mapping[str, User]) -> int:
    """Tell what was done up to now; how many events there are. `settings.DEMO_COMMUNES` limits the communes."""
    told = tomllib.loads((HERE / "data/activities.toml").read_text(encoding="utf-8"))
    load_kinds(at=at)
    scene = Scene(told, at, Random(SEED), users[told["office"]])  # noqa: S311 - keys of invented entries
    communes = [(units[key], users.get(user, scene.office)) for key, user in told["communes"]]
    known = {unit.pk for unit, _user in communes}
    today = timezone.localdate(at)
    others = [unit for unit in units_below(units[told["area"]], today, UnitKind.ADMINISTRATIVE) if unit.pk not in known]
    communes += [(unit, scene.office) for unit in others[: told["others"]]]
    count = 0
    for number, (unit, user) in enumerate(communes[: settings.DEMO_COMMUNES]):
        places = _places(scene, unit, user, first=number == 0)
        for on, entry in sorted(_entries(scene, unit), key=lambda each: each[0]):
            _record(scene, unit, user, on, entry, places)
            count += 1
    recount(at=at)
    return count


def _places(scene: Scene, unit: Unit, user: User, *, first: bool) -> dict[str, Place]:
    found = {}
    for entry in scene.told["place"]:
        if not first and not entry.get("everywhere"):
            continue
        for words, point in entry["places"]:
            name = words.format(xa=unit.called)
            on = max(scene.day(entry["on"]), unit.valid_from or scene.day(entry["on"]))
            began = scene.day(-34)
            opened = open_place(
                actor=_actor(scene, user, began), at=noon(began), key=scene.key(), kind=entry["kind"],
                area_id=unit.pk, body_id=unit.pk, name=name, state=entry["state"], on=on, typed=entry["data"],
                point=(Decimal(str(point[0])), Decimal(str(point[1]))) if point else None,
            )  # fmt: skip
            made: Place = ok(opened)
            for offset, state in entry.get("moves", ()):
                day = scene.day(offset)
                moved = move_place(
                    actor=_actor(scene, user, day), at=noon(day, 15), place_id=made.pk, version=made.version,
                    state=state, on=day, typed={},
                )  # fmt: skip
                made = ok(moved)
            found[name] = made
    return found


def _entries(scene: Scene, unit: Unit) -> Iterator[tuple[date, Table]]:
    """The days of a commune's entries. What a rhythm leaves out depends on the commune's name alone."""
    today = scene.day(0)
    for entry in scene.told["rhythm"]:
        for offset in range(scene.told["since"], 1):
            on = scene.day(offset)
            weight = crc32(f"{unit.name}{entry['kind']}{on.isocalendar().week}".encode())
            if on.weekday() in entry["days"] and on < today and weight % entry["skips"]:
                yield on, entry
    for entry in scene.told["once"]:
        yield scene.day(entry["on"]), entry


def _record(scene: Scene, unit: Unit, user: User, on: date, entry: Table, places: Mapping[str, Place]) -> None:
    typed = dict(entry["data"])
    topics: Sequence[str] = scene.told["topics"]
    at_place = places.get(str(entry.get("at", "")).format(xa=unit.called))
    recorded = record_event(
        actor=_actor(scene, user, on), at=noon(on, 19), key=scene.key(), kind=entry["kind"], body_id=unit.pk,
        area_id=unit.pk, on=on, time=entry.get("time"), typed=_with_topic(entry, typed, topics, on),
        place_ids=[at_place.pk] if at_place else [], way=Way.GRID,
    )  # fmt: skip
    made: Event = ok(recorded)
    if entry.get("verified") and user != scene.office:  # nobody verifies what they wrote for another
        later = on + timedelta(days=1)
        ok(
            verify_event(
                actor=_actor(scene, scene.office, later), at=noon(later), event_id=made.pk, version=made.version
            )
        )


def _with_topic(entry: Table, typed: dict[str, Any], topics: Sequence[str], on: date) -> dict[str, Any]:
    if entry["kind"] in TOLD_OF:
        typed["topic"] = topics[on.toordinal() % len(topics)]
    return typed


TOLD_OF = frozenset({"broadcast", "social_post", "risk_group_session", "school_session"})
"""Kinds whose entries have a topic."""


def _actor(scene: Scene, user: User, on: date) -> Actor:
    found = actor_of(user, timezone.localdate(scene.at))
    if found is None:
        raise RuntimeError(f"{user.username} holds no role")
    return attrs.evolve(found, on=on)
