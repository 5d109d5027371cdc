"""Time limits: what stands in a plan as "trước ngày 09/4/2023", "trong quý II/2026", "trước ngày 20 hằng tháng".

A limit keeps its relation (before, by, on, within), its precision and one value: a date, two ends, a recurrence rule
(RFC 5545) or an event's words.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Any

from attrs import frozen

from pcmt.core.reading.lexicon import phrase
from pcmt.core.reading.source import Source
from pcmt.core.text import find_dates

WEEKDAYS = {
    "hai": "MO",
    "ba": "TU",
    "tư": "WE",
    "tu": "WE",
    "năm": "TH",
    "nam": "TH",
    "sáu": "FR",
    "sau": "FR",
    "bảy": "SA",
    "bay": "SA",
}
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4, "một": 1, "hai": 2, "ba": 3, "bốn": 4}

_RELATION = (
    r"(?P<rel>trước(?: hết)?(?: thời điểm)?|chậm nhất(?: là)?(?: vào| đến)?|muộn nhất(?: là)?(?: vào| đến)?|"
    r"không (?:quá|muộn hơn)|"
    r"đến hết|đến cuối|đến trước|hết|cuối|xong trong|trong|vào|đến|từ nay đến(?: hết| cuối)?|xong|trong thời gian)"
)
_DONE = r"(?:(?:phải |cơ bản |phấn đấu )?(?:hoàn thành|xong|hoàn tất)(?: việc| công tác)? )?"
_HEAD = phrase(
    rf"(?<![\w/]){_DONE}{_RELATION} (?=ngày|\d|tháng|quý|năm|0?6 tháng|chiều|sáng|thứ|học kỳ|khi|kỳ|tuần|kết thúc|học)"
)
_MONTHLY_DAY = phrase(
    r"(?:ngày )?(?P<day>\d{1,2})(?![/\d]|[.-]\d)(?: (?:của )?(?P<months>tháng \d{1,2}(?:(?:,| và) tháng \d{1,2})+)|"
    r" (?P<each>(?:hằng|hàng|mỗi|của mỗi) ?tháng|"
    r"(?:của )?tháng (?P<last>cuối|đầu tiên|đầu) "
    r"(?:của |mỗi |hằng |hàng )?quý|(?:hằng|hàng) quý|(?:của )?tháng (?:báo cáo|sau|kế tiếp|liền kề|tiếp theo)))?"
)
_YEARLY = phrase(r" ?(?:hằng|hàng|mỗi) năm")
_MONTH = phrase(r"tháng (?P<m>\d{1,2})(?: ?(?:/|-|năm|,) ?(?:năm )?(?P<y>20\d\d))?(?![\d/])")
_QUARTER = phrase(r"quý (?P<q>iv|iii|ii|i|[1-4])(?!\w)(?: ?(?:/|-|năm|,) ?(?:năm )?(?P<y>20\d\d))?")
_QUARTERS_LISTED = phrase(
    r"quý (?P<q>iii|ii|i|[1-3])(?:,| và| -| đến) ?(?:quý )?(?P<r>iv|iii|ii|[2-4])(?!\w)"
    r"(?: ?(?:/|-|năm|,) ?(?:năm )?(?P<y>20\d\d))?"
)
_HALF = phrase(r"(?:0?6|sáu) tháng (?P<h>đầu|cuối) năm(?: (?P<y>20\d\d))?")
_YEAR = phrase(r"năm (?P<y>20\d\d)(?!\d)(?! ?-)")
_EACH_WEEK = phrase(
    r"(?:hằng|hàng|mỗi) tuần,? (?:vào )?(?:(?:chiều|sáng|trưa|tối|ngày) )?thứ (?P<d>hai|ba|tư|năm|sáu|bảy|[2-7])(?!\w)",
    needs="tuần",
)
_CELL = phrase(r"(?=quý |tháng \d|năm 20|(?:0?6) tháng)|(?P<m>\d{1,2})/(?P<y>20\d\d)(?!\d)")
_BRACKETED = phrase(r"\( ?(?=quý (?:i|[1-4])|tháng \d{1,2} ?[/n])", needs="(")
_WEEKDAY = phrase(
    r"(?:(?:chiều|sáng|trưa|tối|ngày) )?thứ (?P<d>hai|ba|tư|năm|sáu|bảy|[2-7])(?: (?:hằng|hàng|mỗi|của) tuần)(?!\w)",
    needs="tuần",
)
_HOURED = phrase(r"(?:\d{1,2} ?(?:giờ|h|g)(?: ?\d{2})?(?: phút)?,? (?:ngày )?)")
_WEEKDAY_ALONE = phrase(r"(?:(?:chiều|sáng|trưa|tối|ngày) )?thứ (?P<d>hai|ba|tư|năm|sáu|bảy|[2-7])(?!\w)", needs="thứ")
_EVENT = phrase(
    r"(?P<rel>trước) (?P<event>(?:khi|thời điểm|kỳ|dịp|lễ|mùa|ngày (?:bầu cử|khai giảng|hội|làm việc (?:đầu|cuối))|tết)"
    r" ?[^,.;:()]{0,80})",
    needs="trước",
)
_AFTER = phrase(  # "trong vòng 03 ngày làm việc kể từ khi phát hiện"
    r"(?:trong(?: vòng| thời hạn| thời gian)?|chậm nhất(?: là)?|không quá|sau) \d{1,3} "
    r"(?:giờ|ngày(?: làm việc)?|tuần|tháng),? "
    r"(?:kể từ|tính từ|từ|sau) (?:khi|ngày|lúc|thời điểm) (?!\d)[^,.;:()\d]{2,80}",
    needs="từ|sau",
)
_BRACKET_YEAR = phrase(r"\( ?năm (?P<y>20\d\d) ?\)", needs="(")
_LEAD_TIME = phrase(r"(?:thời gian|thời hạn)(?: hoàn thành| thực hiện| báo cáo| gửi)?(?: xong)? ?: ?", needs="thời")
_TIMELY = re.compile(r"\d|trước |truoc |tuần|tuan")  # no limit without a number, a week or an event before it
_TENTATIVE = phrase(r"[^,.;:]{0,20}dự kiến")
_NAMED = phrase(
    r"(?:chương trình|đề án|kế hoạch|dự án|chiến lược|nghị quyết|mục tiêu|tầm nhìn|định hướng|"
    r"quy hoạch)\b(?:[^,.;:\"]|, ?(?=chống)){0,90}$"
)
_WINDOW_OPENER = phrase(r"(?:từ|kể từ) [^,.;]{0,30}$")
_ACTION_TENSE = phrase(r"(?:kể từ|so với|số liệu(?! $)|dự toán)[^,.;]{0,10}$")


@frozen
class Limit:
    """A time limit as written, with its place."""

    start: int
    end: int
    relation: str
    precision: str
    date: str | None = None
    first: str | None = None
    last: str | None = None
    rule: str | None = None
    event: str | None = None
    tentative: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The contract's Limit: relation, precision and exactly one of date, from and to, rule, event."""
        value: dict[str, Any] = {"relation": self.relation, "precision": self.precision}
        if self.date:
            value["date"] = self.date
        elif self.first:
            value |= {"from": self.first, "to": self.last}
        elif self.rule:
            value["rule"] = self.rule
        else:
            value["event"] = self.event
        return value


