"""Reporting calendars, school terms, and the windows in which something is to happen so and so often.

Two calendars live side by side. Administrative reports close on the 14th: a month runs from the 15th of the month
before to the 14th, a year from 15 December to 14 December (Decree 09/2019/NĐ-CP, article 12). Statistics use calendar
months (Decree 60/2018/NĐ-CP). A plan that sets its own cut-off day has a calendar of its own (`closing_on`), and its
dates override both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

import attrs

from pcmt.core.periods.spans import DAY, Span, month_end, month_shift


class Kind(StrEnum):
    """Lengths of periods; the values are the words of the reader's contract."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    NINE_MONTHS = "nine_months"
    YEAR = "year"
    SEMESTER = "semester"
    SCHOOL_YEAR = "school_year"
    CAMPAIGN = "campaign"
    CONTINUOUS = "continuous"


MONTHS = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.HALF_YEAR: 6, Kind.YEAR: 12}
"""Lengths in months of the periods that fill a year without a rest."""

PERIOD_WORDS = {
    "weekly": Kind.WEEK,
    "monthly": Kind.MONTH,
    "quarterly": Kind.QUARTER,
    "six_monthly": Kind.HALF_YEAR,
    "nine_monthly": Kind.NINE_MONTHS,
    "annual": Kind.YEAR,
}
"""Period words of report duties that say an interval. `once`, `ad_hoc` and `unspecified` say none."""


