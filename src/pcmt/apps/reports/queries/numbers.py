"""The numbers of a report's lines as the facts have them: for the period, and for those beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import attrs

from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.catalogue import catalogue
from pcmt.apps.facts.models import Element
from pcmt.apps.facts.queries import figures
from pcmt.apps.reports.models import Submission
from pcmt.apps.targets.queries.asking import years_before
from pcmt.core import measures as core
from pcmt.core.measures import Catalogue, Indicator
from pcmt.core.measures.rolling import calendar_named
from pcmt.core.periods import ADMINISTRATIVE, CALENDARS, DAY, Calendar, Kind, Span
from pcmt.core.schemas import ColumnKind, Line, ReportSchema

ASKED = (ColumnKind.THIS, ColumnKind.PREVIOUS, ColumnKind.YEAR_AGO, ColumnKind.CUMULATIVE)
"""Columns that the facts answer."""
FREE_PLACES = 2
"""Decimals of a line whose element the catalogue does not know."""
NAMED = (Kind.MONTH, Kind.QUARTER, Kind.HALF_YEAR, Kind.YEAR)

Cell = tuple[str, str]
"""The code of an element and a part of it."""
Known = Mapping[tuple[ColumnKind, Cell], Answer]


def span_of(submission: Submission) -> Span | None:
    """The days that a report covers; None where it covers no period."""
    if submission.period_from is None or submission.period_to is None:
        return None
    return Span(submission.period_from, submission.period_to + DAY)


def calendar_of(submission: Submission, span: Span) -> Calendar:
    """That of the regime, else the one that names the period; administrative months where neither tells."""
    return CALENDARS.get(submission.duty.calendar) or calendar_named(span) or ADMINISTRATIVE


def spans_of(submission: Submission) -> dict[ColumnKind, Span]:
    """The days that each column asks of; none where the report covers no period.

    The reporting year is that of the period's last day, and never begins after the period.
    """
    span = span_of(submission)
    if span is None:
        return {}
    calendar = calendar_of(submission, span)
    year = calendar.around(Kind.YEAR, span.last)
    return {
        ColumnKind.THIS: span,
        ColumnKind.PREVIOUS: _previous(span, calendar),
        ColumnKind.YEAR_AGO: _year_ago(span),
        ColumnKind.CUMULATIVE: Span(min(year.start, span.start), span.end),
    }


def _is_week(span: Span) -> bool:
    return span.days == 7 and span.start.weekday() == 0


def _previous(span: Span, calendar: Calendar) -> Span:
    """The period of the same kind straight before; of nine months those of the year before."""
    for kind in NAMED:
        if calendar.around(kind, span.start) == span:
            return calendar.around(kind, span.start - DAY)
    if calendar.around(Kind.NINE_MONTHS, span.start) == span:
        return years_before(span, 1)
    return Span(span.start - timedelta(days=span.days), span.start)


def _year_ago(span: Span) -> Span:
    """The same days of the year before; of a week the one 52 weeks before."""
    if _is_week(span):
        return Span(span.start - timedelta(weeks=52), span.end - timedelta(weeks=52))
    return years_before(span, 1)


def boundary_of(submission: Submission, on: date) -> date | None:
    """The day on whose units the numbers are: the last of the period, or of what has passed of it or of the unit.

    Numbers of earlier periods are on the same boundaries: what is compared is the same area.
    """
    span = span_of(submission)
    if span is None:
        return None
    last, ended = min(span.last, on), submission.about.valid_to
    return min(last, ended - DAY) if ended else last


@attrs.frozen
class Elements:
    """The elements and indicators that the lines of a form name. What the catalogue does not know is not in them."""

    rows: Mapping[str, Element]
    kinds: Mapping[str, core.Element]
    indicators: Mapping[str, Indicator]

    def places(self, line: Line) -> int:
        """How many decimals the numbers of a line have."""
        row = self.rows.get(line.element)
        return row.places if row else FREE_PLACES

    def parts(self, line: Line) -> tuple[tuple[Cell, ...], tuple[Cell, ...]] | None:
        """The numbers that an indicator line is computed from, counted and whole; None where they are not known."""
        made = self.indicators.get(line.indicator)
        if made is None or not {*made.counted, *made.whole} <= self.kinds.keys():
            return None
        keys = {pair.split("=")[0] for pair in line.breakdown.split(",") if pair}
        cells = {
            code: (code, line.breakdown if keys <= {*self.kinds[code].breakdowns} else "")
            for code in (*made.counted, *made.whole)
        }
        return tuple(cells[code] for code in made.counted), tuple(cells[code] for code in made.whole)

    def is_share(self, line: Line) -> bool:
        """Whether a line tells percents of a whole."""
        made = self.indicators.get(line.indicator)
        return made is not None and bool(made.whole)


def elements_of(schema: ReportSchema, on: date) -> Elements:
    """What the lines of a form are bound to, in the words of a day; of what has ended in its last ones."""
    lines = [line for _section, line in schema.lines()]
    wanted = {line.indicator for line in lines if line.indicator}
    indicators, kinds = _catalogued(wanted, {line.element for line in lines if line.element}, on)
    rows = {row.code: row for row in Element.objects.filter(code__in=kinds)}
    return Elements(rows, kinds, indicators)


def _catalogued(
    indicators: Collection[str], elements: Collection[str], on: date
) -> tuple[dict[str, Indicator], dict[str, core.Element]]:
    standing: Catalogue = catalogue(on)
    found = {code: standing.indicators[code] for code in indicators if code in standing.indicators}
    codes = {*elements, *(code for made in found.values() for code in (*made.counted, *made.whole))}
    kinds = {code: standing.elements[code] for code in codes if code in standing.elements}
    if len(found) < len(set(indicators)) or len(kinds) < len(codes):
        ever = catalogue()
        found = {code: ever.indicators[code] for code in indicators if code in ever.indicators} | found
        codes |= {code for made in found.values() for code in (*made.counted, *made.whole)}
        kinds = {code: ever.elements[code] for code in codes if code in ever.elements} | kinds
    return found, kinds


def cells_of(schema: ReportSchema, elements: Elements) -> tuple[Cell, ...]:
    """The numbers that the lines of a form need, each once."""
    found: dict[Cell, None] = {}
    for _section, line in schema.lines():
        if line.element in elements.kinds:
            found[line.element, line.breakdown] = None
        for part in elements.parts(line) or ():
            found.update(dict.fromkeys(part))
    return tuple(found)


def known(
    submission: Submission, cells: Iterable[Cell], on: date, kinds: Collection[ColumnKind] = ASKED
) -> dict[tuple[ColumnKind, Cell], Answer]:
    """What the facts know of numbers, by column; one question to them for all. Nothing where there is no period."""
    spans, boundary = spans_of(submission), boundary_of(submission, on)
    asked = {
        (kind, cell): Ask(submission.about_id, cell[0], spans[kind], cell[1])
        for kind in kinds
        if kind in spans
        for cell in cells
    }
    if not asked:
        return {}
    answers = figures(asked.values(), on=on, boundary=boundary)
    return {key: answers[ask] for key, ask in asked.items()}


def decimal_of(value: Fraction | None, places: int) -> Decimal | None:
    """A figure of the facts with so many decimals."""
    if value is None:
        return None
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def stored(value: Decimal | None, places: int) -> int | None:
    """A number as it is kept: in units of 10^-places."""
    return None if value is None else int(value.scaleb(places).to_integral_value(ROUND_HALF_UP))


def unstored(value: int | None, places: int) -> Decimal | None:
    """The number that is kept so."""
    return None if value is None else Decimal(value).scaleb(-places)
