"""The part of a history that a reorganisation touches, as plain values: what it was before, what it is after."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pcmt.core import units as core

Patch = dict[str, Any]
"""`units`, `holdings`: by key; `successions`: of the units of the patch."""


def as_day(day: date) -> date | None:
    """A day of the core as the tables keep it: none for always and still."""
    return None if day in (core.ALWAYS, core.STILL) else day


def _text(day: date) -> str | None:
    return day.isoformat() if as_day(day) else None


def joined(spans: Iterable[core.UnitSpan]) -> tuple[core.UnitSpan, ...]:
    """Spans with those joined that follow one another with the same name and parent: as the tables tell them."""
    found: list[core.UnitSpan] = []
    for span in spans:
        last = found[-1] if found else None
        if last and (last.end, last.name, last.parent) == (span.start, span.name, span.parent):
            found[-1] = core.UnitSpan(last.start, span.end, span.name, span.parent)
        else:
            found.append(span)
    return tuple(found)


def touched(before: core.History, after: core.History) -> list[str]:
    """The units that are otherwise in two histories, in a fixed order."""
    keys = dict.fromkeys((*before.units, *after.units))
    return [
        key
        for key in keys
        if (
            before.units.get(key) is not after.units.get(key)
            and _unit(before.units.get(key)) != _unit(after.units.get(key))
        )
        or _holdings(before, key) != _holdings(after, key)
    ]


def patch_of(history: core.History, keys: Iterable[str]) -> Patch:
    """How units stand in a history, with what they leave to others."""
    wanted = list(keys)
    given = set(wanted)
    rows = [each for each in history.successions if each.old in given or each.new in given]
    return {
        "units": {key: _unit(history.units.get(key)) for key in wanted},
        "holdings": {key: _holdings(history, key) for key in wanted},
        "successions": sorted([each.on.isoformat(), each.old, each.new, str(each.share), each.heir] for each in rows),
    }


def _unit(unit: core.Unit | None) -> dict[str, Any] | None:
    if unit is None:
        return None
    spans = [[_text(span.start), _text(span.end), span.name, span.parent] for span in joined(unit.spans)]
    return {"code": unit.code, "level": unit.level, "kind": unit.kind, "spans": spans}


def _holdings(history: core.History, key: str) -> list[list[Any]]:
    return sorted(
        ([each.function, _text(each.start), _text(each.end)] for each in history.held_by.get(key, ())),
        key=lambda row: (row[0], row[1] or ""),
    )


def put_back(history: core.History, patch: Patch, made_on: date) -> core.History:
    """The history with the units of a patch as they were; what they left to one another on a day is taken back."""
    units = dict(history.units)
    for key, kept in patch["units"].items():
        if kept is None:
            del units[key]
        else:
            units[key] = unit_from(key, kept)
    held = [each for each in history.holdings if each.unit not in patch["holdings"]]
    for key, rows in patch["holdings"].items():
        held += [core.Holding(key, function, _start(begins), _end(ends)) for function, begins, ends in rows]
    kept_rows = {(row[0], row[1], row[2]) for row in patch["successions"]}
    successions = [
        each
        for each in history.successions
        if each.on != made_on
        or not {each.old, each.new} & patch["units"].keys()
        or (each.on.isoformat(), each.old, each.new) in kept_rows
    ]
    return core.history_of(units.values(), successions, held)


def unit_from(key: str, kept: Mapping[str, Any]) -> core.Unit:
    """A unit from a patch."""
    spans = tuple(
        core.UnitSpan(_start(begins), _end(ends), name, parent) for begins, ends, name, parent in kept["spans"]
    )
    return core.Unit(key, kept["code"], kept["level"], spans, kept["kind"])


def _start(text: str | None) -> date:
    return date.fromisoformat(text) if text else core.ALWAYS


def _end(text: str | None) -> date:
    return date.fromisoformat(text) if text else core.STILL


def fingerprint(history: core.History, keys: Iterable[str]) -> str:
    """A short text that changes when anything changes about units."""
    told = json.dumps(patch_of(history, sorted(set(keys))), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]
