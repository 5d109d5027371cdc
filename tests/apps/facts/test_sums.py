"""The sums that are kept equal a recount, whatever happens to numbers and units; what a report costs is counted."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.models import Cell, Element, Fact, Recording
from pcmt.apps.facts.operations import Entry, keep_span, rebuild, record_facts, undo_recording, verify
from pcmt.apps.facts.queries import figures, lineage
from pcmt.apps.facts.queries.keeping import core_element, kept_windows
from pcmt.apps.facts.queries.scanning import scanned
from pcmt.apps.units.drafts import Draft
from pcmt.apps.units.models import Unit, UnitClosure, holds_on
from pcmt.apps.units.operations import NewUnit, create_units, plan_reorganisation
from pcmt.apps.units.queries import history
from pcmt.core import measures
from pcmt.core import units as core
from pcmt.core.measures import counts_in, is_kept, shares
from pcmt.core.periods import ADMINISTRATIVE, STATISTICAL, Kind, Span

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
ELEMENTS = ("flow", "stock", "most", "alone", "mean", "exact")


def moment(day: date) -> datetime:
    return datetime.combine(day, time(3), UTC)


def elements() -> None:
    rows = (
        ("flow", "flow", "sum", "sum", 0), ("stock", "stock", "last", "sum", 0), ("most", "flow", "max", "sum", 1),
        ("alone", "stock", "last", "none", 0), ("mean", "stock", "mean", "sum", 0), ("exact", "flow", "none", "sum", 2),
    )  # fmt: skip
    for code, nature, over_time, over_units, places in rows:
        Element.objects.create(code=code, nature=nature, over_time=over_time, over_units=over_units, places=places)


def spans(pick: random.Random, today: date) -> Span:
    """A period that somebody might tell a number for: mostly months, of either calendar."""
    day = FIRST + timedelta(days=pick.randrange((today - FIRST).days))
    kind = pick.choice([Kind.MONTH] * 6 + [Kind.WEEK] * 3 + [Kind.QUARTER, Kind.HALF_YEAR, Kind.YEAR, Kind.DAY])
    calendar = pick.choice([STATISTICAL, STATISTICAL, ADMINISTRATIVE])
    if pick.random() < 0.1:
        return Span(day, day + timedelta(days=pick.randrange(1, 40)))
    return calendar.around(kind, day)


@attrs.define
class Land:
    """A country that changes while numbers are told."""

    pick: random.Random
    day: date = FIRST
    made: int = 0
    recordings: list[int] = attrs.field(factory=list)

    @classmethod
    def of(cls, seed: int) -> Land:
        elements()
        rows = [NewUnit(key="n", name="Nước", kind="administrative", level="central")]
        for p in range(2):
            rows.append(NewUnit(key=f"p{p}", name=f"Tỉnh {p}", kind="administrative", level="province", parent="n"))
            rows += [
                NewUnit(key=f"c{p}{c}", name=f"Xã {p}{c}", kind="administrative", level="commune", parent=f"p{p}")
                for c in range(3)
            ]
            rows.append(NewUnit(key=f"h{p}", name=f"Thôn {p}", kind="administrative", level="hamlet", parent=f"c{p}0"))
        create_units(actor=None, at=moment(FIRST), rows=rows)
        return cls(random.Random(seed))

    def standing(self, *levels: str) -> list[Unit]:
        rows = Unit.objects.as_of(self.day).order_by("pk")
        return list(rows.filter(level__in=levels) if levels else rows)

    def tell(self) -> None:
        entries = []
        for _entry in range(self.pick.randrange(4, 12)):
            span = spans(self.pick, self.day)
            value = None if self.pick.random() < 0.15 else Decimal(self.pick.randrange(50))
            applies = value is not None or self.pick.random() < 0.5
            unit = self.pick.choice(list(Unit.objects.as_of(span.last).order_by("pk")))
            entries.append(Entry(unit.pk, self.pick.choice(ELEMENTS), span, value, applies=applies))
        one_each = {(each.unit_id, each.element, each.span): each for each in entries}
        answer = record_facts(actor=None, at=moment(self.day), entries=list(one_each.values()))
        if isinstance(answer, tuple):
            assert {each.refusal.code for each in answer} <= {"ended", "not_yet", "ahead"}, answer
            entries = [each for each in one_each.values() if each not in {wrong.entry for wrong in answer}]
            answer = record_facts(actor=None, at=moment(self.day), entries=entries)
        if isinstance(answer, Recording):
            self.recordings.append(answer.pk)

    def undo(self) -> None:
        if self.recordings:
            found = undo_recording(
                actor=None, at=moment(self.day), recording_id=self.pick.choice(self.recordings), reason="thử"
            )
            assert isinstance(found, Recording) or found.code in {"undone", "overtaken"}

    def reform(self) -> None:
        """Something happens to units; sometimes it is written down late."""
        on = self.day - timedelta(days=self.pick.choice([0, 0, 0, 20]))
        communes = [str(unit.pk) for unit in self.standing("commune")]
        provinces = [str(unit.pk) for unit in self.standing("province")]
        self.made += 1
        new = core.NewUnit(f"new:{self.made}", f"Xã mới {self.made}", "commune")
        one = self.pick.choice(communes)
        event: core.Event
        match self.pick.choice(["merge", "merge", "take in", "divide", "shrink", "move", "dissolve", "province"]):
            case "merge":
                event = core.Merger(on, tuple(self.pick.sample(communes, min(2, len(communes)))), new)
            case "take in":
                event = core.Merger(on, (one,), self.pick.choice(communes))
            case "divide":
                parts = (core.Part(new, 2, heir=True, estimated=True), core.Part(self.pick.choice(communes), 1))
                event = core.Division(on, one, parts)
            case "shrink":
                event = core.Division(on, one, (core.Part(one, 3, heir=True), core.Part(new, 2)))
            case "move":
                event = core.Move(on, one, self.pick.choice(provinces))
            case "dissolve":
                event = core.Dissolution(on, one, self.pick.choice(communes))
            case _:
                event = core.Merger(on, (self.pick.choice(provinces),), self.pick.choice(provinces))
        draft = Draft(kind="several", on=on, events=(event,), title="Sắp xếp", ground="Nghị quyết")
        plan_reorganisation(actor=None, at=moment(self.day), draft=draft)


def kept_rows() -> dict[tuple[Any, ...], tuple[int, ...]]:
    """The cells that say anything."""
    names = ("value", "units", "days", "na", "exact", "guessed")
    rows = Cell.objects.values_list("unit_id", "element_id", "breakdown", "basis", "start", "end", *names)
    return {row[:6]: row[6:] for row in rows if any(row[6:])}


def asks(land: Land) -> list[Ask]:
    found = []
    year = STATISTICAL.named(Kind.YEAR, 2025)
    windows = [
        year, ADMINISTRATIVE.named(Kind.YEAR, 2025), STATISTICAL.named(Kind.QUARTER, 2025, 2),
        STATISTICAL.named(Kind.MONTH, 2025, 5), Span(date(2025, 2, 1), date(2025, 9, 1)),
        Span(date(2025, 3, 10), date(2025, 10, 3)), STATISTICAL.around(Kind.WEEK, date(2025, 4, 9)),
    ]  # fmt: skip
    for unit in Unit.objects.order_by("pk"):
        for element in ELEMENTS:
            found += [Ask(unit.pk, element, window) for window in land.pick.sample(windows, 3)]
    return found


def fact_of(each: Fact, row: Element) -> measures.Fact:
    number = None if each.value is None else row.number(each.value)
    return measures.Fact(Span(each.start, each.end), number, each.applies)


def handed_over(element: measures.Element, unit: Unit, ask: Ask, on: date) -> bool:
    """Whether what a unit had is told by others since: it ended before the day of which is asked."""
    stock = (element.nature, element.over_time) == (measures.Nature.STOCK, measures.OverTime.LAST)
    return stock and unit.valid_to is not None and unit.valid_to <= min(ask.window.last, on)


def by_hand(ask: Ask, on: date) -> Fraction | None:
    """The figure on the boundaries of then, from every fact below, without any of the program's own ways."""
    row = Element.objects.get(code=ask.element)
    element, windows = core_element(row), kept_windows()
    total, known = Fraction(0), False
    for unit in Unit.objects.all():
        facts = [
            fact_of(each, row)
            for each in Fact.objects.counting().filter(unit=unit, element=row)
        ]  # fmt: skip
        if is_kept(ask.window, windows):
            facts = [fact for fact in facts if counts_in(element, fact.span, ask.window, windows)]
        if unit.pk != ask.unit_id and handed_over(element, unit, ask, on):
            continue
        for fact, amount in shares(element, measures.figure(element, facts, ask.window, on)):
            day = fact.span.last
            below = UnitClosure.objects.filter(holds_on(day), ancestor=ask.unit_id, descendant=unit).exists()
            mine = unit.pk == ask.unit_id
            if amount is not None and (mine or (below and element.over_units is measures.OverUnits.SUM)):
                total, known = total + amount, True
    return total if known else None


