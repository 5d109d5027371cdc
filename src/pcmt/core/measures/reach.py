"""Of whom a target asks: of an area as a whole, or of each unit of a level in it ("mỗi xã", "từng thôn")."""

from __future__ import annotations

import re

from pcmt.core.text import fold

_EACH = re.compile(r"\b(?:moi|tung|cac|tat ca|toan bo|100%?|100 phan tram)(?: (?:so|cac|mot))?\b")
_NOUNS = (
    ("hamlet", r"thon|ap|ban|buon|lang|khom|khu pho|khu dan cu|to dan pho|to dan cu"),
    ("school", r"truong(?: hoc)?|co so giao duc"),
    ("commune", r"xa|phuong|thi tran|don vi cap xa|dia phuong cap xa"),
    ("district", r"huyen|quan|thi xa|don vi cap huyen"),
    ("province", r"tinh|thanh pho|don vi cap tinh"),
)
_LEVELS = tuple((level, re.compile(rf"^ ?(?:don vi |co so )?(?:{nouns})\b")) for level, nouns in _NOUNS)


def each_level(words: str) -> str | None:
    """The level of which every unit is meant ("commune", "hamlet", "school" ...); None where the whole is meant.

    The words are those of a target's scope or of what it counts per. "Từng đơn vị" names no level: None.
    """
    text = fold(words)
    for found in _EACH.finditer(text):
        rest = text[found.end() :].removeprefix("%")
        for level, pattern in _LEVELS:
            if pattern.match(rest):
                return level
    return None
