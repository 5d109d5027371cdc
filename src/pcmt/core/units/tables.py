"""A history from the tables of `data/units/` (their README says what the columns mean). Text in, value out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from pcmt.core.units.history import ALWAYS, NONE, STILL, WHOLE, History, Succession, Unit, UnitSpan

NATION = Unit("VN", "VN", "central", (UnitSpan(ALWAYS, STILL, "Việt Nam", None),))
"""The root of the national tree; its code is that of ISO 3166."""

LEVELS = {"provinces": "province", "districts": "district", "communes": "commune"}
"""Tables of units, those of parents first, and the level of what stands in them."""


def history_from(tables: Mapping[str, str]) -> History:
    """The history that the texts of the tables tell, by name of table.

    A unit's key is its code; that of a unit which got the code of one before it is followed by "@" and its first day.
    """
    units = {NATION.key: NATION}
    holders: dict[str, list[Unit]] = defaultdict(list, {NATION.code: [NATION]})
    for table, level in LEVELS.items():
        for unit in _units(tables[table], level, holders):
            units[unit.key] = unit
            holders[unit.code].append(unit)
    return History(units, tuple(_successions(tables["successions"], holders)))


def _rows(text: str) -> Iterator[list[str]]:
    lines = iter(text.splitlines())
    next(lines)  # names of columns
    return (line.split("\t") for line in lines)


def _days(text: str, empty: date, known: dict[str, date]) -> date:
    if not text:
        return empty
    return known.get(text) or known.setdefault(text, date.fromisoformat(text))


def _units(text: str, level: str, holders: Mapping[str, list[Unit]]) -> Iterator[Unit]:
    days: dict[str, date] = {}
    unit: Unit | None = None
    for code, kind, proper, parent, begins, ends in _rows(text):
        start, end, name = _days(begins, ALWAYS, days), _days(ends, STILL, days), f"{kind} {proper}"
        above = holders[parent]
        # A code may have had two holders; a span's parent is the one that stands at its start.
        key_above = (
            above[0].key if len(above) == 1 else next(each.key for each in above if each.start <= start < each.end)
        )
        span = UnitSpan(start, end, name, key_above)
        if unit is not None and unit.code == code and unit.end == start and unit.spans[-1].name == name:
            unit = Unit(unit.key, code, level, (*unit.spans, span))
            continue
        again = unit is not None and unit.code == code
        if unit is not None:
            yield unit
        unit = Unit(f"{code}@{begins}" if again else code, code, level, (span,))
    if unit is not None:
        yield unit


def _successions(text: str, holders: Mapping[str, list[Unit]]) -> Iterator[Succession]:
    days: dict[str, date] = {}
    divided: dict[tuple[date, str], list[tuple[str, int, bool]]] = defaultdict(list)
    for day, old, new, part, measure, heir in _rows(text):
        on = _days(day, ALWAYS, days)
        before = next(unit.key for unit in holders[old] if unit.start < on <= unit.end)
        after = next(unit.key for unit in holders[new] if unit.start <= on < unit.end)
        if part == "part":
            divided[on, before].append((after, int(measure), heir == "yes"))
        else:
            yield Succession(on, before, after, WHOLE if part == "whole" else NONE)
    for (on, before), parts in divided.items():
        total = sum(size for _after, size, _heir in parts)
        for after, size, is_heir in parts:
            yield Succession(on, before, after, Fraction(size, total), is_heir, estimated=True)
