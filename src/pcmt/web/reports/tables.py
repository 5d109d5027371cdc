"""The tables of figures of a report as they stand on its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import attrs
from django.utils.translation import gettext as _

from pcmt.core.measures import number_label
from pcmt.core.schemas import Column, ColumnKind, Content, Figure, Line, Provenance, Section

NOT_APPLICABLE = "x"
"""How "does not apply" is typed and shown."""
GROWTH = (ColumnKind.CHANGE, ColumnKind.PERCENT)
"""Columns whose numbers say how much more or less: they carry a sign."""
USUAL_COLUMNS = (Column(key="this", kind=ColumnKind.THIS, label="Kỳ này"),)
"""What a table has whose form names no columns."""


@attrs.frozen
class Cell:
    """A number beside the one that is reported: `key` names its place on the page."""

    key: str
    column: Column
    text: str


@attrs.define
class Row:
    """A line of a table. `text` is the number as it could be typed, with the version `seen` of what stood there.

    `gap` says how a typed number differs from the counted one, `far` that its change has to be explained. `state` is
    what became of it when it was saved last: `saved` or `refused`; `theirs` what somebody else told meanwhile.
    """

    line: Line
    figure: Figure
    cells: list[Cell | None]
    fills: bool = False
    text: str = ""
    note: str = ""
    reason: str = ""
    explanation: str = ""
    seen: int = 0
    gap: str = ""
    far: bool = False
    usable: bool = False
    state: str = ""
    message: str = ""
    theirs: tuple[int, str, str] | None = None

    @property
    def key(self) -> str:
        """Names the line on the page."""
        return self.line.key

    @property
    def shown(self) -> str:
        """The number as it is read: "—" for what was not reported."""
        return figure_label(self.figure)

    @property
    def source(self) -> str:
        """Where the number comes from, in words."""
        return source_words(self.figure)

    @property
    def has_source(self) -> bool:
        """Whether there is a page that says where the number comes from: of elements and indicators, not of sums."""
        return bool(self.line.element or self.line.indicator)

    @property
    def told(self) -> str:
        """How many units stand behind the number, where that are several."""
        if self.figure.expected is None or self.figure.expected < 2 or self.figure.told is None:
            return ""
        return _("%(told)s/%(expected)s đơn vị đã báo") % {"told": self.figure.told, "expected": self.figure.expected}


@attrs.frozen
class Table:
    """A table of figures: its columns in the order of the form, and its rows."""

    section: Section
    columns: Sequence[Column]
    rows: Sequence[Row]

    @property
    def refused(self) -> list[Row]:
        """The lines that were not saved."""
        return [row for row in self.rows if row.state == "refused"]


def is_told(figure: Figure) -> bool:
    """Whether a line says something: a number, or that it does not apply."""
    return figure.value is not None or not figure.applies


def figure_label(figure: Figure) -> str:
    """A number as it is read: "—" for what was not reported, "x" for what does not apply."""
    if not figure.applies:
        return NOT_APPLICABLE
    return number_text(figure.value) or "—"


def number_text(value: Decimal | None) -> str:
    """A number as people write it; nothing for none."""
    return "" if value is None else number_label(value)


def source_words(figure: Figure) -> str:
    """Where a number comes from."""
    words = {
        Provenance.COUNTED: _("số đã có"),
        Provenance.TYPED: _("nhập tay"),
        Provenance.GATHERED: _("cộng từ báo cáo đã tiếp nhận"),
        Provenance.COMPUTED: _("tính từ các dòng"),
        Provenance.NONE: "",
    }
    return words[figure.provenance]


def table_of(section: Section, content: Content) -> Table:
    """A table as it is read."""
    columns = section.columns or USUAL_COLUMNS
    rows = []
    for line in section.lines:
        figure = content.figures.get(line.key, Figure())
        cells = [None if line.is_heading else cell_of(line, figure, column) for column in columns]
        rows.append(Row(line, figure, cells))
    return Table(section, columns, rows)


def cell_of(line: Line, figure: Figure, column: Column) -> Cell:
    """What stands in a column."""
    key = f"{line.key}-{column.key}"
    if column.kind is ColumnKind.THIS:
        return Cell(key, column, figure_label(figure))
    if column.kind is ColumnKind.NOTE:
        return Cell(key, column, figure.note)
    value = figure.others.get(column.key)
    if value is None:
        return Cell(key, column, NOT_APPLICABLE if not figure.applies else "—")
    text = number_text(value)
    return Cell(key, column, f"+{text}" if column.kind in GROWTH and value > 0 else text)


def gap_words(figure: Figure) -> str:
    """How a typed number differs from the counted one; nothing where it does not."""
    if figure.provenance is not Provenance.TYPED or figure.counted is None or figure.value == figure.counted:
        return ""
    counted = number_text(figure.counted)
    if figure.value is None:
        return _("Số đã có: %(counted)s.") % {"counted": counted}
    gap = figure.value - figure.counted
    words = {"counted": counted, "gap": f"{'+' if gap > 0 else '−'}{number_text(abs(gap))}"}
    return _("Số đã có: %(counted)s (chênh %(gap)s).") % words


def parts_of(table: Table) -> Mapping[str, str]:
    """What changes on the page beside the typed cells, by the names of its places."""
    return {
        cell.key: cell.text
        for row in table.rows
        for cell in row.cells
        if cell is not None and cell.column.kind is not ColumnKind.NOTE and not (
            row.fills and cell.column.kind is ColumnKind.THIS
        )
    }  # fmt: skip
