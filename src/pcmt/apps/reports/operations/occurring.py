"""What office regimes ask for is laid out ahead: one occurrence for each body and period of the plan's window.

Doing it again changes nothing, so whoever changes a regime, a plan or a group only has to ask for it. What was due
before today stays as it is: nobody is bound backwards, and late stays late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from attrs import Factory, define
from django.db import transaction
from django.utils import timezone

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.queries import people_at
from pcmt.apps.audit.operations import record
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import Telling, tell_all
from pcmt.apps.plans.models import Plan, PlanState
from pcmt.apps.plans.operations import let_see
from pcmt.apps.reports.models import Duty, DutyOccurrence, DutyState, Origin
from pcmt.apps.reports.queries.regimes import fed_duties, office_regimes, reporting_of
from pcmt.apps.reports.regimes import periods_ahead, rung_of, step_of, step_words
from pcmt.apps.tasks.addresses import owed_address
from pcmt.apps.tasks.models import DueItem, DueKind, DueState
from pcmt.apps.tasks.operations import LABEL_CHARS, TOUCHED, drop_requests, end_due, touch
from pcmt.apps.tasks.operations.telling import DOERS
from pcmt.apps.units.models import Unit
from pcmt.core.periods import Span, Step, date_label
from pcmt.core.text import fold
from pcmt.reference import work_calendar

CHUNK = 500
WAITING = (DueState.OPEN, DueState.SUSPENDED)
"""States of what is not sent: its limit may still move."""
MOVING = ["opens_on", "due_on", "limit", "limit_text", "label", "search_key", "state", *TOUCHED]

Place = tuple[int | None, date | None]
"""Who owes a report, and the last day of its period."""


@define
class Laid:
    """What laying out changed, as bodies are told: first day in time of what is new or moved, by duty and body."""

    made: dict[tuple[int, int], date] = Factory(dict)
    moved: dict[tuple[int, int], date] = Factory(dict)
    ended: set[tuple[int, int]] = Factory(set)
    count: int = 0


def lay_out(*, at: datetime, plan: Plan) -> Laid:
    """Bring the occurrences of a plan's office regimes up to date. The plan is locked by the caller."""
    laid = Laid()
    duties = [duty for duty in office_regimes(plan.pk) if rung_of(duty)]
    today = timezone.localdate(at)
    fed, reporting = fed_duties(duties), reporting_of(duties)
    known = _known(duties)
    due_items: list[DueItem] = []
    occurrences: list[DutyOccurrence] = []
    changed: list[DueItem] = []
    for duty in duties:
        standing = known[duty.pk]
        wanted: set[Place] = set()
        for period in periods_ahead(duty, plan.window_from, plan.window_to, today):
            step = step_of(duty, period, fed, work_calendar())
            assert step is not None
            # Who exists when the figures close owes the report; one that has closed is owed by who is there now.
            for unit_id, unit in reporting[duty.pk].on(max(period.last, today)).items():
                wanted.add((unit_id, period.last))
                rows = standing.get((unit_id, period.last), ())
                for due in rows:
                    if _moved(due, duty, step, today, at):
                        changed.append(due)
                        laid.moved.setdefault((duty.pk, unit_id), step.last)
                if not rows and step.last >= today:
                    due, occurrence = _new(duty, unit, period, step, at)
                    due_items.append(due)
                    occurrences.append(occurrence)
                    laid.made.setdefault((duty.pk, unit_id), step.last)
        gone = [due for place, rows in standing.items() if place not in wanted for due in rows if _lapses(due, today)]
        laid.ended |= {(duty.pk, due.unit_id) for due in gone if due.unit_id}
        laid.count += end_due([due.pk for due in gone], at=at)
    DueItem.objects.bulk_create(due_items, batch_size=CHUNK)
    for occurrence in occurrences:
        occurrence.due_item_id = occurrence.due_item.pk
    DutyOccurrence.objects.bulk_create(occurrences, batch_size=CHUNK)
    DueItem.objects.bulk_update(changed, MOVING, batch_size=100)
    drop_requests([due.pk for due in changed], at=at)  # asked for against another limit
    let_see(plan.pk, {unit_id for _duty, unit_id in laid.made})
    laid.count += len(due_items) + len(changed)
    return laid


def _known(duties: Sequence[Duty]) -> dict[int, dict[Place, list[DueItem]]]:
    """Due items that stand, by duty and place: what came from another body also in the place of that."""
    found: dict[int, dict[Place, list[DueItem]]] = {duty.pk: defaultdict(list) for duty in duties}
    rows = DueItem.objects.select_for_update(of=("self",), no_key=True).filter(
        occurrence__duty__in=list(found), merged_into__isnull=True
    )
    for due in rows.select_related("occurrence").order_by("pk"):
        occurrence = due.occurrence
        for owner in {occurrence.unit_id, occurrence.origin_unit_id or occurrence.unit_id}:
            found[occurrence.duty_id][owner, occurrence.period_to].append(due)
    return found


def _new(duty: Duty, unit: Unit, period: Span, step: Step, at: datetime) -> tuple[DueItem, DutyOccurrence]:
    due = new_due(duty, unit, at=at)
    due.opens_on, due.due_on, due.original_due_on = min(step.start, step.last), step.last, step.last
    due.limit, due.limit_text = _limit(duty, step), step_words(duty, step)
    return due, DutyOccurrence(duty=duty, unit=unit, due_item=due, period_from=period.start, period_to=period.last)


