"""Projects, windows, events, money, citations and noise: what stands in a plan beside targets, tasks and dates."""

from __future__ import annotations

import re
from typing import Any

from attrs import define, field

from pcmt.core.reading.agencies import read_list
from pcmt.core.reading.citations import citations
from pcmt.core.reading.lexicon import phrase
from pcmt.core.reading.limits import Era
from pcmt.core.reading.outline import Clause
from pcmt.core.reading.source import Places, Source
from pcmt.core.reading.windows import Window
from pcmt.core.text import find_dates

_PROJECT = phrase(
    r"(?P<sub>tiểu )?(?P<kind>dự án|đề án|chương trình|"
    r"chuyên đề) ?(?:thành phần )?(?P<number>\d{1,2})?(?: ?[:.])? ?(?P<title>\"[^\"]{8,420}\")",
    needs='"',
)
_BARE_PROJECT = phrase(
    r"(?P<sub>tiểu )?(?P<kind>dự án)(?: thành phần)? (?P<number>\d{1,2}) ?[:.] ?(?P<title>[^\";:.][^;:.]{8,300})",
    needs="dự",
)
_GUIDED = phrase(r"theo (?:chỉ đạo|hướng dẫn|sự chỉ đạo)(?:,? (?:và )?(?:hướng dẫn|chỉ đạo))? của ")
_CARRY_OUT = phrase(r"(?:xây dựng|triển khai|thực hiện|tham mưu|ban hành|tổ chức)[^.;\"]{0,160}$")
_EVENT_DAY = phrase(
    r"(?P<name>(?:ngày|lễ|tết|kỷ niệm)[^.;:\"()]{4,90}?) ?\(? ?(?:ngày )?(?P<day>\d{1,2}[/-]\d{1,2})"
    r"(?:[/-](?P<y>\d{4}))? ?\)?"
)
_MONEY = phrase(
    r"(?:kinh phí|ngân sách|dự toán|nguồn vốn)[^.;]{0,60}|\d[\d.,]{0,24} (?:triệu|tỷ|nghìn|ngàn) ?đồng|"
    r"\d[\d.,]{4,24} đồng",
    needs="phí|sách|toán|vốn|đồng",
)
_SUM = phrase(r"\d[\d.,]{0,24} ?(?:triệu|tỷ|nghìn|ngàn)? ?đồng(?:/\w{1,20})?")


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
        if clause.role in ("purpose", "situation", "targets", "funding"):
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
            elif sub and opening and projects and projects[-1].end < a and _under_one(projects[-1].clause, clause):
                projects[-1].subs.append(project)
            else:
                projects.append(project)
                owned.setdefault(id(clause), project)
            if opening:
                only.add(id(clause))
    return projects, only


def _under_one(one: Clause, other: Clause) -> bool:
    """Whether two clauses stand under one heading: a sub-project after the line of its project."""
    above = {id(up) for up in one.up()[1:]}
    return one.parent is other.parent or any(id(up) in above for up in other.up()[1:])


def _skip(source: Source, at: int, end: int) -> int:
    while at < end and source.low[at] in ' ",':
        at += 1
    return at


def _stop(source: Source, at: int, end: int) -> int:
    found = re.compile(r"[.;:,]").search(source.low, at, end)
    return found.start() if found else end


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
