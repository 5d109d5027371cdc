"""Building the bodies that a province or a commune usually has, in one step."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import attrs
from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.audit.operations import record
from pcmt.apps.units.functions import COMMITTEE, held_by
from pcmt.apps.units.models import Unit, UnitAlias, UnitFunction
from pcmt.apps.units.names import name_key
from pcmt.apps.units.operations.tables import both, lock_tree
from pcmt.apps.units.operations.units import NewUnit, write_units
from pcmt.apps.units.policies import Officer, can_keep_under
from pcmt.apps.units.queries.bodies import Proposed, bodies_usual_for, communes_of, proposed_bodies
from pcmt.apps.units.usual import MOST_OF_A_SERIES, own_name
from pcmt.core.diagnostics import Refusal


@attrs.frozen
class CreatedBodies:
    """What was made, unit by unit in the order of the data; empty where nothing was missing."""

    made: tuple[Unit, ...]
    units: int


def create_usual_bodies(
    *,
    actor: Officer | None,
    at: datetime,
    unit_id: int,
    on: date,
    keys: Collection[str] | None = None,
    counts: Mapping[str, int] | None = None,
    communes: bool = False,
) -> CreatedBodies | Refusal:
    """Make those usual bodies of a unit that are missing on a day; what is there stays, so a second time makes nothing.

    `keys` chooses among `queries.proposed_bodies`; without it all are made but the optional ones. `counts` says how
    many of a series there are. With `communes` those below the unit get theirs too, without the optional ones. The
    bodies stand as long as their unit, or for the time that the data gives; their functions come with them, as do those
    that the unit itself has as a People's Committee.
    """
    if actor is not None and not can_keep_under(actor, unit_id):
        message = _("Chỉ cơ quan thường trực được thêm cơ quan trong địa bàn mình phục vụ.")
        return Refusal(code="not_allowed", message=message)
    for number in (counts or {}).values():
        if not 0 <= number <= MOST_OF_A_SERIES:
            message = _("Nhập số từ 0 đến %(most)d.") % {"most": MOST_OF_A_SERIES}
            return Refusal(code="count", message=message, field="counts")
    with transaction.atomic():
        lock_tree(at)  # two at once: the second sees what the first has made
        unit = Unit.objects.as_of(on).filter(pk=unit_id).first()
        if unit is None or not bodies_usual_for(unit):
            message = _("Chỉ tỉnh, thành phố, xã, phường, đặc khu đang tồn tại mới có danh sách cơ quan thường có.")
            return Refusal(code="no_template", message=message)
        wanted = [
            each
            for each in proposed_bodies([unit], on, counts)
            if each.there is None and (each.key in keys if keys is not None else not each.optional)
        ]
        below = communes_of(unit.pk, on) if communes else []
        wanted += [each for each in proposed_bodies(below, on) if each.there is None and not each.optional]
        if not wanted:
            return CreatedBodies((), 0)
        made = _write(wanted, at)
        _give_committees([unit, *below])
        concerned = len({each.unit.pk for each in wanted})
        record(
            at=at,
            actor=actor,
            event="units.bodies.created",
            obj=unit,
            after={"count": len(made), "units": concerned},
        )
    return CreatedBodies(tuple(made), concerned)


def _give_committees(units: Sequence[Unit]) -> None:
    """The functions of People's Committees, where none are written down yet."""
    there = set(UnitFunction.objects.filter(unit__in=units).values_list("unit_id", flat=True))
    made = []
    for unit in units if len(units) > len(there) else ():
        for function, holding in held_by(unit.level, COMMITTEE) if unit.pk not in there else ():
            window = both((unit.valid_from, unit.valid_to), (holding.start, holding.end))
            if window is not None:
                made.append(UnitFunction(unit=unit, function=function.key, valid_from=window[0], valid_to=window[1]))
    UnitFunction.objects.bulk_create(made, batch_size=500)


def _write(wanted: Sequence[Proposed], at: datetime) -> list[Unit]:
    windows = [
        both((each.unit.valid_from, each.unit.valid_to), (each.body.start, each.body.end)) or (None, None)
        for each in wanted
    ]
    rows = [
        NewUnit(
            key=f"{each.unit.pk} {each.key}",
            name=each.name,
            short_name=each.short,
            kind=each.body.kind,
            level=each.body.stands_at,
            parent=each.unit.pk,
            functions=[
                (function.key, held.start, held.end) for function, held in held_by(each.body.level, each.body.key)
            ],
            valid_from=window[0],
            valid_to=window[1],
        )
        for each, window in zip(wanted, windows, strict=True)
    ]
    made = write_units(rows)
    aliases = []
    for each, row in zip(wanted, rows, strict=True):
        own = own_name(each.unit.name)
        for pattern in each.body.aliases:
            name = own.fill(pattern)
            aliases.append(
                UnitAlias(
                    unit=made[row.key], name=name, search_key=name_key(name)[:300], scope=each.unit, learned_at=at
                )
            )
    # A name that people have taught the program for another body keeps meaning that one.
    UnitAlias.objects.bulk_create(aliases, batch_size=500, ignore_conflicts=True)
    return [made[row.key] for row in rows]
