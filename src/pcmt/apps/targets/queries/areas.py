"""Where targets hold: the units of a scope, the areas whose figures answer for a body, who has taken others over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

import attrs

from pcmt.apps.targets.models import Measure
from pcmt.apps.units.models import (
    GroupMember,
    Level,
    Succession,
    SuccessionPart,
    UnitClosure,
    UnitKind,
)


@attrs.frozen
class _Row:
    """Something of a unit during a half-open window."""

    unit_id: int
    begins: date | None
    ends: date | None

    def holds(self, on: date) -> bool:
        return (self.begins is None or self.begins <= on) and (self.ends is None or self.ends > on)


@attrs.frozen
class Places:
    """What is needed of the units to judge targets; three statements however many there are."""

    levels: dict[tuple[int, str], list[_Row]]
    groups: dict[int, list[_Row]]
    areas: dict[int, list[_Row]]

    def each(self, measure: Measure, on: date) -> list[int]:
        """The units for each of which a target holds, as they stand on a day."""
        rows = (
            self.groups.get(measure.each_group_id, [])
            if measure.each_group_id
            else self.levels.get((measure.unit_id, measure.each), [])
        )
        return list(dict.fromkeys(row.unit_id for row in rows if row.holds(on)))

    def area(self, unit_id: int, on: date) -> int:
        """The administrative unit that a body serves on a day; the body itself where there is none."""
        return next((row.unit_id for row in self.areas.get(unit_id, ()) if row.holds(on)), unit_id)


def places(measures: Iterable[Measure], bodies: Collection[int], only: Collection[int] | None = None) -> Places:
    """Of the scopes of measures and the bodies that were given a share. `only` are the units wanted of scopes."""
    scopes = list(measures)
    groups = {each.each_group_id for each in scopes if each.each_group_id}
    pairs = {(each.unit_id, each.each) for each in scopes if each.each and not each.each_group_id}
    return Places(_below(pairs, only), _members(groups, only), _serving(bodies))


def _below(pairs: Collection[tuple[int, str]], only: Collection[int] | None) -> dict[tuple[int, str], list[_Row]]:
    """Units of a level below others. Agencies are of a level too, but a target asks of the areas; schools are none."""
    found: dict[tuple[int, str], list[_Row]] = defaultdict(list)
    if not pairs:
        return found
    rows = (
        UnitClosure.objects.filter(
            ancestor__in={root for root, _level in pairs},
            descendant__level__in={level for _root, level in pairs},
            depth__gt=0,
        )
        .exclude(descendant__kind=UnitKind.GROUP)
        .order_by("descendant__sort_key", "descendant_id")
    )
    if only is not None:
        rows = rows.filter(descendant__in=only)
    for root, unit_id, level, kind, begins, ends in rows.values_list(
        "ancestor_id", "descendant_id", "descendant__level", "descendant__kind", "valid_from", "valid_to"
    ):
        if (root, level) in pairs and (kind == UnitKind.ADMINISTRATIVE or level == Level.SCHOOL):
            found[root, level].append(_Row(unit_id, begins, ends))
    return found


def _members(groups: Collection[int], only: Collection[int] | None) -> dict[int, list[_Row]]:
    found: dict[int, list[_Row]] = defaultdict(list)
    if not groups:
        return found
    rows = GroupMember.objects.filter(group__in=groups).order_by("unit__sort_key", "unit_id")
    if only is not None:
        rows = rows.filter(unit__in=only)
    for group_id, unit_id, begins, ends in rows.values_list("group_id", "unit_id", "valid_from", "valid_to"):
        found[group_id].append(_Row(unit_id, begins, ends))
    return found


def _serving(bodies: Collection[int]) -> dict[int, list[_Row]]:
    """By body the administrative units at or above it, the nearest first."""
    found: dict[int, list[_Row]] = defaultdict(list)
    if not bodies:
        return found
    rows = UnitClosure.objects.filter(descendant__in=bodies, ancestor__kind=UnitKind.ADMINISTRATIVE).order_by("depth")
    for body, area, begins, ends in rows.values_list("descendant_id", "ancestor_id", "valid_from", "valid_to"):
        found[body].append(_Row(area, begins, ends))
    return found


@attrs.frozen
class Taken:
    """A unit took others over on a day; `begins` is since when it is there itself."""

    on: date
    begins: date | None


def taken_over(unit_ids: Collection[int]) -> dict[int, list[Taken]]:
    """When units took over others' figures."""
    found: dict[int, list[Taken]] = defaultdict(list)
    rows = Succession.objects.filter(new__in=unit_ids).exclude(part=SuccessionPart.DUTIES).order_by("on")
    for unit_id, on, begins in rows.values_list("new_id", "on", "new__valid_from"):
        found[unit_id].append(Taken(on, begins))
    return found
