"""Forms as data: what is wrong with one, what two versions differ in, which lines of several are the same number."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmt.core.measures import breakdowns_from, catalogue_from
from pcmt.core.schemas import (
    COLUMNS,
    RECIPES,
    Column,
    ColumnKind,
    Line,
    ReportSchema,
    Section,
    SectionKind,
    compared,
    merged_lines,
    problems,
    schema_data,
    schema_from,
    schema_of_table,
    summary,
)
from pcmt.reference import table, tables

CATALOGUE = catalogue_from(table("indicators", "elements"), table("indicators", "indicators"))
BREAKDOWNS = breakdowns_from(table("indicators", "breakdowns"))

CASES = Line(key="cases", label="Số vụ", unit_word="vụ", element="cases_detected")
PEOPLE = Line(key="people", label="Số người", unit_word="người", element="suspects_arrested")
WOMEN = Line(key="women", label="Nữ", unit_word="người", element="suspects_arrested", breakdown="sex=female")
BOTH = Line(key="both", label="Cộng", unit_word="người", sum_of=("people", "women"))
WORDS = Section(key="words", title="Tình hình", kind=SectionKind.NARRATIVE, guidance="Ngắn", required=True)
TABLE = Section(
    key="table",
    title="Số liệu",
    kind=SectionKind.FIGURES,
    level=2,
    lines=(CASES, PEOPLE, WOMEN, BOTH),
    columns=(COLUMNS["this"], COLUMNS["year_ago"], COLUMNS["percent"]),
)
BODIES = Section(key="bodies", title="Phụ lục", kind=SectionKind.BODIES, lines=(CASES,), annex=True)
FORM = ReportSchema(code="f", title="Mẫu", sections=(WORDS, TABLE, BODIES))


def with_lines(*lines: Line) -> ReportSchema:
    """The form with other lines in its table."""
    return attrs.evolve(FORM, sections=(WORDS, attrs.evolve(TABLE, lines=lines)))


def with_columns(*columns: Column) -> ReportSchema:
    """The form with other columns in its table."""
    return attrs.evolve(FORM, sections=(WORDS, attrs.evolve(TABLE, columns=columns)))


def sections(*found: Section) -> ReportSchema:
    """The form with these sections."""
    return attrs.evolve(FORM, sections=found)


def line(base: Line, **other: Any) -> Line:
    """A line that differs in something."""
    return attrs.evolve(base, **other)


def test_a_right_form_has_no_problem() -> None:
    assert problems(FORM, CATALOGUE, BREAKDOWNS) == ()


CIRCLE = (line(BOTH, key="a", sum_of=("b",)), line(BOTH, key="b", sum_of=("c",)), line(BOTH, key="c", sum_of=("a",)))


@pytest.mark.parametrize(
    ("form", "codes"),
    [
        (attrs.evolve(FORM, title=" "), {"no_title"}),
        (sections(), {"no_sections"}),
        (sections(WORDS, WORDS), {"section_twice"}),
        (sections(attrs.evolve(WORDS, key="Mục 1")), {"bad_key"}),
        (sections(attrs.evolve(WORDS, title="")), {"no_section_title"}),
        (sections(attrs.evolve(WORDS, level=2)), {"level_jump"}),
        (sections(WORDS, attrs.evolve(TABLE, level=3)), {"level_jump"}),
        (sections(attrs.evolve(WORDS, level=0)), {"level_jump"}),
        (sections(attrs.evolve(WORDS, guidance="")), {"no_guidance"}),
        (sections(attrs.evolve(WORDS, drafts=("tasks", "magic"))), {"unknown_recipe"}),
        (with_lines(), {"no_lines"}),
        (with_lines(Line(key="h", label="Đầu")), {"no_lines"}),
        (with_lines(*(line(CASES, key=f"c{n}") for n in range(61))), {"too_many_lines"}),
        (with_columns(COLUMNS["year_ago"]), {"no_this"}),
        (with_columns(COLUMNS["this"], attrs.evolve(COLUMNS["this"], key="again")), {"no_this"}),
        (with_columns(COLUMNS["this"], COLUMNS["note"], COLUMNS["note"]), {"column_twice"}),
        (with_columns(COLUMNS["this"], attrs.evolve(COLUMNS["note"], label="")), {"no_column_label"}),
        (with_columns(COLUMNS["this"], COLUMNS["percent"]), {"bad_against"}),
        (with_columns(COLUMNS["this"], attrs.evolve(COLUMNS["percent"], against="this")), {"bad_against"}),
        (with_columns(COLUMNS["this"], attrs.evolve(COLUMNS["percent"], against="")), {"bad_against"}),
        (with_columns(COLUMNS["this"], attrs.evolve(COLUMNS["note"], against="this")), {"bad_against"}),
        (sections(WORDS, attrs.evolve(TABLE, band=0)), {"bad_band"}),
        (with_lines(CASES, CASES), {"line_twice"}),
        (sections(WORDS, TABLE, attrs.evolve(TABLE, key="again", lines=(CASES,))), {"line_twice"}),
        (with_lines(line(CASES, label="")), {"no_label"}),
        (with_lines(line(CASES, indicator="relapse_share")), {"two_sources"}),
        (with_lines(line(CASES, element="none")), {"unknown_element"}),
        (with_lines(line(WOMEN, breakdown="sex=third")), {"unknown_part"}),
        (with_lines(line(CASES, element="", indicator="none")), {"unknown_indicator"}),
        (with_lines(PEOPLE, line(WOMEN, element="", indicator="relapse_share")), {"part_alone"}),
        (with_lines(PEOPLE, BOTH), {"sum_unknown"}),
        (with_lines(PEOPLE, Line(key="women", label="Đầu", unit_word="người"), BOTH), {"sum_heading"}),
        (with_lines(*CIRCLE), {"sum_cycle"}),
        (with_lines(CASES, line(BOTH, sum_of=("both",))), {"sum_cycle"}),
        (with_lines(CASES, PEOPLE, line(BOTH, sum_of=("cases", "people"))), {"mixed_units"}),
        (sections(WORDS, TABLE, attrs.evolve(BODIES, lines=(line(CASES, key="other"),))), {"body_line_unknown"}),
    ],
)
def test_what_is_wrong(form: ReportSchema, codes: set[str]) -> None:
    found = problems(form, CATALOGUE, BREAKDOWNS)
    assert {each.code for each in found} == codes
    assert all(each.message and "%(" not in each.message for each in found)
    assert all(each.blocking == (each.code not in {"no_guidance", "mixed_units"}) for each in found)


def test_bindings_are_looked_up_in_a_catalogue_only() -> None:
    assert problems(with_lines(line(CASES, element="none"))) == ()


def test_the_same_form_has_no_differences() -> None:
    assert compared(FORM, FORM) == ()
    assert summary(()) == ""


def told(old: ReportSchema, new: ReportSchema) -> list[tuple[str, str, str]]:
    """The differences in short."""
    return [(each.what, each.how, each.key) for each in compared(old, new)]


def test_what_a_version_changed() -> None:
    new = attrs.evolve(
        FORM,
        title="Mẫu mới",
        opening="Kính gửi",
        sections=(
            TABLE.__class__(**{**attrs.asdict(TABLE, recurse=False), "level": 1, "lines": (
                PEOPLE, line(CASES, label="Số vụ án"), line(WOMEN, breakdown="sex=male"),
                Line(key="new", label="Mới", element="relapses"),
            ), "columns": (COLUMNS["this"], attrs.evolve(COLUMNS["year_ago"], label="Năm trước"))}),
            WORDS,
            Section(key="next", title="Tới", kind=SectionKind.NARRATIVE),
        ),
    )  # fmt: skip
    found = told(FORM, new)
    assert ("form", "renamed", "f") in found
    assert ("form", "changed", "f") in found
    assert ("section", "added", "next") in found
    assert ("section", "removed", "bodies") in found
    assert len([each for each in found if each[:2] == ("section", "moved")]) == 1
    assert ("section", "changed", "table") in found
    assert ("line", "added", "new") in found
    assert ("line", "removed", "both") in found
    assert ("line", "renamed", "cases") in found
    assert ("line", "rebound", "women") in found
    assert len([each for each in found if each[:2] == ("line", "moved")]) == 1
    assert ("column", "removed", "percent") in found
    assert ("column", "renamed", "year_ago") in found
    rebound = next(each for each in compared(FORM, new) if each.how == "rebound")
    assert (rebound.old, rebound.new) == (
        ("element", "suspects_arrested|sex=female"),
        ("element", "suspects_arrested|sex=male"),
    )
    assert summary(compared(FORM, new)) == (
        "Thêm 1 mục, 1 dòng; bỏ 1 mục, 2 dòng, 1 cột; đổi tên 1 dòng, 1 cột; đổi nguồn số của 1 dòng; "
        "chuyển chỗ 1 mục, 1 dòng; sửa 3 chi tiết"
    )


def test_a_line_moved_to_another_table_is_moved_not_new() -> None:
    other = attrs.evolve(TABLE, key="other", title="Bảng hai", lines=(CASES,))
    new = sections(WORDS, attrs.evolve(TABLE, lines=(PEOPLE, WOMEN, BOTH)), other, BODIES)
    assert told(FORM, new) == [("section", "added", "other"), ("line", "moved", "cases")]


def test_lines_of_several_versions_stand_in_one_table() -> None:
    first = with_lines(CASES, PEOPLE, WOMEN)
    second = with_lines(line(CASES, label="Số vụ án"), line(WOMEN, breakdown="sex=male"), PEOPLE)
    third = with_lines(Line(key="new", label="Mới", element="relapses"), line(CASES, label="Vụ"))
    found = merged_lines([first, second, third])
    assert [(each.line.key, each.line.label, each.asked, each.apart) for each in found] == [
        ("new", "Mới", (False, False, True), 0),
        ("cases", "Vụ", (True, True, True), 0),
        ("women", "Nữ", (False, True, False), 0),
        ("women", "Nữ", (True, False, False), 1),
        ("people", "Số người", (True, True, False), 0),
    ]


def test_a_sum_of_other_numbers_is_told_apart() -> None:
    first = with_lines(PEOPLE, WOMEN, BOTH)
    renamed = with_lines(line(PEOPLE, label="Tất cả"), WOMEN, line(BOTH, sum_of=("women", "people")))
    rebound = with_lines(line(PEOPLE, element="defendants_tried"), WOMEN, BOTH)
    assert [each.apart for each in merged_lines([first, renamed]) if each.line.key == "both"] == [0]
    assert [each.asked for each in merged_lines([first, rebound]) if each.line.key == "both"] == [
        (False, True),
        (True, False),
    ]


def test_a_broken_draft_can_still_be_merged_and_compared() -> None:
    broken = with_lines(*CIRCLE, CASES, CASES)
    assert merged_lines([broken, FORM])
    assert compared(broken, FORM)


KEYS = st.from_regex(r"[a-z0-9_]{1,8}", fullmatch=True)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=12)
LINES = st.builds(
    Line, key=KEYS, label=TEXT, number=TEXT, unit_word=TEXT, element=KEYS | st.just(""), breakdown=TEXT,
    indicator=KEYS | st.just(""), sum_of=st.lists(KEYS, max_size=3).map(tuple), official=TEXT, note=TEXT,
)  # fmt: skip
FIELDS = st.builds(Column, key=KEYS, kind=st.sampled_from(ColumnKind), label=TEXT, against=KEYS | st.just(""))
SECTIONS = st.builds(
    Section, key=KEYS, title=TEXT, kind=st.sampled_from(SectionKind), number=TEXT, level=st.integers(0, 4),
    guidance=TEXT, required=st.booleans(), drafts=st.lists(st.sampled_from(RECIPES), max_size=2).map(tuple),
    lines=st.lists(LINES, max_size=3).map(tuple), columns=st.lists(FIELDS, max_size=3).map(tuple),
    band=st.none() | st.integers(0, 100), annex=st.booleans(), landscape=st.booleans(),
)  # fmt: skip
FORMS = st.builds(
    ReportSchema, code=KEYS, title=TEXT, type_name=TEXT, subject=TEXT, opening=TEXT, source=TEXT,
    suits=st.lists(KEYS, max_size=2).map(tuple), sections=st.lists(SECTIONS, max_size=3).map(tuple),
)  # fmt: skip


@settings(max_examples=40)
@given(FORMS, FORMS)
def test_any_form_comes_back_and_bears_every_question(form: ReportSchema, other: ReportSchema) -> None:
    assert schema_from(json.loads(json.dumps(schema_data(form)))) == form
    keys = [each.key for section in form.sections for each in (section, *section.lines, *section.columns)]
    if len(set(keys)) == len(keys):
        assert compared(form, form) == ()
    for each in problems(form, CATALOGUE, BREAKDOWNS):
        assert each.message
    summary(compared(form, other))
    merged = merged_lines([other, form])
    assert len({(each.line.key, each.apart) for each in merged}) == len(merged)
    assert {each.line.key for each in merged} == {each.key for schema in (form, other) for _s, each in schema.lines()}


READY = {
    name: schema_of_table(each, CATALOGUE, BREAKDOWNS) for name, each in tables("report_forms").items()
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(READY))
def test_ready_forms_are_right(name: str) -> None:
    form = READY[name]
    assert form.code == name
    assert problems(form, CATALOGUE, BREAKDOWNS) == ()
    assert form.source
    assert form.subject
    assert all(each.guidance for each in form.sections if each.kind is SectionKind.NARRATIVE)
    for section in form.sections:
        if section.kind not in (SectionKind.NARRATIVE, SectionKind.FIGURES, SectionKind.PICTURES):
            assert section.annex
            assert section.landscape


def test_ready_forms_ask_enough_and_never_fit_the_same() -> None:
    asked = {name: sum(1 for _each in form.lines()) for name, form in READY.items()}
    for name in ("plan_monthly", "plan_half_year", "plan_year", "action_month", "interim_review", "final_review"):
        assert asked[name] >= 20, name
    suits = [word for form in READY.values() for word in form.suits]
    assert len(set(suits)) == len(suits)


def test_shares_stand_with_their_parts() -> None:
    """A share that is consolidated is computed from its parts, so the form asks for them."""
    for form in READY.values():
        asked = {each.element for _section, each in form.lines()}
        for _section, each in form.lines():
            if each.indicator:
                indicator = CATALOGUE.indicators[each.indicator]
                assert {*indicator.counted, *indicator.whole} <= asked, (form.code, each.indicator)
