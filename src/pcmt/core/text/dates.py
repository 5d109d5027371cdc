"""Dates as plans write them: "09/4/2023", "ngày 30 tháng 5 năm 2024", "4-1-2021", "26/6"."""

from __future__ import annotations

import re
from datetime import date

from attrs import frozen

Span = tuple[int, int]

# the year may be missing; "ngày" may be missing before a date with slashes
DATE = re.compile(
    r"(?:ngày +)?(?<![\d/.,-])(?P<d>\d{1,2}) ?(?P<sep>[/.-]) ?(?P<m>\d{1,2})(?: ?(?P=sep) ?(?P<y>\d{4}))?(?![\d/]|"
    r"[.,]\d|-\d)(?! +(?:xã|phường|thị|ấp|thôn|khóm|bản|huyện|tỉnh|đơn vị|tổ|trường|chi|khu|lối|đoàn|cơ|địa|"
    r"liên)(?!\w))"
    r"|ngày +(?P<d2>\d{1,2}) +tháng +(?P<m2>\d{1,2})(?:(?:,? +năm| *[/,]) *(?P<y2>\d{4}))?(?!\d)"
)


# where a date may begin, quick to find: "ngày" before a number, or the first digit of a number
_OPENING = re.compile(r"n(?=gày +\d)|\d(?<!\d\d)")


@frozen
class Day:
    """A written day. `year` is None where none is written; the place covers the words of the date."""

    start: int
    end: int
    day: int
    month: int
    year: int | None

    def on(self, year: int | None = None) -> date | None:
        """The calendar day, with `year` where none is written; None when there is no such day (31/4, 29/2/2023)."""
        try:
            return date(self.year or year or 0, self.month, self.day)
        except ValueError:
            return None


def _day(found: re.Match[str]) -> Day | None:
    day, month = int(found["d"] or found["d2"]), int(found["m"] or found["m2"])
    year = found["y"] or found["y2"]
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    if found["sep"] and found["sep"] != "/" and not year and not found[0].startswith("ngày"):
        return None  # "05-10", "2.5": a range or a decimal, no day
    return Day(found.start(), found.end(), day, month, int(year) if year else None)


def find_dates(low: str, start: int = 0, end: int | None = None) -> list[Day]:
    """Every day written in canonical text, left to right: with or without the word "ngày", with or without a year."""
    stop = len(low) if end is None else end
    days, at = [], start
    for opening in _OPENING.finditer(low, start, stop):
        if opening.start() >= at and (found := DATE.match(low, opening.start(), stop)):
            at = found.end()
            day = _day(found)
            if day:
                days.append(day)
    return days


def day_at(low: str, start: int) -> Day | None:
    """The day written exactly at a place, or None."""
    found = DATE.match(low, start)
    return _day(found) if found else None
