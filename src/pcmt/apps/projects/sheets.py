"""The money of a plan as a workbook: written with a stamp and locked heads, read back cell by cell."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs
from django.core import signing
from django.utils.translation import gettext as _

from pcmt.apps.plans.models import Plan
from pcmt.apps.projects.models import MoneyLine, MoneySource
from pcmt.apps.projects.queries.money import Sums
from pcmt.core.diagnostics import Refusal
from pcmt.core.text import fold
from pcmt.documents.intake.grids import GridSheet, address, read_grid
from pcmt.documents.output.blanks import (
    COLUMN_KEY,
    KEY,
    BlankColumn,
    BlankRow,
    BlankSheet,
    stamp_of,
    write_blank,
)
from pcmt.documents.values import Unreadable

SALT = "pcmt.money.sheet"
EMPTY_ROWS = 20
MOST_ROWS = 2_000
COLUMNS = (
    BlankColumn("Dự án", 34, key="project"),
    BlankColumn("Năm", 8, open=True, key="year", counts=True),
    BlankColumn("Nội dung chi", 40, open=True, key="words"),
    BlankColumn("Dự toán (đồng)", 18, open=True, key="estimate", counts=True),
    BlankColumn("Nguồn", 26, open=True, key="source", hint="Tên nguồn ở trang Nguồn; để trống nếu chưa có nguồn."),
    BlankColumn("Đã cấp, lũy kế (đồng)", 18, open=True, key="allocation", counts=True),
    BlankColumn("Đã giải ngân, lũy kế (đồng)", 18, open=True, key="disbursement", counts=True),
    BlankColumn("Đã quyết toán, lũy kế (đồng)", 18, open=True, key="settlement", counts=True),
    BlankColumn("Ngày chứng từ", 14, open=True, key="on", hint="Ngày của phần tăng thêm, ví dụ 15/6/2026."),
    BlankColumn("Chứng từ", 24, open=True, key="paper"),
)
KEYS = tuple(column.key for column in COLUMNS)
NOTES = (
    "Mỗi dòng là một khoản kinh phí. Dòng trống ở cuối để ghi khoản mới của kế hoạch này.",
    "Các cột lũy kế ghi tổng số từ đầu đến nay. Phần tăng thêm thành bút toán, ngày và số chứng từ ghi ở hai cột cuối.",
    "Số đã cấp ghi nhỏ hơn trước: phần giảm là thu hồi, nộp trả. Giải ngân, quyết toán ghi sai thì hủy trên trang.",
    "Ô để trống giữ nguyên số đang có. Tên nguồn chép đúng từ trang Nguồn.",
)


@attrs.frozen
class SheetRow:
    """A row as it came back: its key ("+1" and so on for a new line); its texts and their addresses by column."""

    key: str
    cells: Mapping[str, str]
    places: Mapping[str, str]


def write_sheet(
    plan: Plan, lines: Sequence[MoneyLine], sums: Mapping[int, Sums], sources: Iterable[MoneySource]
) -> bytes:
    """The workbook of a plan's lines, with those of the plans in it."""
    names = source_names(sources)
    rows = [
        BlankRow(
            row_key(line),
            (
                line.plan.title,
                Decimal(line.year),
                line.words,
                Decimal(line.estimate),
                names.get(line.source_id or 0, ""),
                Decimal(sums[line.pk].allocated),
                Decimal(sums[line.pk].disbursed),
                Decimal(sums[line.pk].settled),
                "",
                "",
            ),
        )
        for line in lines
    ]
    rows += [BlankRow(f"+{number}", (plan.title, *([None] * 9))) for number in range(1, EMPTY_ROWS + 1)]
    stamp = {"plan": plan.pk, "sum": checksum((row.key, str(row.cells[0])) for row in rows)}
    sheets = [
        BlankSheet("Kinh phí", "Kinh phí", [plan.title], COLUMNS, rows),
        BlankSheet(
            "Nguồn", "Nguồn kinh phí", [plan.title], [BlankColumn("Tên nguồn", 50)],
            [BlankRow("", (name,)) for name in names.values()], filled=False,
        ),
    ]  # fmt: skip
    return write_blank(sheets, notes=NOTES, stamp=signing.dumps(stamp, salt=SALT))


def row_key(line: MoneyLine) -> str:
    """What a row of a workbook is known by: its line, as it stood."""
    return f"{line.pk}-{line.version}"


def source_names(sources: Iterable[MoneySource]) -> dict[int, str]:
    """What sources are called in a workbook: by name; two of one name are told apart by their numbers."""
    rows = list(sources)
    names = [fold(row.name) for row in rows]
    return {row.pk: row.name if names.count(fold(row.name)) == 1 else f"{row.name} #{row.pk}" for row in rows}


def checksum(rows: Iterable[tuple[str, str]]) -> str:
    """What is locked in a workbook, as one number, whatever the order of its rows."""
    return hashlib.sha256(json.dumps(sorted(rows), ensure_ascii=False).encode()).hexdigest()


def read_sheet(plan_id: int, name: str, data: bytes) -> list[SheetRow] | Refusal:
    """The rows of a workbook that `write_sheet` made for this plan, or why it cannot be taken."""
    grid = read_grid(name, data, hidden=True, numbers=True)
    if isinstance(grid, Unreadable):
        return Refusal(code=grid.code, message=f"{grid.message} {grid.hint}".strip(), field="file")
    try:
        stamp: dict[str, Any] = signing.loads(stamp_of(grid), salt=SALT)
    except signing.BadSignature:
        message = _("Tệp không phải bảng kinh phí tải về từ đây. Tải bảng mới, chép số vào rồi gửi lại.")
        return Refusal(code="strange", message=message, field="file")
    if stamp.get("plan") != plan_id:
        message = _("Bảng này là của kế hoạch, dự án khác.")
        return Refusal(code="other_plan", message=message, field="file")
    found = next((rows for sheet in grid.sheets if not sheet.hidden and (rows := _rows(sheet)) is not None), None)
    if found is None:
        message = _("Các cột khóa của bảng đã bị xóa hoặc đổi. Tải bảng mới, chép số vào rồi gửi lại.")
        return Refusal(code="heads", message=message, field="file")
    if checksum((row.key, row.cells["project"]) for row in found) != stamp.get("sum"):
        message = _("Dòng hoặc tên dự án của bảng đã bị xóa, thêm hoặc đổi. Tải bảng mới, chép số vào rồi gửi lại.")
        return Refusal(code="rows", message=message, field="file")
    if len(found) > MOST_ROWS:
        message = _("Bảng dài quá %(most)d dòng.") % {"most": MOST_ROWS}
        return Refusal(code="long", message=message, field="file")
    return found


def _rows(sheet: GridSheet) -> list[SheetRow] | None:
    head = next((at for at, row in enumerate(sheet.rows) if COLUMN_KEY in row), None)
    if head is None:
        return None
    columns = {text: at for at, text in enumerate(sheet.rows[head]) if text in KEYS}
    if set(columns) != set(KEYS):
        return None
    first = sheet.rows[head].index(COLUMN_KEY)
    start = next((at for at in range(head + 1, len(sheet.rows)) if sheet.text(at, first) == KEY), None)
    if start is None:
        return None
    found = []
    for at in range(start + 1, len(sheet.rows)):
        key = sheet.text(at, first).strip()
        if key:
            cells = {name: sheet.text(at, column).strip() for name, column in columns.items()}
            places = {name: address(at, column) for name, column in columns.items()}
            found.append(SheetRow(key, cells, places))
    return found
