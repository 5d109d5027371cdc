"""Figures from facts alone: as known at a moment, on the boundaries of another day, and where no cell can tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

import attrs
from django.db.models import Q

from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.models import Element, Fact, KeptSpan
from pcmt.apps.facts.places import Places
from pcmt.apps.facts.queries.expecting import Covered, Expected, lacking_of
from pcmt.apps.units.models import Succession, UnitClosure
from pcmt.core import measures as core
from pcmt.core.measures import Figure, OverUnits, counts_in, is_kept
from pcmt.core.periods import DAY, Span


def scanned(
    asks: Sequence[Ask], rows: Mapping[str, Element], kinds: Mapping[str, core.Element], *, on: date,
    boundary: date | None, known: datetime | None, forms: Mapping[Ask, Expected],
) -> dict[Ask, Answer]:  # fmt: skip
    """Each figure, made from the facts of all units below. It costs what there are of facts."""
    windows = tuple(Span(start, end) for start, end in KeptSpan.objects.values_list("start", "end"))
    below = _ever_below({ask.unit_id for ask in asks}, across=boundary is not None)
    ids = frozenset(unit_id for units in below.values() for unit_id in units)
    places = Places(ids, boundary or date.max)
    facts = _facts(asks, rows, ids, known)
    return {
        ask: _figure(
            ask,
            rows[ask.element],
            kinds[ask.element],
            facts,
            below[ask.unit_id],
            places,
            windows,
            on,
            boundary,
            forms.get(ask),
        )
        for ask in asks
    }


def _ever_below(unit_ids: Iterable[int], *, across: bool) -> dict[int, set[int]]:
    """The units that ever stood at or below each; those whose numbers came to them by a succession with it."""
    found: dict[int, set[int]] = {unit_id: {unit_id} for unit_id in unit_ids}
    rows = UnitClosure.objects.filter(ancestor__in=found).values_list("ancestor_id", "descendant_id")
    for ancestor, descendant in rows:
        found[ancestor].add(descendant)
    if across:
        came: dict[int, set[int]] = defaultdict(set)
        for old, new in Succession.objects.values_list("old_id", "new_id"):
            came[new].add(old)
            came[old].add(new)
        for units in found.values():
            waiting = list(units)
            for unit_id in waiting:  # grows while it is walked
                new = came[unit_id] - units
                units |= new
                waiting += new
    return found


Facts = Mapping[tuple[int, str, str], Sequence[core.Fact]]


def _facts(
    asks: Sequence[Ask], rows: Mapping[str, Element], ids: Iterable[int], known: datetime | None
) -> dict[tuple[int, str, str], list[core.Fact]]:
    by_id = {row.pk: row for row in rows.values()}
    facts = (Fact.objects.as_known(known) if known else Fact.objects.current()).filter(
        accepted=True, element__in={rows[ask.element].pk for ask in asks}, unit__in=list(ids),
        breakdown__in={ask.breakdown for ask in asks},
        start__gte=min(ask.window.start for ask in asks), end__lte=max(ask.window.end for ask in asks),
    ).filter(Q(value__isnull=False) | Q(applies=False))  # fmt: skip
    found: dict[tuple[int, str, str], list[core.Fact]] = defaultdict(list)
    for unit_id, element_id, breakdown, start, end, value, applies in facts.values_list(
        "unit_id", "element_id", "breakdown", "start", "end", "value", "applies"
    ):
        row = by_id[element_id]
        number = None if value is None else row.number(value)
        found[unit_id, row.code, breakdown].append(core.Fact(Span(start, end), number, applies))
    return found


def _figure(
    ask: Ask, row: Element, element: core.Element, facts: Facts, below: Iterable[int], places: Places,
    windows: Sequence[Span], on: date, boundary: date | None, expected: Expected | None,
) -> Answer:  # fmt: skip
    own = core.figure(element, (), ask.window, on)
    values: list[Fraction] = []
    others = does_not = 0
    mine = guessed = unsure = False
    reach: date | None = None
    telling: dict[Span, set[int]] = defaultdict(set)
    for unit_id in sorted(below):
        told = [
            fact for fact in facts.get((unit_id, ask.element, ask.breakdown), ())
            if _inside(element, fact.span, ask.window, windows)
        ]  # fmt: skip
        if not told or (element.over_units is OverUnits.NONE and unit_id != ask.unit_id):
            continue
        found = core.figure(element, told, ask.window, on)
        here = _here(ask.unit_id, unit_id, row, element, found, places, boundary)
        if not here:
            continue
        reach = max([fact.span.last for fact, _part in here] + ([reach] if reach else []))
        guessed |= any(part.guessed for _fact, part in here)
        unsure |= any(part.unsure for _fact, part in here)
        amounts = [part.amount for _fact, part in here if part.amount is not None]
        if amounts:
            values.append(sum(amounts, Fraction(0)))
        else:
            does_not += 1
        if unit_id == ask.unit_id:
            own, mine = found, True
        else:
            others += 1
            for fact in told:
                if fact.span.last <= on:
                    telling[fact.span].add(unit_id)
    spans = sorted(telling)
    asked = expected.periods if expected else ()
    covered = {
        span: Covered(len({unit for each in spans if _holds(span, each) for unit in telling[each]}),
                      len(telling.get(span, ())))
        for span in {*spans, *asked}
    }  # fmt: skip
    lacking = lacking_of(
        element, ask.window, on, own=own, told=spans, covered=covered, reports=others, expected=expected
    )
    if unsure:
        lacking = (Span(ask.window.start, min(on, ask.window.last) + DAY),)
    figure = Figure(
        sum(values, Fraction(0)) if values and not unsure else None, own.cumulates, reach, lacking,
        own.used if mine and not others else (), bool(values) or not does_not,
    )  # fmt: skip
    return Answer(figure, others + mine, expected.count if expected else None, estimated=guessed)


def _holds(one: Span, other: Span) -> bool:
    return one.start <= other.start and other.end <= one.end


def _inside(element: core.Element, span: Span, window: Span, windows: Sequence[Span]) -> bool:
    if not _holds(window, span):
        return False
    return counts_in(element, span, window, windows) if is_kept(window, windows) else True


@attrs.frozen
class _Part:
    """How much of a number lies in an area; `unsure` where some of it does and nobody knows how much."""

    amount: Fraction | None
    guessed: bool = False
    unsure: bool = False


def _here(
    asked: int, unit_id: int, row: Element, element: core.Element, figure: Figure, places: Places,
    boundary: date | None,
) -> list[tuple[core.Fact, _Part]]:  # fmt: skip
    """The parts of a unit's figure that lie in the area of the unit asked for."""
    found = []
    for fact, amount in core.shares(element, figure):
        day = fact.span.last
        if boundary is None:
            if asked == unit_id or asked in places.above(unit_id, day):
                found.append((fact, _Part(amount)))
        elif boundary >= day:
            part = _borne(asked, unit_id, row, amount, day, places)
            if part is not None:
                found.append((fact, part))
        else:
            sources = places.sources(unit_id, day)
            inside = [each for each in sources if asked == each or asked in places.above(each, boundary)]
            if inside:
                whole = len(inside) == len(sources)
                found.append((fact, _Part(amount if whole else None, unsure=not whole)))
    return found


def _borne(
    asked: int, unit_id: int, row: Element, amount: Fraction | None, day: date, places: Places
) -> _Part | None:  # fmt: skip
    """What of a number is borne by the area on a later day. Whole numbers are divided into whole ones, as in cells."""
    scale = 10**row.places
    stored = (amount or Fraction(0)) * scale
    bearers: Sequence[tuple[int, int | Fraction, bool]]
    if stored.denominator == 1:
        bearers = places.bearers(unit_id, int(stored), day)
    else:
        bearers = places.bearers(unit_id, stored, day)
    inside = [each for each in bearers if asked == each[0] or asked in places.above(each[0], places.day)]
    if not inside:
        return None
    guessed = any(guess for _unit, _part, guess in inside) and len(inside) < len(bearers)
    total = sum((Fraction(part) for _unit, part, _guess in inside), Fraction(0)) / scale
    return _Part(None if amount is None else total, guessed)
