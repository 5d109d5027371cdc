"""Targets as values, and the words that targets with and without a number share."""

from __future__ import annotations

import re
from typing import Any

from attrs import define, field

from pcmt.core.reading.lexicon import phrase
from pcmt.core.reading.outline import Clause
from pcmt.core.reading.source import Source

VERSUS = phrase(
    r"so (?:với|cùng) (?P<what>cùng kỳ(?: năm)?(?: (?P<same>20\d\d|trước))?|năm (?:học )?trước(?: liền kề)?|"
    r"năm (?P<year>20\d\d)|(?:số liệu|kết quả|thống kê)[^,.;]{0,40}?(?:năm (?P<stat>20\d\d))|"
    r"thời điểm[^,.;\"]{0,60}|giai đoạn (?P<stage>20\d\d ?- ?20\d\d)|(?:tháng|quý|tuần) trước|[^,.;]{3,40})"
)
ZERO = phrase(
    r"(?:(?:tuyệt đối|kiên quyết|cương quyết|quyết tâm|phấn đấu|bảo đảm|đảm bảo|cơ bản) )?"
    r"(?:không (?:để|xảy ra|phát sinh|tồn tại|bỏ sót|bỏ lọt|hình thành|tái (?:trồng|phát)|gia tăng)|"
    r"(?P<soft>không có|không còn|"
    r"xóa bỏ|chấm dứt|xóa (?:trắng|sạch)))(?!\w)",
    needs="không|xóa|chấm",
)
_STOP = re.compile(r"[,;.:()](?=\s|$)|\.\.\.|…|\(|\)| - ")


PHRASE = 300  # code points of a target at most


@define(eq=False)
class Target:
    """A target as read; `facts` holds what the contract says beside place and words."""

    start: int
    end: int
    clause: Clause
    facts: dict[str, Any]
    confidence: float
    numbers: list[tuple[int, int]] = field(factory=list)
    id: str = ""


@define(eq=False)
class Figure:
    """A number that measures something past, present or another's: never a target."""

    start: int
    end: int
    role: str
    value: int | float
    unit: str | None
    measure: str


def clause_stop(low: str, start: int, end: int) -> int:
    """The end of the clause that goes on at a place: the next comma, stop, colon or bracket."""
    stop = _STOP.search(low, start, end)
    return stop.start() if stop else end


def whole_words(low: str, start: int, end: int) -> int:
    """`end`, drawn back to the last whole word of [start, end)."""
    if end < len(low) and low[end - 1 : end].isalnum() and low[end].isalnum():
        blank = low.rfind(" ", start, end)
        return blank if blank > start else end
    return end


def read_baseline(source: Source, versus: re.Match[str]) -> dict[str, Any]:
    """What a change is measured against, from a match of `VERSUS`: kind, year and words ("so với năm 2025")."""
    words = source.plain(*versus.span("what"))
    low = words.lower()
    if low.startswith(("cùng kỳ", "cung ky")):
        year = int(versus["same"]) if versus["same"] and versus["same"].isdigit() else None
        return {"kind": "same_period", "year": year, "text": words}
    if low.startswith(("năm trước", "nam truoc", "năm học trước", "tháng trước", "quý trước", "tuần trước")):
        return {"kind": "previous_year", "year": None, "text": words}
    if versus["year"]:
        return {"kind": "year", "year": int(versus["year"]), "text": words}
    if versus["stat"] or low.startswith(("số liệu", "thống kê", "kết quả")):
        return {"kind": "statistic", "year": int(versus["stat"]) if versus["stat"] else None, "text": words}
    return {"kind": "event", "year": None, "text": words}
