"""When a letter may go out: small questions to a person's preferences."""

from __future__ import annotations

from datetime import datetime, timedelta

from pcmt.apps.notices.models import Preference, Rhythm
from pcmt.core.periods import WorkCalendar


def is_quiet(preference: Preference, hour: int) -> bool:
    """Whether an hour of the local clock lies in the quiet hours, which may go over midnight."""
    start, end = preference.quiet_from, preference.quiet_to
    return start <= hour < end if start <= end else hour >= start or hour < end


def may_mail(preference: Preference, local: datetime, calendar: WorkCalendar) -> bool:
    """Whether a letter may go out at this local time: not to who wants none, not in quiet hours or on days off."""
    return (
        preference.rhythm != Rhythm.NEVER
        and not is_quiet(preference, local.hour)
        and (not preference.workdays_only or calendar.is_working(local.date()))
    )


def slot_of(preference: Preference, local: datetime, calendar: WorkCalendar) -> datetime | None:
    """The moment whose letter may go out now: today at the person's hour, or this Monday at it; None: not now.

    What was told before that moment makes a letter due. Who was told nothing until then is not written to at another
    hour of the day; a slot that was missed (a day off, the program stood still) is made up for within its day or week.
    """
    if local.hour < preference.hour or not may_mail(preference, local, calendar):
        return None
    back = local.weekday() if preference.rhythm == Rhythm.WEEKLY else 0
    at_hour = local.replace(hour=preference.hour, minute=0, second=0, microsecond=0)
    return at_hour - timedelta(days=back)
