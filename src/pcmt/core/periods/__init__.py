"""Days, periods, time limits and their recurrence.

Everything here is pure and works on dates; there is no clock. Intervals are half-open: `end` is the first day outside.
What a person reads says the last day instead, so every interval also has `last`. The rules and where they come from are
told in docs/dev/periods.md.

- `spans`: the interval and date arithmetic
- `workdays`: working days, as a value that is handed in
- `calendars`: the two reporting calendars, school terms, and the windows in which something is due so often
- `rules`: RFC 5545 recurrences
- `lengths`: hours, days, working days and months as types of their own
- `limits`: the time limits of a plan and the windows they open
- `ladders`: one rule, a limit for each level
- `renewal`: the future made anew when rules, laws or units change
- `labels`: the Vietnamese words for all of them
"""

from pcmt.core.periods.calendars import (
    ADMINISTRATIVE,
    CALENDARS,
    SCHOOL_TERMS,
    STATISTICAL,
    Calendar,
    ExpectedWindow,
    Frequency,
    Kind,
    SchoolTerms,
    closing_on,
    expected_windows,
    frequency_from,
    period_reported,
    periods_of,
)
from pcmt.core.periods.labels import (
    change_label,
    date_label,
    day_off_label,
    due_label,
    event_due_label,
    expected_label,
    frequency_label,
    length_label,
    limit_due_label,
    limit_label,
    meaning_label,
    moment_label,
    period_label,
    period_word_label,
    span_label,
    step_label,
)
from pcmt.core.periods.ladders import (
    Ladder,
    Moved,
    Rung,
    Step,
    held_up,
)
from pcmt.core.periods.lengths import (
    Days,
    Hours,
    Length,
    Months,
    WorkingDays,
    back_from,
    closing,
    ends_at,
    ends_on,
    length_from,
    length_in,
    length_to,
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
    settle,
)
from pcmt.core.periods.renewal import (
    Action,
    Change,
    Condition,
    Due,
    Held,
    Reason,
    Version,
    Wanted,
    applied,
    dues_of,
    renew,
    timeline,
)
from pcmt.core.periods.rules import (
    is_rule,
)
from pcmt.core.periods.spans import (
    DAY,
    Span,
    add_months,
    month_end,
    parse_date,
    span_from,
)
from pcmt.core.periods.workdays import (
    WEEKENDS,
    Shift,
    WorkCalendar,
)

__all__ = [
    "ADMINISTRATIVE",
    "CALENDARS",
    "DAY",
    "SCHOOL_TERMS",
    "STATISTICAL",
    "WEEKENDS",
    "Action",
    "Calendar",
    "Change",
    "Condition",
    "Days",
    "Due",
    "DueWindow",
    "ExpectedWindow",
    "Frequency",
    "Held",
    "Hours",
    "Kind",
    "Ladder",
    "Length",
    "Limit",
    "Months",
    "Moved",
    "Precision",
    "Reason",
    "Relation",
    "Rung",
    "SchoolTerms",
    "Shift",
    "Span",
    "Step",
    "Version",
    "Wanted",
    "WorkCalendar",
    "WorkingDays",
    "add_months",
    "applied",
    "back_from",
    "change_label",
    "closing",
    "closing_on",
    "date_label",
    "day_off_label",
    "due_label",
    "due_windows",
    "dues_of",
    "ends_at",
    "ends_on",
    "event_due_label",
    "expected_label",
    "expected_windows",
    "frequency_from",
    "frequency_label",
    "held_up",
    "is_rule",
    "last_day",
    "length_from",
    "length_in",
    "length_label",
    "length_to",
    "limit_due_label",
    "limit_from",
    "limit_label",
    "limit_to",
    "meaning_label",
    "moment_label",
    "month_end",
    "parse_date",
    "period_label",
    "period_reported",
    "period_word_label",
    "periods_of",
    "renew",
    "settle",
    "span_from",
    "span_label",
    "step_label",
    "timeline",
]
