"""A read plan back as text: one clause a line, nothing broken, no noise, the same structure when it is read again.

Words stand as the source has them; only what copying did to them is undone: broken lines are joined, emphasis signs
and page furniture dropped, tables drawn with bars.
"""

from __future__ import annotations

import re
from typing import Any

from pcmt.core.reading.source import tidy

_SIGNS = {
    "part": "{}.",
    "article": "{}.",
    "roman": "{}.",
    "upper": "{}.",
    "arabic": "{}.",
    "dotted": "{}.",
    "letter": "{})",
    "paren": "{}",
    "dash": "-",
    "plus": "+",
    "star": "{}",
}
_DROPPED = ("page_number", "machine_text", "page_break_mid_sentence", "ocr_tail", "duplicate_name")
_RULER = re.compile(r"[-–—_=*~.·\s|:#]*\Z")


def print_plan(reading: dict[str, Any], text: str) -> str:
    """The plan of a reading as clean text.

    `reading` is the contract's object that `read` gave for `text`. What stands outside the outline (letterhead, title,
    preamble, closing) keeps its lines; each clause of the outline takes one line of its own behind an empty one.
    """
    noise = sorted(tuple(item["span"]) for item in reading["noise"] if item["type"] in _DROPPED)
    lines: list[str] = []
    at = 0
    for clause in reading["outline"]:
        start, end = clause["span"]
        outside = _outside(text, at, start, noise)
        if (
            clause["style"] == "row"
            and "|" not in text[start:end]
            and 2 <= len([line for line in outside if line]) <= 9
        ):
            outside = [
                "",
                "| " + " | ".join(line for line in outside if line) + " |",
            ]  # the head of a table told cell by cell
        lines += outside
        words = _words(text, clause["body"], end, noise)
        sign = _SIGNS.get(clause["style"], "").format(clause["label"] or "")
        if clause["style"] == "row":
            lines.append(_row(text, start, end))
        else:
            lines += ["", f"{sign} {words}".strip()]
        at = end
    lines += ["", *_outside(text, at, len(text), noise)]
    return "\n".join(lines).strip("\n") + "\n"


def _words(text: str, start: int, end: int, noise: list[tuple[int, ...]]) -> str:
    """The words of a stretch on one line, without the noise inside it."""
    kept, at = [], start
    for a, b in noise:
        if a >= at and b <= end:
            kept.append(text[at:a])
            at = b
    kept.append(text[at:end])
    return tidy(" ".join(kept))


def _outside(text: str, start: int, end: int, noise: list[tuple[int, ...]]) -> list[str]:
    """Lines outside the outline, each tidied; rulers and lines that are nothing but noise fall away."""
    lines, at = [], start
    for raw in text[start:end].split("\n"):
        stop = at + len(raw)
        noisy = any(a <= at and stop <= b for a, b in noise) or any(
            at <= a and b <= stop and len(text[a:b].strip("*_ ")) >= len(raw.strip(" *_#")) > 0 for a, b in noise
        )
        words = (
            _bar_line(raw)
            if raw.count("|") >= 2
            else raw.strip(" \t\r#*_>")
            if "  " in raw.strip()
            else tidy(raw).strip("#> ")
        )
        if words and not noisy and not _RULER.match(words):
            lines.append(words)
        elif not raw.strip() and lines and lines[-1]:
            lines.append("")
        at = stop + 1
    return lines


def _bar_line(raw: str) -> str:
    return "" if _RULER.match(raw) else " ".join(raw.split())


def _row(text: str, start: int, end: int) -> str:
    """A table's row with bars, also where the table had come one cell a line."""
    raw = text[start:end]
    if "|" in raw:
        return _bar_line(("" if raw.startswith("|") else "| ") + raw + ("" if raw.endswith("|") else " |"))
    return "| " + " | ".join(tidy(cell) for cell in raw.split("\n") if cell.strip()) + " |"
