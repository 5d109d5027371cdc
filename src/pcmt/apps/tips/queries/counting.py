"""Figures from tips: how many a unit received, how many it settled, in pieces of the two reporting calendars.

`leads_received` counts a tip on the day it came in, in the administrative unit that the receiving team served;
`leads_verified` on the day on which it was settled, or passed on to the body that is competent, in the unit that the
team served then. Opened again, it is no longer counted as settled until it is settled again. Tips that were joined
count each, for each of them was told by somebody; what was destroyed for age goes on counting.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from pcmt.apps.tips.models import Tip
from pcmt.core.periods import Span

RECEIVED, VERIFIED = "leads_received", "leads_verified"
ELEMENTS: Mapping[str, tuple[str, ...]] = {RECEIVED: (), VERIFIED: ()}

Numbers = dict[tuple[str, str, Span], int]


def counted(unit_id: int, spans: Sequence[Span]) -> Numbers:
    """Both figures of an administrative unit for pieces in order that do not overlap; zeros too."""
    numbers: Numbers = {(code, "", span): 0 for code in ELEMENTS for span in spans}
    if not spans:
        return numbers
    starts = [span.start for span in spans]
    window = (spans[0].start, spans[-1].last)
    received = Tip.objects.filter(received_in=unit_id, received_on__range=window).values_list("received_on", flat=True)
    closed = Tip.objects.filter(closed_in=unit_id, closed_on__range=window).values_list("closed_on", flat=True)
    for code, days in ((RECEIVED, received), (VERIFIED, closed)):
        for day in days.order_by().iterator():
            if day is not None:
                numbers[code, "", spans[bisect_right(starts, day) - 1]] += 1
    return numbers