@frozen
class Era:
    """The years that a plan speaks of, to complete dates written without a year."""

    first: int | None
    last: int | None

    @property
    def single(self) -> int | None:
        """The plan's year when it is a plan of one year."""
        return self.first if self.first and self.first == self.last else None


def _month_ends(year: int, first: int, last: int) -> tuple[str, str]:
    return date(year, first, 1).isoformat(), date(year, last, calendar.monthrange(year, last)[1]).isoformat()


def _relation(words: str) -> str:
    words = " ".join(words.split())
    if words.startswith(("trước", "truoc", "đến trước")):
        return "before"
    if words.startswith(("trong", "xong trong")):
        return "within"
    if words in ("vào", "vao", "xong"):
        return "on"
    return "by"


def find_limits(source: Source, start: int, end: int, era: Era, monthly: str = "") -> list[Limit]:
    """All time limits in a stretch of text, left to right.

    `monthly` is the period of the reports spoken of there (monthly, quarterly, ...), which makes a bare "trước ngày 15"
    recur.
    """
    found: list[Limit] = []
    if not _TIMELY.search(source.low, start, end):
        return found
    at = start
    for opener in source.finditer(_HEAD, start, end):
        if opener.start() < at:
            continue
        limit = _limit(source, opener, end, era, monthly, start)
        if limit:
            found.append(limit)
            at = limit.end
    taken = [(limit.start, limit.end) for limit in found]
    for match in source.finditer(_EVENT, start, end):
        if any(a < match.end() and match.start() < b for a, b in taken):
            continue
        if re.search(r"\d{1,2}/\d|\d{4}", match["event"]) and "thời điểm" not in match["event"]:
            continue
        stop = _event_end(source, match.start("event"), match.end("event"))
        found.append(Limit(match.start(), stop, "before", "event", event=source.plain(match.start("event"), stop)))
    for match in source.finditer(_AFTER, start, end):
        if (
            any(a < match.end() and match.start() < b for a, b in taken)
            or low_after(source, match.end(), end).isdigit()
        ):
            continue
        stop = _event_end(source, match.start(), match.end())
        relation = "within" if source.low.startswith(("trong", "sau"), match.start()) else "by"
        found.append(Limit(match.start(), stop, relation, "event", event=source.plain(match.start(), stop)))
    for match in source.finditer(_WEEKDAY, start, end):
        if any(a < match.end() and match.start() < b for a, b in taken):
            continue
        found.append(Limit(*match.span(), "on", "recurring", rule=f"FREQ=WEEKLY;BYDAY={_weekday(match['d'])}"))
    for match in source.finditer(_EACH_WEEK, start, end):
        found.append(Limit(*match.span(), "on", "recurring", rule=f"FREQ=WEEKLY;BYDAY={_weekday(match['d'])}"))
    for match in source.finditer(_BRACKETED, start, end):  # "Khảo sát địa bàn (Quý I/2026)"
        value = _value(source, match.end(), end, era, monthly, "within", match.end())
        if value and low_after(source, value.end, end) == ")":
            found.append(value)
    for match in source.finditer(_BRACKET_YEAR, start, end):
        if any(a < match.end() and match.start() < b for a, b in taken):
            continue
        year = match["y"]
        found.append(Limit(*match.span(), "within", "year", first=f"{year}-01-01", last=f"{year}-12-31"))
    for match in source.finditer(_LEAD_TIME, start, end):  # "Thời gian hoàn thành: Quý II/2026"
        stop = match.end()
        if any(a <= stop < b for a, b in taken):
            continue
        value = _value(source, stop, end, era, monthly, "within", match.start())
        if value and not any(a < value.end and value.start < b for a, b in [(x.start, x.end) for x in found]):
            found.append(value)
    return sorted(found, key=lambda limit: limit.start)


