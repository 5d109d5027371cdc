"""Reports as workbooks: every formula gives what the report says, and goes on counting."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve

from pcmt.core.schemas import Content, Line, Part, ReportSchema, Section, SectionKind
from pcmt.documents.output.report_book import Facts, write_report_book
from tests.documents import reporting as sample

M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FACTS = Facts(title="Báo cáo: kết quả", words=[("Nơi nhận", "Bộ Công an")], seal="a" * 64)
Sheet = dict[str, tuple[str, Any]]


def book(schema: ReportSchema = sample.SCHEMA, said: Content | None = None) -> dict[str, Sheet]:
    """Cells by sheet and address: formula (or nothing) and the value kept with it."""
    data = write_report_book(schema, said or sample.content(), FACTS)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        strings = ["".join(each.itertext()) for each in ET.fromstring(archive.read("xl/sharedStrings.xml"))]
        names = [each.get("name") for each in ET.fromstring(archive.read("xl/workbook.xml")).iter(f"{M}sheet")]
        found = {}
        for number, name in enumerate(names, 1):
            root = ET.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            cells: Sheet = {}
            for cell in root.iter(f"{M}c"):
                value = cell.findtext(f"{M}v")
                kind = cell.get("t")
                shown: Any = None if value is None else strings[int(value)] if kind == "s" else value
                if value is not None and kind is None:
                    shown = float(value)
                cells[cell.get("r") or ""] = (cell.findtext(f"{M}f") or "", shown)
            found[name or ""] = cells
    return found


class Counting:
    """Just so much of a spreadsheet that the formulas of a report can be counted anew."""

    def __init__(self, sheets: dict[str, Sheet]) -> None:
        self.sheets = sheets

    def value(self, sheet: str, address: str) -> Any:
        formula, kept = self.sheets[sheet].get(address, ("", None))
        return self.result(sheet, formula) if formula else kept

    def result(self, sheet: str, formula: str) -> Any:
        words = formula.replace("<>", "!=")
        words = re.sub(r"(?<![<>!=])=(?!=)", "==", words)
        pattern = r"(?:'([^']+)'!)?([A-Z]+)([0-9]+)(?::([A-Z]+)([0-9]+))?"
        words = re.sub(pattern, lambda match: self._place(sheet, match), words)
        words = words.replace("IF(", "when(").replace("AND(", "both(").replace("COUNT(", "count(")
        words = words.replace("SUM(", "total(")
        flat = lambda each: [one for part in each for one in (part if isinstance(part, list) else [part])]  # noqa: E731
        numbers = lambda each: [one for one in flat(each) if isinstance(one, float)]  # noqa: E731
        return eval(
            words,
            {"__builtins__": {}},
            {
                "when": lambda asked, yes, no: yes if asked else no, "both": lambda *each: all(each),
                "count": lambda *each: float(len(numbers(each))), "total": lambda *each: sum(numbers(each)),
                "val": Val,
            },
        )  # fmt: skip

    def _place(self, sheet: str, match: re.Match[str]) -> str:
        name = match[1] or sheet
        if match[4]:
            column = match[2]
            cells = [self.value(name, f"{column}{row}") for row in range(int(match[3]), int(match[5]) + 1)]
            return repr(cells)
        value = self.value(name, match[2] + match[3])
        return f"val({value!r})" if isinstance(value, str) or value is None else repr(value)


class Val(str):
    """A word where a number could be: what is counted with it does not count (the formulas ask first)."""

    __slots__ = ()

    def __sub__(self, _other: Any) -> float:
        return 0.0

    __rsub__ = __truediv__ = __rtruediv__ = __mul__ = __sub__


def recount(sheets: dict[str, Sheet]) -> int:
    """Counts every formula anew and holds it against what the report says; how many there are."""
    counting, count = Counting(sheets), 0
    for name, cells in sheets.items():
        for address, (formula, kept) in cells.items():
            if formula:
                count += 1
                found = counting.value(name, address)
                if isinstance(found, str):
                    assert found == kept, (name, address, formula)
                else:
                    assert found == pytest.approx(float(kept), abs=0.05), (name, address, formula)
    return count


def test_every_formula_gives_what_the_report_says() -> None:
    assert recount(book()) > 100


def test_sums_changes_and_percentages_are_alive() -> None:
    sheets = book()
    page = sheets["1. Kết quả bằng số"]
    assert page["D8"][0].startswith("IF(AND(COUNT(D6,D7)>0")
    page["D6"] = ("", 112.0)
    counting = Counting(sheets)
    assert counting.value("1. Kết quả bằng số", "D8") == 112.0
    assert counting.value("1. Kết quả bằng số", "F6") == 102.0
    assert counting.value("1. Kết quả bằng số", "G6") == pytest.approx(1020.0)
    page["D7"] = ("", "—")
    assert counting.value("1. Kết quả bằng số", "D8") == "—", "a sum over a blank is blank"
    page["D7"] = ("", "x")
    assert counting.value("1. Kết quả bằng số", "D8") == 112.0, "what does not apply adds nothing"


def test_blanks_are_words_and_zeros_numbers() -> None:
    page = book()["1. Kết quả bằng số"]
    assert page["D7"] == ("", 0.0)
    assert page["D9"] == ("", "—")
    assert [page[f"{column}10"][1] for column in "DEFG"] == ["x"] * 4
    assert page["B6"][1] == "Số vụ phát hiện, bắt giữ"


def test_totals_of_bodies_count_each_once() -> None:
    figures = {**sample.FIGURES, "cases": evolve(sample.told(6), others={})}
    sheets = book(said=sample.content(figures=figures))
    page = sheets["Số liệu theo đơn vị"]
    assert page["C8"][0] == 'IF(COUNT(C5:C7)>0,SUM(C5:C7),"—")'
    assert page["B9"][1] == "Xã 4 (không cộng: đã có trong số của đơn vị khác)"
    assert page["H8"][0] == "", "a ratio is no sum"
    assert page["H8"][1] == pytest.approx(91.67)
    page["C5"] = ("", 10.0)
    assert Counting(sheets).value("Số liệu theo đơn vị", "C8") == 15.0


def test_a_total_that_is_no_sum_of_the_parts_stays_a_number() -> None:
    page = book()["Số liệu theo đơn vị"]
    assert page["C8"] == ("", 12.0), "the report says 12 where the bodies come to 6"


def test_a_consolidated_sum_leaves_blanks_out_as_the_report_does() -> None:
    figures = {**sample.FIGURES, "gangs": sample.told(None), "all": sample.told(12, None)}
    sheets = book(said=sample.content(figures=figures))
    assert sheets["1. Kết quả bằng số"]["D8"][0] == 'IF(COUNT(D6,D7)>0,SUM(D6,D7),"—")'
    assert recount(sheets) > 50


def test_sums_reach_over_tables_and_names_of_sheets_are_fit() -> None:
    line = Line(key="whole", label="Tổng", sum_of=("cases", "line1"))
    title = "Cộng [chung]: 'tất cả' các bảng / của cả báo cáo"
    section = Section(key="sum", title=title, kind=SectionKind.FIGURES, lines=(line,), columns=sample.COLUMNS)
    twin = evolve(section, key="twin", lines=(evolve(line, key="twin"),))
    schema = evolve(sample.SCHEMA, sections=(*sample.SECTIONS, section, twin))
    figures = {**sample.FIGURES, "whole": sample.told(1012), "twin": sample.told(5)}
    sheets = book(schema, sample.content(figures=figures))
    names = [name for name in sheets if name.startswith("Cộng")]
    assert len(names) == 2
    assert all(len(name) <= 31 and not set("[]:*?/\\'") & set(name) for name in names)
    assert "'1. Kết quả bằng số'!D6" in sheets[names[0]]["D5"][0]
    assert sheets[names[1]]["D5"] == ("", 5.0), "what the report says stands where the sum is another number"
    assert recount(sheets) > 100


def test_words_never_become_formulas() -> None:
    part = Part(unit_id=1, name='=HYPERLINK("x")', edition_id=1, seal="", values={"cases": Decimal(1)})
    page = book(said=sample.content(parts=(part,)))["Số liệu theo đơn vị"]
    assert page["B5"] == ("", '=HYPERLINK("x")')
