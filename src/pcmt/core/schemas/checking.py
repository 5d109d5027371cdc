"""What is wrong with a form: it can be kept as a draft, but not be put in use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from pcmt.core.measures import Breakdown, Catalogue, check_part
from pcmt.core.schemas.forms import RECIPES, Column, ColumnKind, Line, ReportSchema, Section, SectionKind

MAX_LINES = 60
"""Lines of one table: what a person can fill and a page can show."""
MAX_LEVEL = 3
KEY = re.compile(r"[a-z0-9_]{1,60}")
COMPARED = (ColumnKind.PREVIOUS, ColumnKind.YEAR_AGO, ColumnKind.CUMULATIVE, ColumnKind.TARGET)
"""Columns whose numbers this period can be compared with."""
COMPARING = (ColumnKind.CHANGE, ColumnKind.PERCENT)
WITH_LINES = (SectionKind.FIGURES, SectionKind.BODIES)

WORDS = {
    "no_title": "Nhập tên mẫu.",
    "no_sections": "Mẫu chưa có mục nào.",
    "section_twice": "Mã mục “%(key)s” dùng hai lần.",
    "bad_key": "Mã “%(key)s” chỉ được gồm chữ thường không dấu, số và dấu gạch dưới.",
    "no_section_title": "Mục “%(key)s” chưa có tên.",
    "level_jump": "Mục “%(title)s” ở cấp %(level)s nhưng mục trước nó chỉ ở cấp %(before)s.",
    "no_guidance": "Mục bắt buộc “%(title)s” chưa có hướng dẫn cho người viết.",
    "unknown_recipe": "Mục “%(title)s” dùng cách soạn sẵn không có: “%(recipe)s”.",
    "no_lines": "Bảng “%(title)s” chưa có dòng nào.",
    "too_many_lines": "Bảng “%(title)s” có %(count)s dòng, nhiều nhất là %(most)s: tách thành hai bảng.",
    "no_this": "Bảng “%(title)s” phải có đúng một cột số kỳ này.",
    "column_twice": "Bảng “%(title)s”: mã cột “%(key)s” dùng hai lần.",
    "no_column_label": "Bảng “%(title)s”: có cột chưa đặt tên.",
    "bad_against": "Bảng “%(title)s”: cột “%(label)s” chưa chọn đúng cột để so sánh.",
    "bad_band": "Bảng “%(title)s”: biên độ giải trình phải từ 1%% trở lên.",
    "line_twice": "Mã dòng “%(key)s” dùng hai lần trong mẫu.",
    "no_label": "Bảng “%(title)s”: có dòng chưa đặt tên.",
    "two_sources": "Dòng “%(label)s” lấy số từ nhiều nguồn: chỉ chọn một.",
    "unknown_element": "Dòng “%(label)s”: chỉ tiêu thống kê “%(code)s” không còn dùng.",
    "unknown_part": "Dòng “%(label)s”: chỉ tiêu thống kê không có phân tổ này.",
    "unknown_indicator": "Dòng “%(label)s”: chỉ số “%(code)s” không còn dùng.",
    "part_alone": "Dòng “%(label)s” có phân tổ nhưng chưa chọn chỉ tiêu thống kê.",
    "sum_unknown": "Dòng “%(label)s” cộng dòng “%(key)s” không có trong mẫu.",
    "sum_heading": "Dòng “%(label)s” cộng dòng “%(key)s” không có số.",
    "sum_cycle": "Dòng “%(label)s” cộng vòng về chính nó.",
    "mixed_units": "Dòng “%(label)s” cộng các dòng khác đơn vị tính.",
    "body_line_unknown": "Phụ lục “%(title)s” nêu dòng “%(key)s” không có trong bảng số liệu nào.",
}
"""Why, in Vietnamese, by code. The screens translate these."""
ADVICE = frozenset({"no_guidance", "mixed_units"})
"""Codes that do not keep a form from being used."""


@attrs.frozen(kw_only=True)
class FormProblem:
    """One thing wrong with a form, and where: the key of a section, of a line in it."""

    code: str
    section: str = ""
    line: str = ""
    args: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def blocking(self) -> bool:
        """Whether it keeps the form from being used."""
        return self.code not in ADVICE

    @property
    def message(self) -> str:
        """What is wrong, in Vietnamese."""
        return WORDS[self.code] % self.args


def problems(
    schema: ReportSchema, catalogue: Catalogue | None = None, breakdowns: Mapping[str, Breakdown] | None = None
) -> tuple[FormProblem, ...]:
    """What is wrong with a form, in the order of the form. Without a catalogue bindings are not looked up."""
    return tuple(_Look(schema, catalogue, breakdowns or {}).all())


@attrs.frozen
class _Look:
    schema: ReportSchema
    catalogue: Catalogue | None
    breakdowns: Mapping[str, Breakdown]

    def all(self) -> Iterator[FormProblem]:
        if not self.schema.title.strip():
            yield FormProblem(code="no_title")
        if not self.schema.sections:
            yield FormProblem(code="no_sections")
        asked = {line.key: line for _section, line in self.schema.lines()}
        seen: set[str] = set()
        seen_lines: set[str] = set()
        before = 0
        for section in self.schema.sections:
            yield from self._section(section, before, seen)
            before = section.level
            if section.kind is SectionKind.FIGURES:
                yield from self._columns(section)
                for line in section.lines:
                    yield from self._line(section, line, asked, seen_lines)
            elif section.kind is SectionKind.BODIES:
                for line in section.lines:
                    if line.key not in asked:
                        yield _at("body_line_unknown", section, line, key=line.key)

    def _section(self, section: Section, before: int, seen: set[str]) -> Iterator[FormProblem]:
        if section.key in seen:
            yield _at("section_twice", section, key=section.key)
        seen.add(section.key)
        if not KEY.fullmatch(section.key):
            yield _at("bad_key", section, key=section.key)
        if not section.title.strip():
            yield _at("no_section_title", section, key=section.key)
        if not 1 <= section.level <= min(before + 1, MAX_LEVEL):
            yield _at("level_jump", section, level=section.level, before=before)
        if section.kind is SectionKind.NARRATIVE:
            if section.required and not section.guidance.strip():
                yield _at("no_guidance", section)
            for recipe in section.drafts:
                if recipe not in RECIPES:
                    yield _at("unknown_recipe", section, recipe=recipe)
        if section.kind in WITH_LINES and len(section.lines) > MAX_LINES:
            yield _at("too_many_lines", section, count=len(section.lines), most=MAX_LINES)
        if section.kind is SectionKind.FIGURES and all(line.is_heading for line in section.lines):
            yield _at("no_lines", section)

    def _columns(self, section: Section) -> Iterator[FormProblem]:
        kinds = {column.key: column.kind for column in section.columns}
        if [column.kind for column in section.columns].count(ColumnKind.THIS) != 1:
            yield _at("no_this", section)
        if section.band is not None and section.band < 1:
            yield _at("bad_band", section)
        seen: set[str] = set()
        for column in section.columns:
            yield from self._column(section, column, kinds)
            if column.key in seen:
                yield _at("column_twice", section, key=column.key)
            seen.add(column.key)

    def _column(self, section: Section, column: Column, kinds: Mapping[str, ColumnKind]) -> Iterator[FormProblem]:
        if not KEY.fullmatch(column.key):
            yield _at("bad_key", section, key=column.key)
        if not column.label.strip():
            yield _at("no_column_label", section)
        compares = column.kind in COMPARING
        if compares != bool(column.against) or (compares and kinds.get(column.against) not in COMPARED):
            yield _at("bad_against", section, label=column.label)

    def _line(self, section: Section, line: Line, asked: Mapping[str, Line], seen: set[str]) -> Iterator[FormProblem]:
        if line.key in seen:
            yield _at("line_twice", section, line, key=line.key)
        seen.add(line.key)
        if not KEY.fullmatch(line.key):
            yield _at("bad_key", section, line, key=line.key)
        if not line.label.strip():
            yield _at("no_label", section, line)
        if bool(line.element) + bool(line.indicator) + bool(line.sum_of) > 1:
            yield _at("two_sources", section, line)
        yield from self._binding(section, line)
        for key in line.sum_of:
            if key not in asked:
                yield _at("sum_unknown", section, line, key=key)
            elif asked[key].is_heading:
                yield _at("sum_heading", section, line, key=key)
        if _sums_itself(line.key, asked):
            yield _at("sum_cycle", section, line)
        if len({asked[key].unit_word for key in line.sum_of if key in asked}) > 1:
            yield _at("mixed_units", section, line)

    def _binding(self, section: Section, line: Line) -> Iterator[FormProblem]:
        if line.breakdown and not line.element:
            yield _at("part_alone", section, line)
        if self.catalogue is None:
            return
        if line.element:
            element = self.catalogue.elements.get(line.element)
            if element is None:
                yield _at("unknown_element", section, line, code=line.element)
            elif line.breakdown and check_part(line.breakdown, element, self.breakdowns):
                yield _at("unknown_part", section, line)
        if line.indicator and line.indicator not in self.catalogue.indicators:
            yield _at("unknown_indicator", section, line, code=line.indicator)


def _at(code: str, section: Section, line: Line | None = None, /, **args: Any) -> FormProblem:
    words = {"title": section.title, "label": line.label or line.key if line else "", **args}
    return FormProblem(code=code, section=section.key, line=line.key if line else "", args=words)


def _sums_itself(key: str, lines: Mapping[str, Line]) -> bool:
    """Whether the sums that begin at a line come back to it."""
    reached: set[str] = set()
    ahead = list(lines[key].sum_of) if key in lines else []
    while ahead:
        each = ahead.pop()
        if each == key:
            return True
        if each not in reached and each in lines:
            reached.add(each)
            ahead += lines[each].sum_of
    return False
