"""The committed table: one line a row, columns in line, comments kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import attrs

from tests.matrix.walk import BOTH, GET, POST, Seen
from tests.matrix.world import STANDINGS

FILE = Path(__file__).with_name("expected.txt")
METHODS = (BOTH, GET, POST)

Cells = Mapping[str, str]
Key = tuple[str, str]
"""A row: the name of the page and the method."""


@attrs.define
class Table:
    """What is expected. `above` keeps the comments that stand above a row; `top` those above the head of the table."""

    rows: dict[Key, Cells] = attrs.field(factory=dict)
    columns: tuple[str, ...] = STANDINGS
    top: list[str] = attrs.field(factory=list)
    above: dict[Key, list[str]] = attrs.field(factory=dict)

    def of(self, name: str) -> dict[str, Cells]:
        """The rows of a page, by method."""
        return {method: cells for (row, method), cells in self.rows.items() if row == name}

    def take(self, seen: Seen) -> None:
        """Expect what was seen of a page, and nothing else of it."""
        self.drop(seen.page.row)
        for method, cells in seen.rows.items():
            self.rows[seen.page.row, method] = cells

    def drop(self, name: str) -> None:
        """Expect nothing of a page any more."""
        for method in METHODS:
            self.rows.pop((name, method), None)

    @property
    def names(self) -> set[str]:
        """The pages that have rows."""
        return {name for name, _method in self.rows}


def read(text: str) -> Table:
    """The table as written. ValueError names the line that cannot be read."""
    table = Table(columns=())
    waiting: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        if words[0].startswith("#"):
            waiting.append(line)
        elif not table.columns:
            table.top, waiting = waiting, []
            table.columns = tuple(words[2:])
        else:
            key = (words[0], words[1] if len(words) > 1 else "")
            if len(words) != len(table.columns) + 2 or key[1] not in METHODS or key in table.rows:
                raise ValueError(f"{FILE.name}, line {number}: not a row, or a second one of the same page: {line}")
            table.rows[key] = dict(zip(table.columns, words[2:], strict=True))
            table.above[key], waiting = waiting, []
    return table


def written(table: Table) -> str:
    """The table as text: rows by name, a blank line between rooms, columns in line."""
    lines = [*table.top, *([""] if table.top else [])]
    shown = lined(table.rows, STANDINGS)
    lines.append(shown[0])
    room = None
    for (key, _cells), line in zip(sorted(table.rows.items()), shown[1:], strict=True):
        if room != (room := key[0].rpartition(":")[0]) or table.above.get(key):
            lines.append("")
        lines += [*table.above.get(key, ()), line]
    return "\n".join(lines) + "\n"


def lined(rows: Mapping[Key, Cells], columns: Sequence[str]) -> list[str]:
    """The head and the rows, sorted, in columns."""
    grid = [["page", "method", *columns]]
    grid += [[*key, *(cells.get(column, "-") for column in columns)] for key, cells in sorted(rows.items())]
    widths = [max(len(line[place]) for line in grid) for place in range(len(grid[0]))]
    return ["  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip() for line in grid]


def load() -> Table:
    """The committed table."""
    return read(FILE.read_text(encoding="utf-8"))


def difference(table: Table, seen: Iterable[Seen]) -> list[str]:
    """What the table says otherwise than what was seen, in lines for a person; empty where they agree."""
    lines = []
    for each in seen:
        expected, observed = table.of(each.page.row), each.rows
        if expected == observed:
            continue
        if not expected:
            lines.append(f"{each.page.row}: has no rows yet. As seen:")
            lines += [f"    {line}" for line in lined({(each.page.row, m): c for m, c in observed.items()}, STANDINGS)]
            continue
        lines.append(f"{each.page.row}: expected (-), seen (+):")
        both = {**{(f"- {each.page.row}", method): cells for method, cells in expected.items()}}
        both |= {(f"+ {each.page.row}", method): cells for method, cells in observed.items()}
        lines += [f"    {line}" for line in lined(both, STANDINGS)]
        for method in sorted({*expected, *observed}):
            old, new = expected.get(method), observed.get(method)
            if old is None or new is None:
                lines.append(f"    {method}: {'no such row expected' if old is None else 'no longer so'}")
                continue
            moved = [name for name in STANDINGS if old.get(name) != new.get(name)]
            lines += [f"    {method} as {name}: {old.get(name, '-')} → {new.get(name, '-')}" for name in moved]
    return lines
