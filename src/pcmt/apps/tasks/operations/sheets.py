"""A list of due items that comes back as a workbook: what its cells change, foreseen before anything is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.audit.operations import record
from pcmt.apps.tasks.cells import Mistyped, day_from, note_from, percent_from, person_from
from pcmt.apps.tasks.models import Batch, BatchWay, DueItem
from pcmt.apps.tasks.operations.batches import MOST_ROWS, foresee, new_batch, not_allowed, too_many
from pcmt.apps.tasks.policies import can_batch
from pcmt.apps.tasks.queries import people_of
from pcmt.apps.tasks.sheets import Found, Key, SheetRow, alike, label_cell, read_sheets, unit_cell
from pcmt.core.diagnostics import Refusal
from pcmt.documents import Unreadable, read_grid

People = Mapping[int, Mapping[int, tuple[str, str]]]


def start_sheet(*, actor: Actor, at: datetime, name: str, data: bytes, plan_id: int | None = None) -> Batch | Refusal:
    """Take a workbook in that went out from the list, and foresee what its cells change. Nothing is changed yet.

    Refused as a whole like every upload (other kinds of files, macros, passwords, secrecy stamps, too much in it), and
    when it is not a list of this installation. `plan_id`: the plan it has to be of. The file itself is not kept, only
    the texts of its cells, until the batch is carried out.
    """
    if not can_batch(actor):
        return not_allowed()
    grid = read_grid(name, data)
    if isinstance(grid, Unreadable):
        return Refusal(code=grid.code, message=str(grid), field="file")
    found = read_sheets(grid)
    refused = _not_ours(found)
    if refused is not None:
        return refused
    rows = _Judge(actor, found, plan_id).rows()
    changing = sum("said" in row for row in rows)
    if changing > MOST_ROWS:
        return too_many(changing)
    with transaction.atomic():
        batch = new_batch(
            actor, at, way=BatchWay.SHEET, name=name[-255:], plan_id=plan_id, rows=rows, grid=grid.as_json()
        )
        foresee(actor, at, batch)
        batch.save(update_fields=["outcomes", "counts", "seen"])
        record(at=at, actor=actor, event="tasks.batch.sent", obj=batch, after={"file": batch.name, "dues": len(rows)})
    return batch


def _not_ours(found: Found) -> Refusal | None:
    if not found.heads:
        message = _(
            "Tệp này không phải bảng tải từ danh sách: thiếu cột “Mã dòng”. Tải bảng Excel rồi sửa trên bảng đó."
        )
        return Refusal(code="no_keys", message=message, field="file")
    keyed = [row for row in found.rows if row.key is not None]
    if not keyed:
        return Refusal(code="no_rows", message=_("Tệp không còn dòng nào có mã dòng."), field="file")
    if not any(isinstance(row.key, Key) for row in keyed):
        message = _("Tệp này tải từ một nơi cài đặt khác, không nhập được ở đây.")
        return Refusal(code="elsewhere", message=message, field="file")
    return None


class _Judge:
    """Says of each row what its cells change, or what is wrong with them."""

    def __init__(self, actor: Actor, found: Found, plan_id: int | None) -> None:
        self._found, self._plan_id = found, plan_id
        ids = {row.key.due_id for row in found.rows if isinstance(row.key, Key)}
        seen = DueItem.objects.visible_to(actor).select_related("unit").filter(pk__in=ids)
        self._dues = {due.pk: due for due in seen}
        units = {due.unit_id for due in self._dues.values() if due.unit_id}
        self._people: People = people_of(units, actor.on)
        held = {row.key.holder_id for row in found.rows if isinstance(row.key, Key) and row.key.holder_id}
        self._holders: dict[int, str] = dict(User.objects.filter(pk__in=held).values_list("pk", "full_name"))
        self._first: dict[int, int] = {}

    def rows(self) -> list[dict[str, Any]]:
        """The rows as a batch keeps them."""
        return [self._one(row) for row in self._found.rows]

    def _one(self, row: SheetRow) -> dict[str, Any]:
        place = {
            "sheet": row.sheet,
            "line": row.row + 1,
            "cells": {name: list(cell) for name, cell in row.cells.items()},
        }
        wrong: list[dict[str, Any]] = []

        def say(field: str, message: str) -> None:
            cell = row.cells.get(field) or row.cells["key"]
            wrong.append({"field": field, "cell": list(cell), "message": message})

        due = self._known(row, say)
        if due is None or not isinstance(row.key, Key):
            return {**place, "wrong": wrong}
        said = _said(row, row.key, say)
        if "holder" in row.texts:
            holder = self._holder(row.texts["holder"], row.key, due)
            if isinstance(holder, Mistyped):
                say("holder", holder.message)
            elif holder != row.key.holder_id:
                said["holder_id"] = holder
        kept: dict[str, Any] = {**place, "due": due.pk, "version": row.key.version}
        if wrong:
            return kept | {"wrong": wrong}
        return kept | ({"said": said} if said else {})

    def _known(self, row: SheetRow, say: Any) -> DueItem | None:
        """The due item that a row is about, where everything in the row agrees."""
        if row.key is None:
            say(
                "label", _("Dòng thêm vào, không có trong danh sách. Việc mới thêm ở trang kế hoạch, không thêm ở đây.")
            )
            return None
        if not isinstance(row.key, Key):
            say("label", _("Mã dòng đã bị sửa, hoặc của nơi cài đặt khác."))
            return None
        due = self._dues.get(row.key.due_id)
        if due is None:
            say("label", _("Bạn không xem được việc này, hoặc việc không còn."))
            return None
        if self._plan_id is not None and due.plan_id != self._plan_id:
            say("label", _("Việc này thuộc kế hoạch khác."))
            return None
        first = self._first.setdefault(due.pk, row.row + 1)
        if first != row.row + 1:
            say("label", _("Trùng với dòng %(line)d.") % {"line": first})
            return None
        for name, own in (("label", label_cell(due)), ("unit", unit_cell(due))):
            text = row.texts.get(name, "")
            if text and not alike(text, own):
                say(name, _("Ô này khác với việc mang mã dòng này: “%(own)s”. Có thể các ô đã bị xếp lệch dòng.")
                    % {"own": own[:80]})  # fmt: skip
                return None
        return due

    def _holder(self, text: str, key: Key, due: DueItem) -> int | Mistyped | None:
        """Who is named; the name that went out means the same person, also when that person has left the unit."""
        if text and key.holder_id and alike(text, self._holders.get(key.holder_id, "")):
            return key.holder_id
        return person_from(text, self._people.get(due.unit_id or 0, {}))


def _said(row: SheetRow, key: Key, say: Any) -> dict[str, Any]:
    """What the cells of a row say otherwise than they did when they went out. An empty percent says nothing."""
    said: dict[str, Any] = {}
    percent = percent_from(row.texts.get("percent", ""))
    if isinstance(percent, Mistyped):
        say("percent", percent.message)
    elif percent is not None and percent != key.percent:
        said["percent"] = percent
    day: date | Mistyped | None = day_from(row.texts["done_on"]) if "done_on" in row.texts else key.done_on
    if isinstance(day, Mistyped):
        say("done_on", day.message)
    elif day is None and key.done_on is not None:
        say("done_on", _("Ngày xong đã báo thì không xóa ở đây. Muốn làm lại thì mở lại ở trang của việc."))
    elif day is not None and day != key.done_on:
        said["done_on"] = day.isoformat()
    note = note_from(row.texts.get("note", ""))
    if note:
        said["note"] = note
    return said
