"""From lines to the tree of clauses: numbered sections, items, bullets and paragraphs with their addresses.

Guarantees afterwards: clauses stand in reading order and do not overlap; each holds its whole text over line and page
breaks; levels follow the labels actually used, whatever their order; a name's own hyphen is no bullet and a paragraph
that lost its dash is a clause of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from attrs import define, field

from pcmt.core.diagnostics import Diagnostic
from pcmt.core.reading.lexicon import FIELD_NAMES, SECTION_ROLES, phrase
from pcmt.core.reading.lines import UPPER, Line, ends_open, expects_number, opens_with_verb
from pcmt.core.reading.source import Source
from pcmt.core.reading.tables import column_names, restore_tables, row_label, table_cells, unbarred
from pcmt.core.text import roman_value

BULLETS = frozenset({"dash", "plus", "star"})
_LETTERS = "abcdđeghiklmnopqrstuvxy"


@define(eq=False)
class Clause:
    """One place of the plan: a section, an item, a bullet, a paragraph or a table row.

    `start`..`end` covers label and words, `body` is where the words begin. `stop` is where a heading on the same line
    as text ends (set by whoever reads it); `children` are the clauses below.
    """

    style: str
    label: str
    start: int
    body: int
    end: int
    line: int
    marked: bool = False
    parent: Clause | None = None
    level: int = 0
    role: str = ""
    own_role: str = ""
    address: str = ""
    id: str = ""
    children: list[Clause] = field(factory=list)
    cells: list[tuple[int, int]] = field(factory=list)
    columns: dict[str, int] = field(factory=dict)
    breaks: list[int] = field(factory=list)

    @property
    def kind(self) -> str:
        """section, item, bullet, paragraph or table."""
        if self.style == "row":
            return "table"
        if self.style == "para":
            return "paragraph"
        if self.style in BULLETS:
            return "bullet"
        return "section" if self.parent is None else "item"

    def up(self) -> list[Clause]:
        """The clause and all above it, nearest first."""
        found: list[Clause] = []
        at: Clause | None = self
        while at is not None:
            found.append(at)
            at = at.parent
        return found


def heading_role(source: Source, start: int, end: int) -> str:
    """The role that the words of a heading give to what stands below ("" when they give none)."""
    words = source.low[start:end].strip(" .\"':;")[:160]
    for role, pattern in SECTION_ROLES:
        if pattern.of(source.bare).search(words):
            return role
    return ""


@define(eq=False)
class Outline:
    """The clauses in reading order, the roots among them, and the remarks met on the way."""

    clauses: list[Clause]
    roots: list[Clause]
    remarks: list[Diagnostic]
    noise: list[tuple[int, int, str]]


def _wrapped(lines: list[Line]) -> int:
    """The width at which lines are broken, or 0 when each paragraph stands on a line of its own."""
    texts = [line for line in lines if line.kind == "text"]
    joined = [a.end - a.start for a, b in pairwise(texts) if not b.after_blank and not b.style]
    if len(texts) < 6 or len(joined) * 5 < len(texts):
        return 0
    longest = sorted(line.end - line.start for line in texts)
    return max(longest[int(len(longest) * 0.85)], 20) if longest[-1] <= 400 else 0


def _in_sequence(style: str, label: str, previous: str) -> bool:
    """Whether a label follows another of its class (or opens a list)."""
    if style == "roman":
        return (roman_value(label) or 0) - (roman_value(previous) or 0) in (1, 2, 3)
    if style == "arabic":
        return int(label) - int(previous or 0) in (1, 2, 3)
    if style == "letter" and label and previous and label[0] in _LETTERS and previous[0] in _LETTERS:
        return 0 < _LETTERS.index(label[0]) - _LETTERS.index(previous[0]) <= 3
    return True


_FUNCTION_END = phrase(
    r"(?:,|-|\b(?:và|của|các|với|cho|tại|trên|số|năm|về|để|từ|theo|đến|trong|cùng|bằng|là|được|không|những|đối|hoặc|"
    r"do|vào|ra|công|"
    r"ủy|nhân|phòng|ma|tệ))$"
)


def build_outline(source: Source, lines: list[Line], width_of: list[Line] | None = None) -> Outline:
    """The clause tree of the body's lines; `width_of` are the lines that show how wide the text is broken."""
    builder = _Builder(source, _wrapped(width_of or lines), any(x.style == "upper" and x.label == "A" for x in lines))
    for line in restore_tables(source, lines):
        builder.take(line)
    _finish(source, builder.clauses, builder.remarks)
    roots = [clause for clause in builder.clauses if clause.parent is None]
    return Outline(builder.clauses, roots, builder.remarks, builder.noise)


