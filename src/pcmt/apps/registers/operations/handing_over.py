"""Somebody moves: the file goes along within 24 hours, and is the sender's until the receiver has accepted it.

Sources: Law 120/2025/QH15, articles 25.4, 27.2 and 48.2; Decree 163/2026/NĐ-CP, articles 62, 92 and 136. Nobody is
dropped between two communes, and nobody is counted twice: the file is at one commune a day.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.registers.models import (
    ClockKind,
    Paper,
    Spell,
    StayWhy,
    Subject,
    Transfer,
    TransferState,
)
from pcmt.apps.registers.operations import clocks
from pcmt.apps.registers.operations.grounding import Ending, PaperText, kept_paper
from pcmt.apps.registers.operations.holding import (
    end_of,
    happened_at,
    held_file,
    leave,
    move_in,
    running,
    stale,
    touched,
    void_clocks,
)
from pcmt.apps.registers.operations.spells import ended, stopping, undone, words_of
from pcmt.apps.registers.policies import can_receive, can_send
from pcmt.apps.units.models import Level, Unit, UnitKind
from pcmt.core.diagnostics import Refusal
from pcmt.core.law import Category

LIMIT = "hand_over"
WHY_RETURNED = {
    "not_here": gettext_lazy("Người này không cư trú tại địa bàn"),
    "incomplete": gettext_lazy("Hồ sơ bàn giao còn thiếu"),
    "wrong_commune": gettext_lazy("Gửi nhầm địa bàn"),
    "already_kept": gettext_lazy("Địa bàn đã có hồ sơ của người này"),
}
"""Why a file is sent back: codes, so that nobody writes about people where anybody could read it."""
NAME_CHARS = 300
A_DAY = timedelta(hours=24)
"""Where the law of the day sets no limit of its own."""


def hand_over(
    *,
    actor: Actor,
    at: datetime,
    code: str,
    version: int,
    moved_on: date,
    paper: PaperText,
    to_unit_id: int | None = None,
    to_name: str = "",
) -> Transfer | Refusal:
    """Hand a file over to the commune to which somebody has moved, by its notice (`paper`); it waits to be accepted.

    `to_name` is a commune that does not work with the program: then the sender shows a proof instead
    (`prove_hand_over`).
    """
    to_name = " ".join(to_name.split())
    with transaction.atomic():
        subject = held_file(actor, code)
        if isinstance(subject, Refusal):
            return subject
        waiting = Transfer.objects.filter(subject=subject, state=TransferState.OPEN).first()
        if waiting is not None:
            if (waiting.to_unit_id, waiting.to_name, waiting.moved_on) == (to_unit_id, to_name, moved_on):
                return waiting  # the button was pressed twice
            return Refusal(code="waiting", message=_("Hồ sơ đang chờ bàn giao. Rút lần bàn giao đó trước."))
        if subject.version != version:
            return stale()
        if refused := _wrong_move(subject, moved_on, to_unit_id, to_name, timezone.localdate(at)):
            return refused
        kept = kept_paper(subject, paper, actor=actor, at=at, title="Văn bản chuyển hồ sơ")
        if isinstance(kept, Refusal):
            return undone(kept)
        happened = happened_at(moved_on, at)
        clock = clocks.open_limit(subject, None, LIMIT, happened, kind=ClockKind.TRANSFER)
        due_at = (clock.due_at or end_of(clock.due_on)) if clock else happened + A_DAY
        made = Transfer.objects.create(
            subject=subject, from_unit_id=subject.unit_id, to_unit_id=to_unit_id, to_name=to_name, moved_on=moved_on,
            paper=kept, opened_at=at, opened_by_id=actor.user_id, due_at=due_at,
        )  # fmt: skip
        touched(subject, at=at, start=moved_on)
        told = {"to_unit_id": to_unit_id, "moved_on": moved_on}
        record(at=at, actor=actor, event="registers.transfer.opened", obj=subject, after=told)
    return made


def accept_hand_over(*, actor: Actor, at: datetime, transfer_id: int, version: int) -> Transfer | Refusal:
    """Take a file over: from today on it is this commune's, with its history, statuses and clocks.

    The terms stand as they are until this commune decides; then what was left on the day of the move runs from that
    decision (`renew_spell`, ground `moved_remainder`).
    """
    with transaction.atomic():
        got = _held_transfer(actor, transfer_id, version, TransferState.ACCEPTED, receiving=True)
        if not isinstance(got, tuple):
            return got
        transfer, subject = got
        assert transfer.to_unit_id is not None
        on = timezone.localdate(at)
        _answered(transfer, TransferState.ACCEPTED, actor=actor, at=at)
        move_in(subject, transfer.to_unit_id, on, StayWhy.MOVED)
        _settle_clock(subject, at=at, done=True)
        touched(subject, at=at, start=on, also=(transfer.from_unit_id,))
        clocks.move(subject, at=at)
        told = {"unit_id": transfer.to_unit_id, "on": on}
        before = {"unit_id": transfer.from_unit_id}
        record(at=at, actor=actor, event="registers.transfer.accepted", obj=subject, before=before, after=told)
    return transfer


def refuse_hand_over(*, actor: Actor, at: datetime, transfer_id: int, version: int, reason: str) -> Transfer | Refusal:
    """Send a file back, with a reason (a code of `WHY_RETURNED`): the sender holds it still."""
    if reason not in WHY_RETURNED:
        return Refusal(code="reason", message=_("Chọn lý do trả lại."), field="reason")
    with transaction.atomic():
        got = _held_transfer(actor, transfer_id, version, TransferState.REFUSED, receiving=True)
        if not isinstance(got, tuple):
            return got
        transfer, subject = got
        transfer.reason = reason
        _answered(transfer, TransferState.REFUSED, actor=actor, at=at)
        _settle_clock(subject, at=at, done=False)
        touched(subject, at=at, start=timezone.localdate(at))
        record(at=at, actor=actor, event="registers.transfer.refused", obj=subject, after={"reason": reason})
    return transfer


def withdraw_hand_over(*, actor: Actor, at: datetime, transfer_id: int, version: int) -> Transfer | Refusal:
    """Take a hand-over back before it was answered."""
    with transaction.atomic():
        got = _held_transfer(actor, transfer_id, version, TransferState.WITHDRAWN, receiving=False)
        if not isinstance(got, tuple):
            return got
        transfer, subject = got
        _answered(transfer, TransferState.WITHDRAWN, actor=actor, at=at)
        _settle_clock(subject, at=at, done=False)
        touched(subject, at=at, start=timezone.localdate(at))
        record(
            at=at, actor=actor, event="registers.transfer.withdrawn", obj=subject, after={"on": timezone.localdate(at)}
        )
    return transfer


def prove_hand_over(
    *, actor: Actor, at: datetime, transfer_id: int, version: int, proof: PaperText
) -> Transfer | Refusal:
    """Show that a commune outside the program has the notice: the statuses end as moved, the file is held no longer.

    Refuses where the law does not let a running status end by a move (it goes on wherever the person is).
    """
    with transaction.atomic():
        got = _held_transfer(actor, transfer_id, version, TransferState.ACCEPTED, receiving=False)
        if not isinstance(got, tuple):
            return got
        transfer, subject = got
        if transfer.to_unit_id is not None:
            message = _("Địa bàn này dùng chương trình: chờ nơi đó tiếp nhận.")
            return Refusal(code="inside", message=message)
        today = timezone.localdate(at)
        kept = kept_paper(subject, proof, actor=actor, at=at, title="Văn bản xác nhận đã nhận thông báo")
        if isinstance(kept, Refusal):
            return undone(kept)
        stopped: list[str] = []
        first = today
        for spell in running(subject):
            refused = _moved_away(subject, spell, transfer, kept, actor=actor, at=at)
            if refused is not None:
                return undone(refused)
            stopped.append(spell.category)
        first = min(first, transfer.moved_on)
        transfer.proof = f"{kept.number} {kept.signed_on:%d/%m/%Y}".strip()[:200]
        _answered(transfer, TransferState.ACCEPTED, actor=actor, at=at)
        _settle_clock(subject, at=at, done=True)
        void_clocks(subject, at=at)
        leave(subject, today)
        touched(subject, at=at, start=first)
        told = {"on": today, "ended": stopped}
        record(at=at, actor=actor, event="registers.transfer.proved", obj=subject, after=told)
    return transfer


def _moved_away(
    subject: Subject, spell: Spell, transfer: Transfer, proof: Paper, *, actor: Actor, at: datetime
) -> Refusal | None:
    on = max(transfer.moved_on, spell.starts_on)
    ground = stopping(Category(spell.category), "moved", on)
    if ground is None:
        message = _("Diện “%(what)s” không kết thúc vì chuyển nơi ở: kết thúc diện đó bằng văn bản của nó trước.")
        return Refusal(code="ground", message=message % {"what": words_of(spell.category)})
    own = PaperText(paper_id=proof.pk)
    end = Ending(ground=ground.code, on=on, paper=own, evidence={"notice_proof": own})
    done = ended(subject, spell, end, actor=actor, at=at)
    return done if isinstance(done, Refusal) else None


def _held_transfer(
    actor: Actor, transfer_id: int, version: int, to: TransferState, *, receiving: bool
) -> tuple[Transfer, Subject] | Transfer | Refusal:
    """The hand-over and its file, both locked; the hand-over alone when this very answer was given already."""
    seen = Transfer.objects.visible_to(actor).filter(pk=transfer_id).first()
    if seen is None:
        return Refusal(code="gone", message=_("Không còn lần bàn giao này."))
    if not (can_receive(actor, seen) if receiving else can_send(actor, seen)):
        raise PermissionDenied
    subject = Subject.objects.select_for_update(of=("self",), no_key=True).get(pk=seen.subject_id)
    transfer = Transfer.objects.select_for_update(of=("self",), no_key=True).get(pk=transfer_id)
    if transfer.state == to and transfer.answered_by_id == actor.user_id:
        return transfer  # the button was pressed twice
    if transfer.version != version or transfer.state != TransferState.OPEN:
        return stale()
    return transfer, subject


def _answered(transfer: Transfer, state: TransferState, *, actor: Actor, at: datetime) -> None:
    transfer.state, transfer.answered_at, transfer.answered_by_id = state, at, actor.user_id
    transfer.version += 1
    transfer.save()


def _settle_clock(subject: Subject, *, at: datetime, done: bool) -> None:
    """The 24 hours are over: done when the file was taken over, else no longer owed."""
    clocks.settle(subject, LIMIT, at, outcome="done" if done else "void")


def _wrong_move(subject: Subject, moved_on: date, to_unit_id: int | None, to_name: str, today: date) -> Refusal | None:
    if subject.died_on is not None:
        return Refusal(code="died", message=_("Hồ sơ đã ghi người này chết."))
    if moved_on > today:
        return Refusal(code="moved_on", message=_("Ngày chuyển đi ở tương lai."), field="moved_on")
    stay = subject.stays.filter(to_on__isnull=True).first()
    if stay is None:
        return Refusal(code="not_held", message=_("Hồ sơ này không còn được giữ ở địa bàn nào."))
    if moved_on < stay.from_on:
        message = _("Ngày chuyển đi phải từ ngày hồ sơ về địa bàn, %(day)s, trở đi.")
        return Refusal(code="moved_on", message=message % {"day": f"{stay.from_on:%d/%m/%Y}"}, field="moved_on")
    if (to_unit_id is None) == (not to_name):
        return Refusal(code="to", message=_("Chọn nơi đến trong danh sách, hoặc ghi tên nơi đến."), field="to_unit")
    if len(to_name) > NAME_CHARS:
        return Refusal(code="to", message=_("Tên nơi đến quá dài."), field="to_name")
    if to_unit_id is not None:
        if to_unit_id == subject.unit_id:
            return Refusal(code="to", message=_("Nơi đến phải khác nơi đang giữ hồ sơ."), field="to_unit")
        there = Unit.objects.filter(pk=to_unit_id, kind=UnitKind.ADMINISTRATIVE, level=Level.COMMUNE)
        if not there.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today)).exists():
            return Refusal(code="to", message=_("Chọn một xã, phường, đặc khu đang có."), field="to_unit")
    return None
