"""Who else can add up: tables in the style of DHIS2, plain SQL, SQLite, DuckDB, a NumPy cube, and the machine itself.

All of them get the same facts. *Everything* is the sums of every unit, element, month, quarter, half-year and year;
what is compared is what stands at inner units, as rows (unit, element, start, end, sum).

The DHIS2-style tables are the SQL half of that program only, after its source: values as text in one table; one
partition a year with a text column for every level and period type, values cast on the way, an index on each column.
No JVM, no HTTP, no access rules, no outlier or completeness tables: what it costs here is a lower bound.
"""

from __future__ import annotations

import hashlib
import sqlite3
import struct
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from benchmarks.server import connect
from benchmarks.workloads import Facts, Workload
from pcmt.core.periods import STATISTICAL, Kind, Span

KINDS = (Kind.MONTH, Kind.QUARTER, Kind.HALF_YEAR, Kind.YEAR)
Cells = list[tuple[int, int, date, date, int]]
"""Sums: unit, element (numbers of the workload), first day, first day after, sum."""

INPUT = "CREATE UNLOGGED TABLE bench_input (unit bigint, element bigint, period bigint, value bigint)"


def checksum(rows: Iterable[Sequence[Any]]) -> str:
    """One word for the rows, in whatever order they come."""
    return hashlib.sha256("\n".join(sorted("|".join(map(str, row)) for row in rows)).encode()).hexdigest()[:12]


def copy_in(connection: Any, table: str, columns: Sequence[np.ndarray]) -> None:
    """Whole numbers as columns into a table of bigint, the binary way: the fastest that PostgreSQL offers."""
    fields = [each for at in range(len(columns)) for each in ((f"l{at}", ">i4"), (f"v{at}", ">i8"))]
    rows = np.empty(len(columns[0]), dtype=[("n", ">i2"), *fields])
    rows["n"] = len(columns)
    for at, column in enumerate(columns):
        rows[f"l{at}"] = 8
        rows[f"v{at}"] = column
    with connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0))
        copy.write(memoryview(rows).cast("B"))
        copy.write(struct.pack(">h", -1))


def give_input(connection: Any, chunks: Iterable[Facts]) -> None:
    """The facts of a workload where every peer on PostgreSQL takes them from; not timed."""
    connection.execute("DROP TABLE IF EXISTS bench_input")
    connection.execute(INPUT)
    for chunk in chunks:
        copy_in(connection, "bench_input", (chunk.unit, chunk.element, chunk.period, chunk.value))
    connection.execute("ANALYZE bench_input")


def inner(workload: Workload) -> list[int]:
    """Units with something below them."""
    return sorted({parent for parent in workload.parents() if parent is not None})


@attrs.frozen
class Step:
    """What one stage took, by the clock."""

    name: str
    seconds: float


