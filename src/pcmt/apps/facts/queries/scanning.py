"""Figures from facts alone: as known at a moment, on the boundaries of another day, and where no cell can tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

import attrs
from django.db.models import Q

from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.models import Element, Fact
from pcmt.apps.facts.places import Places
from pcmt.apps.facts.queries.expecting import Covered, Expected, lacking_of
from pcmt.apps.facts.queries.keeping import core_element, kept_windows
from pcmt.apps.units.models import Succession, UnitClosure
from pcmt.core import measures as core
from pcmt.core.measures import Figure, OverUnits, counts_in, is_kept
from pcmt.core.measures.rolling import outlived
from pcmt.core.periods import DAY, Span


def scanned(
    asks: Sequence[Ask], rows: Mapping[str, Element], kinds: Mapping[str, core.Element], *, on: date,
    boundary: date | None, known: datetime | None, forms: Mapping[Ask, Expected],
) -> dict[Ask, Answer]:  # fmt: skip
    """Each figure, made from the facts of all units below. It costs what there are of facts."""
    windows = kept_windows()
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


def paths(ask: Ask, row: Element, *, on: date, known: datetime | None) -> dict[int, Answer]:
    """What comes up to a unit through each unit directly below it, day by day, where those came or went meanwhile."""
    element, windows = core_element(row), kept_windows()
    below = _ever_below([ask.unit_id], across=False)[ask.unit_id] - {ask.unit_id}
    places = Places(frozenset(below), on)
    direct: dict[int, list[tuple[date | None, date | None]]] = defaultdict(list)
    rows = UnitClosure.objects.filter(ancestor=ask.unit_id, depth=1)
    for unit_id, begins, ends in rows.values_list("descendant_id", "valid_from", "valid_to"):
        direct[unit_id].append((begins, ends))

    def child(unit_id: int, day: date) -> int | None:
        """The unit directly below through which something goes up on a day."""
        return next(
            (
                each
                for each in (unit_id, *places.above(unit_id, day))
                if any((b is None or b <= day) and (e is None or day < e) for b, e in direct.get(each, ()))
            ),
            None,
        )

    values: dict[int, Fraction | None] = {}
    told: dict[int, set[int]] = defaultdict(set)
    facts = _facts([ask], {row.code: row}, below, known)
    for unit_id in sorted(below):
        if outlived(element, places.ends.get(unit_id), _upto(ask, on)):
            continue
        inside = [
            fact
            for fact in facts.get((unit_id, ask.element, ask.breakdown), ())
            if _inside(element, fact.span, ask.window, windows)
        ]
        for fact, amount in core.shares(element, core.figure(element, inside, ask.window, on)):
            through = child(unit_id, fact.span.last)
            if through is not None:
                told[through].add(unit_id)
                so_far = values.get(through)
                values[through] = so_far if amount is None else (so_far or Fraction(0)) + amount
    return {each: Answer(Figure(values[each], element.cumulates), len(told[each])) for each in values}


def borne_by(
    ask: Ask, row: Element, *, on: date, boundary: date | None, known: datetime | None
) -> dict[int, Fraction | None]:
    """What a unit itself has of a figure: from its own numbers, and on boundaries of another day from others' areas."""
    element, windows = core_element(row), kept_windows()
    ids = {ask.unit_id}
    if boundary is not None:
        came: dict[int, set[int]] = defaultdict(set)
        for old, new in Succession.objects.values_list("old_id", "new_id"):
            came[new].add(old)
            came[old].add(new)
        waiting = [ask.unit_id]
        for unit_id in waiting:  # grows while it is walked
            more = came[unit_id] - ids
            ids |= more
            waiting += more
    places = Places(frozenset(ids), boundary or date.max)
    facts = _facts([ask], {row.code: row}, ids, known)
    found: dict[int, Fraction | None] = {}
    for unit_id in sorted(ids):
        if _handed_over(ask, unit_id, element, places, on, boundary):
            continue
        inside = [
            fact
            for fact in facts.get((unit_id, ask.element, ask.breakdown), ())
            if _inside(element, fact.span, ask.window, windows)
        ]
        for fact, amount in core.shares(element, core.figure(element, inside, ask.window, on)):
            part = _own_part(ask.unit_id, unit_id, row, amount, fact.span.last, places, boundary)
            if part is not None:
                found[unit_id] = (found.get(unit_id) or Fraction(0)) + part
    return found


def _own_part(
    asked: int, unit_id: int, row: Element, amount: Fraction | None, day: date, places: Places, boundary: date | None
) -> Fraction | None:
    """How much of a number lies with the unit asked for itself, not with one below it."""
    if amount is None:
        return None
    if boundary is None:
        return amount if unit_id == asked else None
    if boundary < day:
        return amount if places.sources(unit_id, day) == [asked] else None
    parts = [part for bearer, part, _guess in _bearers(unit_id, row, amount, day, places) if bearer == asked]
    return sum(parts, Fraction(0)) if parts else None


def _bearers(
    unit_id: int, row: Element, amount: Fraction, day: date, places: Places
) -> list[tuple[int, Fraction, bool]]:
    """Who bears a number on a later day. Whole numbers are divided into whole ones, as in cells."""
    scale = 10**row.places
    stored = amount * scale
    if stored.denominator == 1:
        whole = places.bearers(unit_id, int(stored), day)
        return [(bearer, Fraction(part, scale), guess) for bearer, part, guess in whole]
    return places.bearers(unit_id, amount, day)


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
                more = came[unit_id] - units
                units |= more
                waiting += more
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
        if _handed_over(ask, unit_id, element, places, on, boundary):
            continue
        found = core.figure(element, told, ask.window, on)
        here = _here(ask.unit_id, unit_id, row, element, found, places, boundary)
        if not here:
            continue
        reach = max(each for each in (reach, found.reach) if each)
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


def _upto(ask: Ask, on: date) -> date:
    return min(ask.window.end, on + DAY)


def _handed_over(
    ask: Ask, unit_id: int, element: core.Element, places: Places, on: date, boundary: date | None
) -> bool:
    """Whether a unit's stock went over to others; of itself it is still asked on the boundaries of its time."""
    itself = unit_id == ask.unit_id and boundary is None
    return not itself and outlived(element, places.ends.get(unit_id), _upto(ask, on))


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
    """What of a number is borne by the area on a later day."""
    bearers = _bearers(unit_id, row, amount or Fraction(0), day, places)
    inside = [each for each in bearers if asked == each[0] or asked in places.above(each[0], places.day)]
    if not inside:
        return None
    guessed = any(guess for _unit, _part, guess in inside) and len(inside) < len(bearers)
    total = sum((part for _unit, part, _guess in inside), Fraction(0))
    return _Part(None if amount is None else total, guessed)
