"""What officers do with a tip, from taking it in hand to its outcome. The log holds its number and state, no words.

A tip opens no file of a person and no act here leads to one: a person enters a register only by law (domain rule 18).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import hold, record
from pcmt.apps.tips.clocks import COMPLEX, EXTENSION, due_on, last_day, was_extended
from pcmt.apps.tips.models import StepWhat, Tip, TipMessage, TipNamed, TipStep
from pcmt.apps.tips.operations.counting import mark, served_by
from pcmt.apps.tips.operations.holding import held_tip, stale, step, touched, wanting
from pcmt.apps.tips.places import message_place
from pcmt.apps.tips.queries.teams import barred
from pcmt.apps.tips.values import OPEN, Outcome, TipState
from pcmt.apps.tips.vault import seal
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import add_months

NAME_CHARS = 300
PAPER_CHARS = 100
HOLD_CHARS = 300


def take_tip(*, actor: Actor, at: datetime, tip_id: int, version: int) -> Tip | Refusal:
    """Take a tip in hand: from now on it is the actor's to see to. Whoever had it is no longer told."""
    with transaction.atomic():
        tip = held_tip(actor, tip_id, version)
        if isinstance(tip, Refusal) or tip.held_by_id == actor.user_id:
            return tip
        tip.held_by_id = actor.user_id
        step(tip, StepWhat.TAKEN, actor=actor, at=at, to_user_id=actor.user_id)
        touched(tip)
        record(at=at, actor=actor, event="tips.tip.taken", obj=tip, after={"held_by_id": actor.user_id})
    return tip


def begin_tip(*, actor: Actor, at: datetime, tip_id: int, version: int, words: str = "") -> Tip | Refusal:
    """Start to verify a tip; who starts has it in hand unless somebody has."""
    with transaction.atomic():
        tip = held_tip(actor, tip_id, version)
        if isinstance(tip, Refusal):
            return tip
        if tip.state != TipState.RECEIVED:
            return Refusal(code="state", message=_("Tin này đang được xác minh rồi."))
        tip.state, tip.state_on = TipState.VERIFYING, timezone.localdate(at)
        tip.held_by_id = tip.held_by_id or actor.user_id
        step(tip, StepWhat.VERIFYING, actor=actor, at=at, words=words)
        touched(tip)
        record(at=at, actor=actor, event="tips.tip.begun", obj=tip, after={"state": tip.state})
    return tip


def note_tip(*, actor: Actor, at: datetime, tip_id: int, version: int, words: str) -> TipStep | Refusal:
    """Keep a note with a tip, sealed; also once it is closed."""
    if refused := wanting(words, "words", missing=_("Ghi nội dung.")):
        return refused
    with transaction.atomic():
        tip = held_tip(actor, tip_id, version, still_open=False)
        if isinstance(tip, Refusal):
            return tip
        made = step(tip, StepWhat.NOTED, actor=actor, at=at, words=words)
        touched(tip)
        record(at=at, actor=actor, event="tips.tip.noted", obj=tip)
    return made


def answer_sender(*, actor: Actor, at: datetime, tip_id: int, key: uuid.UUID, words: str) -> TipMessage | Refusal:
    """Write to whoever sent a tip, read with the receipt. The same key twice is one message; also once it is closed."""
    if refused := wanting(words, "words", missing=_("Ghi lời nhắn gửi người báo tin.")):
        return refused
    with transaction.atomic():
        there = Tip.objects.visible_to(actor).filter(pk=tip_id).values_list("version", flat=True).first()
        tip = held_tip(actor, tip_id, there if there is not None else 0, still_open=False)
        if isinstance(tip, Refusal):
            return tip
        before = TipMessage.objects.filter(key=key).first()
        if before is not None:
            return before if before.tip_id == tip.pk else stale()
        if not tip.receipt:
            message = _("Tin này không có mã theo dõi: người báo tin không đọc được lời nhắn.")
            return Refusal(code="no_receipt", message=message)
        last = TipMessage.objects.filter(tip=tip).aggregate(last=Max("order"))["last"]
        kept = seal({"words": words.strip()}, message_place(tip.number))
        made = TipMessage.objects.create(
            tip=tip, key=key, by_id=actor.user_id, on=timezone.localdate(at), order=0 if last is None else last + 1,
            sealed=kept.data, key_id=kept.key_id,
        )  # fmt: skip
        record(at=at, actor=actor, event="tips.tip.answered", obj=tip)
    return made


