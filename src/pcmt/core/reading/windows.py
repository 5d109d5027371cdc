"""Stretches of time: campaign windows and the time of the plan itself."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import Any

from attrs import define

from pcmt.core.reading.head import Place
from pcmt.core.reading.lexicon import phrase
from pcmt.core.reading.limits import Era
from pcmt.core.reading.outline import Clause
from pcmt.core.reading.source import Source
from pcmt.core.reading.targets import whole_words
from pcmt.core.text import Day, find_dates

_WINDOW = phrase(
    r"(?:từ|bắt đầu từ|kể từ)(?: ngày)? (?P<a>[^.;\"]{4,40}?) ?(?:-|đến|cho đến)(?: hết)?(?: ngày)? (?=\d)",
    needs="từ",
)
_SHORT_WINDOW = phrase(
    r"(?:từ )?ngày (?P<d>\d{1,2})(?P<m>[/-]\d{1,2})? ?(?:-|đến)(?: hết)?(?: ngày)? (?=\d{1,2}[/-]\d{1,2}[/-]\d{4})",
    needs="ngày",
)
_MONTHS = phrase(
    r"từ (?:đầu )?tháng (?P<m>\d{1,2})(?:[/ ](?:năm )?(?P<y>20\d\d))? ?(?:-|đến)(?: hết)? (?:hết |cuối )?"
    r"tháng (?P<n>\d{1,2})[/ ](?:năm )?(?P<z>20\d\d)(?!\d)",
    needs="tháng",
)
_LENGTH = phrase(
    r"trong (?:vòng |thời gian )?(?P<n>\d{1,3}) ngày(?: đêm)?[^.;]{0,20}(?:kể từ|từ|bắt đầu) ngày ", needs="trong"
)
_CAMPAIGN = phrase(
    r"(?:đợt (?:ra quân |tổng )?(?:cao điểm|tuyên truyền|hoạt động|kiểm tra)?|tháng hành động|tháng cao điểm|tuần lễ|"
    r"chiến dịch|giai đoạn \d|đợt \d|cao điểm|năm an toàn|tháng thanh niên|tháng)"
)
_WINDOW_NAME = phrase(
    r"(?:tháng (?:hành động|cao điểm)|đợt|giai đoạn \d|bước \d|chiến dịch|cao điểm|tuần lễ)[^.;:()\d]{0,80}"
)
_PLAN_TIME = phrase(
    r"thời gian(?: thực hiện| triển khai)?(?: kế hoạch)?(?: này)? ?:? ?(?:kể )?từ (?:ngày ban hành|ngày ký|"
    r"khi ban hành)"
)
_PERIOD = phrase(
    r"(?:kể )?từ (?P<from>ngày ban hành|ngày ký|khi ban hành|ngày kế hoạch[^,.;]{0,20}ban hành|"
    r"nay)[^.;]{0,30}?(?:đến|-) (?:hết )?(?:ngày )?(?P<to>[^.;]{0,4}?)(?=\d|năm|tháng)",
    needs="hành|ký|nay",
)


_CAMPAIGN_TITLE = phrase(r"tháng (?:hành động|cao điểm)|đợt (?:ra quân|cao điểm)|cao điểm|chiến dịch|tuần lễ|ngày đêm")
_CAMPAIGN_WORD = phrase(
    r"tháng hành động|tháng cao điểm|đợt \d|đợt (?:ra quân|cao điểm|tuyên truyền|tổng)|cao điểm|giai đoạn (?:\d|"
    r"i{1,3}|một|hai|ba)\b|bước \d|tuần (?:thứ|cuối|\d)|chiến dịch|tuần lễ|ngày đêm"
)
_TIME_OF_PLAN = phrase(
    r"thời gian(?: thực hiện| triển khai| tổ chức| cao điểm)?|kế hoạch (?:này )?(?:được )?(?:thực hiện|triển khai)|"
    r"thực hiện (?:kế hoạch )?(?:từ|kể từ)"
)


@define(eq=False)
class Window:
    """A stretch of time with two ends and a name."""

    start: int
    end: int
    name: str
    first: date
    last: date
    clause: Clause | None
    id: str = ""


def find_windows(
    source: Source, clauses: list[Clause], era: Era, title: tuple[int, int] | None
) -> tuple[list[Window], list[Window]]:
    """Campaign windows and, apart, the windows that state the plan's own time."""
    campaigns: list[Window] = []
    own: list[Window] = []
    campaign_title = bool(title and source.search(_CAMPAIGN_TITLE, *title))
    for clause in clauses:
        for a, b, first, last in (
            w for piece in source.pieces(clause.body, clause.end) for w in _windows_in(source, *piece, era)
        ):
            context = _context(source, clause, a)
            text = source.low[context[0] : b]
            about_plan = bool(source.search(_TIME_OF_PLAN, context[0], b))
            name = source.search(_WINDOW_NAME, context[0], a) or (
                source.search(_WINDOW_NAME, *title) if title else None
            )
            campaign = bool(source.search(_CAMPAIGN_WORD, context[0], a)) or (campaign_title and about_plan)
            if campaign or not about_plan and re.search(r"(?:đợt|giai đoạn|cao điểm|ra quân|chiến dịch)", text):
                campaigns.append(
                    Window(
                        a,
                        b,
                        source.plain(name.start(), whole_words(source.low, name.start(), name.end()))
                        if name
                        else source.plain(*_lead(source, clause)),
                        first,
                        last,
                        clause,
                    )
                )
                if about_plan and (campaign_title or not own):
                    own.append(campaigns[-1])
            elif about_plan:
                own.append(Window(a, b, "", first, last, clause))
    return campaigns, own


