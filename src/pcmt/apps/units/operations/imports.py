"""Importing lists of hamlets, schools and other bodies from workbooks: look first, then all at once, or back again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, ForeignObjectRel, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.audit.operations import record
from pcmt.apps.units.lists import Field, heading_key
from pcmt.apps.units.models import (
    ImportKind,
    ImportState,
    Unit,
    UnitAlias,
    UnitClosure,
    UnitImport,
    UnitKind,
    UnitLink,
    UnitName,
)
from pcmt.apps.units.names import name_key
from pcmt.apps.units.operations.tables import keys_of, lock_tree
from pcmt.apps.units.operations.units import NewUnit, write_units
from pcmt.apps.units.policies import Officer, can_keep_under
from pcmt.apps.units.queries.imports import (
    CHANGED,
    NEW,
    Outcome,
    Preview,
    also_names,
    preview_import,
    sort_of,
)
from pcmt.core.diagnostics import Refusal
from pcmt.documents import Unreadable, grid_from, read_grid

SHOWN = 5
"""So many units that stand in the way of undoing are named."""
WAITING_KEPT = 20
"""So many unfinished imports of one unit are kept; older ones are withdrawn when another comes in."""


def start_import(
    *, actor: Officer, at: datetime, area_id: int, kind: str, name: str, data: bytes
) -> UnitImport | Refusal:
    """Take a workbook in for looking at; nothing is made yet. The file itself is not kept, only the texts of its cells.

    Refused like every upload: other kinds of files, macros, passwords, secrecy stamps, too much in it.
    """
    if not can_keep_under(actor, area_id):
        return _not_allowed()
    if not Unit.objects.filter(pk=area_id, kind=UnitKind.ADMINISTRATIVE).exists():
        return Refusal(code="no_area", message=_("Chỉ nhập được vào tỉnh, thành phố, xã, phường, đặc khu."))
    if kind not in ImportKind.values:
        return Refusal(code="kind", message=_("Chọn nội dung của danh sách."), field="kind")
    grid = read_grid(name, data)
    if isinstance(grid, Unreadable):
        return Refusal(code=grid.code, message=str(grid), field="file")
    with transaction.atomic():
        waiting = UnitImport.objects.filter(owner_id=actor.unit_id, state=ImportState.WAITING).order_by("-pk")
        for old in waiting[WAITING_KEPT - 1 :]:
            _empty(old)
        made = UnitImport.objects.create(
            kind=kind,
            area_id=area_id,
            owner_id=actor.unit_id,
            name=name[-255:],
            grid=grid.as_json(),
            by_id=actor.user_id,
            by_name=actor.name,
            at=at,
        )
        record(at=at, actor=actor, event="units.import.sent", obj=made, after={"file": made.name, "kind": kind})
    return made


def choose_columns(
    *, actor: Officer, at: datetime, import_id: int, sheet: int, header: int, columns: Mapping[int, str]
) -> UnitImport | Refusal:
    """Say how a sheet is read: its row of headings (from 0; -1: none) and what its columns hold ("": nothing needed).

    The meaning of each heading is remembered for the next list of the same office once this one is imported.
    """
    with transaction.atomic():
        made = UnitImport.objects.select_for_update().get(pk=import_id)
        refused = _not_now(actor, made)
        if refused is not None:
            return refused
        grid = grid_from(made.grid)
        if not 0 <= sheet < len(grid.sheets) or not -1 <= header < len(grid.sheets[sheet].rows):
            return Refusal(code="header", message=_("Không có dòng tiêu đề này trong tệp."), field="header")
        chosen = {column: field for column, field in columns.items() if field}
        if set(chosen.values()) - set(Field.values):
            return Refusal(code="field", message=_("Chọn nội dung của cột trong danh sách."), field="columns")
        if Field.NAME not in chosen.values():
            return Refusal(code="no_name", message=_("Chọn cột nào ghi tên đơn vị."), field="columns")
        twice = next((field for field in chosen.values() if list(chosen.values()).count(field) > 1), None)
        if twice is not None:
            message = _("Hai cột cùng là “%(field)s”. Chỉ chọn một cột.") % {"field": Field(twice).label}
            return Refusal(code="twice", message=message, field="columns")
        made.by_hand = {"sheet": sheet, "header": header, "columns": {str(k): v for k, v in columns.items()}}
        headings = grid.sheets[sheet].rows[header] if header >= 0 else ()
        made.columns = {
            heading_key(headings[column]): field
            for column, field in columns.items()
            if column < len(headings) and heading_key(headings[column])
        }
        made.save(update_fields=["by_hand", "columns"])
        record(at=at, actor=actor, event="units.import.matched", obj=made, after={"count": len(chosen)})
    return made


def commit_import(*, actor: Officer, at: datetime, import_id: int, seen: str) -> UnitImport | Refusal:
    """Make the new units of an import and change the changed ones, all in one step; rows with mistakes are left out.

    `seen` is the digest of the preview that the person agreed to: where the outcome is another by now, since somebody
    else changed units or imported the same list, nothing is done and the answer says so.
    """
    with transaction.atomic():
        lock_tree(at)
        made = UnitImport.objects.select_for_update().select_related("area").get(pk=import_id)
        refused = _not_now(actor, made)
        if refused is not None:
            return refused
        preview = preview_import(made, timezone.localdate(at))
        if preview.digest != seen:
            message = _("Danh sách đơn vị đã thay đổi từ lúc bạn xem trước. Xem lại kết quả dưới đây rồi nhập.")
            return Refusal(code="stale", message=message)
        new = [each for each in preview.outcomes if each.state == NEW]
        changed = [each for each in preview.outcomes if each.state == CHANGED]
        if not new and not changed:
            return Refusal(code="nothing", message=_("Không có dòng nào mới hay thay đổi để nhập."))
        units = _make(made, new)
        before_after = _change(changed)
        aliases = _learn(actor, at, [*zip(new, units, strict=True), *((each, None) for each in changed)])
        made.state, made.done_at, made.counts = ImportState.DONE, at, preview.counts
        made.made = {"units": [unit.pk for unit in units], "aliases": aliases, "changed": before_after}
        made.columns = made.columns or _headings(preview)
        made.save()
        record(
            at=at,
            actor=actor,
            event="units.import.done",
            obj=made,
            after={"file": made.name, "created": len(units), "changed": len(changed)},
        )
    return made


def undo_import(*, actor: Officer, at: datetime, import_id: int, reason: str = "") -> UnitImport | Refusal:
    """Take an import back as a whole: its units go, changed values are as before.

    Refused in words where something was built on one of its units since (work, people, units below it) or a value it
    changed was changed again.
    """
    with transaction.atomic():
        lock_tree(at)
        made = UnitImport.objects.select_for_update().select_related("area").get(pk=import_id)
        if not can_keep_under(actor, made.area_id):
            return _not_allowed()
        if made.state != ImportState.DONE:
            return Refusal(code="not_done", message=_("Lần nhập này không còn gì để hoàn tác."))
        units = {unit.pk: unit for unit in _in_parts(made.made["units"])}
        in_the_way = [*_built_upon(units, set(made.made["aliases"])), *_changed_since(made)]
        if in_the_way:
            more = len(in_the_way) - SHOWN
            said = " ".join(in_the_way[:SHOWN]) + (_(" Và %(more)d đơn vị nữa.") % {"more": more} if more > 0 else "")
            return Refusal(code="built_upon", message=_("Không hoàn tác được: %(why)s") % {"why": said})
        for row in made.made["changed"]:
            _set(row["unit"], row["after"], row["before"])
        _remove(list(units), made.made["aliases"])
        made.state, made.undone_at = ImportState.UNDONE, at
        made.save(update_fields=["state", "undone_at"])
        record(
            at=at,
            actor=actor,
            event="units.import.undone",
            obj=made,
            after={"file": made.name, "count": len(units)},
            reason=reason,
        )
    return made


def withdraw_import(*, actor: Officer, at: datetime, import_id: int) -> UnitImport | Refusal:
    """Give up an import that was only looked at; its cells are not kept."""
    with transaction.atomic():
        made = UnitImport.objects.select_for_update().get(pk=import_id)
        refused = _not_now(actor, made)
        if refused is not None:
            return refused
        _empty(made)
        record(at=at, actor=actor, event="units.import.withdrawn", obj=made, after={"file": made.name})
    return made


def _empty(made: UnitImport) -> None:
    made.state, made.grid, made.by_hand = ImportState.WITHDRAWN, [], {}
    made.save(update_fields=["state", "grid", "by_hand"])


def _make(made: UnitImport, new: Sequence[Outcome]) -> list[Unit]:
    levels = dict(Unit.objects.filter(pk__in={each.parent_id for each in new}).values_list("pk", "level"))
    rows = []
    for at, each in enumerate(new):
        kind, level = sort_of(made.kind, levels[each.parent_id])
        rows.append(
            NewUnit(
                key=str(at),
                name=each.name,
                short_name=each.texts.get("short_name", ""),
                code=each.texts.get("code", ""),
                identifier=each.texts.get("identifier", ""),
                kind=kind,
                level=level,
                parent=each.parent_id,
                valid_from=each.since,
            )
        )
    units = write_units(rows)
    return [units[row.key] for row in rows]


def _change(changed: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Write the changed values; what each was and is, for undoing."""
    told = []
    for each in changed:
        values = {change.field: change.after for change in each.changes if change.field != Field.ALSO}
        if values:
            before = {change.field: change.before for change in each.changes if change.field != Field.ALSO}
            _set(each.unit_id or 0, before, values)
            told.append({"unit": each.unit_id, "name": each.name, "before": before, "after": values})
    return told


