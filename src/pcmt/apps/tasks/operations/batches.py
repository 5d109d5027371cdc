"""Many due items in one step: foreseen row by row, carried out together, undone as a whole.

A batch only calls the acts that people do one by one, with the version that was seen; what may be done, they know.
Foreseeing is carrying out and taking it back before anybody sees it: decision 0022.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import attrs
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import hold, record
from pcmt.apps.notices.models import Reason
from pcmt.apps.tasks.models import (
    Batch,
    BatchState,
    BatchWay,
    DueItem,
    Extension,
    ExtensionState,
    NoteEvent,
    Task,
)
from pcmt.apps.tasks.operations.acts import ACTS, carry
from pcmt.apps.tasks.operations.adoption import settle
from pcmt.apps.tasks.operations.holding import stale, write_note
from pcmt.apps.tasks.operations.telling import holder_of, tell_unit
from pcmt.apps.tasks.operations.touching import TOUCHED, touch
from pcmt.apps.tasks.policies import can_batch, can_report, gave
from pcmt.core.diagnostics import Refusal

MOST_ROWS = 1_000
"""Rows that one batch may change: what one person can have looked at, and some seconds of work."""
WAITING_KEPT = 20
"""So many unfinished batches of one person are kept; older ones are withdrawn when another is begun."""
NAMED = 5
"""So many items that stand in the way of undoing are named."""

DONE, SAME, REFUSED = "done", "same", "refused"
OUTCOMES = (DONE, REFUSED, SAME)

SHOWN = ("percent", "state", "done_on", "due_on", "holder_id")
"""Fields whose change a preview shows, and by which it is told whether it still holds."""
RESTORED = (
    *SHOWN,
    *("done_at", "acknowledged_at", "declined_at", "returned_at", "suspended_on", "limit", "limit_text"),
)
"""Fields that undoing brings back."""
DAYS_AND_TIMES: Mapping[str, Callable[[str], date]] = {
    **dict.fromkeys(("done_on", "due_on", "suspended_on"), date.fromisoformat),
    **dict.fromkeys(("done_at", "acknowledged_at", "declined_at", "returned_at"), datetime.fromisoformat),
}


@attrs.frozen
class Row:
    """What is said about one due item: the version that was seen, and values by field.

    Fields: percent (0 to 100), done_on (ISO day), note, holder_id (None: nobody). What is absent stays as it is.
    """

    due_id: int
    version: int
    said: Mapping[str, Any]


@attrs.frozen
class Saved:
    """What became of rows that were typed: one outcome each, and the batch, if anything was changed."""

    batch: Batch | None
    outcomes: Sequence[Mapping[str, Any]]


def start_batch(*, actor: Actor, at: datetime, act: str, items: Sequence[tuple[int, int]]) -> Batch | Refusal:
    """Take note of the due items that an act is meant for, each with the version that was seen. Nothing is done yet."""
    if not can_batch(actor):
        return not_allowed()
    if act not in ACTS:
        return Refusal(code="act", message=_("Chọn một việc làm trong danh sách."), field="act")
    if not items:
        return Refusal(code="nothing", message=_("Chưa chọn dòng nào. Đánh dấu các dòng cần làm rồi chọn lại."))
    if len(items) > MOST_ROWS:
        return too_many(len(items))
    rows = [{"due": due_id, "version": version} for due_id, version in dict(items).items()]
    with transaction.atomic():
        batch = new_batch(actor, at, way=BatchWay.CHOSEN, act=act, rows=rows)
        record(at=at, actor=actor, event="tasks.batch.begun", obj=batch, after={"dues": len(rows)})
    return batch


def check_batch(*, actor: Actor, at: datetime, batch_id: int, given: Mapping[str, Any]) -> Batch | Refusal:
    """Say what is meant for all rows, and foresee what becomes of each: done, refused with the reason, or the same."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).visible_to(actor).get(pk=batch_id)
        refused = _not_now(actor, batch)
        if refused is not None:
            return refused
        batch.given = dict(given)
        foresee(actor, at, batch)
        batch.save(update_fields=["given", "outcomes", "counts", "seen"])
        _looked(actor, at, batch)
    return batch


