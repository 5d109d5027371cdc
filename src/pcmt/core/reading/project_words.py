"""What the words around a project say of its time and its money, with the phrase that says it.

Nothing is taken for granted from it: people see the phrase and confirm.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Generic, TypeVar

from attrs import frozen

from pcmt.core.periods import DAY
from pcmt.core.text import find_dates, parse_numeral
from pcmt.core.text.numerals import NUMERAL

T = TypeVar("T")

_YEAR = r"(20\d\d)"
_YEARS = re.compile(rf"(?:giai đoạn|các năm|trong \w+ năm)(?: từ)?(?: năm)? {_YEAR} ?(?:-|–|đến) ?(?:năm )?{_YEAR}")
_FROM_TO = re.compile(rf"từ năm {_YEAR} (?:-|–|đến)(?: hết)? năm {_YEAR}")
_ONE_YEAR = re.compile(rf"trong năm {_YEAR}")
_UNTIL_YEAR = re.compile(rf"đến(?: hết)?(?: cuối)? năm {_YEAR}")
_BETWEEN = re.compile(r"từ(?: ngày)? $"), re.compile(r"\s*(?:-|–|đến)(?: hết)?(?: ngày)?\s*")
_BEFORE = re.compile(r"(?P<before>trước|(?:đến )?hết|chậm nhất(?: là)?|đến)(?: ngày)? $")
_SCALES = {"": 1, "nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9}
_SUM = re.compile(rf"(?<![\d.,/])(?P<number>{NUMERAL}) ?(?P<scale>nghìn|ngàn|triệu|tỷ|tỉ)? ?đồng(?! ?/)")
_WHOLE = re.compile(
    r"(?:tổng (?:kinh phí|mức đầu tư|vốn|dự toán|số vốn)|khái toán|kinh phí (?:dự kiến|thực hiện))[^.;\d]{0,60}$"
)


@frozen
class Said(Generic[T]):
    """A value with the half-open place of the phrase that says it, in the words that were read."""

    value: T
    start: int
    end: int


@frozen
class Window:
    """Both days included; no first day where the words only say until when."""

    first: date | None
    last: date


@frozen
class ProjectWords:
    """What was found; `money` in whole đồng."""

    window: Said[Window] | None
    money: Said[int] | None


def read_project_words(words: str) -> ProjectWords:
    """Time and money of a project. Of several sums only the one that is called the whole is taken."""
    low = words.lower().translate(str.maketrans("\n\t\u00a0", "   "))
    return ProjectWords(_window(low), _money(low))


def _window(low: str) -> Said[Window] | None:
    if (days := _days(low)) is not None:
        return days
    for pattern in (_YEARS, _FROM_TO):
        if (found := pattern.search(low)) and int(found[1]) <= int(found[2]):
            return Said(Window(date(int(found[1]), 1, 1), date(int(found[2]), 12, 31)), *found.span())
    if found := _ONE_YEAR.search(low):
        return Said(Window(date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)), *found.span())
    if found := _UNTIL_YEAR.search(low):
        return Said(Window(None, date(int(found[1]), 12, 31)), *found.span())
    return None


def _days(low: str) -> Said[Window] | None:
    """Between two written days, or until one."""
    found = [(each, value) for each in find_dates(low) if each.year and (value := each.on(each.year))]
    opening, joining = _BETWEEN
    for (one, first), (other, last) in pairwise(found):
        begun = opening.search(low, 0, one.start)
        if begun and joining.fullmatch(low, one.end, other.start) and first <= last:
            return Said(Window(first, last), begun.start(), other.end)
    for day, value in found:
        if until := _BEFORE.search(low, 0, day.start):
            last = value - DAY if until["before"] == "trước" else value
            return Said(Window(None, last), until.start(), day.end)
    return None


def _money(low: str) -> Said[int] | None:
    sums = list(_SUM.finditer(low))
    whole = [(found, said) for found in sums if (said := _WHOLE.search(low, 0, found.start()))]
    if whole:
        found, said = whole[0]
        start = said.start()
    elif len(sums) == 1:
        found, start = sums[0], sums[0].start()
    else:
        return None
    number = parse_numeral(found["number"])
    amount = Decimal(str(number)) * _SCALES[found["scale"] or ""]
    return Said(int(amount), start, found.end()) if amount == amount.to_integral_value() and amount > 0 else None
