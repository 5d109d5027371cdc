"""The figures behind a screen of twelve blocks, for the nation, a province and a commune, beside other ways to them.

PCMT answers all blocks of a screen with one call of `facts.queries.figures`; the peers of `benchmarks.peers` send one
query for each block. Every answer must be equal before any time is looked at. One reader and eight at once, each in
a process of its own; statements are counted, since they must not grow with what lies below a unit.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import attrs

from benchmarks import clients, peers, server, store
from benchmarks.harness import Goal, Report, arguments, middle, ms, ratio, say
from benchmarks.workloads import Workload, public
from pcmt.core.periods import DAY, STATISTICAL, Kind, Span

PEERS = ("dhis2-sql", "plain-sql")
READERS = 8
PAGES = {"S": 60, "M": 60, "L": 60, "XL": 60}


@attrs.frozen
class Block:
    """One block of a screen: these elements of these units over these windows."""

    units: tuple[int, ...]
    elements: tuple[int, ...]
    windows: tuple[Span, ...]


def screen(workload: Workload, unit: int, last: date) -> tuple[Block, ...]:
    """Twelve blocks about a unit at the end of the facts: itself over time, and what stands right below it."""
    parents = workload.parents()
    below = tuple(at for at, parent in enumerate(parents) if parent == unit)
    year = STATISTICAL.around(Kind.YEAR, last)
    quarters = tuple(STATISTICAL.named(Kind.QUARTER, last.year, at) for at in range(1, 5))
    months = tuple(STATISTICAL.named(Kind.MONTH, last.year, at) for at in range(1, 13))
    before = STATISTICAL.around(Kind.YEAR, year.start - DAY)
    before = before if workload.periods[0].start <= before.start else STATISTICAL.named(Kind.HALF_YEAR, last.year, 1)
    own, some = (unit,), tuple(range(min(10, len(workload.elements))))
    blocks = (
        Block(own, (0,), (year,)), Block(own, (0, 1), quarters), Block(own, (2,), months), Block(own, (4,), months),
        Block(below, (0, 1), (year,)), Block(below, (2, 3), (year,)), Block(below, (6,), quarters[-1:]),
        Block(own, some, (year,)), Block(own, some, (before,)), Block(own, (8,), months),
        Block(below, (4, 5), (STATISTICAL.named(Kind.HALF_YEAR, last.year, 2),)), Block(own, (10, 11), quarters),
    )  # fmt: skip
    return tuple(block for block in blocks if block.units)


def main() -> int:
    """Run it all."""
    chosen = arguments(__doc__.splitlines()[0], peers=PEERS)
    report = Report("dashboard", chosen.size)
    run(public(chosen.size), report, chosen.peers, chosen.repeat, PAGES[chosen.size])
    return report.finish(chosen.out)


def run(workload: Workload, report: Report, chosen: Sequence[str] = PEERS, repeat: int = 3, pages: int = 60) -> None:
    """Measure a workload; `report` is filled. Raises AssertionError when two answers differ."""
    socket = server.start()
    with server.connect(socket) as connection:
        report.notes.append(
            f"PostgreSQL {server.version(connection)}; {workload.count:,} facts, {len(workload.nodes):,} units."
        )
        here = store.lay(socket, workload)
        store.pour(connection, here, workload.chunks)
        store.rebuild_now()
        connection.execute("VACUUM ANALYZE facts_cell")
        peers.give_input(connection, workload.final())
        ways: dict[str, Peer] = {}
        if "dhis2-sql" in chosen:
            dhis2 = peers.Dhis2(socket, workload)
            dhis2.load()
            dhis2.rebuild()
            ways["dhis2-sql"] = dhis2
        if "plain-sql" in chosen:
            plain = peers.PlainSql(socket, workload)
            plain.load()
            ways["plain-sql"] = plain
        connection.execute("DROP TABLE bench_input")
        alone(report, connection, here, workload, ways, repeat, pages)
        together(report, here, workload, pages)


Peer = peers.Dhis2 | peers.PlainSql


def levels(workload: Workload) -> dict[str, list[int]]:
    """Some units of each level, of those that stand highest to those at the bottom."""
    inner = set(peers.inner(workload))
    provinces = [at for at, node in enumerate(workload.nodes) if node.level == "province" and at in inner]
    leaves = [at for at in range(len(workload.nodes)) if at not in inner]
    return {"nation": [0], "province": provinces[:8], "commune": leaves[:: max(1, len(leaves) // 40)][:40]}


def ours(here: store.Store, workload: Workload, unit: int, last: date) -> list[tuple[Any, ...]]:
    """The figures of a screen from what PCMT keeps."""
    from pcmt.apps.facts.asking import Ask
    from pcmt.apps.facts.queries import figures

    asked = {
        Ask(here.units[each], store.code(workload, element), window): (each, element, window.start, window.end)
        for block in screen(workload, unit, last)
        for each in block.units
        for element in block.elements
        for window in block.windows
    }
    answers = figures(asked, on=last)
    return [
        (*asked[ask], int(answer.figure.value))
        for ask, answer in answers.items()
        if isinstance(answer.figure.value, Fraction | int)
    ]


def theirs(peer: Peer, connection: Any, workload: Workload, unit: int, last: date) -> list[tuple[Any, ...]]:
    """The same from a peer, block by block."""
    return [
        row
        for block in screen(workload, unit, last)
        for row in peer.sums(connection, block.units, block.elements, block.windows)
    ]


@attrs.define
class Counted:
    """What went to the database meanwhile: how many statements, and how long they took with their answers."""

    statements: int = 0
    seconds: float = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Django's hook around each statement."""
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.statements += 1
            self.seconds += time.perf_counter() - began


