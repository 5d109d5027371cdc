"""A reading as rows of words and figures, shared by the workbook, the assignment sheet and the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from pcmt.core.measures import describe, target_from
from pcmt.core.periods import date_label, limit_from, limit_label, parse_date, period_word_label

Item = Mapping[str, Any]

LISTS = {
    "targets": "Chỉ tiêu",
    "allocations": "Phân bổ",
    "tasks": "Nhiệm vụ",
    "assignments": "Phân công",
    "deadlines": "Thời hạn",
    "reporting_duties": "Báo cáo",
    "projects": "Dự án",
    "campaign_windows": "Đợt cao điểm",
    "events": "Sự kiện",
    "cited_documents": "Văn bản viện dẫn",
}
TARGET_KINDS = {
    "coverage": "Tỷ lệ",
    "count": "Số lượng",
    "change": "Tăng, giảm",
    "frequency": "Tần suất",
    "zero_incidence": "Không phát sinh",
    "direction": "Xu hướng",
    "milestone": "Cột mốc",
    "condition": "Điều kiện",
    "external_reference": "Chỉ tiêu cấp trên giao",
}
COMPARATORS = {
    "eq": "=", "gte": "≥", "gt": ">", "lte": "≤", "lt": "<", "range": "trong khoảng", "approx": "khoảng", "none": "",
}  # fmt: skip
ROLES = {"lead": "Chủ trì", "coordinate": "Phối hợp", "own": "Thực hiện"}
ADVISE, REQUESTED = "Tham mưu", "Đề nghị"
DUTY_KINDS = {
    "periodic": "Định kỳ",
    "interim": "Sơ kết",
    "final": "Tổng kết",
    "ad_hoc": "Đột xuất",
    "results": "Kết quả thực hiện",
    "submission": "Gửi văn bản",
    "evidence": "Gửi minh chứng",
}
BOUND = {"task": "Nhiệm vụ", "target": "Chỉ tiêu", "report": "Báo cáo", "project": "Dự án"}
DIAGNOSTICS = {
    "number_blank": "Số văn bản để trống",
    "issuer_inferred": "Cơ quan ban hành được suy ra, không ghi ở đầu văn bản",
    "numbering_gap": "Số mục bị nhảy",
    "deadline_not_after_issue": "Thời hạn không sau ngày ban hành",
    "parts_differ_from_total": "Cộng các phần khác tổng số",
    "sign_ambiguous": "Dấu so sánh có thể hiểu hai cách",
    "sentence_across_page_break": "Câu bị ngắt bởi trang",
    "false_bullet": "Dấu đầu dòng không phải là đầu mục",
    "dash_lost": "Đầu mục bị mất dấu gạch",
    "machine_text_dropped": "Bỏ qua chữ dành cho máy đọc",
    "no_lead": "Nhiệm vụ chưa có cơ quan chủ trì",
    "assignment_without_task": "Có tên cơ quan nhưng không có nhiệm vụ",
    "attached_to": "Kế hoạch ban hành kèm theo văn bản khác",
    "date_blank": "Ngày ban hành để trống",
    "date_impossible": "Ngày không có trong lịch",
    "due_outside_window": "Hạn báo cáo ngoài thời gian thực hiện",
    "names_alike": "Một cơ quan có thể được gọi bằng hai tên",
    "repealed_law_cited": "Viện dẫn văn bản đã hết hiệu lực",
}
CERTAIN = 0.8
"""Items below this confidence are listed for a look."""

# Heading marks at the start of a line, and stars that touch a word; a star between blanks is a sign of its own.
_EMPHASIS = re.compile(r"(?m)^\s*#{1,6}(?=\s)|\*{2,}|\*(?=\S)|(?<=\S)\*")
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: Any) -> str:
    """A text on one line, without emphasis signs of markdown and without what XML cannot hold."""
    clean = _EMPHASIS.sub("", _ILLEGAL.sub("", str(text or "")))
    return re.sub(r"\s+", " ", clean).strip()


def date_words(value: Any) -> str:
    """An ISO date as dd/mm/yyyy, anything else as nothing."""
    day = parse_date(value)
    return date_label(day) if day else ""


@frozen
class Where:
    """The place of an item in the text: clause address, line, and range of code points."""

    clause: str
    line: int | None
    start: int | None
    end: int | None


@frozen
class Row:
    """One line of the assignment sheet."""

    agency: str
    task: str
    role: str
    partners: str
    deadline: str
    clause: str
    confidence: float | None
    where: Where


class Rows:
    """Look-ups over one reading. Every method takes the reading as it is: absent lists and fields are empty."""

    def __init__(self, reading: Item, text: str) -> None:
        self.reading = reading
        self.text = text
        self.header: Item = reading.get("header") or {}
        self._clauses = {clause.get("id"): clause for clause in reading.get("outline") or ()}
        self._deadlines = {item.get("id"): item for item in self.items("deadlines")}
        # A stretch as long as the item itself is the item: only crumbs are cut out.
        self._noise = sorted(tuple(item["span"]) for item in self.items("noise") if item.get("span"))
        self._assignments = {item.get("id"): item for item in self.items("assignments")}

    def items(self, name: str) -> list[Item]:
        """A list of the reading, empty when absent."""
        return list(self.reading.get(name) or ())

    def where(self, item: Item) -> Where:
        """Where an item stands."""
        span = item.get("span") or (None, None)
        clause = self._clauses.get(item.get("clause"))
        return Where(clause_words(clause.get("address") if clause else None), item.get("line"), span[0], span[1])

    def text_of(self, item: Item) -> str:
        """The words of an item on one line, without scan residue and without the mark that ends a document."""
        span = item.get("span")
        if not span:
            return plain(item.get("text"))
        parts = []
        offset = span[0]
        for start, end in self._noise:
            if offset <= start and end <= span[1]:
                parts.append(self.text[offset:start])
                offset = end
        parts.append(self.text[offset : span[1]])
        return re.sub(r"\s*\./\.?\W*$", ".", plain(" ".join(parts)))

    def deadline_words(self, item: Item) -> str:
        """A limit as the plan says it, with the day where the words leave it open."""
        limit = limit_from(item)
        written = self.text_of(item)
        return written or (limit_label(limit) if limit else "")

    def target_words(self, item: Item) -> str:
        """What a target asks for in short: "≥ 80%"."""
        allocated = any(part.get("target_ref") == item.get("id") for part in self.items("allocations"))
        return describe(target_from(item, allocated=allocated))

    def role_of(self, task: Item) -> str:
        """The role of a task in Vietnamese; what bodies outside the command line are asked to do is a request."""
        assignment = self._assignments.get(task.get("assignment_ref"))
        if assignment is not None and assignment.get("mode") == "requested":
            return REQUESTED
        if task.get("advises") and task.get("role") == "own":
            return ADVISE
        return ROLES.get(task.get("role") or "", "")

    def agencies_of(self, task: Item) -> str:
        """Who owes a task: its own subject, else the bodies of its block; empty where the plan names nobody."""
        actor = task.get("actor")
        if actor:
            return plain(actor.get("name") if isinstance(actor, Mapping) else actor)
        assignment = self._assignments.get(task.get("assignment_ref"))
        return names(assignment.get("agencies")) if assignment is not None else ""

    def assignment_rows(self) -> list[Row]:
        """Tasks in the order of the text; those without a body come last."""
        rows = [
            Row(
                agency=self.agencies_of(task),
                task=self.text_of(task),
                role=self.role_of(task),
                partners=names(task.get("partners")),
                deadline="; ".join(
                    self.deadline_words(self._deadlines[reference])
                    for reference in task.get("deadline_refs") or ()
                    if reference in self._deadlines
                ),
                clause=self.where(task).clause,
                confidence=task.get("confidence"),
                where=self.where(task),
            )
            for task in self.items("tasks")
        ]
        return [row for row in rows if row.agency] + [row for row in rows if not row.agency]

    def projects(self) -> Iterator[tuple[Item, str]]:
        """Projects with their number, sub-projects after the project they belong to ("2", "2.1")."""

        def walk(items: Sequence[Item], prefix: str) -> Iterator[tuple[Item, str]]:
            for item in items:
                own = str(item.get("number") or "")
                label = f"{prefix}.{own}" if prefix and own else own or prefix
                yield item, label
                yield from walk(item.get("sub_projects") or (), label)

        return walk(self.items("projects"), "")

    def unclear(self) -> list[tuple[str, str, str, Where]]:
        """What a person should look at: remarks, figures that nothing uses, and items below `CERTAIN`."""
        rows = []
        for remark in self.items("diagnostics"):
            label = DIAGNOSTICS.get(remark.get("code") or "", plain(remark.get("code")))
            rows.append(("Nhận xét", self.text_of(remark), label, self.where(remark)))
        for item in self.items("unclaimed"):
            kind = "Ngày chưa dùng" if item.get("kind") == "date" else "Số chưa dùng"
            reason = "Chưa thuộc chỉ tiêu, thời hạn hay văn bản nào"
            rows.append((kind, self.text_of(item), reason, self.where(item)))
        for name, label in LISTS.items():
            for item in self.items(name):
                confidence = item.get("confidence")
                if isinstance(confidence, int | float) and confidence < CERTAIN:
                    reason = f"Độ chắc {confidence * 100:.0f}%"
                    rows.append((f"{label} cần xem", self.text_of(item), reason, self.where(item)))
        return rows

    def document_words(self) -> str:
        """ "Kế hoạch số 12/KH-UBND ngày 30/5/2024" as far as it is known."""
        parts = [plain((self.header.get("doc_type") or {}).get("value")) or "Kế hoạch"]
        if number := number_words(self.header):
            parts.append(f"số {number}")
        if day := date_words((self.header.get("date") or {}).get("value")):
            parts.append(f"ngày {day}")
        return " ".join(parts)

    def title(self) -> str:
        """The title of the plan on one line."""
        title = self.header.get("title") or {}
        return plain(title.get("text") or title.get("value"))


def number_words(header: Item) -> str:
    """ "12/KH-UBND"; with a blank number "……/KH-UBND"; empty without either."""
    number = header.get("number") or {}
    value, symbol = plain(number.get("value")), plain(number.get("symbol"))
    if not value and not symbol:
        return ""
    return f"{value or '……'}/{symbol}" if symbol else value


def names(agencies: Any) -> str:
    """Names of bodies, apart by semicolons."""
    return "; ".join(
        plain(agency.get("name") if isinstance(agency, Mapping) else agency) for agency in agencies or () if agency
    )


def clause_words(address: Any) -> str:
    """A clause address as it is cited: "Mục III.5.a"."""
    return f"Mục {plain(address)}" if address else ""


def period_words(item: Item) -> str:
    """How often a report is due."""
    return period_word_label(item.get("period"))


def due_words(duty: Item) -> str:
    """When a report is due: the computed limit, else the plan's words."""
    limit = limit_from(duty.get("due"))
    return plain(duty.get("due_text")) or (limit_label(limit) if limit else "")
