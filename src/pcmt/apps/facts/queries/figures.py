"""Figures of units with all that lies below them: read from the sums that are kept, from facts only where none are.

A constant number of statements, whatever is asked at once. What a figure rests on: the unit's own facts, and one cell
with the sum of everything below (or the few cells that fill a window for which none is kept). The cells also say which
periods were told at all. Where they cannot tell (numbers that lie across the borders of the cells, stocks of a window
that is cut short, means, another state of knowledge, boundaries of another day) the facts are gone through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import attrs
from django.db.models import Q
from django.utils import timezone

from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.models import Cell, Element, Fact, Recording
from pcmt.apps.facts.queries.expecting import IN_ORDER, Covered, Expected, expected_of, lacking_of, silent_units
from pcmt.apps.facts.queries.keeping import core_element, is_of_now, kept_windows
from pcmt.apps.facts.queries.scanning import scanned
from pcmt.apps.units.models import Succession, Unit, UnitClosure
from pcmt.core import measures as core
from pcmt.core.measures import Figure, OverTime, OverUnits, decompose, filled_by, is_kept, kept, rolls
from pcmt.core.measures.rolling import BOTH, calendar_named, outlived
from pcmt.core.periods import DAY, Span

Series = tuple[int, str, str]
"""Unit, code of the element, breakdown."""


@attrs.define
class Sum:
    """A cell, both bases added up."""

    value: int = 0
    units: int = 0
    days: int = 0
    na: int = 0
    exact: int = 0
    guessed: int = 0

    def add(self, amounts: Sequence[int]) -> None:
        """Add another row."""
        value, units, days, na, exact, guessed = amounts
        self.value += value
        self.units += units
        self.days += days
        self.na += na
        self.exact += exact
        self.guessed += guessed


Cells = Mapping[Series, Mapping[Span, Sum]]
GROUPS = 20
"""So many different sets of units are asked for apart in one statement."""

_span = lru_cache(maxsize=8192)(Span)


def figures(
    asks: Iterable[Ask],
    *,
    on: date,
    boundary: date | None = None,
    known: datetime | None = None,
    silent: int = 0,
) -> dict[Ask, Answer]:
    """What is known of each as of the end of the day `on`.

    `boundary` asks for the units as they are bounded on another day (None: as of the time that the figures speak of);
    `known` for what was known at a moment. `silent` is how many of the units that told nothing are to be named. An
    element that nobody knows has no figure.
    """
    asked = list(dict.fromkeys(asks))
    rows = {row.code: row for row in Element.objects.filter(code__in={ask.element for ask in asked})}
    kinds = {code: core_element(row) for code, row in rows.items()}
    begun = [ask for ask in asked if ask.element in rows and ask.window.start <= on]
    kept = known is None and (boundary is None or is_of_now(boundary))
    forms = expected_of([(ask, rows[ask.element].pk) for ask in begun], on=on, boundary=boundary)
    found: dict[Ask, Answer] = {}
    if kept:
        found, begun = _from_cells(begun, rows, kinds, on, forms, now=boundary is not None)
    if begun:
        found |= scanned(begun, rows, kinds, on=on, boundary=boundary, known=known, forms=forms)
    if silent:
        found = {ask: silent_units(ask, answer, forms.get(ask), on=on, most=silent) for ask, answer in found.items()}
    nothing = {ask: Answer(Figure(None, ask.element in kinds and kinds[ask.element].cumulates)) for ask in asked}
    return nothing | found


def _from_cells(
    asks: Sequence[Ask], rows: Mapping[str, Element], kinds: Mapping[str, core.Element], on: date,
    forms: Mapping[Ask, Expected], *, now: bool,
) -> tuple[dict[Ask, Answer], list[Ask]]:  # fmt: skip
    """What the cells answer, and what they cannot."""
    windows = kept_windows()
    own = _own_facts(asks, rows)
    cells = _cells(asks, rows, forms, now=now)
    found: dict[Ask, Answer] = {}
    left: list[Ask] = []
    shifted = _shifted(asks, kinds, on, now=now)
    gone = _gone(asks, kinds, on) if now else set()
    pieces: dict[Ask, tuple[Span, ...]] = {}
    for ask in asks:
        series = (ask.unit_id, ask.element, ask.breakdown)
        mine = [fact.span for fact in own.get(series, ()) if fact.value is not None or not fact.applies] if now else []
        whole = _whole(ask, kinds[ask.element], cells.get(series, {}), mine, on, windows)
        if whole is None or (ask in shifted and kinds[ask.element].over_units is OverUnits.SUM):
            left.append(ask)
        else:
            pieces[ask] = whole
    more = [(ask, piece) for ask, whole in pieces.items() for piece in whole if piece != ask.window]
    parts = _exactly(more, rows, now=now) if more else {}
    for ask, whole in pieces.items():
        series = (ask.unit_id, ask.element, ask.breakdown)
        known = cells.get(series, {})
        sums = [(known if piece == ask.window else parts.get(series, {})).get(piece) for piece in whole]
        element, mine_told = kinds[ask.element], () if ask in gone else own.get(series, ())
        facts = _counting(element, mine_told, ask.window, windows)
        told = _told(element, known, ask.window, on, windows)
        below = _together([each for each in sums if each is not None])
        found[ask] = _answer(ask, element, rows[ask.element], facts, below, told, known, on, forms.get(ask))
    return found, left


def _gone(asks: Sequence[Ask], kinds: Mapping[str, core.Element], on: date) -> set[Ask]:
    """The asks for stocks of units that had ended: on the boundaries of another day others have them."""
    ends = dict(Unit.objects.filter(pk__in={ask.unit_id for ask in asks}).values_list("pk", "valid_to"))
    return {
        ask for ask in asks if outlived(kinds[ask.element], ends.get(ask.unit_id), min(ask.window.end, on + DAY))
    }  # fmt: skip


def _shifted(asks: Sequence[Ask], kinds: Mapping[str, core.Element], on: date, *, now: bool) -> set[Ask]:
    """Of windows that are cut short, those whose unit lost a unit below it in the days that are cut off.

    What that one told later stands elsewhere, and may have taken the place of what it told before: only asked of days
    after which something was told. Its stock counts while it stands, and not in the cell of the whole window.
    """
    cut = [ask for ask in asks if on < ask.window.last]
    after = timezone.make_aware(datetime.combine(on + DAY, time()))
    stocks = {ask for ask in cut if outlived(kinds[ask.element], on + DAY, ask.window.end)}
    if cut and not Recording.objects.filter(at__gte=after).exists():
        cut = list(stocks)
    if not cut:
        return set()
    if now and stocks and _unsettled(stocks, on):
        return set(cut)
    last = max(ask.window.last for ask in cut)
    gone = UnitClosure.objects.filter(ancestor__in={ask.unit_id for ask in cut}, valid_to__gt=on, valid_to__lte=last)
    units = set(gone.order_by().values_list("ancestor_id", flat=True).distinct())
    return {ask for ask in cut if ask.unit_id in units}


def _unsettled(asks: Collection[Ask], on: date) -> bool:
    """Whether, on present boundaries, a stock of days to come may lie with anybody: units end later, or units that gave
    something away have told already what they will have.
    """
    first, last = min(ask.window.start for ask in asks), max(ask.window.last for ask in asks)
    if Unit.objects.filter(valid_to__gt=on, valid_to__lte=last).exists():
        return True
    gave = Succession.objects.filter(on__gte=first, on__lte=last).values("old_id")
    codes = {ask.element for ask in asks}
    return Fact.objects.counting().filter(element__code__in=codes, unit__in=gave, end__gt=on + DAY).exists()


def _whole(
    ask: Ask,
    element: core.Element,
    known: Mapping[Span, Sum],
    mine: Sequence[Span],
    on: date,
    windows: tuple[Span, ...],
) -> tuple[Span, ...] | None:
    """The cells that make up the sum of what lies below; None where cells cannot tell.

    `mine` are periods that the unit told itself, where the cells may correct its own numbers as well.
    """
    if element.over_units is OverUnits.NONE:
        return ()
    if not rolls(element):
        return None
    window = ask.window
    past = Span(window.start, min(on, window.last) + DAY)
    if element.over_time is OverTime.NONE:
        return (window,) if past == window else ()
    told = {span for span, each in known.items() if each.exact > 0} | set(mine)
    spans = [span for span in told if _inside(element, span, window, windows)]
    if not spans:
        return ()
    past_spans = [span for span in spans if span.end <= past.end]
    # Where nothing was told of the days to come, the sum of the whole window is that of its part that has passed.
    for target in (window,) if len(past_spans) == len(spans) else ():
        if is_kept(target, windows):
            return (target,)
    if is_kept(past, windows):
        return (past,)
    if not element.cumulates:
        return None
    named = calendar_named(window)
    for calendar in (named,) if named else BOTH:
        fill = decompose(past, calendar, windows)
        if filled_by(past_spans, fill, windows):
            return fill
    return None


def _inside(element: core.Element, span: Span, window: Span, windows: tuple[Span, ...]) -> bool:
    """Whether a number told for `span` counts in a window: in a kept one by its rule, else where it lies inside."""
    return _lies_in(element.over_time, span, window, windows)


@lru_cache(maxsize=65_536)
def _lies_in(over_time: OverTime, span: Span, window: Span, windows: tuple[Span, ...]) -> bool:
    if span.start < window.start or span.end > window.end:
        return False
    if not is_kept(window, windows):
        return True
    return span == window if over_time is OverTime.NONE else window in kept(span, windows)


def _told(
    element: core.Element, known: Mapping[Span, Sum], window: Span, on: date, windows: tuple[Span, ...]
) -> list[Span]:
    """The periods of a window for which anything was told below, that have passed."""
    found = [
        span for span, each in known.items()
        if each.exact > 0 and span.last <= on and _inside(element, span, window, windows)
    ]  # fmt: skip
    return sorted(found, key=IN_ORDER)


def _counting(
    element: core.Element, facts: Sequence[core.Fact], window: Span, windows: tuple[Span, ...]
) -> list[core.Fact]:
    return [fact for fact in facts if _inside(element, fact.span, window, windows)]


def _together(sums: Sequence[Sum]) -> Sum:
    """Several cells as one; of the units that told at least so many as in the fullest."""
    if len(sums) == 1:
        return sums[0]
    return Sum(
        sum(each.value for each in sums), max((each.units for each in sums), default=0),
        sum(each.days for each in sums), max((each.na for each in sums), default=0),
        sum(each.exact for each in sums), max((each.guessed for each in sums), default=0),
    )  # fmt: skip


def _answer(
    ask: Ask, element: core.Element, row: Element, facts: Sequence[core.Fact], below: Sum, told: Sequence[Span],
    known: Mapping[Span, Sum], on: date, expected: Expected | None,
) -> Answer:  # fmt: skip
    """The unit's own figure and the sum of what lies below, together."""
    own = core.figure(element, facts, ask.window, on)
    valued = (own.value is not None) + below.units > 0
    value = (own.value or Fraction(0)) + Fraction(below.value, 10**row.places) if valued else None
    does_not = below.na + (bool(own.used) and not own.applies) > 0
    reaches = [each for each in (own.reach, *(span.last for span in told)) if each]
    covered = {span: Covered(each.units + each.na, each.exact) for span, each in known.items()}
    reports = below.units + below.na
    lacking = lacking_of(
        element, ask.window, on, own=own, told=told, covered=covered, reports=reports, expected=expected
    )
    figure = Figure(
        value,
        own.cumulates,
        max(reaches, default=None) if valued or does_not else None,
        lacking,
        own.used if not reports else (),
        valued or not does_not,
    )
    count = reports + bool(own.used)
    return Answer(figure, count, expected.count if expected else None, estimated=below.guessed > 0)


