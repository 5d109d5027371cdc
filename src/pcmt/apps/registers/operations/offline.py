"""Entries made without a connection: taken once each, each for itself; what cannot simply be kept goes to a person."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import attrs
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.registers.models import (
    ConflictState,
    Device,
    DrugTest,
    OfflineConflict,
    ResidenceCheck,
    Spell,
    SpellState,
    Subject,
)
from pcmt.apps.registers.operations.testing import record_residence, record_test
from pcmt.apps.registers.vault import seal, unseal
from pcmt.core.diagnostics import Refusal

log = logging.getLogger(__name__)

CONTEXT = "registers.OfflineConflict:{}"
LATEST = timedelta(days=31)
"""An entry that waited on a device for longer is not believed without a person looking at it."""
PLANNED = "plan"
"""The ground of tests on a device: those of today's list are due by a plan's setting."""


@attrs.frozen
class Entry:
    """One thing entered on a device. `key` makes it count once; `seen` is what the device knew of the file."""

    key: UUID
    kind: str
    code: str
    on: date
    result: str
    sample: str = "urine"
    substances: tuple[str, ...] = ()
    seen: str = ""

    def data(self) -> dict[str, Any]:
        """As JSON, to be sealed."""
        return {**attrs.asdict(self), "key": str(self.key), "on": self.on.isoformat()}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Entry:
        """What `data` gave."""
        known = {**data, "key": UUID(data["key"]), "on": date.fromisoformat(data["on"])}
        return cls(**{**known, "substances": tuple(known.get("substances", ()))})


@attrs.frozen
class Sent:
    """What became of an entry: saved, already (sent before), conflict (a person will look), refused; in words."""

    key: UUID
    state: str
    words: str


def add_device(*, actor: Actor, at: datetime) -> Device:
    """A browser takes today's list along, until the day is over."""
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    until = timezone.make_aware(datetime.combine(tomorrow, time()))
    with transaction.atomic():
        made = Device.objects.create(user_id=actor.user_id, unit_id=actor.unit_id, made_at=at, until=until)
        record(at=at, actor=actor, event="registers.device.filled", obj=made, after={"until": until.isoformat()})
    return made


def devices_left(*, user_id: int, at: datetime) -> int:
    """Somebody signs out: browsers wipe themselves then. How many were open."""
    return Device.objects.filter(user_id=user_id, wiped_at__isnull=True).update(wiped_at=at)


def mark_of(spells: Sequence[Spell]) -> str:
    """What a device remembers of how a file stood: its open statuses."""
    return ",".join(f"{each.pk}{each.state[0]}" for each in spells if each.state != SpellState.ENDED)


def take_entries(*, actor: Actor, at: datetime, entries: Sequence[Entry]) -> list[Sent]:
    """Each entry in a transaction of its own: one that fails, for whatever reason, holds up no other."""
    return [_taken(actor, at, entry) for entry in entries]


def _taken(actor: Actor, at: datetime, entry: Entry) -> Sent:
    try:
        with transaction.atomic():
            return _take(actor, at, entry)
    except Exception:  # a bug in one entry must not lose those behind it; the entry stays on the device
        log.exception("offline entry failed")
        return Sent(entry.key, "refused", _("Chưa ghi được mục này. Mục vẫn ở trên thiết bị; báo người quản trị."))


def _take(actor: Actor, at: datetime, entry: Entry) -> Sent:
    rows = DrugTest if entry.kind == "test" else ResidenceCheck
    if rows.objects.filter(key=entry.key).exists() or OfflineConflict.objects.filter(key=entry.key).exists():
        return Sent(entry.key, "already", _("Đã gửi từ trước."))
    subject = Subject.objects.filter(code=entry.code).select_related("merged_into").first()
    if subject is None:
        return Sent(entry.key, "refused", _("Không còn hồ sơ mang mã này."))
    subject = subject.merged_into or subject  # two files became one: what was entered belongs to that one
    reason = _conflict(actor, at, entry, subject)
    if reason:
        kept = seal(entry.data(), CONTEXT.format(entry.key))
        made = OfflineConflict.objects.create(
            key=entry.key, subject=subject, kind=entry.kind, reason=reason, sealed=kept.data, key_id=kept.key_id, at=at,
            user_id=actor.user_id,
        )  # fmt: skip
        record(at=at, actor=actor, event="registers.conflict.opened", obj=made, after={"reason": reason})
        return Sent(entry.key, "conflict", REASONS[reason]())
    refused = _write(actor, at, entry, subject)
    return Sent(entry.key, "refused", refused.message) if refused else Sent(entry.key, "saved", _("Đã ghi."))


