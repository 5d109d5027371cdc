"""Reminding people of limits, and what they answer.

When somebody is reminded of what is decided by `core.periods.reminding`; here stands whom, and that it is on record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import TypeVar

from attrs import field, frozen
from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, Role, User
from pcmt.apps.accounts.queries import people_at
from pcmt.apps.audit.operations import record
from pcmt.apps.notices.models import Notice, Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.plans.models import Plan, PlanState
from pcmt.apps.plans.policies import can_review
from pcmt.apps.tasks.addresses import due_address, title_of
from pcmt.apps.tasks.models import (
    Comment,
    DueItem,
    DueState,
    ExtensionState,
    Mode,
    NoteEvent,
    PartyRole,
    ProgressNote,
    Reminder,
    TaskParty,
)
from pcmt.apps.tasks.operations.telling import DOERS
from pcmt.apps.tasks.policies import can_note
from pcmt.apps.tasks.queries import unanswered
from pcmt.apps.units.models import GroupMember, UnitClosure, UnitKind
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import Awaited, Call, CallKind, Rhythm, WorkCalendar, call_on, reach_on, shares
from pcmt.core.periods import date_label as day_words
from pcmt.reference import work_calendar

T = TypeVar("T")
CHUNK = 200
GIVING = (
    *(NoteEvent.HANDED_DOWN, NoteEvent.EXTENDED, NoteEvent.RESUMED, NoteEvent.REOPENED),
    *(NoteEvent.RETURNED, NoteEvent.MOVED, NoteEvent.ANSWERED),
)
"""What puts a due item, as it stands then, into the hands of its body: it is told of that, and of no step before."""
REASONS = {CallKind.SOON: Reason.SOON, CallKind.OVERDUE: Reason.OVERDUE, CallKind.ESCALATED: Reason.ESCALATED}
URGENCY = {CallKind.ESCALATED: 0, CallKind.OVERDUE: 1, CallKind.SOON: 2}
HOME = "/"
"""The path of the page with all one's work."""


@frozen
class Reminded:
    """What one run did: calls made, notices sent at most, and people who got a notice that sums up."""

    calls: int = 0
    notices: int = 0
    summed: int = 0


def rhythm() -> Rhythm:
    """How often this installation reminds."""
    return Rhythm(before=tuple(settings.REMIND_BEFORE), again=settings.REMIND_AGAIN, escalate=settings.REMIND_ESCALATE)


def remind(*, at: datetime) -> Reminded:
    """Make the calls of the day of `at`, each on record, in transactions of a few hundred.

    Whoever runs it again, or at the same time, tells nobody twice; who misses days tells the latest step only.
    """
    on, calendar = timezone.localdate(at), _calendar()
    due = _calls(on, rhythm(), calendar)
    if not due:
        return Reminded()
    called = list(_addressed(due, on))
    single, beyond = shares([(each.due.pk, each.people) for each in called], settings.REMIND_MOST, _had(at))
    sent = 0
    for some in _chunks(called):
        with transaction.atomic():
            # In the order in which everybody else locks due items.
            rows = [_row(each, on, at) for each in sorted(some, key=lambda each: each.due.pk)]
            Reminder.objects.bulk_create(rows, ignore_conflicts=True)
            sent += sum(_tell(each, single[each.due.pk], on, at) for each in some)
    with transaction.atomic():
        for user_id, number in sorted(beyond.items()):
            _sum_up(user_id, number, on, at)
    return Reminded(len(called), sent, len(beyond))


def note_reminder(*, actor: Actor, at: datetime, due_item_id: int) -> DueItem | Refusal:
    """The body says that it knows of what is overdue: the level above is not told for the time being.

    Twice is once. It changes nothing else, and the next reminder comes all the same.
    """
    with transaction.atomic():
        seen = DueItem.objects.visible_to(actor).filter(pk=due_item_id)
        due = seen.select_for_update(of=("self",)).select_related("plan").first()
        if due is None or not can_note(actor, due):
            return Refusal(code="not_allowed", message=_("Chỉ đơn vị đang làm việc này trả lời được lời nhắc."))
        if not unanswered(due):
            return due
        ProgressNote.objects.create(
            due_item=due,
            task_id=due.task_id,
            at=at,
            actor_id=actor.user_id,
            actor_name=actor.name,
            unit_id=actor.unit_id,
            event=NoteEvent.NOTED,
            percent=due.percent,
        )
        record(at=at, actor=actor, event="tasks.due.noted", obj=due, after={"due_on": due.due_on})
    return due


