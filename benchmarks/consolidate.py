"""130 reports of 60 lines consolidated by PCMT, beside adding up the same 130 sheets with openpyxl, in one run.

PCMT finds who owes a report and who is late, reads the accepted editions, adds them up, keeps run, parts and texts,
writes the lines of the report, marks each report as gathered and notes all of it in the log: one call, committed. The
peer opens the workbooks that the communes would have sent otherwise and adds up their numbers; nothing else. Both sums
must be equal before any time is looked at. By the clock; the fastest of several. Statements are counted, since they
must not grow with the number of communes.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.harness import Goal, Report, ms, ratio, say

SIZES = {"S": (30, 20), "M": (130, 60), "L": (400, 60)}
"""Communes and lines."""
REPEATS = 3
AT = datetime(2026, 3, 2, 3, tzinfo=UTC)


def main() -> int:
    """Run it on one database."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=list(SIZES), default="M", help="how many communes and lines")
    parser.add_argument("--on", choices=["sqlite", "pg"], default="sqlite", help="the database")
    parser.add_argument("--out", type=Path, help="also write the figures as JSON")
    chosen = parser.parse_args()
    report = Report("consolidate", chosen.size)
    with tempfile.TemporaryDirectory(prefix="pcmt-bench-") as folder:
        report.notes.append(start(chosen.on, Path(folder)))
        run(report, *SIZES[chosen.size], Path(folder))
        code = report.finish(chosen.out)
        from django.db import connections

        connections.close_all()
    return code


def start(database: str, folder: Path) -> str:
    """The program on a fresh database; which one it is."""
    if database == "pg":
        from benchmarks import server

        socket = server.start()
        with server.connect(socket) as connection:
            return f"PostgreSQL {server.version(connection)}, durable commits."
    os.environ |= {
        "PCMT_DATA": str(folder),
        "PCMT_SECRET_KEY": "only for benchmarks",
        "DJANGO_SETTINGS_MODULE": "pcmt.config.settings",
    }
    import sqlite3

    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    return f"SQLite {sqlite3.sqlite_version}, WAL."


def run(report: Report, communes: int, lines: int, folder: Path) -> None:
    """Lay the reports and the sheets, compare, measure."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from pcmt.apps.reports.models import Consolidation
    from pcmt.apps.reports.operations.consolidating import consolidate

    few = laid(min(20, communes - 1), lines, "Ít")
    with CaptureQueriesContext(connection) as captured:
        consolidate(actor=few.actor, at=AT, submission_id=few.rungs.report.pk)
    statements_few = len(captured)
    say(f"{communes} reports of {lines} lines")
    world = laid(communes, lines, "Xã")
    sheets = written(world, folder)
    ours, theirs, statements = [], [], 0
    for at in range(REPEATS):
        world.correct(at)
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            made = consolidate(actor=world.actor, at=AT, submission_id=world.rungs.report.pk, seen=at)
        ours.append(time.perf_counter() - began)
        assert isinstance(made, Consolidation), made
        statements = len(captured)
        sheets[at] = sheet(world.values[at], folder / f"{at}.xlsx")
        began = time.perf_counter()
        sums = added(sheets)
        theirs.append(time.perf_counter() - began)
        kept = {key: Decimal(each["value"]) for key, each in made.figures["lines"].items()}
        assert kept == sums, "the sums differ"
        say(f"run {at + 1}: {ours[-1]:.2f} s, openpyxl {theirs[-1]:.2f} s")
    mine, peer = min(ours), min(theirs)
    report.tables["One consolidation"] = [
        ["way", "ms", "times as long as PCMT", "statements"],
        ["PCMT: consolidated, kept, marked, logged", ms(mine), "1", str(statements)],
        [f"openpyxl: {communes} workbooks opened and added up", ms(peer), ratio(peer, mine), ""],
    ]
    report.notes.append(
        f"{communes} reports of {lines} lines; statements with {min(20, communes - 1)} reports: {statements_few}."
    )
    report.goals += [
        Goal("against adding up the same sheets", "≥ 1×", ratio(peer, mine), peer >= mine),
        Goal("in seconds", "≤ 5 s", f"{mine:.2f} s", mine <= 5),
        Goal("statements do not grow with the communes", "≤ 5 more (batches)", f"{statements_few} → {statements}",
             statements <= statements_few + 5),
    ]  # fmt: skip
    report.figures |= {"ours": mine, "openpyxl": peer, "statements": statements, "statements_few": statements_few}


class World:
    """A province whose communes have all reported."""

    def __init__(self, rungs: Any, actor: Any, values: list[dict[str, int]]) -> None:
        self.rungs, self.actor, self.values = rungs, actor, values

    def correct(self, at: int) -> None:
        """One commune's numbers are corrected and accepted, so that a run finds something new."""
        self.values[at] = {key: value + 1 for key, value in self.values[at].items()}
        self.rungs.hand_in(at, self.values[at], text=TEXT)


