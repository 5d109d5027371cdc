"""Projects, windows, events, money, citations and noise: what stands in a plan beside targets, tasks and dates."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from attrs import define, field

from pcmt.core.reading.agencies import read_list
from pcmt.core.reading.header import citations
from pcmt.core.reading.lexicon import phrase
from pcmt.core.reading.limits import Era
from pcmt.core.reading.outline import Clause
from pcmt.core.reading.source import Places, Source
from pcmt.core.reading.targets import whole_words
from pcmt.core.text import Day, find_dates

_PROJECT = phrase(
    r"(?P<sub>tiểu )?(?P<kind>dự án|đề án|chương trình|"
    r"chuyên đề) ?(?:thành phần )?(?P<number>\d{1,2})?(?: ?[:.])? ?(?P<title>\"[^\"]{8,420}\")"
)
_BARE_PROJECT = phrase(
    r"(?P<sub>tiểu )?(?P<kind>dự án)(?: thành phần)? (?P<number>\d{1,2}) ?[:.] ?(?P<title>[^\";:.][^;:.]{8,300})"
)
_GUIDED = phrase(r"theo (?:chỉ đạo|hướng dẫn|sự chỉ đạo)(?:,? (?:và )?(?:hướng dẫn|chỉ đạo))? của ")
_CARRY_OUT = phrase(r"(?:xây dựng|triển khai|thực hiện|tham mưu|ban hành|tổ chức)[^.;\"]{0,160}$")
_WINDOW = phrase(
    r"(?:từ|bắt đầu từ|kể từ)(?: ngày)? (?P<a>[^.;\"]{4,40}?) ?(?:-|đến|cho đến)(?: hết)?(?: ngày)? (?=\d)"
)
_SHORT_WINDOW = phrase(
    r"(?:từ )?ngày (?P<d>\d{1,2})(?P<m>[/-]\d{1,2})? ?(?:-|đến)(?: hết)?(?: ngày)? (?=\d{1,2}[/-]\d{1,2}[/-]\d{4})"
)
_LENGTH = phrase(r"trong (?:vòng |thời gian )?(?P<n>\d{1,3}) ngày(?: đêm)?[^.;]{0,20}(?:kể từ|từ|bắt đầu) ngày ")
_CAMPAIGN = phrase(
    r"(?:đợt (?:ra quân |tổng )?(?:cao điểm|tuyên truyền|hoạt động|kiểm tra)?|tháng hành động|tháng cao điểm|tuần lễ|"
    r"chiến dịch|giai đoạn \d|đợt \d|cao điểm|năm an toàn|tháng thanh niên|tháng)"
)
_WINDOW_NAME = phrase(r"(?:tháng (?:hành động|cao điểm)|đợt|giai đoạn \d|chiến dịch|cao điểm|tuần lễ)[^.;:()\d]{0,80}")
_PLAN_TIME = phrase(
    r"thời gian(?: thực hiện| triển khai)?(?: kế hoạch)?(?: này)? ?:? ?(?:kể )?từ (?:ngày ban hành|ngày ký|"
    r"khi ban hành)"
)
_PERIOD = phrase(
    r"(?:kể )?từ (?P<from>ngày ban hành|ngày ký|khi ban hành|ngày kế hoạch[^,.;]{0,20}ban hành|"
    r"nay)[^.;]{0,30}?(?:đến|-) (?:hết )?(?:ngày )?(?P<to>[^.;]{0,4}?)(?=\d|năm|tháng)"
)
_EVENT_DAY = phrase(
    r"(?P<name>(?:ngày|lễ|tết|kỷ niệm)[^.;:\"()]{4,90}?) ?\(? ?(?:ngày )?(?P<day>\d{1,2}[/-]\d{1,2})"
    r"(?:[/-](?P<y>\d{4}))? ?\)?"
)
_MONEY = phrase(
    r"(?:kinh phí|ngân sách|dự toán|nguồn vốn)[^.;]{0,60}|\d[\d.,]* (?:triệu|tỷ|nghìn|ngàn) ?đồng|\d[\d.,]{4,} đồng"
)
_SUM = phrase(r"\d[\d.,]* ?(?:triệu|tỷ|nghìn|ngàn)? ?đồng(?:/\w+)?")


@define(eq=False)
class Project:
    """A project or scheme with its sub-projects."""

    start: int
    end: int
    clause: Clause
    number: int | None
    title: str
    kind: str
    guided_by: str | None = None
    subs: list[Project] = field(factory=list)
    number_span: tuple[int, int] | None = None
    id: str = ""


def find_projects(source: Source, clauses: list[Clause]) -> tuple[list[Project], set[int]]:
    """Projects named with their titles, nested by their labels; and the clauses that are nothing but a project."""
    projects: list[Project] = []
    owned: dict[int, Project] = {}
    only: set[int] = set()
    for clause in clauses:
        if clause.role in ("purpose", "situation", "targets"):
            continue
        previous_end = -1
        for found in sorted(
            [
                *source.finditer(_PROJECT, clause.body, clause.end),
                *source.finditer(_BARE_PROJECT, clause.body, clause.end),
            ],
            key=lambda m: m.start(),
        ):
            if found.start() < previous_end:
                continue
            kind = " ".join(found["kind"].split())
            opening = found.start() - clause.body < 40 and not source.low[clause.body : found.start()].strip(' "-*')
            sub = bool(found["sub"])
            number = int(found["number"]) if found["number"] else None
            governed = _CARRY_OUT.of(source.bare).search(
                source.low, max(clause.body, found.start() - 200), found.start()
            ) or (0 <= found.start() - previous_end <= 8)
            if not opening and not governed:
                continue
            if kind in ("chương trình", "chuyên đề", "chuong trinh", "chuyen de") and not (opening and number):
                continue
            a, b = source.trim(*found.span("title"))
            guided = source.match(_GUIDED, _skip(source, b, clause.end), clause.end)
            who = read_list(source, guided.end(), clause.end)[0] if guided else []
            name = source.plain(guided.end(), _stop(source, guided.end(), clause.end)) if guided and not who else None
            project = Project(a, b, clause, number, source.plain(a, b).strip('“”"'), kind, who[0].name if who else name)
            project.number_span = found.span("number") if found["number"] else None
            previous_end = found.end()
            parent = next((owned[id(up)] for up in clause.up()[1:] if id(up) in owned), None)
            if sub and parent:
                parent.subs.append(project)
            elif sub and projects and projects[-1].clause.parent is clause.parent and opening and projects[-1].end < a:
                projects[-1].subs.append(project)
            else:
                projects.append(project)
                owned.setdefault(id(clause), project)
            if opening:
                only.add(id(clause))
    return projects, only


def _skip(source: Source, at: int, end: int) -> int:
    while at < end and source.low[at] in ' ",':
        at += 1
    return at


def _stop(source: Source, at: int, end: int) -> int:
    found = re.compile(r"[.;:,]").search(source.low, at, end)
    return found.start() if found else end


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


_CAMPAIGN_TITLE = phrase(r"tháng (?:hành động|cao điểm)|đợt (?:ra quân|cao điểm)|cao điểm|chiến dịch|tuần lễ|ngày đêm")
_CAMPAIGN_WORD = phrase(
    r"tháng hành động|tháng cao điểm|đợt \d|đợt (?:ra quân|cao điểm|tuyên truyền|tổng)|cao điểm|giai đoạn (?:\d|"
    r"i{1,3}|một|hai|ba)\b|tuần (?:thứ|cuối|\d)|chiến dịch|tuần lễ|ngày đêm"
)
_TIME_OF_PLAN = phrase(
    r"thời gian(?: thực hiện| triển khai| tổ chức| cao điểm)?|kế hoạch (?:này )?(?:được )?(?:thực hiện|triển khai)|"
    r"thực hiện (?:kế hoạch )?(?:từ|kể từ)"
)


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


def find_events(
    source: Source, stretches: list[tuple[int, int]], era: Era, windows: list[Window]
) -> list[dict[str, Any]]:
    """Lone days with a name: "Ngày toàn dân phòng, chống ma túy (26/6)", each once."""
    events: list[dict[str, Any]] = []
    seen: set[tuple[int, int]] = set()
    inside = Places((w.start, w.end) for w in windows)
    for start, end in stretches:
        for day in find_dates(source.low, start, end):
            if day.year and day.year != era.single:
                continue
            before = source.low[max(start, day.start - 100) : day.start]
            named = re.search(
                r"((?:ngày|lễ|tết|kỷ niệm|ngay|le|tet)(?! \d)[^.;:\"()]{4,90}?)[ \"]*\(?[ -]*(?:ngày |ngay )?$", before
            )
            if not named or inside.meet(day.start, day.end):
                continue
            if re.search(r"(?:trước|chậm nhất|đến|hết|từ)\s+(?:ngày\s*)?$", before):
                continue
            key = (day.day, day.month)
            if key in seen:
                continue
            seen.add(key)
            value = day.on(day.year or era.single)
            begin = max(start, day.start - 100) + named.start(1)
            events.append(
                {
                    "name": source.plain(begin, begin + len(named[1])),
                    "date": value.isoformat() if value else None,
                    "span": (begin, day.end),
                    "inferred": True,
                }
            )
    return events


def cited_documents(
    source: Source, stretches: list[tuple[int, int]], known: set[str]
) -> tuple[list[dict[str, Any]], list[tuple[int, int]]]:
    """Documents cited in the body, each number once with its mentions; and all places of citations."""
    found: dict[str, dict[str, Any]] = {}
    places: list[tuple[int, int]] = []
    for start, end in stretches:
        for cited in citations(source, start, end):
            places.append(cited["span"])
            key = (cited["number"] or source.plain(*cited["span"])).lower()
            if key in known:
                continue
            if key in found:
                found[key]["mentions"] += 1
                continue
            found[key] = {**cited, "mentions": 1}
    return list(found.values()), places


def find_funding(source: Source, clauses: list[Clause]) -> list[dict[str, Any]]:
    """Where money is spoken of: sums and who provides them."""
    found = []
    for clause in clauses:
        if clause.children and clause.role != "funding":
            continue
        match = source.search(_MONEY, clause.body, clause.end)
        if match:
            total = source.search(_SUM, clause.body, clause.end)
            found.append(
                {
                    "span": source.trim(*match.span()),
                    "amount": source.plain(*total.span()) if total else None,
                    "clause": clause,
                }
            )
    return found
