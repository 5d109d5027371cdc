"""What lists that people keep in Excel have in common: headings over two rows, merged cells, sums, a signature below.

For whoever reads the rows of a grid; what the columns mean is said there. Folded texts are those of `core.text.fold`.
"""

from __future__ import annotations

import re

from pcmt.documents.intake.grids import GridSheet

_SIGNATURE = re.compile(
    r"^(?:nguoi (?:lap|ky)|thu truong|ky ten|ky ghi ro|noi nhan|luu vt|t m |tm (?:uy ban|ubnd)|chu tich$|kt chu tich|"
    r"(?:\w+ ){0,6}ngay \d{0,2} ?thang \d{0,2} ?nam)"
)
_TOTAL = re.compile(
    r"^tong (?:cong(?! ty)|so)\b|^(?:tong|cong)(?: \d.*)?$|^an dinh danh sach|^danh sach (?:nay )?(?:gom|co) \d+"
    r"|^ghi chu\b"
)
_NUMBERING = re.compile(r"\(?(\d{1,2}|[A-Z])\)?")


def is_signature(folded: str) -> bool:
    """Whether a folded text begins what stands below a list: place and day, who made it, who signs."""
    return _SIGNATURE.search(folded) is not None


def is_sum(folded: str) -> bool:
    """Whether a folded text begins a row of sums or a note about the list."""
    return _TOTAL.search(folded) is not None


def reached_down(sheet: GridSheet) -> dict[tuple[int, int], tuple[int, int]]:
    """For each cell of the first column of merged cells, the cell that holds their text."""
    return {(line, left): (top, left) for top, left, last, _right in sheet.merged for line in range(top, last + 1)}


def last_of_head(sheet: GridSheet, row: int) -> int:
    """The last row of headings that begin in a row: merged headings reach down."""
    return max([row, *(last for first, _left, last, _right in sheet.merged if first == row and last - row < 4)])


def after_numbering(sheet: GridSheet, row: int) -> int:
    """The row itself, or the next when it only numbers the columns: (1) (2) (3)."""
    texts = [text for text in sheet.rows[row + 1] if text] if row + 1 < len(sheet.rows) else []
    marks = [match[1] for text in texts if (match := _NUMBERING.fullmatch(text.strip()))]
    return row + 1 if len(marks) == len(texts) >= 2 and len(set(marks)) == len(marks) else row
