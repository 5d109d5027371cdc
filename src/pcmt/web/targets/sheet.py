"""Targets and comparisons as workbooks. Headings are Vietnamese for every reader: the sheets go into reports."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import override

from pcmt.documents.output.workbook import Heading, Sheet, Value, write_workbook
from pcmt.web.targets.comparing import Comparison, Row
from pcmt.web.targets.listing import Group
from pcmt.web.targets.words import SHAPE_WORDS, rounded

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 5000
KEPT_BACK = "ẩn"
"""In the place of a small number of people that the reader is not told."""

HEADS = (
    *(("STT", 6), ("Mục", 9), ("Chỉ tiêu", 60), ("Dạng", 20), ("ĐVT", 12), ("Phải đạt", 12), ("Thực hiện", 12)),
    *(("Lẽ ra đã đạt", 12), ("Còn thiếu", 12), ("Kết luận", 16), ("Diễn giải", 60), ("Số liệu đến hết ngày", 14)),
)
Rows = Sequence[Sequence[Value] | Heading]


def list_sheet(groups: Sequence[Group], *, heading: str, words: str) -> bytes:
    """One row a target under the name of its plan; what is not known is `—`, never 0."""
    with override("vi"):
        rows: list[Sequence[Value] | Heading] = []
        number = 0
        for group in groups:
            sums = ", ".join(f"{count} {str(word.word).lower()}" for word, count in group.counts)
            name = " · ".join(filter(None, (group.plan.designation, group.plan.title)))
            rows.append(Heading(["", "", f"{name}: {group.total} chỉ tiêu ({sums})"]))
            for line in group.lines:
                number += 1
                target = line.target
                figures = (line.goal, line.measured, line.expected, line.distance)
                said = (str(line.word.word), line.sentence, line.reach)
                rows.append(
                    [
                        number,
                        target.clause.address if target.clause else "",
                        f"{target.text}",
                        str(SHAPE_WORDS.get(target.shape, "")),
                        "%" if line.unit_word == "percent" else line.unit_word,
                        *map(_known, figures),
                        *said,
                    ]
                )
        return _book("Chỉ tiêu", HEADS, rows, heading=heading, words=words)


def _book(title: str, columns: Sequence[tuple[str, int]], rows: Rows, *, heading: str, words: str) -> bytes:
    return write_workbook([Sheet(title, heading, columns, rows, words, fixed=3)])


def comparison_sheet(found: Comparison | None, heads: Sequence[str], *, heading: str, words: str) -> bytes:
    """The units of a comparison by their groups, then the figures of the unit above."""
    with override("vi"):
        if found is None:
            return _book("So sánh", [("Đơn vị", 40)], [], heading=heading, words=words)
        percent = found.unit_word == "percent"
        columns = [("Hạng", 8), ("Đơn vị", 40), *((head, 14) for head in heads)]
        if percent:
            columns += [(f"Tổng số, {heads[-1]}", 14)]
        rows: list[Sequence[Value] | Heading] = []
        for group in found.groups:
            rows.append(Heading(["", f"{group.name}: {len(group.rows)} đơn vị"]))
            rows += [_compared(row, percent) for row in group.rows]
        rows.append(Heading(["", "Toàn bộ"]))
        rows.append(_compared(found.total, percent))
        return _book("So sánh", columns, rows, heading=heading, words=words)


def _compared(row: Row, percent: bool) -> list[Value]:
    last = row.cells[-1]
    whole = [KEPT_BACK if last.hidden else _known(last.whole)] if percent else []
    return [
        row.rank, row.unit.name, *(KEPT_BACK if cell.hidden else _known(cell.value) for cell in row.cells), *whole
    ]  # fmt: skip


def _known(number: Decimal | Fraction | None) -> Value:
    """A number as the pages round it; what is not known is no 0."""
    return "—" if number is None else rounded(number)
