"""The report duties of a plan with their occurrences, several units on one day as one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django.db.models import Count, F, Q

from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.models import Duty, DutyOccurrence, DutyState
from pcmt.apps.reports.queries.regimes import lacking, usable_forms
from pcmt.apps.tasks.models import GONE, DueState
from pcmt.web.regimes.words import frequency_words, kind_words, limit_of, span_words
from pcmt.web.templatetags.pcmt import due_tone


@attrs.frozen
class Occurrence:
    """One report period of a duty over all its reporters. `tone` is that of components/state.html."""

    period: str
    due_on: date | None
    total: int
    done: int
    late: int
    tone: str


@attrs.frozen
class DutyRow:
    """A duty in words, who reports, its occurrences in order, and without what no report of it can be opened."""

    duty: Duty
    name: str
    period: str
    limit: str
    reporters: Sequence[str]
    onward: Sequence[str]
    occurrences: Sequence[Occurrence]
    gaps: Sequence[str]


def duties_of(plan: Plan, today: date) -> list[DutyRow]:
    """The duties that stand, in the order of the text; four queries whatever the number."""
    duties = list(
        Duty.objects.filter(plan=plan, state=DutyState.ACTIVE)
        .select_related("clause", "recipient")
        .prefetch_related("reporters__unit")
        .order_by("order", "pk")
    )
    occurrences = _occurrences(duties, today)
    usable = usable_forms()
    return [
        DutyRow(
            duty=duty,
            name=duty.title or kind_words(duty),
            period="" if duty.title or duty.period == duty.kind else frequency_words(duty),
            limit=limit_of(duty),
            reporters=list(dict.fromkeys(each.unit.name if each.unit else each.name for each in duty.reporters.all())),
            onward=[_agency(agency) for agency in duty.onward],
            occurrences=occurrences[duty.pk],
            gaps=[gap.words for gap in lacking(duty, usable=usable) if gap.blocks],
        )
        for duty in duties
    ]


def _agency(agency: object) -> str:
    return str(agency.get("name", "")) if isinstance(agency, Mapping) else str(agency)


def _occurrences(duties: Sequence[Duty], today: date) -> dict[int, list[Occurrence]]:
    done = Q(due_item__state=DueState.DONE)
    listed = {duty.pk: duty for duty in duties}
    counted = (
        DutyOccurrence.objects.filter(duty__in=list(listed))
        .exclude(due_item__state__in=GONE)
        .values("duty_id", "period_from", "period_to", "due_item__due_on")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=done),
            open=Count("pk", filter=Q(due_item__state=DueState.OPEN)),
            late=Count("pk", filter=done & Q(due_item__done_on__gt=F("due_item__due_on"))),
        )
        .order_by("due_item__due_on", "period_to", "duty_id")
    )
    found: dict[int, list[Occurrence]] = defaultdict(list)
    for row in counted:
        found[row["duty_id"]].append(
            Occurrence(
                span_words(listed[row["duty_id"]], row["period_from"], row["period_to"]),
                row["due_item__due_on"],
                row["total"],
                row["done"],
                row["late"],
                _tone(row, today),
            )
        )
    return found


def _tone(row: Mapping[str, Any], today: date) -> str:
    """Red only while somebody still has to report; what is suspended owes nothing for the time being."""
    if row["done"] == row["total"]:
        return "done"
    return due_tone(row["due_item__due_on"], today) if row["open"] else "plain"
