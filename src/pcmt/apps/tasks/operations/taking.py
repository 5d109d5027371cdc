"""A unit takes a due item on, or says that it is not its to do; who gave it answers; the unit names who holds it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.notices.models import Reason
from pcmt.apps.plans.operations import let_see
from pcmt.apps.tasks.models import LIVE, DueItem, DueState, NoteEvent
from pcmt.apps.tasks.operations.holding import held, stale, take_on, write_note, written
from pcmt.apps.tasks.operations.moving import hand_over
from pcmt.apps.tasks.operations.telling import tell_giver, tell_unit
from pcmt.apps.tasks.policies import can_report, gave, owes
from pcmt.apps.tasks.queries import may_hold, may_owe
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import share_tree
from pcmt.core.diagnostics import Refusal


def acknowledge(*, actor: Actor, at: datetime, due_item_id: int, version: int) -> DueItem | Refusal:
    """The unit that owes a due item takes it on; once. Whoever asked to give it back takes that word back with it."""
    with transaction.atomic():
        got = held(actor, due_item_id, may=owes, refusal=_not_ours)
        if isinstance(got, Refusal):
            return got
        due, _task = got
        if due.acknowledged_at is not None and due.declined_at is None:
            return due  # a colleague was first: it is what this person wanted
        if due.version != version:
            return stale(due)
        if due.state not in LIVE:
            return _settled()
        withdrawn = due.declined_at is not None
        take_on(actor, at, due)
        due.version += 1
        due.save(update_fields=["acknowledged_at", "declined_at", "changed_at", "version"])
        write_note(actor, at, due, NoteEvent.ACKNOWLEDGED, "")
        if withdrawn:
            tell_giver(actor=actor, at=at, due=due, reason=Reason.CHANGED, what=f"{actor.unit_name} nhận việc")
        record(at=at, actor=actor, event="tasks.due.acknowledged", obj=due)
    return due


def decline(*, actor: Actor, at: datetime, due_item_id: int, version: int, reason: str) -> DueItem | Refusal:
    """The unit says that it is not its to do, and why. It owes it until who gave it has answered."""
    words = written(reason, "reason", _("Nhập lý do đề nghị giao lại."))
    if isinstance(words, Refusal):
        return words
    with transaction.atomic():
        got = held(actor, due_item_id, may=owes, refusal=_not_ours)
        if isinstance(got, Refusal):
            return got
        due, _task = got
        if due.version != version:
            return stale(due)
        if due.state != DueState.OPEN:
            return _settled()
        if due.declined_at is not None:
            message = _("Đơn vị đã đề nghị giao lại việc này và đang chờ trả lời.")
            return Refusal(code="declined", message=message)
        due.declined_at = due.changed_at = at
        due.version += 1
        due.save(update_fields=["declined_at", "changed_at", "version"])
        write_note(actor, at, due, NoteEvent.DECLINED, words)
        what = f"{actor.unit_name} đề nghị giao lại"
        tell_giver(actor=actor, at=at, due=due, reason=Reason.DECLINED, what=what)
        record(at=at, actor=actor, event="tasks.due.declined", obj=due, reason=words)
    return due


def answer_decline(
    *, actor: Actor, at: datetime, due_item_id: int, version: int, answer: str, unit_id: int | None = None
) -> DueItem | Refusal:
    """Who gave it answers a body that asked to be spared: it stays as it is, or goes to another unit (`unit_id`).

    The words are kept with the item and reach the body that asked. Given to another unit it keeps its limit, its parts
    and its first body (`origin_unit`); it is new to that unit: not acknowledged, in nobody's hand.
    """
    words = written(answer, "answer", _("Nhập ý kiến trả lời."))
    if isinstance(words, Refusal):
        return words
    with transaction.atomic():
        share_tree()  # a unit that is chosen now must not end before this is written
        got = held(actor, due_item_id, may=gave, refusal=_not_giver)
        if isinstance(got, Refusal):
            return got
        due, _task = got
        if due.version != version:
            return stale(due)
        if due.declined_at is None:
            message = _("Việc này không còn đề nghị giao lại nào chờ trả lời.")
            return Refusal(code="not_declined", message=message)
        if due.state != DueState.OPEN:
            return _settled()
        before_id = due.unit_id
        due.declined_at, due.changed_at = None, at
        if unit_id is None:
            due.version += 1
            due.save(update_fields=["declined_at", "changed_at", "version"])
            write_note(actor, at, due, NoteEvent.ANSWERED, words)
            tell_unit(
                actor=actor, at=at, due=due, unit_id=before_id, reason=Reason.DECIDED, what="Đơn vị vẫn làm việc này"
            )
            record(at=at, actor=actor, event="tasks.due.insisted", obj=due, reason=words)
            return due
        target = may_owe(due, timezone.localdate(at)).filter(pk=unit_id).first()
        if target is None:
            message = _("Không giao được cho đơn vị này. Chọn một đơn vị khác trong phạm vi của kế hoạch.")
            return Refusal(code="unit", message=message, field="unit")
        told = _reassign(actor, at, due, target, words)
        record(at=at, actor=actor, event="tasks.due.reassigned", obj=due, before=told[0], after=told[1], reason=words)
    return due


def _reassign(actor: Actor, at: datetime, due: DueItem, target: Unit, words: str) -> tuple[dict[str, str], ...]:
    """Let it go over; the unit that loses it is told why, the new one that it owes it."""
    before_id = due.unit_id
    source = due.unit.name if due.unit else due.unit_name
    write_note(actor, at, due, NoteEvent.ANSWERED, words)
    due.acknowledged_at, due.holder = None, None
    due.save(update_fields=["declined_at", "acknowledged_at", "holder", "changed_at"])
    hand_over(due, target, at=at)
    let_see(due.plan_id, [target.pk])
    gone_to = f"Việc chuyển cho {target.name}"
    tell_unit(actor=actor, at=at, due=due, unit_id=before_id, reason=Reason.DECIDED, what=gone_to)
    tell_unit(actor=actor, at=at, due=due, unit_id=target.pk, reason=Reason.ASSIGNED, what="Được giao việc")
    return {"body": source}, {"body": target.name}


def name_holder(
    *, actor: Actor, at: datetime, due_item_id: int, version: int, holder_id: int | None
) -> DueItem | Refusal:
    """Say who in the unit has a due item in hand; None: nobody in particular. The person is told."""
    with transaction.atomic():
        got = held(actor, due_item_id, may=can_report, refusal=_not_ours)
        if isinstance(got, Refusal):
            return got
        due, _task = got
        if due.holder_id == holder_id:
            return due
        if due.version != version:
            return stale(due)
        if due.state not in LIVE:
            return _settled()
        person = None
        if holder_id is not None:
            person = may_hold(due.unit_id, timezone.localdate(at)).filter(pk=holder_id).first()
            if person is None:
                message = _("Người này không có vai trò ở đơn vị phải làm việc. Chọn người khác.")
                return Refusal(code="holder", message=message, field="holder")
        before = due.holder.get_full_name() if due.holder else ""
        take_on(actor, at, due)
        due.holder = person
        due.version += 1
        due.save(update_fields=["holder", "acknowledged_at", "declined_at", "changed_at", "version"])
        name = person.get_full_name() if person else ""
        write_note(actor, at, due, NoteEvent.HELD, name or "Không còn giao riêng cho ai")
        if person:
            tell_unit(
                actor=actor, at=at, due=due, unit_id=due.unit_id, reason=Reason.ASSIGNED,
                what="Phụ trách việc", roles=(), also=[person.pk],
            )  # fmt: skip
        record(at=at, actor=actor, event="tasks.due.held", obj=due, before={"holder": before}, after={"holder": name})
    return due


def _not_ours() -> Refusal:
    return Refusal(code="not_allowed", message=_("Chỉ đơn vị phải làm việc này được làm bước này."))


def _not_giver() -> Refusal:
    message = _("Chỉ cơ quan thường trực của kế hoạch, hoặc đơn vị đã giao phần việc này, được trả lời.")
    return Refusal(code="not_allowed", message=message)


def _settled() -> Refusal:
    return Refusal(code="settled", message=_("Việc này đã xong hoặc đang tạm dừng, không làm được bước này."))