@attrs.define
class Dhis2:
    """Source and analytics tables in the style of DHIS2; `lean` has 9 indexes a partition instead of 29."""

    socket: str
    workload: Workload
    steps: list[Step] = attrs.field(factory=list)

    PERIODS = (
        "daily", "weekly", "weeklywednesday", "weeklythursday", "weeklysaturday", "weeklysunday", "biweekly", "monthly",
        "bimonthly", "quarterly", "quarterlynov", "sixmonthly", "sixmonthlyapril", "sixmonthlynov", "yearly",
        "financialapril", "financialjuly", "financialoct",
    )  # fmt: skip
    OTHERS = ("dx", "co", "ao", "ou", "pestartdate", "peenddate", "year", "oulevel")

    @property
    def levels(self) -> int:
        """How deep the tree is."""
        return max(map(len, self.workload.paths()))

    @property
    def dimensions(self) -> list[str]:
        """Every column that gets an index; 29 of them with three levels."""
        return [*self.OTHERS, *(f"uidlevel{at + 1}" for at in range(self.levels)), *self.PERIODS]

    LEAN = ("dx", "ou", "uidlevel1", "uidlevel2", "uidlevel3", "monthly", "quarterly", "yearly", "year")

    def load(self) -> float:
        """The source: one row a value, as text."""
        with connect(self.socket) as connection:
            connection.execute(
                "DROP TABLE IF EXISTS dhis_datavalue, dhis_ou, dhis_pe CASCADE;"
                "CREATE TABLE dhis_datavalue (dataelementid int NOT NULL, periodid int NOT NULL, sourceid int NOT NULL,"
                " categoryoptioncomboid int NOT NULL, attributeoptioncomboid int NOT NULL, value varchar(50000),"
                " storedby varchar(255), created timestamp NOT NULL, lastupdated timestamp NOT NULL, comment text,"
                " followup boolean, deleted boolean NOT NULL)"
            )
            began = time.perf_counter()
            connection.execute(
                "INSERT INTO dhis_datavalue SELECT element, period, unit, 15, 15, value::text, 'admin', now(), now(),"
                " NULL, false, false FROM bench_input;"
                "ALTER TABLE dhis_datavalue ADD PRIMARY KEY (dataelementid, periodid, sourceid, categoryoptioncomboid,"
                " attributeoptioncomboid);"
                "CREATE INDEX dhis_lastupdated ON dhis_datavalue (lastupdated);"
                "CREATE INDEX dhis_source ON dhis_datavalue (sourceid); ANALYZE dhis_datavalue"
            )
            took = time.perf_counter() - began
            self._structures(connection)
        return took

    def _structures(self, connection: Any) -> None:
        """The resource tables: units with all levels, periods with all types."""
        levels = [f"uidlevel{at + 1}" for at in range(self.levels)]
        connection.execute(
            "CREATE TABLE dhis_ou (id int PRIMARY KEY, uid text, oulevel int,"
            f" {', '.join(f'{each} text' for each in levels)});"
            f"CREATE TABLE dhis_pe (id int PRIMARY KEY, startdate date, enddate date, year int,"
            f" {', '.join(f'{each} text' for each in self.PERIODS)})"
        )
        with connection.cursor().copy("COPY dhis_ou FROM STDIN") as rows:
            for path in self.workload.paths():
                down = [uid(each) for each in reversed(path)]
                rows.write_row((path[0], uid(path[0]), len(path), *down, *[None] * (self.levels - len(path))))
        with connection.cursor().copy("COPY dhis_pe FROM STDIN") as rows:
            for at, span in enumerate(self.workload.periods):
                year, month = STATISTICAL.month_of(span.start)
                words = {
                    "monthly": f"{year}{month:02}",
                    "bimonthly": f"{year}{(month + 1) // 2:02}B",
                    "quarterly": f"{year}Q{(month + 2) // 3}",
                    "quarterlynov": f"{year}NovQ{(month + 2) // 3}",
                    "sixmonthly": f"{year}S{(month + 5) // 6}",
                    "sixmonthlyapril": f"{year}AprilS{(month + 5) // 6}",
                    "sixmonthlynov": f"{year}NovS{(month + 5) // 6}",
                    "yearly": str(year),
                    "financialapril": f"{year - (month < 4)}April",
                    "financialjuly": f"{year - (month < 7)}July",
                    "financialoct": f"{year - (month < 10)}Oct",
                }
                rows.write_row((at, span.start, span.last, year, *(words.get(each) for each in self.PERIODS)))
        connection.execute("ANALYZE dhis_ou; ANALYZE dhis_pe")

    def rebuild(self, *, lean: bool = False) -> float:
        """The whole analytics export: partitions, values cast, indexes, statistics, swapped in."""
        began = time.perf_counter()
        years = sorted({span.start.year for span in self.workload.periods})
        columns = [f"uidlevel{at + 1}" for at in range(self.levels)]
        texts = [*columns, *self.PERIODS]
        with connect(self.socket) as connection:
            connection.execute(
                "DROP TABLE IF EXISTS analytics_temp CASCADE;"
                "CREATE UNLOGGED TABLE analytics_temp (dx char(11) NOT NULL, co char(11) NOT NULL,"
                " ao char(11) NOT NULL, pestartdate date, peenddate date, year int NOT NULL, ou char(11) NOT NULL,"
                " oulevel int, id text,"
                f" {', '.join(f'{each} text' for each in texts)}, approvallevel int, daysxvalue double precision,"
                " daysno int, value double precision, textvalue text)"
            )
            for year in years:
                connection.execute(
                    f"CREATE UNLOGGED TABLE analytics_temp_{year} (CHECK (year = {year})) INHERITS (analytics_temp)"
                )
        with ThreadPoolExecutor(2) as pool:
            marks = [time.perf_counter()]
            list(pool.map(self._populate, years))
            marks.append(time.perf_counter())
            indexes = self.LEAN if lean else self.dimensions
            list(pool.map(self._index, [(year, each) for year in years for each in indexes]))
            marks.append(time.perf_counter())
        with connect(self.socket) as connection:
            for year in years:
                connection.execute(f"ANALYZE analytics_temp_{year}")
            connection.execute("DROP TABLE IF EXISTS analytics CASCADE; ALTER TABLE analytics_temp RENAME TO analytics")
            for year in years:
                connection.execute(f"ALTER TABLE analytics_temp_{year} RENAME TO analytics_{year}")
        end = time.perf_counter()
        self.steps = [
            Step("populate", marks[1] - marks[0]), Step("index", marks[2] - marks[1]),
            Step("analyze, swap", end - marks[2]),
        ]  # fmt: skip
        return end - began

    def _populate(self, year: int) -> None:
        texts = [*(f"ous.uidlevel{at + 1}" for at in range(self.levels)), *(f"ps.{each}" for each in self.PERIODS)]
        with connect(self.socket) as connection:
            connection.execute(
                f"INSERT INTO analytics_temp_{year} SELECT 'e' || lpad(dv.dataelementid::text, 10, '0'),"
                " 'HllvX50cXC0', 'HllvX50cXC0', ps.startdate, ps.enddate, ps.year, ous.uid, ous.oulevel,"
                " dv.dataelementid || '-' || ps.monthly || '-' || ous.uid || '-HllvX50cXC0-HllvX50cXC0',"
                f" {', '.join(texts)}, 0, cast(dv.value AS double precision), ps.enddate - ps.startdate + 1,"
                " cast(dv.value AS double precision), NULL"
                " FROM dhis_datavalue dv JOIN dhis_pe ps ON dv.periodid = ps.id"
                " JOIN dhis_ou ous ON dv.sourceid = ous.id"
                f" WHERE ps.year = {year} AND dv.value IS NOT NULL AND dv.deleted = false"
                r" AND dv.value ~* '^(-?(0|[1-9]\d*)(\.\d+)?(E(-?\d+|\d+))?)$'"
            )

    def _index(self, what: tuple[int, str]) -> None:
        year, column = what
        with connect(self.socket) as connection:
            connection.execute(f"CREATE INDEX ON analytics_temp_{year} ({column})")

    def sums(self, connection: Any, units: Sequence[int], elements: Sequence[int], windows: Sequence[Span]) -> Cells:
        """As the program asks: one query for each level and type of period."""
        found: Cells = []
        depth = {path[0]: len(path) for path in self.workload.paths()}
        for level in sorted({depth[unit] for unit in units}):
            asked = {uid(unit): unit for unit in units if depth[unit] == level}
            for column, spans in by_type(windows).items():
                rows = connection.execute(
                    f"SELECT dx, uidlevel{level}, {column}, sum(value) FROM analytics WHERE dx = ANY(%s)"
                    f" AND uidlevel{level} = ANY(%s) AND {column} = ANY(%s) AND year = ANY(%s) GROUP BY 1, 2, 3",
                    [[f"e{each:010}" for each in elements], list(asked), list(spans),
                     sorted({span.start.year for span in spans.values()})],
                )  # fmt: skip
                found += [
                    (asked[row[1]], int(row[0][1:]), spans[row[2]].start, spans[row[2]].end, int(row[3]))
                    for row in rows
                ]
        return found


