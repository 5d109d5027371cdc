"""Adding units, their other names, and the members of groups.

`actor` is None for what the program does by itself (loading reference data, the demo).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import attrs
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.audit.operations import hold, record
from pcmt.apps.units.models import (
    GroupMember,
    Level,
    Succession,
    Unit,
    UnitAlias,
    UnitClosure,
    UnitFunction,
    UnitKind,
    UnitLink,
    UnitName,
    holds_on,
)
from pcmt.apps.units.names import name_key
from pcmt.apps.units.operations.tables import (
    both,
    keys_of,
    lock_tree,
    name_row,
    names_of,
    places_of,
    show_names,
    succession_rows,
    write_closure,
)
from pcmt.apps.units.patches import as_day
from pcmt.apps.units.policies import Officer, can_keep_under, can_keep_units
from pcmt.core import units as core
from pcmt.core.diagnostics import Refusal


@attrs.frozen(kw_only=True)
class NewUnit:
    """A unit to be made. `parent` is the key of another new unit or the id of one that exists.

    `parents` gives several parents over time instead: (parent, from, to) with half-open windows.
    """

    key: str
    name: str
    kind: str
    level: str
    parent: str | int | None = None
    parents: Sequence[tuple[str | int, date | None, date | None]] = ()
    short_name: str = ""
    code: str = ""
    identifier: str = ""
    functions: Sequence[str] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    def links(self) -> Sequence[tuple[str | int, date | None, date | None]]:
        """Every parent with its window."""
        if self.parents or self.parent is None:
            return self.parents
        return ((self.parent, self.valid_from, self.valid_to),)


def create_unit(
    *,
    actor: Officer | None,
    at: datetime,
    name: str,
    kind: str,
    level: str,
    parent_id: int | None = None,
    short_name: str = "",
    code: str = "",
    functions: Sequence[str] = (),
    valid_from: date | None = None,
    valid_to: date | None = None,
    member_ids: Sequence[int] = (),
) -> Unit | Refusal:
    """Make a unit under a parent; a group also gets its members."""
    if actor is not None and not can_keep_under(actor, parent_id):
        return _not_allowed()
    name = " ".join(name.split())
    if not name:
        return Refusal(code="empty", message=_("Nhập tên đơn vị."), field="name")
    if kind not in UnitKind.values:
        return Refusal(code="unknown_kind", message=_("Chọn loại đơn vị trong danh sách."), field="kind")
    if level not in Level.values:
        return Refusal(code="unknown_level", message=_("Chọn cấp trong danh sách."), field="level")
    if valid_from and valid_to and valid_to <= valid_from:
        return Refusal(code="window", message=_("Ngày kết thúc phải sau ngày bắt đầu."), field="valid_to")
    if member_ids and kind != UnitKind.GROUP:
        return Refusal(code="no_group", message=_("Chỉ nhóm đơn vị mới có thành viên."), field="kind")
    new = NewUnit(
        key="new",
        name=name,
        kind=kind,
        level=level,
        parent=parent_id,
        short_name=short_name.strip(),
        code=code.strip(),
        functions=tuple(functions),
        valid_from=valid_from,
        valid_to=valid_to,
    )
    with transaction.atomic():
        on = timezone.localdate(at)
        siblings = Unit.objects.filter(search_key=name_key(name)[:300]).filter(holds_on(on))
        if parent_id is not None:
            siblings = siblings.filter(links_up__parent_id=parent_id)
        else:
            siblings = siblings.filter(links_up__isnull=True)
        twin = siblings.first()
        if twin:
            return Refusal(
                code="exists", message=_("Đã có đơn vị “%(name)s”. Chọn đơn vị này.") % {"name": twin.name}, ref=twin.pk
            )
        unit = create_units(actor=actor, at=at, rows=[new])["new"]
        if member_ids:
            set_members(actor=actor, at=at, group_id=unit.pk, unit_ids=member_ids)
    return unit


def create_units(*, actor: Officer | None, at: datetime, rows: Iterable[NewUnit]) -> dict[str, Unit]:
    """Make many units at once, parents before children in any order of rows; by key. One audit entry for the lot.

    For loading reference data: whoever calls it answers for the rows (a key or parent that is not there is a bug).
    """
    with transaction.atomic():
        lock_tree(at)
        units = write_units(rows)
        if len(units) == 1:
            only = next(iter(units.values()))
            record(at=at, actor=actor, event="units.unit.created", obj=only, after={"name": only.name})
        elif units:
            first = next(iter(units.values()))
            record(at=at, actor=actor, event="units.unit.loaded", obj=first, after={"count": len(units)})
    return units


def write_units(rows: Iterable[NewUnit]) -> dict[str, Unit]:
    """The rows of many units with their place in the tree, for operations that record what they did themselves.

    The tree is locked by then (`lock_tree`).
    """
    new = {row.key: row for row in rows}
    with transaction.atomic():
        units = {
            key: Unit(
                name=row.name,
                short_name=row.short_name,
                search_key=keys_of(row.name)[0],
                sort_key=keys_of(row.name)[1],
                kind=row.kind,
                level=row.level,
                code=row.code,
                identifier=row.identifier,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            )
            for key, row in new.items()
        }
        Unit.objects.bulk_create(units.values(), batch_size=500)
        closure: dict[int, list[UnitClosure]] = {}
        links: list[UnitLink] = []
        outside = {parent for row in new.values() for parent, _from, _to in row.links() if isinstance(parent, int)}
        for known in UnitClosure.objects.filter(descendant_id__in=outside):
            closure.setdefault(known.descendant_id, []).append(known)
        made: list[UnitClosure] = []
        for key in _parents_first(new):
            unit, row = units[key], new[key]
            own = [
                UnitClosure(ancestor=unit, descendant=unit, depth=0, valid_from=unit.valid_from, valid_to=unit.valid_to)
            ]
            for parent, begins, ends in row.links():
                parent_id = parent if isinstance(parent, int) else units[parent].pk
                links.append(UnitLink(parent_id=parent_id, child=unit, valid_from=begins, valid_to=ends))
                for above in closure[parent_id]:
                    window = both((begins, ends), (above.valid_from, above.valid_to))
                    if window is not None:
                        own.append(
                            UnitClosure(
                                ancestor_id=above.ancestor_id,
                                descendant=unit,
                                depth=above.depth + 1,
                                valid_from=window[0],
                                valid_to=window[1],
                            )
                        )
            closure[unit.pk] = own
            made.extend(own)
        UnitLink.objects.bulk_create(links, batch_size=500)
        UnitClosure.objects.bulk_create(made, batch_size=500)
        UnitFunction.objects.bulk_create(
            [
                UnitFunction(unit=units[key], function=function, valid_from=row.valid_from, valid_to=row.valid_to)
                for key, row in new.items()
                for function in dict.fromkeys(row.functions)
            ],
            batch_size=500,
        )
    return units


def add_alias(
    *, actor: Officer | None, at: datetime, unit_id: int, name: str, scope_id: int | None = None
) -> UnitAlias | Refusal:
    """Learn that a name means a unit inside an area (everywhere without one); a later correction replaces it."""
    if actor is not None and not can_keep_units(actor):
        return _not_allowed()
    key = name_key(name)[:300]
    if not key:
        return Refusal(code="empty", message=_("Nhập tên gọi."), field="name")
    with transaction.atomic():
        hold(at)
        alias = UnitAlias.objects.select_for_update().filter(search_key=key, scope_id=scope_id).first()
        before = {"unit": alias.unit_id} if alias else None
        if alias and alias.unit_id == unit_id:
            return alias
        alias = alias or UnitAlias(search_key=key, scope_id=scope_id)
        alias.unit_id, alias.name, alias.learned_at = unit_id, name.strip()[:300], at
        alias.learned_by_id = actor.user_id if actor else None
        alias.learned_by_name = actor.name if actor else ""
        alias.save()
        record(
            at=at,
            actor=actor,
            event="units.alias.learned",
            obj=alias,
            before=before,
            after={"unit": unit_id, "name": name},
        )
    return alias


def set_members(
    *, actor: Officer | None, at: datetime, group_id: int, unit_ids: Sequence[int]
) -> list[GroupMember] | Refusal:
    """Say which units a group means from now on; members that are left out end today."""
    if actor is not None and not can_keep_units(actor):
        return _not_allowed()
    today = timezone.localdate(at)
    with transaction.atomic():
        hold(at)
        group = Unit.objects.select_for_update(no_key=True).get(pk=group_id)
        if group.kind != UnitKind.GROUP:
            return Refusal(
                code="no_group", message=_("“%(name)s” không phải nhóm đơn vị.") % {"name": group.name}, ref=group.pk
            )
        wanted = dict.fromkeys(unit_ids)
        if group.pk in wanted or Unit.objects.filter(pk__in=wanted, kind=UnitKind.GROUP).exists():
            return Refusal(code="group_in_group", message=_("Nhóm chỉ gồm các đơn vị, không gồm nhóm khác."))
        held = {row.unit_id: row for row in GroupMember.objects.filter(group=group, valid_to__isnull=True)}
        gone = [row for unit_id, row in held.items() if unit_id not in wanted]
        for row in gone:
            row.valid_to = today
        # A member put in and taken out on one day never held: an empty window cannot be kept.
        GroupMember.objects.filter(
            pk__in=[row.pk for row in gone if row.valid_from and row.valid_from >= today]
        ).delete()
        GroupMember.objects.filter(pk__in=[row.pk for row in gone]).update(valid_to=today)
        GroupMember.objects.bulk_create(
            [
                # The first members have always been meant; later ones from the day they were put in.
                GroupMember(group=group, unit_id=unit_id, valid_from=today if held else None)
                for unit_id in wanted
                if unit_id not in held
            ]
        )
        record(
            at=at,
            actor=actor,
            event="units.group.set",
            obj=group,
            before={"members": sorted(held)},
            after={"members": sorted(wanted)},
        )
        return list(GroupMember.objects.filter(group=group, valid_to__isnull=True).select_related("unit"))


@attrs.frozen
class Difference:
    """A unit that is here otherwise than in the list that was loaded. It was left as it is."""

    code: str
    here: str
    listed: str


@attrs.frozen
class LoadedUnits:
    """What loading a list of administrative units did. Nothing new: everything was there."""

    created: int
    known: int
    coded: int
    successions: int
    differences: tuple[Difference, ...] = ()


def load_units(*, actor: Officer | None, at: datetime, listed: core.History) -> LoadedUnits:
    """Make the administrative units of a list that are not here yet; those that are stay as they are.

    A unit is known by its level and official code in an overlapping window, else, when it has no code, by its name
    under the same parent: then it gets its code. A known unit that stood under nothing gets its place. For whoever
    keeps the installation: there is no page for it.
    """
    with transaction.atomic():
        known, bare = _known_units(listed)
        coded = _give_codes(listed, bare)
        known |= bare
        rows = [
            NewUnit(
                key=unit.key,
                name=unit.spans[-1].name,
                kind=UnitKind.ADMINISTRATIVE,
                level=unit.level,
                code=unit.code,
                valid_from=as_day(unit.start),
                valid_to=as_day(unit.end),
                parents=_places(unit, known),
            )
            for unit in listed.units.values()
            if unit.key not in known
        ]
        ids = {key: row.pk for key, row in known.items()}
        if rows:
            ids |= {key: unit.pk for key, unit in create_units(actor=actor, at=at, rows=rows).items()}
        _name_over_time(listed, ids, timezone.localdate(at))
        _place_orphans(listed, known, ids)
        successions = _write_successions(listed, ids)
        root = next((ids[unit.key] for unit in listed.units.values() if unit.spans[-1].parent is None), None)
        if (coded or successions) and root is not None:
            record(
                at=at,
                actor=actor,
                event="units.list.loaded",
                obj=Unit.objects.get(pk=root),
                after={"created": len(rows), "coded": coded, "successions": successions},
            )
    return LoadedUnits(len(rows), len(known), coded, successions, tuple(_differences(listed, known)))


def _known_units(listed: core.History) -> tuple[dict[str, Unit], dict[str, Unit]]:
    """The units of a list that are here, by their keys there: by code, and by name and parent."""
    by_code: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    by_name: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    for row in Unit.objects.filter(kind=UnitKind.ADMINISTRATIVE).order_by("pk"):
        (by_code[row.level, row.code] if row.code else by_name[row.level, row.search_key]).append(row)
    parents: dict[int, set[int]] = defaultdict(set)
    for child_id, parent_id in UnitLink.objects.filter(
        child_id__in=[row.pk for rows in by_name.values() for row in rows]
    ).values_list("child_id", "parent_id"):
        parents[child_id].add(parent_id)

    known: dict[str, Unit] = {}
    bare: dict[str, Unit] = {}
    taken: set[int] = set()
    # The newest holder of a code first: a unit here without dates is that of today. First by name and code, then code.
    newest_first = sorted(listed.units.values(), key=lambda unit: unit.start, reverse=True)
    for by_both in (True, False) if by_code else ():
        for unit in newest_first:
            for row in by_code.get((unit.level, unit.code), ()) if unit.key not in known else ():
                named = row.search_key == name_key(unit.spans[-1].name)[:300]
                if row.pk not in taken and _at_once(unit, row) and (named or not by_both):
                    known[unit.key] = row
                    taken.add(row.pk)
                    break
    by_level = {level: at for at, level in enumerate(Level.values)}
    for unit in sorted(listed.units.values(), key=lambda unit: by_level[unit.level]) if by_name else ():
        if unit.key in known:
            continue
        above = [known.get(span.parent) or bare.get(span.parent) for span in unit.spans if span.parent is not None]
        above_ids = {row.pk for row in above if row}
        for row in by_name.get((unit.level, name_key(unit.spans[-1].name)[:300]), ()):
            placed = bool(parents[row.pk] & above_ids) if unit.spans[0].parent is not None else not parents[row.pk]
            if row.pk not in taken and _at_once(unit, row) and placed:
                bare[unit.key] = row
                taken.add(row.pk)
                break
    return known, bare


def _at_once(unit: core.Unit, row: Unit) -> bool:
    """Whether a unit of the list and one here stand on some day together."""
    return unit.start < (row.valid_to or core.STILL) and (row.valid_from or core.ALWAYS) < unit.end


def _give_codes(listed: core.History, bare: Mapping[str, Unit]) -> int:
    for key, unit in bare.items():
        unit.code = listed.units[key].code
    return Unit.objects.bulk_update(bare.values(), ["code"], batch_size=500) if bare else 0


def _places(unit: core.Unit, known: Mapping[str, Unit]) -> list[tuple[str | int, date | None, date | None]]:
    """The parents of a unit over time: rows that are here by their ids, new ones by their keys."""
    return [(known[parent].pk if parent in known else parent, begins, ends) for parent, begins, ends in places_of(unit)]


def _place_orphans(listed: core.History, known: Mapping[str, Unit], ids: Mapping[str, int]) -> None:
    """Put known units that never stood under anything where the list has them, with all that is below them."""
    children = set(UnitLink.objects.values_list("child_id", flat=True))
    links = []
    for key, row in known.items():
        for parent, begins, ends in places_of(listed.units[key]) if row.pk not in children else ():
            window = both((begins, ends), (row.valid_from, row.valid_to))
            if window is not None:
                links.append(UnitLink(parent_id=ids[parent], child=row, valid_from=window[0], valid_to=window[1]))
    if links:
        UnitLink.objects.bulk_create(links, batch_size=500)
        write_closure({link.child_id for link in links})


def _name_over_time(listed: core.History, ids: Mapping[str, int], today: date) -> None:
    """Write down the names of units that were or will be renamed, where they have no dated names yet."""
    several = {ids[key]: names for key, unit in listed.units.items() if len(names := names_of(unit)) > 1}
    there = set(UnitName.objects.filter(unit_id__in=list(several)).values_list("unit_id", flat=True))
    UnitName.objects.bulk_create(
        [
            name_row(unit_id, name, "", (begins, ends))
            for unit_id, names in several.items()
            if unit_id not in there
            for name, begins, ends in names
        ],
        batch_size=500,
    )
    show_names(set(several) - there, today)


def _write_successions(listed: core.History, ids: Mapping[str, int]) -> int:
    """Write down who followed whom, but for units whose succession on the day is written down already."""
    there = set(Succession.objects.values_list("old_id", "on"))
    fresh = [each for each in listed.successions if (ids[each.old], each.on) not in there]
    made = list(succession_rows(fresh, ids.__getitem__))
    Succession.objects.bulk_create(made, batch_size=500)
    return len(made)


def _differences(listed: core.History, known: Mapping[str, Unit]) -> Iterable[Difference]:
    for key, row in known.items():
        unit = listed.units[key]
        name = unit.spans[-1].name
        if row.search_key != name_key(name)[:300]:
            yield Difference(unit.code, row.name, name)
        elif (row.valid_to or core.STILL) != unit.end:
            ends = [f"{day:%d/%m/%Y}" if day else "nay" for day in (row.valid_to, as_day(unit.end))]
            yield Difference(unit.code, f"{row.name}, đến {ends[0]}", f"đến {ends[1]}")


def _not_allowed() -> Refusal:
    message = _("Chỉ cơ quan thường trực được thêm hoặc sửa đơn vị trong địa bàn mình phục vụ.")
    return Refusal(code="not_allowed", message=message)


def _parents_first(new: dict[str, NewUnit]) -> list[str]:
    order: dict[str, None] = {}

    def place(key: str, below: tuple[str, ...]) -> None:
        if key in order:
            return
        if key in below:
            raise ValueError(f"units stand below themselves: {' > '.join((*below, key))}")
        for parent, _from, _to in new[key].links():
            if isinstance(parent, str):
                place(parent, (*below, key))
        order[key] = None

    for key in new:
        place(key, ())
    return list(order)
