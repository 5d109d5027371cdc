"""Registers of 250,000 people with five years of tests: lists, the queue of what is due, counts, one new record.

People are spread over 3,321 communes as they are in life, a few in most and many in some. Everything is laid down by
statements that write thousands of rows. Beside each question of the program stands the plainest SQL that counts the
same rows, and both answers must be equal before any time is looked at. What a new record costs is measured with a tenth
of the people and with all of them: a commune's work must not grow with the country. By the clock; the fastest of
several.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.harness import Goal, Report, ms, ratio, say

SIZES = {"S": (2_500, 33, 12), "M": (25_000, 332, 36), "L": (250_000, 3_321, 60)}
"""People, communes, months of tests."""
REPEATS = 5
TODAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
FIRST = date(2021, 12, 1)
BATCH = 20_000


def main() -> int:
    """Run it on one database."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=list(SIZES), default="S", help="how many people, communes and months")
    parser.add_argument("--on", choices=["sqlite", "pg"], default="sqlite", help="the database")
    parser.add_argument("--out", type=Path, help="also write the figures as JSON")
    chosen = parser.parse_args()
    report = Report("registers", chosen.size)
    with tempfile.TemporaryDirectory(prefix="pcmt-bench-") as folder:
        from benchmarks.consolidate import start

        report.notes.append(start(chosen.on, Path(folder)))
        run(report, *SIZES[chosen.size])
        code = report.finish(chosen.out)
        from django.db import connections

        connections.close_all()
    return code