def carry_out(*, actor: Actor, at: datetime, batch_id: int, seen: str) -> Batch | Refusal:
    """Do it, all rows that can be done in one step.

    `seen` is the digest of the outcomes that the person agreed to: where they are others by now, nothing is done, and
    the batch holds the new ones.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).visible_to(actor).get(pk=batch_id)
        refused = _not_now(actor, batch)
        if refused is not None:
            return refused
        with transaction.atomic():
            _carry(actor, at, batch)
            wrong = _not_as_seen(batch, seen)
            if wrong is not None:
                transaction.set_rollback(True)
        if wrong is not None:
            batch.save(update_fields=["outcomes", "counts", "seen"])
            _looked(actor, at, batch)
            return wrong
        _close(actor, at, batch)
    return batch


def save_rows(*, actor: Actor, at: datetime, rows: Sequence[Row]) -> Saved | Refusal:
    """Save what was typed into a table, row by row: refused rows do not hold up the others."""
    if not can_batch(actor):
        return not_allowed()
    if len(rows) > MOST_ROWS:
        return too_many(len(rows))
    stored = [{"due": row.due_id, "version": row.version, "said": dict(row.said)} for row in rows]
    with transaction.atomic():
        batch = new_batch(actor, at, way=BatchWay.TYPED, rows=stored)
        _carry(actor, at, batch)
        if not batch.counts[DONE]:
            transaction.set_rollback(True)
            return Saved(None, batch.outcomes)
        _close(actor, at, batch)
    return Saved(batch, batch.outcomes)


def undo_batch(*, actor: Actor, at: datetime, batch_id: int, reason: str = "") -> Batch | Refusal:
    """Take a batch back: every due item that nobody changed since is as it was before. The others stay as they are.

    Refused where nothing is left to take back. What people were told meanwhile they know; the history says both.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).visible_to(actor).get(pk=batch_id)
        if not can_batch(actor):
            return not_allowed()
        if batch.state != BatchState.DONE:
            return Refusal(code="not_done", message=_("Loạt này không còn gì để hoàn tác."))
        kept = {row["due"]: row for row in batch.touched}
        tasks, dues = _lock(kept)
        hold(at)
        stays: dict[int, str] = {}
        for due in dues:
            row = kept[due.pk]
            if due.version != row["version"]:
                stays[due.pk] = stale(due).message
            elif not (can_report(actor, due) or gave(actor, due)):
                stays[due.pk] = not_allowed().message
            else:
                _restore(actor, at, due, row["before"])
                _restore_requests(due, row["asked"], at)
        if len(stays) == len(dues):
            return _moved_on(dues, stays)
        changed = {due.task_id for due in dues if due.pk not in stays}
        for task in tasks:
            if task.pk in changed:
                settle(task, list(DueItem.objects.filter(task=task)))
                task.save(update_fields=["state", "percent", "done_at", "version"])
        batch.state, batch.undone_at = BatchState.UNDONE, at
        batch.outcomes = [
            {**each, "undone": each["due"] not in stays, "stays": stays.get(each["due"], "")}
            if each["state"] == DONE
            else each
            for each in batch.outcomes
        ]
        batch.counts = {**batch.counts, "undone": len(dues) - len(stays), "stays": len(stays)}
        batch.save(update_fields=["state", "undone_at", "outcomes", "counts"])
        record(
            at=at,
            actor=actor,
            event="tasks.batch.undone",
            obj=batch,
            after={"dues": batch.counts["undone"], "stays": len(stays)},
            reason=reason,
        )
    return batch


