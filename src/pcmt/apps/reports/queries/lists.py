"""The lists of reports: what a body has to write, what waits for whom, what was sent; and how many there are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.models import WRITABLE, DutyOccurrence, Submission, SubmissionEdition, SubmissionState
from pcmt.apps.reports.policies import leads_at, to_take
from pcmt.apps.tasks.models import GONE, DueState, Mode

SOON = timedelta(days=7)
SHOWN_WITH = ("submission", "due_item", "duty__plan", "duty__recipient", "unit")

NO_REPORT = Q(submission__isnull=True)
TO_WRITE = Q(due_item__state__in=(DueState.OPEN, DueState.SUSPENDED)) & NO_REPORT | Q(
    submission__state__in=(*WRITABLE, SubmissionState.WAITING)
)
"""Nobody has begun it and it is owed, or it is on its way inside the body."""
OVERDUE_KIND = ~Q(due_item__mode=Mode.REQUESTED)


def listed(found: QuerySet[DutyOccurrence]) -> Any:
    """Occurrences as lists show them: with the report, when it was sent last, and by how many days it was late."""
    last = SubmissionEdition.objects.filter(
        submission=OuterRef("submission__pk"), number=OuterRef("submission__edition")
    )
    rows: Any = found.select_related(*SHOWN_WITH)
    return rows.annotate(sent_at=Subquery(last.values("sent_at")[:1]), days_late=Subquery(last.values("days_late")[:1]))


def owed_reports(actor: Actor) -> QuerySet[DutyOccurrence]:
    """The reports that the actor's own body owes or owed, begun or not; without those that nobody owes any more."""
    mine = DutyOccurrence.objects.visible_to(actor).filter(unit_id=actor.unit_id)
    return mine.filter(Q(submission__isnull=False) | ~Q(due_item__state__in=GONE))


def my_reports(actor: Actor) -> QuerySet[DutyOccurrence]:
    """What the own body has to write, or has not sent yet; the nearest limit first."""
    found = owed_reports(actor).filter(TO_WRITE)
    return found.order_by(F("due_item__due_on").asc(nulls_last=True), "pk")


def begun(found: QuerySet[DutyOccurrence], on: date) -> QuerySet[DutyOccurrence]:
    """Those whose time has come: the period is over or nearly so, or somebody writes already."""
    open_now = Q(due_item__opens_on__isnull=True) | Q(due_item__opens_on__lte=on) | Q(due_item__due_on__lte=on + SOON)
    return found.filter(open_now | Q(submission__isnull=False))


def waiting_for_me(actor: Actor) -> QuerySet[DutyOccurrence]:
    """What waits for the actor's approval, as a leader of the body; the nearest limit first."""
    if not leads_at(actor, actor.unit_id):
        return DutyOccurrence.objects.none()
    found = DutyOccurrence.objects.filter(submission__unit=actor.unit_id, submission__state=SubmissionState.WAITING)
    return found.order_by(F("due_item__due_on").asc(nulls_last=True), "pk")


def inbox(actor: Actor) -> QuerySet[DutyOccurrence]:
    """What waits for the actor to take it, as the recipient or the office of the plan; what lies longest first."""
    waiting = to_take(actor) & Submission.objects.visible_to(actor)
    return DutyOccurrence.objects.filter(submission__in=waiting.values("pk")).order_by("submission__changed_at", "pk")


def sent_reports(actor: Actor) -> QuerySet[DutyOccurrence]:
    """What the own body has sent, the latest period first."""
    found = DutyOccurrence.objects.filter(submission__unit=actor.unit_id, submission__sent_once=True)
    return found.order_by(F("period_to").desc(nulls_last=True), "-pk")


def received_reports(actor: Actor) -> QuerySet[DutyOccurrence]:
    """The reports of other bodies that the actor sees, sent at least once; the latest period first."""
    seen = Submission.objects.visible_to(actor).filter(sent_once=True).exclude(unit_id=actor.unit_id)
    found = DutyOccurrence.objects.filter(submission__in=seen.values("pk"))
    return found.order_by(F("period_to").desc(nulls_last=True), "unit__sort_key", "pk")


@attrs.frozen
class ReportCounts:
    """How many reports wait for what: to be written and begun to be owed, overdue, returned, approved, taken."""

    to_write: int
    overdue: int
    returned: int
    to_approve: int
    to_take: int


def report_counts(actor: Actor, on: date) -> ReportCounts:
    """The counts for one person; three statements at most."""
    late = OVERDUE_KIND & Q(due_item__state=DueState.OPEN, due_item__due_on__lt=on)
    mine = begun(owed_reports(actor).filter(TO_WRITE), on).order_by().aggregate(
        all=Count("pk"), late=Count("pk", filter=late),
        returned=Count("pk", filter=Q(submission__state=SubmissionState.RETURNED)),
    )  # fmt: skip
    return ReportCounts(
        to_write=mine["all"],
        overdue=mine["late"],
        returned=mine["returned"],
        to_approve=waiting_for_me(actor).count() if leads_at(actor, actor.unit_id) else 0,
        to_take=inbox(actor).count(),
    )
