"""Due items that go to another body: because theirs ended, or gave a function away. Nothing that is owed is lost.

The limit stays what it was, so late stays late. What is done stays with whoever did it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime

from attrs import Factory, define, frozen
from django.utils import timezone

from pcmt.apps.tasks.models import DueItem, DueState, NoteEvent, ProgressNote
from pcmt.apps.tasks.operations.touching import TOUCHED, touch
from pcmt.apps.units.followers import Body, Change, Transferred
from pcmt.apps.units.functions import FUNCTIONS
from pcmt.apps.units.models import Unit
from pcmt.apps.units.queries import heirs_on

SYSTEM = "Hệ thống"
FIELDS = ["unit", "origin_unit", "merged_into", "state", "percent", "opens_on", "due_on", *TOUCHED]

Key = tuple[Hashable, date | None]
"""What is owed and its original limit: two due items of one body with the same key are one debt."""


@frozen
class Move:
    """A due item that goes from one body to another."""

    due: DueItem
    source: Body
    target: Body


@define
class Moved:
    """What became of due items: those that went over, and those that ended in one that stands (the second of each)."""

    moved: list[Move] = Factory(list)
    merged: list[tuple[Move, DueItem]] = Factory(list)

    @property
    def count(self) -> int:
        """How many due items it is about."""
        return len(self.moved) + len(self.merged)


def sorted_out(moves: Iterable[Move], standing: Iterable[DueItem], key_of: Callable[[DueItem], Key]) -> Moved:
    """Which due items go over, and which are already owed there; nothing is changed. `standing`: open ones there."""
    there: dict[tuple[int | None, Key], DueItem] = {}
    for due in standing:
        there.setdefault((due.unit_id, key_of(due)), due)
    # A body that is not made yet has no id, but a name.
    found = Moved()
    fresh: dict[tuple[str, Key], DueItem] = {}
    for move in moves:
        key = key_of(move.due)
        twin = there.get((move.target.unit_id, key)) if move.target.unit_id else None
        twin = twin or fresh.get((move.target.name, key))
        if twin is None:
            fresh[move.target.name, key] = move.due
            found.moved.append(move)
        else:
            found.merged.append((move, twin))
    return found


def carry_over(moved: Moved, *, at: datetime, change: Change) -> None:
    """Let due items go over, with a note on each; the log is told through the change. The rows are locked."""
    taken = _taken(moved)
    notes: list[ProgressNote] = []
    rows: dict[int, DueItem] = {}
    for move in moved.moved:
        due, source, target = move.due, move.source, move.target
        assert target.unit_id is not None
        origin = due.origin_unit_id or source.unit_id
        choices = [None if origin == target.unit_id else origin, source.unit_id]
        same = (due.task_id, target.unit_id, due.original_due_on)
        due.origin_unit_id = next((each for each in choices if due.task_id is None or (*same, each) not in taken), None)
        taken.add((*same, due.origin_unit_id))
        due.unit_id = target.unit_id
        touch(due, at=at)
        rows[due.pk] = due
        words = f"{target.name} tiếp nhận từ {source.name}"
        notes.append(_note(due, at, words, change.title))
        change.tell("tasks.due.moved", due, before={"body": source.name}, after={"body": target.name})
    for move, twin in moved.merged:
        due = move.due
        due.state, due.merged_into = DueState.ENDED, twin
        touch(due, at=at)
        # Both parts have to be done, and neither body was given more time for both.
        twin.percent = min(twin.percent, due.percent)
        twin.due_on = min((day for day in (twin.due_on, due.due_on) if day), default=None)
        twin.opens_on = min((day for day in (twin.opens_on, due.opens_on) if day), default=None)
        touch(twin, at=at)
        rows[due.pk], rows[twin.pk] = due, twin
        # What is written down is Vietnamese, like what people write; only screens are translated.
        heir, from_whom = move.target.name, move.source.name
        notes.append(_note(due, at, f"Gộp vào việc cùng nội dung của {heir}", change.title))
        notes.append(_note(twin, at, f"{heir} tiếp nhận việc cùng nội dung từ {from_whom}", change.title))
        change.tell("tasks.due.merged", due, before={"body": move.source.name}, after={"body": move.target.name})
    # Those that end go first: only then is their place free.
    DueItem.objects.bulk_update([due for due in rows.values() if due.merged_into_id], FIELDS, batch_size=100)
    DueItem.objects.bulk_update([due for due in rows.values() if not due.merged_into_id], FIELDS, batch_size=100)
    for move, twin in moved.merged:
        DueItem.objects.filter(merged_into=move.due).update(merged_into=twin)
    ProgressNote.objects.bulk_create(notes, batch_size=500)


def _taken(moved: Moved) -> set[tuple[int | None, int | None, date | None, int | None]]:
    """The places that due items have at the bodies that take over, open or not: task, body, limit, origin."""
    rows = DueItem.objects.filter(
        task_id__in={move.due.task_id for move in moved.moved if move.due.task_id},
        unit_id__in=[move.target.unit_id for move in moved.moved if move.target.unit_id],
    )
    return set(rows.values_list("task_id", "unit_id", "original_due_on", "origin_unit_id"))


def _note(due: DueItem, at: datetime, words: str, why: str) -> ProgressNote:
    return ProgressNote(
        due_item=due,
        task_id=due.task_id,
        at=at,
        actor_name=SYSTEM,
        unit_id=due.unit_id,
        event=NoteEvent.MOVED,
        percent=due.percent,
        note=f"{words}: {why}." if why else f"{words}.",
    )


def moves_in(change: Change, dues: Iterable[DueItem]) -> list[Move]:
    """Where due items go in a change: with their body to its heir, or, when chosen, with a function."""
    found = []
    for due in dues:
        if due.unit_id is None:
            continue
        heir = change.heirs.get(due.unit_id)
        if heir is not None:
            found.append(Move(due, Body(due.unit_id, change.names.get(due.unit_id, "")), heir))
        elif due.pk in change.due_item_ids:
            given = [each for each in change.transferred if each.source.unit_id == due.unit_id]
            fitting = [each for each in given if fits(each, due.search_key)]
            if given:
                chosen = (fitting or given)[0]
                # Its new body may itself end on the same day.
                target = change.heirs.get(chosen.target.unit_id or 0, chosen.target)
                found.append(Move(due, chosen.source, target))
    return found


def fits(transferred: Transferred, folded: str) -> bool:
    """Whether folded words speak of the function that is transferred."""
    function = FUNCTIONS.get(transferred.function)
    text = f" {folded} "
    return function is not None and any(f" {words} " in text for words in function.words)


def concerned(change: Change, kind: str) -> Sequence[DueItem]:
    """The open due items of a kind that a change takes along, in a fixed order."""
    giving = [each.source.unit_id for each in change.transferred if each.source.unit_id]
    rows = DueItem.objects.filter(state=DueState.OPEN, kind=kind)
    mine = rows.filter(unit_id__in=list(change.heirs))
    chosen = rows.filter(pk__in=list(change.due_item_ids), unit_id__in=giving)
    ids = {*mine.values_list("pk", flat=True), *chosen.values_list("pk", flat=True)}
    return list(DueItem.objects.filter(pk__in=ids).order_by("pk"))


def land(due: DueItem, *, at: datetime) -> tuple[Mapping[str, str], Mapping[str, str]] | None:
    """Give a due item that was opened again to the heir of its body, if that has ended: before and after, for the log.

    The row is locked by whoever opened it.
    """
    unit_id, today = due.unit_id, timezone.localdate(at)
    heir_id = heirs_on([unit_id], today).get(unit_id) if unit_id else None
    if unit_id is None or heir_id is None:
        return None
    units = Unit.objects.in_bulk([unit_id, heir_id])
    source, target = Body(unit_id, units[unit_id].name), Body(heir_id, units[heir_id].name)
    change = Change(on=today, day=today, title="", heirs={unit_id: target})
    carry_over(Moved([Move(due, source, target)]), at=at, change=change)
    occurrence = getattr(due, "occurrence", None)  # of the reports room, whose row names the same unit
    if occurrence is not None:
        occurrence.unit_id, occurrence.origin_unit_id = due.unit_id, due.origin_unit_id
        occurrence.save(update_fields=["unit", "origin_unit"])
    return {"body": source.name}, {"body": target.name}
