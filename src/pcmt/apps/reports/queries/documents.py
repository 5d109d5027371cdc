"""Which reports can be taken away as documents: by a regime and period, and what was asked for before."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
from django.db.models import Count, F, Max, QuerySet

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.models import Duty, EditionState, ExportBatch, Submission, SubmissionEdition, SubmissionState

STANDING = (EditionState.SENT, EditionState.ACCEPTED)
"""Editions that count: neither recalled nor returned, nor corrected by a later one."""
WRITTEN = (SubmissionState.DRAFT, SubmissionState.RETURNED, SubmissionState.WAITING)
"""States of a report in which what is written may differ from what was sent."""


def sees_draft(actor: Actor, submission: Submission) -> bool:
    """Whether the actor may look at what is being written, and anything is: that is the business of the body alone."""
    return submission.unit_id == actor.unit_id and submission.state in WRITTEN


def sent_editions(actor: Actor) -> QuerySet[SubmissionEdition]:
    """The last edition of each report that the actor sees, where it counts."""
    seen: Any = SubmissionEdition.objects.visible_to(actor)
    found: QuerySet[SubmissionEdition] = seen.filter(number=F("submission__edition"), state__in=STANDING)
    return found


def editions_together(actor: Actor, duty_id: int, period_to: date | None) -> QuerySet[SubmissionEdition]:
    """The editions of a regime and period, in the official order of the bodies."""
    found = sent_editions(actor).filter(submission__duty=duty_id, submission__period_to=period_to)
    return found.select_related("submission__unit").order_by("submission__unit__sort_key", "submission__pk")


@attrs.frozen
class Together:
    """Reports of one regime and period that were sent: what is exported at once."""

    duty: Duty
    period_from: date | None
    period_to: date | None
    count: int


def together(actor: Actor, most: int = 40) -> list[Together]:
    """What the actor can export at once, the latest first; single reports have a page of their own."""
    rows = (
        sent_editions(actor)
        .order_by()
        .values("submission__duty_id", "submission__period_to")
        .annotate(count=Count("pk"), first=Max("submission__period_from"), last=Max("sent_at"))
        .filter(count__gt=1)
        .order_by(F("submission__period_to").desc(nulls_last=True), "-last")[:most]
    )
    found = list(rows)
    duties = (
        Duty.objects.visible_to(actor).select_related("plan").in_bulk([row["submission__duty_id"] for row in found])
    )
    return [
        Together(duties[row["submission__duty_id"]], row["first"], row["submission__period_to"], row["count"])
        for row in found
        if row["submission__duty_id"] in duties
    ]


def batches_of(actor: Actor, most: int = 10) -> list[ExportBatch]:
    """What the actor asked for last, here."""
    return list(ExportBatch.objects.visible_to(actor).filter(purged_at__isnull=True)[:most])