_BARE_LABEL = re.compile(rf"(\d{{1,2}}) +(?=[{UPPER}])")


@define
class _Builder:
    """Takes one line after another; knows the open clauses, the last content line and the head of an open table.

    `width` is that of wrapped lines (0 when they are not), `uppers` whether "A." is a label here, `broken` whether a
    blank line or page number stands since the last content line.
    """

    source: Source
    width: int
    uppers: bool
    clauses: list[Clause] = field(factory=list)
    remarks: list[Diagnostic] = field(factory=list)
    noise: list[tuple[int, int, str]] = field(factory=list)
    stack: list[Clause] = field(factory=list)
    current: Clause | None = None
    last: Line | None = None
    columns: dict[str, int] | None = None
    broken: bool = False

    def take(self, line: Line) -> None:
        """One physical line: noise, a table row, the start of a clause or more of the one before."""
        if line.kind in ("blank", "ruler"):
            self.broken = self.broken or line.kind == "blank"
        elif line.kind == "page":
            self.noise.append((line.start, line.end, "page_number"))
        elif line.kind == "machine":
            self.noise.append((line.start, line.end, "machine_text"))
            self._remark("machine_text_dropped", line)
        elif line.kind == "table":
            self._table(line)
        else:
            if line.after_blank:
                self.columns = None
            self._words(line)

    def _remark(self, code: str, line: Line) -> None:
        self.remarks.append(Diagnostic(code=code, severity="info", span=(line.start, line.end)))

    def _open(self, clause: Clause, line: Line) -> None:
        _attach(self.source, clause, self.stack, self.clauses)
        self.current, self.last, self.broken = clause, line, False

    def _table(self, line: Line) -> None:
        """A line with bars: a stray bar, the head of a table, or a row."""
        cells = line.cells or table_cells(self.source, line)
        if not cells:
            return
        if len(cells) == 1:
            self._words(unbarred(line, *cells[0]))
            return
        named = column_names(self.source, cells)
        if named:
            self.columns, self.current, self.last = named, None, line
            return
        label, (start, _), (_, end) = row_label(self.source, cells), cells[0], cells[-1]
        row = Clause("row", label, line.start, start, end, line.number, cells=cells, columns=self.columns or {})
        self._open(row, line)
        self.current = None

    def _words(self, line: Line) -> None:
        self._label_without_stop(line)
        style = self._style(line)
        if style:
            self._open(Clause(style, line.label, line.start, line.body, line.end, line.number, line.heading), line)
            return
        current, last = self.current, self.last
        if (
            current is not None
            and last is not None
            and _continues(self.source, line, last, current, self.width, self.broken)
        ):
            self._go_on(line, last, current)
            return
        if current is not None and current.style in BULLETS and not line.heading and current.parent is not None:
            self._remark("dash_lost", line)
        body = line.start if line.style else line.body
        self._open(Clause("para", "", line.start, body, line.end, line.number, line.heading), line)

    def _label_without_stop(self, line: Line) -> None:
        """ "1 Treo băng rôn / 2 Phát tin bài": numbers without a stop, in sequence, open items too."""
        found = None if line.style else _BARE_LABEL.match(self.source.work, line.start, line.end)
        if not found or self.current is None or self.last is None:
            return
        above = next((clause for clause in reversed(self.stack) if clause.style in ("arabic", "roman", "part")), None)
        before = int(above.label) if above is not None and above.style == "arabic" and above.label.isdigit() else 0
        if above is None or int(found[1]) != before + 1 or expects_number(self.source, self.last.body, self.last.end):
            return
        if before == 0 and self.current is not above:
            return  # the first of a list stands right below its heading
        line.style, line.label, line.body = "arabic", found[1], found.end()

    def _go_on(self, line: Line, last: Line, current: Clause) -> None:
        """A line that belongs to the sentence before it, over a wrap or a page break."""
        if self.broken and ends_open(self.source, last.end):
            self._remark("sentence_across_page_break", line)
            self.noise.append((last.end, line.start, "page_break_mid_sentence"))
        current.end = line.end
        current.breaks.append(line.start)
        self.last, self.broken = line, False

    def _style(self, line: Line) -> str:
        """The class of the label that opens a line; "" when what looks like a label is none."""
        source, style, last = self.source, line.style, self.last
        if style == "upper" and not self.uppers and line.label != "A":
            return ""
        if self.current is None or last is None or not style or not ends_open(source, last.end):
            return style
        if style in ("arabic", "dotted", "letter", "paren", "roman") and expects_number(source, last.body, last.end):
            return ""
        if style == "dash" and not line.after_blank and not _true_dash(source, line, last, self.current, self.width):
            self._remark("false_bullet", line)
            return ""
        wrapped = self.width and not line.after_blank and not opens_with_verb(source, line.body, line.end)
        if wrapped and style in ("arabic", "letter"):
            previous = next((clause.label for clause in reversed(self.stack) if clause.style == style), "")
            return style if _in_sequence(style, line.label, previous) else ""
        return style