def uid(unit: int) -> str:
    """Eleven characters, as that program names a unit."""
    return f"u{unit:010}"


def by_type(windows: Sequence[Span]) -> dict[str, dict[str, Span]]:
    """Windows by the column in which that program keeps them, by their word there."""
    found: dict[str, dict[str, Span]] = {}
    for span in windows:
        year, month = span.start.year, span.start.month
        for kind, column, word in (
            (Kind.MONTH, "monthly", f"{year}{month:02}"),
            (Kind.QUARTER, "quarterly", f"{year}Q{(month + 2) // 3}"),
            (Kind.HALF_YEAR, "sixmonthly", f"{year}S{(month + 5) // 6}"),
            (Kind.YEAR, "yearly", str(year)),
        ):
            if STATISTICAL.around(kind, span.start) == span:
                found.setdefault(column, {})[word] = span
    return found


def kept(workload: Workload) -> list[tuple[int, int, Span]]:
    """For each period of the workload every month, quarter, half-year and year that holds it, with its own number."""
    numbers: dict[Span, int] = {}
    found = []
    for at, span in enumerate(workload.periods):
        for kind in KINDS:
            around = STATISTICAL.around(kind, span.start)
            found.append((at, numbers.setdefault(around, len(numbers)), around))
    return found


@attrs.define
class PlainSql:
    """Facts with a primary key and a covering index, a closure table, sums in a table: what one would write first."""

    socket: str
    workload: Workload

    def load(self) -> float:
        """Facts and closure."""
        with connect(self.socket) as connection:
            connection.execute(
                "DROP TABLE IF EXISTS plain_fact, plain_up, plain_kept, plain_cell;"
                "CREATE TABLE plain_fact (element int NOT NULL, unit int NOT NULL, period int NOT NULL,"
                " value bigint NOT NULL);"
                "CREATE TABLE plain_up (ancestor int NOT NULL, descendant int NOT NULL);"
                "CREATE TABLE plain_kept (period int NOT NULL, kept int NOT NULL)"
            )
            with connection.cursor().copy("COPY plain_up FROM STDIN") as rows:
                for path in self.workload.paths():
                    for above in path:
                        rows.write_row((above, path[0]))
            with connection.cursor().copy("COPY plain_kept FROM STDIN") as rows:
                for period, number, _span in kept(self.workload):
                    rows.write_row((period, number))
            began = time.perf_counter()
            connection.execute(
                "INSERT INTO plain_fact SELECT element, unit, period, value FROM bench_input;"
                "ALTER TABLE plain_fact ADD PRIMARY KEY (unit, element, period);"
                "CREATE INDEX plain_covering ON plain_fact (element, period, unit) INCLUDE (value);"
                "ALTER TABLE plain_up ADD PRIMARY KEY (ancestor, descendant);"
                "CREATE INDEX ON plain_up (descendant, ancestor)"
            )
            took = time.perf_counter() - began
            connection.execute("VACUUM ANALYZE plain_fact; ")
            connection.execute("ANALYZE plain_up; ANALYZE plain_kept")
        return took

    def rebuild(self) -> float:
        """Everything in one statement, and the key on it."""
        with connect(self.socket) as connection:
            began = time.perf_counter()
            connection.execute(
                "DROP TABLE IF EXISTS plain_cell; CREATE TABLE plain_cell AS"
                " SELECT u.ancestor AS unit, f.element, k.kept, sum(f.value)::bigint AS value, count(*) AS told"
                " FROM plain_fact f JOIN plain_up u ON u.descendant = f.unit JOIN plain_kept k ON k.period = f.period"
                " GROUP BY 1, 2, 3;"
                "ALTER TABLE plain_cell ADD PRIMARY KEY (unit, element, kept)"
            )
            return time.perf_counter() - began

    def cells(self) -> Cells:
        """What it found for inner units."""
        spans = {number: span for _period, number, span in kept(self.workload)}
        with connect(self.socket) as connection:
            rows = connection.execute(
                "SELECT unit, element, kept, value FROM plain_cell WHERE unit = ANY(%s)", [inner(self.workload)]
            )
            return [(row[0], row[1], spans[row[2]].start, spans[row[2]].end, row[3]) for row in rows]

    def sums(self, connection: Any, units: Sequence[int], elements: Sequence[int], windows: Sequence[Span]) -> Cells:
        """Straight from facts and closure, one query."""
        at = {span.start: number for number, span in enumerate(self.workload.periods)}
        found: Cells = []
        for spans in by_type(windows).values():
            pairs = [
                (period, number)
                for number, span in enumerate(spans.values())
                for start, period in at.items()
                if start in span
            ]
            rows = connection.execute(
                "SELECT u.ancestor, f.element, k.kept, sum(f.value)::bigint FROM plain_up u"
                " JOIN plain_fact f ON f.unit = u.descendant"
                " JOIN unnest(%s::int[], %s::int[]) AS k (period, kept) ON k.period = f.period"
                " WHERE u.ancestor = ANY(%s) AND f.element = ANY(%s) AND f.period = ANY(%s) GROUP BY 1, 2, 3",
                [[p for p, _k in pairs], [k for _p, k in pairs], list(units), list(elements), [p for p, _k in pairs]],
            )
            named = list(spans.values())
            found += [(row[0], row[1], named[row[2]].start, named[row[2]].end, row[3]) for row in rows]
        return found