def withdraw_batch(*, actor: Actor, at: datetime, batch_id: int) -> Batch | Refusal:
    """Give up a batch that was only looked at; what it held is not kept."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).visible_to(actor).get(pk=batch_id)
        refused = _not_now(actor, batch)
        if refused is not None:
            return refused
        empty(batch)
        record(at=at, actor=actor, event="tasks.batch.withdrawn", obj=batch, after={"file": batch.name})
    return batch


def new_batch(actor: Actor, at: datetime, **fields: Any) -> Batch:
    """Write a batch down; older ones of the same person that were left unfinished are withdrawn."""
    waiting = Batch.objects.filter(by_id=actor.user_id, state=BatchState.WAITING).order_by("-pk")
    for old in waiting[WAITING_KEPT - 1 :]:
        empty(old)
    return Batch.objects.create(owner_id=actor.unit_id, by_id=actor.user_id, at=at, **fields)


def empty(batch: Batch) -> None:
    """Withdraw a batch: its rows and cells go."""
    batch.state, batch.grid, batch.rows, batch.outcomes = BatchState.WITHDRAWN, [], [], []
    batch.save(update_fields=["state", "grid", "rows", "outcomes"])


def foresee(actor: Actor, at: datetime, batch: Batch) -> None:
    """Put into `batch` what would become of its rows: everything is done, looked at and taken back."""
    with transaction.atomic():
        _carry(actor, at, batch)
        transaction.set_rollback(True)
    batch.touched = []


def not_allowed() -> Refusal:
    """The refusal for who may not change due items."""
    return Refusal(code="not_allowed", message=_("Vai trò của bạn chỉ xem, không cập nhật được việc."))


def too_many(count: int) -> Refusal:
    """The refusal for more rows than one step takes."""
    message = _("Một lần làm tối đa %(most)d dòng, đang có %(count)d dòng. Lọc bớt rồi làm nhiều lần.")
    return Refusal(code="too_many", message=message % {"most": MOST_ROWS, "count": count})


def _not_now(actor: Actor, batch: Batch) -> Refusal | None:
    if not can_batch(actor):
        return not_allowed()
    if batch.state != BatchState.WAITING:
        return Refusal(code="over", message=_("Loạt này đã được thực hiện hoặc đã bỏ."))
    return None


def _not_as_seen(batch: Batch, seen: str) -> Refusal | None:
    if batch.seen != seen:
        message = _("Có việc đã thay đổi từ lúc bạn xem trước. Xem lại kết quả dưới đây rồi thực hiện.")
        return Refusal(code="stale", message=message)
    if not batch.counts[DONE]:
        return Refusal(code="nothing", message=_("Không có dòng nào làm được."))
    return None


def _carry(actor: Actor, at: datetime, batch: Batch) -> None:
    """Do what can be done of a batch, inside the caller's transaction; say it in `outcomes`, `touched` and so on."""
    named = [row["due"] for row in batch.rows if "due" in row]
    family = _family(named)
    _lock(family)
    hold(at)
    before, asked = _values(family), _requests(family)
    outcomes = [_one(actor, at, batch, row) for row in batch.rows]
    after = _values(family)
    for outcome in outcomes:
        if outcome["state"] == DONE:
            was, now = before[outcome["due"]], after[outcome["due"]]
            outcome["changes"] |= {name: [was[name], now[name]] for name in SHOWN if was[name] != now[name]}
            if not outcome["changes"] and was["version"] == now["version"]:
                outcome["state"] = SAME
    batch.touched = [
        {
            "due": pk,
            "before": {name: was[name] for name in RESTORED},
            "version": after[pk]["version"],
            "asked": asked.get(pk, []),
        }
        for pk, was in before.items()
        if was["version"] != after[pk]["version"]
    ]
    batch.outcomes = outcomes
    batch.counts = {state: sum(each["state"] == state for each in outcomes) for state in OUTCOMES}
    told = [[each.get("due"), each["state"], each.get("code"), each.get("changes")] for each in outcomes]
    batch.seen = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def _one(actor: Actor, at: datetime, batch: Batch, row: Mapping[str, Any]) -> dict[str, Any]:
    outcome: dict[str, Any] = {"due": row.get("due"), "state": SAME, "changes": {}}
    if row.get("wrong"):
        return outcome | {"state": REFUSED, "code": "cell", "message": row["wrong"][0]["message"]}
    said = batch.given if batch.act else row.get("said") or {}
    if not batch.act and not said:
        return outcome
    with transaction.atomic():
        answer = carry(batch.act, actor=actor, at=at, due_id=row["due"], version=row["version"], said=said)
        if isinstance(answer, Refusal):
            transaction.set_rollback(True)
    if isinstance(answer, Refusal):
        return outcome | {
            "state": REFUSED,
            "code": answer.code,
            "message": answer.message,
            "field": answer.field,
        }
    if said.get("note"):
        outcome["changes"]["note"] = ["", said["note"]]
    return outcome | {"state": DONE}


