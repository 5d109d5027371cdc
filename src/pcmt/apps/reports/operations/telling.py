"""Telling people what happened to a report: who writes it, who approves it, who takes it, who took its figures in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from pcmt.apps.accounts.models import Actor, Role
from pcmt.apps.accounts.queries import people_at
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.reports.addresses import report_address, report_title
from pcmt.apps.reports.models import ConsolidationPart, Submission, SubmissionEdition
from pcmt.apps.reports.policies import LEADERS, WRITERS

OFFICE = (str(Role.STANDING_OFFICE),)


def tell_people(
    *,
    actor: Actor | None,
    at: datetime,
    submission: Submission,
    unit_id: int | None,
    roles: Collection[str],
    reason: Reason,
    what: str,
    also: Collection[int] = (),
) -> int:
    """Tell the people in some roles at a unit one thing about a report; how many were told.

    `what` is said in front of the title, in Vietnamese. Each act is told once: its key holds the version, so tell after
    that has grown. Nobody tells himself.
    """
    day = timezone.localdate(at)
    there = people_at([unit_id], day, tuple(roles)).get(unit_id, []) if unit_id else []
    users = {*there, *also} - ({actor.user_id} if actor else set())
    return tell(
        at=at,
        users=users,
        reason=reason,
        about=submission,
        address=report_address(submission.pk),
        title=f"{what}: {report_title(submission)}",
        key=f"report:{submission.pk}:{reason}:{submission.version}:{unit_id or 0}",
        unit_id=unit_id,
    )


def tell_leaders(*, actor: Actor, at: datetime, submission: Submission) -> int:
    """The leaders of the body are asked to approve."""
    return tell_people(
        actor=actor, at=at, submission=submission, unit_id=submission.unit_id, roles=LEADERS,
        reason=Reason.SUBMITTED, what="Chờ duyệt báo cáo",
    )  # fmt: skip


def tell_writers(*, actor: Actor, at: datetime, submission: Submission, reason: Reason, what: str) -> int:
    """Who writes reports at the body is told, and who sent this one."""
    sent_by = submission.editions.order_by("-number").values_list("sent_by_id", flat=True).first()
    return tell_people(
        actor=actor, at=at, submission=submission, unit_id=submission.unit_id, roles=WRITERS, reason=reason, what=what,
        also={sent_by} if sent_by else (),
    )  # fmt: skip


def tell_takers(*, actor: Actor, at: datetime, submission: Submission, what: str) -> int:
    """Who takes the report is told that it waits: the recipient; where nobody works there, the office of the plan."""
    duty, day = submission.duty, timezone.localdate(at)
    unit_id, roles = duty.recipient_id, WRITERS
    if unit_id is None or unit_id == submission.unit_id or not people_at([unit_id], day, WRITERS):
        unit_id, roles = duty.plan.owner_id, OFFICE
    return tell_people(
        actor=actor, at=at, submission=submission, unit_id=unit_id, roles=roles, reason=Reason.SUBMITTED, what=what
    )


def tell_parents(*, actor: Actor, at: datetime, former: SubmissionEdition, body: str) -> int:
    """Who had consolidated an edition that is corrected now is told: their own report rests on its old figures."""
    parts = ConsolidationPart.objects.filter(edition=former).select_related("consolidation__submission__duty")
    parents = {part.consolidation.submission_id: part.consolidation.submission for part in parts}
    told = 0
    for _pk, parent in sorted(parents.items()):
        day = timezone.localdate(at)
        users = set(people_at([parent.unit_id], day, WRITERS).get(parent.unit_id, ())) - {actor.user_id}
        told += tell(
            at=at,
            users=users,
            reason=Reason.CHANGED,
            about=parent,
            address=report_address(parent.pk),
            title=f"{body} đính chính số liệu đã tổng hợp vào: {report_title(parent)}",
            key=f"report:{parent.pk}:restated:{former.pk}",
            unit_id=parent.unit_id,
        )
    return told
