"""What sums are kept: how elements add up, for which periods, and on whose boundaries those "of now" are."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from pcmt.apps.facts.models import Element, KeptSpan, RollUp
from pcmt.apps.units.models import Reorganisation, ReorganisationState
from pcmt.core import measures as core
from pcmt.core.periods import DAY, Span


def core_element(row: Element) -> core.Element:
    """How the numbers of an element add up, as a value of the core; its words are left out."""
    return core.Element(
        row.code, row.code, "", core.Nature(row.nature), core.OverTime(row.over_time), core.OverUnits(row.over_units)
    )


def kept_windows() -> tuple[Span, ...]:
    """The periods for which sums are kept beside the named ones."""
    rows = KeptSpan.objects.order_by("start", "end").values_list("start", "end")
    return tuple(Span(start, end) for start, end in rows)


def boundary_day(at: datetime) -> date:
    """The day on whose boundaries the rows of basis "now" are: kept, or before the first time the one of `at`.

    A reorganisation whose day has come counts when it is carried out, not before.
    """
    kept = RollUp.objects.values_list("day", flat=True).first()
    if kept is not None:
        return kept
    today = timezone.localdate(at)
    due = Reorganisation.objects.filter(state=ReorganisationState.PLANNED, on__lte=today)
    first = due.order_by("on").values_list("on", flat=True).first()
    return today if first is None else first - DAY


def is_of_now(boundary: date) -> bool:
    """Whether the boundaries of a day are those on which the rows of basis "now" are: nothing changes in between.

    Where nothing was ever reorganised here, any day that no planned change precedes is now.
    """
    kept = RollUp.objects.values_list("day", flat=True).first()
    if kept is not None and boundary < kept:
        return False
    return not Reorganisation.objects.filter(state=ReorganisationState.PLANNED, on__lte=boundary).exists()
