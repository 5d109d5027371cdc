"""Where a report is read, and what it is called in notices and letters.

Only pages know addresses; notices are written below them, and a test of the pages holds the two together.
"""

from __future__ import annotations

from datetime import date

from pcmt.apps.reports.models import Duty, Submission
from pcmt.core.periods import ADMINISTRATIVE, DAY, STATISTICAL, Calendar, Span, period_label

TITLE_CHARS = 140


def report_address(submission_id: int) -> str:
    """The path of the page of a report."""
    return f"/bao-cao/{submission_id}/"


def duty_title(duty: Duty) -> str:
    """A report regime in one short Vietnamese line: its name, else the words of the plan."""
    words = " ".join((duty.title or duty.text or duty.what).split())
    return f"{words[: TITLE_CHARS - 1].rstrip()}…" if len(words) > TITLE_CHARS else words


def period_title(first: date | None, last: date | None, calendar: str = "") -> str:
    """The period of a report in Vietnamese, both days included; empty for a report that covers none."""
    if first is None or last is None or last < first:
        return ""
    span = Span(first, last + DAY)
    chosen: tuple[Calendar, ...] = (ADMINISTRATIVE, STATISTICAL)
    if calendar == STATISTICAL.code:
        chosen = (STATISTICAL, ADMINISTRATIVE)
    names = [period_label(span, each) for each in chosen]
    return next((name for name in names if not name.startswith("từ ngày")), names[0])


def report_title(submission: Submission) -> str:
    """A report in one Vietnamese line: what is reported, and for which period. Wants `duty` to be loaded."""
    period = period_title(submission.period_from, submission.period_to, submission.duty.calendar)
    title = duty_title(submission.duty)
    return f"{title} ({period})" if period else title
