"""The head and the tail of a plan: who issued it, its number, date, title, bases, signer and recipients.

Absent stays absent: a field is read from its own words or, flagged as inferred, from words that stand elsewhere in the
text; never guessed.
"""

from __future__ import annotations

import re
from typing import Any

from pcmt.core.diagnostics import Diagnostic
from pcmt.core.reading.article import read_article
from pcmt.core.reading.citations import BASE_VERB, read_bases
from pcmt.core.reading.closing import RECIPIENTS, closing_start, read_closing
from pcmt.core.reading.head import Head, Place
from pcmt.core.reading.letterhead import NATION, find_issuer, read_letterhead
from pcmt.core.reading.lexicon import phrase
from pcmt.core.reading.lines import UPPER, Line
from pcmt.core.reading.source import Source, tidy

_TYPES = (
    "KẾ HOẠCH HÀNH ĐỘNG",
    "KẾ HOẠCH PHỐI HỢP",
    "KẾ HOẠCH LIÊN TỊCH",
    "KẾ HOẠCH LIÊN NGÀNH",
    "KẾ HOẠCH VÀ PHƯƠNG ÁN",
    "KẾ HOẠCH CÔNG TÁC",
    "KẾ HOẠCH",
    "CHƯƠNG TRÌNH HÀNH ĐỘNG",
    "CHƯƠNG TRÌNH CÔNG TÁC",
    "CHƯƠNG TRÌNH PHỐI HỢP",
    "CHƯƠNG TRÌNH",
    "ĐỀ ÁN",
    "PHƯƠNG ÁN",
    "QUYẾT ĐỊNH",
    "NGHỊ QUYẾT",
    "CHỈ THỊ",
    "HƯỚNG DẪN",
    "THÔNG BÁO",
    "BÁO CÁO",
    "CÔNG VĂN",
    "CÔNG ĐIỆN",
    "TỜ TRÌNH",
)
_PLAN_TYPES = ("KẾ HOẠCH", "CHƯƠNG TRÌNH", "ĐỀ ÁN", "PHƯƠNG ÁN")
_TYPE = re.compile(r"[\s|#*_>]*(?P<type>" + "|".join(_TYPES) + r")\b(?P<rest>.*)\Z", re.DOTALL)
_ATTACHED = phrase(r"\(? ?(?:ban hành )?kèm theo (?:quyết định|nghị quyết|công văn|tờ trình)")
_PREAMBLE = phrase(
    r"(?:căn cứ|thực hiện(?= (?:luật|nghị quyết|quyết định|chỉ thị|kế hoạch|công văn|chương trình|văn bản|thông tư|"
    r"nghị định|kết luận|hướng dẫn|"
    r"công điện|ý kiến|chỉ đạo|thông báo|đề án|nhiệm vụ|quy chế))|triển khai(?: thực hiện)?(?= (?:luật|nghị quyết|"
    r"quyết định|chỉ thị|kế hoạch|"
    r"công văn|chương trình|thông tư|nghị định|kết luận|công điện|đề án)[^\n]{0,40}số)|nhằm |để |hưởng ứng |xét |"
    r"theo đề nghị|tiếp nhận|"
    r"trên cơ sở|qua |ủy ban nhân dân|ubnd |nghiêm túc thực hiện)"
)