def restated(ask: Ask, on: date, past: core.History) -> Fraction | None:
    """The figure of a flow on present boundaries by `core.units.restate`, fact by fact, and along the tree of now."""
    row = Element.objects.get(code=ask.element)
    element, windows = core_element(row), kept_windows()
    values: dict[str, int] = defaultdict(int)
    for unit in Unit.objects.all():
        facts = [
            fact_of(each, row)
            for each in Fact.objects.counting().filter(unit=unit, element=row)
            if not is_kept(ask.window, windows) or counts_in(element, Span(each.start, each.end), ask.window, windows)
        ]  # fmt: skip
        if handed_over(element, unit, ask, on):
            continue
        for fact, amount in shares(element, measures.figure(element, facts, ask.window, on)):
            if amount is None:
                continue
            state = {str(unit.pk): int(amount * 10**row.places)}
            day = min(fact.span.last, unit.valid_to - timedelta(days=1) if unit.valid_to else date.max)
            for change in sorted(past.by_day):
                if day < change <= on:
                    after: dict[str, int] = defaultdict(int)
                    for key, value in state.items():
                        given = [each for each in past.left_by(key, change) if each.share]
                        heirs = [each.new for each in past.left_by(key, change) if each.heir]
                        if given:
                            parts = core.apportion(value, [each.share for each in given])
                            for each, part in zip(given, parts, strict=True):
                                after[each.new] += part
                        else:
                            after[heirs[0] if heirs else key] += value
                    state = after
            for key, value in state.items():
                values[key] += value
    area = past.tree(on).under(str(ask.unit_id)) if str(ask.unit_id) in past.tree(on).parents else ()
    found = [values[key] for key in area if key in values]
    return Fraction(sum(found), 10**row.places) if found else None