@attrs.define
class Sqlite:
    """The same plain SQL in one SQLite file."""

    workload: Workload
    folder: Path = attrs.field(factory=lambda: Path(tempfile.mkdtemp(prefix="pcmt-bench-")))

    @cached_property
    def connection(self) -> sqlite3.Connection:
        """The file, opened."""
        return sqlite3.connect(self.folder / "bench.sqlite3")

    def load(self) -> float:
        """Facts and closure."""
        connection = self.connection
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA cache_size=-400000;"
            "CREATE TABLE fact (element INT, unit INT, period INT, value INT,"
            " PRIMARY KEY (element, unit, period)) WITHOUT ROWID;"
            "CREATE TABLE up (descendant INT, ancestor INT, PRIMARY KEY (descendant, ancestor)) WITHOUT ROWID;"
            "CREATE TABLE kept (period INT, kept INT, PRIMARY KEY (period, kept)) WITHOUT ROWID;"
        )
        began = time.perf_counter()
        connection.executemany(
            "INSERT INTO up VALUES (?, ?)", [(path[0], above) for path in self.workload.paths() for above in path]
        )
        connection.executemany("INSERT INTO kept VALUES (?, ?)", [(p, k) for p, k, _span in kept(self.workload)])
        for chunk in self.workload.final():
            columns = (chunk.element.tolist(), chunk.unit.tolist(), chunk.period.tolist(), chunk.value.tolist())
            connection.executemany("INSERT INTO fact VALUES (?, ?, ?, ?)", zip(*columns, strict=True))
        connection.commit()
        connection.execute("ANALYZE")
        return time.perf_counter() - began

    def rebuild(self) -> float:
        """Everything in one statement."""
        began = time.perf_counter()
        self.connection.executescript(
            "DROP TABLE IF EXISTS cell;"
            "CREATE TABLE cell (unit INT, element INT, kept INT, value INT, told INT,"
            " PRIMARY KEY (unit, element, kept))"
            " WITHOUT ROWID;"
            "INSERT INTO cell SELECT u.ancestor, f.element, k.kept, sum(f.value), count(*) FROM fact f"
            " JOIN up u ON u.descendant = f.unit JOIN kept k ON k.period = f.period GROUP BY 1, 2, 3;"
        )
        self.connection.commit()
        return time.perf_counter() - began

    def cells(self) -> Cells:
        """What it found for inner units."""
        spans = {number: span for _period, number, span in kept(self.workload)}
        marks = ",".join(map(str, inner(self.workload)))
        rows = self.connection.execute(f"SELECT unit, element, kept, value FROM cell WHERE unit IN ({marks})")
        return [(row[0], row[1], spans[row[2]].start, spans[row[2]].end, row[3]) for row in rows]

    @property
    def room(self) -> int:
        """Bytes on disk."""
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return sum(each.stat().st_size for each in self.folder.iterdir())