def _set(unit_id: int, before: Mapping[str, str], values: Mapping[str, str]) -> None:
    """Write values of a unit, the keys made of its name with them, also where its names are kept by dates."""
    wanted, named = dict(values), {name: values[name] for name in ("name", "short_name") if name in values}
    if "name" in values:
        wanted["search_key"], wanted["sort_key"] = keys_of(values["name"])
        named["search_key"] = wanted["search_key"]
    if named:
        shown = before.get("name") or Unit.objects.values_list("name", flat=True).get(pk=unit_id)
        UnitName.objects.filter(unit=unit_id, name=shown).update(**named)
    Unit.objects.filter(pk=unit_id).update(**wanted)


def _learn(actor: Officer, at: datetime, rows: Iterable[tuple[Outcome, Unit | None]]) -> list[int]:
    """The other names of units, inside the area each stands in; the ids of those that are new."""
    wanted = [
        UnitAlias(
            unit=unit or Unit(pk=each.unit_id),
            name=name[:300],
            search_key=name_key(name)[:300],
            scope_id=each.parent_id,
            learned_by_id=actor.user_id,
            learned_by_name=actor.name,
            learned_at=at,
        )
        for each, unit in rows
        for name in also_names(each.texts)
        if name_key(name)
    ]
    if not wanted:
        return []
    scopes = {alias.scope_id for alias in wanted}
    there: set[tuple[str, int | None]] = set(
        UnitAlias.objects.filter(scope__in=scopes).values_list("search_key", "scope_id")
    )
    made = []
    for alias in wanted:
        # A name that means another unit there already keeps meaning that one.
        if (alias.search_key, alias.scope_id) not in there:
            there.add((alias.search_key, alias.scope_id))
            made.append(alias)
    return [alias.pk for alias in UnitAlias.objects.bulk_create(made, batch_size=500)]


