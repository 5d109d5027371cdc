"""Who does what: assignment blocks, clauses and table rows, and the tasks in them with role and partners."""

from __future__ import annotations

from attrs import define, field

from pcmt.core.reading.agencies import Agency, name_end, read_list, split_names, verb_at
from pcmt.core.reading.headings import ORDER, REQUEST, Heading, read_heading
from pcmt.core.reading.lexicon import ADVISE, COORDINATE, HEAD, LEAD, VERB, phrase
from pcmt.core.reading.outline import BULLETS, Clause
from pcmt.core.reading.source import Source

_COORDINATE_WITH = phrase(
    r"(?:phối hợp|phối, kết hợp)(?: (?:chặt chẽ|thường xuyên|tốt|đồng bộ|kịp thời|chủ động))*(?: với|"
    r" cùng(?: với)?)? (?!(?:trong|nâng|thực hiện|tổ chức|triển khai|chỉ đạo|hỗ trợ|tham mưu|xây dựng|tuyên truyền|"
    r"kiểm tra|quản lý|rà soát|điều tra|giải quyết|đề xuất|lập|làm)\b)",
    needs="hợp",
)
_ADVISES = phrase(
    r"tham mưu(?: (?:cho|giúp|với|đề xuất|kịp thời))* (?=ubnd|ủy ban|chủ tịch|lãnh đạo|ban |tỉnh|thành|huyện|đảng|"
    r"cấp ủy|hđnd|hội đồng|giám đốc|hiệu trưởng|sở|bộ)",
    needs="mưu",
)
_STANDING = phrase(r"là (?:cơ quan|đơn vị) (?:thường trực|đầu mối)[^,;.]{0,60}, (?=chủ trì)")
_CONDITION = phrase(
    r"\(? ?(?:khi có (?:yêu cầu|chỉ đạo|đề nghị|phát sinh)[^.;,)]{0,60}|nếu (?:có|cần)[^.;,)]{0,60})", needs="khi|nếu"
)
_RESPONSIBLE = phrase(
    r"(?:[-+*] ?)?(?:(?:cơ quan|đơn vị|bộ phận|người|cán bộ|lực lượng)(?:,? (?:cơ quan|đơn vị|"
    r"cá nhân))? )?(?P<what>chủ trì(?: thực hiện| tham mưu)?|thực hiện|phối hợp(?: thực hiện)?|"
    r"chịu trách nhiệm(?: chính)?|phụ trách|lãnh đạo phụ trách|chỉ đạo)(?: thực hiện)? ?: ?",
    needs=":",
)
_RESPONSIBLE_START = phrase(
    r"(?:cơ quan|đơn vị|bộ phận|người|cán bộ|lãnh đạo|lực lượng)(?:,? (?:cơ quan|đơn vị|cá nhân))? (?:chủ trì|"
    r"thực hiện|phối hợp|chịu trách nhiệm|phụ trách|chỉ đạo)[^.:]{0,30}:"
)
_TIME_LINE = phrase(
    r"(?:thời gian|thời hạn|tiến độ|kinh phí|địa điểm|sản phẩm|kết quả|hình thức|thành phần|số lượng|đối tượng|"
    r"ghi chú)[^:.;]{0,40}: ?"
)
_CLOSING = phrase(
    r"(?:trên đây là|yêu cầu|đề nghị|ủy ban nhân dân|ubnd|nhận được|(?:trong )?quá trình|kế hoạch này|"
    r"căn cứ)[^\n]{0,300}(?:nghiêm túc|khó khăn|vướng mắc|kế hoạch|triển khai thực hiện|biết|sửa đổi)|"
    r"\( ?(?:ban hành )?kèm theo"
)


@define(eq=False)
class Assignment:
    """A heading, a clause or a table row that gives bodies something to do."""

    kind: str
    mode: str
    start: int
    end: int
    agencies: list[Agency]
    clause: Clause
    confidence: float
    id: str = ""


@define(eq=False)
class Task:
    """One leaf of what has to be done."""

    start: int
    end: int
    clause: Clause
    role: str
    assignment: Assignment | None
    actor: Agency | None
    partners: list[Agency]
    advises: list[Agency]
    condition: str | None
    confidence: float
    id: str = ""


@define(eq=False)
class Work:
    """What the walk over the outline found."""

    assignments: list[Assignment] = field(factory=list)
    tasks: list[Task] = field(factory=list)
    headings: list[tuple[int, int]] = field(factory=list)  # numbers there are part of names


