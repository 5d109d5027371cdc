"""Due items that go to another body: because theirs ended, or gave a function away. Nothing that is owed is lost.

The limit stays what it was, so late stays late. What is done stays with whoever did it. Parts that were handed down go
with their whole when its own unit had kept them; those of other units stay there, and hear from the new body.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime

from attrs import Factory, define, frozen
from django.db.models import F
from django.utils import timezone

from pcmt.apps.accounts.models import Grant
from pcmt.apps.tasks.models import LIVE, DueItem, DueState, NoteEvent, ProgressNote
from pcmt.apps.tasks.operations.requests import drop_requests
from pcmt.apps.tasks.operations.touching import TOUCHED, touch, touched
from pcmt.apps.units.followers import Body, Change, Transferred
from pcmt.apps.units.functions import FUNCTIONS
from pcmt.apps.units.models import Unit
from pcmt.apps.units.queries import heirs_on

SYSTEM = "Hệ thống"
FIELDS = [
    *("unit", "origin_unit", "merged_into", "given_by", "holder", "state", "percent", "opens_on", "due_on"),
    *("needs_acceptance", "suspended_on", *TOUCHED),
]

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
    taken, staying = _taken(moved), _people_there(moved, timezone.localdate(at))
    notes: list[ProgressNote] = []
    rows: dict[int, DueItem] = {}
    for move in moved.moved:
        due, source, target = move.due, move.source, move.target
        assert target.unit_id is not None
        origin = due.origin_unit_id or source.unit_id
        choices = [None if origin == target.unit_id else origin, source.unit_id]
        same = (due.task_id, target.unit_id, due.original_due_on)
        alone = due.task_id is None or due.parent_id is not None
        due.origin_unit_id = next((each for each in choices if alone or (*same, each) not in taken), None)
        if not alone:
            taken.add((*same, due.origin_unit_id))
        due.unit_id = target.unit_id
        if (due.unit_id, due.holder_id) not in staying:
            due.holder_id = None
        touch(due, at=at)
        rows[due.pk] = due
        words = f"{target.name} tiếp nhận từ {source.name}"
        notes.append(_note(due, at, words, change.title))
        change.tell("tasks.due.moved", due, before={"body": source.name}, after={"body": target.name})
    for move, twin in moved.merged:
        due = move.due
        due.state, due.merged_into, due.suspended_on = DueState.ENDED, twin, None
        touch(due, at=at)
        # Both parts have to be done, and neither body was given more time for both.
        twin.percent = min(twin.percent, due.percent)
        twin.due_on = min((day for day in (twin.due_on, due.due_on) if day), default=None)
        twin.opens_on = min((day for day in (twin.opens_on, due.opens_on) if day), default=None)
        twin.needs_acceptance = twin.needs_acceptance or due.needs_acceptance
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
    drop_requests([move.due.pk for move, _twin in moved.merged], at=at)
    for move, twin in moved.merged:
        DueItem.objects.filter(merged_into=move.due).update(merged_into=twin)
        DueItem.objects.filter(parent=move.due).update(parent=twin, **touched(at))
    for move in (*moved.moved, *(move for move, _twin in moved.merged)):
        if move.source.unit_id is not None and move.target.unit_id is not None:
            whole = next((twin for each, twin in moved.merged if each is move), move.due)
            _give(whole, move.source.unit_id, move.target.unit_id, at)
    ProgressNote.objects.bulk_create(notes, batch_size=500)


def _give(whole: DueItem, source_id: int, target_id: int, at: datetime) -> None:
    """The body that owes the whole now is the one that gave its parts."""
    given = DueItem.objects.filter(parent=whole, given_by=source_id, state__in=LIVE)
    given.update(given_by=target_id, **touched(at))


def _people_there(moved: Moved, on: date) -> set[tuple[int | None, int | None]]:
    """Of those who have something in hand: who has a role at the body that takes it over, as unit and person."""
    units = [move.target.unit_id for move in moved.moved if move.target.unit_id]
    people = [move.due.holder_id for move in moved.moved if move.due.holder_id]
    if not people:
        return set()
    held = Grant.objects.as_of(on).filter(unit__in=units, user__in=people)
    return set(held.values_list("unit_id", "user_id"))


def _taken(moved: Moved) -> set[tuple[int | None, int | None, date | None, int | None]]:
    """The places that due items have at the bodies that take over, open or not: task, body, limit, origin."""
    rows = DueItem.objects.filter(
        parent__isnull=True,
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
    """Where due items go in a change: with their body to its heir, or, when chosen, with a function.

    A part that a body had kept for itself goes where its whole goes.
    """
    found: dict[int, Move] = {}
    for due in sorted(dues, key=lambda each: (each.parent_id is not None, each.pk)):
        if due.unit_id is None:
            continue
        heir = change.heirs.get(due.unit_id)
        whole = found.get(due.parent_id or 0)
        if heir is not None:
            found[due.pk] = Move(due, Body(due.unit_id, change.names.get(due.unit_id, "")), heir)
        elif whole is not None and whole.source.unit_id == due.unit_id:
            found[due.pk] = Move(due, whole.source, whole.target)
        elif due.pk in change.due_item_ids:
            given = [each for each in change.transferred if each.source.unit_id == due.unit_id]
            fitting = [each for each in given if fits(each, due.search_key)]
            if given:
                chosen = (fitting or given)[0]
                # Its new body may itself end on the same day.
                target = change.heirs.get(chosen.target.unit_id or 0, chosen.target)
                found[due.pk] = Move(due, chosen.source, target)
    return list(found.values())


def fits(transferred: Transferred, folded: str) -> bool:
    """Whether folded words speak of the function that is transferred."""
    function = FUNCTIONS.get(transferred.function)
    text = f" {folded} "
    return function is not None and any(f" {words} " in text for words in function.words)


def concerned(change: Change, kind: str) -> Sequence[DueItem]:
    """The live due items of a kind that a change takes along, in a fixed order."""
    giving = [each.source.unit_id for each in change.transferred if each.source.unit_id]
    rows = DueItem.objects.filter(state__in=LIVE, kind=kind)
    mine = rows.filter(unit_id__in=list(change.heirs))
    chosen = set(rows.filter(pk__in=list(change.due_item_ids), unit_id__in=giving).values_list("pk", flat=True))
    ids = {*mine.values_list("pk", flat=True), *chosen, *own_parts(chosen)}
    return list(DueItem.objects.filter(pk__in=ids).order_by("pk"))


def own_parts(ids: Iterable[int]) -> set[int]:
    """The live parts of due items that their own unit had kept for itself, and the parts of these."""
    found: set[int] = set()
    look = set(ids)
    while look:
        rows = DueItem.objects.filter(parent__in=look, parent__unit=F("unit"), state__in=LIVE)
        look = set(rows.values_list("pk", flat=True)) - found
        found |= look
    return found


def is_own(due: DueItem) -> bool:
    """Whether it is a part that its unit keeps for itself: it goes with its whole, and is not chosen apart from it."""
    return due.parent is not None and due.parent.unit_id == due.unit_id


def givers_follow(change: Change, *, at: datetime) -> int:
    """Parts that a body gave which ends were given by its heir from now on; how many."""
    rows = DueItem.objects.select_for_update(of=("self",), no_key=True)
    parts = list(rows.filter(given_by_id__in=list(change.heirs), state__in=LIVE).order_by("pk"))
    for part in parts:
        assert part.given_by_id is not None
        before = change.names.get(part.given_by_id, "")
        heir = change.heirs[part.given_by_id]
        part.given_by_id = change.heir_id(part.given_by_id)
        touch(part, at=at)
        change.tell("tasks.part.giver_followed", part, before={"body": before}, after={"body": heir.name})
    DueItem.objects.bulk_update(parts, ["given_by", *TOUCHED], batch_size=200)
    return len(parts)


def land(due: DueItem, *, at: datetime) -> tuple[Mapping[str, str], Mapping[str, str]] | None:
    """Give a due item that was opened again to the heir of its body, if that has ended: before and after, for the log.

    The row is locked by whoever opened it. A part whose giver has ended meanwhile was given by the heir.
    """
    today = timezone.localdate(at)
    heirs = heirs_on([each for each in (due.unit_id, due.given_by_id) if each], today)
    if due.given_by_id in heirs:
        due.given_by_id = heirs[due.given_by_id]
        touch(due, at=at)
        due.save(update_fields=["given_by", *TOUCHED])
    if due.unit_id is None or due.unit_id not in heirs:
        return None
    before = Unit.objects.get(pk=due.unit_id).name
    target = Unit.objects.get(pk=heirs[due.unit_id])
    hand_over(due, target, at=at)
    return {"body": before}, {"body": target.name}


def hand_over(due: DueItem, target: Unit, *, at: datetime) -> None:
    """Let a due item go to another unit, with the parts that its own had kept. The row is locked by the caller."""
    assert due.unit_id is not None
    source = Body(due.unit_id, Unit.objects.get(pk=due.unit_id).name)
    to, today = Body(target.pk, target.name), timezone.localdate(at)
    parts = DueItem.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=own_parts([due.pk]))
    moves = [Move(due, source, to), *(Move(part, source, to) for part in parts.order_by("pk"))]
    change = Change(on=today, day=today, title="", heirs={})
    carry_over(Moved(moves), at=at, change=change)
    occurrence = getattr(due, "occurrence", None)  # of the reports room, whose row names the same unit
    if occurrence is not None:
        occurrence.unit_id, occurrence.origin_unit_id = due.unit_id, due.origin_unit_id
        occurrence.save(update_fields=["unit", "origin_unit"])
        report = getattr(occurrence, "submission", None)
        if report is not None:  # what was written goes along
            about = due.unit_id if report.about_id == report.unit_id else report.about_id
            rows = type(report)._default_manager.filter(pk=report.pk)
            rows.update(unit_id=due.unit_id, about_id=about, version=F("version") + 1)
