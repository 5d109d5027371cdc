"""The list of due items as a workbook that comes back: its columns, the key of each row, what the cells say then.

Text in, values out; what becomes of the rows is said in `operations.sheets`. The key in the hidden column names the due
item, the version and the values that went out, signed by this installation: rows may be sorted, moved, deleted and
copied into another workbook, and a row that was not touched says so whatever others changed meanwhile.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date

import attrs
from django.core.signing import BadSignature, Signer

from pcmt.apps.tasks.models import DueItem
from pcmt.core.periods import parse_date
from pcmt.core.text import fold
from pcmt.documents import Grid, GridSheet, after_numbering, is_signature, is_sum, last_of_head, reached_down

KEY = "Mã dòng"
"""The heading of the hidden column."""
EDITABLE: Mapping[str, str] = {
    "percent": "Tiến độ (%)",
    "done_on": "Ngày xong",
    "note": "Ghi chú mới",
    "holder": "Người phụ trách",
}
"""The columns whose cells may be changed, with their headings: Vietnamese, whoever reads, for they are read again."""
NAMING: Mapping[str, str] = {"unit": "Đơn vị", "label": "Nội dung"}
"""The columns that say which due item a row is about."""
LABEL_CHARS = 32_000
SEARCHED_ROWS = 40

_SIGNER = Signer(salt="pcmt.tasks.sheet")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")


@attrs.frozen
class Key:
    """What went out in a row."""

    due_id: int
    version: int
    percent: int
    holder_id: int | None
    done_on: date | None


@attrs.frozen
class SheetRow:
    """A row that came back: sheet and row from 0, its key, the text and the place of each column that is known.

    `key` is None for a row that was added, False for one whose key is not of this installation.
    """

    sheet: int
    row: int
    key: Key | bool | None
    texts: Mapping[str, str]
    cells: Mapping[str, tuple[int, int]]


@attrs.frozen
class Found:
    """The rows of a workbook, those that say nothing (headings of groups, sums, signatures), rows of headings."""

    rows: tuple[SheetRow, ...]
    passed: tuple[tuple[int, int], ...]
    heads: Mapping[int, int]
    keys: Mapping[int, int]


def key_of(due: DueItem) -> str:
    """The signed key of a row."""
    done = due.done_on.isoformat() if due.done_on else ""
    return _SIGNER.sign(f"{due.pk}.{due.version}.{due.percent}.{due.holder_id or ''}.{done}")


def key_from(text: str) -> Key | None:
    """The key that this installation signed, or None."""
    try:
        due_id, version, percent, holder_id, done = _SIGNER.unsign(_INVISIBLE.sub("", text).strip()).split(".")
    except (BadSignature, ValueError):
        return None
    return Key(int(due_id), int(version), int(percent), int(holder_id) if holder_id else None, parse_date(done))


def label_cell(due: DueItem) -> str:
    """The words of a due item on one line, as its cell holds them."""
    return " ".join(due.label.split())[:LABEL_CHARS]


def unit_cell(due: DueItem) -> str:
    """The body of a due item, as its cell holds it."""
    return due.unit.name if due.unit else due.unit_name


def alike(one: str, other: str) -> bool:
    """Whether two cells name the same: spelling of tone marks, capitals and blanks apart."""
    return fold(one) == fold(other)


def read_sheets(grid: Grid) -> Found:
    """The rows of all sheets that have the column of keys."""
    rows: list[SheetRow] = []
    passed: list[tuple[int, int]] = []
    heads: dict[int, int] = {}
    keys: dict[int, int] = {}
    for at, sheet in enumerate(grid.sheets):
        found = _columns(sheet)
        if found is None:
            continue
        heads[at], columns = found
        keys[at] = columns["key"]
        for row in _rows(at, sheet, heads[at], columns):
            if isinstance(row, SheetRow):
                rows.append(row)
            else:
                passed.append((at, row))
    return Found(tuple(rows), tuple(passed), heads, keys)


def _columns(sheet: GridSheet) -> tuple[int, dict[str, int]] | None:
    """The last row of headings and the column of each field; None for a sheet that is not ours."""
    wanted = {fold(KEY): "key", **{fold(text): name for name, text in {**EDITABLE, **NAMING}.items()}}
    for row in range(min(SEARCHED_ROWS, len(sheet.rows))):
        columns: dict[str, int] = {}
        for column, text in enumerate(sheet.rows[row]):
            if (name := wanted.get(fold(text))) is not None:
                columns.setdefault(name, column)
        if "key" in columns:
            return after_numbering(sheet, last_of_head(sheet, row)), columns
    return None


def _rows(at: int, sheet: GridSheet, head: int, columns: Mapping[str, int]) -> Iterator[SheetRow | int]:
    down = reached_down(sheet)
    ended = False
    for row in range(head + 1, len(sheet.rows)):
        texts = [text for text in sheet.rows[row] if text.strip()]
        if not texts:
            continue
        found, cells = {}, {}
        for name, column in columns.items():
            place = (row, column)
            if not sheet.text(*place).strip() and name != "key":
                place = down.get(place, place)
            found[name], cells[name] = _clean(sheet.text(*place)), (row, column)
        key_text = found.pop("key")
        if key_text:
            if fold(key_text) == fold(KEY):
                yield row  # the headings again, at the top of a printed page
            else:
                yield SheetRow(at, row, key_from(key_text) or False, found, cells)
            continue
        folded = [fold(text) for text in texts]
        ended = ended or any(map(is_signature, folded))
        own = (
            {name for name in (*EDITABLE, "label") if sheet.text(row, columns.get(name, -1)).strip()}
            if not ended
            else set()
        )
        if ended or any(map(is_sum, folded[:2])) or len(own) + (len(texts) > 2) < 2:
            yield row
        else:
            yield SheetRow(at, row, None, found, cells)


def _clean(text: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).strip()
