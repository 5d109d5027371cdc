"""One indicator of many units over several periods, ranked among units of alike size.

Ranks are within peer groups: a chosen group of units, or quarters by size, else all units together. A share of fewer
than the least population is no match for one of many: such units are ranked apart, so that 1 of 1 never stands above
95 of 100.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import attrs
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.policies import units_seen_by
from pcmt.apps.facts.queries import figures, guarded
from pcmt.apps.units.models import Unit, UnitKind, UnitLink, holds_on
from pcmt.apps.units.queries import members
from pcmt.core.measures import Catalogue, Element, Indicator, number_label
from pcmt.core.periods import DAY, Calendar, Kind, Span
from pcmt.web.figures import Switch
from pcmt.web.targets.drawing import Spark, spark
from pcmt.web.targets.units import children_over, measured_of
from pcmt.web.targets.words import rounded

HIGH, LOW, NAME = "cao", "thap", "ten"
QUARTERS = 4
LEAST_OF_A_GROUP = 2
"""A group by size has at least so many units."""


@attrs.frozen
class Question:
    """What is compared: which units, what of them, over which periods, ranked how among whom.

    `size` is the code of the element by which units are alike; `least` the population below which a share is small.
    """

    indicator: Indicator
    breakdown: str
    parent: Unit
    group: Unit | None
    size: str
    periods: Sequence[Span]
    order: str
    least: int


@attrs.frozen
class Cell:
    """One figure: None was not reported. `whole` is the population of a share, `small` whether it is a small one.

    `hidden`: there is one, and the reader is not told it.
    """

    value: Fraction | None
    whole: Fraction | None
    small: bool
    estimated: bool
    hidden: bool = False


@attrs.frozen
class Row:
    """One unit: its figures by period, its rank in its group by the newest period (None: nothing to rank)."""

    unit: Unit
    cells: Sequence[Cell]
    size: Fraction | None
    rank: int | None = None
    spark: Spark | None = None


@attrs.frozen
class Group:
    """Units that are ranked among each other."""

    name: str
    rows: Sequence[Row]


@attrs.frozen
class Comparison:
    """The table. `total` are the figures of the unit above; `unseen` how many units the actor is not told of."""

    groups: Sequence[Group]
    total: Row
    unseen: int
    unit_word: str


def compare(actor: Actor, question: Question, switch: Switch, elements: Catalogue) -> Comparison:
    """The figures of all units and periods; a constant number of statements."""
    units = _units(question, switch)
    seen = units_seen_by(actor, [unit.pk for unit in units])
    shown = [unit for unit in units if unit.pk in seen]
    codes = (*question.indicator.counted, *question.indicator.whole)
    keys = _keys(question.breakdown)
    wanted = {
        (unit.pk, at, code): Ask(unit.pk, code, span, question.breakdown if keys <= _split(elements, code) else "")
        for unit in (*shown, question.parent)
        for at, span in enumerate(question.periods)
        for code in codes
    }
    sizes = {unit.pk: Ask(unit.pk, question.size, question.periods[-1]) for unit in shown} if question.size else {}
    asked = [*wanted.values(), *sizes.values()]
    when: Any = {"on": switch.on, "boundary": switch.boundary, "known": switch.known}
    answers = guarded(actor, figures(asked, **when), **when)
    percent = bool(question.indicator.whole)

    def row(unit: Unit) -> Row:
        cells = [
            _cell(question, {code: answers[wanted[unit.pk, at, code]] for code in codes}, percent=percent)
            for at in range(len(question.periods))
        ]
        size = answers[sizes[unit.pk]].figure.value if unit.pk in sizes else None
        return Row(unit, cells, size)

    rows = [row(unit) for unit in shown]
    rows = [
        each
        for each in rows
        if each.unit.kind == UnitKind.ADMINISTRATIVE or any(c.value is not None or c.hidden for c in each.cells)
    ]
    top = max((cell.value for each in rows for cell in each.cells if cell.value is not None), default=Fraction(1))
    rows = [attrs.evolve(each, spark=spark([cell.value for cell in each.cells], top)) for each in rows]
    element = elements.elements.get(question.indicator.counted[0])
    word = "percent" if percent else element.unit_word if element else ""
    unseen = sum(unit.kind == UnitKind.ADMINISTRATIVE for unit in units if unit.pk not in seen)
    return Comparison(_groups(question, rows, elements), row(question.parent), unseen, word)


def periods_until(kind: Kind, calendar: Calendar, on: date, count: int) -> list[Span]:
    """The last periods of a kind, the one that holds the day the newest, the oldest first."""
    found = [calendar.around(kind, on)]
    while len(found) < count:
        found.append(calendar.around(kind, found[-1].start - DAY))
    return found[::-1]


def parents_to_choose(actor: Actor) -> Any:
    """Units whose children may be compared: those above the actor's own, and those in reach that have some."""
    links = UnitLink.objects.filter(holds_on(actor.on), holds_on(actor.on, "child__"))
    having = links.filter(child__kind=UnitKind.ADMINISTRATIVE, parent__kind=UnitKind.ADMINISTRATIVE)
    having = having.filter(child__level__in=("province", "district", "commune"))
    return Unit.objects.as_of(actor.on).filter(pk__in=having.values("parent_id")).in_official_order()


