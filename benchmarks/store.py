"""A workload in PCMT's own tables, and reports told through its own operations."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import numpy as np

from benchmarks.peers import KINDS, Cells, copy_in, inner
from benchmarks.workloads import Facts, Workload
from pcmt.core.periods import STATISTICAL, Span

AT = datetime(2026, 1, 5, 3, tzinfo=UTC)


@attrs.frozen
class Store:
    """Where a workload stands in the database: the ids of its units, the codes and ids of its elements."""

    socket: str
    workload: Workload
    units: tuple[int, ...]
    elements: tuple[int, ...]

    @property
    def numbers(self) -> dict[int, int]:
        """Numbers of the workload by ids of units."""
        return {pk: at for at, pk in enumerate(self.units)}

    def without_facts(self) -> Store:
        """What a client has to know of it."""
        return attrs.evolve(self, workload=attrs.evolve(self.workload, chunks=(), corrections=()))


def lay(socket: str, workload: Workload) -> Store:
    """Units and elements, through the program's own operations where it has them."""
    from pcmt.apps.facts.models import Element, ElementVersion
    from pcmt.apps.units.operations import NewUnit, create_units

    rows = []
    for at, node in enumerate(workload.nodes):
        parents: list[tuple[str, date | None, date | None]] = []
        if node.parent is not None:
            days = [day for day, _to in node.moves]
            above = [node.parent, *(to for _day, to in node.moves)]
            parents = [
                (f"u{to}", start, end) for to, start, end in zip(above, [None, *days], [*days, None], strict=True)
            ]
        rows.append(
            NewUnit(key=f"u{at}", name=f"{workload.name} {at}", kind=node.kind, level=node.level, parents=parents)
        )
    units = create_units(actor=None, at=AT, rows=rows)
    elements = []
    for at, each in enumerate(workload.elements):
        made, new = Element.objects.get_or_create(
            code=f"{each.nature}-{each.over_time}-{each.code}",
            defaults={"nature": each.nature, "over_time": each.over_time, "over_units": "sum", "order": 1000 + at},
        )
        if new:
            ElementVersion.objects.create(element=made, name=made.code, search_key=made.code, unit_word="vụ")
        elements.append(made.pk)
    return Store(socket, workload, tuple(units[f"u{at}"].pk for at in range(len(workload.nodes))), tuple(elements))


def code(workload: Workload, element: int) -> str:
    """The code under which an element of the workload is kept."""
    each = workload.elements[element]
    return f"{each.nature}-{each.over_time}-{each.code}"


def pour(connection: Any, store: Store, chunks: Iterable[Facts]) -> float:
    """Facts as a restored dump brings them in: rows first, indexes after; one recording for each chunk. Seconds."""
    from pcmt.apps.facts.models import Recording, Source

    units, elements = np.array(store.units), np.array(store.elements)
    indexes = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'facts_fact' AND indexname NOT IN"
        " (SELECT conname FROM pg_constraint WHERE conrelid = 'facts_fact'::regclass)"
    ).fetchall()
    took = 0.0
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("CREATE TEMP TABLE period (n bigint PRIMARY KEY, s date, e date)")
        cursor.executemany(
            "INSERT INTO period VALUES (%s, %s, %s)",
            [(at, span.start, span.end) for at, span in enumerate(store.workload.periods)],
        )
        for chunk in chunks:
            told = Recording.objects.create(at=AT, source=Source.IMPORT)
            cursor.execute("CREATE TEMP TABLE incoming (unit bigint, element bigint, period bigint, value bigint)")
            copy_in(connection, "incoming", (units[chunk.unit], elements[chunk.element], chunk.period, chunk.value))
            began = time.perf_counter()
            cursor.execute(
                'INSERT INTO facts_fact (recording_id, element_id, unit_id, start, "end", breakdown, value, applies,'
                " accepted, note) SELECT %s, i.element, i.unit, p.s, p.e, '', i.value, true, true, ''"
                " FROM incoming i JOIN period p ON p.n = i.period",
                [told.pk],
            )
            took += time.perf_counter() - began
            cursor.execute("DROP TABLE incoming")
        began = time.perf_counter()
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = DEFAULT; DROP TABLE period")
        cursor.execute("VACUUM ANALYZE facts_fact")
        took += time.perf_counter() - began
    return took


def cells(connection: Any, store: Store) -> Cells:
    """What PCMT keeps of the statistical calendar for inner units, with what inner units told themselves on top."""
    numbers = store.numbers
    which = {pk: at for at, pk in enumerate(store.elements)}
    rows = connection.execute(
        "SELECT unit_id, element_id, start, \"end\", value FROM facts_cell WHERE basis = 't' AND breakdown = ''"
        " AND unit_id = ANY(%s)",
        [[store.units[at] for at in inner(store.workload)]],
    )
    named = {(span.start, span.end) for span in statistical(store.workload)}
    return [(numbers[row[0]], which[row[1]], row[2], row[3], row[4]) for row in rows if (row[2], row[3]) in named]


def statistical(workload: Workload) -> set[Span]:
    """The months, quarters, half-years and years of the calendar that any period of a workload lies in."""
    return {
        around
        for span in workload.periods
        for kind in KINDS
        if (around := STATISTICAL.around(kind, span.start)).end >= span.end
    }


def entries(store: Store, unit: int, period: int, values: Sequence[tuple[int, int]]) -> list[Any]:
    """One report, as the entry grid would tell it."""
    from pcmt.apps.facts.operations import Entry

    span: Span = store.workload.periods[period]
    return [Entry(store.units[unit], code(store.workload, element), span, Decimal(value)) for element, value in values]


def tell(store: Store, unit: int, period: int, values: Sequence[tuple[int, int]], *, late: int = 0) -> Any:
    """Record one report through the program's operation; what it answers."""
    from pcmt.apps.facts.operations import record_facts

    return record_facts(actor=None, at=AT + timedelta(minutes=late), entries=entries(store, unit, period, values))


def tell_chunk(store: Store, chunk: Facts) -> Any:
    """Record all numbers of a chunk in one act."""
    from pcmt.apps.facts.operations import Entry, record_facts

    columns = (chunk.unit.tolist(), chunk.element.tolist(), chunk.period.tolist(), chunk.value.tolist())
    told = [
        Entry(store.units[unit], code(store.workload, element), store.workload.periods[period], Decimal(value))
        for unit, element, period, value in zip(*columns, strict=True)
    ]
    return record_facts(actor=None, at=AT, entries=told)


def rebuild(_store: Store) -> float:
    """All sums made anew, as `pcmt rollup rebuild` does it; seconds."""
    began = time.perf_counter()
    rebuild_now()
    return time.perf_counter() - began


def rebuild_now() -> None:
    """The code behind `pcmt rollup rebuild`."""
    from pcmt.apps.facts.operations import rebuild as make_anew

    make_anew(at=AT)
