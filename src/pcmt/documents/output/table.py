"""The read plan as a page for the terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from pcmt.documents.output.rows import (
    DUTY_KINDS,
    Rows,
    Where,
    date_words,
    due_words,
    names,
    period_words,
    plain,
)

MIN_WIDTH, MAX_WIDTH = 60, 120
LONGEST = 240
FEW = 3
"""More entries of one kind are told in one line."""


def write_table(reading: Mapping[str, Any], text: str, *, width: int | None = None) -> str:
    """A summary in lines no wider than `width` (default: the terminal): who owes what by when, and what is unclear."""
    columns = width or min(max(shutil.get_terminal_size((100, 40)).columns, MIN_WIDTH), MAX_WIDTH)
    page = _Page(columns)
    rows = Rows(reading, text)
    _head(page, rows)
    _targets(page, rows)
    _tasks(page, rows)
    _deadlines(page, rows)
    _duties(page, rows)
    _projects(page, rows)
    _unclear(page, rows)
    return "\n".join(page.lines) + "\n"


class _Page:
    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[str] = []

    def heading(self, words: str, count: int | None = None) -> None:
        if self.lines:
            self.lines.append("")
        label = words.upper() if count is None else f"{words.upper()} ({count})"
        self.lines += [label, "─" * min(len(label), self.width)]

    def item(self, label: str, words: str, *, place: str = "", indent: int = 0) -> None:
        """A labelled entry with its place behind it; further lines stand under its words, long words are cut."""
        start = " " * indent + label
        body = words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"
        filled = textwrap.wrap(body + place, max(self.width - len(start), 20), break_long_words=True) or [""]
        self.lines.append((start + filled[0]).rstrip())
        self.lines += [" " * len(start) + line for line in filled[1:]]


def _at(where: Where) -> str:
    place = where.clause or (f"dòng {where.line}" if where.line else "")
    # No-break spaces keep the place in one piece.
    return f" [{place}]".replace(" ", "\u00a0", 1).replace("Mục ", "Mục\u00a0") if place else ""


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _head(page: _Page, rows: Rows) -> None:
    header = rows.header
    page.heading(rows.document_words())
    fields = [
        ("Trích yếu", rows.title()),
        ("Cơ quan", plain((header.get("issuer") or {}).get("name"))),
        ("Thời gian", _period(header.get("period"))),
        ("Địa bàn", plain((header.get("geographic_scope") or {}).get("value"))),
        ("Người ký", _signer(header.get("signer"))),
        ("Căn cứ", "; ".join(_document(item) for item in header.get("legal_bases") or ())),
        ("Nơi nhận", "; ".join(plain(item.get("value")) for item in header.get("recipients") or ())),
    ]
    for label, words in fields:
        if words:
            page.item(f"{label + ':':<11}", words)


def _period(period: Any) -> str:
    begins, ends = date_words((period or {}).get("from")), date_words((period or {}).get("to"))
    return f"{begins} – {ends}" if begins and ends else begins or ends


def _signer(signer: Any) -> str:
    parts = [plain((part or {}).get("value")) for part in ((signer or {}).get(k) for k in ("position", "name"))]
    return ", ".join(part for part in parts if part)


def _document(item: Mapping[str, Any]) -> str:
    return " ".join(part for part in (plain(item.get("doc_type")), plain(item.get("number"))) if part)


def _targets(page: _Page, rows: Rows) -> None:
    items = rows.items("targets")
    if not items:
        return
    page.heading("Chỉ tiêu", len(items))
    parts: dict[Any, list[str]] = {}
    for item in rows.items("allocations"):
        owner = names(item.get("agencies") or [item.get("agency")])
        parts.setdefault(item.get("target_ref"), []).append(f"{owner}: {plain(item.get('value'))}")
    for number, item in enumerate(items, 1):
        page.item(f"{number:>3}. ", rows.target_words(item), place=_at(rows.where(item)))
        page.item("     ", rows.text_of(item))
        if item.get("id") in parts:
            page.item("     Phân bổ: ", "; ".join(parts[item.get("id")]))


def _tasks(page: _Page, rows: Rows) -> None:
    tasks = rows.assignment_rows()
    if not tasks:
        return
    page.heading("Phân công nhiệm vụ", len(tasks))
    agency: str | None = None
    for number, row in enumerate(tasks, 1):
        if row.agency != agency:
            agency = row.agency
            page.item("▪ ", agency or "Kế hoạch chưa nêu cơ quan")
        page.item(f"{number:>5}. ", row.task, place=_at(row.where))
        details = _joined(
            [
                row.role if row.role != "Thực hiện" else "",
                f"phối hợp: {row.partners}" if row.partners else "",
                f"hạn: {row.deadline}" if row.deadline else "",
            ]
        )
        if details:
            page.item("       → ", details)


def _deadlines(page: _Page, rows: Rows) -> None:
    items = rows.items("deadlines")
    if not items:
        return
    page.heading("Thời hạn", len(items))
    for number, item in enumerate(items, 1):
        end = date_words(item.get("to") or item.get("date"))
        page.item(f"{number:>3}. ", _joined([rows.text_of(item), end]), place=_at(rows.where(item)))


def _duties(page: _Page, rows: Rows) -> None:
    items = rows.items("reporting_duties")
    if not items:
        return
    page.heading("Chế độ báo cáo", len(items))
    for number, item in enumerate(items, 1):
        reporter = names(_many(item.get("reporter"))) or "(chưa nêu cơ quan báo cáo)"
        recipient = names(_many(item.get("recipient")))
        kind = DUTY_KINDS.get(item.get("kind") or "", "")
        due = due_words(item)
        facts = _joined([kind, period_words(item), f"hạn: {due}" if due else ""])
        parties = f"{reporter} → {recipient}" if recipient else reporter
        page.item(f"{number:>3}. ", parties, place=_at(rows.where(item)))
        if facts:
            page.item("     ", facts)


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _projects(page: _Page, rows: Rows) -> None:
    items = list(rows.projects())
    if not items:
        return
    page.heading("Dự án", len(items))
    for item, label in items:
        owner = names(_many(item.get("owner")))
        indent = 2 if "." in label else 0
        page.item(f"{label or '–':>3}. ", _joined([rows.text_of(item), owner]), indent=indent)


def _unclear(page: _Page, rows: Rows) -> None:
    unclear = rows.unclear()
    if not unclear:
        return
    page.heading("Cần xem lại", len(unclear))
    alike: dict[tuple[str, str], list[tuple[str, Where]]] = {}
    for kind, words, reason, where in unclear:
        alike.setdefault((kind, reason), []).append((words, where))
    for (kind, reason), entries in alike.items():
        if len(entries) > FEW:
            lines = ", ".join(dict.fromkeys(str(where.line) for _, where in entries if where.line))
            page.item("  - ", f"{kind}: {reason}, {len(entries)} chỗ (dòng {lines})")
            continue
        for words, where in entries:
            quoted = f"“{words}”" if words else ""
            page.item("  - ", _joined([f"{kind}: {quoted}" if quoted else kind, reason]), place=_at(where))
