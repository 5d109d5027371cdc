"""Saying when an event is that limits of a plan hang on: what waited for it gets its day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.queries import people_at
from pcmt.apps.audit.operations import record
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.plans.events import event_key, windows_of
from pcmt.apps.plans.models import Plan, PlanEvent
from pcmt.apps.plans.policies import can_review
from pcmt.apps.targets.operations import date_targets
from pcmt.apps.targets.queries import targets_on_events
from pcmt.apps.tasks.addresses import due_address
from pcmt.apps.tasks.models import LIVE, DueItem, DueState
from pcmt.apps.tasks.operations.requests import drop_requests
from pcmt.apps.tasks.operations.telling import DOERS
from pcmt.apps.tasks.operations.touching import TOUCHED, touch
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import DAY, DueWindow, Span, limit_from

FAR = timedelta(days=20 * 366)
"""Nobody plans an event so far from a plan: a slip of the keyboard."""
FIELDS = ["opens_on", "due_on", "original_due_on", "state", "merged_into", "suspended_on", *TOUCHED]


def say_when(
    *, actor: Actor, at: datetime, plan_id: int, key: str, version: int, on: date | None
) -> PlanEvent | Refusal:
    """Say on which day an event of a plan is (`None`: not known after all); `version` is the event's as last seen.

    It may lie ahead: then it is what is planned, and can be said anew. Open due items that hang on the event get the
    day that follows from it, or lose it. What is done stays as it is, against the limit it was done against; what was
    given more time keeps the day that was given.
    """
    with transaction.atomic():
        plan = Plan.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=plan_id).first()
        if plan is None or not can_review(actor, plan):
            message = _("Chỉ cơ quan thường trực giữ kế hoạch này nhập được ngày của sự kiện.")
            return Refusal(code="not_allowed", message=message)
        hanging = [
            due
            for due in DueItem.objects.select_for_update(of=("self",))
            .filter(plan=plan, limit__event__isnull=False, merged_into__isnull=True)
            .of_plans()
            .order_by("pk")
            if event_key((due.limit or {})["event"]) == key
        ]
        targets = [each for each in targets_on_events(plan.pk) if event_key(each.words) == key]
        if not hanging and not targets:
            return Refusal(code="no_event", message=_("Kế hoạch không còn hạn nào theo sự kiện này."))
        event = PlanEvent.objects.filter(plan=plan, key=key).first()
        if (event.version if event else 0) != version:
            assert event is not None
            message = _("%(name)s vừa nhập ngày của sự kiện này. Xem lại rồi nhập tiếp.") % {"name": event.said_by_name}
            return Refusal(code="stale", message=message, field="on")
        if on is not None and _far(plan, on):
            message = _("Ngày này cách xa thời gian của kế hoạch. Kiểm tra lại năm.")
            return Refusal(code="far", message=message, field="on")
        before = event.on if event else None
        if event is None:
            words = " ".join(((hanging[0].limit or {})["event"] if hanging else targets[0].words).split())[:300]
            event = PlanEvent(plan=plan, key=key, words=words, version=0)
        if before == on and event.version:
            return event
        event.on, event.said_at = on, at
        event.said_by_id, event.said_by_name = actor.user_id, actor.name
        event.version += 1
        event.save()
        date_targets(plan=plan, key=key, on=on)
        changed = _dated(plan, hanging, {key: on} if on else {}, at)
        DueItem.objects.bulk_update([due for due in changed if due.merged_into_id], FIELDS, batch_size=100)
        DueItem.objects.bulk_update([due for due in changed if not due.merged_into_id], FIELDS, batch_size=100)
        drop_requests([due.pk for due in changed], at=at)  # asked for against another limit
        _tell(actor, at, event, changed)
        record(
            at=at,
            actor=actor,
            event="tasks.event.said",
            obj=event,
            before={"date": before},
            after={"date": on, "count": len(changed)},
        )
    return event


def _tell(actor: Actor, at: datetime, event: PlanEvent, changed: list[DueItem]) -> None:
    """Each body whose limits moved is told so once, however many they are."""
    by_unit: dict[int, list[DueItem]] = defaultdict(list)
    for due in changed:
        if due.unit_id and due.state in LIVE:
            by_unit[due.unit_id].append(due)
    people = people_at(by_unit, timezone.localdate(at), DOERS)
    for unit_id, users in people.items():
        dues = by_unit[unit_id]
        if event.on:
            last = min(due.due_on for due in dues if due.due_on) if any(due.due_on for due in dues) else None
            when = f"hạn hết ngày {last:%d/%m/%Y}" if last else "chưa tính được hạn"
        else:
            when = "tạm chưa có hạn"
        plan = event.plan.designation or event.plan.title[:60]
        title = f"{len(dues)} việc của kế hoạch {plan} gắn với sự kiện “{event.words}”: {when}"
        tell(
            at=at,
            users=[user for user in users if user != actor.user_id],
            reason=Reason.CHANGED,
            about=event,
            address=due_address(dues[0]),
            title=title,
            key=f"event:{event.pk}:{event.version}:{unit_id}",
            unit_id=unit_id,
        )


def _far(plan: Plan, on: date) -> bool:
    first = plan.window_from or plan.issued_on
    last = plan.window_to or first
    return bool(first and last) and not (first - FAR <= on <= last + FAR)  # type: ignore[operator]


def _dated(plan: Plan, hanging: list[DueItem], events: dict[str, date], at: datetime) -> list[DueItem]:
    """The due items that change; one that falls on a day on which its unit owes the same anyway ends in that one."""
    window = Span(plan.window_from, plan.window_to + DAY) if plan.window_from and plan.window_to else None
    ids = {due.task_id for due in hanging if due.task_id}
    others = DueItem.objects.filter(task__in=ids).of_plans().exclude(pk__in=[due.pk for due in hanging])
    places = {(due.task_id, due.unit_id, due.original_due_on, due.origin_unit_id): due for due in others}
    changed: list[DueItem] = []
    for due in hanging:
        if due.state not in LIVE or due.due_on != due.original_due_on:
            continue
        limit = limit_from(due.limit)
        windows: tuple[DueWindow, ...] = windows_of(limit, window, events) if limit else ()
        last = windows[0].last if windows else None
        if due.due_on == last:
            continue
        twin = places.get((due.task_id, due.unit_id, last, due.origin_unit_id)) if due.task_id else None
        touch(due, at=at)
        changed.append(due)
        if twin is not None and last is not None:
            due.state, due.merged_into, due.suspended_on = DueState.ENDED, twin, None
            continue
        due.opens_on = windows[0].start if windows else None
        due.due_on = due.original_due_on = last
    return changed
