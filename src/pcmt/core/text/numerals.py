"""Numbers as Vietnamese offices write them: "07", "1.330", "33,59", "năm" (five), "IV"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from attrs import frozen

WORDS = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}

# 1.330 / 12.450.000 / 33,59 / 07; a point that is no thousands separator ends the number
NUMERAL = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?(?![\d])|\d+(?:,\d+)?"
_NUMERAL = re.compile(NUMERAL)
_ROMAN = re.compile(r"(?=[IVXLC])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\Z")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


@frozen
class Numeral:
    """A number written in digits, with its place (half-open, code points)."""

    start: int
    end: int
    value: int | float


def parse_numeral(written: str) -> int | float | None:
    """The value of a numeral as written, in digits or as a word up to ten; None when it is no numeral.

    A point groups thousands, a comma starts the decimals; leading zeros are a habit and mean nothing.
    """
    word = WORDS.get(written.strip().lower())
    if word is not None:
        return word
    if not _NUMERAL.fullmatch(written):
        return None
    plain = written.replace(".", "").replace(",", ".")
    if len(plain) > 15:  # longer than any count or sum a plan holds: keep the digits, not a wrong float
        return int(plain.split(".")[0]) if len(plain) <= 300 else None
    exact = Decimal(plain)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def find_numerals(text: str, start: int = 0, end: int | None = None) -> Iterator[Numeral]:
    """Every number in digits of [start, end), left to right."""
    for found in _NUMERAL.finditer(text, start, len(text) if end is None else end):
        value = parse_numeral(found[0])
        if value is not None:
            yield Numeral(found.start(), found.end(), value)


def roman_value(label: str) -> int | None:
    """The value of an upper-case Roman numeral up to XCIX ("IV" is 4), or None when it is none."""
    if not label or not _ROMAN.match(label):
        return None
    values = [_ROMAN_VALUES[letter] for letter in label]
    return sum(
        -value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True)
    )
