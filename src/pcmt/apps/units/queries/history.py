"""Units over time as a value of the core, and who answers for a unit that ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from pcmt.apps.units.models import (
    Succession,
    SuccessionPart,
    Unit,
    UnitFunction,
    UnitKind,
    UnitLink,
    UnitName,
)
from pcmt.apps.units.patches import joined
from pcmt.core import units as core

Window = tuple[date, date]
Place = tuple[date, date, int | None]
Called = tuple[date, date, str]


def history() -> core.History:
    """All units but groups over time as a value of the core; the keys are the ids of the rows, as text.

    Five statements, whatever the number of units. After its end a unit stands below its heir in the tables, so that
    whoever took over sees what it left: that is no place in the tree of the core.
    """
    groups = UnitKind.GROUP
    links: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    rows = UnitLink.objects.exclude(parent__kind=groups).exclude(child__kind=groups).order_by()
    for child, above, begins, ends in rows.values_list("child_id", "parent_id", "valid_from", "valid_to"):
        links[child].append((begins or core.ALWAYS, ends or core.STILL, above))
    names: dict[int, list[Called]] = defaultdict(list)
    dated = UnitName.objects.order_by().values_list("unit_id", "name", "valid_from", "valid_to")
    for unit_id, name, begins, ends in dated:
        names[unit_id].append((begins or core.ALWAYS, ends or core.STILL, name))
    units = Unit.objects.exclude(kind=groups).order_by("pk")
    made = []
    for pk, name, code, level, kind, begins, ends in units.values_list(
        "pk", "name", "code", "level", "kind", "valid_from", "valid_to"
    ):
        start, end = begins or core.ALWAYS, ends or core.STILL
        called = names.get(pk) or ((start, end, name),)
        made.append(core.Unit(str(pk), code, level, _spans(called, start, end, links.get(pk, ())), kind))
    return core.history_of(made, _successions(), _holdings())


def _spans(
    names: Sequence[Called], start: date, end: date, links: Sequence[tuple[date, date, int]]
) -> tuple[core.UnitSpan, ...]:
    """The spans of a unit: its links inside its own time, between them no parent, and its names over all of it."""
    if len(names) == 1 and len(links) == 1 and links[0][0] <= start and links[0][1] >= end:
        return (core.UnitSpan(start, end, names[0][2], str(links[0][2])),)
    places: list[Place] = []
    at = start
    for first, last, above in sorted(links):
        begins, ends = max(first, at), min(last, end)
        if begins >= ends:
            continue
        if at < begins:
            places.append((at, begins, None))
        places.append((begins, ends, above))
        at = ends
    if at < end:
        places.append((at, end, None))
    spans: list[core.UnitSpan] = []
    for begins, ends, parent in places:
        for name_begins, name_ends, name in sorted(names):
            at, until = max(begins, name_begins), min(ends, name_ends)
            if at < until:
                spans.append(core.UnitSpan(at, until, name, None if parent is None else str(parent)))
    return joined(spans)


SHARES: dict[str, Fraction] = {SuccessionPart.WHOLE: Fraction(1), SuccessionPart.DUTIES: Fraction(0)}


def _successions() -> Iterator[core.Succession]:
    rows = Succession.objects.order_by("on", "old_id", "pk")
    divided: dict[tuple[date, int], int] = defaultdict(int)
    known = list(rows.values_list("on", "old_id", "new_id", "part", "measure", "heir", "estimated"))
    for on, old, _new, part, measure, _heir, _estimated in known:
        if part == SuccessionPart.PART:
            divided[on, old] += measure
    for on, old, new, part, measure, heir, estimated in known:
        share = Fraction(measure, divided[on, old]) if part == SuccessionPart.PART else SHARES[part]
        yield core.Succession(on, str(old), str(new), share, heir, estimated)


def _holdings() -> Iterator[core.Holding]:
    rows = UnitFunction.objects.order_by("unit_id", "function", "pk")
    for unit, function, begins, ends in rows.values_list("unit_id", "function", "valid_from", "valid_to"):
        yield core.Holding(str(unit), function, begins or core.ALWAYS, ends or core.STILL)


def heirs_on(unit_ids: Iterable[int], on: date) -> dict[int, int]:
    """Who answers on the day for those of the units that have ended: the heir, or the heir of the heir.

    Units that stand, and those that nobody is written down for, are not in it. One statement when all stand.
    """
    at = {unit_id: unit_id for unit_id in unit_ids}
    found: dict[int, int] = {}
    while at:
        ended = Unit.objects.filter(pk__in=set(at.values()), valid_to__lte=on)
        asked = {pk: day for pk, day in ended.values_list("pk", "valid_to") if day is not None}
        rows = Succession.objects.filter(old__in=list(asked), heir=True) if asked else Succession.objects.none()
        heirs = {(old, day): new for old, day, new in rows.values_list("old_id", "on", "new_id")}
        found |= {unit_id: here for unit_id, here in at.items() if here != unit_id and here not in asked}
        at = {
            unit_id: heirs[here, asked[here]]
            for unit_id, here in at.items()
            if here in asked and (here, asked[here]) in heirs
        }
    return found
