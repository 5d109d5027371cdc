"""A workbook that came back, given back once more: its cells coloured by what becomes of them, with reasons."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils.translation import override

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import Batch
from pcmt.apps.tasks.sheets import read_sheets
from pcmt.documents import grid_from
from pcmt.documents.output.grids import Marks, write_marked
from pcmt.web.tasks.batch_page import Line, lines_of

COLUMN_OF = {"percent": "percent", "done_on": "done_on", "note": "note", "holder_id": "holder"}


def marked_sheet(actor: Actor, batch: Batch) -> bytes:
    """The same cells: a value where there was none is new, another one changed, one that cannot be is wrong.

    In Vietnamese for every reader, as the list itself is; the keys stay hidden, so that it can come in again.
    """
    with override("vi"):
        return _marked(actor, batch)


def _marked(actor: Actor, batch: Batch) -> bytes:
    grid = grid_from(batch.grid)
    found = read_sheets(grid)
    lines = lines_of(actor, batch, range(len(batch.rows)))
    rows: dict[int, dict[int, str]] = defaultdict(dict)
    cells: dict[int, dict[tuple[int, int], tuple[str, str]]] = defaultdict(dict)
    words: dict[int, dict[int, str]] = defaultdict(dict)
    for row, outcome, line in zip(batch.rows, batch.outcomes, lines, strict=True):
        sheet, at = row["sheet"], row["line"] - 1
        rows[sheet][at] = "same"
        words[sheet][at] = _words(line)
        for cell, mark in _cells(row, outcome):
            cells[sheet][cell] = mark
    for sheet, at in found.passed:
        rows[sheet][at] = "passed"
    return write_marked(
        grid,
        {
            sheet: Marks(
                head=head,
                title="Kết quả kiểm tra",
                rows=rows[sheet],
                cells=cells[sheet],
                words=words[sheet],
                hidden=(found.keys[sheet],),
            )
            for sheet, head in found.heads.items()
        },
    )


def _cells(row: dict[str, Any], outcome: dict[str, Any]) -> list[tuple[tuple[int, int], tuple[str, str]]]:
    places = {name: (cell[0], cell[1]) for name, cell in row.get("cells", {}).items()}
    if row.get("wrong"):
        return [((each["cell"][0], each["cell"][1]), ("wrong", each["message"])) for each in row["wrong"]]
    if outcome["state"] == "refused":
        field = COLUMN_OF.get(outcome.get("field", ""), "")
        cell = places.get(field) or next((places[name] for name in ("label", *places) if name in places), None)
        return [(cell, ("wrong", outcome["message"]))] if cell else []
    return [
        (places[column], ("new" if outcome["changes"][name][0] in (None, "") else "changed", ""))
        for name, column in COLUMN_OF.items()
        if name in outcome["changes"] and column in places
    ]


def _words(line: Line) -> str:
    if line.wrong:
        return "; ".join(f"{cell}: {message}" for cell, message in line.wrong)
    if line.message:
        return line.message
    changed = [f"{each.label}: {each.before} → {each.after}" if each.before else f"{each.label}: {each.after}"
               for each in line.changes]  # fmt: skip
    return "; ".join([line.word, *changed])