def new_due(duty: Duty, unit: Unit, *, at: datetime) -> DueItem:
    """A due item of a regime that has no sentence in the plan; the caller says when it is due, and saves it."""
    label = duty.title[:LABEL_CHARS]
    return DueItem(
        kind=DueKind.REPORT,
        plan=duty.plan,
        clause=duty.clause,
        unit=unit,
        unit_name=unit.name[:300],
        label=label,
        search_key=fold(label),
        start=duty.start,
        end=duty.end,
        changed_at=at,
    )


def _limit(duty: Duty, step: Step) -> dict[str, str]:
    """The limit as other rooms read it, with the day it was set to: an extension changes only the due item's day."""
    due = duty.due or {}
    if due.get("rule"):
        limit = {name: due[name] for name in ("relation", "precision", "rule")}
    else:
        limit = {"relation": "by", "precision": "day", "date": step.last.isoformat()}
    return {**limit, "last": step.last.isoformat()}


def _moved(due: DueItem, duty: Duty, step: Step, today: date, at: datetime) -> bool:
    """Bring what is not sent and not due yet up to its regime; whether its limit changed.

    The same limit leaves an extension alone. A body that is back owes again what had ended.
    """
    if due.state == DueState.ENDED and due.done_at is None and step.last >= today:
        due.state = DueState.OPEN
    elif (
        due.state not in WAITING
        or due.due_on is None
        or due.due_on < today
        or (due.limit or {}).get("last") == step.last.isoformat()
        and due.label == duty.title[:LABEL_CHARS]
    ):
        return False
    if (due.limit or {}).get("last") != step.last.isoformat():
        due.opens_on, due.due_on = min(step.start, step.last), step.last
    due.limit, due.limit_text = _limit(duty, step), step_words(duty, step)
    due.label = duty.title[:LABEL_CHARS]
    due.search_key = fold(due.label)
    touch(due, at=at)
    return True


def _lapses(due: DueItem, today: date) -> bool:
    """Whether what no period or body asks for any more ends: not what is sent, was due already, or was taken over."""
    return due.state in WAITING and due.origin_unit_id is None and (due.due_on is None or due.due_on >= today)


def tell_reporters(*, actor: Actor | None, at: datetime, duties: Iterable[Duty], laid: Laid) -> None:
    """Tell each body once what regimes mean to it: new, with another limit, or asked for no more."""
    today = timezone.localdate(at)
    for duty in duties:
        new = {unit_id: day for (duty_id, unit_id), day in laid.made.items() if duty_id == duty.pk}
        moved = {unit_id: day for (duty_id, unit_id), day in laid.moved.items() if duty_id == duty.pk}
        gone = {unit_id for duty_id, unit_id in laid.ended if duty_id == duty.pk} - new.keys() - moved.keys()
        people = people_at([*new, *moved, *gone], today, DOERS)
        for reason, days, words in (
            (Reason.ASSIGNED, new, "Được giao báo cáo"),
            (Reason.CHANGED, {unit_id: day for unit_id, day in moved.items() if unit_id not in new}, "Báo cáo đổi hạn"),
            (Reason.CHANGED, dict.fromkeys(gone), "Không phải báo cáo nữa"),
        ):
            tell_all(
                at=at,
                reason=reason,
                about=duty,
                tellings=[
                    Telling(
                        users=frozenset(people.get(unit_id, ())) - ({actor.user_id} if actor else set()),
                        address=owed_address(duty.plan_id, unit_id),
                        title=_told(words, duty, day),
                        key=f"duty:{duty.pk}:{duty.version}:{unit_id}:{words[:1]}:{today:%Y%m%d}",
                        unit_id=unit_id,
                    )
                    for unit_id, day in sorted(days.items())
                ],
            )


def _told(words: str, duty: Duty, day: date | None) -> str:
    limit = f", hạn gần nhất hết ngày {date_label(day)}" if day else ""
    place = f" ({duty.plan.designation})" if duty.plan.designation else ""
    return f"{words}: {duty.title[:140]}{place}{limit}"


def lay_out_all(*, at: datetime) -> int:
    """Every night: plans without a last day get their next periods, and new members of groups what they owe."""
    asking = Duty.objects.filter(origin=Origin.OFFICE, state=DutyState.ACTIVE, plan__state=PlanState.ADOPTED)
    count = 0
    for plan_id in sorted(set(asking.values_list("plan_id", flat=True))):
        with transaction.atomic():
            plan = Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan_id)
            laid = lay_out(at=at, plan=plan)
            duties = office_regimes(plan_id)
            tell_reporters(actor=None, at=at, duties=duties, laid=laid)
            for duty in duties:
                numbers = {
                    "made": sum(pk == duty.pk for pk, _unit in laid.made),
                    "moved": sum(pk == duty.pk for pk, _unit in laid.moved),
                    "stopped": sum(pk == duty.pk for pk, _unit in laid.ended),
                }
                if any(numbers.values()):
                    record(at=at, actor=None, event="reports.duty.laid_out", obj=duty, after=numbers)
            count += laid.count
    return count
