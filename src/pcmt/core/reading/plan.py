"""The whole reading: from a text to the plan it states, in the shape of the contract.

`read` never refuses and never invents: any text gives an object; what is absent is null or empty; every place lies in
the text; every number and date is claimed by an item or listed as unclaimed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from pcmt.core.reading.contract import as_contract
from pcmt.core.reading.duties import Heard, read_duties
from pcmt.core.reading.head import Head
from pcmt.core.reading.header import read_head
from pcmt.core.reading.lexicon import ZONE_LEAD, phrase
from pcmt.core.reading.limits import Era, Limit, cell_limit, find_limits
from pcmt.core.reading.lines import read_lines
from pcmt.core.reading.lint import lint
from pcmt.core.reading.numbered import Reader
from pcmt.core.reading.outline import Outline, build_outline
from pcmt.core.reading.parts import Project, cited_documents, find_events, find_funding, find_projects
from pcmt.core.reading.quotas import PARTS, bracket_shares, quota_tables
from pcmt.core.reading.result import Reading
from pcmt.core.reading.roles import TIME_START, find_zones, give_roles
from pcmt.core.reading.shares import Share, read_shares
from pcmt.core.reading.source import Places, Source
from pcmt.core.reading.targets import PHRASE, Target
from pcmt.core.reading.tasks import walk
from pcmt.core.reading.windows import find_windows, plan_period, title_period
from pcmt.core.text import find_dates


def read(text: str, *, name: str = "") -> dict[str, Any]:
    """Read any text as a plan.

    `text` is the document's text exactly as decoded; `name` the file's name for the record. Returns the contract's
    object (`pcmt-plan/1`); all spans are half-open ranges of code points of `text`.
    """
    return as_contract(understand(text), name)


def understand(text: str) -> Reading:
    """The reading as objects, before it is put in the contract's shape."""
    source = Source(text)
    lines = read_lines(source)
    head = read_head(source, lines)
    body = lines[head.body : head.tail]
    appendix = _appendix(source, lines, head.tail)
    for line in body:
        words = source.work[line.start : line.end].strip("*# ")
        if line.kind == "text" and words.startswith("PHỤ LỤC") and words.isupper():
            _as_part(source, line)  # an annex without a signature before it
    outline = build_outline(source, body + appendix, lines)
    article = head.fields["document_kind"] == "article_about_plan"
    give_roles(source, outline, article)
    period = _stated_period(source, head, outline)
    era = _era(source, head, period)
    reading = Reading(source, head, outline, era)
    find_zones(reading)
    _read_parts(reading)
    _read_limits(reading)
    _read_days(reading)
    _read_targets(reading)
    _read_tasks(reading)
    _read_duties(reading)
    _period(reading, period)
    _bind(reading)
    reading.noise = [*head.noise, *outline.noise]
    reading.remarks = [*head.remarks, *outline.remarks, *lint(reading)]
    return reading


def _appendix(source: Source, lines: list[Any], tail: int) -> list[Any]:
    """Lines after the signature that go on with an appendix."""
    for i in range(tail, len(lines)):
        if (
            lines[i].kind == "text"
            and re.match(r"[*#\s]*(?:PHỤ LỤC|Phụ lục|PHU LUC|Phu luc)", source.work[lines[i].start : lines[i].end])
            and i > tail
        ):
            _as_part(source, lines[i])
            return lines[i:]
    return []


def _as_part(source: Source, line: Any) -> None:
    """A line that opens an annex heads all that follows."""
    label = re.match(r"(?:PHỤ LỤC|Phụ lục)(?: +(?:[IVXL]+|\d{1,2}|[A-Z])\b)?[ .:]*", source.work[line.body : line.end])
    if label:
        line.style, line.label = "part", label[0].strip(" .:")
        line.body += label.end()


# ---- time ----------------------------------------------------------------------------------------------------------
def _stated_period(source: Source, head: Head, outline: Outline) -> dict[str, Any] | None:
    stated = [
        c
        for c in outline.clauses
        if c.role in ("other", "implementation", "tasks", "reporting", "purpose", "assignment")
    ]
    return plan_period(source, stated, head.issued)


def _era(source: Source, head: Head, period: dict[str, Any] | None) -> Era:
    from_title = title_period(source, head.title) if head.title else None
    chosen = period or from_title
    if chosen:
        return Era(int(chosen["from"][:4]), int(chosen["to"][:4]))
    if head.issued:
        return Era(head.issued.year, head.issued.year)
    dated = (head.fields["article_date"] or {}).get("value")
    if dated:
        return Era(int(dated[:4]), int(dated[:4]))
    return Era(None, None)