def groups_to_choose(actor: Actor) -> Any:
    """Groups of units that somebody made: peer groups by choice."""
    return Unit.objects.as_of(actor.on).filter(kind=UnitKind.GROUP).in_official_order()


def _units(question: Question, switch: Switch) -> list[Unit]:
    if question.group is not None:
        ids = members([question.group.pk], switch.boundary or switch.on).get(question.group.pk, [])
        return list(Unit.objects.filter(pk__in=ids).in_official_order())
    whole = Span(question.periods[0].start, question.periods[-1].end)
    return children_over(question.parent.pk, whole, switch.boundary)


def _cell(question: Question, answers: Mapping[str, Answer], *, percent: bool) -> Cell:
    hidden = any(each.hidden for each in answers.values())
    value, whole = (None, None) if hidden else measured_of(question.indicator, answers, percent=percent)
    small = percent and value is not None and whole is not None and whole < question.least
    return Cell(value, whole, small, any(each.estimated for each in answers.values()), hidden)


def _groups(question: Question, rows: Sequence[Row], elements: Catalogue) -> list[Group]:
    """The rows in their groups, each ranked by the newest period; those of a small population apart in the end."""
    small = [row for row in rows if row.cells[-1].small]
    others = [row for row in rows if not row.cells[-1].small]
    if question.size:
        parted = _by_size(others, elements.elements.get(question.size))
    else:
        below = _("Các đơn vị trực thuộc %(unit)s") % {"unit": question.parent.name}
        parted = [(question.group.name if question.group else below, others)]
    if small:
        parted.append((_("Tổng số nhỏ (dưới %(least)d), xếp riêng") % {"least": question.least}, small))
    return [Group(name, _ranked(each, question.order)) for name, each in parted if each]


def _by_size(rows: Sequence[Row], element: Element | None) -> list[tuple[str, list[Row]]]:
    """Quarters by size, the largest first; fewer where units are few. Units whose size is unknown stand apart."""
    known = sorted((row for row in rows if row.size is not None), key=lambda row: row.size or 0, reverse=True)
    count = max(min(QUARTERS, len(known) // LEAST_OF_A_GROUP), 1)
    found = []
    for number in range(count):
        part = known[number * len(known) // count : (number + 1) * len(known) // count]
        if part:
            word = element.unit_word if element else ""
            low, high = (number_label(rounded(row.size or Fraction(0))) for row in (part[-1], part[0]))
            named = _("Nhóm %(number)d: từ %(low)s đến %(high)s %(word)s")
            found.append((named % {"number": number + 1, "low": low, "high": high, "word": word}, part))
    unknown = [row for row in rows if row.size is None]
    return [*found, *([(_("Chưa rõ quy mô"), unknown)] if unknown else [])]


def _ranked(rows: Sequence[Row], order: str) -> list[Row]:
    """Equal figures share a rank; who has none has no rank and comes last."""
    known = [row for row in rows if row.cells[-1].value is not None]
    values = sorted((row.cells[-1].value or Fraction(0) for row in known), reverse=order != LOW)
    ranks = {value: values.index(value) + 1 for value in set(values)}
    named = [
        attrs.evolve(row, rank=None if row.cells[-1].value is None else ranks[row.cells[-1].value]) for row in rows
    ]
    if order == NAME:
        return sorted(named, key=lambda row: (row.unit.sort_key, row.unit.pk))
    return sorted(named, key=lambda row: (row.rank is None, row.rank or 0, row.unit.sort_key, row.unit.pk))


def _keys(breakdown: str) -> set[str]:
    return {pair.split("=")[0] for pair in breakdown.split(",") if pair}


def _split(elements: Catalogue, code: str) -> set[str]:
    element = elements.elements.get(code)
    return set(element.breakdowns) if element else set()
