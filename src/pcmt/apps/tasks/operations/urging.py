"""Urging: letters are made in one go for many bodies, get their number when they are signed, or are taken back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.queries import people_at
from pcmt.apps.audit.operations import hold, record
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.plans.operations import keep_made
from pcmt.apps.tasks.letters import LetterWords, plan_reference, plan_short, write_letter
from pcmt.apps.tasks.models import DueItem, DueState, Urging, UrgingItem
from pcmt.apps.tasks.operations.telling import DOERS
from pcmt.apps.tasks.policies import can_keep_urging, can_urge, plans_to_urge
from pcmt.apps.tasks.queries import SOON
from pcmt.apps.tasks.queue import enqueue_letters
from pcmt.apps.tasks.urging import Letter, letters_of
from pcmt.apps.units.models import UnitKind
from pcmt.apps.units.queries import members
from pcmt.core.diagnostics import Refusal
from pcmt.core.text import fold
from pcmt.documents.output.official import Mark

AT_ONCE = 20
"""So many letters are written while one waits (half a second); more are written by a job."""
MOST_ITEMS = 5_000
SIGNED_FOR = (Mark.COLLECTIVE_DEPUTY, Mark.DEPUTY, Mark.ORDER, Mark.DELEGATE)
NUMBER = re.compile(r"[0-9]{1,6}[a-zA-Z]?")


def urging_address(urging: Urging) -> str:
    """The path of the page of a letter."""
    return f"/nhiem-vu/don-doc/{urging.pk}/"


def urge(
    *, actor: Actor, at: datetime, batch: UUID, item_ids: Collection[int], words: LetterWords
) -> list[Urging] | Refusal:
    """Make an urging letter for each body that owes one of the chosen items; what was requested gets its own letter.

    What stands in the letters is what is so now: an item that was settled meanwhile is refused by name. The people of
    the bodies are told. Doing it again with the same `batch` makes nothing new. Files follow at once or by a job.
    """
    if not can_urge(actor):
        return _not_allowed()
    wrong = wrong_words(words)
    if wrong is not None:
        return wrong
    if not item_ids:
        return Refusal(code="nothing", message=_("Chọn ít nhất một việc để đôn đốc."), field="viec")
    if len(item_ids) > MOST_ITEMS:
        message = _("Mỗi lần đôn đốc tối đa %(most)s việc. Chọn từng kế hoạch.") % {"most": MOST_ITEMS}
        return Refusal(code="too_many", message=message, field="viec")
    day = timezone.localdate(at)
    with transaction.atomic():
        allowed = DueItem.objects.filter(plan__in=plans_to_urge(actor).values("pk"), unit__isnull=False).of_plans()
        dues = list(
            allowed.filter(pk__in=list(item_ids))
            .select_for_update(of=("self",))
            .select_related("unit", "plan__issuer", "clause", "task")
            .order_by("pk")
        )
        made = list(Urging.objects.filter(batch=batch, office_id=actor.unit_id).order_by("pk"))
        if made:
            return made
        if len(dues) < len(set(item_ids)):
            return _not_allowed()
        settled = [due for due in dues if due.state != DueState.OPEN or due.due_on is None or due.due_on > day + SOON]
        if settled:
            return _settled(settled[0])
        dues.sort(key=lambda due: (due.plan_id, due.due_on, due.pk))
        hold(at)
        with override("vi"):
            letters = letters_of(dues, day)
            made = _made(actor, at, batch, day, letters, words)
            _tell(actor, at, day, made)
        for urging, letter in zip(made, letters, strict=True):
            told = {"count": len(letter.lines), "late": letter.late}
            record(at=at, actor=actor, event="tasks.urging.made", obj=urging, after=told)
        if len(made) > AT_ONCE:
            enqueue_letters(str(batch))
    if len(made) <= AT_ONCE:
        write_letters(batch=batch, at=at)
    return made


def write_letters(*, batch: UUID, at: datetime) -> int:
    """Write the files of a batch that are not written yet; how many. The job, too: it may run any number of times."""
    written = 0
    waiting = Urging.objects.filter(batch=batch, file__isnull=True).order_by("pk").values_list("pk", flat=True)
    for urging_id in list(waiting):
        urging = Urging.objects.get(pk=urging_id)
        data = write_letter(urging, list(urging.items.order_by("order")))
        kept = keep_made(user_id=urging.made_by_id, at=at, name=letter_name(urging), data=data)
        written += Urging.objects.filter(pk=urging_id, file__isnull=True).update(file=kept)
    return written


def write_again(*, actor: Actor, batch: UUID) -> bool | Refusal:
    """Queue the writing of a batch once more, where its job was lost; nothing is written twice."""
    mine = Urging.objects.filter(batch=batch, office_id=actor.unit_id)
    if not can_urge(actor) or not mine.exists():
        return _not_allowed()
    with transaction.atomic():
        enqueue_letters(str(batch))
    return True


def letter_name(urging: Urging) -> str:
    """A file name that every system takes: `don-doc-so-y-te-2026-06-16.docx`."""
    words = re.sub(r" +", "-", fold(urging.unit_name))[:60].strip("-")
    kind = "de-nghi-phoi-hop" if urging.requested else "don-doc"
    return f"{kind}-{words}-{urging.as_of:%Y-%m-%d}-{urging.pk}.docx"


def sign_urging(
    *, actor: Actor, at: datetime, urging_id: int, version: int, number: str, signed_on: date | None, symbol: str = ""
) -> Urging | Refusal:
    """Keep the number and the day of a letter that was signed; both may be put right as long as the letter stands.

    A number with its symbol is there once in a year and office (Decree 30/2020/NĐ-CP, article 15).
    """
    number, symbol = number.strip(), symbol.strip()
    if NUMBER.fullmatch(number) is None:
        return Refusal(code="number", message=_("Ghi số của công văn, ví dụ 120."), field="number")
    if not symbol or len(symbol) > 60 or "/" in symbol:
        return Refusal(code="symbol", message=_("Ghi ký hiệu sau dấu gạch chéo, ví dụ CAT-PC04."), field="symbol")
    if signed_on is None:
        return Refusal(code="day", message=_("Ghi ngày ký."), field="signed_on")
    day = timezone.localdate(at)
    if signed_on > day:
        return Refusal(code="future", message=_("Ngày ký không thể sau hôm nay."), field="signed_on")
    with transaction.atomic():
        held = _held(actor, urging_id, version)
        if isinstance(held, Refusal):
            return held
        if held.withdrawn_at is not None:
            return Refusal(code="withdrawn", message=_("Công văn này đã rút, không lấy số được nữa."))
        if signed_on < timezone.localdate(held.made_at):
            return Refusal(code="early", message=_("Ngày ký không thể trước ngày lập công văn."), field="signed_on")
        same = Urging.objects.filter(
            office=held.office_id, number=number, symbol=symbol, signed_on__year=signed_on.year
        )
        if twin := same.exclude(pk=held.pk).first():
            message = _("Số %(number)s năm %(year)s đã dùng cho công văn gửi %(unit)s.") % {
                "number": twin.designation,
                "year": signed_on.year,
                "unit": twin.unit_name,
            }
            return Refusal(code="same_number", message=message, field="number", ref=twin.pk)
        before = {"number": held.designation, "signed_on": held.signed_on}
        held.number, held.symbol, held.signed_on = number, symbol, signed_on
        held.version += 1
        held.save(update_fields=["number", "symbol", "signed_on", "version"])
        after = {"number": held.designation, "signed_on": held.signed_on}
        record(at=at, actor=actor, event="tasks.urging.signed", obj=held, before=before, after=after)
    return held


def withdraw_urging(*, actor: Actor, at: datetime, urging_id: int, version: int, reason: str) -> Urging | Refusal:
    """Take a letter back that was not signed: it stays on record and does not count as an urging."""
    reason = reason.strip()
    if not reason or len(reason) > 300:
        return Refusal(code="reason", message=_("Nhập lý do rút, tối đa 300 ký tự."), field="reason")
    with transaction.atomic():
        held = _held(actor, urging_id, version)
        if isinstance(held, Refusal):
            return held
        if held.withdrawn_at is not None:
            return held
        if held.signed_on is not None:
            return Refusal(code="signed", message=_("Công văn đã ký và lấy số thì không rút được."))
        held.withdrawn_at, held.withdrawn_why = at, reason
        held.version += 1
        held.save(update_fields=["withdrawn_at", "withdrawn_why", "version"])
        record(at=at, actor=actor, event="tasks.urging.withdrawn", obj=held, reason=reason)
    return held


def _held(actor: Actor, urging_id: int, version: int) -> Urging | Refusal:
    held = Urging.objects.select_for_update(of=("self",)).filter(pk=urging_id).first()
    if held is None or not can_keep_urging(actor, held):
        return _not_allowed()
    if held.version == version:
        return held
    if held.withdrawn_at is not None:
        return Refusal(code="stale", message=_("Công văn này vừa được rút. Xem lại rồi làm tiếp."), ref=held.pk)
    message = _("Công văn này vừa được ghi số %(number)s. Xem lại rồi làm tiếp.") % {"number": held.designation}
    return Refusal(code="stale", message=message, ref=held.pk)


def _not_allowed() -> Refusal:
    message = _("Chỉ cơ quan thường trực giữ kế hoạch được lập công văn đôn đốc.")
    return Refusal(code="not_allowed", message=message)


def _settled(due: DueItem) -> Refusal:
    message = _("“%(label)s” của %(unit)s vừa thay đổi: %(state)s. Xem lại rồi làm tiếp.") % {
        "label": due.label[:80],
        "unit": due.unit.name if due.unit else due.unit_name,
        "state": DueState(due.state).label.lower() if due.state != DueState.OPEN else _("hạn đã dời"),
    }
    return Refusal(code="stale", message=message, ref=due.pk)


def wrong_words(words: LetterWords) -> Refusal | None:
    """What an official document cannot be without; number, date and the signer's name may stay blank."""
    if not words.agency.strip():
        return Refusal(code="agency", message=_("Ghi tên cơ quan ban hành văn bản."), field="agency")
    if words.mark not in Mark._value2member_map_:
        return Refusal(code="mark", message=_("Chọn hình thức ký trong danh sách."), field="mark")
    if words.mark in SIGNED_FOR and not words.head.strip():
        return Refusal(code="head", message=_("Ghi chức vụ của người được ký thay, ví dụ Giám đốc."), field="head")
    if words.mark in (Mark.COLLECTIVE, Mark.COLLECTIVE_DEPUTY) and not words.collective.strip():
        message = _("Ghi tập thể được thay mặt, ví dụ Ủy ban nhân dân.")
        return Refusal(code="collective", message=message, field="collective")
    if "/" in words.symbol:
        message = _("Chỉ ghi phần sau dấu gạch chéo, ví dụ CAT-PC04; số để văn thư lấy sau.")
        return Refusal(code="symbol", message=message, field="symbol")
    return None