def walk(source: Source, clauses: list[Clause], zones: set[int], projects: set[int], shares: set[int]) -> Work:
    """All assignments and tasks of the body. `zones`, `projects`, `shares` hold ids of clauses that are no tasks."""
    walker = _Walker(source, zones | projects | shares, projects)
    for root in (clause for clause in clauses if clause.parent is None):
        walker.visit(root, None)
    work = walker.work
    work.tasks.sort(key=lambda task: task.start)
    _responsible_lines(source, work, clauses)
    return work


_TASK_ROLES = ("tasks", "solutions", "assignment", "implementation")
_CLOSED_ROLES = ("targets", "funding", "other", "reporting")  # sections in which nothing is a task (K1)


@define
class _Walker:
    """Goes down the outline and keeps in mind whose block it is in."""

    source: Source
    skip: set[int]
    projects: set[int]
    work: Work = field(factory=Work)

    def visit(self, clause: Clause, block: Assignment | None) -> None:
        """A clause and what stands below it."""
        outside, skipped, top = clause.role not in _TASK_ROLES, id(clause) in self.skip, clause.parent is None
        if outside and (skipped or not top):
            if clause.role not in _CLOSED_ROLES:
                inside = [c for c in clause.children if c.role in _TASK_ROLES and id(c) not in self.skip]
                self._all(inside, block)
        elif skipped:
            self._all(clause.children, block)
        elif clause.style == "row":
            if not outside or clause.role == "appendix" or clause.columns:
                _table_row(self.source, clause, self.work)
        elif outside:
            self._all(clause.children, block)
        elif heading := self._heading(clause, block):
            self._block(clause, heading)
        else:
            self._plain(clause, block)

    def _all(self, clauses: list[Clause], block: Assignment | None) -> None:
        for clause in clauses:
            self.visit(clause, block)

    def _heading(self, clause: Clause, block: Assignment | None) -> Heading | None:
        """The heading that makes a clause a block of its own; inside a block only a numbered, capitalised one."""
        numbered = clause.style not in BULLETS and clause.style != "para"
        if clause.parent is None or block is not None and not numbered:
            return None
        heading = _block_heading(self.source, clause, clause.role, numbered)
        if heading is None or not heading.agencies:
            return None
        nests = (
            not heading.run_in and self.source.work[clause.body].isupper() and (clause.children or not heading.alone)
        )
        return heading if block is None or nests else None

    def _block(self, clause: Clause, heading: Heading) -> None:
        apart = heading.alone or not heading.run_in
        kind = "block" if apart or clause.role == "assignment" else "clause"
        confidence = 0.98 if apart else 0.94
        block = Assignment(kind, heading.mode, heading.start, heading.end, heading.agencies, clause, confidence)
        self.work.assignments.append(block)
        self.work.headings.append((clause.body, heading.end))
        if heading.text < clause.end:
            self._leaf(clause, heading.text, block)
        self._all(clause.children, block)

    def _plain(self, clause: Clause, block: Assignment | None) -> None:
        """A clause without a heading: a leaf, or a lead-in to the leaves below it (K1)."""
        top = clause.parent is None
        if clause.children and not all(id(child) in self.projects for child in clause.children):
            self._all(clause.children, block)
            described = all(_is_attribute(self.source, child) for child in clause.children)
            if not top and described and clause.end - clause.body > 30:
                self._leaf(clause, clause.body, block)
        elif not top or clause.style == "para" or not clause.children and clause.end - clause.body > 160:
            self._leaf(clause, clause.body, block)

    def _leaf(self, clause: Clause, start: int, block: Assignment | None) -> None:
        """The words of a clause from a place on as a task, unless they lead in, describe another task or close."""
        source, low = self.source, self.source.low
        start, end = source.trim(start, clause.end)
        while end > start and low[end - 1] in " *":
            end -= 1
        if end - start < 6 or low.startswith(("trên đây là", "tren day la"), start):
            return
        if low[end - 1] == ":" and not any(id(child) in self.projects for child in clause.children):
            return
        if start == clause.body and _is_attribute(source, clause):
            return
        if clause.style == "para" and _CLOSING.of(source.bare).match(low, start, end):
            return
        implementing = clause.role == "implementation" or clause.style == "para" and _under_implementation(clause)
        if implementing and block is None and clause.style not in BULLETS:
            return
        self.work.tasks.append(make_task(source, clause, start, end, block, None))


