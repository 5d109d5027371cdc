"""Sums of all units: kept while reports come in, and made anew, beside those who make them in other ways.

Facts of `benchmarks.workloads` go into PCMT's tables on PostgreSQL, then reports come in through `record_facts`, each
with all sums above it in the same transaction; what it costs to store the facts alone is measured between them. All
sums are made anew by `pcmt rollup rebuild`'s own code, one run after the other with the peers of `benchmarks.peers`.
Before any time is looked at all answers must be equal; and the sums that were kept must be those made anew.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from benchmarks import clients, peers, server, store
from benchmarks.harness import Goal, Report, arguments, middle, ms, ratio, say
from benchmarks.workloads import VARIANTS, Workload, months, public
from pcmt.core.measures import Element, Nature, OverTime, Told
from pcmt.core.measures.rolling import contributions
from pcmt.core.measures.rolling import kept as kept_periods
from pcmt.core.periods import STATISTICAL, Span

PEERS = ("dhis2-sql", "dhis2-lean", "plain-sql", "sqlite", "duckdb", "numpy")
REPORTS = {"S": 60, "M": 100, "L": 100, "XL": 100}
CLIENTS = (1, 4, 8)
MB = 2**20


def main() -> int:
    """Run it all."""
    chosen = arguments(__doc__.splitlines()[0], peers=PEERS)
    report = Report("rollup", chosen.size)
    run(public(chosen.size), report, chosen.peers, chosen.repeat, REPORTS[chosen.size])
    return report.finish(chosen.out)


def run(workload: Workload, report: Report, chosen: Sequence[str] = PEERS, repeat: int = 3, reports: int = 100) -> None:
    """Measure a workload; `report` is filled. Raises AssertionError when two answers differ."""
    socket = server.start()
    with server.connect(socket) as connection:
        report.notes.append(
            f"PostgreSQL {server.version(connection)}, durable, shared_buffers {server.SETTINGS['shared_buffers']};"
            f" {workload.count:,} facts, {len(workload.nodes):,} units, {len(workload.elements)} elements,"
            f" {len(workload.periods)} periods."
        )
        here = store.lay(socket, ahead(workload))
        loaded = store.pour(connection, here, workload.chunks)
        _rebuilds(report, connection, here, workload, chosen, repeat, loaded)
        _submits(report, connection, here, workload, reports)
        _kept_is_made(report, connection)
        _variants(report, connection, socket)


def ahead(workload: Workload) -> Workload:
    """The same with a month more, of which nothing was told yet."""
    last = workload.periods[-1]
    year, month = STATISTICAL.month_of(last.end)
    more = months(12, year)[month - 1 :][:1]
    return attrs.evolve(workload, periods=(*workload.periods, *more))


def _rebuilds(
    report: Report,
    connection: Any,
    here: store.Store,
    workload: Workload,
    chosen: Sequence[str],
    repeat: int,
    loaded: float,
) -> None:
    socket = here.socket
    peers.give_input(connection, workload.final())
    memory = Memory(connection)
    ways: dict[str, Callable[[], float]] = {"PCMT": lambda: memory.during(lambda: store.rebuild(here))}
    answers: dict[str, str] = {}
    loads = {"PCMT": loaded}
    room = {"PCMT": 0}
    dhis2, plain, sqlite = peers.Dhis2(socket, workload), peers.PlainSql(socket, workload), peers.Sqlite(workload)
    columnar, cube = peers.Columnar(workload), peers.Cube(workload)
    if "dhis2-sql" in chosen or "dhis2-lean" in chosen:
        loads["dhis2-sql"] = dhis2.load()
        if "dhis2-lean" in chosen:
            ways["dhis2-lean"] = lambda: dhis2.rebuild(lean=True)
        if "dhis2-sql" in chosen:
            ways["dhis2-sql"] = dhis2.rebuild
    for name, peer in (("plain-sql", plain), ("sqlite", sqlite), ("duckdb", columnar)):
        if name in chosen:
            loads[name] = peer.load()
            ways[name] = peer.rebuild
    if "numpy" in chosen:
        ways["numpy"] = cube.rebuild
    if connection.execute("SELECT to_regclass('bench_input')").fetchone()[0]:
        connection.execute("DROP TABLE bench_input")
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for again in range(repeat):
        for name, way in ways.items():
            # The slowest say nothing new the third time; they would only keep others waiting.
            if again and taken[name][0] > 60:
                continue
            say(f"made anew: {name}")
            taken[name].append(way())
    answers["PCMT"] = peers.checksum(store.cells(connection, here))
    for name, peer in (("plain-sql", plain), ("sqlite", sqlite), ("duckdb", columnar), ("numpy", cube)):
        if name in chosen:
            answers[name] = peers.checksum(peer.cells())
    if "dhis2-sql" in chosen or "dhis2-lean" in chosen:
        windows = list(dict.fromkeys(span for _period, _number, span in peers.kept(workload)))
        answers["dhis2-sql"] = peers.checksum(
            dhis2.sums(connection, peers.inner(workload), range(len(workload.elements)), windows)
        )
    equal(answers)
    connection.execute("VACUUM facts_cell")
    room["PCMT"] = server.room(connection, "facts_fact", "facts_cell")
    room["dhis2-sql"] = server.room(connection, "dhis!_%", "analytics%") if "dhis2-sql" in chosen else 0
    room["plain-sql"] = server.room(connection, "plain!_%")
    room["sqlite"] = sqlite.room if "sqlite" in chosen else 0
    best = {name: min(values) for name, values in taken.items()}
    base = best.get("dhis2-sql") or max(best.values())
    rows = [["way", "s", "times faster than DHIS2-style", "load s", "MB on disk", "answers"]]
    for name, value in best.items():
        rows.append(
            [
                name, f"{value:,.2f}", ratio(base, value), f"{loads[name]:,.1f}" if name in loads else "–",
                f"{room[name] / MB:,.0f}" if room.get(name) else "–", answers.get(name, answers.get("dhis2-sql", "")),
            ]
        )  # fmt: skip
    if "numpy" in chosen:
        limit = cube.one_pass()
        rows.append(["the machine: every number read once", f"{limit:,.4f}", ratio(base, limit), "–", "–", "–"])
        report.figures["one_pass"] = limit
    report.tables["All sums made anew"] = rows
    size = np.dtype(float).itemsize * len(workload.elements) * len(workload.periods) * len(workload.nodes)
    report.notes.append(
        f"The rebuild held at most {memory.most / MB:,.0f} MB in {memory.processes} processes (the program and the"
        f" server's, shared buffers not counted), {memory.most / size:.1f} times the dense cube of {size / MB:,.0f} MB."
    )
    report.figures |= {
        "rebuild": taken,
        "load": loads,
        "room": room,
        "peak": memory.most,
        "cube": size,
        "answers": answers,
    }
    ours = best["PCMT"]
    if "dhis2-sql" in best:
        _at_least(report, "G3 rebuild, against DHIS2-style, 29 indexes", 5, best["dhis2-sql"] / ours)
    if "dhis2-lean" in best:
        _at_least(report, "G3 rebuild, against DHIS2-style, 9 indexes", 2.5, best["dhis2-lean"] / ours)
    if "dhis2-sql" in best and "duckdb" in best:
        _at_least(report, "G4 the columnar engine, against DHIS2-style", 60, best["dhis2-sql"] / best["duckdb"])
    if room["dhis2-sql"]:
        share = room["PCMT"] / room["dhis2-sql"]
        report.goals.append(Goal("G11 disk, against DHIS2-style", "≤ 0.4×", f"{share:.2f}×", share <= 0.4))
    most = memory.most / size
    report.goals.append(Goal("G12 memory of a rebuild, against the dense cube", "≤ 8×", f"{most:.1f}×", most <= 8))


def equal(answers: dict[str, str]) -> None:
    """All have to say the same."""
    if len(set(answers.values())) > 1:
        raise AssertionError(f"answers differ: {answers}")


def _at_least(report: Report, name: str, wanted: float, measured: float) -> None:
    report.goals.append(Goal(name, f"≥ {wanted:g}×", f"{measured:.1f}×", measured >= wanted))


class Memory:
    """The most memory that this process and the server's together hold while something runs, looked at all the time."""

    def __init__(self, connection: Any) -> None:
        self.server = int(Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        self.most = 0
        self.processes = 0

    def during(self, call: Callable[[], float]) -> float:
        """Call it, look meanwhile."""
        over = threading.Event()
        idle = self._held()[0]

        def look() -> None:
            while not over.wait(0.02):
                held, count = self._held()
                if held - idle > self.most:
                    self.most, self.processes = held - idle, count

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            return call()
        finally:
            over.set()
            watcher.join()

    def _held(self) -> tuple[int, int]:
        children = Path(f"/proc/{self.server}/task/{self.server}/children")
        pids = ["self", *(children.read_text().split() if children.is_file() else ())]
        found = [_anonymous(pid) for pid in pids]
        return sum(found), len([each for each in found if each])


def _anonymous(pid: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))


