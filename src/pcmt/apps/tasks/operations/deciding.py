"""Conclusions of a briefing: typed on the spot, bodies owe them at once; taken back until the minutes go out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import attrs
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import hold, record
from pcmt.apps.notices.models import Reason
from pcmt.apps.plans.models import Meeting
from pcmt.apps.plans.operations import let_see
from pcmt.apps.plans.policies import can_hold_meeting
from pcmt.apps.tasks.models import (
    LIVE,
    Decision,
    DueItem,
    DueKind,
    Minutes,
    PartyRole,
    Task,
    TaskParty,
    TaskState,
)
from pcmt.apps.tasks.operations.halting import cancel
from pcmt.apps.tasks.operations.parts import MOST_PARTS, PART_CHARS, hand_down
from pcmt.apps.tasks.operations.telling import tell_unit
from pcmt.apps.tasks.policies import plans_to_urge
from pcmt.apps.tasks.queries import may_decide_for
from pcmt.apps.units.models import Unit
from pcmt.apps.units.operations import share_tree
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import date_label
from pcmt.core.text import fold


@attrs.frozen(kw_only=True)
class Said:
    """A conclusion as it was typed.

    Without `unit_ids` it is only written down. With them each of the units owes it until the end of `due_on`: as part
    of the due item `about` (its id and the version that was seen), else as a task of its own in the plan `plan_id`.
    """

    words: str
    unit_ids: Sequence[int] = ()
    due_on: date | None = None
    plan_id: int | None = None
    about: tuple[int, int] | None = None


def decide(*, actor: Actor, at: datetime, meeting_id: int, key: UUID, said: Said) -> Decision | Refusal:
    """Write a conclusion down and give what it asks for to the bodies; pressed twice (`key`), it is one.

    Two secretaries may write at once: each conclusion gets the next number.
    """
    words = " ".join(said.words.split())
    wrong = _wrong(words, said, timezone.localdate(at))
    if wrong is not None:
        return wrong
    with transaction.atomic():
        share_tree()
        meeting = _open_meeting(actor, meeting_id)
        if isinstance(meeting, Refusal):
            return meeting
        made = Decision.objects.filter(key=key).first()
        if made is not None:
            return made if made.meeting_id == meeting.pk and made.made_by_id == actor.user_id else _not_allowed()
        given = _given(actor, at, said, words)
        if isinstance(given, Refusal):
            return given
        last = Decision.objects.filter(meeting=meeting).order_by("-order").values_list("order", flat=True).first()
        decision = Decision.objects.create(
            meeting=meeting,
            order=(last or 0) + 1,
            key=key,
            words=words,
            due_on=said.due_on if said.unit_ids else None,
            plan_id=given[0].plan_id if given else None,
            about_id=said.about[0] if said.about and given else None,
            made_at=at,
            made_by_id=actor.user_id,
            made_by_name=actor.name,
        )
        DueItem.objects.filter(pk__in=[due.pk for due in given]).update(decision=decision)
        record(
            at=at,
            actor=actor,
            event="tasks.decision.made",
            obj=decision,
            after={"words": words, "due_on": decision.due_on, "bodies": [due.unit_name for due in given]},
        )
    return decision


def undo_decision(*, actor: Actor, at: datetime, decision_id: int) -> Decision | Refusal:
    """Take a conclusion back before the minutes are issued: nobody owes it any more, and the bodies are told so.

    What a body has reported as done already stands; taken back twice, it is taken back once.
    """
    with transaction.atomic():
        meeting_id = Decision.objects.filter(pk=decision_id).values_list("meeting_id", flat=True).first()
        meeting = _open_meeting(actor, meeting_id or 0)
        if isinstance(meeting, Refusal):
            return meeting
        decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision_id)
        if decision.withdrawn_at is not None:
            return decision
        of_it = DueItem.objects.filter(decision=decision)
        ids = sorted({each for each in of_it.values_list("task_id", flat=True) if each})
        tasks = list(Task.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
        items = list(of_it.select_for_update(of=("self",)).select_related("unit").order_by("pk"))
        done = next((due for due in items if due.state not in LIVE and due.done_on), None)
        if done is not None:
            message = _("%(unit)s đã báo xong việc này, không rút kết luận được nữa.") % {"unit": done.unit_name}
            return Refusal(code="done", message=message)
        hold(at)
        why = f"Rút kết luận giao ban ngày {date_label(meeting.on)}"
        for due in items:
            if due.state not in LIVE:
                continue  # cancelled by hand before
            answer = cancel(actor=actor, at=at, due_item_id=due.pk, version=due.version, reason=why)
            if isinstance(answer, Refusal):
                transaction.set_rollback(True)
                return answer
        for task in tasks:
            if task.given_at is not None:
                Task.objects.filter(pk=task.pk).update(state=TaskState.ENDED)
        decision.withdrawn_at, decision.withdrawn_by_name = at, actor.name
        decision.save(update_fields=["withdrawn_at", "withdrawn_by_name"])
        record(at=at, actor=actor, event="tasks.decision.withdrawn", obj=decision, before={"words": decision.words})
    return decision


def _open_meeting(actor: Actor, meeting_id: int) -> Meeting | Refusal:
    """The briefing, locked: who writes conclusions and who issues the minutes wait for each other."""
    meeting = Meeting.objects.select_for_update(of=("self",)).filter(pk=meeting_id).first()
    if meeting is None or not can_hold_meeting(actor, meeting.unit_id):
        return _not_allowed()
    if Minutes.objects.filter(meeting=meeting, withdrawn_at__isnull=True).exists():
        message = _("Thông báo kết luận của lần giao ban này đã ban hành, không thêm và không rút kết luận được nữa.")
        return Refusal(code="issued", message=message)
    return meeting


def _wrong(words: str, said: Said, today: date) -> Refusal | None:
    if not words:
        return Refusal(code="words", message=_("Ghi nội dung kết luận."), field="words")
    if len(words) > PART_CHARS:
        message = _("Kết luận tối đa %(count)s ký tự.") % {"count": PART_CHARS}
        return Refusal(code="words", message=message, field="words")
    if not said.unit_ids:
        if said.due_on is not None or said.about is not None:
            return Refusal(code="units", message=_("Chọn đơn vị thực hiện kết luận này."), field="units")
        return None
    if len(set(said.unit_ids)) > MOST_PARTS:
        message = _("Mỗi lần giao cho tối đa %(count)s đơn vị.") % {"count": MOST_PARTS}
        return Refusal(code="too_many", message=message, field="units")
    if said.due_on is None:
        return Refusal(code="due_on", message=_("Ghi hạn thực hiện."), field="due_on")
    if said.due_on < today:
        return Refusal(code="past", message=_("Hạn thực hiện đã qua. Chọn ngày khác."), field="due_on")
    if said.about is None and said.plan_id is None:
        return Refusal(code="plan", message=_("Chọn kế hoạch mà kết luận này thuộc về."), field="plan")
    return None


def _given(actor: Actor, at: datetime, said: Said, words: str) -> list[DueItem] | Refusal:
    """The due items of the bodies."""
    if not said.unit_ids:
        return []
    if said.about is not None:
        due_id, version = said.about
        return hand_down(
            actor=actor,
            at=at,
            due_item_id=due_id,
            version=version,
            unit_ids=said.unit_ids,
            label=words,
            due_on=said.due_on,
        )
    day = timezone.localdate(at)
    plan = plans_to_urge(actor).filter(pk=said.plan_id or 0).first()
    if plan is None:
        message = _("Chỉ giao được việc của kế hoạch đang hiệu lực mà đơn vị mình giữ.")
        return Refusal(code="plan", message=message, field="plan")
    wanted = list(dict.fromkeys(said.unit_ids))
    found: dict[int, Unit] = {unit.pk: unit for unit in may_decide_for(plan, day).filter(pk__in=wanted)}
    if len(found) < len(wanted):
        message = _("Có đơn vị không thuộc địa bàn của kế hoạch, hoặc không còn hoạt động. Chọn lại.")
        return Refusal(code="units", message=message, field="units")
    last = Task.objects.filter(plan=plan).order_by("-order").values_list("order", flat=True).first()
    task = Task.objects.create(
        plan=plan,
        given_at=at,
        given_by_id=actor.unit_id,
        text=words,
        search_key=fold(words),
        order=(last or 0) + 1,
    )
    units = [found[pk] for pk in wanted]
    TaskParty.objects.bulk_create(
        TaskParty(
            task=task,
            unit=unit,
            name=unit.name[:300],
            role=PartyRole.JOINT if order else PartyRole.LEAD,
            owes=True,
            order=order,
        )
        for order, unit in enumerate(units)
    )
    dues = DueItem.objects.bulk_create(
        (
            DueItem(
                kind=DueKind.TASK,
                plan=plan,
                task=task,
                unit=unit,
                unit_name=unit.name[:300],
                label=words,
                search_key=fold(words),
                opens_on=day,
                due_on=said.due_on,
                original_due_on=said.due_on,
                changed_at=at,
            )
            for unit in units
        ),
        batch_size=200,
    )
    let_see(plan.pk, wanted)
    for due in dues:
        tell_unit(
            actor=actor,
            at=at,
            due=due,
            unit_id=due.unit_id,
            reason=Reason.ASSIGNED,
            what="Được giao việc tại giao ban",
        )
    return dues


def _not_allowed() -> Refusal:
    message = _("Chỉ cơ quan thường trực của địa bàn được ghi kết luận giao ban.")
    return Refusal(code="not_allowed", message=message)
