"""Telling numbers: what is refused and in which words, acceptance, undoing, who is told; what a report costs."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcmt.apps.facts import listeners
from pcmt.apps.facts.asking import Ask
from pcmt.apps.facts.listeners import Changed
from pcmt.apps.facts.models import Cell, Element, Fact, Recording
from pcmt.apps.facts.operations import Entry, accept_facts, keep_span, record_facts, undo_recording, verify
from pcmt.apps.facts.queries import figures, history, lineage, overtaken
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import ADMINISTRATIVE, STATISTICAL, Kind, Span
from tests.apps.units.reorganising import AFTERWARDS, SOON, merger, planned
from tests.factories.facts import LINES, entry, form, month, told
from tests.factories.world import NOW, TODAY, World

YEAR = ADMINISTRATIVE.named(Kind.YEAR, 2026)
CASES = "cases_detected"


def value(land: World, unit: str, window: Span = YEAR, element: str = CASES) -> object:
    ask = Ask(land[unit].pk, element, window)
    return figures([ask], on=TODAY)[ask].figure.value


def why(land: World, *entries: Entry, actor: str = "") -> list[str]:
    by = land.actor(actor) if actor else None
    found = record_facts(actor=by, at=NOW, entries=entries)
    assert isinstance(found, tuple), found
    return [each.refusal.code for each in found]


def test_what_cannot_be_told(land: World) -> None:
    form(land)
    unit, one = land["dong_hoa"], month(1)
    wrong = (
        (entry(unit, "nothing", one, 1), "unknown_element"),
        (entry(unit, CASES, month(5), 1), "ahead"),
        (entry(unit, CASES, one, -1), "negative"),
        (entry(unit, CASES, one, "1.5"), "places"),
        (entry(unit, CASES, one, "1e15"), "too_large"),
        (entry(unit, CASES, one, "1e999999"), "too_large"),
        (entry(unit, CASES, one, "NaN"), "no_number"),
        (entry(unit, CASES, one, "Infinity"), "no_number"),
        (entry(unit, CASES, one, 1, applies=False), "does_not_apply"),
        (entry(unit, CASES, one, 1, note="x" * 501), "note"),
        (entry(unit, f"{CASES}|sex=female", one, 1), "foreign_key"),
        (entry(unit, f"{CASES}|substance=tea", one, 1), "unknown_option"),
        (entry(unit, f"{CASES}|substance", one, 1), "malformed"),
        (attrs.evolve(entry(unit, CASES, one, 1), unit_id=10**6), "not_allowed"),
    )
    for each, code in wrong:
        assert why(land, each) == [code], each
    assert why(land, entry(unit, CASES, one, 1), entry(unit, CASES, one, 2)) == ["twice", "twice"]
    assert why(land, entry(land["tay_hoa"], CASES, one, 1), actor="dong_hoa") == ["not_allowed"]
    assert not Fact.objects.exists()
    again = told(entry(unit, CASES, one, 0))
    assert value(land, "an_binh") == 0
    same = record_facts(actor=None, at=NOW, entries=[entry(unit, CASES, one, 0)])
    assert isinstance(same, Refusal)
    assert (same.code, Recording.objects.get()) == ("unchanged", again)


def test_a_unit_that_ended_names_who_took_over(land: World) -> None:
    form(land)
    planned(land, merger(land))
    found = record_facts(
        actor=None, at=AFTERWARDS, entries=[entry(land["dong_hoa"], CASES, Span(SOON, SOON + timedelta(days=1)), 1)]
    )
    assert isinstance(found, tuple)
    assert found[0].refusal.code == "ended"
    assert "Xã Đông Tây" in found[0].refusal.message


def test_a_stale_cell_names_who_changed_it(land: World) -> None:
    form(land)
    unit = land["dong_hoa"]
    first = entry(unit, CASES, month(1), 3)
    told(attrs.evolve(first, seen=0), actor=land.actor("dong_hoa", name="Hoa"))
    late = record_facts(actor=land.second, at=NOW, entries=[attrs.evolve(first, value=Decimal(4), seen=0)])
    assert isinstance(late, tuple)
    assert late[0].refusal.code == "stale"
    assert "Hoa vừa sửa ô này thành 3 lúc 10:00 02/03/2026" in late[0].refusal.message
    seen = Fact.objects.get().pk
    told(attrs.evolve(first, value=Decimal(4), seen=seen), actor=land.second)
    assert value(land, "an_binh") == 4
    revisions = history(actor=land.office, unit_id=unit.pk, element=CASES, span=month(1))
    assert [(each.value, each.by, each.stands) for each in revisions] == [(4, "minh", True), (3, "Hoa", False)]
    assert history(actor=land.actor("binh_giang"), unit_id=unit.pk, element=CASES, span=month(1)) == ()


def test_numbers_count_when_they_are_accepted(land: World) -> None:
    asked = form(land, CASES, needs_acceptance=True)
    unit = land["dong_hoa"]
    told(entry(unit, CASES, month(1), 7))
    told(entry(unit, CASES, month(1), 9), form=asked, actor=land.actor("dong_hoa", name="Hoa"))
    assert value(land, "an_binh") == 7
    no = accept_facts(actor=land.actor("dong_hoa"), at=NOW, form=asked, span=month(1), unit_ids=[unit.pk])
    assert isinstance(no, Refusal)
    assert no.code == "not_allowed"
    made = accept_facts(actor=land.office, at=NOW, form=asked, span=month(1), unit_ids=[unit.pk])
    assert isinstance(made, Recording)
    assert value(land, "an_binh") == 9
    twice = accept_facts(actor=land.office, at=NOW, form=asked, span=month(1), unit_ids=[unit.pk])
    assert isinstance(twice, Refusal)
    assert twice.code == "nothing_waits"
    assert verify(at=NOW).differing == ()
    undone = undo_recording(actor=land.office, at=NOW, recording_id=made.pk, reason="Nhầm")
    assert isinstance(undone, Recording)
    assert value(land, "an_binh") == 7
    assert Fact.objects.current().filter(accepted=False).get().value == 9


def test_undoing_leaves_what_was_told_since(land: World) -> None:
    form(land)
    one, other = land["dong_hoa"], land["tay_hoa"]
    told(entry(one, CASES, month(1), 1))
    batch = told(entry(one, CASES, month(1), 5), entry(other, CASES, month(1), 6))
    told(entry(other, CASES, month(1), 8))
    undone = undo_recording(actor=None, at=NOW, recording_id=batch.pk, reason="Nhầm tệp")
    assert isinstance(undone, Recording)
    assert (value(land, "dong_hoa"), value(land, "tay_hoa"), value(land, "an_binh")) == (1, 8, 9)
    assert [(fact.unit_id, fact.value) for fact in overtaken(batch.pk)] == [(other.pk, 6)]
    again = undo_recording(actor=None, at=NOW, recording_id=batch.pk, reason="Nhầm tệp")
    assert isinstance(again, Refusal)
    assert again.code == "undone"
    assert verify(at=NOW).differing == ()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Changed, ...]]:
    found: list[tuple[Changed, ...]] = []
    monkeypatch.setattr(listeners, "_listeners", [lambda changes, _recording, _at: found.append(tuple(changes))])
    return found


def test_rooms_above_are_told_once(land: World, heard: list[tuple[Changed, ...]]) -> None:
    form(land)
    told(entry(land["dong_hoa"], CASES, month(1), 1), entry(land["tay_hoa"], CASES, month(1), 1))
    (changes,) = heard
    (change,) = changes
    assert change.span == month(1)
    assert change.above == {land["dong_hoa"].pk, land["tay_hoa"].pk, land["an_binh"].pk}


def test_a_report_costs_by_depth_not_by_size(land: World) -> None:
    form(land)
    keep_span(span=Span(date(2026, 1, 1), date(2026, 3, 1)))
    codes = [row.code for row in Element.objects.filter(over_units="sum").order_by("pk")[:6]]

    def report(number: int) -> CaptureQueriesContext:
        with CaptureQueriesContext(connection) as seen:
            told(*(entry(land["dong_hoa_police"], code, month(2), number) for code in codes))
        return seen

    first = len(report(1))
    # Numbers, levels above; month, quarter, half-year, year and the period kept beside them.
    assert Cell.objects.count() == 6 * 2 * 5
    for other in ("tay_hoa", "tay_hoa_police", "dong_hoa_clinic"):
        told(*(entry(land[other], code, month(2), 1) for code in codes))
    second = report(2)
    writes = [each["sql"] for each in second if "facts_cell" in each["sql"]]
    assert len(writes) == 1  # the sums of all levels and periods in one statement
    assert len(second) == first + 1  # only closing what stood there is more
    asked = [Ask(land[unit].pk, code, YEAR) for unit in ("an_binh", "dong_hoa") for code in codes]
    with CaptureQueriesContext(connection) as few:
        figures(asked[:1], on=TODAY)
    with CaptureQueriesContext(connection) as many:
        found = figures(asked, on=TODAY)
    assert len(many) == len(few) <= 9
    assert [found[ask].figure.value for ask in asked[:6]] == [5] * 6


def test_a_merged_commune_has_the_sum_of_its_predecessors(land: World) -> None:
    form(land)
    told(entry(land["dong_hoa"], CASES, month(1), 3), entry(land["tay_hoa"], CASES, month(1), 4))
    from pcmt.apps.units.operations import carry_out_reorganisations

    row = planned(land, merger(land))
    carry_out_reorganisations(at=AFTERWARDS)
    new = int(row.made["new:1"])
    then, now = Ask(new, CASES, YEAR), Ask(land["an_binh"].pk, CASES, YEAR)
    on = SOON
    assert figures([then], on=on)[then].figure.value is None
    found = figures([then, now], on=on, boundary=on)
    assert (found[then].figure.value, found[now].figure.value) == (7, 7)
    assert verify(at=AFTERWARDS).differing == ()
    came = lineage(then, on=on, boundary=on, actor=None)
    assert [(each.name, each.answer.figure.value) for each in came.came] == [("Phường Tây Hòa", 4), ("Xã Đông Hòa", 3)]
    told(entry(land["dong_hoa"], CASES, month(1), 5), at=AFTERWARDS)  # a late correction goes the same way
    assert figures([then], on=on, boundary=on)[then].figure.value == 9
    before = figures([then], on=on, boundary=on, known=NOW)[then]
    assert before.figure.value == 7
    assert verify(at=AFTERWARDS).differing == ()


def test_who_is_silent_and_what_is_lacking(land: World) -> None:
    form(land, *LINES)
    told(entry(land["dong_hoa"], CASES, month(1), 3), entry(land["tay_hoa"], CASES, month(1), 4))
    told(entry(land["dong_hoa"], CASES, month(2), 3))
    ask = Ask(land["an_binh"].pk, CASES, month(2))
    answer = figures([ask], on=TODAY, silent=5)[ask]
    assert (answer.told, answer.expected, answer.silent) == (1, 2, (land["tay_hoa"].pk,))
    assert answer.figure.lacking == (month(2),)
    year = Ask(land["an_binh"].pk, CASES, YEAR)
    assert figures([year], on=TODAY)[year].figure.lacking == (month(2),)
    assert STATISTICAL.named(Kind.YEAR, 2026) != YEAR
