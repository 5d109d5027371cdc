"""Which figures an actor is not told, so that nobody is recognised by a small number.

Figures of *protected* elements (`catalogue.protected_codes`) of places below a province are exact for the line that
keeps the files (who sees identities there) and for who tells the numbers of the own commune. Everybody else sees them
as a table published once for all: communes by periods, their sum the province's, which everybody is told. Which of its
cells are hidden is `core.measures.hide`'s to say, from the numbers alone: whoever asks, on whatever page.

What that table does not hold is not told at all: parts by sex or age or by several keys, flows of stretches that are
neither a whole month nor the year up to one, earlier states of knowledge, and places on boundaries that were moved.

Cells that are told stay so when later months come: each month is decided on with those before it as published. So
who noted down last month's page learns nothing from this month's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

import attrs
from django.db.models import Model, Q, QuerySet

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import Reach, changes, sees
from pcmt.apps.facts.asking import Answer, Ask
from pcmt.apps.facts.catalogue import breakdowns, protected_codes, rules
from pcmt.apps.facts.models import Cell, Element, Fact
from pcmt.apps.units.models import Level, Unit, UnitClosure
from pcmt.core.measures import Figure, Nature, OverTime
from pcmt.core.measures.hiding import THRESHOLD, Relation, hide
from pcmt.core.measures.rolling import BOTH
from pcmt.core.periods import ADMINISTRATIVE, Calendar, Kind, Span

Row = TypeVar("Row", bound=Model)

MOST = 12_000
"""So many cells of one table are weighed against each other; of a larger one nothing below the province is told."""

OPEN = (Level.CENTRAL, Level.PROVINCE)


def guarded(
    actor: Actor | None, answers: Mapping[Ask, Answer], *, on: date, boundary: date | None = None,
    known: datetime | None = None,
) -> dict[Ask, Answer]:  # fmt: skip
    """The answers as the actor is told them: hidden ones say that they are, and nothing else."""
    told = {ask for ask, answer in answers.items() if answer.told or answer.figure.value is not None}
    hidden = hidden_asks(actor, told, on=on, boundary=boundary, known=known)
    if not hidden:
        return dict(answers)
    return {ask: _without(answer) if ask in hidden else answer for ask, answer in answers.items()}


def _without(answer: Answer) -> Answer:
    figure = answer.figure
    bare = Figure(None, figure.cumulates, figure.reach, silent=figure.silent, asked=figure.asked)
    return Answer(bare, answer.told, answer.expected, answer.silent, hidden=True)


def exact_units(actor: Actor | None, unit_ids: Collection[int]) -> set[int]:
    """Those of the units whose numbers of people the actor is told as they are.

    The line that keeps the files: as far as the actor sees identities. And the own commune, where the actor tells
    numbers. Units at the level of provinces and above are told to everybody.
    """
    wanted = set(unit_ids)
    found = set(Unit.objects.filter(pk__in=wanted, level__in=OPEN).values_list("pk", flat=True))
    left = wanted - found
    if actor is None or not left:
        return found
    reach = sees("registers.Identity", actor)
    own = changes("facts.Fact", actor)
    places = Q(pk__in=())
    if reach >= Reach.SUBTREE:
        places |= Q(pk__in=reached_units(actor, reach))
    if own >= Reach.SUBTREE and _below_province(actor):
        places |= Q(pk__in=reached_units(actor, own))
    return found | set(Unit.objects.filter(places, pk__in=left).values_list("pk", flat=True))


def _below_province(actor: Actor) -> bool:
    """Whether the actor's unit is one of a commune: what it reaches is that commune's."""
    return not Unit.objects.filter(pk=actor.unit_id, level__in=OPEN).exists()


def hidden_asks(
    actor: Actor | None, asks: Iterable[Ask], *, on: date, boundary: date | None = None, known: datetime | None = None
) -> set[Ask]:
    """Those of the asks whose figures the actor is not told. A constant number of statements."""
    codes = protected_codes()
    wanted = [ask for ask in asks if ask.element in codes]
    if not wanted:
        return set()
    exact = exact_units(actor, {ask.unit_id for ask in wanted})
    wanted = [ask for ask in wanted if ask.unit_id not in exact]
    if not wanted:
        return set()
    if known is not None:
        return set(wanted)
    plain = [ask for ask in wanted if _is_plain(ask.breakdown)]
    hidden = set(wanted) - set(plain)
    if boundary is not None and plain:
        plain = _unmoved(plain)
        hidden = set(wanted) - set(plain)
    if not plain:
        return hidden
    return hidden | _Published(plain).hidden(on)


def _is_plain(part: str) -> bool:
    """Whether a part is a series of its own: the whole, or one option of a key whose options do not make the whole."""
    key, _, rest = part.partition("=")
    known = breakdowns().get(key)
    return not part or ("," not in rest and known is not None and not known.exclusive)


def _unmoved(asks: Sequence[Ask]) -> list[Ask]:
    """The asks of places in provinces whose sums are the same on present boundaries."""
    provinces = _provinces({ask.unit_id for ask in asks})
    moved = set(
        UnitClosure.objects.filter(
            descendant__in=Cell.objects.filter(basis=Cell.NOW).order_by().values("unit_id").distinct(),
            ancestor__in=set(provinces.values()),
        ).values_list("ancestor_id", flat=True)
    )
    return [ask for ask in asks if ask.unit_id in provinces and provinces[ask.unit_id] not in moved]


def _provinces(unit_ids: Collection[int]) -> dict[int, int]:
    """The province above each unit, today's or the last one."""
    rows = UnitClosure.objects.filter(
        descendant__in=unit_ids, ancestor__level=Level.PROVINCE, ancestor__kind="administrative", depth__gt=0
    )
    return dict(rows.order_by("valid_from").values_list("descendant_id", "ancestor_id"))