@attrs.define
class Columnar:
    """DuckDB over facts in its own memory: a columnar engine that adds up everything."""

    workload: Workload

    @cached_property
    def connection(self) -> Any:
        """The engine, with two threads as all others have."""
        import duckdb

        return duckdb.connect(config={"threads": 2})

    def load(self) -> float:
        """Facts and closure."""
        began = time.perf_counter()
        connection = self.connection
        connection.execute("CREATE TABLE fact (unit INTEGER, element INTEGER, period INTEGER, value BIGINT)")
        for chunk in self.workload.final():
            given = {"unit": chunk.unit, "element": chunk.element, "period": chunk.period, "value": chunk.value}
            connection.register("given", given)
            connection.execute("INSERT INTO fact SELECT unit, element, period, value FROM given")
            connection.unregister("given")
        ups = np.array([(path[0], above) for path in self.workload.paths() for above in path])
        keeps = np.array([(period, number) for period, number, _span in kept(self.workload)])
        for name, columns, rows in (("up", ("descendant", "ancestor"), ups), ("kept", ("period", "kept"), keeps)):
            connection.register("given", {columns[0]: rows[:, 0].copy(), columns[1]: rows[:, 1].copy()})
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
            connection.unregister("given")
        return time.perf_counter() - began

    def rebuild(self) -> float:
        """Everything; the result stays in the engine."""
        began = time.perf_counter()
        self.connection.execute(
            "CREATE OR REPLACE TABLE cell AS WITH own AS"
            " (SELECT f.unit, f.element, k.kept, sum(f.value)::BIGINT AS value,"
            " count(*) AS told FROM fact f JOIN kept k ON k.period = f.period GROUP BY ALL)"
            " SELECT u.ancestor AS unit, o.element, o.kept, sum(o.value)::BIGINT AS value, sum(o.told) AS told"
            " FROM own o JOIN up u ON u.descendant = o.unit GROUP BY ALL"
        )
        return time.perf_counter() - began

    def cells(self) -> Cells:
        """What it found for inner units."""
        spans = {number: span for _period, number, span in kept(self.workload)}
        rows = self.connection.execute(
            "SELECT unit, element, kept, value FROM cell WHERE unit IN (SELECT unnest(?))", [inner(self.workload)]
        ).fetchall()
        return [(row[0], row[1], spans[row[2]].start, spans[row[2]].end, row[3]) for row in rows]