def _true_dash(source: Source, line: Line, last: Line, current: Clause, width: int) -> bool:
    """A dash on a fresh line opens a bullet unless it is the hyphen of a wrapped name.

    Phrases: "Cục Hải quan Gia Lai / - Kon Tum:", "gửi về Công an tỉnh / - Cơ quan thường trực Ban Chỉ đạo".
    """
    if opens_with_verb(source, line.body, line.end) or not width:
        return True
    if not source.work[line.body : line.body + 1].isalpha():
        return True
    if _crosses_a_name(source, last.end, line.body, line.end):
        return False  # "Phòng Lao động / - Thương binh và Xã hội huyện"
    siblings_open = current.style in BULLETS or last.empty
    tail = source.work[last.body : last.end].split()[-1:]
    head = source.work[line.body : line.end].split(";")[0].split(",")[0].split()
    if tail and tail[0][:1].isupper() and head and len(head) <= 3 and all(word[:1].isupper() for word in head):
        return False  # "hai huyện Đầm Hà / - Hải Hà; ..."
    short = line.end - line.body <= 24 and source.work[line.end - 1] in ":.;"
    appositive = source.low.startswith(("cơ quan thường trực", "cơ quan chủ trì", "đơn vị thường trực"), line.body)
    if short or appositive:
        return False
    return not siblings_open and source.work[last.end - 1] not in "0123456789" or last.end - last.start < width * 0.6


def _crosses_a_name(source: Source, end: int, start: int, stop: int) -> bool:
    """Whether the hyphen between two lines stands inside a known name of a field of work."""
    before = " ".join(source.low[max(0, end - 30) : end].split())
    after = " ".join(source.low[start : min(stop, start + 30)].split())
    return any(
        before.endswith(" ".join(left.split()[-2:])) and after.startswith(right.split(" và ")[0][:30])
        for left, right in _HYPHENED
    )


_HYPHENED = tuple((left, right) for name in FIELD_NAMES if " - " in name for left, right in [name.split(" - ", 1)])


def _continues(source: Source, line: Line, last: Line, current: Clause, width: int, broken: bool) -> bool:
    """Whether an unlabelled line goes on with the sentence before it."""
    first = source.work[line.body : line.body + 1]
    if current.body >= current.end:  # a label alone on its line
        return True
    open_end = ends_open(source, last.end)
    adjacent = not line.after_blank and not broken
    if _stands_alone(source, line, current):
        return False
    if first.islower():
        return True
    short = current.end - current.body < 240
    title = source.work[current.body : current.end] if short else ""
    if (
        current.style in ("roman", "part", "upper", "arabic")
        and title.isupper()
        and not source.work[line.body : line.end].isupper()
    ):
        return False
    if line.heading and not open_end:
        return False
    if adjacent:
        if not width:
            return open_end and not _looks_done(source, last, line)
        if open_end:
            word = source.work[line.body : line.end].split(" ", 1)[0]
            early = (
                last.end - last.start + 1 + len(word) < width - 3
            )  # the next word would have fitted: the line ended on purpose
            return not (
                early
                and not _FUNCTION_END.of(source.bare).search(source.low[max(last.body, last.end - 16) : last.end])
                and not source.work[line.body : line.end].isupper()
                and current.style not in BULLETS
                and current.end == last.end
                and opens_with_verb(source, line.body, line.end)
            )
        word = source.work[line.body : line.end].split(" ", 1)[0]
        return source.work[last.end - 1] not in ":" and last.end - last.start + 1 + len(word) > width - 3
    if not open_end:
        return False
    if len(title) < 60 and title.isupper() and source.work[line.start : line.end].isupper():
        return True
    return bool(
        _FUNCTION_END.of(source.bare).search(source.low[max(last.body, last.end - 16) : last.end])
        or (first.isdigit() and not line.style)
        or first in ",;)."
    )


