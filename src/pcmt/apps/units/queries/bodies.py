"""Which of the usual bodies a unit has, and which it lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

import attrs

from pcmt.apps.units import names
from pcmt.apps.units.functions import held_by
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, UnitLink, holds_on
from pcmt.apps.units.usual import OwnName, UsualBody, fitting, own_name


@attrs.frozen
class Proposed:
    """A usual body of one unit: what it would be called, and the one that stands there already (None: missing).

    `key` names it among the bodies of its unit; of a series each has its number behind it ("takv.2").
    """

    unit: Unit
    body: UsualBody
    key: str
    name: str
    short: str
    there: Unit | None
    functions: tuple[str, ...]

    @property
    def optional(self) -> bool:
        """Whether it is only made when it is asked for by its key."""
        return self.body.optional


def proposed_bodies(units: Iterable[Unit], on: date, counts: Mapping[str, int] | None = None) -> list[Proposed]:
    """The usual bodies of administrative units on a day, in the order of the data, unit by unit.

    `counts` says how many there are of a series, by the key of the body. Three statements, however many units.
    """
    chosen = list(units)
    standing = _standing(chosen, on)
    borders = _province_codes(chosen, on)
    return [
        each for unit in chosen for each in _of_one(unit, on, standing[unit.pk], borders.get(unit.pk, ""), counts or {})
    ]


def bodies_usual_for(unit: Unit) -> bool:
    """Whether there is a list of usual bodies for units of this sort: provinces and communes."""
    return unit.kind == UnitKind.ADMINISTRATIVE and unit.level in (Level.PROVINCE, Level.COMMUNE)


def communes_of(unit_id: int, on: date) -> list[Unit]:
    """The communes, wards and special zones below a unit on a day, in official order."""
    return list(
        Unit.objects.under(unit_id, on)
        .as_of(on)
        .filter(kind=UnitKind.ADMINISTRATIVE, level=Level.COMMUNE)
        .exclude(pk=unit_id)
        .in_official_order()
    )


def _standing(units: Collection[Unit], on: date) -> dict[int, dict[str, Unit]]:
    """The bodies directly below units on a day, by unit and by every key of their names, with and without the place."""
    called = {unit.pk: _place(unit) for unit in units}
    found: dict[int, dict[str, Unit]] = defaultdict(dict)
    links = UnitLink.objects.filter(holds_on(on), holds_on(on, "child__"))
    # All of them, where the units are many: a list of a thousand ids costs more than the rows it keeps out.
    links = links.filter(parent__in=list(called)) if len(called) <= 500 else links.filter(parent__kind="administrative")
    for link in links.exclude(child__kind=UnitKind.ADMINISTRATIVE).select_related("child").order_by("pk"):
        if link.parent_id not in called:
            continue
        for name in filter(None, (link.child.name, link.child.short_name)):
            for key in _keys(name, called[link.parent_id]):
                found[link.parent_id].setdefault(key, link.child)
    return found


def _place(unit: Unit) -> tuple[str, str]:
    return names.split_area(names.name_key(unit.name))


def _keys(name: str, place: tuple[str, str]) -> Iterator[str]:
    key = names.name_key(name)
    yield key
    yield names.without_place(key, *place)


def _province_codes(units: Sequence[Unit], on: date) -> dict[int, str]:
    """The code of the province each unit is or lies in, for what only stands where there is a border."""
    found = {unit.pk: unit.code for unit in units if unit.level == Level.PROVINCE}
    below = [unit.pk for unit in units if unit.level != Level.PROVINCE]
    rows = UnitClosure.objects.filter(holds_on(on), ancestor__level=Level.PROVINCE, ancestor__kind="administrative")
    rows = rows.filter(descendant__in=below) if len(below) <= 500 else rows.filter(descendant__level=Level.COMMUNE)
    if below:
        found |= dict(rows.values_list("descendant_id", "ancestor__code"))
    return found


def _of_one(
    unit: Unit, on: date, standing: Mapping[str, Unit], province: str, counts: Mapping[str, int]
) -> Iterator[Proposed]:
    name = own_name(unit.name)
    place = _place(unit)
    for body in fitting(unit.level, name, province, on=on):
        work = tuple(
            str(function.label) for function, held in held_by(body.level, body.key) if _on(held.start, held.end, on)
        )
        for number in range(1, counts.get(body.key, 0) + 1) if body.series else (0,):
            patterns = (body.name, body.short, *body.also)
            keys = [key for text in patterns if text for key in _keys(name.fill(text, number), place)]
            there = next((standing[key] for key in keys if key in standing), None)
            yield Proposed(
                unit=unit,
                body=body,
                key=f"{body.key}.{number}" if body.series else body.key,
                name=name.fill(body.name, number),
                short=name.fill(body.short, number),
                there=there,
                functions=work,
            )


def _on(start: date | None, end: date | None, on: date) -> bool:
    return (start is None or start <= on) and (end is None or on < end)


def series_of(unit: Unit, on: date) -> list[UsualBody]:
    """The bodies of which a unit may have several, numbered."""
    return [body for body in fitting(unit.level, OwnName("", ""), unit.code, on=on) if body.series]