def cell_limit(source: Source, start: int, end: int, era: Era) -> Limit | None:
    """A bare time in a table's column of dates: "Quý I/2026", "Tháng 9/2026", "Năm 2028"."""
    cell = source.match(_CELL, start, end)
    if cell and cell["m"] and 1 <= int(cell["m"]) <= 12:
        return _stretch(
            start, cell.end(), "within", "month", *_month_ends(int(cell["y"]), int(cell["m"]), int(cell["m"]))
        )
    return _value(source, start, end, era, "", "within", start) if cell else None


def low_after(source: Source, at: int, end: int) -> str:
    """The first sign behind a place that is no blank."""
    return source.low[at:end].lstrip(" ")[:1]


def _weekday(word: str) -> str:
    return ("MO", "TU", "WE", "TH", "FR", "SA")[int(word) - 2] if word.isdigit() else WEEKDAYS[word]


def _event_end(source: Source, start: int, end: int) -> int:
    for stop in re.finditer(r" (?:phải|thì|cần|được|để|gửi|báo cáo|tổ chức|\") *", source.low[start:end]):
        if stop.start() > 12:
            return start + stop.start()
    quote = source.low.find('"', start, end)
    return source.trim(start, quote)[1] if quote > start + 6 else source.trim(start, end)[1]


def _limit(source: Source, opener: re.Match[str], end: int, era: Era, monthly: str, floor: int) -> Limit | None:
    relation = _relation(opener["rel"])
    at = opener.end()
    low = source.low
    before = low[max(floor, opener.start() - 110) : opener.start()]
    if (
        relation in ("by", "within")
        and _NAMED.of(source.bare).search(before)
        and not opener["rel"].startswith(("trong", "chậm", "muộn", "xong", "cham", "muon"))
        and "hoàn thành" not in opener[0]
    ):
        return None
    word = " ".join(opener["rel"].split())
    if word in ("đến", "hết", "đến hết", "den", "den het", "het", "cuối") and _WINDOW_OPENER.of(source.bare).search(
        before
    ):
        return None  # the second end of a window
    if _ACTION_TENSE.of(source.bare).search(before):
        return None
    return _value(source, at, end, era, monthly, relation, opener.start(), word)


