"""Entries made in the field without a connection: each taken once, each for itself; doubts go to a person.

What a device sends was true for the device: the unit may have merged since, the kind may be retired, its clock may be
wrong. Whatever cannot simply be recorded is kept as an `OfflineEntry` for a person to keep, correct or drop, so that
the device may forget it; only what no unit could ever look at stays on the device.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, Grant, User
from pcmt.apps.activities.models import EntryState, Event, Kind, OfflineEntry, Place, Way
from pcmt.apps.activities.operations.events import KeptFile, record_event
from pcmt.apps.activities.policies import areas, can_record_for, shown_to
from pcmt.apps.audit.operations import record
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import share_tree
from pcmt.apps.units.queries import heirs_on
from pcmt.core.diagnostics import Refusal

log = logging.getLogger(__name__)

LATEST = timedelta(days=31)
"""An entry about a day longer ago was lying on a device for long, or its day is wrong: a person looks at it."""


@attrs.frozen(kw_only=True)
class FieldEntry:
    """One event as a device tells it. `key` makes it count once; `number` is the version of the kind that it knew."""

    key: UUID
    kind: str
    number: int
    body_id: int
    area_id: int
    on: date
    time: str = ""
    title: str = ""
    where: str = ""
    typed: Mapping[str, Any] = attrs.field(factory=dict)
    place_ids: tuple[int, ...] = ()
    evidence: tuple[KeptFile, ...] = ()

    def data(self) -> dict[str, Any]:
        """As JSON, for the row that waits."""
        return {**attrs.asdict(self), "key": str(self.key), "on": self.on.isoformat()}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> FieldEntry:
        """What `data` gave."""
        evidence = tuple(KeptFile(**each) for each in data["evidence"])
        known = {"key": UUID(data["key"]), "on": date.fromisoformat(data["on"]), "evidence": evidence}
        return cls(**{**data, **known, "place_ids": tuple(data["place_ids"])})


@attrs.frozen
class Taken:
    """What became of an entry: saved, already (sent before), look (a person will), refused (stays there); in words."""

    key: UUID
    state: str
    words: str


REASONS = {
    "kind": lambda: _("Loại hoạt động này đã thôi dùng từ khi ghi: chờ người xem."),
    "unit": lambda: _("Bạn không còn ghi cho đơn vị này: đơn vị đó sẽ xem."),
    "area": lambda: _("Địa bàn đã đổi từ khi ghi: chờ người xem."),
    "place": lambda: _("Địa điểm đã chọn không còn trong danh sách: chờ người xem."),
    "likely": lambda: _("Đã có một mục giống như vậy trong ngày: chờ người xem."),
    "old": lambda: _("Ngày ghi đã quá 31 ngày: chờ người xem."),
    "future": lambda: _("Ngày ghi ở sau hôm nay, có thể đồng hồ của thiết bị sai: chờ người xem."),
    "wrong": lambda: _("Có nội dung chưa đúng với loại này: chờ người xem."),
}
"""Why a person looks first, in words."""


def is_known(actor: Actor, key: UUID) -> bool:
    """Whether an entry of this key was taken before: its pictures need not be looked at again."""
    mine = Event.objects.filter(key=key, made_by_id=actor.user_id)
    return mine.exists() or OfflineEntry.objects.filter(key=key, user_id=actor.user_id).exists()


def take_entries(*, actor: Actor, at: datetime, entries: Sequence[FieldEntry]) -> list[Taken]:
    """Each entry in a transaction of its own: one that fails, for whatever reason, holds up no other."""
    return [_taken(actor, at, entry) for entry in entries]


def _taken(actor: Actor, at: datetime, entry: FieldEntry) -> Taken:
    try:
        with transaction.atomic():
            share_tree()
            # The same request twice at once: the second waits here and then finds what the first has written.
            User.objects.select_for_update(no_key=True).get(pk=actor.user_id)
            return _take(actor, at, entry)
    except Exception:  # a bug in one entry must not lose those behind it; the entry stays on the device
        log.exception("field entry failed")
        return Taken(entry.key, "refused", _("Chưa ghi được mục này. Mục vẫn ở trên thiết bị; báo người quản trị."))


def _take(actor: Actor, at: datetime, entry: FieldEntry) -> Taken:
    if Event.objects.filter(key=entry.key).exists() or OfflineEntry.objects.filter(key=entry.key).exists():
        return Taken(entry.key, "already", _("Đã gửi từ trước."))
    kind = Kind.objects.filter(code=entry.kind, noun="event").first()
    if kind is None or not Unit.objects.filter(pk=entry.body_id).exists():
        return Taken(entry.key, "refused", _("Không đọc được mục này."))
    told = followed(entry, timezone.localdate(at))
    if not can_record_for(actor, told.body_id):
        if not _was_there(actor, entry.body_id, told.body_id):
            return Taken(entry.key, "refused", _("Vai trò của bạn không ghi được cho đơn vị này."))
        return _laid(actor, at, kind, told, "unit")
    reason = _doubt(actor, at, told)
    if not reason:
        made = _written(actor, at, told)
        if isinstance(made, Event):
            return Taken(entry.key, "saved", _("Đã ghi."))
        reason = made.code if made.code in REASONS else "wrong"
    return _laid(actor, at, kind, told, reason)


def followed(entry: FieldEntry, on: date) -> FieldEntry:
    """The entry for those who answer today: units that ended since are replaced by their heirs."""
    heirs = heirs_on({entry.body_id, entry.area_id}, on)
    return attrs.evolve(
        entry, body_id=heirs.get(entry.body_id, entry.body_id), area_id=heirs.get(entry.area_id, entry.area_id)
    )


def _was_there(actor: Actor, *unit_ids: int) -> bool:
    """Whether the person ever worked for one of the units: nobody lays entries before strangers."""
    return Grant.objects.filter(user_id=actor.user_id, unit__in=unit_ids).exists()


def _doubt(actor: Actor, at: datetime, entry: FieldEntry) -> str:
    """Why a person has to look at the entry before anything is tried; "" for nothing."""
    today = timezone.localdate(at)
    if entry.on > today:
        return "future"
    if entry.on < today - LATEST:
        return "old"
    there = shown_to(Place.objects.filter(pk__in=entry.place_ids, voided_at__isnull=True), actor)
    if there.count() != len(set(entry.place_ids)):
        return "place"
    if entry.area_id != entry.body_id and not areas(actor, entry.body_id).filter(pk=entry.area_id).exists():
        return "area"
    return ""


def _written(actor: Actor, at: datetime, entry: FieldEntry, *, again: bool = False) -> Event | Refusal:
    return record_event(
        actor=actor, at=at, key=entry.key, kind=entry.kind, kind_version=entry.number, body_id=entry.body_id,
        area_id=entry.area_id, on=entry.on, time=entry.time or None, title=entry.title, typed=entry.typed,
        where=entry.where, place_ids=entry.place_ids, evidence=entry.evidence, way=Way.OFFLINE, again=again,
    )  # fmt: skip


def _laid(actor: Actor, at: datetime, kind: Kind, entry: FieldEntry, reason: str) -> Taken:
    made = OfflineEntry.objects.create(
        user_id=actor.user_id, unit_id=entry.body_id, kind=kind, key=entry.key, entry=entry.data(), reason=reason, at=at
    )
    record(at=at, actor=actor, event="activities.entry.laid", obj=made, after={"reason": reason})
    return Taken(entry.key, "look", REASONS[reason]())


def decide_entry(
    *, actor: Actor, at: datetime, entry_id: int, version: int, entry: FieldEntry | None
) -> OfflineEntry | Refusal:
    """A person has looked: record the entry as it stands now, or drop it (None). What the row held is then emptied.

    A likely duplicate is no reason any more: the page has shown it. Pictures stay those that were sent.
    """
    with transaction.atomic():
        share_tree()
        row = (
            OfflineEntry.objects.visible_to(actor)
            .select_for_update(of=("self",))
            .select_related("kind")
            .filter(pk=entry_id)
            .first()
        )
        if row is None or not actor.changes_below("activities.OfflineEntry"):
            raise PermissionDenied
        if row.version != version or row.state != EntryState.OPEN:
            return Refusal(code="stale", message=_("Mục này vừa có người xem. Tải lại trang."))
        if entry is not None:
            held = FieldEntry.of(row.entry)
            told = attrs.evolve(entry, key=held.key, evidence=held.evidence)
            told = followed(told, timezone.localdate(at))
            if not can_record_for(actor, told.body_id):
                return Refusal(code="unit", message=_("Vai trò của bạn không ghi được cho đơn vị này."))
            made = _written(actor, at, told, again=True)
            if isinstance(made, Refusal):
                return made
        row.state = EntryState.KEPT if entry is not None else EntryState.DROPPED
        row.decided_at, row.decided_by_id, row.version, row.entry = at, actor.user_id, row.version + 1, {}
        row.save()
        record(at=at, actor=actor, event="activities.entry.decided", obj=row, after={"state": row.state})
    return row