def call_complex(*, actor: Actor, at: datetime, tip_id: int, version: int, reason: str) -> Tip | Refusal:
    """Say that a tip is complex: it may then take two months from its receipt.

    Not once the limit has passed: what is late stays late.
    """
    if refused := wanting(reason, "reason", missing=_("Ghi vì sao vụ việc phức tạp.")):
        return refused
    with transaction.atomic():
        tip = held_tip(actor, tip_id, version)
        if isinstance(tip, Refusal):
            return tip
        if tip.complex:
            return Refusal(code="twice", message=_("Tin này đã được ghi là phức tạp."))
        if refused := _late(tip, at):
            return refused
        before = {"due_on": tip.due_on}
        tip.complex = True
        tip.due_on = max(tip.due_on, last_day(COMPLEX, _running_since(tip)))
        step(tip, StepWhat.COMPLEX, actor=actor, at=at, words=reason)
        touched(tip)
        record(at=at, actor=actor, event="tips.tip.complex", obj=tip, before=before, after={"due_on": tip.due_on})
    return tip


def extend_tip(
    *, actor: Actor, at: datetime, tip_id: int, version: int, until: date | None, paper: str, reason: str
) -> Tip | Refusal:
    """Extend the limit of a complex tip, once and at most by two months, by a paper of the procuracy.

    `until` is the new last day; None: the latest the law allows.
    """
    if refused := wanting(paper, "paper", missing=_("Ghi số, ngày văn bản gia hạn."), most=PAPER_CHARS):
        return refused
    if refused := wanting(reason, "reason", missing=_("Ghi lý do gia hạn.")):
        return refused
    with transaction.atomic():
        tip = held_tip(actor, tip_id, version)
        if isinstance(tip, Refusal):
            return tip
        if not tip.complex:
            return Refusal(code="plain", message=_("Chỉ gia hạn được tin đã ghi là vụ việc phức tạp."))
        if was_extended(tip):
            return Refusal(code="twice", message=_("Tin này đã gia hạn một lần; luật không cho gia hạn nữa."))
        if refused := _late(tip, at):
            return refused
        latest = last_day(EXTENSION, tip.due_on)
        new = until or latest
        if not tip.due_on < new <= latest:
            message = _("Hạn mới phải sau %(from)s và không quá %(to)s.")
            words = {"from": f"{tip.due_on:%d/%m/%Y}", "to": f"{latest:%d/%m/%Y}"}
            return Refusal(code="until", message=message % words, field="until")
        before = {"due_on": tip.due_on}
        tip.due_on = new
        step(tip, StepWhat.EXTENDED, actor=actor, at=at, words=f"{paper.strip()}\n{reason.strip()}")
        touched(tip)
        record(at=at, actor=actor, event="tips.tip.extended", obj=tip, before=before, after={"due_on": tip.due_on})
    return tip


def settle_tip(
    *, actor: Actor, at: datetime, tip_id: int, version: int, outcome: str, on: date, words: str
) -> Tip | Refusal:
    """A tip is settled, with what came of it, on a day: today, or an earlier one that is written down now.

    Tips that were joined with it are settled with it.
    """
    if outcome not in Outcome.values:
        return Refusal(code="outcome", message=_("Chọn kết quả."), field="outcome")
    if refused := wanting(words, "words", missing=_("Ghi tóm tắt việc giải quyết.")):
        return refused
    with transaction.atomic():
        tip = held_tip(actor, tip_id, version)
        if isinstance(tip, Refusal):
            return tip
        if refused := _wrong_day(tip, on, at):
            return refused
        step(tip, StepWhat.SETTLED, actor=actor, at=at, words=words)
        hold(at)
        _close(tip, TipState.SETTLED, on, at, outcome=outcome, actor=actor)
        told = {"state": tip.state, "outcome": outcome, "on": on}
        record(at=at, actor=actor, event="tips.tip.settled", obj=tip, after=told)
    return tip


def pass_on_tip(
    *, actor: Actor, at: datetime, tip_id: int, version: int, to_unit_id: int | None, to_name: str, paper: str,
    on: date, words: str = "",
) -> Tip | Refusal:  # fmt: skip
    """Pass a tip on to the body that is competent, by a paper: a unit, or the name of a body outside the program."""
    to_name = " ".join(to_name.split())
    if (to_unit_id is None) == (not to_name) or len(to_name) > NAME_CHARS:
        return Refusal(code="to", message=_("Chọn một đơn vị, hoặc ghi tên cơ quan nhận tin."), field="to_unit")
    if refused := wanting(paper, "paper", missing=_("Ghi số, ngày văn bản chuyển tin."), most=PAPER_CHARS):
        return refused
    with transaction.atomic():
        tip = held_tip(actor, tip_id, version)
        if isinstance(tip, Refusal):
            return tip
        if refused := _wrong_day(tip, on, at):
            return refused
        if to_unit_id is not None and (
            to_unit_id == tip.team_id or not Unit.objects.as_of(timezone.localdate(at)).filter(pk=to_unit_id).exists()
        ):
            return Refusal(code="to", message=_("Chọn một đơn vị khác, đang hoạt động."), field="to_unit")
        told_words = "\n".join(each for each in (to_name, paper.strip(), words.strip()) if each)
        step(tip, StepWhat.PASSED_ON, actor=actor, at=at, words=told_words, to_unit_id=to_unit_id)
        hold(at)
        _close(tip, TipState.PASSED_ON, on, at, actor=actor)
        record(at=at, actor=actor, event="tips.tip.passed", obj=tip, after={"state": tip.state, "on": on})
    return tip