def read_head(source: Source, lines: list[Line]) -> Head:
    """Header, preamble and closing of the document, over whatever layout they come in."""
    limit = min(len(lines), 400)
    types = _type_lines(source, lines[:limit])
    first_section = next(
        (i for i, line in enumerate(lines) if line.kind == "text" and line.style in ("roman", "part", "article")),
        len(lines),
    )
    first_item = next(
        (
            i
            for i, line in enumerate(lines)
            if line.kind == "text" and line.style in ("roman", "part", "article", "arabic", "upper")
        ),
        len(lines),
    )
    types = [t for t in types if t[0] < max(first_item, 1) or _attached_after(source, lines, t[0])]
    article = read_article(source, lines, types)
    if article is not None:
        return article
    plan = next((t for t in reversed(types) if t[1].startswith(_PLAN_TYPES)), types[0] if types else None)
    wrapped = bool(plan and types and types[0][1] == "QUYẾT ĐỊNH" and plan[1] != "QUYẾT ĐỊNH")
    tail, recipients_at = closing_start(source, lines, plan[0] if plan and wrapped else 0)
    fields: dict[str, Any] = dict.fromkeys(
        (
            "issuer",
            "parent_issuer",
            "number",
            "place",
            "date",
            "doc_type",
            "title",
            "geographic_scope",
            "period",
            "signer",
            "archive",
            "article_title",
            "article_date",
            "author",
        )
    )
    fields |= {"legal_bases": [], "recipients": []}
    head = Head(fields, 0, tail)
    letter_end = types[0][0] if types else min(first_item, first_section, 30)
    if not types and letter_end and not _has_letterhead(source, lines, letter_end):
        letter_end = 0
    read_letterhead(source, lines[:letter_end], head)
    at = letter_end
    if plan:
        at = _title(source, lines, plan, head, fields)
    body = next(
        (i for i in range(at, len(lines)) if lines[i].kind in ("text",) and _opens_body(source, lines, i)), len(lines)
    )
    if body > tail:
        body = max(tail, at)
    if not types:
        body = letter_end
    head.body = body
    if at < body and plan:
        texts = [line for line in lines[at:body] if line.kind in ("text", "table")]
        if texts:
            head.preamble = (texts[0].start, min(texts[-1].end, texts[0].start + 20_000))
    if wrapped and types:
        _wrapper(source, lines, types[0], plan, head)
    fields["document_kind"] = _document_kind(fields, plan, wrapped, first_item, head)
    if head.preamble:
        read_bases(source, head.preamble, head)
    read_closing(source, lines, tail, recipients_at, head)
    find_issuer(source, head)
    return head


def _has_letterhead(source: Source, lines: list[Line], end: int) -> bool:
    first = lines[0].start if lines else 0
    stretch = source.work[first : lines[end - 1].end] if end else ""
    return bool(NATION.search(stretch) or re.search(r"Số\s*:", stretch))


def _document_kind(fields: dict[str, Any], plan: Any, wrapped: bool, first_item: int, head: Head) -> str:
    if wrapped:
        return "plan_attached_to_decision"
    if plan:
        return "plan" if plan[1].startswith(_PLAN_TYPES) else "other"
    if fields["number"] or fields["date"]:
        return "plan"
    return "fragment"


def _type_lines(source: Source, lines: list[Line]) -> list[tuple[int, str, int, int]]:
    """Lines that state the type of the document: (index, type, start, end of the type's words)."""
    found = []
    work = source.work
    for i, line in enumerate(lines):
        if line.kind not in ("text", "table") or line.end - line.start > 700:
            continue
        text = work[line.start : line.end]
        match = _TYPE.match(text)
        if not match:
            glued = re.match(rf"(KẾ\s+HOẠCH)(?=[{UPPER}])", text)
            if glued:
                found.append((i, "KẾ HOẠCH", line.start, line.start + glued.end(1)))
            continue
        rest = match["rest"].strip(" *_|#")
        if rest and rest[0] in ".,;)(" and not rest.startswith("("):
            continue
        if rest and rest[0].islower():
            continue
        found.append(
            (i, " ".join(match["type"].split()), line.start + match.start("type"), line.start + match.end("type"))
        )
    return found


def _attached_after(source: Source, lines: list[Line], index: int) -> bool:
    following = [line for line in lines[index + 1 : index + 8] if line.kind == "text"]
    return any(source.match(_ATTACHED, line.start, line.end) for line in following)