@attrs.define
class Cube:
    """All numbers as one dense array of 8 bytes each, in memory: nothing is nearer to the machine in Python."""

    workload: Workload

    @cached_property
    def values(self) -> np.ndarray:
        """Element, period, unit."""
        cube = np.zeros((len(self.workload.elements), len(self.workload.periods), len(self.workload.nodes)))
        for chunk in self.workload.final():
            cube[chunk.element, chunk.period, chunk.unit] = chunk.value
        return cube

    def rebuild(self) -> float:
        """Everything: first up the tree, then over time."""
        self.values  # noqa: B018 - laid out before the clock starts
        began = time.perf_counter()
        self._result = self._sums()
        return time.perf_counter() - began

    _result: dict[Kind, tuple[list[Span], np.ndarray]] = attrs.field(factory=dict)

    def _sums(self) -> dict[Kind, tuple[list[Span], np.ndarray]]:
        total = self.values.copy()
        depth = [len(path) for path in self.workload.paths()]
        parents = self.workload.parents()
        for level in range(max(depth), 1, -1):
            units = [at for at, each in enumerate(depth) if each == level]
            groups: dict[int, list[int]] = {}
            for unit in units:
                parent = parents[unit]
                assert parent is not None
                groups.setdefault(parent, []).append(unit)
            for parent, children in groups.items():
                first, last = children[0], children[-1]
                block = total[:, :, first : last + 1] if last - first + 1 == len(children) else total[:, :, children]
                total[:, :, parent] += block.sum(axis=2)
        found = {}
        for kind in KINDS:
            spans = list(dict.fromkeys(STATISTICAL.around(kind, span.start) for span in self.workload.periods))
            which = [spans.index(STATISTICAL.around(kind, span.start)) for span in self.workload.periods]
            starts = [which.index(at) for at in range(len(spans))]
            found[kind] = (spans, np.add.reduceat(total, starts, axis=1))
        return found

    def cells(self) -> Cells:
        """What it found for inner units."""
        found: Cells = []
        units = inner(self.workload)
        for spans, sums in self._result.values():
            for at, span in enumerate(spans):
                for element in range(sums.shape[0]):
                    found += [(unit, element, span.start, span.end, int(sums[element, at, unit])) for unit in units]
        return found

    def one_pass(self) -> float:
        """The machine's limit: every number read once."""
        best = float("inf")
        flat = self.values.reshape(-1)
        for _again in range(5):
            began = time.perf_counter()
            flat.sum()
            best = min(best, time.perf_counter() - began)
        return best
