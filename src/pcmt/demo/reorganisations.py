"""What befell the demo's units after the national list: lists of hamlets, reorganisations done and planned."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import attrs
from django.utils import timezone

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.units.drafts import NEW, Draft
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import commit_import, plan_reorganisation, start_import
from pcmt.apps.units.queries import alike_below, preview
from pcmt.apps.units.queries.imports import preview_import
from pcmt.core import units as core
from pcmt.demo.story import HERE, noon, ok
from pcmt.documents.output.grids import FormColumn, write_form

Entry = Mapping[str, Any]


def happen(at: datetime, units: Mapping[str, Unit], users: Mapping[str, User]) -> None:
    """Send in the lists, then let happen what has a date; what is counted from today comes after the plans."""
    data = _data()
    for entry in data["hamlets"]:
        _send_in(entry, units, users)
    for entry in data["reorganisation"]:
        if "on" in entry:
            _reorganise(at, entry, entry["on"], units, users)


def plan(at: datetime, units: Mapping[str, Unit], users: Mapping[str, User]) -> None:
    """Plan what is still to come."""
    for entry in _data()["reorganisation"]:
        if "days" in entry:
            _reorganise(at, entry, timezone.localdate(at) + timedelta(days=entry["days"]), units, users)


def _data() -> Mapping[str, Any]:
    return tomllib.loads((HERE / "data/reorganisations.toml").read_text(encoding="utf-8"))


def _acting(user: User, on: date) -> Actor:
    actor = actor_of(user, on)
    if actor is None:
        raise RuntimeError(f"{user.username} holds no role on {on}")
    return actor


def _send_in(entry: Entry, units: Mapping[str, Unit], users: Mapping[str, User]) -> None:
    """A list of hamlets as an office sends it."""
    moment, actor = noon(entry["on"]), _acting(users[entry["user"]], entry["on"])
    data = write_form(
        name="Danh sách",
        title=f"Danh sách {entry['type'].lower()}, {units[entry['commune']].name}",
        remark="",
        columns=[FormColumn("Loại", 14), FormColumn("Tên", 30)],
        rows=[[entry["type"], name] for name in entry["names"]],
    )
    area = units[entry["commune"]].pk
    sent = ok(start_import(actor=actor, at=moment, area_id=area, kind="hamlets", name=entry["file"], data=data))
    ok(commit_import(actor=actor, at=moment, import_id=sent.pk, seen=preview_import(sent, entry["on"]).digest))


def _reorganise(at: datetime, entry: Entry, on: date, units: Mapping[str, Unit], users: Mapping[str, User]) -> None:
    """Plan on an earlier day, as far as that has come; what is due by now is carried out at once."""
    moment = noon(on, 7) if on <= timezone.localdate(at) else min(noon(on - timedelta(days=entry["before"]), 7), at)
    actor = _acting(users[entry["user"]], timezone.localdate(moment))
    events = [event for told in entry["events"] for event in _events(told, on, units)]
    draft = Draft(kind=entry["kind"], on=on, title=entry["title"], ground=entry["ground"], events=tuple(events))
    if entry["kind"] == "transfer":
        found = preview(actor=actor, draft=draft, at=moment)
        fitting = [each for group in found.proposals for each in group.proposals if each.fits]
        draft = attrs.evolve(draft, due_item_ids=tuple(each.due_item_id for each in fitting))
    ok(plan_reorganisation(actor=actor, at=moment, draft=draft))


def _events(told: Entry, on: date, units: Mapping[str, Unit]) -> Iterator[core.Event]:
    def key(name: str) -> str:
        return str(_unit(name, on, units).pk)

    if "transfer" in told:
        yield core.Transfer(on, told["transfer"], key(told["from"]), key(told["to"]))
    elif "rename" in told:
        yield core.Renaming(on, key(told["rename"]), told["name"])
    elif "divide" in told:
        old = _unit(told["divide"], on, units)
        parts = [
            core.Part(core.NewUnit(f"{NEW}{number}", name, old.level), measure, heir=number == 1)
            for number, (name, measure) in enumerate(told["parts"], 1)
        ]
        yield core.Division(on, str(old.pk), tuple(parts))
    else:
        yield from _merger(told, on, units)


def _merger(told: Entry, on: date, units: Mapping[str, Unit]) -> Iterator[core.Event]:
    gone = [_unit(name, on, units) for name in told["merge"]]
    if "into" in told:
        yield core.Merger(on, tuple(str(unit.pk) for unit in gone), str(_unit(told["into"], on, units).pk))
        return
    new = core.NewUnit(f"{NEW}1", told["new"], gone[0].level)
    yield core.Merger(on, tuple(str(unit.pk) for unit in gone), new)
    for number, alike in enumerate(alike_below([unit.pk for unit in gone], on) if told.get("alike") else (), 2):
        name = alike.name_at(told["new"])
        body = core.NewUnit(f"{NEW}{number}", name, alike.level, kind=alike.kind, parent=new.key)
        yield core.Merger(on, tuple(str(unit.pk) for unit in alike.units), body)


def _unit(name: str, on: date, units: Mapping[str, Unit]) -> Unit:
    if name in units:
        return units[name]
    if name.startswith("@"):
        return Unit.objects.as_of(on).get(kind="administrative", level="commune", code=name[1:])
    commune, _slash, hamlet = name.partition("/")
    return Unit.objects.as_of(on).get(name=hamlet, level="hamlet", links_up__parent=units[commune])