@attrs.frozen
class _Kind:
    """How an element is counted, and where it stands in its family."""

    code: str
    stock: bool
    sums: bool


class _Published:
    """The tables that asks are about: what was told in them, and what of it is hidden."""

    def __init__(self, asks: Sequence[Ask]) -> None:
        self.asks = asks
        self.provinces = _provinces({ask.unit_id for ask in asks})
        families = {ask.element: _family(ask.element) for ask in asks}
        codes = {code for family in families.values() for code in family}
        rows = {row.pk: row for row in Element.objects.filter(code__in=codes)}
        self.kinds = {
            row.code: _Kind(row.code, row.nature == Nature.STOCK, row.over_time == OverTime.SUM)
            for row in rows.values()
        }
        self.children = self._children()
        first = min(ask.window.start for ask in asks)
        last = max(ask.window.last for ask in asks)
        told = Fact.objects.counting().filter(
            element__in=rows, breakdown__in={ask.breakdown for ask in asks}, unit__in=self.children,
            start__gte=date(first.year - 1, 12, 1), end__lte=date(last.year + 1, 1, 1), value__isnull=False,
        )  # fmt: skip
        # province, element, part, year -> period -> commune -> number
        self.told: dict[tuple[int, str, str, int], dict[Span, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
        for element_id, unit_id, part, start, end, value in told.values_list(
            "element_id", "unit_id", "breakdown", "start", "end", "value"
        ):
            code, span = rows[element_id].code, Span(start, end)
            for province, child in self.children[unit_id]:
                numbers = self.told[province, code, part, _year(span)][span]
                numbers[child] = numbers.get(child, 0) + (value or 0)

    def _children(self) -> dict[int, set[tuple[int, int]]]:
        """For each unit below the provinces asked about: the province and the unit directly below it that it is in."""
        provinces = set(self.provinces.values())
        direct = UnitClosure.objects.filter(ancestor__in=provinces, depth=1).exclude(descendant__kind="group")
        below = dict(direct.order_by("valid_from").values_list("descendant_id", "ancestor_id"))
        rows = UnitClosure.objects.filter(ancestor__in=direct.values("descendant_id"), depth__gt=0)
        found: dict[int, set[tuple[int, int]]] = {child: {(province, child)} for child, province in below.items()}
        for child, unit_id in rows.order_by("valid_from").values_list("ancestor_id", "descendant_id"):
            if unit_id not in below:
                found[unit_id] = {(below[child], child)}
        return found

    def hidden(self, on: date) -> set[Ask]:
        return {ask for ask in self.asks if not self._told(ask, on)}

    def _told(self, ask: Ask, on: date) -> bool:
        """Whether all that makes up a figure is published."""
        province = self.provinces.get(ask.unit_id)
        kind = self.kinds.get(ask.element)
        if province is None or kind is None or (province, ask.unit_id) not in self.children.get(ask.unit_id, ()):
            return False
        inside: dict[int, list[Span]] = {}
        for year in range(ask.window.start.year, ask.window.last.year + 2):
            spans = self._spans(province, (ask.element,), ask.breakdown, year)
            within = [span for span in spans if ask.window.start <= span.start and span.end <= ask.window.end]
            if kind.stock:
                mine = self.told.get((province, ask.element, ask.breakdown, year), {})
                within = [span for span in within if ask.unit_id in mine[span]]
            if within := [span for span in within if span.last <= on]:
                inside[year] = within
        if kind.stock and inside:
            year = max(inside)
            inside = {year: inside[year][-1:]}
        elif not kind.sums and (len(inside) != 1 or len(next(iter(inside.values()))) != 1):
            return False
        return bool(inside) and all(self._shows(province, ask, year, spans, on) for year, spans in inside.items())

    def _spans(self, province: int, codes: Iterable[str], part: str, year: int) -> list[Span]:
        """The periods of which anything was told of some elements, in time."""
        found: set[Span] = set()
        for code in codes:
            found |= set(self.told.get((province, code, part, year), {}))
        return sorted(found, key=lambda span: (span.last, span.start))

    def _shows(self, province: int, ask: Ask, year: int, spans: Sequence[Span], on: date) -> bool:
        family = _family(ask.element)
        known = self._spans(province, family, ask.breakdown, year)
        if any(one.end > other.start for one, other in pairwise(known)):
            return False  # periods across one another: no table
        calendar = next((each for each in BOTH if all(_month(span, each) for span in known)), None)
        if calendar is None:
            return False
        of = {span: calendar.around(Kind.MONTH, span.last) for span in known}
        months = sorted(set(of.values()))
        slots = tuple(months.index(of[span]) for span in known)
        at = family.index(ask.element)
        if self.kinds[ask.element].stock:
            slot = known.index(spans[-1])
            cell = (at, ask.unit_id, slot, slot)
        else:
            first, last = slots[known.index(spans[0])], slots[known.index(spans[-1])]
            mine = self._spans(province, (ask.element,), ask.breakdown, year)
            whole = [span for span in mine if first <= slots[known.index(span)] <= last]
            if whole != list(spans) or months[last].last > on or (first and first != last):
                return False  # half a month, or a stretch that does not begin the year
            cell = (at, ask.unit_id, first, last)
        ends = tuple(
            max((slot for slot, span in enumerate(known) if of[span] == month and span.end == month.end), default=-1)
            for month in months
        )
        rows: list[tuple[int, int, tuple[int | None, ...]]] = []
        for number, code in enumerate(family):
            by_span = self.told.get((province, code, ask.breakdown, year), {})
            for child in sorted(self._of(province, code, ask.breakdown, year)):
                told = [by_span.get(span, {}).get(child) for span in known]
                if code in self.kinds and not self.kinds[code].stock:
                    told = _by_month(told, slots, len(months))
                rows.append((number, child, tuple(told)))
        stocks = tuple(code in self.kinds and self.kinds[code].stock for code in family)
        return cell not in _pattern(_Table(tuple(rows), stocks, _moves(family), slots, ends))

    def _of(self, province: int, code: str, part: str, year: int) -> set[int]:
        by_span = self.told.get((province, code, part, year), {})
        return {child for numbers in by_span.values() for child in numbers}


@lru_cache(maxsize=256)
def _family(code: str) -> tuple[str, ...]:
    """The protected elements that balances tie together with one, itself among them."""
    found = {code}
    while True:
        tied = {
            each
            for rule in rules().balances
            if found & {rule.stock, *rule.plus, *rule.minus}
            for each in (rule.stock, *rule.plus, *rule.minus)
        } & protected_codes()
        if tied <= found:
            return tuple(sorted(found))
        found |= tied


@lru_cache(maxsize=64)
def _moves(family: tuple[str, ...]) -> tuple[tuple[int, tuple[int, ...], tuple[int, ...]], ...]:
    """The balances of a family by the numbers of its elements: the stock, what comes, what goes."""
    return tuple(
        (family.index(rule.stock), tuple(map(family.index, rule.plus)), tuple(map(family.index, rule.minus)))
        for rule in rules().balances
        if {rule.stock, *rule.plus, *rule.minus} <= set(family)
    )


PROVINCE = -1
Key = tuple[int, int, int, int]
"""Number of the element, unit, first and last month of a flow; of a stock twice the period at whose end it stood."""


@attrs.frozen
class _Table:
    """What was told under a province in a year of a family of elements, by months.

    `rows`: number of the element, unit, its numbers: of a flow by month, of a stock by period (None: not told).
    `slots` is the month of each period, `ends` the period that ends with each month (-1: none does).
    """

    rows: tuple[tuple[int, int, tuple[int | None, ...]], ...]
    stocks: tuple[bool, ...]
    moves: tuple[tuple[int, tuple[int, ...], tuple[int, ...]], ...]
    slots: tuple[int, ...]
    ends: tuple[int, ...]

    def month_of(self, key: Key) -> int:
        return self.slots[key[3]] if self.stocks[key[0]] else key[3]

    def before(self) -> _Table:
        """The table without its last month."""
        months = len(self.ends) - 1
        periods = sum(slot < months for slot in self.slots)
        rows = tuple((number, unit, told[: periods if self.stocks[number] else months])
                     for number, unit, told in self.rows)  # fmt: skip
        return _Table(rows, self.stocks, self.moves, self.slots[:periods], self.ends[:months])


def _year(span: Span) -> int:
    """The reporting year in which a period lies; the calendar year of what lies across reporting months."""
    month = ADMINISTRATIVE.around(Kind.MONTH, span.last)
    return month.last.year if month.start <= span.start else span.last.year


def _month(span: Span, calendar: Calendar) -> bool:
    """Whether a period lies in one month of a calendar."""
    return calendar.around(Kind.MONTH, span.last).start <= span.start


def _by_month(told: Sequence[int | None], slots: Sequence[int], months: int) -> list[int | None]:
    found: list[int | None] = [None] * months
    for value, month in zip(told, slots, strict=True):
        if value is not None:
            found[month] = (found[month] or 0) + value
    return found


@lru_cache(maxsize=512)
def _pattern(table: _Table) -> frozenset[Key]:
    """The hidden cells of a table. Those of the months before its last are decided already.

    Kept by what the table says: whoever asks of the same numbers gets the same, and what is told later asks for the
    last month only.
    """
    values, relations = _cells(table)
    if len(values) > MOST:
        return frozenset(values)
    shown = {key for key in values if key[1] == PROVINCE}
    months = len(table.ends)
    if months > 1:
        earlier = _pattern(table.before())
        shown |= {key for key in values if table.month_of(key) < months - 1 and key not in earlier}
    return hide(values, relations, threshold=THRESHOLD, shown=shown)


def _cells(table: _Table) -> tuple[dict[Key, int], list[Relation]]:
    """The published cells: stocks of each period, flows of each month and of the year so far; how they are tied."""
    values: dict[Key, int] = {}
    relations: list[Relation] = []
    parts: dict[tuple[int, int, int], list[Key]] = defaultdict(list)
    for number, unit, numbers in table.rows:
        so_far, known = 0, False
        for at, value in enumerate(numbers):
            if value is not None:
                values[number, unit, at, at] = value
                parts[number, at, at].append((number, unit, at, at))
            if table.stocks[number]:
                continue
            so_far, known = so_far + (value or 0), known or value is not None
            if at and known:
                now = (number, unit, 0, at)
                pieces = [key for key in ((number, unit, 0, at - 1), (number, unit, at, at)) if key in values]
                values[now] = so_far
                parts[number, 0, at].append(now)
                relations.append(Relation((now,), tuple(pieces)))
    for (number, first, last), keys in parts.items():
        whole = (number, PROVINCE, first, last)
        values[whole] = sum(values[key] for key in keys)
        relations.append(Relation((whole,), tuple(keys)))
    relations += _balances(table, values)
    return values, relations


def _balances(table: _Table, values: Mapping[Key, int]) -> Iterator[Relation]:
    for stock, plus, minus in table.moves:
        for unit in sorted({unit for number, unit, _numbers in table.rows if number == stock}):
            for month in range(1, len(table.ends)):
                then, now = table.ends[month - 1], table.ends[month]
                left = [(stock, unit, now, now), *((each, unit, month, month) for each in minus)]
                right = [(stock, unit, then, then), *((each, unit, month, month) for each in plus)]
                if left[0] in values and right[0] in values:
                    yield Relation(
                        tuple(key for key in left if key in values), tuple(key for key in right if key in values)
                    )


def rows_told(actor: Actor | None, facts: QuerySet[Row]) -> QuerySet[Row]:
    """Of rows with single numbers (of a `unit` and an `element`) those that the actor is told: of people only those of
    the own line and of places where the actor tells numbers.

    Who may tell a number sees it where it is told: nobody corrects what is not seen.
    """
    if actor is None:
        return facts.none()
    told = ~Q(element__code__in=protected_codes()) | Q(unit__level__in=OPEN)
    for reach in (sees("registers.Identity", actor), changes("facts.Fact", actor)):
        if reach >= Reach.SUBTREE:
            told |= Q(unit__in=reached_units(actor, reach))
    return facts.filter(told)
