"""The grid of a frequency target: a row a unit, a column a week, month, quarter or term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import attrs
from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.queries.coverage import kinds_counting
from pcmt.apps.facts.policies import units_seen_by
from pcmt.apps.targets.models import Standing, Target
from pcmt.apps.targets.queries import kept_back, load
from pcmt.apps.targets.queries.judging import Turns, turns_done
from pcmt.apps.units.models import Unit
from pcmt.core.evaluating import Verdict
from pcmt.core.periods import ADMINISTRATIVE, Calendar, ExpectedWindow, Span, period_label
from pcmt.web.templatetags.pcmt import vnumber

ROWS, COLUMNS = 40, 14
"""So many units and periods stand on one page."""
WORST_FIRST = (Verdict.MISSED, Verdict.BEHIND, Verdict.UNDETERMINED)
LOOKS: Mapping[str, Any] = {
    "done": "✓",
    "short": "▾",
    "unknown": "?",
    "running": "",
    "ahead": "",
}
"""A cell by its look, never by colour alone; `running` is the present period, `ahead` one to come."""

ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}


@attrs.frozen
class Column:
    """A period: its short head, its whole name."""

    head: str
    name: str
    span: Span
    running: bool


@attrs.frozen
class Cell:
    """What one unit did in one period: the number, a look, words for who cannot see it, where the events are."""

    look: str
    mark: str
    number: str
    words: str
    url: str


@attrs.frozen
class Row:
    """One unit: its cells, and over all periods that are over how many have enough, too little, nothing known."""

    unit: Unit
    whole: bool
    cells: Sequence[Cell]
    done: int
    short: int
    unknown: int
    hidden: bool = False

    @property
    def over(self) -> int:
        """How many periods are over."""
        return self.done + self.short + self.unknown


@attrs.frozen
class Grid:
    """Some units and periods of a target; `earlier` and `later` are the columns to go to, None at the ends."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    page: Page[int]
    least: int | None
    earlier: int | None
    later: int | None
    kinds: Sequence[str]


def grid_of(actor: Actor, target: Target, *, page: str | None, last: str | None) -> Grid | None:
    """The grid; units that did too little stand first. None where the target has no periods or cannot be measured."""
    [loaded] = load([target])
    paged = Paginator(_units(target), ROWS).get_page(page)
    found = turns_done(loaded, on=actor.on, units=list(paged))
    if not found:
        return None
    spans = [span for span, _count in found[0].counts]
    now = max((n for n, span in enumerate(spans) if span.start <= actor.on), default=0)
    end = int(last) if last and last.isdecimal() and len(last) < 6 else now + 1
    end = max(min(end, len(spans)), min(COLUMNS, len(spans)))
    begin = max(end - COLUMNS, 0)
    kinds = kinds_counting(found[0].elements)
    units = Unit.objects.in_bulk([each.unit_id for each in found])
    mine = units_seen_by(actor, list(units))
    hidden = kept_back(actor, {(target.pk, each.unit_id) for each in found})
    by_unit = {each.unit_id: each for each in found}
    rows = [
        _row(
            units[unit_id], by_unit[unit_id], begin, end, actor.on, kinds if unit_id in mine else None,
            (target.pk, unit_id) in hidden,
        )
        for unit_id in paged
        if unit_id in by_unit
    ]  # fmt: skip
    calendar = found[0].calendar
    columns = [
        Column(head_of(span, calendar), _named(span, calendar), span, span.start <= actor.on < span.end)
        for span in spans[begin:end]
    ]
    earlier = begin or None
    later = min(end + COLUMNS, len(spans)) if end < len(spans) else None
    return Grid(columns, rows, paged, found[0].least, earlier, later, kinds)


def _units(target: Target) -> list[int]:
    """The units that the target is judged for: the whole, then those that do worst, then in official order."""
    worst = Case(
        *(When(verdict=str(verdict), then=Value(n)) for n, verdict in enumerate(WORST_FIRST)),
        default=Value(len(WORST_FIRST)),
        output_field=IntegerField(),
    )
    rows = Standing.objects.filter(target=target).order_by("-whole", worst, "unit__sort_key", "unit_id")
    return list(rows.values_list("unit_id", flat=True))


def _row(unit: Unit, turns: Turns, begin: int, end: int, on: date, kinds: Sequence[str] | None, hidden: bool) -> Row:
    looks = [_look(span, count, turns.least, on) for span, count in turns.counts]
    cells = [
        _cell(unit, span, None if hidden else count, look, turns, kinds)
        for (span, count), look in zip(turns.counts[begin:end], looks[begin:end], strict=True)
    ]
    return Row(unit, turns.whole, cells, looks.count("done"), looks.count("short"), looks.count("unknown"), hidden)


def _named(turn: ExpectedWindow, calendar: Calendar) -> str:
    return period_label(Span(turn.whole.start, turn.whole.end), calendar)


def _look(span: Span, count: Fraction | None, least: int | None, on: date) -> str:
    if span.start > on:
        return "ahead"
    if count is not None and least is not None and count >= least:
        return "done"
    if span.end > on:
        return "running"
    return "unknown" if count is None or least is None else "short"


def _cell(
    unit: Unit, span: ExpectedWindow, count: Fraction | None, look: str, turns: Turns, kinds: Sequence[str] | None
) -> Cell:
    number = "" if count is None else vnumber(count.numerator if count.denominator == 1 else float(count))
    said = {
        "done": _("đủ"), "short": _("thiếu"), "unknown": _("chưa có số"), "running": _("đang diễn ra"),
        "ahead": _("chưa đến"),
    }[look]  # fmt: skip
    words = f"{_named(span, turns.calendar)}: {said}"
    url = ""
    if kinds and look not in ("ahead", "unknown") and count:
        asked: dict[str, Any] = {"don_vi": unit.pk, "tu": f"{span.start:%d/%m/%Y}", "den": f"{span.last:%d/%m/%Y}"}
        url = f"{reverse('activities:list')}?{urlencode(asked | ({'loai': kinds[0]} if len(kinds) == 1 else {}))}"
    return Cell(look, LOOKS[look], number, words, url)


def head_of(turn: ExpectedWindow, calendar: Calendar = ADMINISTRATIVE) -> str:
    """The head of a narrow column: `T23` a week, `6` a month, `Q2` a quarter; else the first day."""
    if turn.whole.days == 7:
        return f"T{turn.whole.start.isocalendar().week}"
    kind, _space, rest = _named(turn, calendar).partition(" ")
    number = rest.split("/")[0]
    if kind == "Tháng":
        return number
    return f"Q{ROMAN[number]}" if kind == "Quý" and number in ROMAN else f"{turn.start:%d/%m}"
