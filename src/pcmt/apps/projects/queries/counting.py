"""Which figures follow from the entries of money: what was given and what was spent, by unit and half month.

Money given for a budget year counts on its day, but not before the first day of that year (a year's money is given in
December before). What is taken back is taken from what was given last, so that no half month falls below zero. [KH]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

import attrs

from pcmt.apps.projects.models import MoneyAct, MoneyEntry, MoneyKind
from pcmt.core.periods import DAY, Span

PLANNED, SPENT = "budget_planned", "budget_spent"
ELEMENTS: Mapping[str, tuple[str, ...]] = {PLANNED: ("funding",), SPENT: ("funding",)}
"""What is counted, with the keys by which it is split."""
PARTS = {
    MoneyKind.CENTRAL: "funding=central",
    MoneyKind.LOCAL: "funding=local",
    MoneyKind.ODA: "funding=other",
    MoneyKind.OTHER: "funding=other",
}
SECOND_HALF = 15

Numbers = dict[tuple[str, str, Span], int]


@attrs.frozen
class Act:
    """An entry as counting sees it; `year` is the budget year of its line, `kind` that of its source."""

    line_id: int
    what: str
    on: date
    amount: int
    year: int
    kind: str


@attrs.frozen
class Move:
    """Money in a figure on a day."""

    element: str
    part: str
    on: date
    amount: int


def acts_of(unit_id: int) -> list[Act]:
    """The entries that count at a unit, in their order."""
    rows = MoneyEntry.objects.standing().filter(unit=unit_id, line__voided_at__isnull=True)
    found = rows.order_by("on", "pk").values_list(
        "line_id", "what", "on", "amount", "line__year", "line__source__kind"
    )  # fmt: skip
    return [Act(*row[:5], kind=row[5] or MoneyKind.OTHER) for row in found]


def moves(acts: Iterable[Act]) -> list[Move]:
    """What the entries add to figures, none below zero. Pure."""
    given: dict[int, list[tuple[date, int, str]]] = defaultdict(list)
    found: list[Move] = []
    for act in acts:
        part = PARTS[MoneyKind(act.kind)]
        if act.what == MoneyAct.ALLOCATION:
            given[act.line_id].append((counts_on(act.on, act.year), act.amount, part))
        elif act.what == MoneyAct.RETURN:
            _take_back(given[act.line_id], act.amount)
        elif act.what == MoneyAct.DISBURSEMENT:
            found.append(Move(SPENT, part, act.on, act.amount))
    for rows in given.values():
        found += [Move(PLANNED, part, on, amount) for on, amount, part in rows if amount]
    return found


def counts_on(on: date, year: int) -> date:
    """The day on which money given on a day for a budget year counts."""
    return max(on, date(year, 1, 1))


def _take_back(rows: list[tuple[date, int, str]], amount: int) -> None:
    while amount and rows:
        on, there, part = rows.pop()
        taken = min(there, amount)
        amount -= taken
        if there > taken:
            rows.append((on, there - taken, part))


def half_month(day: date) -> date:
    """The first day of the half of a month in which a day lies: the 1st, or the 15th."""
    return day.replace(day=1 if day.day < SECOND_HALF else SECOND_HALF)


def pieces(since: date, upto: date, cuts: Collection[date], ends: date | None) -> list[Span]:
    """Half months from that of a day on, up to and with the day `upto`, cut on some days; none reaches `ends`."""
    stop = upto + DAY if ends is None else min(upto + DAY, ends)
    days = {day for day in cuts if since < day < stop} | {stop}
    at = half_month(since)
    while at < stop:
        days.add(at)
        second = at.day >= SECOND_HALF
        at = (at.replace(day=28) + timedelta(days=4)).replace(day=1) if second else at.replace(day=SECOND_HALF)
    return [Span(start, end) for start, end in pairwise(sorted(days))]


def numbers_of(found: Sequence[Move], spans: Sequence[Span], begins: date | None) -> Numbers:
    """The figures of periods that do not overlap: both elements, zeros too, and the parts that are not zero anywhere.

    `begins` is the first day of the unit: what is dated before it counts on it. Pure.
    """
    parts = {(move.element, move.part) for move in found}
    numbers: Numbers = {(code, "", span): 0 for code in ELEMENTS for span in spans}
    numbers |= {(code, part, span): 0 for code, part in parts for span in spans}
    for move in found:
        on = max(move.on, begins) if begins else move.on
        span = next((span for span in spans if on in span), None)
        if span is not None:
            numbers[move.element, "", span] += move.amount
            numbers[move.element, move.part, span] += move.amount
    return numbers
