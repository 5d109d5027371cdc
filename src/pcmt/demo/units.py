"""The units of the demo: rows for the units room from `data/units.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from pcmt.apps.units.operations import NewUnit

DATA = Path(__file__).parent / "data"
ROOT = "viet-nam"

Entry = dict[str, Any]


@attrs.frozen
class Alias:
    """Another name of a unit, as documents of the area `scope` write it; both are keys of units."""

    unit: str
    name: str
    scope: str


def rows() -> tuple[list[NewUnit], list[Alias]]:
    """All units of the demo, each with its parents over time, and their aliases."""
    data = tomllib.loads((DATA / "units.toml").read_text(encoding="utf-8"))
    made = [NewUnit(key=ROOT, name="Việt Nam", kind="administrative", level="central")]
    aliases: list[Alias] = []
    levels: dict[str, str] = {ROOT: "central"}
    for entry in _entries(data, aliases):
        entry.setdefault("parent", ROOT)
        entry.setdefault("level", levels[entry["parent"]])
        levels[entry["key"]] = entry["level"]
        made.append(_row(entry))
    return made, aliases


def _entries(data: dict[str, list[Entry]], aliases: list[Alias]) -> Iterator[Entry]:
    for province in data["province"]:
        yield {"kind": "administrative", "level": "province", **province}
        for body in data["body"]:
            if body["key"] in province.get("bodies", [body["key"]]):
                yield _body(body, province)
                aliases += [
                    Alias(f"{province['key']}.{body['key']}", name.format(n=_proper(province)), province["key"])
                    for name in body.get("aliases", ())
                ]
    yield from data["unit"]
    for group in data["group"]:
        shared = {key: value for key, value in group.items() if key != "units"}
        for key, name, *then in group["units"]:
            yield {**shared, "key": f"{group['parent']}.{key}", "name": name, "then": next(iter(then), None)}


def _body(body: Entry, province: Entry) -> Entry:
    """A body of a province: it ends with the province at the latest, and then goes to the same body of the next."""
    entry: Entry = {"kind": "agency", "level": "province", **body, "parent": province["key"]}
    entry["key"] = f"{province['key']}.{body['key']}"
    entry["name"] = body["name"].format(p=f"tỉnh {_proper(province)}")
    entry["then"] = f"{province['key']}.{body['then']}" if "then" in body else None
    if "until" in province and province["until"] < body.get("until", date.max):
        entry |= {"until": province["until"], "then": f"{province['then']}.{body.get('then', body['key'])}"}
    return entry


def _proper(province: Entry) -> str:
    return str(province["name"]).removeprefix("Tỉnh ")


def _row(entry: Entry) -> NewUnit:
    begins, ends = entry.get("from"), entry.get("until")
    parents: list[tuple[str | int, date | None, date | None]] = [(entry["parent"], begins, ends)]
    if "moved" in entry:
        parents = [(entry["parent"], begins, entry["moved"]), (entry["to"], entry["moved"], None)]
    elif entry.get("then"):
        parents.append((entry["then"], ends, None))
    return NewUnit(
        key=entry["key"],
        name=entry["name"],
        short_name=entry.get("short", ""),
        kind=entry.get("kind", "agency"),
        level=entry["level"],
        code=entry.get("code", ""),
        functions=tuple(entry.get("functions", ())),
        parents=parents,
        valid_from=begins,
        valid_to=ends,
    )