def _under_implementation(clause: Clause) -> bool:
    return clause.parent is not None and clause.parent.role == "implementation"


def _block_heading(source: Source, clause: Clause, role: str, numbered: bool) -> Heading | None:
    """The heading of a clause where a heading may be: outside assignment sections only a numbered one alone."""
    assigning = role in ("assignment", "implementation")
    if clause.style == "para" and not (assigning and (clause.children or clause.marked)):
        return None
    leads_in = bool(clause.children) or source.low[clause.end - 1 : clause.end] == ":"
    if not assigning and not (numbered and leads_in):
        return None
    deep = clause.parent is not None and clause.parent.parent is not None
    if clause.style in BULLETS and deep and not _agency_list(source, clause):
        return None
    heading = read_heading(source, clause, loose=assigning and numbered)
    if heading is None:
        return None
    if not assigning and (heading.run_in or not heading.alone or not source.work[heading.start].isupper()):
        return None
    if clause.style in BULLETS and heading.run_in and role != "assignment" and not _agency_list(source, clause):
        return None
    closing = role == "implementation" and heading.run_in and not numbered
    if closing and _CLOSING.of(source.bare).match(source.low, clause.body, clause.end):
        return None
    return heading


def _agency_list(source: Source, clause: Clause) -> bool:
    """Whether bullets stand for numbered blocks: most siblings open with a body and a colon."""
    siblings = clause.parent.children if clause.parent else [clause]
    place = siblings.index(clause) if len(siblings) < 60 else 0
    bullets = [c for c in siblings[max(0, place - 30) : place + 30] if c.style == clause.style]
    if clause.parent is not None and clause.parent.style not in ("roman", "part", "upper", "arabic"):
        return False
    if (
        clause.parent is not None
        and clause.parent.style == "arabic"
        and clause.parent.parent is not None
        and clause.parent.own_role not in ("assignment", "implementation")
    ):
        return False
    hits = 0
    for bullet in bullets:
        colon = source.low.find(":", bullet.body, min(bullet.end, bullet.body + 160))
        head = source.match(HEAD, bullet.body, bullet.end)
        if head and (
            colon > 0
            or bullet.children
            or name_end(source, bullet.body, bullet.end) >= bullet.end - 2
            or bullet is clause
        ):
            hits += 1
    return hits * 2 >= len(bullets) and bool(hits)


def _is_attribute(source: Source, clause: Clause) -> bool:
    """Lines that describe the task above: who leads, when, with what money."""
    return bool(
        source.match(_RESPONSIBLE_START, clause.body, clause.end) or source.match(_TIME_LINE, clause.body, clause.end)
    )


def make_task(
    source: Source, clause: Clause, start: int, end: int, block: Assignment | None, actor: Agency | None
) -> Task:
    """A task with the role of its first governing verb, its actor when it names one, its partners."""
    low = source.low
    at = start
    ordered = source.match(ORDER, at, end) or source.match(REQUEST, at, end)
    if ordered:
        at = ordered.end()
    if (
        actor is None
        and source.match(HEAD, at, end)
        and (
            not verb_at(source, at, end)
            or source.work[at].isupper()
            and source.low.startswith(("tổ chức đảng", "ban chỉ đạo"), at)
        )
    ):
        bodies, last = read_list(source, at, min(end, at + 260))
        rest = last
        while rest < end and low[rest] == " ":
            rest += 1
        if bodies and rest < end and (verb_at(source, rest, end) or low[rest] == ":"):
            if not (block and any(b.name.lower() == bodies[0].name.lower() for b in block.agencies)):
                actor = bodies[0] if len(bodies) == 1 else Agency(source.plain(at, last), at, last)
            at = rest + (low[rest] == ":")
            while at < end and low[at] == " ":
                at += 1
    colon = low.find(":", at, min(end, at + 80))
    if actor is None and colon > 0 and not source.search(VERB, at, colon):
        # words before the colon that are no body: "Tuần thứ ba (từ ... đến ...): phối hợp ..."
        at = colon + 1
        while at < end and low[at] == " ":
            at += 1
    return Task(
        start,
        end,
        clause,
        role_at(source, at, end),
        block,
        actor,
        partners_in(source, at, end),
        _advises(source, at, end),
        _condition(source, start, end),
        0.97 if block else 0.95,
    )


