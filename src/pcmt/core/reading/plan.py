"""The whole reading: from a text to the plan it states, in the shape of the contract.

`read` never refuses and never invents: any text gives an object; what is absent is null or empty; every place lies in
the text; every number and date is claimed by an item or listed as unclaimed.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from attrs import define, field

from pcmt.core.diagnostics import Diagnostic
from pcmt.core.reading import duties as duty_room
from pcmt.core.reading import parts, targets, tasks
from pcmt.core.reading.agencies import Agency, split_names
from pcmt.core.reading.header import Head, read_head, title_period
from pcmt.core.reading.lexicon import ZONE_LEAD, phrase
from pcmt.core.reading.limits import Era, Limit, cell_limit, find_limits
from pcmt.core.reading.lines import read_lines
from pcmt.core.reading.lint import lint
from pcmt.core.reading.outline import BULLETS, Clause, Outline, build_outline, heading_role
from pcmt.core.reading.source import Places, Source
from pcmt.core.text import find_dates, find_numerals

SCHEMA = "pcmt-plan/1"
READER_VERSION = "1"

_QUOTE = re.compile(r"\"[^\"\n]{1,200}\"")
_STOP_HEADING = re.compile(r"[:.](?=\s|$)")
_GENERAL = phrase(r"mục tiêu (?:chung|tổng quát)|mục đích")
_QUOTA_LEAD = phrase(r"(?:giao|phân bổ|phân giao) (?:chỉ tiêu|kế hoạch chỉ tiêu)")
_PARTS = phrase(
    r"(?:trong đó|gồm|bao gồm|cụ thể|phân bổ|chia ra)(?: (?:như sau|cụ thể|là|cho|giao))? ?:?(?! ít nhất)|"
    r"(?<=\. )giao (?=(?:công an|phường|xã|đội|tổ|các)[^.;:]{3,80}\d)"
)
_PARAGRAPH_ROLES = (
    (
        "targets",
        phrase(
            r"(?:các |một số )?(?:chỉ tiêu|mục tiêu cụ thể)|(?:về )?(?:mục tiêu|chỉ tiêu)[^.]{0,40}(?:đề ra|là|"
            r"phấn đấu)|kế hoạch (?:đề ra|đặt ra|phấn đấu)[^.]{0,40}(?:chỉ tiêu|mục tiêu)|"
            r"(?:theo đó|cụ thể)[^.]{0,120}(?:phấn đấu|chỉ tiêu)"
        ),
    ),
    ("purpose", phrase(r"(?:mục đích|kế hoạch (?:nhằm|được ban hành nhằm)|nhằm )")),
    ("tasks", phrase(r"[^.]{0,60}(?:nhiệm vụ|giải pháp)")),
)


@define(eq=False)
class Reading:
    """All that was understood, as objects that know their clauses."""

    source: Source
    head: Head
    outline: Outline
    era: Era
    zones: set[int] = field(factory=set)
    targets: list[targets.Target] = field(factory=list)
    shares: list[targets.Share] = field(factory=list)
    figures: list[targets.Figure] = field(factory=list)
    assignments: list[tasks.Assignment] = field(factory=list)
    tasks: list[tasks.Task] = field(factory=list)
    limits: list[tuple[Limit, Clause]] = field(factory=list)
    duties: list[duty_room.Duty] = field(factory=list)
    projects: list[parts.Project] = field(factory=list)
    windows: list[parts.Window] = field(factory=list)
    own_windows: list[parts.Window] = field(factory=list)
    events: list[dict[str, Any]] = field(factory=list)
    cited: list[dict[str, Any]] = field(factory=list)
    citation_places: list[tuple[int, int]] = field(factory=list)
    funding: list[dict[str, Any]] = field(factory=list)
    remarks: list[Diagnostic] = field(factory=list)
    noise: list[tuple[int, int, str]] = field(factory=list)
    headings: list[tuple[int, int]] = field(factory=list)


def read(text: str, *, name: str = "") -> dict[str, Any]:
    """Read any text as a plan.

    `text` is the document's text exactly as decoded; `name` the file's name for the record. Returns the contract's
    object (`pcmt-plan/1`); all spans are half-open ranges of code points of `text`.
    """
    from pcmt.core.reading.contract import as_contract

    return as_contract(understand(text), name)


def digest(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes (lone surrogates kept as they came)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def understand(text: str) -> Reading:
    """The reading as objects, before it is put in the contract's shape."""
    source = Source(text)
    lines = read_lines(source)
    head = read_head(source, lines)
    body = lines[head.body : head.tail]
    appendix = _appendix(source, lines, head.tail)
    outline = build_outline(source, body + appendix, lines)
    article = head.fields["document_kind"] == "article_about_plan"
    _roles(source, outline, article)
    period = _stated_period(source, head, outline)
    era = _era(source, head, period)
    reading = Reading(source, head, outline, era)
    _zones(reading, article)
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