# --- reading


def _envelopes(spans: Iterable[Span]) -> list[Span]:
    """Windows that meet, taken together."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _within(asks: Iterable[Ask]) -> Q:
    reach = Q()
    for span in _envelopes({ask.window for ask in asks}):
        reach |= Q(start__gte=span.start, end__lte=span.end)
    return reach


def _asked(asks: Sequence[Ask], rows: Mapping[str, Element]) -> Q:
    """Rows of the units, elements and windows asked for: elements of which the same units are asked go together.

    A screen asks much of one unit and little of all below it; reading all of all would read ten times as much.
    """
    units: dict[str, set[int]] = defaultdict(set)
    for ask in asks:
        units[ask.element].add(ask.unit_id)
    groups: dict[frozenset[int], list[str]] = defaultdict(list)
    for code, of_code in units.items():
        groups[frozenset(of_code)].append(code)
    if len(groups) > GROUPS:
        groups = {frozenset[int]().union(*groups): list(units)}
    found = Q()
    for together, codes in groups.items():
        mine = set(codes)
        found |= Q(unit__in=together, element__in=[rows[code].pk for code in codes]) & _within(
            ask for ask in asks if ask.element in mine
        )
    return found & Q(breakdown__in={ask.breakdown for ask in asks})


def _own_facts(asks: Sequence[Ask], rows: Mapping[str, Element]) -> dict[Series, list[core.Fact]]:
    codes = {row.pk: row for row in rows.values()}
    facts = Fact.objects.counting().filter(_asked(asks, rows)) if asks else Fact.objects.none()
    found: dict[Series, list[core.Fact]] = defaultdict(list)
    for unit_id, element_id, breakdown, start, end, value, applies in facts.values_list(
        "unit_id", "element_id", "breakdown", "start", "end", "value", "applies"
    ):
        row = codes[element_id]
        number: Decimal | None = None if value is None else row.number(value)
        found[unit_id, row.code, breakdown].append(core.Fact(_span(start, end), number, applies))
    return found


FIELDS = (
    "unit_id", "element_id", "breakdown", "start", "end", "value", "units", "days", "na", "exact", "guessed",
)  # fmt: skip


def _cells(
    asks: Sequence[Ask], rows: Mapping[str, Element], forms: Mapping[Ask, Expected], *, now: bool
) -> dict[Series, dict[Span, Sum]]:
    """The cells of the windows, of the periods for which anything was told inside them, and of those forms ask for."""
    if not asks:
        return {}
    spans = {ask.window for ask in asks} | {span for each in forms.values() for span in each.periods}
    exactly = Q(start__in={span.start for span in spans}, end__in={span.end for span in spans})
    return _summed(asks, rows, Q(exact__gt=0) | exactly, now=now)


def _exactly(
    pieces: Sequence[tuple[Ask, Span]], rows: Mapping[str, Element], *, now: bool
) -> dict[Series, dict[Span, Sum]]:
    spans = {span for _ask, span in pieces}
    exactly = Q(start__in={span.start for span in spans}, end__in={span.end for span in spans})
    return _summed([ask for ask, _span in pieces], rows, exactly, now=now)


def _summed(asks: Sequence[Ask], rows: Mapping[str, Element], which: Q, *, now: bool) -> dict[Series, dict[Span, Sum]]:
    codes = {row.pk: row.code for row in rows.values()}
    cells = Cell.objects.filter(which, _asked(asks, rows), basis__in=[Cell.THEN, Cell.NOW] if now else [Cell.THEN])
    found: dict[Series, dict[Span, Sum]] = defaultdict(dict)
    for unit_id, element_id, breakdown, start, end, *amounts in cells.values_list(*FIELDS):
        by_span = found[unit_id, codes[element_id], breakdown]
        span = _span(start, end)
        known = by_span.get(span)
        if known is None:
            by_span[span] = Sum(*amounts)
        else:
            known.add(amounts)
    return found
