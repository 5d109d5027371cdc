"""What the tasks room takes from an adopted plan, and what people report about their tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from attrs import frozen
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.adopters import Adoption
from pcmt.apps.plans.contract import Part, mode_of, names_of, parts_of, squeezed
from pcmt.apps.plans.models import Item, SourceFile
from pcmt.apps.plans.operations import keep_file, screen_later
from pcmt.apps.tasks.models import (
    DueItem,
    DueKind,
    DueState,
    Mode,
    NoteEvent,
    ProgressNote,
    Task,
    TaskParty,
    TaskState,
)
from pcmt.apps.tasks.operations.amending import held_due, standing_days
from pcmt.apps.tasks.operations.moving import land
from pcmt.apps.tasks.policies import can_report
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import Due, due_windows, limit_from
from pcmt.core.text import fold
from pcmt.documents import Unreadable, identify

LABEL_CHARS = 240
NOTE_CHARS = 5000
CHUNK = 500

# --- adoption


def adopt_tasks(adoption: Adoption) -> None:
    """Accepted tasks become rows with their parties and one due item per owing unit and limit.

    A task that continues one of the revision before keeps its row, and every due item that still stands keeps its
    state. Limits that are gone end their open due items; what was done stays done, and what a recurring limit had asked
    for before the day of the amendment stays owed. Tasks that nothing continues end.
    """
    known = {task.item_id: task for task in Task.objects.select_for_update().filter(plan=adoption.plan)}
    assignments = adoption.by_key("assignments")
    new: list[Task] = []
    kept: list[Task] = []
    drafts: list[tuple[Task, Item, tuple[Part, ...]]] = []
    for order, item in enumerate(adoption.items.get("tasks", ()), start=1):
        was = adoption.carried.get(item.pk)
        task = known.pop(was, None) if was is not None else None
        if task is None:
            task = Task(plan=adoption.plan, since=adoption.revision)
            new.append(task)
        else:
            kept.append(task)
        heading = assignments.get(item.values.get("assignment_ref") or "")
        assignment = heading.values if heading else None
        _fill(task, adoption, item, order, mode_of(item.values, assignment))
        drafts.append((task, item, parts_of(item.values, assignment)))
    Task.objects.bulk_create(new, batch_size=200)
    _write_parties(adoption, drafts)
    _write_due(adoption, drafts, kept)
    ended = [task for task in known.values() if task.state != TaskState.ENDED]
    for task in ended:
        task.state, task.ended_by = TaskState.ENDED, adoption.revision
        task.version += 1
    end_due(
        DueItem.objects.filter(task__in=[task.pk for task in ended], state=DueState.OPEN).values_list("pk", flat=True)
    )
    Task.objects.bulk_update(
        [*kept, *ended],
        [
            *(
                "revision",
                "clause",
                "item",
                "text",
                "search_key",
                "start",
                "end",
                "mode",
                "role",
                "advises",
                "condition",
            ),
            *("state", "percent", "done_at", "order", "version", "ended_by"),
        ],
        batch_size=50,
    )
    adoption.count("tasks", len(new))
    adoption.count("tasks_kept", len(kept))
    adoption.count("tasks_ended", len(ended))


def end_due(ids: Iterable[int]) -> int:
    """End open due items that the plan no longer holds; how many. Only adopters call this."""
    ended = 0
    for some in _chunks(list(ids)):
        ended += DueItem.objects.filter(pk__in=some, state=DueState.OPEN).update(state=DueState.ENDED)
    return ended


def _fill(task: Task, adoption: Adoption, item: Item, order: int, mode: str) -> None:
    values = item.values
    task.revision, task.item, task.clause = adoption.revision, item, item.clause
    task.text, task.start, task.end = item.text, item.start, item.end
    task.search_key = fold(item.text)
    task.mode = Mode(mode)
    task.role = values.get("role") or ""
    task.advises = ", ".join(names_of(values.get("advises")))[:300]
    task.condition = values.get("condition") or ""
    task.order, task.ended_by = order, None


def _write_parties(adoption: Adoption, drafts: Sequence[tuple[Task, Item, tuple[Part, ...]]]) -> None:
    for some in _chunks([task.pk for task, _item, _parts in drafts]):
        TaskParty.objects.filter(task__in=some).delete()
    TaskParty.objects.bulk_create(
        [
            TaskParty(
                task=task,
                unit_id=adoption.body(part.name).unit_id,
                origin_unit_id=adoption.body(part.name).ended_id,
                name=part.name[:300],
                role=part.role,
                owes=part.owes,
                order=order,
            )
            for task, _item, parts in drafts
            for order, part in enumerate(parts)
        ],
        batch_size=CHUNK,
    )


@frozen
class _Limit:
    """One limit of a task within the plan: its days, and the words and values of the text."""

    opens_on: Any
    due_on: Any
    stored: dict[str, Any] | None
    text: str


def _limits(adoption: Adoption, item: Item) -> Iterator[_Limit]:
    """Every day on which a task is due; one without days when it stands without limit (or waits for an event)."""
    found: dict[Any, _Limit] = {}
    waiting = _Limit(None, None, None, "")
    for deadline in adoption.limits("task", item):
        limit = limit_from(deadline.values)
        stored = {
            name: deadline.values[name]
            for name in ("relation", "precision", "date", "from", "to", "rule", "event", "tentative")
            if deadline.values.get(name) is not None
        }
        text = squeezed(deadline.text)[:300]
        windows = due_windows(limit, adoption.window) if limit else ()
        if not windows:
            waiting = _Limit(None, None, stored, text)
        for window in windows:
            found.setdefault(window.last, _Limit(window.start, window.last, stored, text))
    yield from found.values() or (waiting,)


def _write_due(adoption: Adoption, drafts: Sequence[tuple[Task, Item, tuple[Part, ...]]], kept: Sequence[Task]) -> None:
    existing: dict[int, list[DueItem]] = {task.pk: [] for task in kept}
    for some in _chunks([task.pk for task in kept]):
        for due in DueItem.objects.select_for_update().filter(task__in=some, merged_into__isnull=True).order_by("pk"):
            assert due.task_id is not None
            existing[due.task_id].append(due)
    new: list[DueItem] = []
    changed: list[DueItem] = []
    gone: list[int] = []
    for task, item, parts in drafts:
        wanted = list(_wanted(adoption, task, item, parts, shared_by(item)))
        held = by_owner(existing.get(task.pk, ()), {due.unit_id for due in wanted})
        days = _standing(held, wanted, adoption.on) if task.pk in existing else {}
        standing: list[DueItem] = []
        for due in wanted:
            was = held.get((due.unit_id, due.original_due_on), [])
            over = task.pk in existing and held_due(due) and due.due_on not in days[due.unit_id]
            if over and all(row.state == DueState.ENDED for row in was):
                continue
            held.pop((due.unit_id, due.original_due_on), None)
            if not was:
                new.append(due)
                standing.append(due)
            standing += was
            changed += [each for each in was if _renew(each, due)]
        if task.pk in existing:
            DueItem.objects.filter(task=task).update(**shared_by(item))
            for (owner, day), rows in held.items():
                for due in rows:
                    if due.state == DueState.DONE or (held_due(due) and day in days.get(owner, ())):
                        standing.append(due)
                    elif due.state == DueState.OPEN:
                        gone.append(due.pk)
            settle(task, standing)
    DueItem.objects.bulk_create(new, batch_size=CHUNK)
    DueItem.objects.bulk_update(
        changed, ["opens_on", "limit", "limit_text", "mode", "unit_name", "state", "version"], batch_size=100
    )
    end_due(gone)
    adoption.count("due_items", len(new))


def _standing(
    held: Mapping[tuple[int | None, date | None], Sequence[DueItem]], wanted: Iterable[DueItem], on: date
) -> dict[int | None, frozenset[date]]:
    """The days of recurring limits that stand after an amendment, by who owes according to it."""
    old: dict[int | None, list[Due | None]] = defaultdict(list)
    new: dict[int | None, list[Due | None]] = defaultdict(list)
    for (owner, _day), rows in held.items():
        old[owner] += [held_due(row) for row in rows]
    for due in wanted:
        new[due.unit_id].append(held_due(due))
    return {owner: standing_days(old[owner], dues, on) for owner, dues in new.items()}


def shared_by(item: Item) -> dict[str, Any]:
    """What all due items of one item of the text have in common."""
    label = squeezed(item.text)[:LABEL_CHARS]
    return {"clause": item.clause, "label": label, "search_key": fold(label), "start": item.start, "end": item.end}


def by_owner(
    dues: Iterable[DueItem], wanted: Collection[int | None]
) -> dict[tuple[int | None, date | None], list[DueItem]]:
    """Due items by who owes them according to the text, and original limit.

    What went to another body with a function is still owed according to the text by its origin, which is among the
    wanted; what came from a body that has ended belongs to the heir. Several may then be one unit's.
    """
    found: dict[tuple[int | None, date | None], list[DueItem]] = defaultdict(list)
    for due in dues:
        owner = due.origin_unit_id if due.origin_unit_id in wanted and due.origin_unit_id else due.unit_id
        found[owner, due.original_due_on].append(due)
    return found


def _wanted(
    adoption: Adoption, task: Task, item: Item, parts: Sequence[Part], shared: dict[str, Any]
) -> Iterator[DueItem]:
    """The due items that a task asks for: one per owing unit and limit; one for nobody when no body is named."""
    owing: dict[int | None, str] = {}
    for part in parts:
        if part.owes:
            for unit_id in adoption.body(part.name).members or (None,):
                owing.setdefault(unit_id, part.name[:300])
    for unit_id, name in (owing or {None: ""}).items():
        for limit in _limits(adoption, item):
            yield DueItem(
                kind=DueKind.TASK,
                plan=adoption.plan,
                task=task,
                unit_id=unit_id,
                unit_name=name,
                mode=task.mode,
                opens_on=limit.opens_on,
                due_on=limit.due_on,
                original_due_on=limit.due_on,
                limit=limit.stored,
                limit_text=limit.text,
                **shared,
            )


def _renew(was: DueItem, now: DueItem) -> bool:
    """Bring a due item that stands up to the new revision; whether anything of its own changed."""
    before = (was.opens_on, was.limit, was.limit_text, was.mode, was.unit_name, was.state)
    was.opens_on, was.limit, was.limit_text = now.opens_on, now.limit, now.limit_text
    was.mode = now.mode
    if was.origin_unit_id is None:  # else it keeps the name under which its origin stands in the text
        was.unit_name = now.unit_name
    if was.state == DueState.ENDED:
        was.state = DueState.DONE if was.done_at else DueState.OPEN
    if before == (was.opens_on, was.limit, was.limit_text, was.mode, was.unit_name, was.state):
        return False
    was.version += 1
    return True


def settle(task: Task, standing: Sequence[DueItem]) -> None:
    """State and percent of a task follow from its due items: done when all of them are."""
    counted = [due for due in standing if due.state != DueState.ENDED]
    done = [due for due in counted if due.state == DueState.DONE]
    task.version += 1
    task.percent = sum(due.percent for due in counted) // len(counted) if counted else 0
    if counted and len(done) == len(counted):
        task.state, task.percent = TaskState.DONE, 100
        task.done_at = max((due.done_at for due in done if due.done_at), default=None)
    else:
        task.state, task.done_at = TaskState.OPEN, None


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


# --- progress


def report_progress(
    *,
    actor: Actor,
    at: datetime,
    due_item_id: int,
    version: int,
    percent: int | None = None,
    note: str = "",
    file: tuple[str, bytes] | None = None,
    done: bool = False,
) -> DueItem | Refusal:
    """Tell how a due item stands: percent, note, a file as evidence; `done` closes it.

    `version` is the due item's as last seen. The day of doing is that of `at`; once late it stays late.
    """
    note = note.strip()
    if percent is not None and not 0 <= percent <= 100:
        return Refusal(code="percent", message=_("Tiến độ là một số từ 0 đến 100."), field="percent")
    if len(note) > NOTE_CHARS:
        return Refusal(
            code="too_long",
            message=_("Ghi chú tối đa %(note_chars)s ký tự.") % {"note_chars": NOTE_CHARS},
            field="note",
        )
    if percent is None and not note and file is None and not done:
        return Refusal(code="nothing", message=_("Nhập tiến độ, ghi chú hoặc tệp."), field="note")
    kept: SourceFile | None = None
    if file is not None:
        checked = _evidence(actor, at, due_item_id, *file)
        if isinstance(checked, Refusal):
            return checked
        kept = checked
    with transaction.atomic():
        held = _held(actor, due_item_id)
        if isinstance(held, Refusal):
            return held
        due, task = held
        if due.version != version:
            again = done and due.state == DueState.DONE and not note and file is None
            return due if again else _stale(due)
        if due.state == DueState.DONE and not done and percent not in (None, 100):
            return Refusal(code="done", message=_("Việc đã báo hoàn thành. Muốn báo lại tiến độ, hãy mở lại trước."))
        before = {"percent": due.percent, "state": str(due.state)}
        if percent is not None:
            due.percent = percent
        if done and due.state != DueState.DONE:
            due.state, due.percent = DueState.DONE, 100
            due.done_at, due.done_on = at, timezone.localdate(at)
        due.version += 1
        due.save(update_fields=["percent", "state", "done_at", "done_on", "version"])
        _note(actor, at, due, NoteEvent.DONE if done else NoteEvent.PROGRESS, note, kept, file[0] if file else "")
        if kept:
            screen_later(kept)
        _tell_task(task, note)
        record(
            at=at,
            actor=actor,
            event="tasks.due.done" if done else "tasks.due.reported",
            obj=due,
            before=before,
            after={"percent": due.percent, "state": str(due.state)},
            reason=note,
        )
    return due


def reopen(*, actor: Actor, at: datetime, due_item_id: int, version: int, reason: str) -> DueItem | Refusal:
    """Open a due item again that was reported done; the reason is kept, the limit stays what it was."""
    reason = reason.strip()
    if not reason:
        return Refusal(code="reason", message=_("Nhập lý do mở lại."), field="reason")
    with transaction.atomic():
        held = _held(actor, due_item_id)
        if isinstance(held, Refusal):
            return held
        due, task = held
        if due.state == DueState.OPEN:
            return due
        if due.version != version:
            return _stale(due)
        before = {"percent": due.percent, "state": str(due.state), "done_on": due.done_on}
        due.state, due.done_at, due.done_on = DueState.OPEN, None, None
        due.percent = min(due.percent, 99)
        due.version += 1
        due.save(update_fields=["state", "done_at", "done_on", "percent", "version"])
        _note(actor, at, due, NoteEvent.REOPENED, reason[:NOTE_CHARS], None, "")
        moved = land(due, at=at)
        _tell_task(task, reason)
        record(at=at, actor=actor, event="tasks.due.reopened", obj=due, before=before, reason=reason)
        if moved:
            record(at=at, actor=actor, event="tasks.due.moved", obj=due, before=moved[0], after=moved[1])
    return due


def _not_allowed() -> Refusal:
    message = _("Chỉ đơn vị được giao việc này hoặc cơ quan thường trực của kế hoạch được cập nhật tiến độ.")
    return Refusal(code="not_allowed", message=message)


def _gone() -> Refusal:
    message = _("Việc này không còn trong kế hoạch sau khi sửa đổi, không cập nhật được nữa.")
    return Refusal(code="ended", message=message)


def _held(actor: Actor, due_item_id: int) -> tuple[DueItem, Task | None] | Refusal:
    """The due item and its task, locked in the order in which adoption locks them, if the actor may report."""
    seen = DueItem.objects.visible_to(actor).filter(pk=due_item_id).values_list("task_id", flat=True)
    task_id = seen.first()
    if not seen.exists():
        return _not_allowed()
    task = Task.objects.select_for_update(of=("self",)).get(pk=task_id) if task_id else None
    due = DueItem.objects.select_for_update(of=("self",)).select_related("plan").get(pk=due_item_id)
    if not can_report(actor, due):
        return _not_allowed()
    return _gone() if due.state == DueState.ENDED else (due, task)


def _stale(due: DueItem) -> Refusal:
    last = ProgressNote.objects.filter(due_item=due).order_by("-pk").first()
    if last is None:
        return Refusal(code="stale", message=_("Việc này vừa thay đổi. Xem lại rồi làm tiếp."), ref=due.pk)
    deed = NoteEvent(last.event).label.lower()
    when = timezone.localtime(last.at)
    return Refusal(
        code="stale",
        message=_("%(actor_name)s vừa %(deed)s lúc %(when)s. Xem lại rồi làm tiếp.")
        % {"actor_name": last.actor_name, "deed": deed, "when": f"{when:%H:%M}"},
        ref=due.pk,
    )


def _evidence(actor: Actor, at: datetime, due_item_id: int, name: str, data: bytes) -> SourceFile | Refusal:
    """Keep a file as evidence, if the actor may report and the content is a document or a picture."""
    due = DueItem.objects.visible_to(actor).select_related("plan").filter(pk=due_item_id).first()
    if due is None or not can_report(actor, due):
        return _not_allowed()
    if data:
        kind = identify(name, data)
        if isinstance(kind, Unreadable):
            return Refusal(code=kind.code, message=str(kind), field="file")
        if kind.route == "text" and b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return Refusal(
                code="unsupported",
                message=_("Không nhận loại tệp này. Gửi văn bản, bảng tính, PDF hoặc ảnh."),
                field="file",
            )
    return keep_file(actor=actor, at=at, name=name, data=data)


def _note(
    actor: Actor, at: datetime, due: DueItem, event: NoteEvent, note: str, kept: SourceFile | None, file_name: str
) -> None:
    ProgressNote.objects.create(
        due_item=due,
        task_id=due.task_id,
        at=at,
        actor_id=actor.user_id,
        actor_name=actor.name,
        unit_id=actor.unit_id,
        event=event,
        percent=due.percent,
        note=note,
        file=kept,
        file_name=file_name[:255] if kept else "",
    )


def _tell_task(task: Task | None, note: str) -> None:
    if task is None:
        return
    settle(task, list(DueItem.objects.filter(task=task)))
    if note:
        task.note = note
    task.save(update_fields=["state", "percent", "done_at", "note", "version"])
