"""Taking a file into the hand: rights, locks, stale pages; what every act on a file leaves behind.

Rows are locked in one order: subjects by their id, then spells, clocks, other rows; the log comes last.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.models import Clock, ClockKind, Pause, Spell, SpellState, Stay, StayWhy, Subject
from pcmt.apps.registers.operations.counting import mark
from pcmt.apps.registers.policies import can_keep_file
from pcmt.apps.tasks.models import DueState
from pcmt.core.diagnostics import Refusal


def held_file(actor: Actor, code: str) -> Subject | Refusal:
    """The file, locked, for who may write in it. Raises PermissionDenied for who sees it and may not.

    A file that was merged, handed over or never was there is a refusal: none of these tells that the others exist.
    """
    subject = Subject.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).filter(code=code).first()
    if subject is None:
        return Refusal(code="gone", message=_("Không còn hồ sơ này trong địa bàn của bạn. Tải lại danh sách hồ sơ."))
    if subject.merged_into_id is not None:
        return Refusal(
            code="merged",
            message=_("Hồ sơ đã được nhập vào hồ sơ %(code)s. Mở hồ sơ đó để làm tiếp.")
            % {"code": subject.merged_into.code if subject.merged_into else ""},
        )
    if not can_keep_file(actor, subject):
        raise PermissionDenied
    return subject


def held_spell(actor: Actor, spell_id: int, version: int) -> tuple[Subject, Spell] | Refusal:
    """A running spell and its file, both locked. Refuses what somebody else has changed meanwhile."""
    seen = Spell.objects.visible_to(actor).filter(pk=spell_id).values_list("subject__code", flat=True).first()
    if seen is None:
        return Refusal(code="gone", message=_("Không còn hồ sơ này trong địa bàn của bạn. Tải lại danh sách hồ sơ."))
    subject = held_file(actor, seen)
    if isinstance(subject, Refusal):
        return subject
    spell = Spell.objects.select_for_update(of=("self",), no_key=True).get(pk=spell_id)
    if spell.subject_id != subject.pk or spell.version != version:
        return stale()
    if spell.state == SpellState.ENDED:
        return Refusal(code="ended", message=_("Diện quản lý này đã kết thúc."))
    return subject, spell


def stale() -> Refusal:
    """Somebody else was faster."""
    return Refusal(
        code="stale",
        message=_(
            "Người khác vừa thay đổi hồ sơ này. Xem lại phần mới bên dưới rồi gửi lại; nội dung bạn nhập còn đây."
        ),
    )


def running(subject: Subject) -> list[Spell]:
    """The spells of a locked file that have not ended, locked."""
    rows = Spell.objects.select_for_update(of=("self",), no_key=True).filter(subject=subject)
    return list(rows.exclude(state=SpellState.ENDED).order_by("pk"))


def open_pause(spell: Spell) -> Pause | None:
    """The interruption that a spell is in."""
    return Pause.objects.filter(spell=spell, to_on__isnull=True).first()


def touched(subject: Subject, *, at: datetime, start: date, also: tuple[int, ...] = ()) -> None:
    """A file was written in: one version on, and the figures of its commune from `start` on are counted again."""
    subject.version += 1
    subject.save()
    earlier = Stay.objects.filter(subject=subject, to_on__gt=start).values_list("unit_id", flat=True)
    mark({subject.unit_id, *also, *earlier}, start, at)


def happened_at(on: date, at: datetime) -> datetime:
    """The moment from which limits in hours run, where only the day is known: now if it is today, else its end.

    So nobody is late by hours that nobody wrote down (Civil Code 2015, article 148: a day ends at 24:00).
    """
    if timezone.localdate(at) <= on:
        return at
    return min(end_of(on), at)


def end_of(on: date) -> datetime:
    """24:00 of a day."""
    return datetime.combine(on + timedelta(days=1), time(), timezone.get_default_timezone())


def void_clocks(
    subject: Subject, *, at: datetime, spell: Spell | None = None, kinds: Collection[str] = tuple(ClockKind)
) -> int:
    """Settle what is open about a file, or about one of its spells, as no longer owed. How many."""
    rows = Clock.objects.select_for_update(of=("self",), no_key=True).filter(subject=subject, kind__in=kinds).running()
    if spell is not None:
        rows = rows.filter(spell=spell)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    return Clock.objects.filter(pk__in=ids).update(
        state=DueState.CANCELLED, done_at=None, outcome="void", version=F("version") + 1
    )


def move_in(subject: Subject, unit_id: int, on: date, why: StayWhy) -> None:
    """A locked file is at a commune from a day on; it is counted at one commune a day. The subject is not saved.

    A stay that would begin after the day on which it ends was a slip of the same day: it becomes an empty one.
    """
    leave(subject, on)
    Stay.objects.create(subject=subject, unit_id=unit_id, from_on=on, why=why)
    subject.unit_id = unit_id


def leave(subject: Subject, on: date) -> None:
    """Nobody of the program holds the file from a day on."""
    for stay in Stay.objects.filter(subject=subject, to_on__isnull=True):
        stay.to_on = max(on, stay.from_on)
        stay.save(update_fields=["to_on"])
