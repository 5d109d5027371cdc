"""Sums of most series at once: the database adds up what needs no thought, in two passes over the facts.

A series (unit, element, breakdown) needs none when its element is a flow that adds up over time and over units, its
numbers do not overlap and none of them says "does not apply", and its unit always stood below the same units and left
nothing to others. Then every number goes into each of its kept periods as it is, and a unit counts once a period: with
its first number in it. All other series are named, for `rolling` to go through one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

import attrs
from django.db import connection

from pcmt.apps.facts.models import Cell, Element, Fact
from pcmt.apps.facts.operations.rolling import Series
from pcmt.apps.facts.operations.rows import POSTGRES, a_day, fetched, relation, run
from pcmt.apps.facts.queries.keeping import core_element
from pcmt.apps.units.models import Succession, UnitClosure
from pcmt.core.measures import kept, rolls
from pcmt.core.measures.rolling import calendar_named
from pcmt.core.periods import Span

FACTS = Fact._meta.db_table
TOLD = "f.closed_by_id IS NULL AND f.accepted AND (f.value IS NOT NULL OR NOT f.applies)"


@attrs.frozen
class Swept:
    """What is left for `rolling`: all of these elements, of the others all series of these units, and these series."""

    elements: frozenset[int]
    units: frozenset[int]
    series: frozenset[Series]


def sweeps(row: Element) -> bool:
    """Whether the numbers of an element simply add up, over time and over units."""
    element = core_element(row)
    return element.cumulates and rolls(element)


def sweep(element_ids: Collection[int], windows: tuple[Span, ...]) -> Swept:
    """Write the cells of all series that need no thought, of elements that `sweeps` and have no cells; what is left.

    The caller has the elements alone (`rolling.lock_element`).
    """
    if connection.vendor == POSTGRES:
        # Sorting and grouping all facts: for this transaction alone.
        run("SET LOCAL work_mem = '256MB'")
    chains, odd_units = _chains()
    told = _periods_told(element_ids)
    # A calendar month does not count in 15/12 to 14/12: where both are told, what is the first number differs.
    mixed = frozenset(pk for pk, periods in told.items() if len({calendar_named(span) for span in periods}) > 1)
    plain = {pk: periods for pk, periods in told.items() if pk not in mixed}
    odd = _odd_series([pk for pk, periods in plain.items() if _crowded(periods)])
    spans = {span for periods in plain.values() for span in periods}
    if spans and chains:
        _write(list(plain), chains, spans, windows, odd)
    return Swept(mixed, odd_units, odd)


def _chains() -> tuple[Mapping[tuple[int, ...], list[int]], frozenset[int]]:
    """Units by what always stood above them; and those that have moved, ended, or left something to others."""
    above: dict[int, set[tuple[int, date | None, date | None]]] = defaultdict(set)
    rows = UnitClosure.objects.filter(depth__gt=0)
    for unit_id, ancestor_id, begins, ends, born in rows.values_list(
        "descendant_id", "ancestor_id", "valid_from", "valid_to", "descendant__valid_from"
    ):
        # A unit that stood alone at first is odd too: its first numbers went nowhere.
        above[unit_id].add((ancestor_id, None if begins == born else begins, ends))
    left = set(Succession.objects.values_list("old_id", flat=True))
    chains: dict[tuple[int, ...], list[int]] = defaultdict(list)
    odd = set()
    for unit_id, links in above.items():
        if unit_id in left or any(begins or ends for _ancestor, begins, ends in links):
            odd.add(unit_id)
        else:
            chains[tuple(sorted(ancestor for ancestor, _begins, _ends in links))].append(unit_id)
    return chains, frozenset(odd)


def _periods_told(elements: Collection[int]) -> Mapping[int, Mapping[Span, bool]]:
    """The periods for which anything was told of each element, and whether all of it applies; one pass."""
    asked, params = relation("asked", {"id": "bigint"}, [(each,) for each in sorted(elements)])
    found: dict[int, dict[Span, bool]] = defaultdict(dict)
    for element_id, start, end, plain in fetched(
        f'SELECT f.element_id, f."start", f."end", min(CASE WHEN f.applies THEN 1 ELSE 0 END) FROM {FACTS} f '  # noqa: S608 - names of ours
        f"WHERE {TOLD} AND f.element_id IN (SELECT id FROM {asked}) "
        'GROUP BY f.element_id, f."start", f."end"',
        params,
    ):
        found[element_id][Span(a_day(start), a_day(end))] = bool(plain)
    return found


def _crowded(periods: Mapping[Span, bool]) -> bool:
    """Whether some of the periods overlap, or something does not apply: then series have to be looked at."""
    ordered = sorted(periods)
    overlap = any(later.start < earlier.end for earlier, later in pairwise(ordered))
    return overlap or not all(periods.values())


def _odd_series(elements: Collection[int]) -> frozenset[Series]:
    """Series with numbers that overlap, or with one that says "does not apply"."""
    if not elements:
        return frozenset()
    asked, params = relation("asked", {"id": "bigint"}, [(each,) for each in sorted(elements)])
    rows = fetched(
        "SELECT DISTINCT unit_id, element_id, breakdown FROM (SELECT f.unit_id, f.element_id, f.breakdown, f.applies, "  # noqa: S608
        'f."start", lag(f."end") OVER (PARTITION BY f.unit_id, f.element_id, f.breakdown ORDER BY f."start", f."end")'
        f" AS prior FROM {FACTS} f WHERE {TOLD} AND f.element_id IN (SELECT id FROM {asked})) AS told "
        'WHERE NOT applies OR prior > "start"',
        params,
    )
    return frozenset((unit_id, element_id, breakdown) for unit_id, element_id, breakdown in rows)


def _write(
    elements: Collection[int],
    chains: Mapping[tuple[int, ...], list[int]],
    spans: Collection[Span],
    windows: tuple[Span, ...],
    odd: Collection[Series],
) -> None:
    """One pass over the facts, sums of units that stand below the same, then up the tree and into the periods."""
    members = [(unit, number) for number, units in enumerate(chains.values()) for unit in units]
    upward = [(number, ancestor) for number, ancestors in enumerate(chains) for ancestor in ancestors]
    keeping = [(span.start, span.end, each.start, each.end) for span in spans for each in kept(span, windows)]
    asked, asked_params = relation("asked", {"id": "bigint"}, [(each,) for each in sorted(elements)])
    member, member_params = relation("m", {"unit_id": "bigint", "chain": "int"}, members)
    up, up_params = relation("u", {"chain": "int", "ancestor_id": "bigint"}, upward)
    keeps, keep_params = relation("k", {"start": "date", "end": "date", "since": "date", "until": "date"}, keeping)
    but = ""
    but_params: list[Any] = []
    if odd:
        left, but_params = relation(
            "o", {"unit_id": "bigint", "element_id": "bigint", "breakdown": "text"}, sorted(odd)
        )
        but = f"AND (f.unit_id, f.element_id, f.breakdown) NOT IN (SELECT unit_id, element_id, breakdown FROM {left})"  # noqa: S608
    days = '(g."end" - g."start")' if connection.vendor == POSTGRES else '(julianday(g."end") - julianday(g."start"))'
    cell = Cell._meta.db_table
    run(
        f"INSERT INTO {cell} "  # noqa: S608
        '(unit_id, element_id, breakdown, basis, "start", "end", value, units, days, na, exact, guessed) '
        f"WITH m AS MATERIALIZED (SELECT * FROM {member}), k AS MATERIALIZED (SELECT * FROM {keeps}), "
        f"u AS MATERIALIZED (SELECT * FROM {up}), "
        'told AS (SELECT f.unit_id, f.element_id, f.breakdown, f."start", f."end", f.value, '
        'lag(f."start") OVER (PARTITION BY f.unit_id, f.element_id, f.breakdown ORDER BY f."start", f."end") AS prior '
        f"FROM {FACTS} f WHERE {TOLD} AND f.element_id IN (SELECT id FROM {asked}) {but}), "
        'g AS MATERIALIZED (SELECT m.chain, t.element_id, t.breakdown, t."start", t."end", t.prior, '
        "sum(t.value) AS value, count(*) AS many FROM told t JOIN m ON m.unit_id = t.unit_id "
        'GROUP BY m.chain, t.element_id, t.breakdown, t."start", t."end", t.prior) '
        f"SELECT u.ancestor_id, g.element_id, g.breakdown, '{Cell.THEN}', k.since, k.until, sum(g.value), "
        "sum(CASE WHEN g.prior IS NULL OR g.prior < k.since THEN g.many ELSE 0 END), "
        f"sum(g.many * {days}), 0, "
        'sum(CASE WHEN g."start" = k.since AND g."end" = k.until THEN g.many ELSE 0 END), 0 '
        'FROM g JOIN k ON k."start" = g."start" AND k."end" = g."end" JOIN u ON u.chain = g.chain '
        "GROUP BY u.ancestor_id, g.element_id, g.breakdown, k.since, k.until",
        [*member_params, *keep_params, *up_params, *asked_params, *but_params],
    )
