"""Telling tables that only place words on the page from tables that hold data."""

from __future__ import annotations

import re
import unicodedata

# The national name, its motto, the recipients and the signing forms stand in borderless two-column tables.
_FURNITURE = re.compile(
    r"CỘNG H(?:ÒA|OÀ)\s+XÃ\s+HỘI|Độc\s+lập\s*[-–]\s*Tự\s+do|(?:^|\n)\W*Nơi\s+nhận\s*:"
    r"|(?:^|\n)\W*(?:TM|KT|TL|TUQ)\.\s*[^\W\d]",
    re.IGNORECASE,
)
MAX_LAYOUT_COLUMNS = 3
# What stands in the right column of the letter-head and the signature, when a page's lines run over both columns.
_RIGHT_COLUMN = re.compile(
    r"(?<=\S)[ \t]+(?=CỘNG\s+H(?:ÒA|OÀ)\s+XÃ\s+HỘI|Độc\s+lập\s*[-–]\s*Tự\s+do)"
    r"|(?<=[A-ZĐ])[ \t]+(?=[^\W\d][^\n\d,]{1,40},\s*ngày\s+[\d.…_]+\s*tháng)"
    r"|(?<=nhận:)[ \t]+(?=(?:TM|KT|TL|TUQ)\.)",
)


def parted_columns(text: str) -> str:
    r"""Text of a page whose lines run over both columns of the letter-head, with a line end between the columns.

    >>> parted_columns("UBND XÃ A CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    'UBND XÃ A\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM'
    """
    return _RIGHT_COLUMN.sub("\n", text)


def is_layout(rows: list[list[str]], *, bordered: bool | None) -> bool:
    """Whether a table only arranges words: letter-head, signature block, or two borderless columns.

    `bordered` is None where the file does not say (HTML); then only the words decide.
    """
    columns = max((len(row) for row in rows), default=0)
    if columns <= 1:
        return True
    if columns <= MAX_LAYOUT_COLUMNS:
        if bordered is False:
            return True
        return any(_FURNITURE.search(unicodedata.normalize("NFC", cell)) for row in rows for cell in row)
    return False
