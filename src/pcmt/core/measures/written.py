"""A number as people write it into a cell: "07", "1.234,5", "12 vụ"; blanks, dashes and "x" are kept apart from it.

Nothing is guessed. What can be read in two ways ("1,234" where whole numbers are asked for, "-", "0.123") is no number,
and the answer says why.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from enum import StrEnum

import attrs

from pcmt.core.text import fold

LARGEST = 10**15
"""Numbers from here on, in the smallest step that is kept, are typing mistakes."""


class Says(StrEnum):
    """What a cell says."""

    NUMBER = "number"
    BLANK = "blank"  # nothing: empty, "—" (our sign for not reported), "…" (not collected)
    DASH = "dash"  # "-": in statistical tables "none came up", in many offices "not known yet"
    NOT_APPLICABLE = "not_applicable"
    WRONG = "wrong"


@attrs.frozen
class Written:
    """What a cell says, its number, and why it says none that can be taken.

    `why` is one of `error` (a formula that failed or was never calculated), `date` (a spreadsheet made a
    day of it), `percent`, `negative`, `decimals` (more of them than are kept), `large`, `word` (`found`: another unit
    than the one asked for), `two_ways`, `no_number`.
    """

    says: Says
    value: Decimal | None = None
    why: str = ""
    found: str = ""


_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_BLANKS = re.compile(r"[\s\u00a0\u202f]+")
_NOT_APPLICABLE = frozenset(("x", "khong ap dung", "kad", "k ad", "n a", "na"))
_NOT_TOLD = frozenset(("", "—", "…", "...", "..", "."))
_DASHES = frozenset(("-", "–", "--", "−", "---"))
_DATE = re.compile(r"\d{1,2}/\d{1,2}/\d{4}(?: \d{1,2}:\d{2})?|\d{1,2}:\d{2}|\d{4}-\d{1,2}-\d{1,2}")
_NUMBER = re.compile(r"(?P<sign>[-−–(+]?) ?(?P<number>\d[\d., ]*\d|\d)(?P<rest>.*)", re.DOTALL)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:(?:\.\d{3})+|(?: \d{3})+)(?:,\d+)?")
_ENGLISH = re.compile(r"[1-9]\d{0,2}(?:(?:,\d{3}){2,}(?:\.\d+)?|,\d{3}\.\d+)")
_PLAIN = re.compile(r"\d+(?:,\d+)?")
_POINT = re.compile(r"\d+\.\d{1,2}|\d+\.\d{4,}|\d{4,}\.\d+")


def read_written(text: str, *, places: int = 0, unit_word: str = "") -> Written:
    """What the text of a cell says, where numbers with `places` decimals are asked for, counted in `unit_word`.

    >>> read_written("1.234,50", places=1).value
    Decimal('1234.5')
    """
    clean = _tidy(text)
    if clean in _NOT_TOLD:
        return Written(Says.BLANK)
    if clean in _DASHES:
        return Written(Says.DASH)
    if fold(clean) in _NOT_APPLICABLE:
        return Written(Says.NOT_APPLICABLE)
    if clean.startswith(("#", "Err:")):
        return _wrong("error")
    if _DATE.fullmatch(clean):
        return _wrong("date")
    found = _NUMBER.fullmatch(clean)
    if found is None:
        return _wrong("no_number")
    return _number(found["sign"], found["number"].strip(), found["rest"].strip(), places, unit_word)


def _tidy(text: str) -> str:
    wide = {ord(each): str(digit) for digit, each in enumerate("０１２３４５６７８９")}
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).translate(wide)
    return _BLANKS.sub(" ", text).strip().strip("'\"“”").strip()


def _number(sign: str, digits: str, rest: str, places: int, unit_word: str) -> Written:
    if sign and sign in "-−–(":
        return _wrong("negative")
    if rest.startswith("%") and fold(unit_word) != "phan tram" and unit_word != "%":
        return _wrong("percent")
    word = rest.strip(" .,;:()%")
    if word and fold(word) != fold(unit_word):
        return Written(Says.WRONG, why="word" if word.replace(" ", "").isalpha() else "no_number", found=word[:40])
    value = _value(digits)
    if value is None:
        return _wrong("two_ways")
    if value.scaleb(places) >= LARGEST:
        return _wrong("large")
    if value != value.quantize(Decimal(1).scaleb(-places)):
        return _wrong("decimals")  # "1,234" typed for one thousand is among them
    return Written(Says.NUMBER, value.normalize() + 0)


def _value(digits: str) -> Decimal | None:
    if _GROUPED.fullmatch(digits):
        return Decimal(digits.replace(".", "").replace(" ", "").replace(",", "."))
    if _ENGLISH.fullmatch(digits):
        return Decimal(digits.replace(",", ""))
    if _PLAIN.fullmatch(digits):
        return Decimal(digits.replace(",", "."))
    if _POINT.fullmatch(digits):
        return Decimal(digits)
    return None


def _wrong(why: str) -> Written:
    return Written(Says.WRONG, why=why)
