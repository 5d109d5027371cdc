"""How long a tip may take: 20 days, 2 months where it is complex, once 2 months more; see `data/law/limits.toml`.

The day of receipt is not counted; the last day runs to its end, and where it is a day off the next working day is the
last (Criminal Procedure Code 2015, articles 134 and 147). Months end on the same day of the month, or on its last.
"""

from __future__ import annotations

from datetime import date

from pcmt.core.law import Limit
from pcmt.core.periods import Hours, Shift, ends_on
from pcmt.reference import law
from pcmt.reference.calendars import work_calendar

PLAIN, COMPLEX, EXTENSION = "settle_tip", "settle_tip_complex", "extend_tip"


def rule(code: str, on: date) -> Limit:
    """The rule of a limit on a day. Raises LookupError where the law of that day has none: it began in 2018."""
    found = law().limit(code, on)
    if found is None:
        raise LookupError(f"{code}: no rule on {on}")
    return found


def last_day(code: str, since: date) -> date:
    """The last day on which something is in time that is counted from a day: of receipt, or of the end before."""
    length = rule(code, since).length
    assert not isinstance(length, Hours)
    return ends_on(length, since, work=work_calendar(), shift=Shift.NEXT)


def due_on(received_on: date) -> date:
    """The last day of the limit of a tip."""
    return last_day(PLAIN, received_on)
