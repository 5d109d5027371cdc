"""A section as it is typed in the editor, and back: rows of a table that survive whatever is wrong with them.

Numbers of rows that a sum names ("1, 3") are places in the table as it stood on the page; a line of another table is
named by its key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from django.utils.translation import gettext as _

from pcmt.core.measures import Breakdown, Catalogue
from pcmt.core.schemas import (
    COLUMNS,
    RECIPES,
    Column,
    ColumnKind,
    Line,
    ReportSchema,
    Section,
    SectionKind,
    bound_line,
)

TITLE_CHARS = 300
TEXT_CHARS = 2000
MOST_ROWS = 100
COMPARED = (ColumnKind.PREVIOUS, ColumnKind.YEAR_AGO, ColumnKind.CUMULATIVE, ColumnKind.TARGET)
COMPARING = (ColumnKind.CHANGE, ColumnKind.PERCENT)


@attrs.define
class Typed:
    """A section as it was typed: `values` of its own fields, rows of lines and columns, what is wrong by input id."""

    values: dict[str, Any]
    lines: list[dict[str, str]] = attrs.field(factory=list)
    columns: list[dict[str, str]] = attrs.field(factory=list)
    errors: dict[str, str] = attrs.field(factory=dict)


PLAIN = ("title", "number", "guidance")
FLAGS = ("required", "annex", "landscape")
LINE_PLAIN = ("key", "label", "number", "unit_word", "official", "note")


def typed_of(section: Section) -> Typed:
    """A stored section as it stands in the boxes."""
    places = {line.key: str(at) for at, line in enumerate(section.lines, start=1)}
    values = {name: getattr(section, name) for name in (*PLAIN, *FLAGS)}
    values |= {
        "kind": str(section.kind),
        "level": str(section.level),
        "drafts": list(section.drafts),
        "band": "" if section.band is None else str(section.band),
    }
    return Typed(
        values,
        lines=[_row(line, places) for line in section.lines],
        columns=[
            {"key": each.key, "kind": str(each.kind), "label": each.label, "against": each.against}
            for each in section.columns
        ],
    )


def _row(line: Line, places: Mapping[str, str]) -> dict[str, str]:
    row = {name: getattr(line, name) for name in LINE_PLAIN}
    kind = "element" if line.element else "indicator" if line.indicator else "sum" if line.sum_of else ""
    sums = ", ".join(places.get(key, key) for key in line.sum_of)
    return {**row, "bound": line.element or line.indicator, "source": kind, "part": line.breakdown, "sums": sums}


def typed_from(data: Mapping[str, str], drafts: Sequence[str]) -> Typed:
    """What was sent; anything that is not a row as the page makes them is left out."""
    values: dict[str, Any] = {name: data.get(name, "").strip() for name in (*PLAIN, "kind", "level", "band")}
    values["title"] = " ".join(values["title"].split())
    values |= {name: bool(data.get(name)) for name in FLAGS}
    values["drafts"] = [each for each in RECIPES if each in drafts]
    names = (*LINE_PLAIN, "bound", "source", "part", "sums")
    lines = _rows(data, "l", names)
    return Typed(values, lines=lines, columns=_rows(data, "c", ("key", "kind", "label", "against")))


def _rows(data: Mapping[str, str], letter: str, names: Sequence[str]) -> list[dict[str, str]]:
    count = data.get(f"{letter}-count", "0")
    number = min(int(count), MOST_ROWS) if count.isdecimal() and len(count) < 4 else 0
    return [
        {name: " ".join(data.get(f"{letter}-{at}-{name}", "").split()) for name in names}
        for at in range(1, number + 1)
        if f"{letter}-{at}-key" in data
    ]


def section_of(typed: Typed, key: str, catalogue: Catalogue, breakdowns: Mapping[str, Breakdown]) -> Section:
    """The section that was typed; what cannot be kept at all is said in `typed.errors`."""
    values = dict(typed.values)
    kind = values["kind"] if values["kind"] in list(SectionKind) else SectionKind.NARRATIVE
    level = int(values["level"]) if values["level"] in ("1", "2", "3") else 1
    band = None
    if values["band"]:
        if values["band"].isdecimal() and 0 < int(values["band"]) <= 1000:
            band = int(values["band"])
        else:
            typed.errors["band"] = _("Ghi một số phần trăm từ 1 đến 1000, hoặc để trống.")
    for name, most in (("title", TITLE_CHARS), ("guidance", TEXT_CHARS), ("number", 30)):
        if len(values[name]) > most:
            typed.errors[name] = _("Dài quá %(most)s ký tự.") % {"most": most}
    keys = [row["key"] for row in typed.lines]
    lines = tuple(
        _line(row, f"l-{at}", keys, typed, catalogue, breakdowns) for at, row in enumerate(typed.lines, start=1)
    )
    return Section(
        key=key, title=values["title"], kind=SectionKind(kind), number=values["number"], level=level,
        guidance=values["guidance"], required=values["required"], drafts=tuple(values["drafts"]),
        lines=lines, columns=tuple(_column(row) for row in typed.columns), band=band,
        annex=values["annex"], landscape=values["landscape"],
    )  # fmt: skip


def _line(
    row: dict[str, str],
    at: str,
    keys: Sequence[str],
    typed: Typed,
    catalogue: Catalogue,
    breakdowns: Mapping[str, Breakdown],
) -> Line:
    for name, most in (("label", TITLE_CHARS), ("number", 20), ("unit_word", 60), ("official", 60), ("note", 300)):
        if len(row[name]) > most:
            typed.errors[f"{at}-{name}"] = _("Dài quá %(most)s ký tự.") % {"most": most}
    plain = {name: row[name] for name in LINE_PLAIN}
    if row["source"] == "element":
        label = row["label"]
        if not label and row["bound"] in catalogue.elements:
            label = bound_line(_code(row), catalogue, breakdowns).label
        return Line(**{**plain, "label": label}, element=row["bound"], breakdown=row["part"])  # type: ignore[arg-type]
    if row["source"] == "indicator":
        return Line(**plain, indicator=row["bound"])  # type: ignore[arg-type]
    sums: list[str] = []
    for word in row["sums"].replace(";", ",").split(",") if row["source"] == "sum" else ():
        word = word.strip()
        if word.isdecimal() and len(word) < 4 and 1 <= int(word) <= len(keys):
            sums.append(keys[int(word) - 1])
        elif word and not word.isdecimal():
            sums.append(word)
        elif word:
            typed.errors[f"{at}-sums"] = _("Bảng không có dòng %(number)s.") % {"number": word}
    return Line(**plain, sum_of=tuple(dict.fromkeys(sums)))  # type: ignore[arg-type]


def _code(row: Mapping[str, str]) -> str:
    return f"{row['bound']}|{row['part']}" if row["part"] else row["bound"]


def _column(row: Mapping[str, str]) -> Column:
    kind = ColumnKind(row["kind"]) if row["kind"] in list(ColumnKind) else ColumnKind.NOTE
    against = row["against"] if kind in COMPARING else ""
    return Column(key=row["key"], kind=kind, label=row["label"], against=against)


def free_key(wanted: str, taken: set[str]) -> str:
    """A key that nothing has yet: the wanted one, else numbered."""
    base, key, number = wanted[:50] or "muc", wanted[:50] or "muc", 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key


def with_section(schema: ReportSchema, section: Section) -> ReportSchema:
    """The form with a section in place of the one with its key; at the end where there is none."""
    if schema.section(section.key) is None:
        return attrs.evolve(schema, sections=(*schema.sections, section))
    return attrs.evolve(
        schema, sections=tuple(section if each.key == section.key else each for each in schema.sections)
    )


def moved(items: Sequence[Any], at: int, by: int) -> tuple[Any, ...]:
    """The items with one of them moved; as they were where it cannot."""
    there = at + by
    if not (0 <= at < len(items) and 0 <= there < len(items)):
        return tuple(items)
    found = list(items)
    found.insert(there, found.pop(at))
    return tuple(found)


def acted(
    schema: ReportSchema, section: Section, act: str, catalogue: Catalogue, breakdowns: Mapping[str, Breakdown]
) -> Section:
    """The section after one act on its rows: `lup:3`, `ldown:3`, `lremove:3`, `take:cases_detected`, `heading`, `sum`,
    `cup:1`, `cdown:1`, `cremove:1`, `column:previous`. What is no such act changes nothing.
    """
    word, _sign, what = act.partition(":")
    at = int(what) - 1 if what.isdecimal() and len(what) < 4 else -1
    lines, columns = section.lines, section.columns
    taken = {line.key for each in (*schema.sections, section) for line in each.lines}
    match word:
        case "lup" | "ldown":
            lines = moved(lines, at, -1 if word == "lup" else 1)
        case "lremove":
            lines = tuple(each for place, each in enumerate(lines) if place != at)
        case "cup" | "cdown":
            columns = moved(columns, at, -1 if word == "cup" else 1)
        case "cremove":
            columns = tuple(each for place, each in enumerate(columns) if place != at)
        case "column" if what in COLUMNS:
            columns = (*columns, attrs.evolve(COLUMNS[what], key=free_key(what, {each.key for each in columns})))
        case "heading":
            lines = (*lines, Line(key=free_key("heading", taken), label=""))
        case "sum":
            keys = tuple(line.key for line in lines if line.element)
            lines = (*lines, Line(key=free_key("total", taken), label=_("Cộng"), unit_word=_unit(lines), sum_of=keys))
        case "take" if section.kind is SectionKind.BODIES:
            again = next((line for _section, line in schema.lines() if line.key == what), None)
            lines = (*lines, again) if again and again.key not in {line.key for line in lines} else lines
        case "take" if what.lstrip("=") in (catalogue.indicators if what.startswith("=") else catalogue.elements):
            line = bound_line(what, catalogue, breakdowns)
            lines = (*lines, attrs.evolve(line, key=free_key(line.key, taken)))
    return attrs.evolve(section, lines=lines, columns=columns)


def _unit(lines: Sequence[Line]) -> str:
    units = {line.unit_word for line in lines if line.element}
    return units.pop() if len(units) == 1 else ""