def _title(
    source: Source, lines: list[Line], plan: tuple[int, str, int, int], head: Head, fields: dict[str, Any]
) -> int:
    """Read type and title; returns the index of the first line after them."""
    index, kind, start, end = plan
    fields["doc_type"] = {"value": kind.capitalize() if kind != "QUYẾT ĐỊNH" else "Quyết định", "span": (start, end)}
    head.claims.append((start, end))
    first = lines[index]
    pieces: list[Place] = []
    rest = source.trim(end, first.end)
    while rest[0] < rest[1] and source.work[rest[0]] in "*_|#:":
        rest = source.trim(rest[0] + 1, rest[1])
    if rest[0] < rest[1]:
        pieces.append(rest)
    at = index + 1
    blanks = 0
    while at < len(lines):
        line = lines[at]
        if line.kind == "blank":
            blanks += 1
            at += 1
            continue
        if line.kind in ("ruler",):
            if pieces:
                break
            at += 1
            continue
        if line.kind == "table":
            if source.work[line.start : line.end].strip("| "):
                break
            at += 1
            continue
        if (
            line.kind != "text"
            or line.style in ("roman", "part", "article", "upper", "arabic", "dash")
            or line.style == "star"
            and not pieces
        ):
            break
        text = source.work[line.body : line.end]
        if source.match(_ATTACHED, line.body, line.end):
            head.remarks.append(Diagnostic(code="attached_to", severity="info", span=(line.start, line.end)))
            while (
                "(" in source.work[line.start : line.end]
                and ")" not in source.work[line.start : lines[at].end]
                and at + 1 < len(lines)
                and at - index < 12
            ):
                at += 1
            head.claims.append((line.start, lines[at].end))
            at += 1
            continue
        if pieces:
            joined = source.work[pieces[0][0] : pieces[-1][1]].strip("* ")
            shouting = joined.isupper()
            if shouting and not text.strip("* ").isupper() and not text[0].islower() and not text[0].isdigit():
                break
            if not shouting and source.match(_PREAMBLE, line.body, line.end):
                break
            if shouting and source.match(_PREAMBLE, line.body, line.end) and not text.isupper():
                break
            if blanks and not (
                text[0].islower()
                or text.isupper()
                and shouting
                or text[0] in '(“"'
                and len(text) < 120
                or text[:3] in ("Năm", "NĂM")
                and len(text) < 60
            ):
                break
            if sum(b - a for a, b in pieces) > 600 or text.endswith(":") and len(text) > 60:
                break
        elif line.end - line.body > 500 or (
            blanks == 0
            and source.match(BASE_VERB, line.body, line.end)
            and re.search(r"số\s+\d+|:\s*\Z", text)
            and not text.isupper()
            and len(text) > 200
        ):
            break
        pieces.append(source.trim(line.body, line.end))
        blanks = 0
        at += 1
    if pieces:
        head.title = (pieces[0][0], pieces[-1][1])
        fields["title"] = {
            "value": tidy(source.work[head.title[0] : head.title[1]]).strip(' "“”') or None,
            "span": head.title,
        }
        if fields["title"]["value"] != tidy(source.work[head.title[0] : head.title[1]]):
            fields["title"]["value"] = tidy(source.work[head.title[0] : head.title[1]])
        head.claims.append(head.title)
    return at


def _opens_body(source: Source, lines: list[Line], i: int) -> bool:
    line = lines[i]
    if line.style in ("roman", "part", "upper"):
        return True
    if line.style == "arabic" and line.label in ("1", "01"):
        return True
    return line.heading and source.work[line.body : line.end].isupper() and line.end - line.body < 90


# ---- decision wrappers ---------------------------------------------------------------------------------------------
def _wrapper(source: Source, lines: list[Line], decision: tuple[int, str, int, int], plan: Any, head: Head) -> None:
    """A plan attached to a decision: bases and preamble stand before the plan, in the decision."""
    texts = [line for line in lines[decision[0] + 1 : plan[0]] if line.kind == "text"]
    if texts:
        read_bases(source, (texts[0].start, texts[-1].end), head)
    texts = [line for line in lines[decision[0] + 1 : plan[0]] if line.kind == "text"]
    stop = next((i for i in range(decision[0], plan[0]) if source.match(RECIPIENTS, lines[i].body, lines[i].end)), None)
    if stop is not None:
        read_closing(source, lines[: plan[0]], stop, stop, head)