def alone(
    report: Report,
    connection: Any,
    here: store.Store,
    workload: Workload,
    ways: dict[str, Peer],
    repeat: int,
    pages: int,
) -> None:
    """One reader, level by level; the ways one after the other, again and again."""
    from django.db import connection as django

    last = workload.periods[-1].last
    rows = [
        ["level", "way", "median ms", "p95 ms", "of these in the database", "statements", "figures", "times faster"]
    ]
    found: dict[str, dict[str, Any]] = {}
    for level, units in levels(workload).items():
        say(f"screens: {level}")
        some = units[:2] if level != "commune" else units[:6]
        for unit in some:
            mine = peers.checksum(set(ours(here, workload, unit, last)))
            for name, peer in ways.items():
                if (other := peers.checksum(set(theirs(peer, connection, workload, unit, last)))) != mine:
                    raise AssertionError(f"answers differ at the level {level}: PCMT {mine}, {name} {other}")
        taken: dict[str, list[float]] = {"PCMT": [], **{name: [] for name in ways}}
        inside: list[float] = []
        statements, figures = set(), 0
        for again in range(max(repeat, pages if level != "nation" else pages // 2)):
            unit = units[again % len(units)]
            counted = Counted()
            began = time.perf_counter()
            with django.execute_wrapper(counted):
                figures = len(ours(here, workload, unit, last))
            taken["PCMT"].append(time.perf_counter() - began)
            inside.append(counted.seconds)
            statements.add(counted.statements)
            for name, peer in ways.items():
                if sum(taken[name]) < 20 or again < 3:
                    began = time.perf_counter()
                    theirs(peer, connection, workload, unit, last)
                    taken[name].append(time.perf_counter() - began)
        base = middle(taken["PCMT"])
        for name, values in taken.items():
            is_ours = name == "PCMT"
            rows.append(
                [
                    level, name, ms(middle(values)), ms(middle(values, 0.95)), ms(middle(inside)) if is_ours else "all",
                    "/".join(map(str, sorted(statements))) if is_ours else str(len(screen(workload, units[0], last))),
                    str(figures), "" if is_ours else ratio(middle(values), base),
                ]
            )  # fmt: skip
        found[level] = {
            name: {"median": middle(values), "p95": middle(values, 0.95), "n": len(values)}
            for name, values in taken.items()
        }
        found[level]["PCMT"] |= {
            "database": middle(inside),
            "database_p95": middle(inside, 0.95),
            "statements": max(statements),
        }
    report.tables["A screen of twelve blocks, one reader"] = rows
    report.figures["alone"] = found
    nation, commune = found["nation"], found["commune"]
    if "dhis2-sql" in ways:
        many = nation["dhis2-sql"]["median"] / nation["PCMT"]["database"]
        report.goals.append(
            Goal("G7 the nation's screen, database part, against DHIS2-style", "≥ 200×", f"{many:,.0f}×", many >= 200)
        )
        report.figures["g7_whole"] = nation["dhis2-sql"]["median"] / nation["PCMT"]["median"]
        report.notes.append(f"With all that PCMT does in Python: {report.figures['g7_whole']:,.0f} times faster.")
    flat = nation["PCMT"]["database_p95"] / commune["PCMT"]["database_p95"]
    report.goals.append(
        Goal("G8 the nation's screen against a commune's, p95 in the database", "≤ 3×", f"{flat:.1f}×", flat <= 3)
    )
    most = {found[level]["PCMT"]["statements"] for level in found}
    report.goals.append(
        Goal(
            "statements of a screen, whatever lies below",
            "the same",
            " / ".join(map(str, sorted(most))),
            len(most) == 1,
        )
    )


def together(report: Report, here: store.Store, workload: Workload, pages: int) -> None:
    """Eight readers at once."""
    chosen = levels(workload)
    mix = [*chosen["nation"], *chosen["province"][:3], *chosen["commune"][:6]]
    rows = [["readers", "median ms", "p95 ms", "screens a second"]]
    bare = here.without_facts()
    for count in (1, READERS):
        say(f"readers: {count}")
        served = clients.together(reader, [(bare, mix, at) for at in range(count)], max(20, pages // 2))
        rows.append([str(count), ms(middle(served.seconds)), ms(middle(served.seconds, 0.95)), f"{served.rate:,.0f}"])
        report.figures[f"readers_{count}"] = {
            "median": middle(served.seconds), "p95": middle(served.seconds, 0.95), "rate": served.rate
        }  # fmt: skip
    report.tables["Readers at once: one screen in ten the nation's, three a province's, six a commune's"] = rows


def reader(here: store.Store, mix: Sequence[int], first: int) -> clients.Task:
    """A client that looks at one screen after the other."""
    workload = here.workload
    last = workload.periods[-1].last

    def task(at: int) -> None:
        ours(here, workload, mix[(first + at) % len(mix)], last)

    return task


if __name__ == "__main__":
    sys.exit(main())
