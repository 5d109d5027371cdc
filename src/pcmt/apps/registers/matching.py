"""When two files may be one person's: keys that find candidates, and how alike two people are. No database here.

Vietnamese names are written in many ways: with and without tone marks, Đ as D, given name first or last, short forms
("Ng. V. Nam"), with only the year of birth. Numbers lose their leading noughts in spreadsheets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.vault import index_of
from pcmt.core.text import fold

ALIKE = 88
"""From this likeness (0 to 100) on, two names are shown to a person as perhaps one."""
SHORT = {
    "ng": "nguyen", "ngn": "nguyen", "tr": "tran", "trg": "truong", "ph": "pham", "hg": "hoang", "hng": "hoang",
    "dg": "dang", "lg": "luong", "ngh": "nghiem", "th": "thi",
}  # fmt: skip
"""Syllables as clerks shorten them."""
CCCD, CMND = 12, 9


def id_form(number: str) -> str:
    """A number of an identity paper in one form: letters and digits, with the noughts that a spreadsheet took away."""
    found = re.sub(r"[^0-9A-Za-z]", "", number).upper()
    if found.isdigit() and CMND < len(found) < CCCD:
        return found.zfill(CCCD)
    return found.zfill(CMND) if found.isdigit() and len(found) == CMND - 1 else found


def phone_form(number: str) -> str:
    """A telephone number in one form: digits, with a nought for the country's 84."""
    found = re.sub(r"\D", "", number)
    found = found.removeprefix("00")
    return f"0{found[2:]}" if found.startswith("84") and len(found) > CMND else found


def syllables(name: str) -> tuple[str, ...]:
    """The syllables of a name: no marks, Đ as D, short forms written out."""
    return tuple(SHORT.get(each, each) for each in fold(name).split())


def names_of(block: PersonBlock) -> tuple[str, ...]:
    """All names somebody goes by; other names are separated by commas, semicolons or lines."""
    return tuple(each.strip() for each in (block.name, *re.split(r"[,;\n]", block.other_names)) if each.strip())


def name_indexes(names: Iterable[str]) -> set[str]:
    """The blind indexes of the syllables of names; a bare initial finds nobody and has none."""
    return {index_of("name", each) for name in names for each in syllables(name) if len(each) > 1}


def alike(one: str, other: str) -> float:
    """How alike two names are, 0 to 100: the order of syllables does not count, an initial stands for its syllable."""
    left, right = sorted(syllables(one)), sorted(syllables(other))
    if not left or not right:
        return 0
    paired: list[str] = []
    rest = [each for each in right if len(each) > 1]
    initials = [each for each in right if len(each) == 1]
    for each in left:
        if len(each) == 1:
            whole = next((found for found in rest if found not in left and found.startswith(each)), each)
            paired.append(whole)
        else:
            short = next((found for found in initials if each.startswith(found) and each not in right), None)
            if short is not None:
                initials.remove(short)
                rest.append(each)
            paired.append(each)
    return float(fuzz.token_sort_ratio(" ".join(paired), " ".join([*rest, *initials])))


def likeness(one: PersonBlock, other: PersonBlock) -> float:
    """The likeness of two people's names, the best of all that they go by."""
    return max((alike(left, right) for left in names_of(one) for right in names_of(other)), default=0)
