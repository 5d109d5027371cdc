"""What reports have to say at a briefing: what came in, what was sent back, what was corrected."""

from __future__ import annotations

from typing import Any

import attrs
from django.db.models import Count, Q, QuerySet

from pcmt.apps.accounts.models import Actor
from pcmt.apps.reports.models import Restatement, StepEvent, Submission, SubmissionState, SubmissionStep
from pcmt.apps.tasks.areas import Area
from pcmt.apps.tasks.since import Stretch


@attrs.frozen
class ReportNews:
    """Reports of an area in a stretch. `returned` wait to be mended now; `restated` are figures of accepted reports
    that were corrected; the querysets are not cut.
    """

    sent: int
    accepted: int
    returned: QuerySet[Submission]
    restated: QuerySet[Any]


def report_news(actor: Actor, area: Area, stretch: Stretch) -> ReportNews:
    """What happened to the reports of an area that the actor sees; one statement, and one for each list."""
    seen = Submission.objects.visible_to(actor).filter(unit__in=area.units(actor.on))
    inside = SubmissionStep.objects.filter(submission__in=seen, at__gte=stretch.start, at__lt=stretch.end)
    found = inside.order_by().aggregate(
        sent=Count("submission", filter=Q(event=StepEvent.SENT), distinct=True),
        accepted=Count("submission", filter=Q(event=StepEvent.ACCEPTED), distinct=True),
    )
    returned = seen.filter(state=SubmissionState.RETURNED).select_related("unit", "duty__plan", "occurrence__due_item")
    restated = Restatement.objects.filter(
        edition__submission__in=seen, edition__sent_at__gte=stretch.start, edition__sent_at__lt=stretch.end
    ).select_related("edition__submission__unit", "edition__submission__duty")
    return ReportNews(
        sent=found["sent"],
        accepted=found["accepted"],
        returned=returned.order_by("occurrence__due_item__due_on", "unit__sort_key", "pk"),
        restated=restated.order_by("edition__sent_at", "pk"),
    )
