"""Keeping the sums while numbers come in: what changes in a unit's own figures goes up the tree as differences.

What it costs depends on how many numbers are told, in how many kept periods they count and how deep the tree is; not on
how many facts or units there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise

import attrs
from django.db import connection

from pcmt.apps.facts.models import Cell, Fact
from pcmt.apps.facts.operations.rows import POSTGRES, relation, run
from pcmt.apps.facts.places import Places
from pcmt.apps.facts.queries.expecting import IN_ORDER
from pcmt.core import measures as core
from pcmt.core.measures import Told
from pcmt.core.measures.rolling import kept, outlived, periods_of
from pcmt.core.periods import Span

SERIES = 7_205_313
"""The advisory locks of PostgreSQL, one for each element: who tells numbers shares it, who makes sums anew has it."""

Series = tuple[int, int, str]
"""Unit, element, breakdown."""

Amounts = tuple[int, int, int, int, int, int]
"""What a row of sums holds: value, units, days, na, exact, guessed."""

Shape = tuple[tuple[int, ...], dict[Span, tuple[Span, ...]], dict[Span, tuple[int, int, int]]]
"""Units above, the kept periods in which each number counts, and by period how units, days and exact numbers change."""

Row = tuple[int, int, str, str, date, date]
"""The key of a cell."""


WINDOWS = 0
"""The lock of the kept periods themselves, beside those of elements."""


def share_elements(element_ids: Iterable[int]) -> None:
    """Tell numbers of elements beside others who do, while nobody makes their sums anew or adds a kept period."""
    if connection.vendor == POSTGRES:  # SQLite has one writer at a time anyway
        source, params = relation("asked", {"id": "int"}, [(each,) for each in sorted({WINDOWS, *element_ids})])
        run(f"SELECT pg_advisory_xact_lock_shared({SERIES}, id) FROM {source}", params)  # noqa: S608 - a number of ours


def lock_element(element_id: int) -> None:
    """Have the sums of an element alone until the transaction ends."""
    if connection.vendor == POSTGRES:
        run("SELECT pg_advisory_xact_lock(%s, %s)", [SERIES, element_id])


def lock_windows() -> None:
    """Have the kept periods alone until the transaction ends: nobody tells numbers meanwhile."""
    lock_element(WINDOWS)


@attrs.define
class Sums:
    """Differences to be added to cells, gathered while series are gone through.

    `above` are the units to which a row of differences goes: those above a unit as of a day. Gathering by them, not by
    each of them, keeps a bulk of numbers small.
    """

    windows: tuple[Span, ...]
    places: Places
    found: dict[tuple[tuple[int, ...], int, str, str, Span], list[int]] = attrs.field(factory=dict)
    _shapes: dict[tuple[int, tuple[Span, ...], tuple[Span, ...]], Shape | None] = attrs.field(factory=dict)

    def add(
        self, above: tuple[int, ...], element_id: int, breakdown: str, basis: str, period: Span, amounts: Sequence[int]
    ) -> None:
        """Add amounts to the cells of all these units."""
        if not above:
            return
        known = self.found.get((above, element_id, breakdown, basis, period))
        if known is None:
            self.found[above, element_id, breakdown, basis, period] = list(amounts)
        else:
            for at, amount in enumerate(amounts):
                known[at] += amount

    def change(
        self, element: core.Element, series: Series, before: Sequence[Told], after: Sequence[Told], sign: int = 1
    ) -> None:
        """One unit told something else: take its figures of before away and add those of after, where they differ."""
        if not core.rolls(element) or (element.cumulates and self._difference(series, before, after, sign)):
            return
        was, now = set(before), set(after)
        touched = {period for each in was ^ now for period in periods_of(element, each.span, self.windows)}
        old, new = self._by_period(element, before, touched), self._by_period(element, after, touched)
        for period in touched:
            self._figure(element, series, period, old.get(period, ()), -sign)
            self._figure(element, series, period, new.get(period, ()), sign)

    def _difference(self, series: Series, before: Sequence[Told], after: Sequence[Told], sign: int) -> bool:
        """The same without making figures, for a flow of which no two numbers overlap; False where that is not so.

        Such numbers add up as they are: it is enough to know which periods each of them is in, and that is the same
        for all elements of a report.
        """
        unit_id, element_id, breakdown = series
        old = {each.span: each.amount for each in before}
        new = {each.span: each.amount for each in after}
        shape = self._shape(unit_id, tuple(sorted(old, key=IN_ORDER)), tuple(sorted(new, key=IN_ORDER)))
        if shape is None or None in old.values() or None in new.values():
            return False
        above, periods, counts = shape
        moved = {span: new.get(span, 0) - old.get(span, 0) for span in {**old, **new}}  # type: ignore[operator]
        values: dict[Span, int] = dict.fromkeys(counts, 0)
        for span, amount in moved.items():
            if amount:
                for period in periods[span]:
                    values[period] = values.get(period, 0) + amount
        for period, value in values.items():
            units, days, exact = counts.get(period, (0, 0, 0))
            amounts = [sign * each for each in (value, units, days, 0, exact, 0)]
            self.add(above, element_id, breakdown, Cell.THEN, period, amounts)
        return True

    def _shape(self, unit_id: int, old: tuple[Span, ...], new: tuple[Span, ...]) -> Shape | None:
        """Where numbers for such periods go: above which units, into which periods, and what is counted there."""
        key = (unit_id, old, new)
        if key not in self._shapes:
            self._shapes[key] = self._made_shape(unit_id, old, new)
        return self._shapes[key]

    def _made_shape(self, unit_id: int, old: tuple[Span, ...], new: tuple[Span, ...]) -> Shape | None:
        spans = sorted({*old, *new})
        days = {span.last for span in spans}
        trees = {self.places.above(unit_id, day) for day in days}
        overlap = any(later.start < earlier.end for earlier, later in pairwise(spans))
        if len(trees) != 1 or overlap or not all(self.places.stays(unit_id, day) for day in days):
            return None
        periods = {span: kept(span, self.windows) for span in spans}
        counts: dict[Span, tuple[int, int, int]] = {}
        for period in {each for span in {*old} ^ {*new} for each in periods[span]}:
            was = [span for span in old if period in periods[span]]
            now = [span for span in new if period in periods[span]]
            counts[period] = (
                bool(now) - bool(was),
                sum(span.days for span in now) - sum(span.days for span in was),
                (period in now) - (period in was),
            )
        return trees.pop(), periods, counts

    def _by_period(
        self, element: core.Element, told: Sequence[Told], touched: set[Span]
    ) -> Mapping[Span, Sequence[Told]]:
        found: dict[Span, list[Told]] = defaultdict(list)
        for each in told:
            for period in periods_of(element, each.span, self.windows):
                if period in touched:
                    found[period].append(each)
        return found

    def _figure(self, element: core.Element, series: Series, period: Span, told: Sequence[Told], sign: int) -> None:
        """What one unit's figure of a period gives to the cells above it."""
        unit_id, element_id, breakdown = series
        if not told or outlived(element, self.places.ends.get(unit_id), period.end):
            return
        parts = core.contributions(element, told, period)
        exact = [each for each in told if each.span == period]
        for above, amounts in self.places.upward(unit_id, parts, exact):
            self.add(above, element_id, breakdown, Cell.THEN, period, [sign * each for each in amounts])
        for above, amounts in self.places.corrections(unit_id, parts, exact):
            self.add(above, element_id, breakdown, Cell.NOW, period, [sign * each for each in amounts])

    def rows(self) -> list[tuple[Row, list[int]]]:
        """The differences cell by cell, in the order of keys; cells in which nothing changes are left out."""
        cells: dict[Row, list[int]] = {}
        for (above, element_id, breakdown, basis, period), amounts in self.found.items():
            if not any(amounts):
                continue
            for unit_id in above:
                key = (unit_id, element_id, breakdown, basis, period.start, period.end)
                known = cells.get(key)
                if known is None:
                    cells[key] = list(amounts)
                else:
                    for at, amount in enumerate(amounts):
                        known[at] += amount
        return sorted((key, amounts) for key, amounts in cells.items() if any(amounts))

    def write(self) -> int:
        """Add the differences to the cells; how many rows were written."""
        return add_to_cells(self.rows())


