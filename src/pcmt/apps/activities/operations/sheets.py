"""Entries that somebody kept in Excel, taken in: looked at row by row, written as any other entry, undone as one.

A row is written by `record_event` or `open_place` alone: what those refuse cannot come in by a sheet either. The cells
are kept until the import is finished or dropped, at most `KEPT_DAYS` (a job every night).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import attrs
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Event, EventState, Place, RecordSheet, SheetState, Way
from pcmt.apps.activities.operations.events import record_event, void_event
from pcmt.apps.activities.operations.places import open_place, void_place
from pcmt.apps.activities.queries.kinds import KindChoice
from pcmt.apps.activities.queries.sheets import (
    LIKELY,
    NEW,
    REFUSED,
    KeptSheet,
    SheetRow,
    around,
    columns_of,
    guess_columns,
    kept_of,
    key_of_row,
    read_rows,
    state_key,
)
from pcmt.apps.audit.operations import hold, record
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import Noun
from pcmt.core.text import fold
from pcmt.documents import Unreadable, read_grid

KEPT_DAYS = 7
UNDO_DAYS = 30
"""So long a whole import can be taken back at once."""
WAITING_KEPT = 3


@attrs.frozen
class Written:
    """How many rows became entries, and how many were refused, with why by row."""

    count: int
    refused: Mapping[int, str]


def start_sheet(
    *, actor: Actor, at: datetime, choice: KindChoice, name: str, data: bytes
) -> RecordSheet | Refusal:  # fmt: skip
    """Take a workbook of one kind in; nothing is written yet."""
    if not actor.changes("activities.RecordSheet"):
        return _not_allowed()
    grid = read_grid(name, data)
    if isinstance(grid, Unreadable):
        return Refusal(code=grid.code, message=str(grid), field="file")
    found = guess_columns(choice.schema, grid)
    kept = KeptSheet(grid) if found is None else KeptSheet(grid, found[0], found[1], found[2])
    with transaction.atomic():
        waiting = RecordSheet.objects.filter(user_id=actor.user_id, state=SheetState.PREVIEW)
        for old in list(waiting.select_for_update(of=("self",)).order_by("-pk"))[WAITING_KEPT - 1 :]:
            _emptied(old, SheetState.DROPPED)
        made = RecordSheet.objects.create(
            user_id=actor.user_id, unit_id=actor.unit_id, kind=choice.kind, name=name[-255:], cells=kept.data(),
            columns={str(column): key for column, key in kept.columns.items()}, made_at=at,
        )  # fmt: skip
        record(at=at, actor=actor, event="activities.sheet.sent", obj=made, after={"kind": choice.kind.code})
    return made


def choose_columns(
    *, actor: Actor, at: datetime, choice: KindChoice, key: str, version: int, sheet: int, head: int,
    columns: Mapping[int, str],
) -> RecordSheet | Refusal:  # fmt: skip
    """Say which row holds the headings and what each column means."""
    with transaction.atomic():
        made = _held(actor, key, version)
        if isinstance(made, Refusal):
            return made
        kept = kept_of(made)
        if kept is None:
            return _over()
        if not 0 <= sheet < len(kept.grid.sheets) or not 0 <= head < len(kept.grid.sheets[sheet].rows):
            return Refusal(code="head", message=_("Chọn dòng tiêu đề có trong trang tính."), field="head")
        labels = {each.key: each.label for each in columns_of(choice.schema)}
        chosen = {column: meaning for column, meaning in columns.items() if meaning in labels}
        needed = "name" if choice.schema.noun is Noun.PLACE else "on"
        if needed not in chosen.values():
            return Refusal(code="columns", message=_("Chọn cột “%(what)s”.") % {"what": labels[needed]})
        twice = next((each for each in chosen.values() if list(chosen.values()).count(each) > 1), None)
        if twice is not None:
            message = _("Hai cột cùng được chọn là “%(what)s”.") % {"what": labels[twice]}
            return Refusal(code="columns", message=message)
        made.cells = attrs.evolve(kept, sheet=sheet, head=head, refused={}).data()
        made.columns = {str(column): meaning for column, meaning in chosen.items()}
        made.version += 1
        made.save()
        record(at=at, actor=actor, event="activities.sheet.matched", obj=made)
    return made


def looked_at(actor: Actor, choice: KindChoice, made: RecordSheet, kept: KeptSheet, at: datetime) -> list[SheetRow]:
    """The rows with what would become of each. One like it that stands already is named: it may be the same."""
    body = Unit.objects.get(pk=made.unit_id)
    today = timezone.localdate(at)
    near = around(actor, choice.schema, body, today)
    rows = list(read_rows(choice.schema, kept, near, today))
    days = {each.on for each in rows if each.state == NEW and each.on}
    if choice.schema.noun is Noun.PLACE:
        names = set(
            Place.objects.filter(kind=made.kind_id, body=body, voided_at__isnull=True).values_list("name", flat=True)
        )
        folded = {fold(name) for name in names}
        return [_likely(each, fold(each.said.get("name", "")) in folded) for each in rows]
    there = Event.objects.filter(kind=made.kind_id, body=body, on__in=days).exclude(state=EventState.VOIDED)
    known = set(there.values_list("on", "time", "title", "where"))
    return [
        _likely(each, any(on == each.on and _same(each, clock, title, where) for on, clock, title, where in known))
        for each in rows
    ]


def _same(row: SheetRow, clock: time | None, title: str, where: str) -> bool:
    """Of one day: the same hour where both tell one; else what is done and where, as sheets hold many rows a day."""
    if row.time and clock is not None:
        return row.time[:2] == f"{clock:%H}"
    said = row.said.get("title") or title
    return fold(said) == fold(title) and fold(row.said.get("where", "")) == fold(where)


def _likely(row: SheetRow, known: bool) -> SheetRow:
    if row.state != NEW or not known:
        return row
    return attrs.evolve(row, state=LIKELY, reasons=((None, _("Đã có mục giống như vậy.")),))


def write_rows(
    *, actor: Actor, at: datetime, choice: KindChoice, key: str, version: int, rows: Collection[int],
    sure: Collection[int] = (),
) -> Written | Refusal:  # fmt: skip
    """Write the chosen rows, each by itself. `sure` are rows that look like an entry that stands, and are another one.

    Each row has a transaction of its own, so that a thousand of them hold up nobody; whoever dies half-way has written
    some, and sending them again writes them once.
    """
    with transaction.atomic():
        made = _held(actor, key, version)
        if isinstance(made, Refusal):
            return made
        kept = kept_of(made)
        if kept is None:
            return _over()
        made.version += 1  # who sends the same form a second time meanwhile is told so
        made.save(update_fields=["version"])
    chosen = set(rows) | set(sure)
    done: dict[int, str] = {}
    refused: dict[int, str] = {}
    for each in looked_at(actor, choice, made, kept, at):
        if each.row not in chosen or each.state not in (NEW, LIKELY, REFUSED):
            continue
        if each.state == LIKELY and each.row not in sure:
            continue
        found = _write(actor, at, choice, made, each)
        if isinstance(found, Refusal):
            refused[each.row] = found.message
        else:
            done[each.row] = str(found.key)
    with transaction.atomic():
        made = RecordSheet.objects.select_for_update(of=("self",)).select_related("kind").get(pk=made.pk)
        now = kept_of(made)
        if now is not None:
            left = {row: words for row, words in now.refused.items() if row not in chosen}
            now = attrs.evolve(now, done={**now.done, **done}, refused={**left, **refused})
            made.cells = now.data()
            made.outcome = {"done": len(now.done), "refused": len(now.refused)}
            made.save(update_fields=["cells", "outcome"])
        after = {"done": len(done), "refused": len(refused)}
        record(at=at, actor=actor, event="activities.sheet.written", obj=made, after=after)
    return Written(len(done), refused)


def _write(actor: Actor, at: datetime, choice: KindChoice, made: RecordSheet, row: SheetRow) -> Event | Place | Refusal:
    key = key_of_row(made, row.row)
    assert row.on is not None
    assert row.area_id is not None
    if choice.schema.noun is Noun.PLACE:
        point = _point(row.said.get("lat", ""), row.said.get("lon", ""))
        if isinstance(point, Refusal):
            return point
        return open_place(
            actor=actor, at=at, key=key, kind=choice.kind.code, area_id=row.area_id, name=row.said.get("name", ""),
            state=state_key(choice.schema, row.said.get("state", "")) or "", on=row.on, typed=row.typed,
            address=row.said.get("where", ""), point=point,
        )  # fmt: skip
    return record_event(
        actor=actor, at=at, key=key, kind=choice.kind.code, body_id=made.unit_id, area_id=row.area_id, on=row.on,
        until=row.until, time=row.time or None, title=row.said.get("title", ""), typed=row.typed,
        where=row.said.get("where", ""), place_ids=row.place_ids, way=Way.SHEET, again=True,
    )  # fmt: skip


def _point(lat: str, lon: str) -> tuple[Decimal, Decimal] | Refusal | None:
    if not lat and not lon:
        return None
    try:
        return Decimal(lat.replace(",", ".")), Decimal(lon.replace(",", "."))
    except InvalidOperation:
        return Refusal(code="point", message=_("Vĩ độ, kinh độ phải là số, ví dụ 18,80912 và 105,71236."))


def finish_sheet(*, actor: Actor, at: datetime, key: str, version: int) -> RecordSheet | Refusal:
    """The import is over; its cells are emptied. What was written stays, and can be taken back for a while."""
    with transaction.atomic():
        made = _held(actor, key, version)
        if isinstance(made, Refusal):
            return made
        kept = kept_of(made)
        if kept is not None:
            made.outcome = {**made.outcome, "keys": sorted(kept.done.values())}
        _emptied(made, SheetState.DONE if kept is not None and kept.done else SheetState.DROPPED)
        record(at=at, actor=actor, event="activities.sheet.finished", obj=made, after={"state": made.state})
    return made


def undo_sheet(*, actor: Actor, at: datetime, key: str, version: int) -> int | Refusal:
    """Take back all that one import wrote and nobody has verified or changed since; how many entries."""
    with transaction.atomic():
        made = RecordSheet.objects.visible_to(actor).select_for_update(of=("self",)).filter(key=key).first()
        if made is None or not actor.changes("activities.RecordSheet"):
            return _not_allowed()
        if made.version != version:
            return _stale()
        if made.undone_at is not None or at - made.made_at > timedelta(days=UNDO_DAYS):
            return Refusal(code="late", message=_("Lần nhập này không hoàn tác được nữa."))
        hold(at)
        kept = kept_of(made)
        keys = list(kept.done.values()) if kept is not None else list(made.outcome.get("keys", ()))
        count = 0
        reason = _("Hoàn tác lần nhập từ tệp “%(name)s”.") % {"name": made.name[:200]}
        for event in Event.objects.filter(key__in=keys, way=Way.SHEET, version=1).order_by("pk"):
            found: Any = void_event(actor=actor, at=at, event_id=event.pk, version=event.version, words=reason)
            count += not isinstance(found, Refusal)
        for place in Place.objects.filter(key__in=keys, version=1).order_by("pk"):
            found = void_place(actor=actor, at=at, place_id=place.pk, version=place.version, words=reason)
            count += not isinstance(found, Refusal)
        made.undone_at = at
        made.version += 1
        _emptied(made, made.state if kept is None else SheetState.DONE)
        record(at=at, actor=actor, event="activities.sheet.undone", obj=made, after={"count": count})
    return count


def purge_sheets(*, at: datetime) -> int:
    """Empty imports that nobody finished; how many."""
    count = 0
    old = RecordSheet.objects.filter(state=SheetState.PREVIEW, made_at__lt=at - timedelta(days=KEPT_DAYS))
    with transaction.atomic():
        for made in old.select_for_update(of=("self",), skip_locked=True).order_by("pk"):
            kept = kept_of(made)
            if kept is not None:
                made.outcome = {**made.outcome, "keys": sorted(kept.done.values())}
            _emptied(made, SheetState.DONE if kept is not None and kept.done else SheetState.DROPPED)
            count += 1
    return count


def _emptied(made: RecordSheet, state: str) -> None:
    made.cells, made.columns, made.state = [], {}, state
    made.version += 1
    made.save()


def _held(actor: Actor, key: str, version: int) -> RecordSheet | Refusal:
    made: RecordSheet | None = (
        RecordSheet.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("kind")
        .filter(key=key)
        .first()
    )
    if made is None or made.user_id != actor.user_id:
        return _not_allowed()
    if made.state != SheetState.PREVIEW:
        return _over()
    return made if made.version == version else _stale()


def _not_allowed() -> Refusal:
    return Refusal(code="not_allowed", message=_("Bạn không nhập được hoạt động cho đơn vị này."))


def _over() -> Refusal:
    return Refusal(code="over", message=_("Lần nhập này đã kết thúc. Gửi lại tệp để nhập tiếp."))


def _stale() -> Refusal:
    return Refusal(code="stale", message=_("Lần nhập này vừa thay đổi. Tải lại trang rồi làm tiếp."))