def _period(reading: Reading, stated: dict[str, Any] | None) -> None:
    """Header period: the stated time of implementation, else a campaign's window, else the title's years."""
    head = reading.head
    if stated:
        head.fields["period"] = stated
        return
    own = reading.own_windows
    if own:
        window = own[0]
        head.fields["period"] = {
            "from": window.first.isoformat(),
            "to": window.last.isoformat(),
            "source": "window",
            "span": (window.start, window.end),
        }
        return
    if head.title:
        head.fields["period"] = title_period(reading.source, head.title)


def _read_limits(reading: Reading) -> None:
    source = reading.source
    windows = Places((w.start, w.end) for w in [*reading.windows, *reading.own_windows])
    for clause in reading.outline.clauses:
        if (
            clause.role in ("situation",)
            or clause.parent is None
            and clause.children
            and clause.end - clause.body < 160
        ):
            continue
        own = clause.own_role == "other" and clause.role == "other"
        stretch = (clause.body, clause.end)
        monthly = _monthly(source, *stretch)
        due_at = clause.columns.get("due") if clause.style == "row" else None
        if due_at is not None and due_at < len(clause.cells):
            bare = cell_limit(source, *clause.cells[due_at], reading.era)
            if bare:
                reading.limits.append((bare, clause))
                continue
        for limit in (
            x for piece in source.pieces(*stretch) for x in find_limits(source, *piece, reading.era, monthly)
        ):
            if own and TIME_START.of(source.bare).match(source.low, clause.body, clause.end):
                continue
            if windows.meet(limit.start, limit.end):
                continue
            if clause.role == "other" and clause.parent is not None and clause.parent.own_role == "other":
                continue
            if source.quoted(limit.start, clause.body, clause.end):
                continue
            if clause.role in ("purpose", "aims") and limit.precision == "year" and limit.relation == "within":
                continue
            reading.limits.append((limit, clause))


_DAY_OF_ACTION = phrase(r"(?:từ|đến|kể từ|tính đến|của|số|hết|trước|so với|ban hành|nay|và) *$")


def _read_days(reading: Reading) -> None:
    """Days on which something is to be done: "khai giảng ngày 08/4/2024"."""
    source = reading.source
    taken = Places(
        [
            *reading.citation_places,
            *((x.start, x.end) for x, _ in reading.limits),
            *((w.start, w.end) for w in [*reading.windows, *reading.own_windows]),
            *(e["span"] for e in reading.events),
        ]
    )
    for clause in reading.outline.clauses:
        if clause.role not in ("tasks", "solutions", "assignment", "implementation") or clause.style == "row":
            continue
        for day in find_dates(source.low, clause.body, clause.end):
            if not day.year or not source.low.startswith(("ngày", "ngay"), day.start) or taken.meet(day.start, day.end):
                continue
            before = source.low[max(clause.body, day.start - 16) : day.start]
            value = day.on()
            if (
                value
                and not _DAY_OF_ACTION.of(source.bare).search(before)
                and source.low[day.end : day.end + 3].strip(" ")[:1] not in ("-", "đ")
                and not source.quoted(day.start, clause.body, clause.end)
                and not (reading.head.issued and value <= reading.head.issued)
            ):
                reading.limits.append((Limit(day.start, day.end, "on", "day", date=value.isoformat()), clause))
    reading.limits.sort(key=lambda pair: pair[0].start)


_MONTHLY = phrase(
    r"(?:hằng|hàng|mỗi) (?P<p>tháng|quý|tuần)|báo cáo (?P<p2>tháng|quý|tuần)(?!\w)", needs="tháng|quý|tuần"
)


def _monthly(source: Source, start: int, end: int) -> str:
    found = source.search(_MONTHLY, start, end)
    if not found:
        return ""
    return {"th": "monthly", "qu": "quarterly", "tu": "weekly"}[(found["p"] or found["p2"])[:2]]


# ---- parts ---------------------------------------------------------------------------------------------------------
def _read_parts(reading: Reading) -> None:
    source, outline = reading.source, reading.outline
    reading.projects, only = find_projects(source, outline.clauses)
    reading.zones -= only
    reading.windows, reading.own_windows = find_windows(source, outline.clauses, reading.era, reading.head.title)
    stretches = [(c.body, c.end) for c in outline.clauses]
    known = {(base["number"] or base["doc_type"]).lower() for base in reading.head.fields["legal_bases"]}
    reading.cited, reading.citation_places = cited_documents(source, stretches, known)
    outside = [reading.head.title] if reading.head.title else []
    if reading.head.preamble:
        outside.append(reading.head.preamble)
    reading.events = find_events(source, [*outside, *stretches], reading.era, [*reading.windows, *reading.own_windows])
    reading.funding = find_funding(source, outline.clauses)


