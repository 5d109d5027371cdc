"""What a clause is for: purpose, targets, tasks, assignment, reporting; and where targets are at home."""

from __future__ import annotations

import re

from pcmt.core.reading.lexicon import ZONE_LEAD, phrase
from pcmt.core.reading.outline import BULLETS, Clause, Outline, heading_role
from pcmt.core.reading.result import Reading
from pcmt.core.reading.source import Source

_STOP_HEADING = re.compile(r"[:.](?=\s|$)")
_GENERAL = phrase(r"mục tiêu (?:chung|tổng quát)|mục đích")
_QUOTA_LEAD = phrase(r"(?:giao|phân bổ|phân giao) (?:chỉ tiêu|kế hoạch chỉ tiêu)")
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


TIME_START = phrase(r"(?:phạm vi|đối tượng|thời gian|địa điểm|thời hạn|thời điểm)\b")
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


def _heading_of(source: Source, clause: Clause) -> tuple[int, int]:
    """The heading words of a clause: all of them, or what stands before the first colon or stop."""
    end = clause.end
    stop = _STOP_HEADING.search(source.low, clause.body, min(end, clause.body + 220))
    if stop and stop.start() < end - 1:
        return clause.body, stop.start()
    return clause.body, min(end, clause.body + 220)


def give_roles(source: Source, outline: Outline, article: bool) -> None:
    """Set `own_role` and `role` of every clause: by its heading, else from the clause above.

    An `article` has no headings; its paragraphs go by their opening words ("Theo đó, ... phấn đấu ...").
    """
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
            elif clause.style == "para" and not clause.marked:
                role = "other" if roman else ""
            elif clause.style in BULLETS:
                role = ""
            else:
                plain = b - a < 200 if parent is None else b - a < 120 and (whole or bool(clause.children))
                role = heading_role(source, a, b) if plain else ""
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
    if TIME_START.of(source.bare).match(heading) and short:
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


def find_zones(reading: Reading) -> None:
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