REASONS = {
    "moved": lambda: _("Hồ sơ đã chuyển sang nơi khác: nơi đó sẽ xem."),
    "ended": lambda: _("Hồ sơ đã kết thúc hoặc tạm đình chỉ quản lý từ khi tải danh sách: chờ người xem."),
    "same_day": lambda: _("Trong ngày đã có một lần xét nghiệm khác được ghi: chờ người xem."),
    "old": lambda: _("Mục này đã nằm trên thiết bị quá lâu: chờ người xem."),
}
"""What stands in the way of an entry, in words."""


def _conflict(actor: Actor, at: datetime, entry: Entry, subject: Subject) -> str:
    """Why a person has to look at the entry first; "" when nothing stands in the way."""
    if not Subject.objects.visible_to(actor).filter(pk=subject.pk).exists():
        return "moved"
    if entry.on < timezone.localdate(at) - LATEST:
        return "old"
    spells = list(subject.spells.order_by("pk"))
    if entry.seen and entry.seen != mark_of(spells) and not any(each.state == SpellState.ACTIVE for each in spells):
        return "ended"
    if entry.kind == "test":
        others = DrugTest.objects.filter(subject=subject, on=entry.on, sample=entry.sample, voided_at__isnull=True)
        if others.exists():
            return "same_day"
    return ""


def _write(actor: Actor, at: datetime, entry: Entry, subject: Subject, *, again: bool = False) -> Refusal | None:
    if entry.kind == "test":
        made: object = record_test(
            actor=actor, at=at, key=entry.key, code=subject.code, on=entry.on, ground=PLANNED, sample=entry.sample,
            result=entry.result, substances=entry.substances if entry.result == "positive" else (), again=again,
        )  # fmt: skip
    else:
        made = record_residence(actor=actor, at=at, key=entry.key, code=subject.code, on=entry.on, found=entry.result)
    return made if isinstance(made, Refusal) else None


def entry_of(conflict: OfflineConflict) -> Entry:
    """What was entered on the device."""
    return Entry.of(unseal(conflict.sealed, conflict.key_id, CONTEXT.format(conflict.key)))


def decide_conflict(
    *, actor: Actor, at: datetime, conflict_id: int, version: int, keep: bool
) -> OfflineConflict | Refusal:
    """A person has looked: keep the entry as it was made, or drop it. Either way what it held is destroyed."""
    with transaction.atomic():
        row = (
            OfflineConflict.objects.visible_to(actor)
            .select_for_update(of=("self",))
            .select_related("subject")
            .filter(pk=conflict_id)
            .first()
        )
        if row is None or not actor.changes_below("registers.OfflineConflict"):
            return Refusal(code="not_allowed", message=_("Chỉ người giữ hồ sơ này quyết định được."))
        if row.version != version or row.state != ConflictState.OPEN:
            return Refusal(code="stale", message=_("Mục này vừa có người xem. Tải lại trang."))
        if keep:
            refused = _write(actor, at, entry_of(row), row.subject, again=True)
            if refused:
                return refused
        row.state = ConflictState.KEPT if keep else ConflictState.DROPPED
        row.decided_at, row.decided_by_id, row.version = at, actor.user_id, row.version + 1
        row.sealed, row.key_id = b"", ""
        row.save()
        record(at=at, actor=actor, event="registers.conflict.decided", obj=row, after={"state": row.state})
    return row