def run(report: Report, people: int, communes: int, months: int) -> None:
    """Lay a tenth, measure a new record; lay the rest, measure everything."""
    from pcmt.apps.facts.operations import load_catalogue

    load_catalogue()
    units = laid_units(communes)
    dice = random.Random(17)
    laid(units, people // 10, months, dice)
    few = new_record(units)
    began = time.perf_counter()
    laid(units, people - people // 10, months, dice)
    say(f"{people} people laid in {time.perf_counter() - began:.0f} s")
    many = new_record(units)
    report.tables["One new test: written, and its commune marked"] = [
        ["people", "ms", "statements"],
        [f"{people // 10:,}", ms(few[0]), str(few[1])],
        [f"{people:,}", ms(many[0]), str(many[1])],
    ]
    rows = [["question", "ms", "plain SQL, ms", "times plain SQL"]]
    for name, ours, plain in questions(units):
        mine, said = fastest(ours)
        theirs, told = fastest(plain)
        assert said == told, f"{name}: {said} is not {told}"
        rows.append([name, ms(mine), ms(theirs), ratio(mine, theirs)])
        report.figures[name] = {"ours": mine, "plain": theirs}
    report.tables["Questions of one commune and of the country"] = rows
    recounts = [["commune", "people", "ms", "ms a person"]]
    for name, unit_id in (("largest", units[0]), ("in the middle", units[len(units) // 2])):
        seconds, held = counted(unit_id)
        recounts.append([name, str(held), ms(seconds), f"{seconds * 1000 / max(held, 1):.2f}"])
    report.tables["A commune counted again, two half months"] = recounts
    report.notes.append(f"{people:,} people in {communes:,} communes, {months} months of tests.")
    report.goals += [
        Goal("a new record with ten times the people", "≤ 1.5×", ratio(many[0], few[0]), many[0] <= 1.5 * few[0]),
        Goal("its statements", "the same", f"{few[1]} → {many[1]}", few[1] == many[1]),
    ]
    report.figures |= {"new_record_few": few[0], "new_record": many[0]}


def fastest(ask: Callable[[], Any]) -> tuple[float, Any]:
    """The fastest of several, and what it answered."""
    best, said = float("inf"), None
    for _each in range(REPEATS):
        began = time.perf_counter()
        said = ask()
        best = min(best, time.perf_counter() - began)
    return best, said


def laid_units(communes: int) -> list[int]:
    """A province with its communes."""
    from pcmt.apps.units.operations import NewUnit, create_units

    rows = [NewUnit(key="p", name="Tỉnh Đo", kind="administrative", level="province", code="99")]
    rows += [
        NewUnit(key=f"c{at}", name=f"Xã Đo {at}", kind="administrative", level="commune", parent="p", code=f"{at:05}")
        for at in range(communes)
    ]
    made = create_units(actor=None, at=AT, rows=rows)
    return [made[f"c{at}"].pk for at in range(communes)]


def laid(units: list[int], people: int, months: int, dice: random.Random) -> None:
    """People with a stay, a status, monthly windows and tests; a fifth of the communes hold half of them."""
    from pcmt.apps.registers import models

    busy = units[: max(1, len(units) // 5)]
    start = models.Subject.objects.count()
    for begin in range(0, people, 2_000):
        count = min(2_000, people - begin)
        homes = [dice.choice(busy if dice.random() < 0.5 else units) for _each in range(count)]
        subjects = models.Subject.objects.bulk_create(
            models.Subject(
                code=f"HS-B{start + begin + at:07}", unit_id=home, sex="male" if dice.random() < 0.9 else "female",
                birth_year=dice.randint(1965, 2010), opened_at=AT,
            )
            for at, home in enumerate(homes)
        )  # fmt: skip
        since = [FIRST + timedelta(days=dice.randint(0, 300)) for _each in subjects]
        rows = list(zip(subjects, homes, since, strict=True))
        models.Stay.objects.bulk_create(
            models.Stay(subject=who, unit_id=home, from_on=day, why="opened") for who, home, day in rows
        )
        papers = models.Paper.objects.bulk_create(
            models.Paper(subject=who, title="Kết quả", number="1", signed_on=day, decider="Giám đốc", state="signed",
                         made_at=AT)
            for who, _home, day in rows
        )  # fmt: skip
        spells = models.Spell.objects.bulk_create(
            models.Spell(subject=who, category="addict", unit_id=home, triggered_on=day, starts_on=day,
                         start_ground="addict.finding", start_paper=paper, made_at=AT)
            for (who, home, day), paper in zip(rows, papers, strict=True)
        )  # fmt: skip
        for some in batches(windows(rows, spells, months, dice)):
            clocks = models.Clock.objects.bulk_create(clock for clock, _test in some)
            tests = [(clock, test) for clock, (_same, test) in zip(clocks, some, strict=True) if test is not None]
            for clock, test in tests:
                test.clock = clock
            models.DrugTest.objects.bulk_create(test for _clock, test in tests)


def windows(rows: Any, spells: Any, months: int, dice: random.Random) -> Iterator[tuple[Any, Any]]:
    """A window each month until today: nine in ten kept, one in fifty tests positive, the running one open."""
    from pcmt.apps.registers.models import Clock, DrugTest

    for (who, home, _since), spell in zip(rows, spells, strict=True):
        day = TODAY + timedelta(days=dice.randint(-5, 20))
        for at in range(months):
            due = day - timedelta(days=30 * at)
            kept = at > 0 and dice.random() < 0.9
            outcome = "" if at == 0 else ("done" if kept else "missed")
            clock = Clock(
                subject=who, spell=spell, unit_id=home, kind="test", limit="plan.1", opened_at=AT,
                opens_on=due - timedelta(days=14), due_on=due, state="open" if at == 0 else "done", outcome=outcome,
                done_at=None if at == 0 else AT, done_on=None if at == 0 else due,
            )  # fmt: skip
            result = "positive" if dice.random() < 0.02 else "negative"
            test = DrugTest(subject=who, unit_id=home, on=due, made_at=AT, ground="managed", result=result)
            yield clock, test if kept else None


def batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    """Rows some thousands at a time."""
    some: list[Any] = []
    for row in rows:
        some.append(row)
        if len(some) == BATCH:
            yield some
            some = []
    if some:
        yield some


def new_record(units: list[int]) -> tuple[float, int]:
    """What one test costs whoever writes it, in a commune that stays as it is; and its statements."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from pcmt.apps.registers.models import DrugTest, Subject
    from pcmt.apps.registers.operations.counting import mark

    who = Subject.objects.filter(unit_id=units[-1]).first() or Subject.objects.first()
    assert who is not None
    best, statements = float("inf"), 0
    for _each in range(REPEATS * 4):
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as captured, transaction.atomic():
            DrugTest.objects.create(
                subject=who, unit_id=who.unit_id, on=TODAY, made_at=AT, ground="managed", result="negative"
            )
            mark([who.unit_id], TODAY, AT)
        best, statements = min(best, time.perf_counter() - began), len(captured)
    return best, statements


def questions(units: list[int]) -> Iterator[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    """What is asked, of the program and of plain SQL."""
    from django.db import connection

    from pcmt.apps.facts.asking import Ask
    from pcmt.apps.facts.queries import figures
    from pcmt.apps.registers.models import Clock, Subject
    from pcmt.apps.registers.operations.counting import count_unit
    from pcmt.apps.units.models import Unit
    from pcmt.core.periods import STATISTICAL, Kind

    def sql(text: str, *params: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(text, params)
            return cursor.fetchall()

    here = units[0]
    yield (
        "a commune's list, first page",
        lambda: list(Subject.objects.standing().filter(unit_id=here).order_by("pk").values_list("pk")[:50]),
        lambda: [tuple(row) for row in sql("SELECT id FROM registers_subject WHERE unit_id = %s ORDER BY id LIMIT 50",
                                           here)],
    )  # fmt: skip
    yield (
        "a commune's overdue clocks",
        lambda: Clock.objects.filter(unit_id=here).overdue(AT, TODAY).count(),
        lambda: sql("SELECT count(*) FROM registers_clock WHERE unit_id = %s AND state = 'open' AND due_on < %s",
                    here, TODAY)[0][0],
    )  # fmt: skip
    month = STATISTICAL.named(Kind.MONTH, 2026, 10)
    for unit_id in units:  # the figures that the program keeps; laid once
        count_unit(unit_id=unit_id, start=date(2026, 10, 16), at=AT)
    province = Unit.objects.get(code="99").pk
    for name, unit_id, where in (("a commune", here, f"unit_id = {here}"), ("the country", province, "true")):
        ask = Ask(unit_id, "tests_taken", month)
        yield (
            f"tests of a month, {name}",
            lambda ask=ask: int(figures([ask], on=TODAY)[ask].figure.value or 0),
            lambda where=where: sql(
                f'SELECT count(*) FROM registers_drugtest WHERE {where} AND "on" >= %s AND "on" < %s '
                "AND voided_at IS NULL AND result <> 'refused'", month.start, month.end)[0][0],
        )  # fmt: skip
        ask = Ask(unit_id, "addicts_with_file", month)
        yield (
            f"people with a file, {name}",
            lambda ask=ask: int(figures([ask], on=TODAY)[ask].figure.value or 0),
            lambda where=where: sql(
                "SELECT count(DISTINCT s.subject_id) FROM registers_spell s JOIN registers_stay t "
                f"ON t.subject_id = s.subject_id WHERE t.{where} AND s.category = 'addict' AND s.starts_on < %s "
                "AND s.ended_on IS NULL AND t.to_on IS NULL".replace("t.true", "true"), month.end)[0][0],
        )  # fmt: skip


def counted(unit_id: int) -> tuple[float, int]:
    """How long a commune takes, and how many people it holds."""
    from pcmt.apps.registers.models import Subject
    from pcmt.apps.registers.operations.counting import count_unit

    best, _said = fastest(lambda: count_unit(unit_id=unit_id, start=TODAY, at=AT))
    return best, Subject.objects.filter(unit_id=unit_id).count()


if __name__ == "__main__":
    raise SystemExit(main())
