"""The national tree as of a day and figures rolled up along it, side by side with recursive SQL on PostgreSQL.

The core reads `data/units/`, resolves the tree of a day, and adds the figures of all communes up to the nation. The
same is asked of PostgreSQL in the same run: the same dated links in a table with the indexes that the query wants,
walked by a recursive query; and a closure table with dates, which is what PCMT itself keeps in the database. Answers
must be equal. Those times are of the clock, the fastest of several, since PostgreSQL works in processes of its own; its
memory holds all tables and it reports to this process over a Unix socket.
"""

import gc
import sys
import time
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.harness import Goal, Report, arguments, seconds
from pcmt.core.units import ALWAYS, STILL, History, history_from, restate, roll_up

Given = TypeVar("Given")

TABLES = ("provinces", "districts", "communes", "successions")
FOLDER = Path(__file__).parents[1] / "data/units"
DAYS = {"before, 1/1/2025": date(2025, 1, 1), "now, 1/1/2026": date(2026, 1, 1)}
REPEATS = {"S": 7, "M": 25, "L": 100}
LIMIT = 0.150

SCHEMA = """
CREATE TABLE link (child text NOT NULL, parent text NOT NULL, valid_from date NOT NULL, valid_to date NOT NULL);
CREATE TABLE closure (
  ancestor text NOT NULL, descendant text NOT NULL, valid_from date NOT NULL, valid_to date NOT NULL
);
CREATE TABLE fact (day date NOT NULL, unit text NOT NULL, value bigint NOT NULL, PRIMARY KEY (day, unit));
"""
INDEXES = """
CREATE INDEX ON link (child, valid_from, valid_to) INCLUDE (parent);
CREATE INDEX ON link (parent, valid_from, valid_to) INCLUDE (child);
CREATE INDEX ON closure (descendant, valid_from, valid_to) INCLUDE (ancestor);
"""
TREE = """
WITH RECURSIVE tree (unit, parent) AS (
  SELECT 'VN'::text, NULL::text
  UNION ALL
  SELECT link.child, link.parent FROM tree JOIN link ON link.parent = tree.unit
  WHERE link.valid_from <= %(on)s AND %(on)s < link.valid_to
) SELECT unit, parent FROM tree
"""
ROLL_UP = """
WITH RECURSIVE up (unit, value) AS (
  SELECT unit, value FROM fact WHERE day = %(on)s
  UNION ALL
  SELECT link.parent, up.value FROM up JOIN link ON link.child = up.unit
  WHERE link.valid_from <= %(on)s AND %(on)s < link.valid_to
) SELECT unit, sum(value)::bigint FROM up GROUP BY unit
"""
CLOSURE = """
SELECT closure.ancestor, sum(fact.value)::bigint FROM fact JOIN closure ON closure.descendant = fact.unit
WHERE fact.day = %(on)s AND closure.valid_from <= %(on)s AND %(on)s < closure.valid_to GROUP BY closure.ancestor
"""


def fastest(call: Callable[[], object], repeats: int) -> float:
    """Seconds by the clock of the fastest of so many calls, after one that is not counted."""
    return fastest_on(lambda: None, lambda _nothing: call(), repeats)


def fastest_on(prepare: Callable[[], Given], call: Callable[[Given], object], repeats: int) -> float:
    """The same for a call that needs something new each time; making that is not counted."""
    best = float("inf")
    for repeat in range(repeats + 1):
        given = prepare()
        gc.collect()
        began = time.perf_counter()
        call(given)
        best = min(best, time.perf_counter() - began) if repeat else best
    return best


def ms(value: float) -> str:
    """Milliseconds."""
    return f"{value * 1000:,.2f}"


def times(theirs: float, ours: float) -> str:
    """How many times faster the core is."""
    return f"{theirs / ours:.1f}"


def figures(history: History, on: date) -> dict[str, int]:
    """A figure for every leaf of a day: the same in every run."""
    return {key: int(history.units[key].code or 0) % 997 + 1 for key in history.tree(on).leaves}


def fill(connection: Any, history: History) -> None:
    """The same units, links and figures in PostgreSQL."""
    clip = {ALWAYS: date(1900, 1, 1), STILL: date(9999, 1, 1)}
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        with cursor.copy("COPY link FROM STDIN") as rows:
            for unit in history.units.values():
                for span in unit.spans:
                    if span.parent is not None:
                        start, end = clip.get(span.start, span.start), clip.get(span.end, span.end)
                        rows.write_row((unit.key, span.parent, start, end))
        ends = sorted({clip[ALWAYS], *(day for day in history.by_day), clip[STILL]})
        with cursor.copy("COPY closure FROM STDIN") as rows:
            for begin, end in pairwise(ends):
                tree = history.tree(begin)
                for key in tree.parents:
                    for above in (key, *tree.above(key)):
                        rows.write_row((above, key, begin, end))
        with cursor.copy("COPY fact FROM STDIN") as rows:
            for on in DAYS.values():
                for key, value in figures(history, on).items():
                    rows.write_row((on, key, value))
        cursor.execute(INDEXES)
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE")


def ask(connection: Any, query: str, on: date) -> list[tuple[Any, ...]]:
    """All rows of a query on a day."""
    rows: list[tuple[Any, ...]] = connection.execute(query, {"on": on}, prepare=True).fetchall()
    return rows


