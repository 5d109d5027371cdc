"""The figures of the demo: what units told, and how the targets of its plans are measured (`data/figures.toml`).

All numbers are invented. Sums are spread over units and periods by weights that depend on nothing but names, so that
every load gives the same figures. Shares use the program's own apportioning: the parts make the sum.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32

import attrs

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.queries import actor_of
from pcmt.apps.facts.models import Element, Source
from pcmt.apps.facts.operations import Entry, record_facts
from pcmt.apps.units.models import Unit
from pcmt.core.measures import Nature
from pcmt.core.periods import STATISTICAL, Kind, Span
from pcmt.core.units import apportion
from pcmt.demo.story import noon, ok

DATA = Path(__file__).parent / "data"
TOLD_AFTER = timedelta(days=3)
"""So long after the end of a period its numbers are told."""

Table = Mapping[str, Any]
Series = Mapping[tuple[int, Span], int]


def content() -> Table:
    """The tables of `data/figures.toml`."""
    return tomllib.loads((DATA / "figures.toml").read_text(encoding="utf-8"))


def tell(at: datetime, tables: Table, units: Mapping[str, Unit], users: Mapping[str, User], today: date) -> int:
    """Have all numbers told on their days; how many there are."""
    count = 0
    for told in tables["told"]:
        cells = _cells(told, units, today)
        teller = users[told["user"]] if "user" in told else None
        for span, entries in sorted(cells.items(), key=lambda each: each[0].end):
            moment = min(noon(span.end) + TOLD_AFTER, at)
            for actor, own in _by_teller(entries, teller, moment.date()):
                ok_told(actor, moment, own, told["ref"])
                count += len(own)
    return count


def ok_told(actor: Actor | None, at: datetime, entries: Sequence[Entry], ref: str) -> None:
    """Tell numbers; one that is refused is a mistake in the demo's own data."""
    source = Source.PERSON if actor else Source.REPORT
    done = record_facts(actor=actor, at=at, entries=entries, source=source, ref=ref)
    if isinstance(done, tuple):
        raise RuntimeError(f"{done[0].entry}: {done[0].refusal.message}")
    ok(done)


def _by_teller(
    entries: Sequence[Entry], teller: User | None, on: date
) -> Iterator[tuple[Actor | None, Sequence[Entry]]]:
    """The numbers of the teller's own unit apart from those that came by reports."""
    actor = actor_of(teller, on) if teller else None
    own = [entry for entry in entries if actor and entry.unit_id == actor.unit_id]
    others = [entry for entry in entries if not (actor and entry.unit_id == actor.unit_id)]
    if own:
        yield actor, own
    if others:
        yield None, others


@attrs.frozen
class _Told:
    """Who tells in each period of a table, by number with a weight; `open` goes on until today."""

    places: Mapping[Span, list[tuple[int, int]]]
    stocks: frozenset[str]
    open: bool


def _cells(table: Table, units: Mapping[str, Unit], today: date) -> Mapping[Span, list[Entry]]:
    top, spans = units[table["under"]], _spans(table, today)
    stocks = frozenset(Element.objects.filter(nature=Nature.STOCK).values_list("code", flat=True))
    told = _Told({span: _places(top, table.get("level", ""), span) for span in spans}, stocks, "to" not in table)
    silent = _silent(told.places[spans[-1]], table.get("silent", 0))
    cells: dict[Span, list[Entry]] = defaultdict(list)
    known: dict[str, Series] = {}
    for row in table["rows"]:
        series = known[row["element"]] = _series(row, known, told)
        for (unit_id, span), value in series.items():
            if not (span == spans[-1] and unit_id in silent):
                cells[span].append(Entry(unit_id, row["element"], span, Decimal(value)))
    return cells


def _spans(told: Table, today: date) -> list[Span]:
    """The periods of a table, those that are over by today."""
    kind = Kind(told["period"])
    if "weeks" in told:
        this = STATISTICAL.around(Kind.WEEK, today).start
        return [
            Span(this - timedelta(weeks=back), this - timedelta(weeks=back - 1)) for back in range(told["weeks"], 0, -1)
        ]
    last = min(told.get("to", today), today)
    spans, day = [], told["from"]
    while day <= last:
        span = STATISTICAL.around(kind, day)
        if span.last <= last:
            spans.append(span)
        day = span.end
    return spans


def _places(top: Unit, level: str, span: Span) -> list[tuple[int, int]]:
    """Who tells at the end of a period, by number with a weight, in the order of numbers."""
    if not level:
        return [(top.pk, 1)]
    below = Unit.objects.under(top.pk, span.last).filter(level=level, kind="administrative").order_by("pk")
    return [(pk, 2 + crc32(name.encode()) % 9) for pk, name in below.values_list("pk", "name")]


def _silent(places: Sequence[tuple[int, int]], count: int) -> set[int]:
    ordered = sorted(places, key=lambda each: crc32(str(each[1] * 31 + each[0] % 97).encode()))
    return {pk for pk, _weight in ordered[:count]}


def _series(row: Table, known: Mapping[str, Series], told: _Told) -> Series:
    if "of" in row:
        return {key: min(whole, round(whole * row["share"])) for key, whole in known[row["of"]].items()}
    if "sum" in row:
        found = _spread(row["sum"], list(told.places), told, row["element"])
    elif row["element"] in told.stocks:
        found = _stock(row["years"], told)
    else:
        found = _flow(row["years"], told, row["element"])
    return {key: max(value, row.get("least", 0)) for key, value in found.items()}


def _flow(years: Mapping[str, int], told: _Told, element: str) -> dict[tuple[int, Span], int]:
    """The sum of each year over the periods told in it; where the table goes on until today, as much as has passed."""
    by_year: dict[int, list[Span]] = defaultdict(list)
    for span in told.places:
        by_year[span.last.year].append(span)
    found: dict[tuple[int, Span], int] = {}
    for year, spans in by_year.items():
        total = years.get(str(year), years[max(years)])
        if told.open:
            total = total * sum(span.days for span in spans) // 365
        found |= _spread(total, spans, told, element)
    return found


def _spread(total: int, spans: Sequence[Span], told: _Told, element: str) -> dict[tuple[int, Span], int]:
    """A sum over units and periods: no two elements fall on the same ones."""
    cells = [(pk, span, weight) for span in spans for pk, weight in told.places[span]]
    noise = [
        crc32(f"{element} {weight} {span.start} {place}".encode()) % 5 for place, (_, span, weight) in enumerate(cells)
    ]
    shares = apportion(total, [weight * (2 + extra) for (_pk, _span, weight), extra in zip(cells, noise, strict=True)])
    return {(pk, span): int(share) for (pk, span, _weight), share in zip(cells, shares, strict=True)}


def _stock(years: Mapping[str, int], told: _Told) -> dict[tuple[int, Span], int]:
    """Where a stock stands at the end of each period: on the line from one year's end to the next."""
    found: dict[tuple[int, Span], int] = {}
    for span, units in told.places.items():
        year = span.last.year
        end = years.get(str(year), years[max(years)])
        begin = years.get(str(year - 1), end)
        passed = span.last.timetuple().tm_yday / 365
        shares = apportion(round(begin + (end - begin) * min(passed, 1)), [weight for _pk, weight in units])
        found |= {(pk, span): int(share) for (pk, _weight), share in zip(units, shares, strict=True)}
    return found
