"""Making the sums anew from the facts, element by element, and checking them against a recount.

Each element is one transaction: its sums go and come again at once, and whoever tells numbers of it waits meanwhile.
What is killed half-way leaves the elements that are done and those that are not begun, all of them right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime

import attrs
from django.db import transaction

from pcmt.apps.audit.operations import Thing, record
from pcmt.apps.facts.models import Cell, Element, Fact, KeptSpan, RollUp
from pcmt.apps.facts.operations.rolling import (
    COLUMNS,
    Sums,
    lock_element,
    lock_windows,
    share_elements,
)
from pcmt.apps.facts.operations.rows import a_day, fetched, relation, run
from pcmt.apps.facts.operations.sweeping import sweep, sweeps
from pcmt.apps.facts.places import Places
from pcmt.apps.facts.queries.keeping import boundary_day, core_element, kept_windows
from pcmt.apps.facts.queries.recount import Difference, compared
from pcmt.apps.units.models import Unit, UnitClosure
from pcmt.apps.units.operations import share_tree
from pcmt.core import measures as core
from pcmt.core.measures import Nature, OverTime, Told
from pcmt.core.measures.rolling import periods_of
from pcmt.core.periods import Span

Progress = Callable[[int, int, str], None]
"""Called with how many elements are done, how many there are, and the code of the last one."""

TELLING = "closed_by_id IS NULL AND accepted AND (value IS NOT NULL OR NOT applies)"
"""Of a fact: that it counts and says something."""


def rebuild(*, at: datetime, codes: Collection[str] | None = None, progress: Progress | None = None) -> int:
    """Make the sums of all elements, or of some, anew from the facts; how many cells there are then.

    First those that simply add up, all at once; then the others, element by element.
    """
    rows = list(
        Element.objects.order_by("pk") if codes is None else Element.objects.filter(code__in=codes).order_by("pk")
    )
    rows.sort(key=lambda row: not sweeps(row))
    plain = [row for row in rows if sweeps(row)]
    with transaction.atomic():
        share_tree()
        cells = _rebuild_plain(plain, at) if plain else 0
    for number, row in enumerate(rows, start=1):
        if number > len(plain):
            with transaction.atomic():
                share_tree()
                cells += rebuild_element(row, at)
        if progress:
            progress(number, len(rows), row.code)
    record(
        at=at, actor=None, event="facts.sums.rebuilt", obj=Thing("facts.Cell", "", "Số cộng dồn"),
        after={"elements": len(rows), "cells": cells},
    )  # fmt: skip
    return cells


def _rebuild_plain(rows: Sequence[Element], at: datetime) -> int:
    """Make the sums of elements that simply add up anew: in one sweep what needs no thought, the rest by the core."""
    share_elements([])
    ids = sorted(row.pk for row in rows)
    for pk in ids:
        lock_element(pk)
    Cell.objects.filter(element__in=ids).delete()
    windows = kept_windows()
    swept = sweep(ids, windows)
    odd: dict[int, set[int]] = defaultdict(set)
    for unit_id, element_id, _breakdown in swept.series:
        odd[element_id].add(unit_id)
    moved = set(Fact.objects.filter(unit__in=swept.units).order_by().values_list("unit_id", flat=True).distinct())
    for row in rows:
        if row.pk in swept.elements:
            _build(row, boundary_day(at), windows, None)
            continue
        units = moved | odd[row.pk]
        sums = Sums(windows, Places(frozenset(units), boundary_day(at)))
        for series, told in _series(row.pk, (date.min, date.max), units):
            if series[0] in moved or series in swept.series:
                sums.change(core_element(row), series, (), told)
        sums.write()
    return Cell.objects.filter(element__in=ids).count()


def rebuild_element(row: Element, at: datetime) -> int:
    """Make the sums of one element anew, in the transaction of the caller; how many cells it has then."""
    share_elements([])
    lock_element(row.pk)
    Cell.objects.filter(element=row).delete()
    if core.rolls(core_element(row)):
        _build(row, boundary_day(at), kept_windows(), None)
    return Cell.objects.filter(element=row).count()


def keep_span(*, span: Span) -> None:
    """Keep sums for a period beside those that are named, from now on and of what was told before.

    Targets whose window is none of those ask for it. Nothing happens for a period whose sums are kept already.
    """
    if core.is_kept(span, kept_windows()):
        return
    with transaction.atomic():
        share_tree()
        lock_windows()
        if KeptSpan.objects.filter(start=span.start, end=span.end).exists():
            return
        KeptSpan.objects.create(start=span.start, end=span.end)
        # Numbers told for the very period have their cells already: they come again with the others.
        Cell.objects.filter(start=span.start, end=span.end).delete()
        told = Fact.objects.counting().filter(start__gte=span.start, end__lte=span.end)
        for row in Element.objects.filter(pk__in=told.order_by().values("element_id").distinct()).order_by("pk"):
            if core.rolls(core_element(row)):
                _build(row, RollUp.objects.values_list("day", flat=True).first() or date.max, (span,), span)


def _build(row: Element, day: date, windows: Sequence[Span], only: Span | None) -> None:
    """Write all cells of an element that has none, or those of one period.

    In SQL where a unit's numbers do not overlap and its place never changed; what is left goes through the core.
    """
    element = core_element(row)
    within = (only.start, only.end) if only else (date.min, date.max)
    units = _told_between(row.pk, within)
    places = Places(frozenset(units), day)
    odd = {unit_id for unit_id, (first, last) in units.items() if not places.steady(unit_id, first, last)}
    if element.over_time is OverTime.SUM and element.nature is Nature.FLOW:
        odd |= _overlapping(row.pk, within)
    elif not (element.over_time is OverTime.LAST and element.nature is Nature.STOCK):
        odd = set(units)
    _insert(row.pk, element, windows, within, odd, only, day)
    sums = Sums(tuple(windows), places)
    for series, told in _series(row.pk, within, odd):
        sums.change(element, series, (), told)
    if only:
        sums.found = {key: amounts for key, amounts in sums.found.items() if key[-1] == only}
    sums.write()


def _told_between(element_id: int, within: tuple[date, date]) -> dict[int, tuple[date, date]]:
    """The first and the last of the last days of the periods that each unit told."""
    rows = fetched(
        f'SELECT unit_id, MIN("end"), MAX("end") FROM {Fact._meta.db_table} '  # noqa: S608 - names of ours
        f'WHERE element_id = %s AND {TELLING} AND start >= %s AND "end" <= %s GROUP BY unit_id',
        [element_id, *within],
    )
    return {unit: (Span(date.min, a_day(first)).last, Span(date.min, a_day(last)).last) for unit, first, last in rows}


def _overlapping(element_id: int, within: tuple[date, date]) -> set[int]:
    """The units of which two numbers speak of the same days."""
    rows = fetched(
        f'SELECT DISTINCT unit_id FROM (SELECT unit_id, start, MAX("end") OVER (PARTITION BY unit_id, breakdown '  # noqa: S608 - names of ours
        f'ORDER BY start, "end" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before '
        f'FROM {Fact._meta.db_table} WHERE element_id = %s AND {TELLING} AND start >= %s AND "end" <= %s) AS told '
        f"WHERE before > start",
        [element_id, *within],
    )
    return {unit_id for (unit_id,) in rows}


def _insert(
    element_id: int, element: core.Element, windows: Sequence[Span], within: tuple[date, date], odd: Collection[int],
    only: Span | None, day: date,
) -> None:  # fmt: skip
    """The cells of all units whose numbers simply add up, in one statement."""
    facts, closure, units = Fact._meta.db_table, UnitClosure._meta.db_table, Unit._meta.db_table
    spans = fetched(
        f'SELECT DISTINCT start, "end" FROM {facts} '  # noqa: S608 - names of ours
        f'WHERE element_id = %s AND {TELLING} AND start >= %s AND "end" <= %s',
        [element_id, *within],
    )
    kept = [
        (span.start, span.end, period.start, period.end, span.days, span.last)
        for span in (Span(a_day(start), a_day(end)) for start, end in spans)
        for period in periods_of(element, span, windows)
        if only is None or period == only
    ]
    if not kept:
        return
    columns = {"s0": "date", "s1": "date", "p0": "date", "p1": "date", "days": "int", "last": "date"}
    periods, params = relation("kept", columns, kept)
    away, odd_ones = relation("odd", {"id": "bigint"}, [(unit_id,) for unit_id in sorted(odd)])
    told = (
        f"SELECT f.unit_id, f.breakdown, k.p0, k.p1, f.value, k.days, k.last, f.start, "  # noqa: S608 - names of ours
        f'CASE WHEN k.s0 = k.p0 AND k.s1 = k.p1 THEN 1 ELSE 0 END AS exact, f."end" '
        f'FROM {facts} f JOIN (SELECT * FROM {periods}) k ON f.start = k.s0 AND f."end" = k.s1 '
        f"WHERE f.element_id = %s AND {TELLING} AND f.unit_id NOT IN (SELECT id FROM {away})"
    )
    if element.nature is Nature.STOCK:
        # as `outlived` says; here all other stocks are the last ones (_build)
        told += (
            f" AND NOT EXISTS (SELECT 1 FROM {units} u WHERE u.id = f.unit_id "  # noqa: S608 - as above
            "AND u.valid_to < k.p1 AND u.valid_to <= %s)"
        )
        own = (
            f"SELECT unit_id, breakdown, p0, p1, value, CASE WHEN value IS NULL THEN 0 ELSE 1 END AS units, days, "  # noqa: S608 - as above
            f"CASE WHEN value IS NULL THEN 1 ELSE 0 END AS na, most AS exact, last FROM (SELECT told.*, "
            f'ROW_NUMBER() OVER (PARTITION BY unit_id, breakdown, p0, p1 ORDER BY "end" DESC, start DESC) AS place, '
            f"MAX(exact) OVER (PARTITION BY unit_id, breakdown, p0, p1) AS most FROM ({told}) AS told) AS ranked "
            f"WHERE place = 1"
        )
    else:
        own = (
            f"SELECT unit_id, breakdown, p0, p1, SUM(value) AS value, "  # noqa: S608 - as above
            f"MAX(CASE WHEN value IS NULL THEN 0 ELSE 1 END) AS units, "
            f"CASE WHEN COUNT(value) = 0 THEN SUM(days) "
            f"ELSE SUM(CASE WHEN value IS NULL THEN 0 ELSE days END) END AS days, "
            f"CASE WHEN COUNT(value) = 0 THEN 1 ELSE 0 END AS na, SUM(exact) AS exact, MAX(last) AS last "
            f"FROM ({told}) AS told GROUP BY unit_id, breakdown, p0, p1"
        )
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    run(
        f"INSERT INTO {Cell._meta.db_table} ({names}) "  # noqa: S608 - as above
        f"SELECT c.ancestor_id, %s, o.breakdown, 't', o.p0, o.p1, COALESCE(SUM(o.value), 0), SUM(o.units), "
        f"SUM(o.days), SUM(o.na), SUM(o.exact), 0 FROM ({own}) AS o "
        f"JOIN {closure} c ON c.descendant_id = o.unit_id AND c.depth > 0 "
        f"AND (c.valid_from IS NULL OR c.valid_from <= o.last) AND (c.valid_to IS NULL OR c.valid_to > o.last) "
        f"GROUP BY c.ancestor_id, o.breakdown, o.p0, o.p1",
        [element_id, *params, element_id, *odd_ones, *([day] if element.nature is Nature.STOCK else ())],
    )


def _series(
    element_id: int, within: tuple[date, date], units: Collection[int]
) -> Iterator[tuple[tuple[int, int, str], list[Told]]]:
    """What units told, series by series."""
    ids = sorted(units)
    for at in range(0, len(ids), 500):
        found: dict[tuple[int, int, str], list[Told]] = defaultdict(list)
        facts = Fact.objects.counting().filter(
            element=element_id, unit__in=ids[at : at + 500], start__gte=within[0], end__lte=within[1]
        )
        rows = facts.order_by("start", "end").values_list("unit_id", "breakdown", "start", "end", "value", "applies")
        for unit_id, breakdown, start, end, value, applies in rows:
            if value is not None or not applies:
                found[unit_id, element_id, breakdown].append(Told(Span(start, end), value))
        yield from found.items()


@attrs.frozen
class Checked:
    """What a check found: how many cells it looked at, and those that differ from the recount."""

    cells: int
    differing: tuple[Difference, ...]


def verify(*, at: datetime, codes: Collection[str] | None = None, progress: Progress | None = None) -> Checked:
    """Recount all facts, or those of some elements, and compare with the cells. Nothing is repaired.

    The outcome of a check of everything is kept (`RollUp`); what differs is written to the log.
    """
    rows = list(
        Element.objects.order_by("pk") if codes is None else Element.objects.filter(code__in=codes).order_by("pk")
    )
    cells, differing = 0, []
    for number, row in enumerate(rows, start=1):
        with transaction.atomic():
            share_tree()
            share_elements([])
            lock_element(row.pk)
            count, found = compared(row, boundary_day(at), kept_windows())
        cells += count
        differing += found
        if progress:
            progress(number, len(rows), row.code)
    if codes is None:
        _note(at, cells, len(differing))
    if differing:
        record(
            at=at, actor=None, event="facts.sums.differed", obj=Thing("facts.Cell", "", "Số cộng dồn"),
            after={"cells": cells, "count": len(differing)},
        )  # fmt: skip
    return Checked(cells, tuple(differing))


def _note(at: datetime, cells: int, differing: int) -> None:
    kept = {"checked_at": at, "checked": cells, "differing": differing}
    if not RollUp.objects.update(**kept):
        RollUp.objects.create(day=boundary_day(at), **kept)