@pytest.mark.parametrize("seed", [3, 14, 23])
def test_sums_are_those_of_a_recount(db: None, seed: int) -> None:
    land = Land.of(seed)
    keep_span(span=Span(date(2025, 3, 10), date(2025, 10, 3)))
    for step in range(20):
        land.day += timedelta(days=land.pick.randrange(5, 25))
        act = land.pick.choice(["tell"] * 5 + ["undo", "reform"])
        getattr(land, act)()
        if step == 12:
            keep_span(span=Span(date(2025, 2, 1), date(2025, 9, 1)))
        assert verify(at=moment(land.day)).differing == (), (step, act)
    kept_before = kept_rows()
    assert kept_before
    rebuild(at=moment(land.day))
    assert kept_rows() == kept_before
    days = (land.day, date(2025, 6, 14), LAST)
    past = history()
    rows = {row.code: row for row in Element.objects.all()}
    kinds = {code: core_element(row) for code, row in rows.items()}
    for on in days:
        asked = asks(land)
        by_cells = figures(asked, on=on)
        slow = scanned(
            [ask for ask in asked if ask.window.start <= on], rows, kinds, on=on, boundary=None, known=None, forms={}
        )
        for ask, answer in slow.items():
            found = by_cells[ask]
            assert (found.figure.value, found.figure.applies) == (answer.figure.value, answer.figure.applies), (ask, on)
            assert (found.figure.reach is None) == (answer.figure.reach is None), (ask, on)
        for ask in land.pick.sample(asked, 12):
            if ask.window.start <= on:
                assert by_cells[ask].figure.value == by_hand(ask, on), (ask, on)
                parts = lineage(ask, on=on, actor=None)
                values = [*(each.answer.figure.value for each in (*parts.below, *parts.came)), parts.own_value]
                known = [value for value in values if value is not None]
                assert (sum(known, Fraction(0)) if known else None) == by_cells[ask].figure.value, (ask, on)
    now = figures(asked, on=land.day, boundary=land.day)
    for ask in asked:
        if ask.element in ("flow", "stock", "most", "exact") and Unit.objects.as_of(land.day).filter(pk=ask.unit_id):
            assert now[ask].figure.value == restated(ask, land.day, past), ask
    for ask in land.pick.sample([ask for ask in asked if ask.element == "flow"], 12):
        parts = lineage(ask, on=land.day, actor=None, boundary=land.day)
        values = [*(each.answer.figure.value for each in (*parts.below, *parts.came)), parts.own_value]
        assert sum((value or Fraction(0) for value in values), Fraction(0)) == (now[ask].figure.value or 0), ask
