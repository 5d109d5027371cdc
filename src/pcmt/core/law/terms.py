"""The arithmetic of terms: when a status ends, what pauses do to it, what is left when somebody moves.

A term of months begins with the day of its decision and ends with the day before the same day of the later month: one
year from 1/7/2026 is served to the end of 30/6/2027. `ends_on` is that last day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

import attrs

from pcmt.core.law.rules import Limit, TermRule
from pcmt.core.periods import DAY, Days, Hours, Months, Shift, WorkCalendar, WorkingDays, add_months, ends_at, ends_on

ANNOUNCE_DAYS = (30, 15, 7)
"""So many days before its end a term is announced to whoever looks after the person (domain rule 6)."""
MINOR_FROM, ADULT_FROM = 12, 18


class Stops(StrEnum):
    """Why a spell was interrupted. The words are those of the table of pauses."""

    DETENTION = "detention"
    PRISON = "prison"
    ABSENCE = "absence"
    OTHER = "other"


COUNTED = frozenset({Stops.DETENTION, Stops.OTHER})
"""Interruptions that run inside the term: the end stays (Law 120/2025/QH15, article 24.7; form III-07)."""


@attrs.frozen
class Interruption:
    """A pause from a day until another, not included; None: it still holds."""

    kind: Stops = attrs.field(converter=Stops)
    from_on: date
    to_on: date | None = None


@attrs.frozen
class Term:
    """A term: first and last day (None: until an ending event), its months, where that is written, in words."""

    starts_on: date
    ends_on: date | None
    months: int | None
    source: str
    code: str = ""
    words: str = ""

    @property
    def days(self) -> int | None:
        """How many days it has."""
        return None if self.ends_on is None else (self.ends_on - self.starts_on).days + 1


def term_of(rule: TermRule | None, starts_on: date, months: int | None = None) -> Term:
    """The term of a spell that starts on a day; `months` are those of the decision where the law leaves a range."""
    if rule is None:
        return Term(starts_on, None, None, "")
    length = months or rule.months
    last = None if length is None else add_months(starts_on, length) - DAY
    return Term(starts_on, last, length, rule.source, rule.code)


def uncounted(term: Term, pauses: Sequence[Interruption], on: date) -> int:
    """Days up to the end of `on` that do not count towards the term: absence and prison, each day once."""
    days: set[date] = set()
    for pause in pauses:
        if pause.kind in COUNTED:
            continue
        day = max(pause.from_on, term.starts_on)
        last = min(on, (pause.to_on - DAY) if pause.to_on else on)
        while day <= last:
            days.add(day)
            day += DAY
    return len(days)


def ends_with(term: Term, pauses: Sequence[Interruption], on: date) -> date | None:
    """The last day of a term as it stands at the end of a day; it moves on while an uncounted pause holds."""
    if term.ends_on is None:
        return None
    end, counted = term.ends_on, -1
    while (missed := uncounted(term, pauses, min(on, end))) != counted:
        counted, end = missed, term.ends_on + missed * DAY
    return end


def remainder(term: Term, pauses: Sequence[Interruption], on: date) -> int:
    """How many days of the term are left after the end of a day; 0 when it is over. ValueError without an end."""
    if term.days is None:
        raise ValueError("an open-ended term has no remainder")
    if on < term.starts_on:
        return term.days
    served = (on - term.starts_on).days + 1 - uncounted(term, pauses, on)
    return max(term.days - served, 0)


def remaining_from(decided_on: date, days: int) -> date:
    """The last day of a remainder that runs from a new decision (Decree 163/2026/NĐ-CP, articles 60.1 and 62.2)."""
    if days < 1:
        raise ValueError("nothing is left")
    return decided_on + (days - 1) * DAY


def outlasts(term: Term, pauses: Sequence[Interruption], until: date) -> bool:
    """Whether a detention that lasts until a day (not included) takes the whole remainder: then management stops."""
    end = ends_with(term, pauses, until)
    return end is not None and until > end


@attrs.frozen
class Due:
    """A limit that runs: its moment where it counts in hours, and its last day in time."""

    due_at: datetime | None
    due_on: date


def due_of(limit: Limit, happened: datetime, work: WorkCalendar, *, remote: bool = False) -> Due:
    """When what the limit asks for is due; `happened` is a moment in the zone of the place. `before` counts back."""
    length = limit.remote if remote and limit.remote else limit.length
    day = happened.date()
    if isinstance(length, Hours):
        moment = ends_at(length, happened)
        return Due(moment, moment.date())
    if limit.before:
        return Due(None, _before(length, day, work))
    return Due(None, ends_on(length, day, work=work, shift=Shift.KEEP))


def _before(length: Days | WorkingDays | Months, day: date, work: WorkCalendar) -> date:
    if isinstance(length, Days):
        return day - length.n * DAY
    if isinstance(length, WorkingDays):
        return work.add(day, -length.n)
    return add_months(day, -length.n)


def announcements(last: date) -> tuple[date, ...]:
    """The days on which the end of a term is announced."""
    return tuple(last - days * DAY for days in ANNOUNCE_DAYS)


def age_on(born_on: date | None, birth_year: int, on: date) -> int:
    """Full years of age. Born on 29 February: on 1 March of common years. Only the year known: as on its last day,
    which is in the person's favour at each bound of the law.
    """
    if born_on is None:
        return max(on.year - birth_year - (0 if (on.month, on.day) == (12, 31) else 1), 0)
    had = (on.month, on.day) >= (born_on.month, born_on.day)
    return max(on.year - born_on.year - (0 if had else 1), 0)


class Path(StrEnum):
    """Which of the law's procedures somebody is under, by age."""

    CHILD = "child"  # under 12: not managed by these rules
    MINOR = "minor"  # 12 to 17: its own path, with guardians
    ADULT = "adult"


def path_of(age: int) -> Path:
    """The path of an age in full years (Law 120/2025/QH15, articles 23, 35, 36)."""
    if age < MINOR_FROM:
        return Path.CHILD
    return Path.MINOR if age < ADULT_FROM else Path.ADULT
