"""What the tasks room takes from an adopted plan: tasks, their parties, and who owes what by when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from attrs import frozen
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When

from pcmt.apps.plans.adopters import Adoption
from pcmt.apps.plans.contract import Part, mode_of, names_of, parts_of, squeezed
from pcmt.apps.plans.events import event_days, windows_of
from pcmt.apps.plans.models import Clause, Item
from pcmt.apps.tasks.models import GONE, LIVE, DueItem, DueKind, DueState, Mode, Task, TaskParty, TaskState
from pcmt.apps.tasks.operations.amending import held_due, standing_days
from pcmt.apps.tasks.operations.requests import drop_requests
from pcmt.apps.tasks.operations.touching import TOUCHED, touch, touched
from pcmt.core.periods import Due, limit_from
from pcmt.core.text import fold

LABEL_CHARS = 240
CHUNK = 500
ENDABLE = (*LIVE, DueState.CANCELLED)
"""What an amendment ends. What was cancelled by hand ends too: if a later text asks for it again, it is owed again."""


def adopt_tasks(adoption: Adoption) -> None:
    """Accepted tasks become rows with their parties and one due item per owing unit and limit.

    A task that continues one of the revision before keeps its row, and every due item that still stands keeps its
    state. Limits that are gone end their open due items; what was done stays done, and what a recurring limit had asked
    for before the day of the amendment stays owed. Tasks that nothing continues end.
    """
    # What was given beside the text stays, whatever the text says.
    of_text = Task.objects.select_for_update().filter(plan=adoption.plan, item__isnull=False)
    known = {task.item_id: task for task in of_text}
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
    _end_with(adoption, ended)
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


def _end_with(adoption: Adoption, ended: Sequence[Task]) -> None:
    """End what is still owed of tasks that nothing continues."""
    items = {task.pk: (task.item_id, sort_of(task.mode)) for task in ended if task.item_id}
    rows = DueItem.objects.filter(task__in=list(items), state__in=ENDABLE, parent__isnull=True)
    owed = list(rows.values_list("pk", "task_id", "unit_id", "state"))
    for _pk, task_id, unit_id, state in owed:
        assert task_id is not None
        if state in LIVE:
            adoption.owes(*items[task_id], before={unit_id}, after=set(), touched=set())
    end_due((pk for pk, *_rest in owed), at=adoption.at)


def sort_of(mode: str) -> str:
    """How an adoption calls tasks of a mode, when bodies are told."""
    return "requested" if mode == Mode.REQUESTED else "task"


def end_due(ids: Iterable[int], *, at: datetime) -> int:
    """End due items that the plan no longer holds, with the parts that were handed down; how many there were.

    Only adopters call this.
    """
    ended = 0
    for some in _chunks(list(ids)):
        with_parts = DueItem.objects.filter(Q(pk__in=some) | Q(parent__in=some) | Q(parent__parent__in=some))
        live = list(with_parts.filter(state__in=ENDABLE).values_list("pk", flat=True))
        for pks in _chunks(live):
            rows = DueItem.objects.filter(pk__in=pks)
            ended += rows.update(state=DueState.ENDED, suspended_on=None, **touched(at))
            drop_requests(pks, at=at)
    return ended


def rename_due(rows: QuerySet[DueItem], shared: Mapping[str, Any], *, at: datetime) -> None:
    """Give rows the clause and what else is new in the text (`shared_by`); other words or another address touch them.

    Every revision has clauses of its own: that it is another row is nothing that a reader sees.
    """
    clause = shared["clause"]
    there = Exists(Clause.objects.filter(pk=OuterRef("clause_id"), address=clause.address)) if clause else None
    same = Q(there) if there else Q(clause__isnull=True)
    same &= Q(**{name: shared[name] for name in ("label", "mode") if name in shared})
    changes: dict[str, Any] = {name: Case(When(same, then=F(name)), default=now) for name, now in touched(at).items()}
    rows.update(**shared, **changes)


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


def _limits(adoption: Adoption, item: Item, events: Mapping[str, date]) -> Iterator[_Limit]:
    """Every day on which a task is due; one without days when it stands without limit, or waits for an event."""
    found: dict[Any, _Limit] = {}
    waiting: _Limit | None = None
    for deadline in adoption.limits("task", item):
        limit = limit_from(deadline.values)
        stored = {
            name: deadline.values[name]
            for name in ("relation", "precision", "date", "from", "to", "rule", "event", "tentative")
            if deadline.values.get(name) is not None
        }
        text = squeezed(deadline.text)[:300]
        windows = windows_of(limit, adoption.window, events) if limit else ()
        if not windows and (waiting is None or (limit and limit.event)):
            waiting = _Limit(None, None, stored, text)
        for window in windows:
            found.setdefault(window.last, _Limit(window.start, window.last, stored, text))
    yield from found.values()
    if not found:
        yield waiting or _Limit(None, None, None, "")
    elif waiting and (waiting.stored or {}).get("event"):
        yield waiting  # beside its dates it also hangs on an event


def _write_due(adoption: Adoption, drafts: Sequence[tuple[Task, Item, tuple[Part, ...]]], kept: Sequence[Task]) -> None:
    existing: dict[int, list[DueItem]] = {task.pk: [] for task in kept}
    for some in _chunks([task.pk for task in kept]):
        for due in (
            DueItem.objects.select_for_update()
            .filter(task__in=some, merged_into__isnull=True, parent__isnull=True)
            .order_by("pk")
        ):
            assert due.task_id is not None
            existing[due.task_id].append(due)
    new: list[DueItem] = []
    changed: list[DueItem] = []
    gone: list[int] = []
    events = event_days(adoption.plan.pk)
    for task, item, parts in drafts:
        wanted = list(_wanted(adoption, task, item, parts, shared_by(item), events))
        held = by_owner(existing.get(task.pk, ()), {due.unit_id for due in wanted})
        days = _standing(held, wanted, adoption.on) if task.pk in existing else {}
        standing: list[DueItem] = []
        before = {due.unit_id for due in existing.get(task.pk, ()) if due.state in LIVE}
        touched: set[int | None] = set()
        for due in wanted:
            was = held.get((due.unit_id, due.original_due_on), [])
            over = task.pk in existing and held_due(due) and due.due_on not in days[due.unit_id]
            if over and all(row.state == DueState.ENDED for row in was):
                continue
            held.pop((due.unit_id, due.original_due_on), None)
            if not was:
                new.append(due)
                standing.append(due)
                touched.add(due.unit_id)
            standing += was
            changed += [each for each in was if _renew(each, due, adoption.at)]
        if task.pk in existing:
            shared = shared_by(item)
            rename_due(DueItem.objects.filter(task=task, parent__isnull=True), shared, at=adoption.at)
            # Parts keep the words in which they were given.
            place = {name: shared[name] for name in ("clause", "start", "end")}
            handed = DueItem.objects.filter(task=task, parent__isnull=False)
            rename_due(handed, {**place, "mode": task.mode}, at=adoption.at)
            for (owner, day), rows in held.items():
                for due in rows:
                    if due.state == DueState.DONE or (held_due(due) and day in days.get(owner, ())):
                        standing.append(due)
                    elif due.state in ENDABLE:
                        gone.append(due.pk)
                        touched.add(due.unit_id)
            settle(task, standing)
        after = {due.unit_id for due in standing if due.state in LIVE}
        adoption.owes(item.pk, sort_of(task.mode), before=before, after=after, touched=touched)
    DueItem.objects.bulk_create(new, batch_size=CHUNK)
    DueItem.objects.bulk_update(
        changed, ["opens_on", "limit", "limit_text", "mode", "unit_name", "state", *TOUCHED], batch_size=100
    )
    end_due(gone, at=adoption.at)
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
    adoption: Adoption,
    task: Task,
    item: Item,
    parts: Sequence[Part],
    shared: dict[str, Any],
    events: Mapping[str, date],
) -> Iterator[DueItem]:
    """The due items that a task asks for: one per owing unit and limit; one for nobody when no body is named."""
    owing: dict[int | None, str] = {}
    for part in parts:
        if part.owes:
            for unit_id in adoption.body(part.name).members or (None,):
                owing.setdefault(unit_id, part.name[:300])
    for unit_id, name in (owing or {None: ""}).items():
        for limit in _limits(adoption, item, events):
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
                changed_at=adoption.at,
                **shared,
            )


def _renew(was: DueItem, now: DueItem, at: datetime) -> bool:
    """Bring a due item that stands up to the new revision; whether anything of its own changed."""
    before = (was.opens_on, was.limit, was.limit_text, was.mode, was.unit_name, was.state)
    was.opens_on, was.limit, was.limit_text = now.opens_on, now.limit, now.limit_text
    was.mode = now.mode
    if was.origin_unit_id is None:  # else it keeps the name under which its origin stands in the text
        was.unit_name = now.unit_name
    if was.state == DueState.ENDED:
        was.state = DueState.SUBMITTED if was.done_at else DueState.OPEN  # what was done never ended
    if before == (was.opens_on, was.limit, was.limit_text, was.mode, was.unit_name, was.state):
        return False
    touch(was, at=at)
    return True


def settle(task: Task, standing: Sequence[DueItem]) -> None:
    """State and percent of a task follow from its due items: done when all of them are. Parts do not count twice."""
    counted = [due for due in standing if due.state not in GONE and due.parent_id is None]
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