# ---- roles and zones -----------------------------------------------------------------------------------------------
def _appendix(source: Source, lines: list[Any], tail: int) -> list[Any]:
    """Lines after the signature that go on with an appendix."""
    for i in range(tail, len(lines)):
        if (
            lines[i].kind == "text"
            and re.match(r"[*#\s]*PHỤ LỤC|[*#\s]*Phụ lục", source.work[lines[i].start : lines[i].end])
            and i > tail
        ):
            rest = lines[i:]
            first = rest[0]
            first.style, first.label = "part", source.work[first.body : first.end].strip("*# ")[:20]
            first.body = first.end
            return rest
    return []


def _heading_of(source: Source, clause: Clause) -> tuple[int, int]:
    """The heading words of a clause: all of them, or what stands before the first colon or stop."""
    end = clause.end
    stop = _STOP_HEADING.search(source.low, clause.body, min(end, clause.body + 220))
    if stop and stop.start() < end - 1:
        return clause.body, stop.start()
    return clause.body, min(end, clause.body + 220)


_SUB_ROLES = ("targets", "aims", "reporting", "funding", "other", "assignment", "situation", "purpose")


def _roles(source: Source, outline: Outline, article: bool) -> None:
    roman = [c for c in outline.roots if c.style != "para"]
    for clause in outline.clauses:
        parent = clause.parent
        a, b = _heading_of(source, clause)
        whole = b >= clause.end - 2
        role = ""
        if (
            parent is None
            or parent.style in ("part", "upper", "article")
            and clause.style in ("roman", "arabic", "part", "article")
        ):
            if clause.style == "para" and article:
                role = _paragraph_role(source, clause)
            elif clause.style in ("para",) and not clause.marked:
                role = "other" if roman else ""
            elif clause.style in BULLETS:
                role = ""
            else:
                role = heading_role(source, a, b) if b - a < 200 else ""
                if not role and parent is None:
                    role = "tasks" if clause.children or clause.end - clause.body > 60 else "other"
        elif (
            clause.style in ("arabic", "dotted", "letter", "roman", "paren", "upper")
            or clause.style in BULLETS
            and (whole and source.low[clause.end - 1 : clause.end] == ":")
        ):
            role = _sub_role(source, clause, a, b, whole)
        clause.own_role = role
        clause.role = role or (parent.role if parent else "tasks")
        if parent is not None and parent.role == "appendix" and not role:
            clause.role = "appendix"


def _paragraph_role(source: Source, clause: Clause) -> str:
    for role, pattern in _PARAGRAPH_ROLES:
        if pattern.of(source.bare).match(source.low, clause.body, clause.end):
            return role
    return "other"


_TIME_START = phrase(r"(?:phạm vi|đối tượng|thời gian|địa điểm|thời hạn|thời điểm)\b")
_MONEY_START = phrase(r"(?:nguồn |về |dự toán )?kinh phí|^ngân sách thực hiện|^nguồn vốn")
_REPORT_START = phrase(
    r"(?:(?:thực hiện )?chế độ (?:thông tin|báo cáo)|(?:công tác )?(?:thông tin,? ?(?:và )?)?báo cáo\b|"
    r"về (?:chế độ )?(?:thông tin, )?báo cáo|thời (?:gian|hạn|điểm) (?:gửi )?báo cáo|sơ kết, tổng kết|(?:kiểm tra|"
    r"đánh giá),? (?:và )?báo cáo)"
)
_ASSIGN_START = phrase(
    r"(?:phân công (?:nhiệm vụ|trách nhiệm|thực hiện|công việc|cụ thể)|trách nhiệm (?:của|các|thực hiện)|"
    r"giao nhiệm vụ|tổ chức thực hiện)"
)


