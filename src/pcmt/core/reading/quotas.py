"""Quotas beside the words of a target: its split in brackets, and tables with a row per body."""

from __future__ import annotations

import re

from pcmt.core.reading.agencies import Agency, split_names
from pcmt.core.reading.lexicon import phrase
from pcmt.core.reading.outline import Clause
from pcmt.core.reading.result import Reading
from pcmt.core.reading.shares import Share, read_shares
from pcmt.core.reading.source import Source
from pcmt.core.reading.targets import Target
from pcmt.core.text import find_numerals

PARTS = phrase(
    r"(?:trong đó|gồm|bao gồm|cụ thể|phân bổ|chia ra)(?: (?:như sau|cụ thể|là|cho|giao))? ?:?(?! ít nhất)|"
    r"(?<=\. )giao (?=(?:công an|phường|xã|đội|tổ|các)[^.;:]{3,80}\d)",
    needs="đó|gồm|thể|bổ|chia|giao",
)
_IN_BRACKETS = re.compile(r"\(([^()]*\d[^()]*)\)")


_TOTAL = re.compile(r" *(?:tổng(?: cộng| số)?|cộng|toàn (?:tỉnh|huyện|xã|phường)|tong(?: cong| so)?|cong)(?!\w)")


def bracket_shares(source: Source, holder: Target) -> list[Share]:
    """ "10 vụ (Công an xã 07 vụ, Quân sự 03 vụ)": the split in brackets after a total."""
    at = holder.numbers[0][0] if holder.numbers else holder.start
    found = _IN_BRACKETS.search(source.low, at, min(holder.clause.end, at + 500))
    if not found or holder.facts["unit"] == "percent" or re.search(r";|\.(?= )", source.low[at : found.start()]):
        return []
    begin = found.start(1)
    lead = source.match(PARTS, begin, found.end(1))
    shares = read_shares(source, holder, [(lead.end() if lead else begin, found.end(1))])
    return shares if len(shares) >= 2 else []


def quota_tables(reading: Reading) -> None:
    """Tables of quotas: a row per body, a column per target; the total row (or the text above) states the target."""
    rows = [
        c
        for c in reading.outline.clauses
        if c.style == "row" and "unit" in c.columns and "task" not in c.columns and "lead" not in c.columns
    ]
    groups: list[list[Clause]] = []
    for row in rows:
        if groups and groups[-1][-1].columns is row.columns:
            groups[-1].append(row)
        else:
            groups.append([row])
    for group in groups:
        columns = group[0].columns
        named = {columns.get(name) for name in ("number", "unit", "past", "note", "partners", "due")}
        width = max(len(row.cells) for row in group)
        for column in range(width):
            if column not in named:
                _quota_column(reading, group, columns["unit"], column)
    reading.targets.sort(key=lambda t: (t.start, t.end))


def _quota_column(reading: Reading, group: list[Clause], unit_at: int, column: int) -> None:
    source = reading.source
    values = []
    for row in group:
        offset = 0 if len(row.cells) > column else column + 1 - len(row.cells)  # a total row may lack its leading cells
        if column - offset < 0 or unit_at - offset < -1:
            continue
        cell = row.cells[column - offset]
        number = next(iter(find_numerals(source.low, *cell)), None)
        name = row.cells[max(unit_at - offset, 0)]
        if (
            number
            and source.low[cell[0] : cell[1]].strip().replace("%", "").strip() == source.low[number.start : number.end]
        ):
            values.append((row, name, number))
    if len(values) < 2:
        return
    totals = [v for v in values if any(_TOTAL.match(source.low, a, b) for a, b in v[0].cells)]
    total = totals[0] if totals else None
    holder = None
    if total:
        holder = next((t for t in reading.targets if t.facts["value"] == total[2].value), None)
        if holder is None:
            facts = {
                **dict.fromkeys(
                    ("value_max", "direction", "measure", "scope", "per", "baseline", "frequency", "assessed", "period")
                ),
                "kind": "count",
                "comparator": "eq",
                "value": total[2].value,
                "unit": None,
                "quoted": False,
                "zone": "target_section",
            }
            holder = Target(total[2].start, total[2].end, total[0], facts, 0.7, [(total[2].start, total[2].end)])
            reading.targets.append(holder)
    else:
        holder = next(
            (t for t in reversed(reading.targets) if t.end <= group[0].start and t.facts["kind"] == "count"), None
        )
    if holder is None:
        return
    for row, cell, number in values:
        if total and row is total[0]:
            continue
        names = split_names(source, *cell) or [Agency(source.plain(*cell), *cell)]
        reading.shares.append(Share(cell[0], number.end, holder, names[:1], number.value, holder.facts["unit"]))