TEXT = "Tình hình an ninh trật tự cơ bản ổn định. " * 12


def laid(communes: int, lines: int, name: str) -> World:
    """Units, people, a form, reports sent and accepted: the same in every run."""
    from pcmt.apps.accounts.models import Actor, User
    from pcmt.apps.accounts.operations import create_user, grant_role
    from pcmt.apps.units.operations import NewUnit, create_units
    from pcmt.core.schemas import Line, ReportSchema, Section, SectionKind
    from tests.factories.ladders import ladder, plan_of

    rows = [
        NewUnit(key="top", name=f"Tỉnh {name}", kind="administrative", level="province"),
        NewUnit(key="office", name=f"Công an tỉnh {name}", kind="agency", level="province", parent="top"),
        *(
            NewUnit(key=f"c{at}", name=f"{name} {at:03}", kind="administrative", level="commune", parent="top")
            for at in range(communes)
        ),
    ]
    units = create_units(actor=None, at=AT, rows=rows)
    user = create_user(actor=None, at=AT, username=f"office.{communes}", full_name="Lương Thế An")
    assert isinstance(user, User)
    office = units["office"]
    grant_role(actor=None, at=AT, user_id=user.pk, role="standing_office", unit_id=office.pk)
    actor = Actor(user.pk, user.full_name, "standing_office", office.pk, office.name, AT.date())
    schema = ReportSchema(
        code=f"bench-{communes}",
        title="Báo cáo",
        sections=(
            Section(key="general", title="Tình hình", kind=SectionKind.NARRATIVE),
            Section(
                key="numbers",
                title="Số liệu",
                kind=SectionKind.FIGURES,
                lines=tuple(Line(key=f"l{at}", label=f"Dòng {at}", element=f"bench_{at}") for at in range(lines)),
            ),
        ),
    )
    below = [units[f"c{at}"] for at in range(communes)]
    rungs = ladder(plan_of(office, user.pk), office, below, above=units["top"], schema=schema, below_schema=schema)
    chance = random.Random(7)
    values = [{f"l{at}": chance.randrange(0, 5000) for at in range(lines)} for _each in below]
    for at, told in enumerate(values):
        rungs.hand_in(at, told, text=TEXT, day=AT.date() - timedelta(days=11 if at % 9 else 3))
    return World(rungs, actor, values)


def written(world: World, folder: Path) -> list[Path]:
    """The same numbers as the workbooks that communes would send."""
    return [sheet(values, folder / f"{at}.xlsx") for at, values in enumerate(world.values)]


def sheet(values: dict[str, int], path: Path) -> Path:
    """One commune's workbook: a heading, a row for each line."""
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    page.append(["Mã", "Chỉ tiêu", "Số"])
    for key, value in values.items():
        page.append([key, f"Dòng {key}", value])
    book.save(path)
    return path


def added(paths: list[Path]) -> dict[str, Decimal]:
    """The sums of all workbooks, the fastest way that openpyxl has."""
    from openpyxl import load_workbook

    sums: dict[str, Decimal] = {}
    for path in paths:
        book = load_workbook(path, read_only=True, data_only=True)
        for key, _label, value in book.active.iter_rows(min_row=2, values_only=True):
            if value is not None:
                sums[key] = sums.get(key, Decimal(0)) + value
        book.close()
    return sums


if __name__ == "__main__":
    sys.exit(main())