def reopen_tip(*, actor: Actor, at: datetime, tip_id: int, version: int, reason: str) -> Tip | Refusal:
    """Work on a closed tip again: a new limit of the law counts from today. The first limit stays written."""
    if refused := wanting(reason, "reason", missing=_("Ghi vì sao mở lại.")):
        return refused
    with transaction.atomic():
        tip = held_tip(actor, tip_id, version, still_open=False)
        if isinstance(tip, Refusal):
            return tip
        if tip.same_as_id is not None:
            return Refusal(code="joined", message=_("Tin này đã nhập với một tin khác. Mở lại tin đó."))
        if tip.state in OPEN:
            return Refusal(code="state", message=_("Tin này chưa giải quyết xong."))
        before = {"state": tip.state, "outcome": tip.outcome, "closed_on": tip.closed_on}
        mark([tip.closed_in_id], tip.closed_on or tip.received_on)
        today = timezone.localdate(at)
        tip.state, tip.state_on, tip.outcome, tip.complex = TipState.VERIFYING, today, "", False
        tip.closed_on = tip.closed_in_id = tip.purge_on = None
        tip.due_on = due_on(today)
        tip.held_by_id = actor.user_id
        step(tip, StepWhat.REOPENED, actor=actor, at=at, words=reason)
        touched(tip)
        after = {"state": tip.state, "due_on": tip.due_on}
        record(at=at, actor=actor, event="tips.tip.reopened", obj=tip, before=before, after=after)
    return tip


def join_tips(*, actor: Actor, at: datetime, tip_id: int, version: int, into_number: str) -> Tip | Refusal:
    """A tip tells what another one told: it goes along with that one from now on, and closes with it.

    What one of them names, the other names too.
    """
    number = into_number.strip()
    with transaction.atomic():
        ids = list(Tip.objects.visible_to(actor).filter(number__iexact=number).values_list("pk", flat=True))
        if not ids or ids == [tip_id]:
            message = _("Không có tin khác mang số này trong phạm vi của bạn.")
            return Refusal(code="into", message=message, field="into")
        list(Tip.objects.select_for_update(no_key=True).filter(pk__in=[tip_id, *ids]).order_by("pk"))
        tip = held_tip(actor, tip_id, version)
        if isinstance(tip, Refusal):
            return tip
        main = Tip.objects.select_related("same_as").get(pk=ids[0])
        main = main.same_as or main
        if main.pk == tip.pk:
            return Refusal(code="into", message=_("Tin kia đã nhập với chính tin này."), field="into")
        if _apart(tip, main, at):
            message = _("Nơi xử lý của một trong hai tin không được biết tin kia: để hai tin riêng.")
            return Refusal(code="apart", message=message, field="into")
        if main.purged_on is not None:
            return Refusal(code="into", message=_("Nội dung của tin kia đã hết thời hạn lưu."), field="into")
        tip.same_as = main
        step(tip, StepWhat.JOINED, actor=actor, at=at, words=main.number)
        family = [main.pk, tip.pk, *Tip.objects.filter(same_as=tip).values_list("pk", flat=True)]
        Tip.objects.filter(same_as=tip).update(same_as=main)
        _name_alike(family)
        touched(tip)
        hold(at)
        record(at=at, actor=actor, event="tips.tip.joined", obj=tip, after={"same_as_id": main.pk})
        if main.state not in OPEN:
            _close(tip, TipState(main.state), timezone.localdate(at), at, outcome=main.outcome, actor=actor)
    return tip


def part_tips(*, actor: Actor, at: datetime, tip_id: int, version: int) -> Tip | Refusal:
    """A tip was joined by mistake, and is open still: it stands for itself again."""
    with transaction.atomic():
        tip = held_tip(actor, tip_id, version, still_open=False)
        if isinstance(tip, Refusal):
            return tip
        if tip.same_as_id is None or tip.state not in OPEN:
            return Refusal(code="state", message=_("Tin này không tách ra được nữa."))
        before = {"same_as_id": tip.same_as_id}
        tip.same_as = None
        step(tip, StepWhat.NOTED, actor=actor, at=at, words="Tách khỏi tin đã nhập")
        touched(tip)
        record(at=at, actor=actor, event="tips.tip.parted", obj=tip, before=before)
    return tip


