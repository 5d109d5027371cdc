"""What the pages of a sheet of numbers show: how it was read, its cells one by one, the workbook given back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import frozen
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.facts.models import SheetImport
from pcmt.apps.facts.queries.sheets import CHANGED, NEW, SAME, WRONG, Outcome, Scene, lost_of, outcomes_of
from pcmt.apps.facts.sheets import LINE, UNIT, Lost, Reading
from pcmt.core.measures import read_written
from pcmt.documents import Grid, address
from pcmt.documents.output.grids import Marks, write_marked
from pcmt.web.entry.sheet_forms import Choice, column_choices

DOUBT = "doubt"
STATES = (WRONG, DOUBT, CHANGED, NEW, SAME)
STATE_WORDS: Mapping[str, tuple[str, Promise]] = {
    WRONG: ("soon", pgettext_lazy("ô số liệu", "Sai")),
    DOUBT: ("soon", pgettext_lazy("ô số liệu", "Cần xem lại")),
    CHANGED: ("wait", pgettext_lazy("ô số liệu", "Thay đổi")),
    NEW: ("done", pgettext_lazy("ô số liệu", "Mới")),
    SAME: ("plain", pgettext_lazy("ô số liệu", "Như cũ")),
}
"""Tone and word of what becomes of a cell."""


@frozen
class CellRow:
    """A cell of the sheet as the page shows it."""

    address: str
    unit: str
    line: str
    before: str
    after: str
    note: str
    tone: str
    word: str
    messages: Sequence[str]


def kind_of(each: Outcome) -> str:
    """The state under which the page lists a cell: doubtful ones by themselves."""
    return DOUBT if each.doubts and each.state != WRONG else each.state


def cell_rows(scene: Scene, outcomes: Sequence[Outcome], lost: Sequence[Lost]) -> list[CellRow]:
    """Cells, and rows that nobody knows, as the page shows them."""
    found = []
    for row in lost:
        tone, word = STATE_WORDS[WRONG]
        place = address(row.row, row.column)
        found.append(CellRow(place, "", row.text, "", "", "", tone, str(word), [lost_words(row)]))
    for each in outcomes:
        tone, word = STATE_WORDS[kind_of(each)]
        unit = scene.names.units.get(each.unit_id)
        line = scene.lines[each.line].name if 0 <= each.line < len(scene.lines) else ""
        words = [*filter(None, [each.message]), *each.doubts]
        found.append(
            CellRow(
                each.address,
                unit.name if unit else "",
                line,
                each.before,
                each.after,
                each.note,
                tone,
                str(word),
                words,
            )
        )
    return found


def lost_words(row: Lost) -> str:
    """Why nobody knows a row, and what to do."""
    if row.why == "line":
        return _("Dòng có số nhưng chưa khớp chỉ tiêu nào của biểu. Chọn ở mục Cách đọc tệp, hoặc bỏ qua.")
    if row.why == "unit":
        return _("Dòng có số nhưng không ghi đơn vị. Ghi tên hoặc mã đơn vị.")
    return row.why


def tabs_of(outcomes: Sequence[Outcome], lost: Sequence[Lost], chosen: str) -> list[dict[str, Any]]:
    """One tab a state that has cells, and one for all of them."""
    counts = defaultdict(int, {WRONG: len(lost)})
    for each in outcomes:
        counts[kind_of(each)] += 1
    tabs = [
        {"label": STATE_WORDS[state][1], "url": f"?xem={state}", "count": counts[state], "current": chosen == state}
        for state in STATES
        if counts[state]
    ]
    total = {"label": _("Tất cả"), "url": "?xem=tat-ca", "count": sum(counts.values()), "current": not chosen}
    return [*tabs, total]


def how_read(grid: Grid, reading: Reading, scene: Scene) -> Mapping[str, Any]:
    """How the sheet is read: its name, the row of headings as Excel counts, each column with what it means."""
    words = {each.value: each.label for each in column_choices(scene, reading.rows)}
    columns = [
        Choice(
            address(0, column)[:-1], f"“{reading.headings.get(column, '')[:80]}” → {_meaning(meaning, words, scene)}"
        )
        for column, meaning in sorted(reading.columns.items())
        if meaning
    ]
    return {"sheet": grid.sheets[reading.sheet].name, "line": reading.head + 1, "columns": columns}


def _meaning(meaning: str, words: Mapping[str, str], scene: Scene) -> str:
    if meaning in words:
        return words[meaning]
    if meaning.startswith(UNIT):
        unit = scene.names.units.get(int(meaning.removeprefix(UNIT)))
        return unit.name if unit else "?"
    return meaning.removeprefix(LINE)


def marked_sheet(made: SheetImport, grid: Grid, reading: Reading, scene: Scene) -> bytes:
    """The workbook again: cells coloured by what becomes of them, reasons as remarks and in words at the end of rows.

    What makes a template known again goes along, so that it can be put right and sent in once more.
    """
    outcomes, lost = outcomes_of(made), lost_of(made)
    cells: dict[tuple[int, int], tuple[str, str]] = {}
    words: dict[int, list[str]] = defaultdict(list)
    numbers: dict[tuple[int, int], Decimal] = {}
    for row in lost:
        cells[row.row, row.column] = (WRONG, lost_words(row))
        words[row.row].append(f"{address(row.row, row.column)}: {lost_words(row)}")
    for each in outcomes:
        kind = kind_of(each)
        said = " ".join([*filter(None, [each.message]), *each.doubts])
        cells[each.row, each.column] = (kind, said)
        words[each.row].append(f"{each.address}: {_said(each, kind, said)}")
        line = scene.lines[each.line] if 0 <= each.line < len(scene.lines) else None
        value = read_written(each.after, places=line.places).value if line and each.state != WRONG else None
        if value is not None:
            numbers[each.row, each.column] = value
    marks = Marks(
        head=reading.head,
        title=_("Kết quả kiểm tra"),
        rows=dict.fromkeys(words, "same") | dict.fromkeys(made.outcomes.get("passed", ()), "passed"),
        cells=cells,
        words={row: "; ".join(each) for row, each in words.items()},
        hidden=() if reading.keys is None else (reading.keys,),
        numbers=numbers,
    )
    return write_marked(grid, {reading.sheet: marks})


def _said(each: Outcome, kind: str, said: str) -> str:
    word = str(STATE_WORDS[kind][1])
    moved = f" {each.before or '—'} → {each.after or '—'}" if each.state == CHANGED else ""
    return f"{word}{moved}{f' ({said})' if said else ''}"