def switch_reminders(*, actor: Actor, at: datetime, plan_id: int, on: bool) -> Plan | Refusal:
    """Have people reminded of the limits of a plan, or not. What was told stays told."""
    with transaction.atomic():
        plan = Plan.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=plan_id).first()
        if plan is None or not can_review(actor, plan):
            return Refusal(code="not_allowed", message=_("Chỉ cơ quan thường trực của kế hoạch bật, tắt nhắc hạn."))
        if plan.reminds != on:
            record(
                at=at,
                actor=actor,
                event="tasks.reminders.switched",
                obj=plan,
                before={"reminds": plan.reminds},
                after={"reminds": on},
            )
            plan.reminds = on
            plan.save(update_fields=["reminds"])
    return plan


@lru_cache(maxsize=1)
def _calendar() -> WorkCalendar:
    return work_calendar()


def _open(on: date, reach: date) -> QuerySet[DueItem]:
    """What may have to be called to mind: open, with a limit that is near or has passed, in a plan that reminds."""
    live = DueItem.objects.filter(state=DueState.OPEN, due_on__isnull=False, due_on__lte=reach)
    return live.filter(plan__state=PlanState.ADOPTED, plan__reminds=True).exclude(mode=Mode.REQUESTED, due_on__lt=on)


def _calls(on: date, rhythm: Rhythm, calendar: WorkCalendar) -> dict[int, Call]:
    """The calls of a day by due item; four statements."""
    found = _open(on, reach_on(on, rhythm, calendar))
    ids = found.order_by().values("pk")
    made: dict[int, dict[Call, date]] = defaultdict(dict)
    rows = Reminder.objects.filter(due_item__in=ids, limit_on=F("due_item__due_on")).order_by()
    for pk, kind, number, day in rows.values_list("due_item_id", "kind", "number", "on"):
        made[pk][Call(CallKind(kind), number)] = day
    heard: dict[int, datetime] = {}
    given: dict[int, datetime] = {}
    notes = ProgressNote.objects.filter(due_item__in=ids).order_by().values_list("due_item_id")
    for pk, last, handed in notes.annotate(last=Max("at"), handed=Max("at", filter=Q(event__in=GIVING))):
        heard[pk] = last
        if handed:
            given[pk] = handed
    comments = Comment.objects.filter(due_item__in=ids, unit=F("due_item__unit")).order_by().values_list("due_item_id")
    for pk, last in comments.annotate(last=Max("at")):
        heard[pk] = max(last, heard.get(pk, last))
    asked = found.filter(Q(extensions__state=ExtensionState.WAITING) | Q(declined_at__isnull=False))
    waiting = set(asked.order_by().values_list("pk", flat=True))
    calls: dict[int, Call] = {}
    adopted = found.order_by("due_on", "pk").values_list(
        "pk", "due_on", "mode", "task__since__adopted_at", "task__given_at", "occurrence__duty__since__adopted_at"
    )
    for pk, due_on, mode, *since in adopted:
        assert due_on is not None
        # Who waits for an answer is not silent: it is for the other side to speak.
        awaited = Awaited(
            due_on=due_on,
            requested=mode == Mode.REQUESTED,
            given_on=_day(max((each for each in (*since, given.get(pk)) if each), default=None)),
            heard_on=on if pk in waiting else _day(heard.get(pk)),
            called=made.get(pk, {}),
        )
        call = call_on(awaited, on, rhythm, calendar)
        if call is not None:
            calls[pk] = call
    return calls


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None


@frozen
class _Called:
    """A call, what it is about, and the people it goes to, those who have to act first."""

    due: DueItem
    call: Call
    people: Sequence[int]