def _project_clauses(reading: Reading) -> set[int]:
    found: set[int] = set()

    def add(project: Project) -> None:
        clause = project.clause
        if (
            not reading.source.low[clause.body : project.start]
            .replace("tiểu", "")
            .strip(' "-:')
            .strip("0123456789.: ")
            .replace("dự án", "")
            .replace("đề án", "")
            .strip()
        ) or re.match(r"(?:tiểu )?(?:dự án|đề án)", reading.source.low[clause.body : project.start]):
            found.add(id(clause))
        for sub in project.subs:
            add(sub)

    for project in reading.projects:
        add(project)
    return found


_OWN_TIME = phrase(r"thời gian (?:thực hiện|triển khai)(?: kế hoạch)?(?: này)? ?:? ?(?:kể )?từ ")


# ---- targets -------------------------------------------------------------------------------------------------------
def _read_targets(reading: Reading) -> None:
    source = reading.source
    taken = [
        *((a, b) for a, b, _ in reading.outline.noise),
        *reading.citation_places,
        *((limit.start, limit.end) for limit, _ in reading.limits),
        *((w.start, w.end) for w in [*reading.windows, *reading.own_windows]),
        *(e["span"] for e in reading.events),
    ]
    for clause in reading.outline.clauses:
        taken += [(d.start, d.end) for d in find_dates(source.low, clause.body, clause.end)]
    taken += _year_places(source.low)
    for project in reading.projects:
        for p in (project, *project.subs):
            taken.append((p.clause.body if p.number_span and p.number_span[0] - p.clause.body < 30 else p.start, p.end))
    reader = Reader(source, Places(taken))
    consumed: set[int] = set()
    dropped: set[int] = set()  # targets that are parts of another
    shared: set[int] = set()
    for clause in reading.outline.clauses:
        if id(clause) in consumed or clause.role == "appendix" and not clause.columns:
            continue
        zone = id(clause) in reading.zones
        if zone and _OWN_TIME.of(source.bare).match(source.low, clause.body, clause.end):
            continue  # "Thời gian thực hiện kế hoạch: từ ngày ban hành đến ..." under the targets
        start, end = clause.body, clause.end
        if clause.style == "row":
            at = clause.columns.get("task")
            if at is None or at >= len(clause.cells):
                continue
            start, end = clause.cells[at]
        parts_at = next(
            (
                m
                for m in source.finditer(PARTS, start, end)
                if m.end() >= end - 6 or re.match(r"[^.;]{3,120}?\d", source.low[m.end() : min(end, m.end() + 124)])
            ),
            None,
        )
        inline = None
        if parts_at and parts_at.end() < end - 6:
            inline = (parts_at.end(), end)
        if clause.parent is None and clause.children and end - start < 160:
            continue  # a section's heading
        if (
            zone
            and clause.children
            and source.low[end - 1 : end] == ":"
            and not re.search(r"\d", source.low[start:end])
        ):
            continue
        colon = source.low.find(":", start, min(end, start + 120))
        lead = ZONE_LEAD.of(source.bare).match(source.low, start, end)
        if lead and colon > 0 and zone:
            start = colon + 1 if colon + 1 < end else start
        found = reader.read(clause, start, end, zone, clause.role)
        holder = next(
            (
                t
                for t in reversed(found)
                if t.facts["value"] is not None
                and t.facts["kind"] in ("count", "coverage", "frequency")
                and (not parts_at or t.start < parts_at.start())
            ),
            None,
        )
        if holder and parts_at and parts_at.start() >= holder.start:
            stretches = [(c.body, c.end) for c in clause.children] if not inline else [inline]
            if inline and clause.children and len(source.low[slice(*inline)].strip()) < 10:
                stretches = [(c.body, c.end) for c in clause.children]
            shares = read_shares(source, holder, stretches)
            if len(shares) >= 2 or clause.children and shares:
                reading.shares += shares
                shared.add(id(holder))
                places = Places((s.start, s.end) for s in shares)
                consumed.update(id(c) for c in clause.children if places.meet(c.body, c.end))
                dropped.update(_inside(found, shares, holder))
        for total in found:
            if total.facts["value"] is None or id(total) in shared or id(total) in dropped:
                continue
            bracket = bracket_shares(source, total)
            reading.shares += bracket
            if bracket:
                dropped.update(_inside(found, bracket, total))
    reading.targets = sorted((t for t in reader.targets if id(t) not in dropped), key=lambda t: (t.start, t.end))
    reading.figures = reader.figures
    quota_tables(reading)


