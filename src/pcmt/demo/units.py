"""The units of the demo: the national list, the usual bodies of some provinces, and what `data/units.toml` adds."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from pcmt.apps.units.functions import held_by
from pcmt.apps.units.models import Unit
from pcmt.apps.units.national import national_history
from pcmt.apps.units.operations import (
    NewUnit,
    add_alias,
    create_units,
    create_usual_bodies,
    leave_below,
    load_units,
)
from pcmt.apps.units.queries import proposed_bodies
from pcmt.apps.units.usual import UsualBody, fitting, own_name
from pcmt.core.diagnostics import Refusal
from pcmt.demo.operations import refresh_statistics

DATA = Path(__file__).parent / "data"

Entry = dict[str, Any]
Window = tuple[date | None, date | None]


def data() -> Mapping[str, Any]:
    """What the demo adds to the national list."""
    return tomllib.loads((DATA / "units.toml").read_text(encoding="utf-8"))


def make_units(at: datetime, on: date | None = None) -> dict[str, Unit]:
    """All units of the story by key, made as of a day (that of `at` by default) unless they are there: two loads give
    no unit twice, whether the national list was there before or comes again after.
    """
    content = data()
    made = _national(at, content["national"])
    refresh_statistics()
    bodies = [entry for province in content["province"] for entry in _bodies_of(province, made)]
    fresh = not _known(bodies)
    made |= _create(at, bodies, made)
    for province in content["province"]:
        _alias(at, province, made)
        # A second time the invented ward is there, too, which lacks some bodies on purpose.
        if province.get("communes") and fresh:
            _sure(
                create_usual_bodies(
                    actor=None,
                    at=at,
                    unit_id=made[province["key"]].pk,
                    on=on or timezone.localdate(at),
                    keys=(),
                    communes=True,
                )
            )
    refresh_statistics()
    made |= _usual(made, on or timezone.localdate(at))
    others = list(_others(content))
    made |= _create(at, others, made)
    listed = [{**entry, "key": key} for key, entry in content["national"].items() if isinstance(entry, dict)]
    left = [entry for entry in (*listed, *bodies, *others) if entry.get("then")]
    leave_below(
        actor=None,
        at=at,
        places={made[entry["key"]].pk: made[entry["then"]].pk for entry in left},
        heirs={made[entry["key"]].pk: made[entry["heir"]].pk for entry in left if "heir" in entry},
    )
    refresh_statistics()
    return made


def _national(at: datetime, named: Mapping[str, str | Entry]) -> dict[str, Unit]:
    loaded = load_units(actor=None, at=at, listed=national_history())
    ids = {key: loaded.ids[entry if isinstance(entry, str) else entry["key"]] for key, entry in named.items()}
    units = Unit.objects.in_bulk(ids.values())
    return {key: units[unit_id] for key, unit_id in ids.items()}


def _has(province: Entry, body: UsualBody) -> bool:
    if "bodies" in province:
        return body.key in province["bodies"]
    return not body.optional or body.key in province.get("also", ())


def _bodies_of(province: Entry, made: Mapping[str, Unit]) -> Iterator[Entry]:
    """The bodies of a province over time: each ends with it at the latest, and goes to the same body of the next."""
    unit = made[province["key"]]
    name = own_name(unit.name)
    for body in fitting("province", name, unit.code):
        ends = min(filter(None, (body.end, unit.valid_to)), default=None)
        if not _has(province, body) or (body.start and ends and body.start >= ends):
            continue
        heir = province["then"] if ends and ends == unit.valid_to else province["key"]
        then = body.then if ends == body.end else body.key
        yield {
            "key": f"{province['key']}.{body.key}",
            "name": name.fill(body.name),
            "short": name.fill(body.short),
            "kind": body.kind,
            "level": body.level,
            "parent": province["key"],
            "from": body.start,
            "until": ends,
            "then": f"{heir}.{then}" if ends else None,
        }


def _others(content: Mapping[str, Any]) -> Iterator[Entry]:
    yield from content["unit"]
    for group in content["group"]:
        shared = {key: value for key, value in group.items() if key != "units"}
        for key, name, *then in group["units"]:
            yield {**shared, "key": f"{group['parent']}.{key}", "name": name, "then": next(iter(then), None)}


def _create(at: datetime, entries: list[Entry], made: Mapping[str, Unit]) -> dict[str, Unit]:
    """Make the units of entries that are not there; all of them by key."""
    levels = {key: unit.level for key, unit in made.items()}
    for entry in entries:
        entry.setdefault("level", levels.get(entry.get("parent", ""), "central"))
        levels[entry["key"]] = entry["level"]
    known = _known(entries)
    ids = {key: unit.pk for key, unit in (dict(made) | known).items()}
    rows = [_row(entry, ids) for entry in entries if entry["key"] not in known]
    return known | create_units(actor=None, at=at, rows=rows)


def _known(entries: list[Entry]) -> dict[str, Unit]:
    """The units of entries that are there, by key: the same name until the same day."""
    named = Unit.objects.filter(name__in=[entry["name"] for entry in entries])
    there = {(unit.name, unit.valid_to): unit for unit in named}
    asked = {entry["key"]: (entry["name"], entry.get("until")) for entry in entries}
    return {key: there[which] for key, which in asked.items() if which in there}


def _row(entry: Entry, ids: Mapping[str, int]) -> NewUnit:
    begins, ends = entry.get("from"), entry.get("until")
    parents: list[tuple[str | int, date | None, date | None]] = []
    if "parent" in entry:
        parents.append((ids.get(entry["parent"], entry["parent"]), begins, ends))
    work = held_by(entry["level"], entry["key"].rpartition(".")[2]) if "." in entry["key"] else ()
    return NewUnit(
        key=entry["key"],
        name=entry["name"],
        short_name=entry.get("short", ""),
        kind=entry.get("kind", "agency"),
        level=entry["level"],
        functions=[(function.key, held.start, held.end) for function, held in work],
        parents=parents,
        valid_from=begins,
        valid_to=ends,
    )


def _alias(at: datetime, province: Entry, made: Mapping[str, Unit]) -> None:
    unit = made[province["key"]]
    name = own_name(unit.name)
    for body in fitting("province", name, unit.code):
        for pattern in body.aliases if _has(province, body) else ():
            body_id = made[f"{province['key']}.{body.key}"].pk
            _sure(add_alias(actor=None, at=at, unit_id=body_id, name=name.fill(pattern), scope_id=unit.pk))


def _usual(made: Mapping[str, Unit], on: date) -> dict[str, Unit]:
    """The usual bodies that communes of the story have by now, by key."""
    communes = {unit.pk: key for key, unit in made.items() if unit.level == "commune" and unit.valid_to is None}
    proposed = proposed_bodies([made[key] for key in communes.values()], on)
    return {f"{communes[each.unit.pk]}.{each.key}": each.there for each in proposed if each.there is not None}


def _sure(result: object) -> None:
    if isinstance(result, Refusal):
        raise RuntimeError(f"{result.code}: {result.message}")