def _addressed(calls: Mapping[int, Call], on: date) -> Iterator[_Called]:
    """The calls with their people, the most urgent first."""
    shown = ("plan", "clause", "task", "unit")
    dues = [due for some in _chunks(list(calls)) for due in DueItem.objects.filter(pk__in=some).select_related(*shown)]
    dues.sort(key=lambda due: (URGENCY[calls[due.pk].kind], due.due_on, due.pk))
    soon = [due for due in dues if calls[due.pk].kind is CallKind.SOON]
    helpers = _coordinators(soon)
    crew = _crew(dues, helpers, on)
    for due in dues:
        call = calls[due.pk]
        match call.kind:
            case CallKind.SOON:
                people = [*_in_hand(due, crew), *(who for unit in helpers.get(due.pk, ()) for who in crew.at(unit))]
            case CallKind.OVERDUE:
                people = [
                    *_in_hand(due, crew),
                    *crew.at(due.unit_id),
                    *crew.heads_at(due.unit_id),
                    *_keepers(due, crew),
                ]
            case CallKind.ESCALATED:
                people = [*_superiors(due, crew), *_keepers(due, crew)]
        yield _Called(due, call, list(dict.fromkeys(people)))


@frozen
class _Crew:
    """Who works at, leads and keeps plans at the units concerned; `above`: the units over one, the nearest first."""

    doers: Mapping[int, Sequence[int]]
    heads: Mapping[int, Sequence[int]]
    offices: Mapping[int, Sequence[int]]
    members: Mapping[int, Sequence[int]]
    above: Mapping[int, Sequence[int]] = field(factory=dict)

    def at(self, unit_id: int | None) -> list[int]:
        """Who does the work of a unit; of its members, for a group that is named as a whole."""
        return [who for each in self._those(unit_id) for who in self.doers.get(each, ())]

    def heads_at(self, unit_id: int | None) -> list[int]:
        """Who leads it."""
        return [who for each in self._those(unit_id) for who in self.heads.get(each, ())]

    def office_at(self, unit_id: int) -> Sequence[int]:
        """The standing office there, or else whoever works there."""
        return self.offices.get(unit_id) or self.doers.get(unit_id, ())

    def _those(self, unit_id: int | None) -> Sequence[int]:
        return () if unit_id is None else self.members.get(unit_id, (unit_id,))


def _crew(dues: Sequence[DueItem], helpers: Mapping[int, Sequence[int]], on: date) -> _Crew:
    """Everybody whom calls on these due items may concern; a handful of statements."""
    own = {due.unit_id for due in dues if due.unit_id}
    givers = {due.given_by_id for due in dues if due.given_by_id}
    members: dict[int, list[int]] = defaultdict(list)
    named = own | {unit for units in helpers.values() for unit in units}
    groups = GroupMember.objects.as_of(on).filter(group__kind=UnitKind.GROUP, group__in=named)
    for group_id, unit_id in groups.order_by("group_id", "unit_id").values_list("group_id", "unit_id"):
        members[group_id].append(unit_id)
    above: dict[int, list[int]] = defaultdict(list)
    over = UnitClosure.objects.as_of(on).filter(descendant__in=own | givers, depth__gt=0)
    for unit_id, upper in over.order_by("descendant_id", "depth").values_list("descendant_id", "ancestor_id"):
        above[unit_id].append(upper)
    owners = {due.plan.owner_id for due in dues}
    within = {unit for units in members.values() for unit in units}
    working = named | within | givers | owners
    leading = own | within | givers | {unit for units in above.values() for unit in units}
    return _Crew(
        doers=people_at(working, on, DOERS),
        heads=people_at(leading, on, (Role.LEADER,)),
        offices=people_at(owners, on, (Role.STANDING_OFFICE,)),
        members=members,
        above=above,
    )


