"""Steps of the law that no paper of the file settles: somebody says when each was done, or why nobody owes it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.registers.models import Clock, ClockKind
from pcmt.apps.registers.operations import clocks
from pcmt.apps.registers.operations.writing import own_row, stale
from pcmt.apps.tasks.models import DueState
from pcmt.core.diagnostics import Refusal

REASONS = {
    "mistake": "Mở nhầm",
    "elsewhere": "Nơi khác có thẩm quyền đã làm",
    "not_applicable": "Không thuộc trường hợp phải làm",
}
"""Why a step is owed no more: chosen, never typed. What is stored is Vietnamese."""


def finish_step(*, actor: Actor, at: datetime, clock_id: int, version: int, done_at: datetime) -> Clock | Refusal:
    """A step was done at a moment; done after its limit it stays late. What follows by law opens from that moment."""
    with transaction.atomic():
        clock = _own_step(actor, clock_id, version)
        if isinstance(clock, Refusal):
            return clock
        if done_at > at:
            return Refusal(code="future", message=_("Thời điểm này chưa tới."), field="done_at")
        if done_at < clock.opened_at and clock.limit not in clocks.LAST_DAYS and not _counts_back(clock):
            return Refusal(code="too_early", message=_("Thời điểm này trước khi bước này bắt đầu."), field="done_at")
        clocks.settle(clock.subject, clock.limit, done_at, spell=clock.spell)
        told = {"limit": clock.limit, "done_at": done_at}
        record(at=at, actor=actor, event="registers.step.done", obj=clock.subject, after=told)
        clock.refresh_from_db()
    return clock


def drop_step(*, actor: Actor, at: datetime, clock_id: int, version: int, why: str) -> Clock | Refusal:
    """Nobody owes a step, for a reason of `REASONS`."""
    with transaction.atomic():
        clock = _own_step(actor, clock_id, version)
        if isinstance(clock, Refusal):
            return clock
        if why not in REASONS:
            return Refusal(code="no_reason", message=_("Chọn lý do."), field="why")
        clocks.void(clock.subject, clock.limit, at=at, spell=clock.spell)
        told = {"limit": clock.limit}
        record(at=at, actor=actor, event="registers.step.dropped", obj=clock.subject, before=told, reason=REASONS[why])
        clock.refresh_from_db()
    return clock


def _own_step(actor: Actor, clock_id: int, version: int) -> Clock | Refusal:
    found = own_row(actor, Clock, clock_id)
    if isinstance(found, Refusal):
        return found
    clock: Clock = found[0]
    if clock.kind != ClockKind.STEP or clock.state != DueState.OPEN:
        return Refusal(code="settled", message=_("Bước này đã xong hoặc không tự đánh dấu được."))
    return stale(clock, version) or clock


def _counts_back(clock: Clock) -> bool:
    """Whether it is due before the moment from which it counts: before the end of a term."""
    return clock.due_on < timezone.localdate(clock.opened_at)
