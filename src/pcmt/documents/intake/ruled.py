"""Tables of pdf pages, found by their drawn lines.

A pdf file knows no tables: it holds letters with their place and lines with theirs. Lines that touch one another make a
grid; letters fall into its cells; cells without a line between them are one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from attrs import define, field, frozen

TOUCH = 3.0
"""Points (1/72 inch) within which lines meet, and two lines are the two edges of one stroke."""
SHORTEST = 6.0
COVERS = 0.8
"""The share of a cell's side that a line must run along to part it from its neighbour; an underline is shorter."""
MAX_LINES = 3_000


@frozen
class Line:
    """A straight line between two points of a page, in points from its lower left corner."""

    x0: float
    y0: float
    x1: float
    y1: float


@define
class _Rule:
    """A level or upright line at `at`, with the stretches it runs along."""

    at: float
    stretches: list[tuple[float, float]] = field(factory=list)

    def covers(self, low: float, high: float) -> bool:
        along = sum(max(min(end, high) - max(start, low), 0.0) for start, end in self.stretches)
        return along >= COVERS * (high - low)


@frozen
class Grid:
    """A table: edges of its columns from the left, of its rows from the top, and the cell that each is part of."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    owners: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.ys) - 1

    @property
    def columns(self) -> int:
        """The number of columns."""
        return len(self.xs) - 1

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of the cell that holds a point, the first one of a merged cell; None outside."""
        column = bisect_right(self.xs, x) - 1
        row = bisect_right([-edge for edge in self.ys], -y) - 1
        if not 0 <= column < self.columns or not 0 <= row < self.rows:
            return None
        return self.owners[row][column]


def grids(segments: Iterable[Line]) -> list[Grid]:
    """The tables that drawn lines make; none where the lines are too many to be tables."""
    upright: list[tuple[float, float, float]] = []
    level: list[tuple[float, float, float]] = []
    for line in segments:
        wide, high = abs(line.x1 - line.x0), abs(line.y1 - line.y0)
        if wide <= TOUCH and high >= SHORTEST:
            upright.append(((line.x0 + line.x1) / 2, min(line.y0, line.y1), max(line.y0, line.y1)))
        elif high <= TOUCH and wide >= SHORTEST:
            level.append(((line.y0 + line.y1) / 2, min(line.x0, line.x1), max(line.x0, line.x1)))
        if len(upright) + len(level) > MAX_LINES:
            return []
    columns, rows = _pieces(upright), _pieces(level)
    found = []
    for some_columns, some_rows in _connected(columns, rows):
        grid = _grid(_merged(some_columns), _merged(some_rows))
        if grid is not None:
            found.append(grid)
    return found


Piece = tuple[float, float, float]


def _pieces(lines: list[Piece]) -> list[Piece]:
    """Lines one after the other or one upon the other as one line."""
    pieces: list[Piece] = []
    for group in _groups(lines):
        start, end = group[0][1], group[0][2]
        at = sum(line[0] for line in group) / len(group)
        for _, low, high in sorted(group, key=lambda line: line[1]):
            if low > end + TOUCH:
                pieces.append((at, start, end))
                start, end = low, high
            else:
                start, end = min(start, low), max(end, high)
        pieces.append((at, start, end))
    return pieces


def _groups(lines: list[Piece]) -> list[list[Piece]]:
    """Lines on about the same height (or breadth)."""
    groups: list[list[Piece]] = []
    for line in sorted(lines):
        if groups and line[0] - groups[-1][0][0] <= TOUCH:
            groups[-1].append(line)
        else:
            groups.append([line])
    for group in groups:
        group.sort(key=lambda line: line[1])
    return groups


def _merged(pieces: list[Piece]) -> list[_Rule]:
    return [
        _Rule(sum(piece[0] for piece in group) / len(group), [(piece[1], piece[2]) for piece in group])
        for group in _groups(pieces)
    ]


def _connected(columns: Sequence[Piece], rows: Sequence[Piece]) -> list[tuple[list[Piece], list[Piece]]]:
    """Upright and level lines that touch, directly or through others, together."""
    if len(columns) * len(rows) > MAX_LINES * 100:
        return []
    parent = list(range(len(columns) + len(rows)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for i, (x, bottom, top) in enumerate(columns):
        for j, (y, left, right) in enumerate(rows):
            if left - TOUCH <= x <= right + TOUCH and bottom - TOUCH <= y <= top + TOUCH:
                parent[root(i)] = root(len(columns) + j)
    together: dict[int, tuple[list[Piece], list[Piece]]] = {}
    for index in range(len(parent)):
        both = together.setdefault(root(index), ([], []))
        if index < len(columns):
            both[0].append(columns[index])
        else:
            both[1].append(rows[index - len(columns)])
    return list(together.values())


def _grid(columns: list[_Rule], rows: list[_Rule]) -> Grid | None:
    if len(columns) < 3 or len(rows) < 2:
        return None
    rows.reverse()
    xs, ys = tuple(rule.at for rule in columns), tuple(rule.at for rule in rows)
    owners: list[list[tuple[int, int]]] = []
    for row in range(len(ys) - 1):
        owners.append([])
        for column in range(len(xs) - 1):
            owner = (row, column)
            if column and not columns[column].covers(ys[row + 1], ys[row]):
                owner = owners[row][column - 1]
            elif row and not rows[row].covers(xs[column], xs[column + 1]):
                owner = owners[row - 1][column]
            owners[row].append(owner)
    return Grid(xs, ys, tuple(map(tuple, owners)))
