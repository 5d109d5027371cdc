"""The head and the tail of a plan: who issued it, its number, date, title, bases, signer and recipients.

Absent stays absent: a field is read from its own words or, flagged as inferred, from words that stand elsewhere in the
text; never guessed.
"""

from __future__ import annotations

import re
from datetime import date

from attrs import frozen

from pcmt.core.diagnostics import Diagnostic
from pcmt.core.reading.article import read_article
from pcmt.core.reading.citations import BASE_VERB, read_bases
from pcmt.core.reading.closing import RECIPIENTS, closing_start, read_closing
from pcmt.core.reading.head import Head, Place, no_fields
from pcmt.core.reading.letterhead import NATION, find_issuer, read_letterhead
from pcmt.core.reading.lexicon import phrase
from pcmt.core.reading.lines import UPPER, Line
from pcmt.core.reading.source import Pattern, Source, tidy
from pcmt.core.text.fold import strip_marks

LETTERHEAD = 400  # lines in which the type of the document is looked for
PREAMBLE = 20_000  # code points of a preamble that are read
_TYPES = (  # longer ones first
    "KẾ HOẠCH HÀNH ĐỘNG|KẾ HOẠCH PHỐI HỢP|KẾ HOẠCH LIÊN TỊCH|KẾ HOẠCH LIÊN NGÀNH|KẾ HOẠCH VÀ PHƯƠNG ÁN|"
    "KẾ HOẠCH CÔNG TÁC|KẾ HOẠCH|CHƯƠNG TRÌNH HÀNH ĐỘNG|CHƯƠNG TRÌNH CÔNG TÁC|CHƯƠNG TRÌNH PHỐI HỢP|"
    "CHƯƠNG TRÌNH|ĐỀ ÁN|PHƯƠNG ÁN|QUYẾT ĐỊNH|NGHỊ QUYẾT|CHỈ THỊ|HƯỚNG DẪN|THÔNG BÁO|BÁO CÁO|CÔNG VĂN|"
    "CÔNG ĐIỆN|TỜ TRÌNH"
)
_PLAN_TYPES = ("KẾ HOẠCH", "CHƯƠNG TRÌNH", "ĐỀ ÁN", "PHƯƠNG ÁN")
_TYPE = Pattern(r"[\s|#*_>]*(?P<type>" + _TYPES + r")\b(?P<rest>(?s:.*))\Z")
_MARKED = {strip_marks(kind): kind for kind in _TYPES.split("|")}  # as types are named here, whatever the text
_ATTACHED = phrase(r"\(? ?(?:ban hành )?kèm theo (?:quyết định|nghị quyết|công văn|tờ trình)")
TWO_LEVELS = date(2025, 7, 1)
"""From this day local government has two levels (Law 72/2025/QH15 on its organisation)."""
_ENDS_TITLE = ("roman", "part", "article", "upper", "arabic", "dash")
_PREAMBLE = phrase(
    r"(?:căn cứ|thực hiện(?= (?:luật|nghị quyết|quyết định|chỉ thị|kế hoạch|công văn|chương trình|văn bản|thông tư|"
    r"nghị định|kết luận|hướng dẫn|"
    r"công điện|ý kiến|chỉ đạo|thông báo|đề án|nhiệm vụ|quy chế))|triển khai(?: thực hiện)?(?= (?:luật|nghị quyết|"
    r"quyết định|chỉ thị|kế hoạch|"
    r"công văn|chương trình|thông tư|nghị định|kết luận|công điện|đề án)[^\n]{0,40}số)|nhằm |để |hưởng ứng |xét |"
    r"theo đề nghị|tiếp nhận|"
    r"trên cơ sở|qua |ủy ban nhân dân|ubnd |nghiêm túc thực hiện)"
)


@frozen
class _TypeLine:
    """A line that states the type of the document: its index, the type in capitals, the place of the type's words."""

    index: int
    kind: str
    start: int
    end: int