def _close(actor: Actor, at: datetime, batch: Batch) -> None:
    batch.state, batch.done_at, batch.grid = BatchState.DONE, at, []
    batch.save()
    record(
        at=at,
        actor=actor,
        event="tasks.batch.done",
        obj=batch,
        after={"dues": batch.counts[DONE], "refused": batch.counts[REFUSED], "file": batch.name},
    )


def _looked(actor: Actor, at: datetime, batch: Batch) -> None:
    """Log that somebody saw what would become of a batch."""
    foreseen = {"dues": batch.counts[DONE], "refused": batch.counts[REFUSED]}
    record(at=at, actor=actor, event="tasks.batch.checked", obj=batch, after=foreseen)


def _family(ids: Iterable[int]) -> set[int]:
    """Due items with the parts that were handed down from them and those they are parts of: they may change along."""
    found = set(ids)
    for link in ("parent__in", "parts__in"):
        newest = set(found)
        while newest:
            newest = set(DueItem.objects.filter(**{link: newest}).values_list("pk", flat=True)) - found
            found |= newest
    return found


def _lock(ids: Collection[int]) -> tuple[list[Task], list[DueItem]]:
    """The tasks and due items, locked in the order of their ids, so that two batches wait for each other."""
    of_items = DueItem.objects.filter(pk__in=ids, task__isnull=False).values("task_id")
    tasks = list(Task.objects.select_for_update(of=("self",)).filter(pk__in=of_items).order_by("pk"))
    dues = DueItem.objects.select_for_update(of=("self",)).select_related("plan").filter(pk__in=ids)
    return tasks, list(dues.order_by("pk"))


def _values(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    rows = DueItem.objects.filter(pk__in=ids).order_by("pk").values("pk", "version", *RESTORED)
    return {row["pk"]: {name: _stored(value) for name, value in row.items()} for row in rows}


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _restore(actor: Actor, at: datetime, due: DueItem, before: Mapping[str, Any]) -> None:
    was = {name: _stored(getattr(due, name)) for name in SHOWN}
    for name, value in before.items():
        setattr(due, name, DAYS_AND_TIMES[name](value) if value and name in DAYS_AND_TIMES else value)
    touch(due, at=at)
    due.save(update_fields=[*before, *TOUCHED])
    write_note(actor, at, due, NoteEvent.UNDONE, "")
    if due.unit_id != actor.unit_id:
        tell_unit(
            actor=actor, at=at, due=due, unit_id=due.unit_id, reason=Reason.CHANGED, what="Hoàn tác",
            also=holder_of(due),
        )  # fmt: skip
    changed = [name for name in ("percent", "state", "done_on", "due_on") if was[name] != before[name]]
    record(
        at=at,
        actor=actor,
        event="tasks.due.undone",
        obj=due,
        before={name: was[name] for name in changed},
        after={name: before[name] for name in changed},
    )


def _requests(ids: Collection[int]) -> dict[int, list[list[Any]]]:
    """The extensions of due items: id and state of each."""
    found: dict[int, list[list[Any]]] = {}
    for due_id, pk, state in (
        Extension.objects.filter(due_item__in=ids).order_by("pk").values_list("due_item_id", "pk", "state")
    ):
        found.setdefault(due_id, []).append([pk, state])
    return found


def _restore_requests(due: DueItem, asked: Sequence[Sequence[Any]], at: datetime) -> None:
    """Extensions that the batch gave are withdrawn; requests that it answered or dropped wait again."""
    known: dict[int, str] = {row[0]: row[1] for row in asked}
    for extension in Extension.objects.filter(due_item=due):
        before = known.get(extension.pk, ExtensionState.WITHDRAWN)
        if extension.state == before:
            continue
        extension.state, extension.until, extension.answer = before, None, ""
        waits = before == ExtensionState.WAITING
        extension.decided_at = None if waits else at
        if waits:
            extension.decided_by_id, extension.decided_by_name = None, ""
        extension.save()


def _moved_on(dues: Sequence[DueItem], stays: Mapping[int, str]) -> Refusal:
    said = " ".join(f"“{due.label[:60]}”: {stays[due.pk]}" for due in dues[:NAMED])
    more = len(dues) - NAMED
    if more > 0:
        said += " " + ngettext("Và %(more)d việc nữa.", "Và %(more)d việc nữa.", more) % {"more": more}
    return Refusal(code="moved_on", message=_("Không hoàn tác được: %(why)s") % {"why": said})
