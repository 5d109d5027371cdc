"""Days, periods, time limits and their recurrence.

Everything here is pure and works on dates; there is no clock. Intervals are half-open: `end` is the first day outside.
What a person reads says the last day instead, so every interval also has `last`.

`spans` holds the interval and date arithmetic, `calendars` the two reporting calendars and the school terms, `limits`
the time limits of a plan and the windows they open, `labels` the Vietnamese words for all of them.
"""

from pcmt.core.periods.calendars import (
    ADMINISTRATIVE,
    CALENDARS,
    SCHOOL_TERMS,
    STATISTICAL,
    Calendar,
    Frequency,
    Kind,
    SchoolTerms,
    expected_windows,
    frequency_from,
    period_reported,
    periods_of,
)
from pcmt.core.periods.labels import (
    date_label,
    due_label,
    frequency_label,
    limit_label,
    period_label,
    period_word_label,
    span_label,
)
from pcmt.core.periods.limits import (
    DueWindow,
    Limit,
    Precision,
    Relation,
    due_windows,
    last_day,
    limit_from,
    limit_to,
)
from pcmt.core.periods.spans import DAY, Span, add_months, month_end, parse_date, span_from

__all__ = [
    "ADMINISTRATIVE",
    "CALENDARS",
    "DAY",
    "SCHOOL_TERMS",
    "STATISTICAL",
    "Calendar",
    "DueWindow",
    "Frequency",
    "Kind",
    "Limit",
    "Precision",
    "Relation",
    "SchoolTerms",
    "Span",
    "add_months",
    "date_label",
    "due_label",
    "due_windows",
    "expected_windows",
    "frequency_from",
    "frequency_label",
    "last_day",
    "limit_from",
    "limit_label",
    "limit_to",
    "month_end",
    "parse_date",
    "period_label",
    "period_reported",
    "period_word_label",
    "periods_of",
    "span_from",
    "span_label",
]