@attrs.frozen
class Calendar:
    """Where months begin: on `first_day` of the month that lies `months_before` the month they are named after."""

    code: str
    label: str
    first_day: int = 1
    months_before: int = 0

    def month_start(self, year: int, month: int) -> date:
        """First day of the month named (year, month); month may lie outside 1..12."""
        real_year, real_month = month_shift(year, month, -self.months_before)
        if self.first_day <= 28:
            return date(real_year, real_month, self.first_day)
        return min(
            date(real_year, real_month, 28) + (self.first_day - 28) * DAY, month_end(real_year, real_month) + DAY
        )

    def named(self, kind: Kind, year: int, number: int = 1) -> Span:
        """The `number`-th period of a kind in a year: `named(Kind.QUARTER, 2025, 2)` is Quý II/2025."""
        if kind is Kind.NINE_MONTHS:
            return Span(self.month_start(year, 1), self.month_start(year, 10))
        length = MONTHS[kind]
        first = (number - 1) * length + 1
        return Span(self.month_start(year, first), self.month_start(year, first + length))

    def month_of(self, day: date) -> tuple[int, int]:
        """The named month in which a day falls (15 December 2024 is in January 2025 of the administrative calendar)."""
        ahead = self.months_before - (1 if day.day < self.first_day else 0)
        return month_shift(day.year, day.month, ahead)

    def around(self, kind: Kind, day: date) -> Span:
        """The period of a kind that holds a day; weeks begin on Monday in every calendar."""
        if kind is Kind.DAY:
            return Span(day, day + DAY)
        if kind is Kind.WEEK:
            monday = day - timedelta(days=day.weekday())
            return Span(monday, monday + timedelta(days=7))
        year, month = self.month_of(day)
        if kind is Kind.NINE_MONTHS:
            return self.named(kind, year)
        return self.named(kind, year, (month - 1) // MONTHS[kind] + 1)


ADMINISTRATIVE = Calendar("administrative", "kỳ báo cáo hành chính (từ ngày 15 đến ngày 14)", 15, 1)
STATISTICAL = Calendar("statistical", "kỳ thống kê (theo tháng dương lịch)")
CALENDARS = {calendar.code: calendar for calendar in (ADMINISTRATIVE, STATISTICAL)}


def closing_on(day: int) -> Calendar:
    """The calendar of a plan whose figures close at the end of a day of each month; 31 is the calendar month's end.

    In a month that lacks the day they close on its last one. Raises ValueError for what is no day of a month.
    """
    if not 1 <= day <= 31:
        raise ValueError(f"no day of a month: {day}")
    if day == 31:
        return STATISTICAL
    if day == 14:
        return ADMINISTRATIVE
    return Calendar(f"closing-{day}", f"kỳ số liệu của kế hoạch (chốt hết ngày {day:02} hằng tháng)", day + 1, 1)


@attrs.frozen
class SchoolTerms:
    """Days and months at which the two terms of a school year begin and the second one is over.

    The ministry decides them anew each year and each province within that frame: `decided` holds what was decided, by
    the year in which a school year opens. The other years take the usual frame (opening in September, first term until
    mid-January, second until the end of May). The summer belongs to no term.
    """

    first: tuple[int, int] = (9, 1)
    second: tuple[int, int] = (1, 16)
    over: tuple[int, int] = (6, 1)
    decided: Mapping[int, tuple[Span, Span]] = attrs.field(factory=dict)

    def of_year(self, year: int) -> tuple[Span, Span]:
        """Both terms of the school year that opens in `year`."""
        if year in self.decided:
            return self.decided[year]
        opening, middle, over = (
            date(year, *self.first),
            date(year + 1, *self.second),
            date(year + 1, *self.over),
        )
        return Span(opening, middle), Span(middle, over)


SCHOOL_TERMS = SchoolTerms()


@attrs.frozen
class Frequency:
    """So many times in each stretch of `every` periods: `Frequency(2, Kind.WEEK)` is twice a week.

    `n` None means "often" without a number; `implied` that the text says only "hằng quý" and one time is understood.
    """

    n: int | None
    per: Kind | None
    every: int = 1
    implied: bool = False


def frequency_from(data: Mapping[str, Any] | None) -> Frequency | None:
    """The frequency of a contract target; None when there is none."""
    if not data:
        return None
    per = data.get("per")
    return Frequency(
        n=data.get("n"),
        per=Kind(per) if per else None,
        every=data.get("every") or 1,
        implied=bool(data.get("implied")),
    )


@attrs.frozen(order=True)
class ExpectedWindow(Span):
    """The days, within a plan, in which something is due so often.

    `whole` is the period uncut; `times` how often is asked for: the whole number, or 0 in a stub, and None when the
    plan gives no number. What is done in a stub counts all the same.
    """

    whole: Span
    times: int | None = None

    @property
    def is_part(self) -> bool:
        """Whether the plan holds only a part of the period."""
        return self.days < self.whole.days

    @property
    def is_stub(self) -> bool:
        """Whether that part is too short to be asked for anything."""
        return self.times == 0


def expected_windows(
    frequency: Frequency,
    window: Span,
    calendar: Calendar = STATISTICAL,
    terms: SchoolTerms = SCHOOL_TERMS,
) -> tuple[ExpectedWindow, ...]:
    """The stretches of `window` in each of which the frequency is due, in order and without overlap.

    First and last are cut to the window. A part of at least half its period asks for the full number, a shorter one (a
    stub) for nothing; where there are only stubs, the longest asks for it. No law says so: it is what keeps 52 weeks
    in a year and a plan of ten days from owing two monthly rounds or none.

    Several periods in one (`every`) are counted from the period in which the window begins. A campaign is the window
    itself. "Thường xuyên" (continuous) and a frequency without a period are no stretches that could be missed: the
    answer is empty.
    """
    if frequency.per is None or frequency.per is Kind.CONTINUOUS:
        return ()
    if frequency.per is Kind.CAMPAIGN:
        return (ExpectedWindow(window.start, window.end, window, frequency.n),)
    found: list[tuple[Span, Span]] = []
    pieces = _periods(frequency.per, window.start, calendar, terms)
    while group := tuple(islice(pieces, frequency.every)):
        whole = Span(group[0].start, group[-1].end)
        if whole.start >= window.end:
            break
        found.append((Span(max(whole.start, window.start), min(whole.end, window.end)), whole))
    counted = {cut for cut, whole in found if 2 * cut.days >= whole.days}
    if found and not counted:
        counted = {max((cut for cut, _whole in found), key=lambda cut: cut.days)}
    return tuple(
        ExpectedWindow(cut.start, cut.end, whole, frequency.n if cut in counted else 0) for cut, whole in found
    )


def periods_of(kind: Kind, window: Span, calendar: Calendar = ADMINISTRATIVE) -> tuple[Span, ...]:
    """The whole periods of a kind that meet a window, uncut: the report periods of a plan."""
    return tuple(_whole(kind, window, calendar))


def period_reported(word: str | None, last_day: date, calendar: Calendar = ADMINISTRATIVE) -> Span | None:
    """The period that a report due by the end of `last_day` covers: the latest one of its kind that is over by then.

    A half-year report due before 16 June covers 15 December to 14 June. None for words without an interval (`once`).
    """
    kind = PERIOD_WORDS.get(word or "")
    if kind is None:
        return None
    running = calendar.around(kind, last_day + DAY)
    if kind is Kind.NINE_MONTHS:
        # The nine months have a gap after them, so "the day before the running one" may lie in none.
        return (
            running if running.end <= last_day + DAY else calendar.named(kind, calendar.month_of(last_day + DAY)[0] - 1)
        )
    return calendar.around(kind, running.start - DAY)


def _whole(kind: Kind, window: Span, calendar: Calendar) -> Iterator[Span]:
    for piece in _periods(kind, window.start, calendar, SCHOOL_TERMS):
        if piece.start >= window.end:
            return
        if piece.overlap(window):
            yield piece


def _periods(kind: Kind, day: date, calendar: Calendar, terms: SchoolTerms) -> Iterator[Span]:
    """All periods of a kind from the one that holds a day (or, in a gap between two, the next one)."""
    if kind in (Kind.SEMESTER, Kind.SCHOOL_YEAR):
        for year in range(day.year - 1, 9999):
            first, second = terms.of_year(year)
            pieces = (first, second) if kind is Kind.SEMESTER else (Span(first.start, second.end),)
            yield from (piece for piece in pieces if piece.end > day)
        return
    piece = calendar.around(kind, day)
    while True:
        if piece.end > day:
            yield piece
        if kind is Kind.NINE_MONTHS:
            piece = calendar.named(kind, calendar.month_of(piece.start)[0] + 1)
        else:
            piece = calendar.around(kind, piece.end)