def keep_tip(*, actor: Actor, at: datetime, tip_id: int, version: int, reason: str) -> Tip | Refusal:
    """Keep a tip beyond its day of destruction for a reason (a lawsuit); an empty reason lets it go again."""
    reason = " ".join(reason.split())
    if len(reason) > HOLD_CHARS:
        return Refusal(code="long", message=_("Lý do dài quá %(most)s ký tự.") % {"most": HOLD_CHARS}, field="reason")
    with transaction.atomic():
        tip = held_tip(actor, tip_id, version, still_open=False)
        if isinstance(tip, Refusal):
            return tip
        if bool(reason) == bool(tip.hold):
            message = _("Tin này đang được giữ lại rồi.") if reason else _("Ghi lý do giữ lại.")
            return Refusal(code="hold", message=message, field="reason")
        tip.hold = reason
        step(tip, StepWhat.HELD if reason else StepWhat.FREED, actor=actor, at=at)
        touched(tip)
        told = {"held": bool(reason)}
        record(at=at, actor=actor, event="tips.tip.held", obj=tip, after=told)
    return tip


def set_place(*, actor: Actor, at: datetime, tip_id: int, version: int, place_id: int | None) -> Tip | Refusal:
    """Say at which known place it is, by the id alone (None: at none). The caller has seen that the actor sees it."""
    with transaction.atomic():
        tip = held_tip(actor, tip_id, version, still_open=False)
        if isinstance(tip, Refusal) or tip.place_id == place_id:
            return tip
        tip.place_id = place_id
        step(tip, StepWhat.PLACED, actor=actor, at=at)
        touched(tip)
        record(at=at, actor=actor, event="tips.tip.placed", obj=tip)
    return tip


def _close(tip: Tip, state: TipState, on: date, at: datetime, *, actor: Actor | None, outcome: str = "") -> None:
    """Close a locked tip, and all that are joined with it."""
    joined = Tip.objects.select_for_update(no_key=True).filter(same_as=tip, state__in=OPEN).order_by("pk")
    for each in (tip, *joined):
        each.state, each.state_on, each.outcome = state, timezone.localdate(at), outcome
        each.closed_on = max(on, each.received_on)
        each.closed_in_id = served_by(each.team_id, each.closed_on) or served_by(each.team_id, each.state_on)
        each.purge_on = add_months(each.closed_on, 12 * settings.TIP_KEEP_YEARS)
        if each is not tip:
            what = StepWhat.SETTLED if state == TipState.SETTLED else StepWhat.PASSED_ON
            step(each, what, actor=actor, at=at)
            record(at=at, actor=actor, event="tips.tip.followed", obj=each, after={"state": state, "on": on})
        touched(each)
        mark([each.closed_in_id], each.closed_on)


def _apart(tip: Tip, main: Tip, at: datetime) -> bool:
    """Whether one of two tips concerns the team of the other: whom a tip concerns would close it, or learn of it."""
    on = timezone.localdate(at)
    named = TipNamed.objects.filter(tip__in=[tip, main]).values_list("unit_id", flat=True)
    return bool(barred(list(named), [tip.team_id, main.team_id], on))


def _name_alike(tip_ids: Sequence[int]) -> None:
    """Tips that tell the same name the same bodies."""
    rows = set(TipNamed.objects.filter(tip__in=tip_ids).values_list("tip_id", "unit_id"))
    wanted = {(tip_id, unit_id) for tip_id in tip_ids for _tip_id, unit_id in rows} - rows
    TipNamed.objects.bulk_create([TipNamed(tip_id=tip_id, unit_id=unit_id) for tip_id, unit_id in sorted(wanted)])


def _running_since(tip: Tip) -> date:
    """The day from which the running limit counts: of receipt, or of the last time it was opened again."""
    again = TipStep.objects.filter(tip=tip, what=StepWhat.REOPENED).order_by("-order")
    return again.values_list("on", flat=True).first() or tip.received_on


def _late(tip: Tip, at: datetime) -> Refusal | None:
    if timezone.localdate(at) <= tip.due_on:
        return None
    return Refusal(code="late", message=_("Đã quá hạn giải quyết: không kéo dài thời hạn được nữa."))


def _wrong_day(tip: Tip, on: date, at: datetime) -> Refusal | None:
    if on > timezone.localdate(at):
        return Refusal(code="on", message=_("Ngày này ở tương lai."), field="on")
    if on < tip.received_on:
        message = _("Ngày này trước ngày tiếp nhận, %(day)s.") % {"day": f"{tip.received_on:%d/%m/%Y}"}
        return Refusal(code="on", message=message, field="on")
    return None