def _sub_role(source: Source, clause: Clause, a: int, b: int, whole: bool) -> str:
    """A role of its own for an item below a section, only where its opening words plainly say so."""
    low = source.low
    heading = low[a:b].strip(' "*')
    short = b - a <= 110
    if ZONE_LEAD.of(source.bare).match(heading) and (short or _QUOTA_LEAD.of(source.bare).match(heading)):
        quota = _QUOTA_LEAD.of(source.bare).match(heading) and clause.style not in ("roman", "part", "upper")
        if (
            not quota
            or clause.children
            or ":" in low[clause.body : clause.end]
            or re.search(r"\d+ *(?:%|vụ|người|hộ)", low[clause.body : clause.end])
        ):
            return "targets"
    if short and _GENERAL.of(source.bare).match(heading):
        return "aims"
    if short and re.match(r"(?:các )?(?:mục tiêu|muc tieu)", heading):
        return "targets" if re.search(r"cụ thể|cu the|đến năm|phấn đấu|năm 20", heading) else "aims"
    if _MONEY_START.of(source.bare).match(heading) and (clause.children or b < clause.end - 2 or whole):
        return "funding"
    if _TIME_START.of(source.bare).match(heading) and short:
        return "other"
    if (
        _REPORT_START.of(source.bare).match(heading)
        and (short or clause.children)
        and not re.match(r"báo cáo (?:ubnd|ủy ban|kết quả)", heading)
    ):
        return "reporting"
    if short and _ASSIGN_START.of(source.bare).match(heading):
        return "assignment"
    if short and whole and re.match(r"(?:yêu cầu|mục đích|yeu cau|muc dich)$", heading.strip(" :.")):
        return "purpose"
    if (
        short
        and clause.children
        and re.match(r"(?:kết quả|tình hình|thực trạng|tồn tại|hạn chế|nguyên nhân)\b", heading)
    ):
        return "situation"
    if clause.style in ("roman", "upper") and short:
        return heading_role(source, a, b)
    return ""


def _zones(reading: Reading, article: bool) -> None:
    """The clauses in which every checkable clause is a target (T1)."""
    source = reading.source
    for clause in reading.outline.clauses:
        parent = clause.parent
        if (
            clause.role == "targets"
            or parent is not None
            and id(parent) in reading.zones
            and clause.own_role in ("", "targets")
        ):
            reading.zones.add(id(clause))
        elif clause.own_role == "aims" and not _GENERAL.of(source.bare).search(
            source.low[clause.body : min(clause.end, clause.body + 80)]
        ):
            # plain "MỤC TIÊU" without general aims: a zone when its leaves mostly carry numbers
            below = [c for c in _below(clause) if not c.children]
            own = [
                c
                for c in below
                if c.role == "aims" and not any(u.own_role == "aims" and u is not clause for u in c.up())
            ]
            counted = [
                c
                for c in own
                if re.search(r"\d+ *%|ít nhất|không để|giảm \d|tăng \d|trên \d|dưới \d", source.low[c.body : c.end])
            ]
            if own and len(counted) * 2 >= len(own):
                reading.zones.update(id(c) for c in own)
                for c in own:
                    c.role = "targets"


def _below(clause: Clause) -> list[Clause]:
    found = []
    for child in clause.children:
        found.append(child)
        found += _below(child)
    return found


# ---- time ----------------------------------------------------------------------------------------------------------
def _stated_period(source: Source, head: Head, outline: Outline) -> dict[str, Any] | None:
    stated = [
        c
        for c in outline.clauses
        if c.role in ("other", "implementation", "tasks", "reporting", "purpose", "assignment")
    ]
    return parts.plan_period(source, stated, head.issued)


def _era(source: Source, head: Head, period: dict[str, Any] | None) -> Era:
    from_title = title_period(source, head.title) if head.title else None
    chosen = from_title or period
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
            if own and _TIME_START.of(source.bare).match(source.low, clause.body, clause.end):
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


_MONTHLY = phrase(r"(?:hằng|hàng|mỗi) (?P<p>tháng|quý)")


def _monthly(source: Source, start: int, end: int) -> str:
    found = source.search(_MONTHLY, start, end)
    if not found:
        return ""
    return "monthly" if found["p"] in ("tháng", "thang") else "quarterly"


# ---- parts ---------------------------------------------------------------------------------------------------------
def _read_parts(reading: Reading) -> None:
    source, outline = reading.source, reading.outline
    reading.projects, only = parts.find_projects(source, outline.clauses)
    reading.zones -= only
    reading.windows, reading.own_windows = parts.find_windows(source, outline.clauses, reading.era, reading.head.title)
    stretches = [(c.body, c.end) for c in outline.clauses]
    known = {(base["number"] or base["doc_type"]).lower() for base in reading.head.fields["legal_bases"]}
    reading.cited, reading.citation_places = parts.cited_documents(source, stretches, known)
    outside = [reading.head.title] if reading.head.title else []
    if reading.head.preamble:
        outside.append(reading.head.preamble)
    reading.events = parts.find_events(
        source, [*outside, *stretches], reading.era, [*reading.windows, *reading.own_windows]
    )
    reading.funding = parts.find_funding(source, outline.clauses)


