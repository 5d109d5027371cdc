"""Deciding, editing, adding and undoing items. Two people may work at once; nobody's work is overwritten unseen."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.contract import FIELDS, PREFIXES, faults
from pcmt.apps.plans.models import Clause, Item, ItemChange, ItemOrigin, ItemState, Revision
from pcmt.apps.plans.operations.bodies import refresh_bodies
from pcmt.apps.plans.operations.common import held_for_review, not_in_review, touch
from pcmt.apps.plans.queries.review import change_words
from pcmt.core.diagnostics import Problem, Refusal

NAMES_BODIES = {"assignments", "tasks", "allocations", "reporting_duties", "projects"}


def decide_item(*, actor: Actor, at: datetime, item_id: int, version: int, state: str) -> Item | Refusal:
    """Accept, reject or put back an item. Accepting a task also accepts the heading that names its bodies."""
    if state not in ItemState.values:
        return Refusal(code="state", message=_("Chọn nhận, bỏ hoặc để lại."), field="state")
    with transaction.atomic():
        held = _held(actor, item_id)
        if isinstance(held, Refusal):
            return held
        revision, item = held
        if item.version != version:
            # Pressing twice, or two people of one mind: what was asked for is already so.
            return item if item.state == state else _stale(item)
        if item.state == state:
            return item
        changed = [item]
        if state == ItemState.ACCEPTED:
            changed += _headings(revision, [item])
        _write(actor, at, revision, [(each, {"state": state}) for each in changed])
        record(
            at=at, actor=actor, event="plans.item.decided", obj=item, after={"state": state, "revision": revision.pk}
        )
    return item


def edit_item(
    *,
    actor: Actor,
    at: datetime,
    item_id: int,
    version: int,
    edits: Mapping[str, Any],
    span: tuple[int, int] | None = None,
) -> Item | Refusal:
    """Put an item right: fields by the contract's names, and its place. What a person put right is thereby accepted."""
    with transaction.atomic():
        held = _held(actor, item_id, whole=span is not None)
        if isinstance(held, Refusal):
            return held
        revision, item = held
        if item.version != version:
            return _stale(item)
        wrong = _faults(item.list_name, {**item.values, **edits}, edits)
        if wrong:
            return wrong
        new: dict[str, Any] = {"state": ItemState.ACCEPTED}
        laid = {**item.edits, **edits}
        new["edits"] = {name: value for name, value in laid.items() if item.facts.get(name) != value}
        if span is not None:
            placed = _place(revision, span)
            if isinstance(placed, Refusal):
                return placed
            new |= placed
        before = item.values
        _write(actor, at, revision, [(item, new)])
        record(
            at=at,
            actor=actor,
            event="plans.item.edited",
            obj=item,
            before={name: before.get(name) for name in edits},
            after={**edits, "revision": revision.pk},
        )
    return item


def add_item(
    *,
    actor: Actor,
    at: datetime,
    revision_id: int,
    list_name: str,
    start: int,
    end: int,
    facts: Mapping[str, Any],
) -> Item | Refusal:
    """Make an item of a selection of the text. It is accepted at once: a person made it."""
    if list_name not in FIELDS:
        return Refusal(code="list", message=_("Chọn loại mục: chỉ tiêu, nhiệm vụ, thời hạn..."), field="list_name")
    with transaction.atomic():
        revision = held_for_review(actor, revision_id, whole=True)
        if isinstance(revision, Refusal):
            return revision
        wrong = _faults(list_name, facts, FIELDS[list_name].keys() & facts.keys())
        if wrong:
            return wrong
        placed = _place(revision, (start, end))
        if isinstance(placed, Refusal):
            return placed
        keys = Item.objects.filter(revision=revision, list_name=list_name).values_list("key", flat=True)
        number = 1 + max((int(key[1:]) for key in keys if key[1:].isdigit()), default=0)
        item = Item(
            revision=revision,
            list_name=list_name,
            key=f"{PREFIXES[list_name]}{number}",
            facts={},
            edits={name: value for name, value in facts.items() if name in FIELDS[list_name]},
            confidence=1.0,
            state=ItemState.ACCEPTED,
            origin=ItemOrigin.PERSON,
            decided_by_id=actor.user_id,
            decided_at=at,
            **placed,
        )
        item.save()
        number = touch(revision)
        ItemChange.objects.create(
            item=item,
            batch=uuid.uuid4(),
            before=None,
            after=_snapshot(item),
            actor_id=actor.user_id,
            at=at,
            item_version=item.version,
            revision_version=number,
        )
        if list_name in NAMES_BODIES:
            refresh_bodies(revision, at=at)
        record(
            at=at,
            actor=actor,
            event="plans.item.added",
            obj=item,
            after={"list": list_name, "revision": revision.pk, **item.edits},
        )
    return item


def accept_confident(
    *,
    actor: Actor,
    at: datetime,
    revision_id: int,
    threshold: float,
    list_names: Sequence[str] = (),
    item_ids: Sequence[int] | None = None,
) -> list[Item] | Refusal:
    """Accept every undecided item from a confidence on, of some lists or items or of all; one act, undone as one."""
    with transaction.atomic():
        revision = held_for_review(actor, revision_id)
        if isinstance(revision, Refusal):
            return revision
        waiting = Item.objects.filter(
            revision=revision, state=ItemState.PROPOSED, confidence__gte=threshold, list_name__in=list_names or PREFIXES
        )
        items = list(waiting if item_ids is None else waiting.filter(pk__in=item_ids))
        if not items:
            return []
        items += _headings(revision, items)
        _write(actor, at, revision, [(item, {"state": ItemState.ACCEPTED}) for item in items])
        record(
            at=at,
            actor=actor,
            event="plans.items.accepted",
            obj=revision,
            after={"count": len(items), "threshold": threshold, "lists": list(list_names)},
        )
    return items


