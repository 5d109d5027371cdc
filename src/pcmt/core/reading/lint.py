"""What a careful reader would remark about a plan: oddities as diagnostics, never as errors."""

from __future__ import annotations

import re
from datetime import date

from pcmt.core.diagnostics import Diagnostic
from pcmt.core.reading.result import Reading
from pcmt.core.reading.shares import Share
from pcmt.core.text import fold

# acts no longer in force, with the day they ended and what replaced them (domain.md 3.1)
_REPEALED = (
    (re.compile(r"\b73/2021/qh14\b", re.IGNORECASE), date(2026, 7, 1), "Luật số 120/2025/QH15"),
    (re.compile(r"\b105/2021/nđ-cp\b", re.IGNORECASE), date(2026, 7, 1), "Nghị định số 163/2026/NĐ-CP"),
    (re.compile(r"\b116/2021/nđ-cp\b", re.IGNORECASE), date(2026, 7, 1), "Nghị định số 163/2026/NĐ-CP"),
    (re.compile(r"\b23/2000/qh10\b", re.IGNORECASE), date(2022, 1, 1), "Luật số 73/2021/QH14"),
    (re.compile(r"\b13/2023/nđ-cp\b", re.IGNORECASE), date(2026, 1, 1), "Nghị định số 356/2025/NĐ-CP"),
    (re.compile(r"\b3122/2010/qđ-bca\b", re.IGNORECASE), date(2025, 8, 24), "Quyết định số 28/2025/QĐ-TTg"),
)


def lint(reading: Reading) -> list[Diagnostic]:
    """Remarks on dates, sums, leads, names and cited law."""
    return [
        *_early_limits(reading),
        *_parts(reading),
        *_signs(reading),
        *_leads(reading),
        *_twin_names(reading),
        *_repealed(reading),
        *_outside(reading),
    ]


def _early_limits(reading: Reading) -> list[Diagnostic]:
    """A limit on or before the day of issue (with "trước", the day itself is already too late)."""
    issued = reading.head.issued
    if not issued:
        return []
    return [
        Diagnostic(
            code="deadline_not_after_issue",
            span=(limit.start, limit.end),
            args={"date": limit.date, "issued": issued.isoformat()},
        )
        for limit, _ in reading.limits
        if limit.date and date.fromisoformat(limit.date) <= issued
    ]


def _parts(reading: Reading) -> list[Diagnostic]:
    found = []
    given: dict[int, list[Share]] = {}
    for share in reading.shares:
        given.setdefault(id(share.target), []).append(share)
    for target in reading.targets:
        shares = given.get(id(target))
        if not shares or target.facts["value"] is None:
            continue
        total = round(sum(share.value for share in shares), 6)
        if total != target.facts["value"]:
            found.append(
                Diagnostic(
                    code="parts_differ_from_total",
                    span=(target.start, target.end),
                    args={"total": target.facts["value"], "parts": total},
                )
            )
    return found


def _signs(reading: Reading) -> list[Diagnostic]:
    """ "tăng ... dưới 1%": an increase with an upper bound, or a decrease with one, reads like a slip."""
    return [
        Diagnostic(
            code="sign_ambiguous", span=(target.start, target.end), args={"direction": target.facts["direction"]}
        )
        for target in reading.targets
        if target.facts["direction"] in ("increase", "decrease") and target.facts["comparator"] in ("lt", "lte")
    ]


def _leads(reading: Reading) -> list[Diagnostic]:
    """Tasks of a block whose every task coordinates with others, while nobody leads there, are no fault; a heading
    without any task is."""
    busy = {id(task.assignment) for task in reading.tasks if task.assignment}
    found = [
        Diagnostic(code="assignment_without_task", severity="info", span=(block.start, block.end))
        for block in reading.assignments
        if id(block) not in busy
    ]
    for task in reading.tasks:
        if task.assignment is None and task.actor is None:
            found.append(Diagnostic(code="no_lead", severity="info", span=(task.start, min(task.end, task.start + 60))))
    return found


def _twin_names(reading: Reading) -> list[Diagnostic]:
    """Two spellings that may be one body: equal but for a letter or two ("Đoàn Biên phòng", "Đồn Biên phòng")."""
    names: dict[str, tuple[str, int, int]] = {}
    for block in reading.assignments:
        for agency in block.agencies:
            names.setdefault(fold(agency.name), (agency.name, agency.start, agency.end))
    for share in reading.shares:
        for agency in share.names:
            names.setdefault(fold(agency.name), (agency.name, agency.start, agency.end))
    found = []
    keys = [key for key in names if len(key) >= 12][:200]
    for i, one in enumerate(keys):
        for other in keys[i + 1 :]:
            if abs(len(one) - len(other)) <= 3 and one.split()[0][:2] == other.split()[0][:2] and _near(one, other):
                found.append(
                    Diagnostic(
                        code="names_alike",
                        severity="info",
                        span=names[other][1:],
                        args={"one": names[one][0], "other": names[other][0]},
                    )
                )
    return found[:20]


def _near(one: str, other: str) -> bool:
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    a, b = set(one.split()), set(other.split())
    return (
        len(a ^ b) <= 2
        and len(a & b) * 3 >= len(a | b) * 2
        and len(a & b) >= 3
        and any(x[:2] == y[:2] for x in a - b for y in b - a)
    )


def _repealed(reading: Reading) -> list[Diagnostic]:
    issued = reading.head.issued
    if not issued:
        return []
    found = []
    for cited in [*reading.head.fields["legal_bases"], *reading.cited]:
        for pattern, ended, successor in _REPEALED:
            if pattern.search(cited["number"] or "") and issued >= ended:
                found.append(
                    Diagnostic(
                        code="repealed_law_cited",
                        span=tuple(cited["span"]),
                        args={"number": cited["number"], "ended": ended.isoformat(), "successor": successor},
                    )
                )
    return found


def _outside(reading: Reading) -> list[Diagnostic]:
    """A report due outside the plan's window, with half a year's grace for the final review."""
    period = reading.head.fields["period"]
    if not period:
        return []
    first, last = date.fromisoformat(period["from"]), date.fromisoformat(period["to"])
    found = []
    for duty in reading.duties:
        if duty.due and duty.due.date:
            due = date.fromisoformat(duty.due.date)
            if due < first or (due - last).days > 183:
                found.append(
                    Diagnostic(
                        code="due_outside_window", span=(duty.due.start, duty.due.end), args={"date": duty.due.date}
                    )
                )
    return found
