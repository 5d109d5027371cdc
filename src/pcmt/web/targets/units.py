"""How a target stands unit by unit: as it was judged for each, else by the figures of the units below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import attrs

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.policies import units_seen_by
from pcmt.apps.facts.queries import figures, guarded
from pcmt.apps.targets.queries import Judged
from pcmt.apps.units.models import Unit, UnitKind, UnitLink, holds_on
from pcmt.core.evaluating import Verdict
from pcmt.core.evaluating.verdicts import SMALL
from pcmt.core.measures import Indicator
from pcmt.core.periods import DAY, Span
from pcmt.web.figures import Switch
from pcmt.web.targets.drawing import Bar, bar
from pcmt.web.targets.words import VERDICT_WORDS, Number, VerdictWord, reported

SORTS = ("", "ten", "thuc-hien", "con-thieu", "ket-luan")


@attrs.frozen
class UnitLine:
    """One unit. Without a `word` it was not judged for itself. `measured` None was not reported, and is no zero.

    `hidden`: there is a figure, and the reader is not told it.
    """

    unit: Unit
    word: VerdictWord | None
    sentence: str
    measured: Number | None
    goal: Fraction | None
    distance: Fraction | None
    reach: date | None
    small: bool
    bar: Bar | None
    hidden: bool = False


@attrs.frozen
class Others:
    """Units whose figures the actor is not told one by one: how many, and their sum."""

    count: int
    measured: Fraction | None


@attrs.frozen
class ByUnit:
    """The units of a target. `judged` is whether the target holds for each of them."""

    lines: Sequence[UnitLine]
    others: Others | None
    judged: bool
    silent: Sequence[Unit]


def by_unit(
    actor: Actor, found: Sequence[Judged], indicator: Indicator | None, switch: Switch, order: str
) -> ByUnit | None:
    """The units of a target that was judged; None where it has none."""
    whole = next(each for each in found if each.whole)
    parts = [each for each in found if not each.whole]
    if parts:
        units = Unit.objects.in_bulk([each.unit_id for each in parts])
        lines = [_judged(units[each.unit_id], each) for each in parts]
        lines = _scaled(lines)
        silent = [line.unit for line in lines if line.measured is None and _waits(line)]
        return ByUnit(sorted_lines(lines, order), None, True, silent)
    if not whole.asks or whole.window is None or indicator is None:
        return None
    return _below(actor, whole, indicator, switch, order)


def sorted_lines(lines: Sequence[UnitLine], order: str) -> list[UnitLine]:
    """In the order asked for; what is not known comes last. Unless told else, in official order."""
    worst = list(VERDICT_WORDS)
    keys: Mapping[str, Any] = {
        "thuc-hien": lambda line: (line.measured is None, -(line.measured or 0)),
        "con-thieu": lambda line: (line.distance is None, -(line.distance or 0)),
        "ket-luan": lambda line: -worst.index(line.word.key) if line.word else 1,
    }
    lines = sorted(lines, key=lambda line: (line.unit.sort_key, line.unit.pk))
    return sorted(lines, key=keys[order]) if order in keys else lines


def children_over(unit_id: int, window: Span, boundary: date | None) -> list[Unit]:
    """The units directly below one: on the boundaries of a day, else whoever stood there at some time of a window.

    After its end a unit is linked to its heir; that is no place of its own, and is left out.
    """
    links = UnitLink.objects.filter(parent_id=unit_id)
    if boundary is not None:
        links = links.filter(holds_on(boundary), holds_on(boundary, "child__"))
        return list(Unit.objects.filter(pk__in=links.values("child_id")).in_official_order())
    rows = links.values_list("child_id", "valid_from", "valid_to", "child__valid_from", "child__valid_to")
    there = {child for child, *days in rows if _meets(window, days)}
    return list(Unit.objects.filter(pk__in=there).in_official_order())


def measured_of(
    indicator: Indicator, answers: Mapping[str, Answer], *, percent: bool
) -> tuple[Fraction | None, Fraction | None]:
    """What an indicator makes of the answers about its elements, and the population of a share.

    A sum with a part that nobody told is not known.
    """
    counted = _sum([answers[code] for code in indicator.counted if code in answers])
    if not indicator.whole:
        return counted, None
    whole = _sum([answers[code] for code in indicator.whole if code in answers])
    if counted is None or whole is None or (percent and whole == 0):
        return None, whole
    return (counted / whole * 100 if percent else counted), whole


def _sum(answers: Sequence[Answer]) -> Fraction | None:
    values = [each.figure.value for each in answers]
    if not values or any(value is None for value in values):
        return None
    return sum((value for value in values if value is not None), Fraction(0))


def _meets(window: Span, days: Sequence[date | None]) -> bool:
    link_from, link_to, unit_from, unit_to = days
    begins = max(each for each in (link_from, unit_from, window.start) if each)
    ends = min(each for each in (link_to, unit_to, window.end) if each)
    return begins < ends


def _judged(unit: Unit, each: Judged) -> UnitLine:
    found = each.judgement
    word = VERDICT_WORDS[str(found.verdict)]
    measured = reported(each.spec.shape, found.verdict, found.measured)
    drawn = bar(measured, found.expected, found.goal)
    return UnitLine(
        unit, word, found.sentence, measured, found.goal, found.distance, found.reach, found.small, drawn, each.hidden
    )


def _waits(line: UnitLine) -> bool:
    return line.word is not None and line.word.key == Verdict.UNDETERMINED and not line.hidden


def _below(actor: Actor, whole: Judged, indicator: Indicator, switch: Switch, order: str) -> ByUnit | None:
    assert whole.window is not None
    passed = Span(whole.window.start, max(min(switch.on, whole.window.last), whole.window.start) + DAY)
    area = whole.asks[0].unit_id
    units = children_over(area, passed, whole.boundary)
    told = units_seen_by(actor, [unit.pk for unit in units])
    asks = {unit.pk: [attrs.evolve(ask, unit_id=unit.pk) for ask in whole.asks] for unit in units}
    wanted: list[Ask] = [ask for each in asks.values() for ask in each]
    when: Any = {"on": switch.on, "boundary": whole.boundary, "known": switch.known}
    answers = guarded(actor, figures(wanted, **when), **when)
    percent = whole.spec.unit_word == "percent"
    lines, hidden, silent, unsummed = [], [], [], False
    for unit in units:
        of = {ask.element: answers[ask] for ask in asks[unit.pk]}
        measured, base = measured_of(indicator, of, percent=percent)
        heard = any(each.told or each.figure.value is not None for each in of.values())
        if not heard and unit.kind != UnitKind.ADMINISTRATIVE:
            continue
        if unit.pk not in told:
            hidden.append(_sum([of[code] for code in indicator.counted if code in of]))
            unsummed = unsummed or any(each.hidden for each in of.values())
            continue
        kept = any(each.hidden for each in of.values())
        if measured is None and not heard:
            silent.append(unit)
        reach = max((each.figure.reach for each in of.values() if each.figure.reach), default=None)
        small = base is not None and base < SMALL
        lines.append(UnitLine(unit, None, "", measured, None, None, reach, small, None, kept))
    if not lines and not hidden:
        return None
    known = [value for value in hidden if value is not None]
    summed = None if unsummed or (percent and indicator.whole) else (sum(known, Fraction(0)) if known else None)
    others = Others(len(hidden), summed) if hidden else None
    return ByUnit(sorted_lines(_scaled(lines), order), others, False, silent)


def _scaled(lines: Sequence[UnitLine]) -> list[UnitLine]:
    """Bars of units that have no goal of their own, all on one scale."""
    known = [line.measured for line in lines if line.measured is not None and line.goal is None]
    if not known:
        return list(lines)
    top = max(known)
    return [line if line.bar else attrs.evolve(line, bar=bar(line.measured, None, None, top=top)) for line in lines]
