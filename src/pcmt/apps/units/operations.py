"""Adding units, their other names, and the members of groups.

`actor` is None for what the program does by itself (loading reference data, the demo).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import attrs
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.audit.operations import hold, record
from pcmt.apps.units.models import GroupMember, Level, Unit, UnitAlias, UnitClosure, UnitKind, UnitLink, holds_on
from pcmt.apps.units.names import name_key
from pcmt.apps.units.policies import Officer, can_keep_under, can_keep_units
from pcmt.core.diagnostics import Refusal
from pcmt.core.text import sort_key


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
    function: str = ""
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
    function: str = "",
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
        function=function,
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
    new = {row.key: row for row in rows}
    with transaction.atomic():
        units = {
            key: Unit(
                name=row.name,
                short_name=row.short_name,
                search_key=name_key(row.name)[:300],
                sort_key=sort_key(row.name)[:600],
                kind=row.kind,
                level=row.level,
                code=row.code,
                function=row.function,
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
                    window = _both((begins, ends), (above.valid_from, above.valid_to))
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
        if len(units) == 1:
            only = next(iter(units.values()))
            record(at=at, actor=actor, event="units.unit.created", obj=only, after={"name": only.name})
        elif units:
            first = next(iter(units.values()))
            record(at=at, actor=actor, event="units.unit.loaded", obj=first, after={"count": len(units)})
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


Window = tuple[date | None, date | None]


def _both(one: Window, other: Window) -> Window | None:
    """The days in both half-open windows; None when there are none."""
    starts = [day for day in (one[0], other[0]) if day]
    ends = [day for day in (one[1], other[1]) if day]
    start, end = max(starts, default=None), min(ends, default=None)
    return None if start and end and start >= end else (start, end)