def read_head(source: Source, lines: list[Line]) -> Head:
    """Header, preamble and closing of the document, over whatever layout they come in."""
    first_section = _first(lines, ("roman", "part", "article"))
    first_item = _first(lines, ("roman", "part", "article", "arabic", "upper"))
    types = _type_lines(source, lines[:LETTERHEAD])
    types = [t for t in types if t.index < max(first_item, 1) or _attached_after(source, lines, t.index)]
    article = None if types else read_article(source, lines)
    if article is not None:
        return article
    plan = next((t for t in reversed(types) if t.kind.startswith(_PLAN_TYPES)), types[0] if types else None)
    decision = types[0] if plan and types[0].kind == "QUYẾT ĐỊNH" != plan.kind else None
    tail, recipients_at = closing_start(source, lines, plan.index if plan and decision else 0)
    head = Head(no_fields(), 0, tail)
    at = types[0].index if types else min(first_item, first_section, 30)
    if not types and at and not _has_letterhead(source, lines, at):
        at = 0
    read_letterhead(source, lines[:at], head)
    if plan:
        at = _title(source, lines, plan, head)
        _body(source, lines, at, head)
        if decision:
            _wrapper(source, lines, decision, plan, head)
    else:
        head.body = at
    head.fields["document_kind"] = _document_kind(head, plan, decision)
    if head.preamble:
        read_bases(source, head.preamble, head)
    read_closing(source, lines, tail, recipients_at, head)
    find_issuer(source, head)
    issuer = head.fields["issuer"]
    if issuer and issuer["level"] == "district" and head.issued and head.issued >= TWO_LEVELS:
        issuer["level"] = "province"  # a city of these days is one of the nation's: there are no districts any more
    return head


def _first(lines: list[Line], styles: tuple[str, ...]) -> int:
    """The index of the first line with a label of these classes."""
    return next((i for i, line in enumerate(lines) if line.kind == "text" and line.style in styles), len(lines))


def _body(source: Source, lines: list[Line], at: int, head: Head) -> None:
    """Where the numbered body begins, and the preamble between the title and it."""
    opening = (i for i in range(at, len(lines)) if lines[i].kind == "text" and _opens_body(source, lines[i]))
    body = next(opening, len(lines))
    head.body = max(head.tail, at) if body > head.tail else body
    texts = [line for line in lines[at : head.body] if line.kind in ("text", "table")]
    if texts:
        head.preamble = (texts[0].start, min(texts[-1].end, texts[0].start + PREAMBLE))


def _has_letterhead(source: Source, lines: list[Line], end: int) -> bool:
    first = lines[0].start if lines else 0
    stretch = source.work[first : lines[end - 1].end] if end else ""
    return bool(NATION.search(stretch) or re.search(r"Số\s*:", stretch))


def _document_kind(head: Head, plan: _TypeLine | None, decision: _TypeLine | None) -> str:
    if decision:
        return "plan_attached_to_decision"
    if plan:
        return "plan" if plan.kind.startswith(_PLAN_TYPES) else "other"
    return "plan" if head.fields["number"] or head.fields["date"] else "fragment"


def _type_lines(source: Source, lines: list[Line]) -> list[_TypeLine]:
    """Lines that state the type of the document ("KẾ HOẠCH", "KẾ HOẠCHPhòng ...")."""
    found = []
    work = source.work
    for i, line in enumerate(lines):
        if line.kind not in ("text", "table") or line.end - line.start > 700:
            continue
        text = work[line.start : line.end]
        match = _TYPE.of(source.bare).match(text)
        if not match:
            glued = re.match(rf"(KẾ\s+HOẠCH)(?=[{UPPER}])", text)
            if glued:
                found.append(_TypeLine(i, "KẾ HOẠCH", line.start, line.start + glued.end(1)))
            continue
        rest = match["rest"].strip(" *_|#")
        if rest and (rest[0] in ".,;)" or rest[0].islower()):
            continue
        (a, b), kind = match.span("type"), " ".join(match["type"].split())
        found.append(_TypeLine(i, _MARKED.get(kind, kind), line.start + a, line.start + b))
    return found


def _attached_after(source: Source, lines: list[Line], index: int) -> bool:
    following = [line for line in lines[index + 1 : index + 8] if line.kind == "text"]
    return any(source.match(_ATTACHED, line.start, line.end) for line in following)


