"""Who may do what with reports, their regimes and their forms.

A report belongs to the body that writes it: nobody else writes, approves or sends it, also not the office that keeps
the plan. Its recipient takes it, or the office that keeps the plan where the recipient does not work with this program.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from pcmt.apps.accounts.models import Actor, Role, reached_units
from pcmt.apps.accounts.policies import RIGHTS, Reach, changes, leads
from pcmt.apps.accounts.queries import people_at
from pcmt.apps.plans.models import Plan, PlanState, below
from pcmt.apps.reports.models import TAKEN, WRITABLE, DutyOccurrence, ReportForm, Submission, SubmissionState
from pcmt.apps.tasks.policies import keeps
from pcmt.apps.units.models import Unit

LEADERS = (str(Role.LEADER),)
WRITERS = tuple(
    role for role, right in RIGHTS["reports.Submission"].items() if right.change >= Reach.OWN and role not in LEADERS
)
"""Roles in which people write reports, and take those of others. Leaders approve."""


def takes_packets_in(actor: Actor | None) -> bool:
    """Whether the actor takes packets of another system in at all: who writes reports, or asks for them."""
    return asks_reports(actor) or (
        actor is not None and not leads(actor) and changes("reports.Submission", actor) >= Reach.OWN
    )


def asks_reports(actor: Actor | None) -> bool:
    """Whether the actor asks others for reports at all: standing offices do."""
    return actor is not None and changes("reports.Duty", actor) >= Reach.SUBTREE


def can_keep_regimes(actor: Actor | None, plan: Plan) -> bool:
    """Whether the actor says what is reported for a plan, and asks for more: who keeps it. Not for a mere draft."""
    return asks_reports(actor) and plan.state in (PlanState.ADOPTED, PlanState.CLOSED) and keeps(actor, plan)


def can_keep_forms(actor: Actor | None) -> bool:
    """Whether the actor makes report forms at all: standing offices do, for their areas."""
    return changes("reports.ReportForm", actor) >= Reach.SUBTREE


def can_keep_form(actor: Actor | None, form: ReportForm) -> bool:
    """Whether the actor changes a form: the office that keeps it, and one that answers for the area around it.

    Ready forms are nobody's: they are copied.
    """
    if actor is None or form.office_id is None or not can_keep_forms(actor):
        return False
    reached = reached_units(actor, changes("reports.ReportForm", actor))
    return form.office_id == actor.unit_id or Unit.objects.filter(pk=form.office_id, pk__in=reached).exists()


def writes_at(actor: Actor | None, unit_id: int | None) -> bool:
    """Whether the actor writes the reports of a unit at all: who works there. Leaders approve, they do not write."""
    if actor is None or leads(actor) or changes("reports.Submission", actor) < Reach.OWN:
        return False
    return actor.unit_id == unit_id


def can_open(actor: Actor | None, occurrence: DutyOccurrence) -> bool:
    """Whether the actor may begin to write the report of an occurrence."""
    return writes_at(actor, occurrence.unit_id)


def can_write(actor: Actor | None, submission: Submission) -> bool:
    """Whether the actor may write in a report now: while it is a draft, or was returned."""
    return submission.state in WRITABLE and writes_at(actor, submission.unit_id)


def can_comment(actor: Actor | None, submission: Submission) -> bool:
    """Whether the actor may comment on the sections of a report that the actor sees: own people, leaders among them,
    and, once it was sent, who takes it. Reviewers and auditors only look.
    """
    if actor is None or changes("reports.SectionComment", actor) < Reach.OWN:
        return False
    return actor.unit_id == submission.unit_id or (
        submission.sent_once and actor.unit_id == submission.duty.recipient_id
    )


def leads_at(actor: Actor | None, unit_id: int | None) -> bool:
    """Whether the actor approves the reports of a unit at all: its leader, also an acting one, a deputy, a delegate."""
    if actor is None or not leads(actor) or changes("reports.Submission", actor) < Reach.OWN:
        return False
    return actor.unit_id == unit_id


def sends_at(actor: Actor | None, unit_id: int | None) -> bool:
    """Whether the actor sends and recalls the reports of a unit at all: who writes them, and its leader."""
    return writes_at(actor, unit_id) or leads_at(actor, unit_id)


def takes(actor: Actor | None, submission: Submission) -> bool:
    """Whether it is for the actor to take the report, once it is sent: the recipient, or the office of the plan.

    Nobody takes the report of the own body. The standing office that keeps the plan is the one exception: there is
    nobody above it who could (as with tasks, `tasks.policies.can_accept`).
    """
    if actor is None or not writes_at(actor, actor.unit_id):
        return False
    if submission.unit_id != actor.unit_id and submission.duty.recipient_id == actor.unit_id:
        return True
    return keeps(actor, submission.duty.plan)


def can_approve(actor: Actor | None, submission: Submission) -> bool:
    """Whether the actor may approve the report now, or hand it back: a leader of the body, while it waits for that."""
    return submission.state == SubmissionState.WAITING and leads_at(actor, submission.unit_id)


def can_send(actor: Actor | None, submission: Submission) -> bool:
    """Whether the actor may send the report now, as far as who it is and where it stands; approval is asked apart."""
    return submission.state in (*WRITABLE, SubmissionState.WAITING) and sends_at(actor, submission.unit_id)


def can_recall(actor: Actor | None, submission: Submission) -> bool:
    """Whether the actor may take the report back now: what waits for the leader, or for the recipient."""
    back = (SubmissionState.WAITING, SubmissionState.SENT)
    return submission.state in back and sends_at(actor, submission.unit_id)


def can_take(actor: Actor | None, submission: Submission) -> bool:
    """Whether the actor may take the report now, or return it."""
    return submission.state == SubmissionState.SENT and takes(actor, submission)


def can_correct(actor: Actor | None, submission: Submission) -> bool:
    """Whether the actor may open the report for correction now: it was taken, and the actor writes there."""
    return submission.state in TAKEN and writes_at(actor, submission.unit_id)


def can_drop(actor: Actor | None, submission: Submission) -> bool:
    """Whether the actor may give up the correction that is being written."""
    return bool(submission.correcting) and can_write(actor, submission)


def to_take(actor: Actor | None) -> QuerySet[Submission]:
    """The reports that wait for this actor to take them: `can_take` as one statement."""
    if actor is None or not writes_at(actor, actor.unit_id):
        return Submission.objects.none()
    meant = Q(duty__recipient_id=actor.unit_id) & ~Q(unit_id=actor.unit_id)
    if changes("tasks.DueItem", actor) >= Reach.SUBTREE:
        kept = Plan.objects.filter(Q(owner_id=actor.unit_id) | Q(owner__in=below(actor.unit_id, actor.on)))
        meant |= Q(duty__plan__in=kept.values("pk"))
    return Submission.objects.filter(meant, state=SubmissionState.SENT)


def leaders_of(unit_ids: Collection[int], on: date) -> dict[int, list[int]]:
    """Ids of those who may approve reports of units on a day, by unit; units without a leader are left out."""
    return people_at(unit_ids, on, LEADERS)