def _headings(preview: Preview) -> dict[str, str]:
    """What the headings were taken to mean: agreed to with the import, so worth remembering."""
    return {
        heading_key(reading.headings[column]): field
        for reading in preview.readings
        for field, column in reading.columns.items()
        if heading_key(reading.headings.get(column, ""))
    }


def _in_parts(ids: Sequence[int]) -> Iterator[Unit]:
    for at in range(0, len(ids), 500):
        yield from Unit.objects.filter(pk__in=ids[at : at + 500]).order_by("pk")


def _built_upon(units: Mapping[int, Unit], aliases: set[int]) -> Iterator[str]:
    """In words what was built on units since they were made, unit by unit."""
    found: dict[int, list[str]] = defaultdict(list)
    ids = list(units)
    for relation in Unit._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.related_model is UnitClosure:
            continue
        model, field = relation.related_model, relation.field.name
        if isinstance(model, str) or model._meta.auto_created or (model is UnitLink and field == "child"):
            continue
        for at in range(0, len(ids), 500):
            rows: QuerySet[Any] = model._default_manager.filter(**{f"{field}__in": ids[at : at + 500]})
            if model is UnitAlias and field == "unit":
                rows = rows.exclude(pk__in=aliases)
            counted = rows.values_list(field).annotate(number=Count("pk")).order_by(field)
            for unit_id, number in counted:
                found[unit_id].append(f"{number} {model._meta.verbose_name}")
    for unit_id in sorted(found):
        yield _("“%(name)s” đã có %(what)s.") % {"name": units[unit_id].name, "what": ", ".join(found[unit_id])}


def _changed_since(made: UnitImport) -> Iterator[str]:
    rows = {row["unit"]: row for row in made.made["changed"]}
    for unit in _in_parts(list(rows)):
        if any(getattr(unit, field) != value for field, value in rows[unit.pk]["after"].items()):
            yield _("“%(name)s” đã được sửa sau khi nhập.") % {"name": unit.name}
    gone = len(rows) - sum(1 for _unit in _in_parts(list(rows)))
    if gone:
        yield _("%(count)d đơn vị đã sửa không còn.") % {"count": gone}


def _remove(ids: Sequence[int], aliases: Sequence[int]) -> None:
    UnitAlias.objects.filter(pk__in=aliases).delete()
    for at in range(0, len(ids), 500):
        part = ids[at : at + 500]
        UnitClosure.objects.filter(descendant__in=part).delete()
        UnitLink.objects.filter(child__in=part).delete()
        Unit.objects.filter(pk__in=part).delete()


def _not_now(actor: Officer, made: UnitImport) -> Refusal | None:
    """Why an import cannot go on: not the actor's area, or it is over."""
    if not can_keep_under(actor, made.area_id):
        return _not_allowed()
    if made.state != ImportState.WAITING:
        message = _("Lần nhập này %(state)s; không làm tiếp được. Tải tệp lên lại nếu cần.") % {
            "state": made.get_state_display().lower()
        }
        return Refusal(code="over", message=message)
    return None


def _not_allowed() -> Refusal:
    message = _("Chỉ cơ quan thường trực được nhập đơn vị vào địa bàn mình phục vụ.")
    return Refusal(code="not_allowed", message=message)