def _context(source: Source, clause: Clause, at: int) -> tuple[int, int]:
    """The words before a window that name it: its clause up to it, with the heading above when it stands alone."""
    floor = max(clause.body, at - 600)
    begin = max(floor, source.low.rfind(". ", floor, at) + 1, source.low.rfind(";", floor, at) + 1)
    if at - begin < 12 and clause.parent is not None:
        begin = clause.parent.body
    return begin, at


def _lead(source: Source, clause: Clause) -> tuple[int, int]:
    holder = clause.parent or clause
    colon = source.low.find(":", holder.body, holder.end)
    return holder.body, min(colon if colon > 0 else holder.end, holder.body + 120)


def _windows_in(source: Source, start: int, end: int, era: Era) -> list[tuple[int, int, date, date]]:
    low = source.low
    found: list[tuple[int, int, date, date]] = []
    for short in source.finditer(_SHORT_WINDOW, start, end):
        days = find_dates(low, short.end(), min(end, short.end() + 14))
        if not days or days[0].start != short.end() or not days[0].year:
            continue
        last = days[0].on()
        month = int(short["m"][1:]) if short["m"] else days[0].month
        try:
            first = date(days[0].year if month <= days[0].month else days[0].year - 1, month, int(short["d"]))
        except ValueError:
            continue
        if last and first < last:
            found.append((short.start(), days[0].end, first, last))
    for window in source.finditer(_WINDOW, start, end):
        if any(a < window.end() and window.start() < b for a, b, *_ in found):
            continue
        left = find_dates(low, window.start("a"), window.end("a"))
        right = find_dates(low, window.end(), min(end, window.end() + 34)) or find_dates(
            low, max(start, window.end() - 5), min(end, window.end() + 34)
        )
        if not right or right[0].start > window.end() + 1:
            continue
        last_day = right[0]
        first_day: Day | None = left[-1] if left else None
        year = last_day.year or (first_day.year if first_day else None) or era.single
        last = last_day.on(year)
        if first_day is None:
            alone = re.match(r" *(\d{1,2}) *$", low[window.start("a") : window.end("a")])
            if not alone or not last:
                continue
            try:
                first = last.replace(day=int(alone[1]))
            except ValueError:
                continue
        else:
            begin = first_day.on(first_day.year or year)
            if not begin or not last:
                continue
            first = begin
            if first > last and not first_day.year:
                first = first.replace(year=first.year - 1)
        if last and first < last:
            found.append((window.start(), last_day.end, first, last))
    for months in source.finditer(_MONTHS, start, end):
        first_month, last_month = int(months["m"]), int(months["n"])
        if not (1 <= first_month <= 12 and 1 <= last_month <= 12):
            continue
        year = int(months["z"])
        first = date(int(months["y"] or (year if first_month <= last_month else year - 1)), first_month, 1)
        last = date(year, last_month, calendar.monthrange(year, last_month)[1])
        if first < last and not any(a < months.end() and months.start() < b for a, b, *_ in found):
            found.append((*months.span(), first, last))
    for length in source.finditer(_LENGTH, start, end):
        days = find_dates(low, length.end() - 5, min(end, length.end() + 30))
        if days:
            begin = days[0].on(era.single)
            if begin and not any(a < days[0].end and length.start() < b for a, b, *_ in found):
                found.append((length.start(), days[0].end, begin, begin + timedelta(days=int(length["n"]) - 1)))
    return sorted(found)


