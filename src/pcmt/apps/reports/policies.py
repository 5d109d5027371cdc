"""Who writes a report, and who takes part in the talk about it."""

from __future__ import annotations

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import Reach, changes, leads
from pcmt.apps.reports.models import WRITABLE, DutyOccurrence, Submission


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