def _value(
    source: Source, at: int, end: int, era: Era, monthly: str, relation: str, begin: int, word: str = ""
) -> Limit | None:
    low = source.low
    hour = source.match(_HOURED, at, end)
    if hour:
        at = hour.end()
    weekday = source.match(_WEEKDAY, at, end) or (
        source.match(_WEEKDAY_ALONE, at, end) if monthly == "weekly" else None
    )
    if weekday:
        kind = "before" if relation == "before" else "on"
        return Limit(begin, weekday.end(), kind, "recurring", rule=f"FREQ=WEEKLY;BYDAY={_weekday(weekday['d'])}")
    days = find_dates(low, at, min(end, at + 60))
    if days and days[0].start == at:
        day = days[0]
        yearly = source.match(_YEARLY, day.end, end)
        year = day.year or era.single
        after = re.compile(r" *(?:-|đến|den) *(?:ngày +)?\d").match(low, day.end, end)
        if after and word in ("từ", "trong", "tu"):
            return None
        if yearly or (not day.year and not era.single):
            stop = yearly.end() if yearly else day.end
            return Limit(
                begin, stop, relation, "recurring", rule=f"FREQ=YEARLY;BYMONTH={day.month};BYMONTHDAY={day.day}"
            )
        value = day.on(year)
        return (
            Limit(begin, day.end, "on" if relation == "within" else relation, "day", date=value.isoformat())
            if value
            else None
        )
    half = source.match(_HALF, at, end)
    if half:
        year = int(half["y"]) if half["y"] else era.single
        if not year:
            return None
        first, last = (1, 6) if half["h"] in ("đầu", "dau") else (7, 12)
        return _stretch(begin, half.end(), relation, "half_year", *_month_ends(year, first, last))
    day_of = source.match(_MONTHLY_DAY, at, end)
    if day_of and (low.startswith(("ngày", "ngay"), at) or day_of["each"]):
        number = int(day_of["day"])
        each = " ".join((day_of["each"] or "").split())
        if not 1 <= number <= 31:
            return None
        if day_of["months"]:  # "ngày 10 của tháng 6 và tháng 12"
            named = ",".join(str(int(month)) for month in re.findall(r"\d+", day_of["months"]))
            rule = f"FREQ=YEARLY;BYMONTH={named};BYMONTHDAY={number}"
            return Limit(begin, day_of.end(), relation, "recurring", rule=rule)
        if day_of["last"]:
            months = "3,6,9,12" if day_of["last"] in ("cuối", "cuoi") else "1,4,7,10"
            return Limit(
                begin, day_of.end(), relation, "recurring", rule=f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={number}"
            )
        if each.endswith(("quý", "quy")) or (not each and monthly == "quarterly"):
            return Limit(
                begin, day_of.end(), relation, "recurring", rule=f"FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY={number}"
            )
        if each or monthly == "monthly":
            return Limit(begin, day_of.end(), relation, "recurring", rule=f"FREQ=MONTHLY;BYMONTHDAY={number}")
        return None
    several = source.match(_QUARTERS_LISTED, at, end)
    if several and (year := int(several["y"]) if several["y"] else era.single or 0):
        ends = _month_ends(year, _QUARTERS[several["q"]] * 3 - 2, _QUARTERS[several["r"]] * 3)
        return _stretch(begin, several.end(), relation, "quarter", *ends)
    quarter = source.match(_QUARTER, at, end)
    if quarter:
        year = int(quarter["y"]) if quarter["y"] else era.single
        if not year:
            return None
        place = _QUARTERS[quarter["q"]]
        return _stretch(begin, quarter.end(), relation, "quarter", *_month_ends(year, place * 3 - 2, place * 3))
    month = source.match(_MONTH, at, end)
    if month and 1 <= int(month["m"]) <= 12:
        year = int(month["y"]) if month["y"] else era.single
        if not year:
            return None
        return _stretch(begin, month.end(), relation, "month", *_month_ends(year, int(month["m"]), int(month["m"])))
    year_of = source.match(_YEAR, at, end)
    if year_of:
        year = int(year_of["y"])
        tentative = bool(source.match(_TENTATIVE, year_of.end(), end))
        return _stretch(begin, year_of.end(), relation, "year", f"{year}-01-01", f"{year}-12-31", tentative)
    return None


def _stretch(
    begin: int, stop: int, relation: str, precision: str, first: str, last: str, tentative: bool = False
) -> Limit:
    if relation == "by":
        return Limit(begin, stop, "by", precision, date=last, tentative=tentative)
    if relation == "before":
        return Limit(begin, stop, "before", precision, date=first, tentative=tentative)
    return Limit(begin, stop, "within", precision, first=first, last=last, tentative=tentative)
