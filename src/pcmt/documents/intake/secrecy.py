"""State secrets stay out: a file with a secrecy stamp is refused before it is kept.

Rule 39 of the domain notes, from the law on protection of state secrets: stamps MẬT, TỐI MẬT, TUYỆT MẬT. Only the
stamp counts, i.e. a short line, table cell or text box of its own near the top of the document or in its page header;
words such as "bí mật" and "bảo mật" do not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from pcmt.documents.values import RefusedError

STAMPED = "secret"
"""The code of the refusal."""

SEARCHED = 20_000
"""Code points at the start of a text that are searched, at most; of these the first lines."""

NEAR_TOP_LINES = 40
_STAMP = re.compile(r"(?:ĐỘ MẬT ?:? ?)?(TUYỆT MẬT|TỐI MẬT|MẬT)[.:!]?", re.IGNORECASE)
_PARTS = re.compile(r"\t+| {3,}|\|")
_TRIM = " \u00a0*_#>[](){}<>“”\"'=-–—~"
# A wrapped line may leave the last syllable of these words alone: "BẢO VỆ BÍ" / "MẬT".
_BREAKS_BEFORE = ("bí", "bảo", "tuyệt", "tối", "cơ", "thân", "mật", "độ", "ong", "đường", "giải", "gan", "túi")


def stamp_in(text: str, aside: Iterable[str] = ()) -> str | None:
    """The secrecy stamp of a document, in capitals, or None. `aside` holds the texts of its page headers.

    >>> stamp_in("TỐI MẬT\\nCÔNG AN TỈNH"), stamp_in("Giữ bí mật người báo tin")
    ('TỐI MẬT', None)
    """
    lines = [line for line in text[:SEARCHED].splitlines() if line.strip()][:NEAR_TOP_LINES]
    found = _scan(lines)
    if found is None:
        found = _scan([line for part in aside for line in part.splitlines() if line.strip()])
    return found


def _scan(lines: list[str]) -> str | None:
    before = ""
    for line in lines:
        normal = unicodedata.normalize("NFC", line)
        for part in _PARTS.split(normal):
            match = _STAMP.fullmatch(re.sub(r"\s+", " ", part.strip(_TRIM)))
            # Small letters alone on a line are a word of a sentence; a stamp is set in capitals or starts with one.
            if match and not match.group(1)[0].islower():
                last = before.rsplit(maxsplit=1)[-1].lower().strip(_TRIM) if before.split() else ""
                if match.group(1).upper() != "MẬT" or last not in _BREAKS_BEFORE:
                    return match.group(1).upper()
        before = normal
    return None


def refuse_stamped(text: str, aside: Iterable[str] = ()) -> None:
    """Raises `RefusedError` when the text carries a stamp."""
    stamp = stamp_in(text, aside)
    if stamp is not None:
        raise RefusedError(
            STAMPED,
            f"Văn bản có dấu độ mật “{stamp}”. Văn bản chứa bí mật nhà nước không được đưa vào hệ thống này.",
            "Nội dung không được lưu lại. Xử lý văn bản theo quy định về bảo vệ bí mật nhà nước.",
        )
