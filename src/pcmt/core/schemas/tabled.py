"""Forms as they are written in tables of `data/report_forms`: short where the catalogue knows the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pcmt.core.measures import Breakdown, Catalogue, part_label
from pcmt.core.schemas.forms import Column, ColumnKind, Line, ReportSchema, Section, SectionKind

COLUMNS = {
    "this": Column(key="this", kind=ColumnKind.THIS, label="Kỳ này"),
    "previous": Column(key="previous", kind=ColumnKind.PREVIOUS, label="Kỳ trước"),
    "year_ago": Column(key="year_ago", kind=ColumnKind.YEAR_AGO, label="Cùng kỳ năm trước"),
    "cumulative": Column(key="cumulative", kind=ColumnKind.CUMULATIVE, label="Lũy kế từ đầu năm"),
    "change": Column(key="change", kind=ColumnKind.CHANGE, label="Tăng, giảm", against="year_ago"),
    "percent": Column(key="percent", kind=ColumnKind.PERCENT, label="Tăng, giảm (%)", against="year_ago"),
    "change_previous": Column(
        key="change_previous", kind=ColumnKind.CHANGE, label="So với kỳ trước", against="previous"
    ),
    "percent_previous": Column(
        key="percent_previous", kind=ColumnKind.PERCENT, label="So với kỳ trước (%)", against="previous"
    ),
    "target": Column(key="target", kind=ColumnKind.TARGET, label="Chỉ tiêu giao"),
    "note": Column(key="note", kind=ColumnKind.NOTE, label="Ghi chú"),
}
"""Columns as they are usually called, by key."""


def schema_of_table(
    table: Mapping[str, Any], catalogue: Catalogue, breakdowns: Mapping[str, Breakdown]
) -> ReportSchema:
    """A form from its table.

    A line is `"element"`, `"element|key=option"`, `"=indicator"`, or a table with what differs; its key, name and unit
    are those of what it is bound to, unless given. A section of kind `bodies` names keys of lines. Columns are named
    by the keys of `COLUMNS`. Raises KeyError or ValueError for what is no form.
    """
    asked: dict[str, Line] = {}
    sections = []
    for row in table["section"]:
        kind = SectionKind(row["kind"])
        if kind is SectionKind.BODIES:
            lines = tuple(asked[key] for key in row["lines"])
        else:
            lines = tuple(_line(each, catalogue, breakdowns) for each in row.get("lines", ()))
            asked |= {line.key: line for line in lines}
        columns = tuple(COLUMNS[name] for name in row.get("columns", ()))
        plain = {name: _plain(value) for name, value in row.items() if name not in ("kind", "lines", "columns")}
        sections.append(Section(kind=kind, lines=lines, columns=columns, **plain))
    head = {name: _plain(value) for name, value in table.items() if name not in ("section", "dated")}
    return ReportSchema(sections=tuple(sections), **head)


def bound_line(code: str, catalogue: Catalogue, breakdowns: Mapping[str, Breakdown]) -> Line:
    """A line for `element`, `element|part` or `=indicator`, named after what it is bound to."""
    if code.startswith("="):
        indicator = catalogue.indicators[code[1:]]
        unit = "%" if indicator.whole else catalogue.elements[indicator.counted[0]].unit_word
        return Line(key=indicator.code, label=indicator.name, unit_word=unit, indicator=indicator.code)
    name, _sign, part = code.partition("|")
    element = catalogue.elements[name]
    whole = Line(key=element.code, label=element.name, unit_word=element.unit_word, element=element.code)
    if not part:
        return whole
    key = "_".join([element.code, *(pair.partition("=")[2] for pair in part.split(","))])
    return attrs.evolve(whole, key=key, label=part_label(part, breakdowns), breakdown=part)


def _line(row: str | Mapping[str, Any], catalogue: Catalogue, breakdowns: Mapping[str, Breakdown]) -> Line:
    if isinstance(row, str):
        return bound_line(row, catalogue, breakdowns)
    plain = {name: _plain(value) for name, value in row.items() if name != "of"}
    return attrs.evolve(bound_line(row["of"], catalogue, breakdowns), **plain) if "of" in row else Line(**plain)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