def alone(report: Report, texts: dict[str, str], history: History, repeats: int) -> None:
    """What the core does by itself."""
    before, now = DAYS.values()
    # With the first day asked: that puts the spans of all units in a row for every later day.
    load = seconds(lambda: history_from(texts).tree(now), repeats=max(5, repeats // 2))
    old = figures(history, before)
    carried = seconds(lambda: restate(history, old, at=before, to=now), repeats=max(5, repeats // 4))
    total = sum(restate(history, old, at=before, to=now).values.values())
    if total != sum(old.values()):
        raise AssertionError("figures were lost on the way")
    rows = [
        ["step", "units", "ms of the processor"],
        ["reading the tables into a history, first day asked", f"{len(history.units):,}", ms(load)],
        [f"{len(old):,} figures of 1/1/2025 on the boundaries of 1/1/2026", f"{len(old):,}", ms(carried)],
    ]
    report.tables["The core alone"] = rows
    report.figures |= {"load_seconds": load, "restate_seconds": carried, "units": len(history.units)}
    report.goals.append(
        Goal("the national tree in memory", f"≤ {LIMIT * 1000:.0f} ms", f"{ms(load)} ms", load <= LIMIT)
    )


def side_by_side(report: Report, history: History, repeats: int) -> None:
    """The core and PostgreSQL, the same questions."""
    try:
        import psycopg

        from tests import pgbox

        socket = pgbox.start()
    except (ImportError, RuntimeError) as problem:
        report.notes.append(f"No PostgreSQL, no comparison: {problem}")
        return
    with psycopg.connect(host=socket, user="postgres", dbname="postgres") as connection:
        fill(connection, history)
        version = connection.execute("SHOW server_version").fetchone()
        report.notes.append(f"PostgreSQL {version[0] if version else '?'}; psycopg, prepared statements.")
        rows = [
            [
                "question",
                "day",
                "units",
                "core ms",
                "recursive SQL ms",
                "times faster",
                "closure SQL ms",
                "times faster",
            ]
        ]
        for label, on in DAYS.items():
            values = figures(history, on)
            tree = history.tree(on)
            totals = roll_up(tree, values)
            if dict(ask(connection, TREE, on)) != dict(tree.parents):
                raise AssertionError("PostgreSQL has another tree")
            if not dict(ask(connection, ROLL_UP, on)) == dict(ask(connection, CLOSURE, on)) == totals:
                raise AssertionError("PostgreSQL has other sums")

            def fresh(on: date = on) -> History:
                """A history that was asked for every day but this one; it keeps the trees that it was asked for."""
                new = History(history.units, history.successions)
                for other in DAYS.values():
                    if other != on:
                        new.tree(other)
                return new

            def tree_of(new: History, on: date = on) -> object:
                return new.tree(on).downward

            def sums(new: History, on: date = on, values: dict[str, int] = values) -> object:
                return roll_up(new.tree(on), values)

            resolve = fastest_on(fresh, tree_of, repeats)
            sql_resolve = fastest(lambda on=on: ask(connection, TREE, on), repeats)
            core_first = fastest_on(fresh, sums, repeats)
            core_again = fastest_on(lambda: history, sums, repeats)
            sql = fastest(lambda on=on: ask(connection, ROLL_UP, on), repeats)
            closure = fastest(lambda on=on: ask(connection, CLOSURE, on), repeats)
            count = f"{len(tree.parents):,}"
            rows += [
                ["the tree", label, count, ms(resolve), ms(sql_resolve), times(sql_resolve, resolve), "", ""],
                [
                    *("the tree, and every leaf up to the nation", label, count, ms(core_first)),
                    *(ms(sql), times(sql, core_first), ms(closure), times(closure, core_first)),
                ],
                [
                    *("other figures up the same tree", label, count, ms(core_again)),
                    *(ms(sql), times(sql, core_again), ms(closure), times(closure, core_again)),
                ],
            ]
            report.figures[label] = {
                "units": len(tree.parents),
                "core_tree": resolve,
                "sql_tree": sql_resolve,
                "core_roll_up_first": core_first,
                "core_roll_up_again": core_again,
                "sql_roll_up": sql,
                "closure_roll_up": closure,
            }
            report.goals += [
                Goal(f"{what}, {label}", f"≥ {wanted}×", f"{theirs / ours:.1f}×", theirs / ours >= wanted)
                for what, ours, theirs, wanted in (
                    ("the tree, against recursive SQL", resolve, sql_resolve, 1),
                    ("tree and sums, against recursive SQL", core_first, sql, 1),
                    ("sums again, against recursive SQL", core_again, sql, 5),
                )
            ]
        report.tables["Side by side with PostgreSQL"] = rows


def main() -> int:
    """Run it all."""
    chosen = arguments(__doc__.splitlines()[0])
    report = Report("units", chosen.size)
    texts = {name: (FOLDER / f"{name}.tsv").read_text(encoding="utf-8") for name in TABLES}
    history = history_from(texts)
    alone(report, texts, history, REPEATS[chosen.size])
    side_by_side(report, history, REPEATS[chosen.size])
    return report.finish(chosen.out)


if __name__ == "__main__":
    sys.exit(main())
