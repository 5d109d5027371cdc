"""The report duties of a plan with their occurrences, several units on one day as one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import attrs
from django.db.models import Count, F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.models import Duty, DutyOccurrence, DutyState
from pcmt.apps.tasks.models import GONE, DueState
from pcmt.core.periods import (
    ADMINISTRATIVE,
    Span,
    limit_from,
    limit_label,
    meaning_label,
    period_label,
    period_word_label,
)
from pcmt.web.templatetags.pcmt import due_tone

KINDS: Mapping[str, str | Promise] = {
    "periodic": gettext_lazy("Báo cáo định kỳ"),
    "interim": gettext_lazy("Báo cáo sơ kết"),
    "final": gettext_lazy("Báo cáo tổng kết"),
    "ad_hoc": gettext_lazy("Báo cáo đột xuất"),
    "results": gettext_lazy("Báo cáo kết quả"),
    "submission": gettext_lazy("Gửi kế hoạch, danh sách"),
    "evidence": gettext_lazy("Gửi tài liệu minh chứng"),
}


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
    """A duty in words, who reports, and its occurrences in order."""

    duty: Duty
    name: str
    period: str
    limit: str
    reporters: Sequence[str]
    onward: Sequence[str]
    occurrences: Sequence[Occurrence]


def duties_of(plan: Plan, today: date) -> list[DutyRow]:
    """The duties that stand, in the order of the text; three queries whatever the number."""
    duties = list(
        Duty.objects.filter(plan=plan, state=DutyState.ACTIVE)
        .select_related("clause", "recipient")
        .prefetch_related("reporters__unit")
        .order_by("order", "pk")
    )
    occurrences = _occurrences([duty.pk for duty in duties], today)
    return [
        DutyRow(
            duty=duty,
            name=str(KINDS.get(duty.kind, _("Báo cáo"))),
            period="" if duty.period == duty.kind else period_word_label(duty.period),
            limit=_limit(duty),
            reporters=list(dict.fromkeys(each.unit.name if each.unit else each.name for each in duty.reporters.all())),
            onward=[_agency(agency) for agency in duty.onward],
            occurrences=occurrences[duty.pk],
        )
        for duty in duties
    ]


def _limit(duty: Duty) -> str:
    """The limit in the words of the text, else as it was read, with the last day that a recurring one means."""
    limit = limit_from(duty.due)
    words = f"“{duty.due_text}”" if duty.due_text else limit_label(limit) if limit else ""
    meaning = meaning_label(limit) if limit and limit.rule else ""
    return f"{words} ({meaning})" if meaning else words


def _agency(agency: object) -> str:
    return str(agency.get("name", "")) if isinstance(agency, Mapping) else str(agency)


def _occurrences(duty_ids: Sequence[int], today: date) -> dict[int, list[Occurrence]]:
    done = Q(due_item__state=DueState.DONE)
    counted = (
        DutyOccurrence.objects.filter(duty__in=duty_ids)
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
                _period(row["period_from"], row["period_to"]),
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


def _period(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return ""
    return period_label(Span(first, last + timedelta(days=1)), ADMINISTRATIVE)