# Reports that come in.


def _submits(report: Report, connection: Any, here: store.Store, workload: Workload, reports: int) -> None:
    leaves = sorted(set(range(len(workload.nodes))) - set(peers.inner(workload)))
    facts_only_tables(connection)
    rows = [
        [
            "clients", "facts only, median ms", "p95", "a second", "with all sums, median ms", "p95", "a second",
            "p95 against facts only",
        ]
    ]  # fmt: skip
    elements = len(workload.elements)
    last = len(workload.periods)
    bare = here.without_facts()
    results: dict[int, tuple[clients.Served, clients.Served]] = {}
    for count in CLIENTS:
        say(f"reports: {count} clients")
        each = max(20, reports // count)
        # Every client has communes of its own, all over the country: they meet in the provinces and the nation.
        shares = [leaves[at::count][:each] for at in range(count)]
        floor = clients.together(
            facts_only,
            [(here.socket, [here.units[at] for at in share], here.elements, count) for share in shares],
            each,
        )
        ours = clients.together(reporter, [(bare, share, last, elements, count) for share in shares], each)
        results[count] = (floor, ours)
        rows.append(
            [
                str(count), ms(middle(floor.seconds)), ms(middle(floor.seconds, 0.95)), f"{floor.rate:,.0f}",
                ms(middle(ours.seconds)), ms(middle(ours.seconds, 0.95)), f"{ours.rate:,.0f}",
                ratio(middle(ours.seconds, 0.95), middle(floor.seconds, 0.95)),
            ]
        )  # fmt: skip
    report.tables[f"A report of {elements} numbers, one in ten corrects one told before"] = rows
    report.figures["submit"] = {
        str(count): {
            "facts_only": {"median": middle(a.seconds), "p95": middle(a.seconds, 0.95), "rate": a.rate},
            "sums": {"median": middle(b.seconds), "p95": middle(b.seconds, 0.95), "rate": b.rate},
        }
        for count, (a, b) in results.items()
    }
    floor, ours = results[1]
    p95, low = middle(ours.seconds, 0.95), middle(floor.seconds, 0.95)
    report.goals.append(
        Goal("G1 a report with its sums, p95 against facts only", "≤ 12×", f"{p95 / low:.1f}×", p95 / low <= 12)
    )
    rebuilt = report.figures["rebuild"].get("dhis2-sql")
    if rebuilt:
        many = min(rebuilt) / middle(ours.seconds)
        report.goals.append(
            Goal("G2 a report against a DHIS2-style rebuild", "≤ 1/5,000", f"1/{many:,.0f}", many >= 5000)
        )
    floor, ours = results[8]
    share = ours.rate / floor.rate
    report.goals.append(
        Goal("G10 reports a second, 8 clients, against facts only", "≥ 0.1×", f"{share:.2f}×", share >= 0.1)
    )


def facts_only_tables(connection: Any) -> None:
    """Tables like those of the facts, to store into them and do nothing else."""
    connection.execute(
        "DROP TABLE IF EXISTS only_fact, only_recording;"
        "CREATE TABLE only_recording (LIKE facts_recording INCLUDING ALL);"
        "CREATE TABLE only_fact (LIKE facts_fact INCLUDING ALL)"
    )


def facts_only(socket: str, units: Sequence[int], elements: Sequence[int], salt: int) -> clients.Task:
    """A client that stores reports and no sums: two statements in one durable transaction."""
    connection = server.connect(socket)

    def task(at: int) -> None:
        with connection.transaction():
            told = connection.execute(
                "INSERT INTO only_recording (at, source, ref, reason) VALUES (now(), 'person', '', '') RETURNING id"
            ).fetchone()[0]
            connection.execute(
                'INSERT INTO only_fact (recording_id, element_id, unit_id, start, "end", breakdown, value, applies,'
                " accepted, note) SELECT %s, e, %s, make_date(2000 + %s, %s, 1), make_date(2001 + %s, %s, 1), '', v,"
                " true, true, '' FROM unnest(%s::bigint[], %s::bigint[]) AS t (e, v)",
                [
                    told, units[at % len(units)], at // len(units), salt, at // len(units), salt, list(elements),
                    [at + each for each in range(len(elements))],
                ],
            )  # fmt: skip

    return task


def reporter(here: store.Store, share: Sequence[int], period: int, count: int, salt: int) -> clients.Task:
    """A client that tells reports through the program; each tenth corrects one that was told before.

    With another `salt` it tells other numbers: what is told already would be refused.
    """

    def task(at: int) -> None:
        # The tenth report is that of the month before once more, with other numbers.
        when = period - 1 if at % 10 == 9 else period
        unit = share[at % len(share)]
        told = store.tell(
            here, unit, when, [(each, 100_000 * salt + 100 * at + each) for each in range(count)], late=at
        )
        if not getattr(told, "pk", None):
            raise AssertionError(f"not taken: {told}")

    return task


def _kept_is_made(report: Report, connection: Any) -> None:
    """What was kept while reports came in is what is made anew."""
    before = _snapshot(connection)
    store.rebuild_now()
    after = _snapshot(connection)
    if before != after:
        raise AssertionError(f"kept sums differ from those made anew: {len(before ^ after)} rows")
    report.goals.append(Goal("G13 sums kept = sums made anew", "all equal", f"{len(after):,} equal", True))


def _snapshot(connection: Any) -> set[tuple[Any, ...]]:
    return set(
        connection.execute(
            'SELECT unit_id, element_id, breakdown, basis, start, "end", value, units, days, na FROM facts_cell'
            " WHERE value <> 0 OR units <> 0 OR days <> 0 OR na <> 0"
        ).fetchall()
    )


# What real years look like.


def _variants(report: Report, connection: Any, socket: str) -> None:
    """Told through the program; what was kept must be what the core counts and what is made anew."""
    rows = [["workload", "facts", "ms a fact", "sums", "kept, counted by the core, made anew"]]
    for make in VARIANTS:
        workload = make()
        say(workload.name)
        here = store.lay(socket, workload)
        began, count = time.perf_counter(), 0
        for chunk in (*workload.chunks, *workload.corrections):
            count += len(chunk)
            told = store.tell_chunk(here, chunk)
            if not getattr(told, "pk", None):
                raise AssertionError(f"{workload.name}: not taken: {told}")
        took = (time.perf_counter() - began) / count
        kept = store.cells(connection, here)
        equal({f"{workload.name}, kept": peers.checksum(kept), "by the core": peers.checksum(recount(workload))})
        before = _snapshot(connection)
        store.rebuild_now()
        if before != _snapshot(connection):
            raise AssertionError(f"{workload.name}: kept sums differ from those made anew")
        rows.append([workload.name, f"{count:,}", ms(took), f"{len(kept):,}", "equal"])
    report.tables["Other workloads, told through the program"] = rows


def recount(workload: Workload) -> peers.Cells:
    """Every sum of the statistical calendar by the core alone, each number up the tree of its own last day."""
    facts: dict[tuple[int, int], dict[int, int]] = {}
    for chunk in workload.final():
        for unit, element, period, value in zip(*(column.tolist() for column in attrs.astuple(chunk)), strict=True):
            facts.setdefault((unit, element), {})[period] = value
    days = [date.min, *workload.days()]
    paths = {day: workload.paths(day) for day in days}
    sums: dict[tuple[int, int, Span], int] = {}
    for (unit, number), values in facts.items():
        counted = workload.elements[number]
        element = Element("", "", "", Nature(counted.nature), OverTime(counted.over_time))
        told = [Told(workload.periods[period], value) for period, value in values.items()]
        windows = {around for fact in told for around in kept_periods(fact.span) if is_statistical(around)}
        for window in windows:
            inside = [fact for fact in told if window in kept_periods(fact.span)]
            for part in contributions(element, inside, window):
                path = paths[max(day for day in days if day <= part.span.last)][unit]
                for above in path[1:]:
                    key = (above, number, window)
                    sums[key] = sums.get(key, 0) + (part.amount or 0)
    return [(unit, element, span.start, span.end, value) for (unit, element, span), value in sums.items()]


def is_statistical(span: Span) -> bool:
    """A month, quarter, half-year or year of calendar months."""
    return any(STATISTICAL.around(kind, span.start) == span for kind in peers.KINDS)


if __name__ == "__main__":
    sys.exit(main())