def plan_period(source: Source, clauses: list[Clause], issued: date | None) -> dict[str, Any] | None:
    """ "Từ ngày ban hành kế hoạch đến hết 31/12/2025": the plan's stated time that starts with its issue."""
    for clause in clauses:
        for found in source.finditer(_PERIOD, clause.body, clause.end):
            days = find_dates(source.low, found.end() - 1, min(clause.end, found.end() + 34)) or find_dates(
                source.low, found.end(), min(clause.end, found.end() + 34)
            )
            if days and days[0].start <= found.end() + 2:
                last = days[0].on()
                stop = days[0].end
            else:
                year = re.compile(r" *(?:năm|nam) +(20\d\d)").match(source.low, found.end(), clause.end)
                month = re.compile(r" *(?:tháng|thang) +(\d{1,2})(?:/| +(?:năm|nam) +)(20\d\d)").match(
                    source.low, found.end(), clause.end
                )
                if month and 1 <= int(month[1]) <= 12:
                    following = date(int(month[2]) + (int(month[1]) == 12), int(month[1]) % 12 + 1, 1)
                    last, stop = following - timedelta(days=1), month.end()
                elif year:
                    last, stop = date(int(year[1]), 12, 31), year.end()
                else:
                    continue
            if last and issued and issued <= last:
                return {
                    "from": issued.isoformat(),
                    "to": last.isoformat(),
                    "source": "stated",
                    "span": (found.start(), stop),
                    "from_rule": "date of issue",
                    "inferred": True,
                }
    return None


YEARS = phrase(
    r"(?:giai đoạn|từ năm|các năm|nhiệm kỳ)? ?(?P<a>(?:19|20)\d\d) ?(?:-|"
    r"đến(?: hết)?(?: năm)?) ?(?:năm )?(?P<b>(?:19|20)\d\d)(?!\d)"
)
SCHOOL_YEAR = phrase(r"năm học (?P<a>20\d\d) ?- ?(?P<b>20\d\d)")
YEAR = phrase(r"(?<![/\d])năm (?P<a>(?:19|20)\d\d)(?!\d)(?! ?-)")
_QUARTER = phrase(
    r"(?:quý (?P<q>iv|iii|ii|i|[1-4])|tháng (?P<m>\d{1,2})|6 tháng (?P<h>đầu|cuối) năm)[ /,]*(?:năm )?(?P<y>20\d\d)"
)


def title_period(source: Source, title: Place) -> dict[str, Any] | None:
    """The period that the title's own years state."""
    found = source.search(SCHOOL_YEAR, *title)
    if found:
        return None
    found = source.search(YEARS, *title)
    if found:
        return {
            "from": f"{found['a']}-01-01",
            "to": f"{found['b']}-12-31",
            "source": "title",
            "span": source.trim(*found.span()),
        }
    found = source.search(_QUARTER, *title)
    if found:
        year = int(found["y"])
        if found["q"]:
            quarter = {"i": 1, "ii": 2, "iii": 3, "iv": 4}.get(found["q"]) or int(found["q"])
            first, last = quarter * 3 - 2, quarter * 3
        elif found["h"]:
            first, last = (1, 6) if found["h"] in ("đầu", "dau") else (7, 12)
        else:
            first = last = int(found["m"])
        if 1 <= first <= 12:
            return {
                "from": date(year, first, 1).isoformat(),
                "to": date(year, last, calendar.monthrange(year, last)[1]).isoformat(),
                "source": "title",
                "span": source.trim(*found.span()),
            }
    years = source.finditer(YEAR, *title)
    if years:
        found = years[-1]
        before = source.low[max(title[0], found.start() - 5) : found.start()].rstrip()
        if before.endswith(("đến", "den")):
            return None
        return {
            "from": f"{found['a']}-01-01",
            "to": f"{found['a']}-12-31",
            "source": "title",
            "span": source.trim(*found.span()),
        }
    return None