def _coordinators(dues: Iterable[DueItem]) -> dict[int, list[int]]:
    """The bodies that take part in tasks and owe nothing themselves, by due item; parts have none."""
    tasks: dict[int, list[DueItem]] = defaultdict(list)
    for due in dues:
        if due.task_id and due.parent_id is None and due.mode != Mode.REQUESTED:
            tasks[due.task_id].append(due)
    found: dict[int, list[int]] = defaultdict(list)
    for some in _chunks(list(tasks)):
        parties = TaskParty.objects.filter(
            task__in=some, owes=False, unit__isnull=False, role__in=(PartyRole.COORDINATE, PartyRole.JOINT)
        )
        for task_id, unit_id in parties.order_by("order", "pk").values_list("task_id", "unit_id"):
            for due in tasks[task_id]:
                if unit_id is not None and unit_id != due.unit_id:
                    found[due.pk].append(unit_id)
    return found


def _in_hand(due: DueItem, crew: _Crew) -> list[int]:
    """The person who has it in hand, as long as that one works there; else everybody who works there."""
    there = crew.at(due.unit_id)
    return [due.holder_id] if due.holder_id in there and due.holder_id is not None else there


def _keepers(due: DueItem, crew: _Crew) -> Sequence[int]:
    """Who gave it: for a part those who work at the giving unit, else the office that keeps the plan."""
    if due.parent_id and due.given_by_id:
        return crew.at(due.given_by_id)
    return crew.office_at(due.plan.owner_id)


def _superiors(due: DueItem, crew: _Crew) -> Sequence[int]:
    """The head one level up: of the unit that gave the part, else of the nearest unit above that has a head here."""
    first = due.given_by_id if due.parent_id else None
    start = first or due.unit_id
    line = [*([first] if first else []), *crew.above.get(start or 0, ())]
    return next((crew.heads[unit_id] for unit_id in line if crew.heads.get(unit_id)), ())


def _had(at: datetime) -> dict[int, int]:
    """How many reminders people got by themselves today already."""
    start = timezone.make_aware(datetime.combine(timezone.localdate(at), time()))
    today = Notice.objects.filter(at__gte=start, reason__in=list(REASONS.values()), about=DueItem._meta.label)
    return dict(today.order_by().values_list("user_id").annotate(number=Count("pk")))


def _row(called: _Called, on: date, at: datetime) -> Reminder:
    assert called.due.due_on is not None
    return Reminder(
        due_item=called.due,
        limit_on=called.due.due_on,
        kind=called.call.kind,
        number=called.call.number,
        on=on,
        at=at,
        unit_id=called.due.unit_id,
        told=len(called.people),
    )


def _tell(called: _Called, users: Collection[int], on: date, at: datetime) -> int:
    due, call = called.due, called.call
    if not users:
        return 0
    return tell(
        at=at,
        users=users,
        reason=REASONS[call.kind],
        about=due,
        address=due_address(due),
        title=f"{_words(due, call.kind, on)}: {title_of(due)}",
        key=f"due:{due.pk}:{call.kind}:{due.due_on}:{call.number}",
        unit_id=due.unit_id,
    )


def _words(due: DueItem, kind: CallKind, on: date) -> str:
    """What is said in front; stored, so Vietnamese."""
    assert due.due_on is not None
    days, who = abs((due.due_on - on).days), due.unit.called if due.unit else due.unit_name
    match kind:
        case CallKind.SOON if due.mode == Mode.REQUESTED:
            return f"Sắp tới ngày đề nghị ({day_words(due.due_on)})"
        case CallKind.SOON:
            return f"Còn {days} ngày (đến hết {day_words(due.due_on)})" if days else "Hôm nay là hạn chót"
        case CallKind.OVERDUE:
            return f"Quá hạn {days} ngày ({who})" if who else f"Quá hạn {days} ngày"
        case CallKind.ESCALATED:
            return f"{who or 'Chưa rõ đơn vị'} quá hạn {days} ngày, chưa trả lời nhắc"


def _sum_up(user_id: int, number: int, on: date, at: datetime) -> None:
    tell(
        at=at,
        users=[user_id],
        reason=Reason.OVERDUE,
        about=User(pk=user_id),
        address=HOME,
        title=f"Và {number} việc khác sắp tới hạn hoặc đã quá hạn: xem ở Việc của tôi",
        key=f"remind:{on}:more",
    )


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