_HEADINGS = frozenset(
    "mục đích|yêu cầu|mục đích, yêu cầu|mục đích và yêu cầu|chỉ tiêu|mục tiêu|nhiệm vụ|nội dung|việc phải làm|"
    "giải pháp|phân công|tổ chức thực hiện|báo cáo|chế độ báo cáo|kinh phí|thời gian".split("|")
)


def _stands_alone(source: Source, line: Line, current: Clause) -> bool:
    """Whether a heading is whole, so that a line that begins with a small letter does not go on with it."""
    heading = source.low[current.body : current.end].strip(" .:")
    return current.style in ("roman", "part") and heading in _HEADINGS and line.end - line.body > 25


def _looks_done(source: Source, last: Line, line: Line) -> bool:
    """Unwrapped text: a line without a stop that is a heading or a list line, not half a sentence."""
    return last.end - last.start < 60 or opens_with_verb(source, line.body, line.end)


# ---- the tree ------------------------------------------------------------------------------------------------------
def _attach(source: Source, clause: Clause, stack: list[Clause], clauses: list[Clause]) -> None:
    """Find the clause's parent: labels of one class are siblings, a new class goes one deeper."""
    style = _rank(clause)
    if clause.style == "para":
        while stack and (stack[-1].style in BULLETS or stack[-1].style in ("para", "row")):
            stack.pop()
    elif clause.style == "row":
        while stack and stack[-1].style in ("row", "para"):
            stack.pop()
    else:
        same = next((depth for depth, c in enumerate(stack) if _rank(c) == style), None)
        if same is None and style in _ORDER:  # a higher label met for the first time closes what is lower
            same = next(
                (depth for depth, c in enumerate(stack) if _rank(c) in _ORDER and _ORDER[_rank(c)] > _ORDER[style]),
                None,
            )
            if same is None:
                same = next(
                    (depth for depth, c in enumerate(stack) if c.style in BULLETS or c.style in ("para", "row")), None
                )
        if same is not None:
            del stack[same:]
        while stack and stack[-1].style in ("para", "row"):
            if (
                stack[-1].style == "para"
                and clause.style in BULLETS
                and source.work[stack[-1].end - 1 : stack[-1].end] == ":"
            ):
                break  # "... gửi báo cáo, cụ thể:" leads in the bullets below it
            stack.pop()
    clause.parent = stack[-1] if stack else None
    if clause.parent:
        clause.parent.children.append(clause)
    clause.level = len(stack) + 1
    clauses.append(clause)
    stack.append(clause)


_ORDER = {
    "part": 0,
    "article": 1,
    "upper": 1,
    "roman": 2,
    "arabic": 3,
    "dotted1": 4,
    "dotted2": 5,
    "dotted3": 6,
    "letter": 7,
}


def _rank(clause: Clause) -> str:
    return f"dotted{clause.label.count('.')}" if clause.style == "dotted" else clause.style


def _finish(source: Source, clauses: list[Clause], remarks: list[Diagnostic]) -> None:
    """Addresses, inherited roles and gaps in the numbering."""
    seen: Counter[str] = Counter()
    bullets: Counter[int] = Counter()
    for clause in clauses:
        parent = clause.parent
        clause.end = max(clause.end, clause.body)
        name = clause.label
        if clause.style in BULLETS or clause.style in ("para", "row"):
            bullets[id(parent)] += 1
            name = f"{'p' if clause.style == 'para' else 'r' if clause.style == 'row' else ''}{bullets[id(parent)]}"
        base = f"{parent.address}.{name}" if parent else name
        seen[base] += 1
        clause.address = base if seen[base] == 1 else f"{base}~{seen[base]}"
    previous: dict[tuple[int, str], Clause] = {}
    for clause in clauses:
        key = (id(clause.parent), clause.style)
        before = previous.get(key)
        if clause.style in ("roman", "arabic"):
            value = (roman_value(clause.label) if clause.style == "roman" else int(clause.label)) or 0
            last = ((roman_value(before.label) if clause.style == "roman" else int(before.label)) or 0) if before else 0
            if value > last + 1 and (before or clause.style == "roman"):
                remarks.append(
                    Diagnostic(
                        code="numbering_gap",
                        span=(clause.start, clause.body),
                        args={"after": before.label if before else None, "found": clause.label},
                    )
                )
            previous[key] = clause