def _inside(found: list[Target], shares: list[Share], holder: Target) -> set[int]:
    """The targets (in order of place, none longer than a phrase) that are really shares of `holder`."""
    places = Places((share.start, share.end) for share in shares)
    first = bisect_left(found, min(share.start for share in shares) - 2 * PHRASE, key=lambda target: target.start)
    last = bisect_right(found, max(share.end for share in shares), key=lambda target: target.start)
    return {id(t) for t in found[first:last] if t is not holder and places.meet(t.start, t.end)}


_DIGITS = re.compile(r"(?P<years>(?:19|20)\d\d *- *(?:năm +)?(?:19|20)?\d\d(?!\d))|\d+")
_YEAR_WORDS, _MONTH_WORDS = ("năm ", "nam ", "/"), ("tháng ", "thang ", "quý ", "quy ")


def _year_places(low: str) -> Iterator[tuple[int, int]]:
    """Years, months and quarters in digits, and spans of years ("năm 2026", "tháng 6", "2021 - 2025"): no counts."""
    for found in _DIGITS.finditer(low):
        a, b = found.span()
        before = low[max(0, a - 6) : a]
        span = found["years"] and before[-1:] not in ("/", ".", ",") and int(found[0][2:4]) < int(found[0][-2:])
        year = b - a == 4 and found[0][:2] in ("19", "20") and before.endswith(_YEAR_WORDS) and low[b : b + 1] != "."
        month = b - a <= 2 and before.endswith(_MONTH_WORDS) and low[b : b + 2].strip()[:1] != "%"
        if span or year or month:
            yield a, b


# ---- tasks and duties ----------------------------------------------------------------------------------------------
def _read_tasks(reading: Reading) -> None:
    source = reading.source
    shared = {id(s.target.clause) for s in reading.shares if id(s.target.clause) in reading.zones}
    parts_at = Places((s.start, s.start + 1) for s in reading.shares)
    holders = {id(s.target.clause) for s in reading.shares}
    part_clauses = {id(c) for c in reading.outline.clauses if id(c) not in holders and parts_at.meet(c.body, c.end)}
    projects = _project_clauses(reading)
    work = walk(source, reading.outline.clauses, reading.zones, projects, part_clauses | shared)
    reading.assignments, reading.tasks, reading.headings = work.assignments, work.tasks, work.headings


def _read_duties(reading: Reading) -> None:
    source = reading.source
    blocks = {id(a.clause): a for a in reading.assignments}
    tasks_by_clause = {id(t.clause): t for t in reading.tasks}
    heard: dict[int, Heard] = {}
    for clause in reading.outline.clauses:
        if clause.role in ("purpose", "situation", "targets", "aims", "funding") or clause.style == "row":
            continue
        block = next((blocks[id(up)] for up in clause.up() if id(up) in blocks), None)
        task = tasks_by_clause.get(id(clause))
        start = clause.body
        if block and block.clause is clause and block.kind != "clause":
            start = max(start, block.end)
        elif clause.children and clause.end - clause.body < 90 and source.low[clause.end - 1 : clause.end] not in ".:":
            continue
        lead_in = heard.get(id(clause.parent)) if clause.parent is not None else None
        subject = [task.actor] if task and task.actor else list(block.agencies) if block else []
        found, told = read_duties(
            source, clause, start, clause.end, reading.era, subject, clause.role == "reporting", lead_in
        )
        if clause.children or source.low[clause.end - 1 : clause.end] == ":":
            if clause.children and source.low[clause.end - 1 : clause.end] == ":":
                found = [d for d in found if d.due or d.period]  # a lead-in: its bullets name the reports
            heard[id(clause)] = told
        reading.duties += found


def _bind(reading: Reading) -> None:
    """Numbers for the items, in order of place."""
    _number("T", reading.targets)
    _number("A", reading.assignments)
    _number("K", reading.tasks)
    _number("R", reading.duties)
    _number("P", reading.projects)
    _number("W", reading.windows)
    _number("C", reading.outline.clauses)
    for project in reading.projects:
        for number, sub in enumerate(project.subs, 1):
            sub.id = f"{project.id}.{number}"


class _Numbered(Protocol):
    id: str


def _number(prefix: str, items: Sequence[_Numbered]) -> None:
    for number, item in enumerate(items, 1):
        item.id = f"{prefix}{number}"
