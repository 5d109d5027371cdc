"""What a report and a screen cost is counted: it grows with what is told and asked, not with what is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.models import Cell, Element, Fact, Recording
from pcmt.apps.facts.operations import Entry, record_facts
from pcmt.apps.facts.queries import figures
from pcmt.apps.units.operations import NewUnit, create_units
from pcmt.core.measures import kept
from pcmt.core.periods import STATISTICAL, Kind, Span

AT = datetime(2026, 3, 2, 3, tzinfo=UTC)
CODES = ("one", "two", "three")
JANUARY, FEBRUARY = (STATISTICAL.named(Kind.MONTH, 2026, month) for month in (1, 2))
YEAR = STATISTICAL.named(Kind.YEAR, 2026)


@pytest.fixture
def land(db: None) -> dict[str, int]:
    """A nation; a province with twelve communes; one commune with hamlets, four levels deep."""
    rows = [NewUnit(key="nation", name="Nước", kind="administrative", level="central")]
    rows += [
        NewUnit(key=key, name=f"Tỉnh {key}", kind="administrative", level="province", parent="nation")
        for key in ("here", "there")
    ]
    rows += [
        NewUnit(key=f"c{at}", name=f"Xã {at}", kind="administrative", level="commune", parent="here")
        for at in range(12)
    ]
    rows += [NewUnit(key="hamlet", name="Thôn 1", kind="administrative", level="hamlet", parent="c0")]
    for code in CODES:
        Element.objects.create(code=code, nature="flow", over_time="sum", over_units="sum")
    return {key: unit.pk for key, unit in create_units(actor=None, at=AT, rows=rows).items()}


def tell(unit_id: int, span: Span, number: int, codes: tuple[str, ...] = CODES) -> int:
    """Tell a number for each of the elements; how many statements that took."""
    with CaptureQueriesContext(connection) as asked:
        told = record_facts(actor=None, at=AT, entries=[Entry(unit_id, code, span, Decimal(number)) for code in codes])
    assert isinstance(told, Recording)
    return len(asked)


def touched(unit_id: int, span: Span, number: int) -> tuple[int, int]:
    """Tell numbers; how many facts came, and how many rows of sums are others than before."""
    before, facts = set(Cell.objects.values_list()), Fact.objects.count()
    tell(unit_id, span, number)
    return Fact.objects.count() - facts, len(set(Cell.objects.values_list()) - before)


@pytest.mark.parametrize(("unit", "above"), [("c1", 2), ("hamlet", 3)])
def test_a_report_writes_its_periods_times_the_levels_above(land: dict[str, int], unit: str, above: int) -> None:
    periods = len(kept(JANUARY))
    assert touched(land[unit], JANUARY, 5) == (len(CODES), len(CODES) * periods * above)
    # A correction closes the number before it and touches the same sums, no more.
    assert touched(land[unit], JANUARY, 6) == (len(CODES), len(CODES) * periods * above)


def test_the_statements_of_a_report_do_not_grow(land: dict[str, int]) -> None:
    first = tell(land["c1"], JANUARY, 5)
    for at in range(2, 12):
        tell(land[f"c{at}"], JANUARY, at)
    assert tell(land["c1"], FEBRUARY, 5) <= first
    assert tell(land["hamlet"], FEBRUARY, 5) <= first
    alone = tell(land["c2"], FEBRUARY, 5, CODES[:1])
    assert alone == tell(land["c3"], FEBRUARY, 5)
    assert alone <= 24


def test_the_statements_of_a_screen_do_not_grow(land: dict[str, int]) -> None:
    for at in range(1, 12):
        tell(land[f"c{at}"], JANUARY, at)
    communes = [land[f"c{at}"] for at in range(1, 12)]
    counts, answers = set(), {}
    for units in ([land["nation"]], [land["c1"]], [land["nation"], land["here"], *communes]):
        asks = [Ask(unit, code, window) for unit in units for code in CODES for window in (JANUARY, YEAR)]
        with CaptureQueriesContext(connection) as asked:
            answers |= figures(asks, on=date(2026, 3, 1))
        counts.add(len(asked))
    assert len(counts) == 1, counts
    assert counts.pop() <= 7
    assert answers[Ask(land["nation"], "one", YEAR)].figure.value == sum(range(1, 12))


def test_a_screen_reads_the_sums_it_asks_for(land: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Much of one unit and little of all below it must not read all of all."""
    for at in range(1, 12):
        tell(land[f"c{at}"], JANUARY, at)
    read: list[int] = []
    fetched = Fact.objects.counting().__class__.values_list

    def counting(query: object, *fields: str, **more: object) -> object:
        rows = fetched(query, *fields, **more)  # type: ignore[arg-type]
        read.append(len(rows))
        return rows

    monkeypatch.setattr(Fact.objects.counting().__class__, "values_list", counting)
    asks = [Ask(land["c1"], code, YEAR) for code in CODES]
    asks += [Ask(land[f"c{at}"], "one", YEAR) for at in range(2, 12)]
    figures(asks, on=date(2026, 3, 1))
    assert sum(read) == len(asks)