COLUMNS = {
    "unit_id": "bigint", "element_id": "bigint", "breakdown": "text", "basis": "text", "start": "date", "end": "date",
    "value": "bigint", "units": "int", "days": "bigint", "na": "int", "exact": "int", "guessed": "int",
}  # fmt: skip
AMOUNTS = ("value", "units", "days", "na", "exact", "guessed")
BATCH = 20_000


def add_to_cells(rows: Sequence[tuple[Row, Sequence[int]]]) -> int:
    """Add amounts to cells, in the order of keys: whoever writes at the same time waits, and never in a circle."""
    table, names = Cell._meta.db_table, ", ".join(f'"{name}"' for name in COLUMNS)
    added = ", ".join(f'"{name}" = {table}."{name}" + excluded."{name}"' for name in AMOUNTS)
    for start in range(0, len(rows), BATCH):
        source, params = relation("told", COLUMNS, [(*key, *amounts) for key, amounts in rows[start : start + BATCH]])
        run(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {source} WHERE true "  # noqa: S608 - names of columns
            f'ORDER BY unit_id, element_id, breakdown, basis, "start", "end" '
            f'ON CONFLICT (unit_id, element_id, breakdown, basis, "start", "end") DO UPDATE SET {added}',
            params,
        )
    return len(rows)


def told_by(rows: Iterable[Fact]) -> list[Told]:
    """What current facts of one series say; blanks say nothing."""
    return [Told(Span(row.start, row.end), row.value) for row in rows if row.value is not None or not row.applies]