def _project_clauses(reading: Reading) -> set[int]:
    found: set[int] = set()

    def add(project: parts.Project) -> None:
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
    taken += [(f.start(), f.end()) for f in _YEARS.finditer(source.low)]
    for project in reading.projects:
        for p in (project, *project.subs):
            taken.append((p.clause.body if p.number_span and p.number_span[0] - p.clause.body < 30 else p.start, p.end))
    reader = targets.Reader(source, Places(taken))
    consumed: set[int] = set()
    dropped: set[int] = set()  # targets that are parts of another
    shared: set[int] = set()
    for clause in reading.outline.clauses:
        if id(clause) in consumed or clause.role == "appendix" and not clause.columns:
            continue
        zone = id(clause) in reading.zones
        start, end = clause.body, clause.end
        if clause.style == "row":
            at = clause.columns.get("task")
            if at is None or at >= len(clause.cells):
                continue
            start, end = clause.cells[at]
        parts_at = next(
            (
                m
                for m in source.finditer(_PARTS, start, end)
                if m.end() >= end - 6 or re.match(r"[^.;]{3,120}?\d", source.low[m.end() : end])
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
            shares = targets.read_shares(source, holder, stretches)
            if len(shares) >= 2 or clause.children and shares:
                reading.shares += shares
                shared.add(id(holder))
                places = Places((s.start, s.end) for s in shares)
                consumed.update(id(c) for c in clause.children if places.meet(c.body, c.end))
                dropped.update(id(t) for t in found if t is not holder and places.meet(t.start, t.end))
        for total in found:
            if total.facts["value"] is None or id(total) in shared or id(total) in dropped:
                continue
            bracket = _bracket_shares(source, total)
            reading.shares += bracket
            if bracket:
                places = Places((s.start, s.end) for s in bracket)
                dropped.update(id(t) for t in found if t is not total and places.meet(t.start, t.end))
    reading.targets = sorted((t for t in reader.targets if id(t) not in dropped), key=lambda t: (t.start, t.end))
    reading.figures = reader.figures
    _quota_tables(reading)


_YEARS = re.compile(
    r"(?:giai đoạn|giai doan|nhiệm kỳ|năm học|nam hoc|khóa)? *(?<![\d/.,])(?:19|20)\d\d *- *(?:năm +)?(?:19|"
    r"20)?\d\d(?!\d)|(?:năm|nam|/) *(?:19|20)\d\d(?![\d.])|(?:tháng|thang|quý|quy) +\d{1,2}(?!\d| *%)(?:/20\d\d)?"
)
_IN_BRACKETS = re.compile(r"\(([^()]*\d[^()]*)\)")


def _bracket_shares(source: Source, holder: targets.Target) -> list[targets.Share]:
    """ "10 vụ (Công an xã 07 vụ, Quân sự 03 vụ)": the split in brackets after a total."""
    at = holder.numbers[0][0] if holder.numbers else holder.start
    found = _IN_BRACKETS.search(source.low, at, min(holder.clause.end, at + 500))
    if not found or holder.facts["unit"] == "percent" or re.search(r";|\.(?= )", source.low[at : found.start()]):
        return []
    begin = found.start(1)
    lead = source.match(_PARTS, begin, found.end(1))
    shares = targets.read_shares(source, holder, [(lead.end() if lead else begin, found.end(1))])
    return shares if len(shares) >= 2 else []


def _quota_tables(reading: Reading) -> None:
    """Tables of quotas: a row per body, a column per target; the total row (or the text above) states the target."""
    rows = [
        c
        for c in reading.outline.clauses
        if c.style == "row" and "unit" in c.columns and "task" not in c.columns and "lead" not in c.columns
    ]
    groups: list[list[Clause]] = []
    for row in rows:
        if groups and groups[-1][-1].columns is row.columns:
            groups[-1].append(row)
        else:
            groups.append([row])
    for group in groups:
        columns = group[0].columns
        named = {columns.get(name) for name in ("number", "unit", "note", "partners", "due")}
        width = max(len(row.cells) for row in group)
        for column in range(width):
            if column not in named:
                _quota_column(reading, group, columns["unit"], column)
    reading.targets.sort(key=lambda t: (t.start, t.end))


def _quota_column(reading: Reading, group: list[Clause], unit_at: int, column: int) -> None:
    source = reading.source
    values = []
    for row in group:
        offset = 0 if len(row.cells) > column else column + 1 - len(row.cells)  # a total row may lack its leading cells
        if column - offset < 0 or unit_at - offset < -1:
            continue
        cell = row.cells[column - offset]
        number = next(iter(find_numerals(source.low, *cell)), None)
        name = row.cells[max(unit_at - offset, 0)]
        if (
            number
            and source.low[cell[0] : cell[1]].strip().replace("%", "").strip() == source.low[number.start : number.end]
        ):
            values.append((row, name, number))
    if len(values) < 2:
        return
    totals = [v for v in values if any(_TOTAL.match(source.low, a, b) for a, b in v[0].cells)]
    total = totals[0] if totals else None
    holder = None
    if total:
        holder = next((t for t in reading.targets if t.facts["value"] == total[2].value), None)
        if holder is None:
            facts = {
                **dict.fromkeys(
                    ("value_max", "direction", "measure", "scope", "per", "baseline", "frequency", "assessed", "period")
                ),
                "kind": "count",
                "comparator": "eq",
                "value": total[2].value,
                "unit": None,
                "quoted": False,
                "zone": "target_section",
            }
            holder = targets.Target(
                total[2].start, total[2].end, total[0], facts, 0.7, [(total[2].start, total[2].end)]
            )
            reading.targets.append(holder)
    else:
        holder = next(
            (t for t in reversed(reading.targets) if t.end <= group[0].start and t.facts["kind"] == "count"), None
        )
    if holder is None:
        return
    for row, cell, number in values:
        if total and row is total[0]:
            continue
        names = split_names(source, *cell) or [Agency(source.plain(*cell), *cell)]
        reading.shares.append(targets.Share(cell[0], number.end, holder, names[:1], number.value, holder.facts["unit"]))


_TOTAL = re.compile(r" *(?:tổng(?: cộng| số)?|cộng|toàn (?:tỉnh|huyện|xã|phường)|tong(?: cong| so)?|cong)(?!\w)")


# ---- tasks and duties ----------------------------------------------------------------------------------------------
def _read_tasks(reading: Reading) -> None:
    source = reading.source
    shared = {id(s.target.clause) for s in reading.shares if id(s.target.clause) in reading.zones}
    parts_at = Places((s.start, s.start + 1) for s in reading.shares)
    holders = {id(s.target.clause) for s in reading.shares}
    part_clauses = {id(c) for c in reading.outline.clauses if id(c) not in holders and parts_at.meet(c.body, c.end)}
    projects = _project_clauses(reading)
    work = tasks.walk(source, reading.outline.clauses, reading.zones, projects, part_clauses | shared)
    reading.assignments, reading.tasks, reading.headings = work.assignments, work.tasks, work.headings


def _read_duties(reading: Reading) -> None:
    source = reading.source
    blocks = {id(a.clause): a for a in reading.assignments}
    tasks_by_clause = {id(t.clause): t for t in reading.tasks}
    heard: dict[int, duty_room.Heard] = {}
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
        found, told = duty_room.read_duties(
            source, clause, start, clause.end, reading.era, subject, clause.role == "reporting", lead_in
        )
        if clause.children or source.low[clause.end - 1 : clause.end] == ":":
            if clause.children and source.low[clause.end - 1 : clause.end] == ":":
                found = [d for d in found if d.due or d.period]  # a lead-in: its bullets name the reports
            heard[id(clause)] = told
        reading.duties += found


def _bind(reading: Reading) -> None:
    """Numbers for the items, in order of place."""
    for prefix, items in (
        ("T", reading.targets),
        ("A", reading.assignments),
        ("K", reading.tasks),
        ("R", reading.duties),
        ("P", reading.projects),
        ("W", reading.windows),
    ):
        for number, item in enumerate(items, 1):  # type: ignore[var-annotated, arg-type]
            item.id = f"{prefix}{number}"
    for project in reading.projects:
        for number, sub in enumerate(project.subs, 1):
            sub.id = f"{project.id}.{number}"
    for number, clause in enumerate(reading.outline.clauses, 1):
        clause.id = f"C{number}"
