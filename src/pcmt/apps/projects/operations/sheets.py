"""Money out of a workbook: looked at first, told all at once, undone all at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import attrs
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import hold, record
from pcmt.apps.facts.typed import typed_from
from pcmt.apps.plans.models import Plan
from pcmt.apps.projects.models import MoneyAct, MoneyEntry, MoneyLine, MoneySheet
from pcmt.apps.projects.operations.common import dong, held, squeezed
from pcmt.apps.projects.operations.counting import count_units
from pcmt.apps.projects.operations.money import line_told, put_entry, put_line, take_back
from pcmt.apps.projects.policies import can_tell
from pcmt.apps.projects.queries.money import Sums, closed_years, line_sums, sources_for
from pcmt.apps.projects.sheets import SheetRow, read_sheet, row_key, source_names
from pcmt.apps.projects.tree import family
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import parse_date
from pcmt.core.text import fold

CUMULATED = (MoneyAct.ALLOCATION, MoneyAct.DISBURSEMENT, MoneyAct.SETTLEMENT)
CELLS = {
    "amount": "allocation",
    "source": "source",
    "year": "year",
    "words": "words",
    "estimate": "estimate",
    "on": "on",
}
"""Which cell a refusal is about, by its field."""


@attrs.frozen
class RowLook:
    """What a row would do: "new", "changed", "unchanged" or "wrong"; its changes in words; wrong cells and why."""

    words: str
    state: str
    changes: tuple[str, ...] = ()
    wrong: tuple[tuple[str, str], ...] = ()


@attrs.define
class _Done:
    """What came of the rows."""

    looks: list[RowLook] = attrs.field(factory=list)
    undo: list[dict[str, Any]] = attrs.field(factory=list)
    units: set[int] = attrs.field(factory=set)


class _WrongError(Exception):
    def __init__(self, cell: str, message: str) -> None:
        super().__init__(message)
        self.cell, self.message = cell, message


def start_sheet(*, actor: Actor, at: datetime, plan_id: int, name: str, data: bytes) -> MoneySheet | Refusal:
    """Keep what a workbook says, to be looked at. Nothing of the money changes."""
    with transaction.atomic():
        plan = held(actor, plan_id, can_tell)
        rows = read_sheet(plan.pk, name, data)
        if isinstance(rows, Refusal):
            return rows
        return MoneySheet.objects.create(
            plan=plan, name=name[:255], sha256=hashlib.sha256(data).hexdigest(),
            rows=[attrs.asdict(row) for row in rows], made_at=at, made_by_id=actor.user_id,
        )  # fmt: skip


def look_at_sheet(*, actor: Actor, at: datetime, sheet_id: int) -> list[RowLook]:
    """What a workbook that waits would do, row by row: it is done, and taken back."""
    sheet = _seen(actor, sheet_id)
    with transaction.atomic():
        plan = held(actor, sheet.plan_id, can_tell)
        with _taken_back():
            done = _put(actor, at, plan, sheet)
    return done.looks


def tell_sheet(*, actor: Actor, at: datetime, sheet_id: int) -> MoneySheet | Refusal:
    """Do all that a workbook says; none of it when a cell is wrong. Telling it twice tells it once."""
    with transaction.atomic():
        plan = held(actor, _seen(actor, sheet_id).plan_id, can_tell)
        sheet = MoneySheet.objects.select_for_update(of=("self",)).get(pk=sheet_id)
        if sheet.state == MoneySheet.State.TOLD:
            return sheet
        if sheet.state == MoneySheet.State.UNDONE:
            return Refusal(code="undone", message=_("Lần nhập này đã hoàn tác. Gửi tệp lại."))
        done = _put(actor, at, plan, sheet)
        wrong = [each for look in done.looks for each in look.wrong]
        if wrong or not done.undo:
            transaction.set_rollback(True)
            if wrong:
                cell, message = wrong[0]
                return Refusal(code="wrong", message=_("Ô %(cell)s: %(message)s") % {"cell": cell, "message": message})
            return Refusal(code="unchanged", message=_("Không có số nào thay đổi."))
        sheet.state, sheet.told_at, sheet.undo = MoneySheet.State.TOLD, at, done.undo
        sheet.save(update_fields=["state", "told_at", "undo"])
        hold(at)
        count_units(unit_ids=done.units, at=at)
        record(at=at, actor=actor, event="projects.moneysheet.told", obj=sheet, after={"rows": len(done.undo)})
    return sheet


def undo_sheet(*, actor: Actor, at: datetime, sheet_id: int) -> MoneySheet | Refusal:
    """Take all back that a workbook did. Refused as a whole where somebody went on from it."""
    with transaction.atomic():
        plan = held(actor, _seen(actor, sheet_id).plan_id, can_tell)
        sheet = MoneySheet.objects.select_for_update(of=("self",)).get(pk=sheet_id)
        if sheet.state != MoneySheet.State.TOLD:
            return Refusal(code="not_told", message=_("Lần nhập này chưa ghi, hoặc đã hoàn tác."))
        units: set[int] = set()
        why = _("Hoàn tác tệp %(name)s") % {"name": sheet.name}
        for row in MoneyEntry.objects.standing().filter(sheet=sheet).select_related("line").order_by("-pk"):
            if row.line.year in closed_years(row.line.plan_id):
                transaction.set_rollback(True)
                return _went_on(_("năm %(year)d đã khóa sổ") % {"year": row.line.year})
            answer = take_back(actor, at, row, why[:300])
            if isinstance(answer, Refusal):
                transaction.set_rollback(True)
                return _went_on(answer.message)
            units.add(row.unit_id)
        for each in reversed(sheet.undo):
            refused = _undo_line(actor, at, plan, each, why[:300])
            if refused:
                transaction.set_rollback(True)
                return _went_on(refused.message)
        sheet.state, sheet.undone_at = MoneySheet.State.UNDONE, at
        sheet.save(update_fields=["state", "undone_at"])
        hold(at)
        count_units(unit_ids=units, at=at)
        record(at=at, actor=actor, event="projects.moneysheet.undone", obj=sheet)
    return sheet


def _went_on(why: str) -> Refusal:
    return Refusal(code="went_on", message=_("Chưa hoàn tác được: %(why)s") % {"why": why})


def _undo_line(actor: Actor, at: datetime, plan: Plan, done: Mapping[str, Any], why: str) -> Refusal | None:
    line = MoneyLine.objects.standing().select_related("plan").filter(pk=done["line"]).first()
    if line is None or line.version != done["version"]:
        return Refusal(code="stale", message=_("khoản “%(line)s” đã được sửa sau đó.") % {"line": done["words"]})
    if done["new"]:
        if MoneyEntry.objects.standing().filter(line=line).exists():
            return Refusal(code="used", message=_("khoản “%(line)s” đã có bút toán khác.") % {"line": line.words})
        line.voided_at, line.void_why, line.version = at, why, line.version + 1
        line.save(update_fields=["voided_at", "void_why", "version"])
        return None
    if done["before"] is None:
        return None
    answer = put_line(actor, at, line.plan, line.pk, line.version, line.key, done["before"])
    return answer if isinstance(answer, Refusal) else None


def _put(actor: Actor, at: datetime, plan: Plan, sheet: MoneySheet) -> _Done:
    done = _Done()
    plans = {row.pk: row for row in Plan.objects.filter(pk__in=family(plan.pk))}
    lines = {
        str(row.pk): row for row in MoneyLine.objects.standing().filter(plan__in=plans).select_related("plan")
    }  # fmt: skip
    sums = line_sums(lines.values())
    for row in (SheetRow(**each) for each in sheet.rows):
        new = row.key.startswith("+")
        if new and not any(text for name, text in row.cells.items() if name != "project"):
            continue
        words = row.cells["words"] or _("(chưa có nội dung)")
        try:
            with transaction.atomic():
                line = None if new else lines.get(row.key.partition("-")[0])
                if not new and (line is None or row_key(line) != row.key):
                    raise _WrongError(row.places["words"], _("Khoản này đã được sửa hoặc bỏ sau khi tải bảng."))
                owner = plans[line.plan_id] if line else plan
                had = sums[line.pk] if line else Sums()
                _put_row(actor, at, owner, line, row, had, sheet, done)
        except _WrongError as wrong:
            done.looks.append(RowLook(words, "wrong", wrong=((wrong.cell, wrong.message),)))
    return done


def _put_row(
    actor: Actor,
    at: datetime,
    plan: Plan,
    line: MoneyLine | None,
    row: SheetRow,
    had: Sums,
    sheet: MoneySheet,
    done: _Done,
) -> None:
    if not can_tell(actor, plan):
        raise _WrongError(row.places["project"], _("Bạn không ghi kinh phí của dự án này."))
    text = _text(plan, line, row)
    before = _plain(line) if line else None
    answer = put_line(
        actor, at, plan, line.pk if line else None, line.version if line else 0, line.key if line else uuid4(), text
    )  # fmt: skip
    if isinstance(answer, Refusal):
        raise _WrongError(row.places[CELLS.get(answer.field, "words")], answer.message)
    kept, told, units = answer
    changes = [] if line is None or told == line_told(kept) else [_("Sửa nội dung, dự toán, nguồn hoặc năm của khoản")]
    entries = _put_entries(actor, at, plan, kept, row, had, sheet)
    changes += [f"{each.get_what_display()} {dong(each.amount)}" for each in entries]
    state = "new" if line is None else "changed" if changes else "unchanged"
    done.looks.append(RowLook(kept.words, state, tuple(changes)))
    if state != "unchanged":
        done.units |= {*units, *(each.unit_id for each in entries)}
        changed = line is not None and told != line_told(kept)
        done.undo.append(
            {
                "line": kept.pk,
                "version": kept.version,
                "words": kept.words,
                "new": line is None,
                "before": before if changed else None,
            }
        )


def _plain(line: MoneyLine) -> dict[str, Any]:
    return {
        "year": line.year,
        "words": line.words,
        "estimate": line.estimate,
        "source_id": line.source_id,
        "task_id": line.task_id,
        "target_id": line.target_id,
    }


def _text(plan: Plan, line: MoneyLine | None, row: SheetRow) -> dict[str, Any]:
    """The line as a row says it; an empty cell keeps what is there."""
    now = _plain(line) if line else {"year": None, "words": "", "estimate": None, "source_id": None}
    text: dict[str, Any] = {"task_id": None, "target_id": None, **now}
    for name in ("year", "estimate"):
        number = _number(row, name)
        text[name] = text[name] if number is None else number
        if text[name] is None:
            raise _WrongError(row.places[name], _("Ghi số."))
    text["words"] = squeezed(row.cells["words"]) or text["words"]
    if row.cells["source"]:
        names = {fold(name): pk for pk, name in source_names(sources_for(plan.pk)).items()}
        text["source_id"] = names.get(fold(row.cells["source"]))
        if text["source_id"] is None:
            message = _("Không có nguồn “%(name)s”; chép đúng tên ở trang Nguồn.") % {"name": row.cells["source"][:60]}
            raise _WrongError(row.places["source"], message)
    return text


def _number(row: SheetRow, name: str) -> int | None:
    text = row.cells[name]
    if not text:
        return None
    said = typed_from(text, places=0, unit_word="đồng" if name != "year" else "năm")
    if said.wrong or not said.applies:
        raise _WrongError(row.places[name], said.wrong or _("Ghi số."))
    return None if said.value is None else int(said.value)


def _put_entries(
    actor: Actor,
    at: datetime,
    plan: Plan,
    line: MoneyLine,
    row: SheetRow,
    had: Sums,
    sheet: MoneySheet,
) -> list[MoneyEntry]:
    """Entries of what a row has more than what was there."""
    made = []
    for what, there in zip(CUMULATED, (had.allocated, had.disbursed, had.settled), strict=True):
        wanted = _number(row, what)
        if wanted is None or wanted == there:
            continue
        if wanted < there and what != MoneyAct.ALLOCATION:
            message = _("Nhỏ hơn số đã ghi %(there)s. Ghi sai thì hủy bút toán trên trang.") % {"there": dong(there)}
            raise _WrongError(row.places[what], message)
        on = _day(row)
        act = what if wanted > there else MoneyAct.RETURN
        answer = put_entry(
            actor, at, plan, uuid4(), line.pk, act, on, abs(wanted - there), row.cells["paper"], sheet
        )  # fmt: skip
        if isinstance(answer, Refusal):
            cell = what if answer.field == "amount" else CELLS.get(answer.field, what)
            raise _WrongError(row.places[cell], answer.message)
        made.append(answer)
    return made


def _day(row: SheetRow) -> date:
    text = row.cells["on"]
    found = parse_date(text)
    if found is None and text:
        parts = text.replace("-", "/").replace(".", "/").split("/")
        try:
            day, month, year = (int(part) for part in parts)
            found = date(year, month, day)
        except ValueError:
            found = None
    if found is None:
        raise _WrongError(row.places["on"], _("Ghi ngày chứng từ của phần tăng, giảm, ví dụ 15/6/2026."))
    return found


@contextmanager
def _taken_back() -> Iterator[None]:
    """Do something and take it back, whatever it was."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def _seen(actor: Actor, sheet_id: int) -> MoneySheet:
    row = MoneySheet.objects.visible_to(actor).filter(pk=sheet_id).first()
    if row is None:
        raise PermissionDenied(_("Không tìm thấy lần nhập này."))
    return row