def role_at(source: Source, at: int, end: int) -> str:
    """lead, coordinate or own by the first governing verb (K4)."""
    low = source.low
    while at < end and low[at] in ' "':
        at += 1
    standing = source.match(_STANDING, at, end)
    if standing:
        at = standing.end()
    if low.startswith(("là cơ quan chủ trì", "là đơn vị chủ trì", "có trách nhiệm chủ trì"), at):
        return "lead"
    if source.match(LEAD, at, end):
        return "lead"
    return "coordinate" if source.match(COORDINATE, at, end) else "own"


def partners_in(source: Source, start: int, end: int) -> list[Agency]:
    """The bodies that a task is to be done with."""
    partners: list[Agency] = []
    for found in source.finditer(_COORDINATE_WITH, start, end):
        begin = found.end()
        if not source.match(HEAD, begin, end):
            continue
        bodies, _ = read_list(source, begin, min(end, begin + 420))
        for body in bodies:
            if not any(body.name.lower() == other.name.lower() for other in partners):
                partners.append(body)
    return partners


def _advises(source: Source, start: int, end: int) -> list[Agency]:
    advised: list[Agency] = []
    for found in source.finditer(_ADVISES, start, end):
        bodies, _ = read_list(source, found.end(), min(end, found.end() + 120))
        for body in bodies[:1]:
            if not any(body.name.lower() == other.name.lower() for other in advised):
                advised.append(body)
    if not source.search(ADVISE, start, end):
        return []
    return advised


def _condition(source: Source, start: int, end: int) -> str | None:
    found = source.search(_CONDITION, start, end)
    return source.plain(*found.span()).strip("() ") if found else None


# ---- tables and lines of responsibility ---------------------------------------------------------------------------
def _table_row(source: Source, clause: Clause, work: Work) -> None:
    """A row of a task table: one task and one assignment."""
    columns, cells = clause.columns, clause.cells
    task_at = columns.get("task")
    if task_at is None or task_at >= len(cells):
        return
    start, end = cells[task_at]
    if end - start < 8:
        return
    lead_at = columns.get("lead", columns.get("unit"))
    agencies: list[Agency] = []
    place = (start, start)
    if lead_at is not None and lead_at < len(cells) and cells[lead_at][0] < cells[lead_at][1]:
        place = cells[lead_at]
        agencies = split_names(source, *place)
    if not agencies and len([1 for a, b in cells if a < b]) <= 2:
        return  # a group row
    block = None
    if agencies:
        block = Assignment("table_row", "assigned", *place, agencies, clause, 0.95)
        work.assignments.append(block)
        work.headings.append(place)
    task = make_task(source, clause, start, end, block, None)
    if block and "chair" in columns:
        task.role = "lead"
    partner_at = columns.get("partners")
    if partner_at is not None and partner_at < len(cells) and cells[partner_at][0] < cells[partner_at][1]:
        task.partners = split_names(source, *cells[partner_at])
        work.headings.append(cells[partner_at])
    work.tasks.append(task)


def _responsible_lines(source: Source, work: Work, clauses: list[Clause]) -> None:
    """ "Đơn vị chủ trì: X; Đơn vị phối hợp: Y" below a group names the actor and partners of the tasks above it."""
    above: list[Task] = []
    waiting = {id(task.clause): task for task in work.tasks}
    for clause in clauses:
        task = waiting.get(id(clause))
        if task is not None:
            if above and _section_of(above[-1].clause) is not _section_of(clause):
                above = []
            above.append(task)
        if not _is_attribute(source, clause):
            continue
        named = False
        for found in source.finditer(_RESPONSIBLE, clause.body, clause.end):
            stop = min(
                x
                for x in (
                    source.low.find(";", found.end(), clause.end),
                    source.low.find(". ", found.end(), clause.end),
                    clause.end,
                )
                if x >= 0
            )
            names = split_names(source, found.end(), stop)
            if not names:
                continue
            named = True
            for held in above:
                if "phối" in found["what"] or "phoi" in found["what"]:
                    held.partners = names
                elif held.actor is None and held.assignment is None:
                    held.actor = names[0]
                    if "chủ trì" in found["what"] or "chu tri" in found["what"]:
                        held.role = "lead"
        if named:
            above = []


def _section_of(clause: Clause) -> Clause | None:
    """The group a task stands in: the numbered item above it."""
    return next((up for up in clause.up()[1:] if up.style not in BULLETS and up.style != "letter"), None)
