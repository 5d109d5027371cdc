"""Sheets of numbers: taken in, looked at, told as one recording, or given up.

Taking in and looking at change no number. Telling is one recording (`record_facts`): all of it or nothing, undone as a
whole. Sheets of many cells are looked at and told by a job, which may be run any number of times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.queries import actors_of
from pcmt.apps.audit.operations import Thing, record
from pcmt.apps.facts.models import Form, SheetImport, SheetState, Source
from pcmt.apps.facts.operations.recording import Entry, record_facts
from pcmt.apps.facts.policies import can_send, units_told_by
from pcmt.apps.facts.queries.forms import units_asked
from pcmt.apps.facts.queries.lines import lines_of
from pcmt.apps.facts.queries.sheets import (
    BLANKED,
    CHANGED,
    NEW,
    WRONG,
    ZERO,
    check_sheet,
    mismatch_of,
    outcomes_of,
    scene_of,
)
from pcmt.apps.facts.queue import enqueue_sheet
from pcmt.apps.facts.sheets import CODE, LABEL, LEFT_OUT, LINE, LINES, MOST_COLUMNS, UNIT, UNITS, headings, word_key
from pcmt.apps.facts.stamps import Stamp, stamp_from, stamp_json, stamp_read
from pcmt.apps.jobs.operations import standing_of
from pcmt.core.diagnostics import Refusal
from pcmt.core.measures import read_written
from pcmt.core.periods import Span
from pcmt.documents import Unreadable, grid_from, read_grid
from pcmt.documents.output.blanks import stamp_of

AT_ONCE = 4_000
"""Sheets of so many cells are looked at and told while one waits (some seconds); larger ones by a job."""
WAITING_KEPT = 20
"""So many unfinished sheets of one person are kept; older ones are given up when another comes in."""
KEPT = timedelta(days=90)
"""For so long the texts of a sheet are kept."""


def start_sheet(
    *, actor: Actor, at: datetime, form: Form, span: Span, unit_id: int | None, name: str, data: bytes
) -> SheetImport | Refusal:
    """Take a workbook in for a form and period, of one unit or (None) of all units that the actor may tell of.

    Refused like every upload: other kinds of files, macros, passwords, secrecy stamps, too much in it. The file itself
    is not kept, only the texts of its cells.
    """
    asked = units_asked([(form, span.last)])[form.pk, span.last]
    wanted = [unit.pk for unit in asked if unit_id is None or unit.pk == unit_id]
    if not can_send(actor) or not units_told_by(actor, wanted):
        return _not_allowed()
    grid = read_grid(name, data, columns=MOST_COLUMNS, hidden=True, numbers=True)
    if isinstance(grid, Unreadable):
        return Refusal(code=grid.code, message=str(grid), field="file")
    found = stamp_of(grid)
    stamp = stamp_from(found)
    with transaction.atomic():
        waiting = SheetImport.objects.filter(by_id=actor.user_id, state=SheetState.WAITING).order_by("-pk")
        for old in waiting[WAITING_KEPT - 1 :]:
            _empty(old)
        made = SheetImport.objects.create(
            form=form, start=span.start, end=span.end, unit_id=unit_id, owner_id=actor.unit_id, by_id=actor.user_id,
            role=actor.role, name=name[-255:], hash=hashlib.sha256(data).hexdigest(), grid=grid.as_json(),
            stamp=stamp_json(stamp) if stamp else {"forged": True} if found else {}, at=at,
        )  # fmt: skip
        told = {"file": made.name, "title": form.title}
        record(at=at, actor=actor, event="facts.sheet.sent", obj=made, after=told)
        _look(made, actor)
    return made


def choose_meanings(
    *,
    actor: Actor,
    at: datetime,
    sheet_id: int,
    sheet: int,
    head: int,
    rows: str,
    columns: Mapping[int, str],
    labels: Mapping[str, str],
    dash: str,
) -> SheetImport | Refusal:
    """Say how a sheet of the workbook is read: its row of headings (from 0; -1: none), its columns, its rows.

    `columns` are meanings (`pcmt.apps.facts.sheets`) by column, `labels` lines or units (or LEFT_OUT) by the words of
    rows, `dash` is what "-" stands for ("": asked each time). All of it is remembered for the next sheet of this person
    and form.
    """
    with transaction.atomic():
        made = _locked(actor, sheet_id)
        if not can_send(actor):
            return _not_allowed()
        if made.state not in (SheetState.WAITING, SheetState.CHECKING):
            return _over()
        grid = grid_from(made.grid)
        chosen = {column: meaning for column, meaning in columns.items() if meaning}
        refused = _misread(made, actor, grid.sheets, sheet, head, rows, chosen, labels, dash)
        if refused is not None:
            return refused
        made.by_hand = {
            "sheet": sheet, "head": head, "rows": rows, "columns": {str(k): v for k, v in chosen.items()},
            "labels": dict(labels), "dash": dash,
        }  # fmt: skip
        made.meanings = _remembered(
            headings(grid.sheets[sheet], head, head) if head >= 0 else {}, columns, labels, dash
        )
        made.save(update_fields=["by_hand", "meanings"])
        record(at=at, actor=actor, event="facts.sheet.matched", obj=made, after={"count": len(chosen)})
        _look(made, actor)
    return made


def say_dash(*, actor: Actor, at: datetime, sheet_id: int, dash: str) -> SheetImport | Refusal:
    """Say what "-" stands for in a sheet, and in later ones of the same person and form."""
    if dash not in (ZERO, BLANKED):
        return Refusal(code="dash", message=_("Chọn nghĩa của dấu “-”."), field="dash")
    with transaction.atomic():
        made = _locked(actor, sheet_id)
        if not can_send(actor):
            return _not_allowed()
        if made.state != SheetState.WAITING:
            return _over()
        made.meanings = {**made.meanings, "dash": dash}
        if made.by_hand:
            made.by_hand = {**made.by_hand, "dash": dash}
        made.save(update_fields=["by_hand", "meanings"])
        record(at=at, actor=actor, event="facts.sheet.matched", obj=made, after={"count": 1})
        _look(made, actor)
    return made


def aim_sheet(*, actor: Actor, at: datetime, sheet_id: int) -> SheetImport | Refusal:
    """Send a template in for the unit and period that it says it is of, instead of those it was sent in for."""
    with transaction.atomic():
        made = _locked(actor, sheet_id)
        stamp = stamp_read(made.stamp)
        if not can_send(actor):
            return _not_allowed()
        if made.state != SheetState.WAITING or stamp is None:
            return _over()
        if stamp.form_id not in (made.form_id, made.form.replaces_id):
            return Refusal(code="form", message=_("Tệp này của biểu khác. Mở trang của biểu đó rồi nộp lại."))
        asked = [unit.pk for unit in units_asked([(made.form, stamp.span.last)])[made.form_id, stamp.span.last]]
        wanted = asked if stamp.unit_id is None else [pk for pk in asked if pk == stamp.unit_id]
        if not _in_use(made.form, stamp, at) or not units_told_by(actor, wanted):
            return Refusal(code="target", message=_("Bạn không nhập được số liệu của đơn vị và kỳ ghi trong tệp này."))
        made.start, made.end, made.unit_id = stamp.span.start, stamp.span.end, stamp.unit_id
        made.save(update_fields=["start", "end", "unit"])
        record(at=at, actor=actor, event="facts.sheet.aimed", obj=made, after={"window_from": made.start.isoformat()})
        _look(made, actor)
    return made


def tell_sheet(
    *, actor: Actor, at: datetime, sheet_id: int, seen: str, reason: str = "", leave_out: bool = False
) -> SheetImport | Refusal:
    """Tell the new and changed numbers of a sheet, all in one recording or none.

    `seen` is the digest of the outcomes that the person agreed to. Wrong cells are left out only where the person says
    so; doubtful ones want a `reason`. It is undone as any
    recording is. A sheet that says nothing new tells nothing (`unchanged`), however often it comes.
    Large sheets are told by a job: the answer is then still being written.
    """
    reason = " ".join(reason.split())
    with transaction.atomic():
        made = _locked(actor, sheet_id)
        refused = _not_now(made, actor, seen, reason, leave_out)
        if refused is not None:
            return refused
        made.reason, made.problem = reason[:500], ""
        if _changing(made) > AT_ONCE:
            made.state = SheetState.WRITING
            made.save(update_fields=["state", "reason", "problem"])
            made.job = enqueue_sheet(made.pk)
            made.save(update_fields=["job"])
            return made
        refused = _tell(made, actor, at)
        if refused is not None:
            _look(made, actor, problem=refused.message[:500])
            return refused
    return made


def withdraw_sheet(*, actor: Actor, at: datetime, sheet_id: int) -> SheetImport | Refusal:
    """Give up a sheet that was only looked at; its cells are not kept."""
    with transaction.atomic():
        made = _locked(actor, sheet_id)
        if not can_send(actor):
            return _not_allowed()
        if made.state not in (SheetState.WAITING, SheetState.CHECKING):
            return _over()
        _empty(made)
        record(at=at, actor=actor, event="facts.sheet.withdrawn", obj=made, after={"file": made.name})
    return made


def work_on_sheet(*, sheet_id: int, at: datetime) -> None:
    """Do what a large sheet waits for: look through it, or tell its numbers. The job; it may run any number of times.

    It acts in the role in which the person sent the sheet: whoever has lost it since tells nothing.
    """
    made = SheetImport.objects.select_related("form__root", "by").filter(pk=sheet_id).first()
    if made is None:
        return
    with override("vi"):
        if made.state == SheetState.CHECKING:
            _check(made, _sender(made, at))
        elif made.state == SheetState.WRITING:
            _write(sheet_id, at)


def tend_sheets(*, at: datetime) -> int:
    """Queue lost jobs again, and throw away what old sheets held; how many were thrown away."""
    busy = SheetImport.objects.filter(state__in=[SheetState.CHECKING, SheetState.WRITING]).exclude(job="")
    for sheet_id, job in busy.values_list("pk", "job"):
        standing = standing_of(job_id=job)
        if standing == "alive":
            continue
        with transaction.atomic():
            made = SheetImport.objects.select_for_update(of=("self",)).get(pk=sheet_id)
            if made.job != job or made.state not in (SheetState.CHECKING, SheetState.WRITING):
                continue
            if standing == "failed":
                # Somebody has to look at the mistake; the numbers are as they were.
                made.problem = "Việc nền bị dừng vì lỗi của hệ thống. Báo người quản trị, rồi thử lại."
                made.state, made.job = SheetState.WAITING, ""
            else:
                made.job = enqueue_sheet(made.pk)
            made.save(update_fields=["state", "job", "problem"])
    return _purge(at)


def _purge(at: datetime) -> int:
    old = list(
        SheetImport.objects.filter(purged_at__isnull=True, at__lt=at - KEPT)
        .exclude(state__in=[SheetState.CHECKING, SheetState.WRITING])
        .values_list("pk", flat=True)
    )
    with transaction.atomic():
        rows = SheetImport.objects.filter(pk__in=old)
        rows.filter(state=SheetState.WAITING).update(state=SheetState.WITHDRAWN)
        rows.update(grid=[], outcomes={}, stamp={}, purged_at=at)
        if old:
            whole = Thing("facts.SheetImport", "", "")
            record(at=at, actor=None, event="facts.sheets.purged", obj=whole, after={"count": len(old)})
    return len(old)


def _look(made: SheetImport, actor: Actor, *, problem: str = "") -> None:
    """Look through a sheet, at once or by a job; `problem` is why its numbers were not told just now."""
    made.state, made.progress, made.job, made.problem = SheetState.CHECKING, 0, "", problem
    cells = sum(sum(map(bool, row)) for sheet in made.grid if not sheet.get("hidden") for row in sheet["rows"])
    if cells <= AT_ONCE:
        _check(made, actor)
        return
    made.save(update_fields=["state", "progress", "job", "problem"])
    made.job = enqueue_sheet(made.pk)
    made.save(update_fields=["job"])


def _check(made: SheetImport, actor: Actor | None) -> None:
    """Put into a sheet what would become of it now; where nobody knows how to read it, nothing."""

    def step(done: int, total: int) -> None:
        SheetImport.objects.filter(pk=made.pk, state=SheetState.CHECKING).update(progress=done, total=total)

    checked = check_sheet(made, actor, step=step)
    made.outcomes = checked.as_json() if checked else {}
    made.counts = checked.counts if checked else {}
    made.seen = checked.digest if checked else ""
    made.state = SheetState.WAITING
    # A person may have said how it is read, or given it up, while a job looked through it: then this is of the past.
    fresh = SheetImport.objects.filter(pk=made.pk, state__in=[SheetState.CHECKING, SheetState.WAITING], job=made.job)
    fresh.update(
        state=made.state, outcomes=made.outcomes, counts=made.counts, seen=made.seen, problem=made.problem,
    )  # fmt: skip


def _write(sheet_id: int, at: datetime) -> None:
    with transaction.atomic():
        made = SheetImport.objects.select_for_update(of=("self",)).select_related("form__root", "by").get(pk=sheet_id)
        if made.state != SheetState.WRITING:
            return
        actor = _sender(made, at)
        refused = _tell(made, actor, at) if actor is not None else _role_gone()
        if refused is not None:
            made.problem, made.state = refused.message[:500], SheetState.CHECKING
            made.save(update_fields=["problem", "state"])
    if refused is not None:
        _check(made, actor)


def _tell(made: SheetImport, actor: Actor, at: datetime) -> Refusal | None:
    """Tell the numbers of a sheet that is locked; why they could not be told."""
    span = Span(made.start, made.end)
    lines = lines_of(made.form, span.last)
    entries = []
    for each in outcomes_of(made):
        if each.state not in (NEW, CHANGED):
            continue
        line = lines[each.line]
        value: Decimal | None = read_written(each.after, places=line.places).value
        entries.append(
            Entry(
                each.unit_id, line.element.code, span, value, breakdown=line.row.breakdown, applies=each.after != "x",
                note=each.note, seen=each.seen,
            )
        )  # fmt: skip
    answer = record_facts(
        actor=actor, at=at, entries=entries, source=Source.IMPORT, form=made.form, ref=made.name, reason=made.reason
    )
    if isinstance(answer, Refusal):
        return answer
    if isinstance(answer, tuple):
        refusal = answer[0].refusal
        if refusal.code == "stale":
            message = _("Có ô vừa được người khác sửa nên chưa ghi gì. Xem lại kết quả dưới đây rồi nhập.")
            return Refusal(code="stale", message=message)
        return Refusal(code=refusal.code, message=_("Chưa ghi gì: %(why)s") % {"why": refusal.message})
    made.state, made.done_at, made.recording = SheetState.DONE, at, answer
    made.save(update_fields=["state", "done_at", "recording", "reason", "problem"])
    told = {"file": made.name, "count": len(entries)}
    record(at=at, actor=actor, event="facts.sheet.told", obj=made, after=told, reason=made.reason)
    return None


def _not_now(made: SheetImport, actor: Actor, seen: str, reason: str, leave_out: bool) -> Refusal | None:
    if not can_send(actor):
        return _not_allowed()
    if made.state != SheetState.WAITING or not made.seen:
        return _over()
    if made.seen != seen:
        message = _("Kết quả kiểm tra đã khác từ lúc bạn xem. Xem lại dưới đây rồi nhập.")
        return Refusal(code="stale", message=message)
    mismatch = mismatch_of(scene_of(made, actor))
    if mismatch is not None and mismatch.kind in ("form", "target"):
        return Refusal(code=mismatch.kind, message=mismatch.message)
    if not _changing(made):
        return Refusal(code="unchanged", message=_("Không có gì mới: mọi số trong tệp đã có trong hệ thống."))
    if made.counts.get(WRONG) and not leave_out:
        message = _("Còn ô sai. Sửa tệp rồi nộp lại, hoặc đánh dấu bỏ qua các ô sai.")
        return Refusal(code="wrong", message=message, field="leave_out")
    if (made.counts.get("doubts") or (mismatch and mismatch.kind == "version")) and not reason:
        message = _("Có số cần xem lại. Ghi lý do nếu số vẫn đúng.")
        return Refusal(code="reason", message=message, field="reason")
    return None


def _changing(made: SheetImport) -> int:
    return int(made.counts.get(NEW, 0)) + int(made.counts.get(CHANGED, 0))


def _misread(
    made: SheetImport, actor: Actor, sheets: Any, sheet: int, head: int, rows: str, chosen: Mapping[int, str],
    labels: Mapping[str, str], dash: str,
) -> Refusal | None:  # fmt: skip
    if not 0 <= sheet < len(sheets) or sheets[sheet].hidden or not -1 <= head < len(sheets[sheet].rows):
        return Refusal(code="head", message=_("Không có dòng tiêu đề này trong tệp."), field="head")
    if rows not in (LINES, UNITS):
        return Refusal(code="rows", message=_("Chọn mỗi dòng là gì."), field="rows")
    scene = scene_of(made, actor)
    known = {f"{LINE}{line.key}" for line in scene.lines} if rows == UNITS else {
        f"{UNIT}{pk}" for pk in scene.names.units
    } | {"value"}  # fmt: skip
    if set(chosen.values()) - known - {LABEL, CODE, "note"}:
        return Refusal(code="column", message=_("Chọn ý nghĩa của cột trong danh sách."), field="columns")
    if not set(chosen.values()) & known:
        return Refusal(code="no_numbers", message=_("Chọn ít nhất một cột có số."), field="columns")
    if LABEL not in chosen.values() and not (rows == UNITS and CODE in chosen.values()):
        named = _("Chọn cột ghi tên đơn vị.") if rows == UNITS else _("Chọn cột ghi tên chỉ tiêu.")
        return Refusal(code="no_names", message=named, field="columns")
    twice = next((each for each in chosen.values() if list(chosen.values()).count(each) > 1), None)
    if twice is not None:
        return Refusal(
            code="twice", message=_("Hai cột được chọn cùng một nghĩa. Mỗi nghĩa chỉ một cột."), field="columns"
        )
    keys = {line.key for line in scene.lines} | {f"{UNIT}{pk}" for pk in scene.names.units} | {LEFT_OUT}
    if set(labels.values()) - keys or dash not in ("", ZERO, BLANKED):
        return Refusal(code="label", message=_("Chọn ý nghĩa của dòng trong danh sách."), field="labels")
    return None


def _remembered(
    heads: Mapping[int, str], columns: Mapping[int, str], labels: Mapping[str, str], dash: str
) -> dict[str, Any]:
    words = {text: meaning for text, meaning in labels.items() if not meaning.startswith(UNIT)}
    units = {text: int(meaning.removeprefix(UNIT)) for text, meaning in labels.items() if meaning.startswith(UNIT)}
    for column, text in heads.items():
        meaning = columns.get(column, "")
        if meaning.startswith(UNIT):
            units[word_key(text)] = int(meaning.removeprefix(UNIT))
        elif meaning.startswith(LINE) or not meaning:
            words[word_key(text)] = meaning.removeprefix(LINE) or LEFT_OUT
    return {"words": words, "units": units, "dash": dash}


def _in_use(form: Form, stamp: Stamp, at: datetime) -> bool:
    until = form.valid_to is None or stamp.span.last < form.valid_to
    return form.valid_from <= stamp.span.last and until and stamp.span.start <= timezone.localdate(at)


def _sender(made: SheetImport, at: datetime) -> Actor | None:
    """The person who sent a sheet, in the role and at the unit of then, where that still stands."""
    held = actors_of(made.by, timezone.localdate(at))
    return next((each for each in held if (each.role, each.unit_id) == (made.role, made.owner_id)), None)


def _locked(actor: Actor, sheet_id: int) -> SheetImport:
    rows = SheetImport.objects.select_for_update(of=("self",)).select_related("form__root").visible_to(actor)
    return rows.get(pk=sheet_id)


def _empty(made: SheetImport) -> None:
    made.state, made.grid, made.outcomes, made.stamp = SheetState.WITHDRAWN, [], {}, {}
    made.save(update_fields=["state", "grid", "outcomes", "stamp"])


def _not_allowed() -> Refusal:
    return Refusal(code="not_allowed", message=_("Bạn không nhập số liệu cho đơn vị này."))


def _role_gone() -> Refusal:
    return Refusal(code="not_allowed", message=_("Vai trò của người nộp tệp không còn nên chưa ghi gì."))


def _over() -> Refusal:
    return Refusal(code="over", message=_("Tệp này đã được nhập hoặc đã bỏ."))