def undo(*, actor: Actor, at: datetime, revision_id: int) -> list[Item] | Refusal:
    """Take back the actor's own last act in this review, whole. What somebody else changed since is left as it is."""
    with transaction.atomic():
        revision = held_for_review(actor, revision_id)
        if isinstance(revision, Refusal):
            return revision
        mine = ItemChange.objects.filter(item__revision=revision, actor_id=actor.user_id, undone_at__isnull=True)
        last = mine.order_by("-pk").first()
        if last is None:
            return Refusal(code="nothing", message=_("Không còn thao tác nào của bạn để hoàn tác."))
        changes = list(mine.filter(batch=last.batch).select_related("item"))
        ItemChange.objects.filter(pk__in=[change.pk for change in changes]).update(undone_at=at)
        later = ItemChange.objects.filter(
            item__in=[change.item_id for change in changes], pk__gt=max(change.pk for change in changes)
        )
        moved = later.filter(undone_at__isnull=True).select_related("actor", "item").order_by("-pk").first()
        if moved:
            return Refusal(
                code="changed_since",
                message=_("Không hoàn tác được: %(change)s sau đó. Lần bấm sau sẽ hoàn tác việc trước nữa.")
                % {"change": change_words(moved)},
                ref=moved.item_id,
            )
        back = []
        for change in changes:
            # An item that a person added is not taken out of the record but rejected.
            before = change.before if change.before is not None else {"state": ItemState.REJECTED}
            back.append((change.item, {**before}))
        _write(actor, at, revision, back, undone_at=at)
        record(
            at=at, actor=actor, event="plans.items.undone", obj=revision, after={"items": [c.item.key for c in changes]}
        )
    return [change.item for change in changes]


def _held(actor: Actor, item_id: int, *, whole: bool = False) -> tuple[Revision, Item] | Refusal:
    revision_id = Item.objects.filter(pk=item_id).values_list("revision_id", flat=True).first()
    if revision_id is None:
        return not_in_review()
    revision = held_for_review(actor, revision_id, whole=whole)
    if isinstance(revision, Refusal):
        return revision
    # The revision is locked: nobody else can be changing the item now.
    return revision, Item.objects.get(pk=item_id)


def _stale(item: Item) -> Refusal:
    last = ItemChange.objects.filter(item=item).select_related("actor", "item").order_by("-pk").first()
    what = change_words(last) if last else _("Mục này vừa được sửa")
    return Refusal(code="stale", message=_("%(what)s. Xem lại rồi làm tiếp.") % {"what": what}, ref=item.pk)


def _faults(list_name: str, values: Mapping[str, Any], given: Any) -> Refusal | None:
    found = [Problem(code="value", message=message, about=field) for field, message in faults(list_name, values, given)]
    if not found:
        return None
    return Refusal(code="value", message=found[0].message, field=found[0].about, problems=tuple(found))


def _place(revision: Revision, span: tuple[int, int]) -> dict[str, Any] | Refusal:
    """The place of a selection without blanks at its ends, with its line and the clause it stands in."""
    start, end = max(span[0], 0), min(span[1], len(revision.text))
    words = revision.text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    if start >= end:
        return Refusal(code="empty", message=_("Bôi đen một đoạn chữ trong văn bản."), field="start")
    begun = Clause.objects.filter(revision=revision, start__lte=start)
    return {
        "start": start,
        "end": end,
        "text": revision.text[start:end],
        "line": revision.text.count("\n", 0, start) + 1,
        "clause": begun.order_by("-start", "-order").first(),
    }


def _headings(revision: Revision, items: Sequence[Item]) -> list[Item]:
    """The undecided assignments under which the given tasks stand."""
    refs = {item.values.get("assignment_ref") for item in items if item.list_name == "tasks"} - {None}
    if not refs:
        return []
    given = {item.pk for item in items}
    found = Item.objects.filter(
        revision=revision, list_name="assignments", key__in=refs, state=ItemState.PROPOSED
    ).exclude(pk__in=given)
    return list(found)


def _snapshot(item: Item) -> dict[str, Any]:
    """What a change may change, as JSON values."""
    return {
        "state": str(item.state),
        "edits": item.edits,
        "start": item.start,
        "end": item.end,
        "text": item.text,
        "line": item.line,
        "clause_id": item.clause_id,
    }


def _write(
    actor: Actor,
    at: datetime,
    revision: Revision,
    changes: Sequence[tuple[Item, Mapping[str, Any]]],
    *,
    undone_at: datetime | None = None,
) -> None:
    """Write new values of items of a held revision as one act, with its record."""
    number = touch(revision)
    batch = uuid.uuid4()
    rows = []
    names = False
    for item, new in changes:
        before = _snapshot(item)
        for name, value in new.items():
            setattr(item, name, value)
        item.version += 1
        item.decided_by_id, item.decided_at = actor.user_id, at
        rows.append(
            ItemChange(
                item=item,
                batch=batch,
                before=before,
                after=_snapshot(item),
                actor_id=actor.user_id,
                at=at,
                item_version=item.version,
                revision_version=number,
                undone_at=undone_at,
            )
        )
        # Only a changed value, or an item that leaves or comes back, changes which bodies are named.
        told = "edits" in new or ItemState.REJECTED in (before["state"], item.state)
        names = names or (told and item.list_name in NAMES_BODIES)
    Item.objects.bulk_update(
        [item for item, _new in changes],
        ["state", "edits", "start", "end", "text", "line", "clause", "version", "decided_by", "decided_at"],
        batch_size=100,
    )
    ItemChange.objects.bulk_create(rows, batch_size=200)
    if names:
        refresh_bodies(revision, at=at)