def _made(
    actor: Actor, at: datetime, batch: UUID, day: date, letters: Sequence[Letter], words: LetterWords
) -> list[Urging]:
    """The letters with their items, frozen."""
    made = Urging.objects.bulk_create(
        Urging(
            batch=batch,
            office_id=actor.unit_id,
            unit=letter.unit,
            unit_name=letter.unit.name,
            requested=letter.requested,
            as_of=day,
            words={
                **words.stored(),
                "plans": list(dict.fromkeys(plan_reference(line.due.plan) for line in letter.lines)),
            },
            made_at=at,
            made_by_id=actor.user_id,
            made_by_name=actor.name,
            symbol=words.symbol.strip(),
        )
        for letter in letters
    )
    UrgingItem.objects.bulk_create(
        (
            UrgingItem(
                urging=urging,
                due_item=line.due,
                order=order,
                label=line.due.label,
                plan_words=plan_short(line.due.plan),
                clause=line.due.clause.address if line.due.clause else "",
                due_on=line.limit,
                original_due_on=line.due.original_due_on,
                days_late=line.days_late,
                times=line.before.times + 1 if line.before else 1,
                last_on=line.before.last_on if line.before else None,
            )
            for urging, letter in zip(made, letters, strict=True)
            for order, line in enumerate(letter.lines, 1)
        ),
        batch_size=500,
    )
    return made


def _tell(actor: Actor, at: datetime, day: date, made: Sequence[Urging]) -> None:
    """The people who do the work of each body; a group named as a whole is told through its members."""
    groups = [urging.unit_id for urging in made if urging.unit.kind == UnitKind.GROUP]
    inside = members(groups, day) if groups else {}
    units: dict[int, Iterable[int]] = {urging.unit_id: inside.get(urging.unit_id, [urging.unit_id]) for urging in made}
    people = people_at({unit_id for ids in units.values() for unit_id in ids}, day, DOERS)
    for urging in made:
        users = {user_id for unit_id in units[urging.unit_id] for user_id in people.get(unit_id, [])}
        if urging.requested:
            title = f"{actor.unit_name} đề nghị phối hợp thực hiện kế hoạch"
        else:
            title = f"{actor.unit_name} đôn đốc việc của {urging.unit_name}"
        tell(
            at=at,
            users=users - {actor.user_id},
            reason=Reason.URGED,
            about=urging,
            address=urging_address(urging),
            title=title,
            key=f"urging:{urging.pk}",
            unit_id=urging.unit_id,
        )