def _title(source: Source, lines: list[Line], plan: _TypeLine, head: Head) -> int:
    """Read type and title; returns the index of the first line after them."""
    fields = head.fields
    fields["doc_type"] = {"value": source.plain(plan.start, plan.end).capitalize(), "span": (plan.start, plan.end)}
    head.claims.append((plan.start, plan.end))
    pieces: list[Place] = []
    rest = source.trim(plan.end, lines[plan.index].end)
    while rest[0] < rest[1] and source.work[rest[0]] in "*_|#:":
        rest = source.trim(rest[0] + 1, rest[1])
    if rest[0] < rest[1]:
        pieces.append(rest)
    at, blanks = plan.index + 1, 0
    while at < len(lines):
        line = lines[at]
        blanks += line.kind == "blank"
        empty = line.kind == "table" and not source.work[line.start : line.end].strip("| ")
        if line.kind == "blank" or empty or line.kind == "ruler" and not pieces:
            at += 1
        elif line.kind != "text" or line.style == "star" and not pieces or _ends_title(source, line, pieces):
            break
        elif source.match(_ATTACHED, line.body, line.end):
            at = _attached(source, lines, at, plan.index, head)
        elif not (_title_goes_on(source, line, pieces, blanks) if pieces else _opens_title(source, line, blanks)):
            break
        else:
            pieces.append(source.trim(line.body, line.end))
            blanks = 0
            at += 1
    if pieces:
        head.title = (pieces[0][0], pieces[-1][1])
        fields["title"] = {"value": tidy(source.work[slice(*head.title)]) or None, "span": head.title}
        head.claims.append(head.title)
    return at


def _attached(source: Source, lines: list[Line], at: int, title: int, head: Head) -> int:
    """ "(Kèm theo Quyết định số ...)" over its lines; returns the index behind it."""
    line = lines[at]
    head.remarks.append(Diagnostic(code="attached_to", severity="info", span=(line.start, line.end)))
    bracketed = "(" in source.work[line.start : line.end]
    while bracketed and ")" not in source.work[line.start : lines[at].end] and at + 1 < len(lines) and at - title < 12:
        at += 1
    head.claims.append((line.start, lines[at].end))
    return at + 1


def _opens_title(source: Source, line: Line, blanks: int) -> bool:
    """Whether a line below the type is its title rather than the first legal basis."""
    text = source.work[line.body : line.end]
    if len(text) > 500:
        return False
    based = blanks == 0 and len(text) > 200 and not text.isupper() and source.match(BASE_VERB, line.body, line.end)
    return not (based and re.search(r"số\s+\d+|:\s*\Z", text))


def _ends_title(source: Source, line: Line, pieces: list[Place]) -> bool:
    """Whether a label ends the title; the hyphen of "... giai đoạn 2021 / - 2025" does not."""
    broken_span = line.style == "dash" and pieces and re.match(r"(?:19|20)\d\d\b", source.work[line.body : line.end])
    return line.style in _ENDS_TITLE and not broken_span


def _title_goes_on(source: Source, line: Line, pieces: list[Place], blanks: int) -> bool:
    """Whether a line belongs to the title begun above it: same case, no preamble, no new paragraph."""
    text = source.work[line.body : line.end]
    if line.style == "dash":
        return not blanks
    if not text:  # a label alone on its line
        return False
    shouting = source.work[pieces[0][0] : pieces[-1][1]].strip("* ").isupper()
    if shouting and not (text.strip("* ").isupper() or text[0].islower() or text[0].isdigit()):
        return False
    if not (shouting and text.isupper()) and source.match(_PREAMBLE, line.body, line.end):
        return False
    if sum(b - a for a, b in pieces) > 600 or text.endswith(":") and len(text) > 60:
        return False
    return (
        not blanks
        or text[0].islower()
        or text.isupper()
        and shouting
        or text[0] in '(“"'
        and len(text) < 120
        or text[:3] in ("Năm", "NĂM")
        and len(text) < 60
    )


def _opens_body(source: Source, line: Line) -> bool:
    if line.style in ("roman", "part", "upper"):
        return True
    if line.style == "arabic" and line.label in ("1", "01"):
        return True
    return line.heading and source.work[line.body : line.end].isupper() and line.end - line.body < 90


# ---- decision wrappers ---------------------------------------------------------------------------------------------
def _wrapper(source: Source, lines: list[Line], decision: _TypeLine, plan: _TypeLine, head: Head) -> None:
    """A plan attached to a decision: bases and closing stand before the plan, in the decision."""
    above = range(decision.index + 1, plan.index)
    texts = [lines[i] for i in above if lines[i].kind == "text"]
    if texts:
        read_bases(source, (texts[0].start, texts[-1].end), head)
    stop = next((i for i in above if source.match(RECIPIENTS, lines[i].body, lines[i].end)), None)
    if stop is not None:
        read_closing(source, lines[: plan.index], stop, stop, head)
