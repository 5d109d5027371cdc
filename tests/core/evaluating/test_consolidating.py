"""Consolidating: what is added, what never is, and that it does not matter in which order or by which levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmt.core.evaluating import (
    Child,
    Consolidated,
    Rung,
    Snapshot,
    computed,
    consolidate,
    difference,
    matching,
    responsible,
)
from pcmt.core.measures import Element, Indicator, Nature, OverTime, OverUnits
from pcmt.core.schemas import Content, Figure, Line, ReportSchema, Section, SectionKind, SectionText

LINES = (
    Line(key="head", label="A. Phát hiện"),
    Line(key="cases", label="Số vụ", element="cases"),
    Line(key="heroin", label="Vụ về heroin", element="cases", breakdown="substance=heroin"),
    Line(key="managed", label="Đang quản lý", element="managed"),
    Line(key="tested", label="Số đã xét nghiệm", element="tested"),
    Line(key="share", label="Tỷ lệ xét nghiệm (%)", indicator="tested_share"),
    Line(key="all", label="Cộng", sum_of=("cases", "managed")),
    Line(key="rank", label="Xếp hạng", element="rank"),
)
ELEMENTS = {
    "cases": Element("cases", "Số vụ", "vụ"),
    "managed": Element("managed", "Đang quản lý", "người", Nature.STOCK, OverTime.LAST),
    "tested": Element("tested", "Đã xét nghiệm", "người"),
    "rank": Element("rank", "Xếp hạng", "", over_units=OverUnits.NONE),
}
INDICATORS = {"tested_share": Indicator("tested_share", "Tỷ lệ", ("tested",), ("managed",))}
FILLED = ("cases", "heroin", "managed", "tested", "rank")


def form(lines: Sequence[Line] = LINES, code: str = "form", title: str = "Tình hình") -> ReportSchema:
    """A form with one section of text and one table."""
    return ReportSchema(
        code=code,
        title="Báo cáo",
        sections=(
            Section(key="general", title=title, kind=SectionKind.NARRATIVE),
            Section(key="numbers", title="Số liệu", kind=SectionKind.FIGURES, lines=tuple(lines)),
        ),
    )


FORM = form()


def said(values: Mapping[str, int | str | None], *, nothing: bool = False, text: str = "", unit_id: int = 1) -> Content:
    """What a report says; "-" is a line that does not apply."""
    figures = {
        key: Figure(applies=False) if value == "-" else Figure(value=None if value is None else Decimal(value))
        for key, value in values.items()
    }
    return Content(
        form="form", form_version=1, body="", unit_id=unit_id, first=None, last=None, cutoff=date(2026, 6, 14),
        nothing=nothing, figures=figures, texts={"general": SectionText(text=text)},
    )  # fmt: skip


def child(
    number: int, values: Mapping[str, int | str | None] | None = None, *, schema: ReportSchema = FORM,
    holds: tuple[int, ...] = (), nothing: bool = False, text: str = "", seat: int = 0,
) -> Child:  # fmt: skip
    """The report of body `number`."""
    content = said(values or {}, nothing=nothing, text=text, unit_id=number)
    return Child(
        unit_id=number, name=f"Xã {number}", edition_id=100 + number, seal="", schema=schema, content=content,
        holds=holds, seat=seat,
    )  # fmt: skip


def run(*children: Child, schema: ReportSchema = FORM, **more: object) -> Consolidated:
    """The report of the next level."""
    return consolidate(schema, children, elements=ELEMENTS, indicators=INDICATORS, **more)  # type: ignore[arg-type]


def values_of(found: Consolidated) -> dict[str, Decimal | None]:
    """Numbers by line."""
    return {key: each.value for key, each in found.figures.items()}


def codes(found: Consolidated) -> list[str]:
    """What is to be looked at."""
    return [each.code for each in found.checks]


def test_numbers_add_up_and_shares_are_computed_from_sums() -> None:
    found = run(
        child(1, {"cases": 3, "managed": 10, "tested": 10}),
        child(2, {"cases": 4, "managed": 90, "tested": 0}),
        expected=3,
    )
    assert found.figures["cases"].value == 7
    assert (found.figures["cases"].told, found.figures["cases"].expected) == (2, 3)
    assert found.figures["share"].value == Decimal("10.00")  # 10 of 100, not the mean of 100 % and 0 %
    assert found.figures["all"].value == 107
    assert "head" not in found.figures


def test_a_blank_is_no_zero() -> None:
    nobody = run(child(1, {"cases": None}), child(2, {}))
    assert nobody.figures["cases"].value is None
    assert nobody.figures["cases"].told == 0
    some = run(child(1, {"cases": None}), child(2, {"cases": 0}))
    assert some.figures["cases"].value == 0
    assert (some.figures["cases"].told, some.figures["cases"].expected) == (1, 2)
    blank = next(each for each in some.checks if each.code == "blank")
    assert blank.line == "cases"
    assert blank.bodies == ("Xã 1",)


def test_what_does_not_apply_is_told_and_adds_nothing() -> None:
    found = run(child(1, {"cases": "-"}), child(2, {"cases": 2}))
    assert (found.figures["cases"].value, found.figures["cases"].told) == (2, 2)
    nowhere = run(child(1, {"cases": "-"}), child(2, {"cases": "-"}))
    assert not nowhere.figures["cases"].applies
    assert nowhere.figures["cases"].value is None


def test_nothing_to_report_is_zero_of_flows_only() -> None:
    found = run(child(1, nothing=True), child(2, {"cases": 2, "managed": 5}))
    assert (found.figures["cases"].value, found.figures["cases"].told) == (2, 2)
    assert (found.figures["managed"].value, found.figures["managed"].told) == (5, 1)
    assert "blank" not in codes(found) or all("Xã 1" not in each.bodies for each in found.checks)
    everybody = run(child(1, nothing=True), child(2, nothing=True))
    assert everybody.figures["cases"].value == 0
    assert everybody.figures["managed"].value is None


def test_what_does_not_add_up_over_units_is_left_to_a_person() -> None:
    found = run(child(1, {"rank": 1}), child(2, {"rank": 2}))
    assert found.figures["rank"].value is None
    assert found.figures["rank"].told == 2
    assert "not_added" in codes(found)


def test_a_body_that_merged_within_the_period_is_counted_once() -> None:
    heir, gone, other = child(1, {"cases": 10}, holds=(2,)), child(2, {"cases": 4}), child(3, {"cases": 1})
    whole = run(gone, heir, other, expected=2)
    assert whole.figures["cases"].value == 11
    assert [each.name for each in whole.left] == ["Xã 2"]
    assert "Xã 1" in whole.left[0].why
    assert (whole.figures["cases"].told, len(whole.parts)) == (2, 2)
    early = run(child(2, {"cases": 4}, seat=1), other, expected=2)  # the heir has not reported yet
    assert (early.figures["cases"].value, early.figures["cases"].told) == (5, 2)
    assert not early.left


def test_two_reports_of_the_same_figures_are_added_once() -> None:
    twice = run(child(1, {"cases": 4}), attrs.evolve(child(1, {"cases": 4}), edition_id=7))
    assert twice.figures["cases"].value == 4
    assert len(twice.left) == 1


def test_lines_of_other_versions_are_known_by_what_they_count() -> None:
    older = form(
        (Line(key="so_vu", label="Tổng số vụ", element="cases"), Line(key="cases", label="Khác", element="tested"))
    )
    assert matching(FORM, older) == {"cases": "so_vu", "tested": "cases"}
    found = run(child(1, {"so_vu": 3, "cases": 9}, schema=older), child(2, {"cases": 4, "managed": 1}))
    assert values_of(found)["cases"] == 7
    assert values_of(found)["tested"] == 9
    unasked = [each for each in found.checks if each.code == "not_asked"]
    assert [each.line for each in unasked] == ["managed"]
    assert unasked[0].bodies == ("Xã 1",)


def test_texts_are_gathered_with_their_bodies() -> None:
    found = run(child(2, text="Hai."), child(1, text="Một."), child(3, text="  "))
    assert [(each.body, each.text) for each in found.texts["general"]] == [("Xã 2", "Hai."), ("Xã 1", "Một.")]
    other = attrs.evolve(FORM, sections=(attrs.evolve(FORM.sections[0], key="other", title="TÌNH HÌNH"),))
    assert run(child(1, text="Một."), schema=other).texts["other"][0].text == "Một."
    strange = attrs.evolve(other, sections=(attrs.evolve(other.sections[0], title="Phương hướng"),))
    assert run(child(1, text="Một."), schema=strange).texts[""][0].title == "Tình hình"


def test_checks_say_what_differs() -> None:
    found = run(
        child(1, {"cases": 3, "managed": 4, "all": 8, "tested": 1}),
        child(2, {"managed": 2}),
        typed={"cases": Decimal(5), "managed": Decimal(6)},
    )
    words = {each.code: each.words for each in found.checks}
    assert "ghi 8" in words["sum_differs"]
    assert "được 7" in words["sum_differs"]
    assert "đã nhập 5" in words["total_differs"]
    assert "lệch 2" in words["total_differs"]
    assert [each.line for each in found.checks if each.code == "total_differs"] == ["cases"]
    assert "uneven" in words  # one told what was tested, two how many there are


def test_an_indicator_without_its_lines_is_blank() -> None:
    lines = [line for line in LINES if line.key != "managed"]
    assert computed(lines, {"tested": Decimal(3)}, INDICATORS, ELEMENTS)["share"] is None
    assert computed(LINES, {"tested": Decimal(3), "managed": Decimal(0)}, INDICATORS, ELEMENTS)["share"] is None


def test_what_lies_between_two_runs() -> None:
    before = Snapshot(values={"a": Decimal(1), "b": None}, editions={1: 10, 2: 20}, names={1: "Xã 1", 2: "Xã 2"})
    after = Snapshot(values={"a": Decimal(2), "b": None}, editions={1: 11, 3: 30}, names={1: "Xã 1", 3: "Xã 3"})
    found = difference(before, after)
    assert (found.came, found.went, found.replaced) == (("Xã 3",), ("Xã 2",), ("Xã 1",))
    assert [(each.line, each.old, each.new) for each in found.figures] == [("a", 1, 2)]
    assert found
    assert not difference(after, after)


def test_who_made_a_report_late() -> None:
    day = date(2026, 6, 20)
    commune = Rung(name="Xã 1", opens_on=date(2026, 6, 15), due_on=date(2026, 6, 16))
    office = Rung(name="Phòng", opens_on=date(2026, 6, 17), due_on=date(2026, 6, 18))
    assert responsible([commune], day) == ("Xã 1",)
    assert responsible([commune], date(2026, 6, 16)) == ()
    assert responsible([commune, office], day) == ("Xã 1",)  # the office waits
    sent = attrs.evolve(commune, sent_on=date(2026, 6, 16))
    assert responsible([sent, office], day) == ("Phòng",)
    late = attrs.evolve(commune, sent_on=date(2026, 6, 19))
    assert responsible([late, office], day) == ("Xã 1",)  # the office has its own days from then on
    assert responsible([attrs.evolve(commune, due_on=None)], day) == ()


numbers = st.one_of(st.none(), st.just("-"), st.integers(0, 10**12))
reports = st.builds(
    lambda values, nothing: (values, nothing),
    st.fixed_dictionaries(dict.fromkeys(FILLED, numbers)),
    st.booleans(),
)


def _children(told: Sequence[tuple[Mapping[str, int | str | None], bool]]) -> list[Child]:
    return [child(at, {} if nothing else values, nothing=nothing) for at, (values, nothing) in enumerate(told, 1)]


def _as_child(found: Consolidated, number: int) -> Child:
    """What was consolidated, sent on as the report of a level between."""
    made = child(number, holds=tuple(each for part in found.parts for each in part.holds))
    return attrs.evolve(made, content=attrs.evolve(made.content, figures=found.figures))


@settings(max_examples=60, deadline=None)
@given(st.lists(reports, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_order_and_levels_do_not_matter(told: list[tuple[dict[str, int | str | None], bool]], chance: object) -> None:
    children = _children(told)
    whole = run(*children)
    shuffled = list(children)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert values_of(run(*shuffled)) == values_of(whole)
    parts: dict[int, list[Child]] = {}
    for each in shuffled:
        parts.setdefault(chance.randrange(3), []).append(each)  # type: ignore[attr-defined]
    between = [_as_child(run(*group), 50 + at) for at, group in parts.items()]
    again = run(*between)
    assert values_of(again) == values_of(whole)
    assert {key: each.applies for key, each in again.figures.items()} == {
        key: each.applies for key, each in whole.figures.items()
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(reports, min_size=2, max_size=6), st.integers(0, 5))
def test_a_merged_body_never_counts_twice(told: list[tuple[dict[str, int | str | None], bool]], which: int) -> None:
    children = _children(told)
    gone, heir = children[which % len(children)], children[(which + 1) % len(children)]
    holding = [attrs.evolve(each, holds=(gone.unit_id,)) if each is heir else each for each in children]
    without = [each for each in children if each is not gone]
    assert values_of(run(*holding)) == values_of(run(*without))
    assert [each.edition_id for each in run(*holding).left] == [gone.edition_id]
