"""Headings that name bodies: whom a clause addresses and where its own text begins."""

from __future__ import annotations

import re

from attrs import define

from pcmt.core.reading.agencies import Agency, read_list, split_names, verb_at
from pcmt.core.reading.lexicon import CLASS_RUN, HEAD, NAME_VERBS, VERB, phrase
from pcmt.core.reading.outline import Clause
from pcmt.core.reading.source import Source

REQUEST = phrase(r"(?:trân trọng )?(?:kính )?đề nghị(?! (?:các )?nội dung)(?: (?:các đồng chí|đồng chí))?:? ?")
ORDER = phrase(
    r"(?:giao(?: nhiệm vụ)?(?: cho)?|yêu cầu|phân công|đối với|trách nhiệm (?:của )?|nhiệm vụ của|"
    r"ủy quyền(?: cho)?):? (?!chỉ tiêu)"
)
_INTRO = phrase(
    r"(?:căn cứ|trên cơ sở|theo|nhận được|sau khi|từ|qua|để|nhằm|trong quá trình|trong phạm vi|hằng|hàng|định kỳ|"
    r"ngay sau|kể từ)\b[^:;]{0,260}?"
    r"(?:, ?(?P<a>)|(?P<b>yêu cầu |đề nghị |giao ))"
)
_GOVERNS = phrase(
    r"(?<!\w)(?:chủ trì|phối hợp|chịu trách nhiệm|có trách nhiệm|tham mưu|giúp|theo dõi|hướng dẫn|tổng hợp|"
    r"thường xuyên|đôn đốc|triển khai|tổ chức thực hiện)(?!\w)"
)
_GOVERNS_ANY = phrase(
    r"(?<!\w)(?:căn cứ|chủ động|tích cực|tăng cường|đẩy mạnh|thực hiện|triển khai|tổ chức (?!chính|đoàn|xã|thành)|"
    r"xây dựng|chủ trì|phối hợp|có trách nhiệm|theo chức năng)(?!\w)"
)


@define
class Heading:
    """What a heading says: the bodies named in [start, end) and how their own text follows.

    `mode` is assigned or requested; `run_in` a verb goes on without a colon; `alone` no words follow.
    """

    mode: str
    start: int
    end: int
    agencies: list[Agency]
    text: int  # where the words after the heading begin (end of clause when none follow)
    run_in: bool
    alone: bool


def read_heading(source: Source, clause: Clause, loose: bool = False) -> Heading | None:
    """The bodies that a clause's words open with, and where its own text begins.

    "3. Trạm Y tế, Trường Tiểu học xã", "Phòng Y tế: Tham mưu ...", "Sở Công Thương Quản lý ...", "Đề nghị Hội ...".
    With `loose`, an introduction may stand before the bodies ("Căn cứ ..., các sở, ban, ngành ... xây dựng").
    """
    low = source.low
    start, end = clause.body, clause.end
    mode = "assigned"
    at = start
    requested = source.match(REQUEST, at, end)
    if requested:
        mode, at = "requested", requested.end()
    else:
        ordered = source.match(ORDER, at, end)
        if ordered:
            at = ordered.end()
    while at < end and low[at] in ' "*':
        at += 1
    found = _bodies(source, at, end)
    if not found and loose:
        for opened in re.finditer(r", *|(?:yêu cầu|đề nghị|giao|yeu cau|de nghi) +", low[at : min(end, at + 320)]):
            begin = at + opened.end()
            if not source.match(HEAD, begin, end) or verb_at(source, begin, end) and not source.work[begin].isupper():
                continue
            candidate = _bodies(source, begin, end)
            if candidate and candidate[2]:
                if opened[0].startswith(("đề nghị", "de nghi")):
                    mode = "requested"
                found = candidate
                at = begin
                break
    if not found:
        return None
    agencies, last, run_in = found
    text = last
    while text < end and low[text] in " :.*;-":
        text += 1
    if run_in and clause.children and end - text < 16:
        return Heading(mode, at, end, split_names(source, at, end), end, False, True)
    if run_in and text < end and not source.match(VERB, text, end):  # an apposition between the body and its verb
        reach = min(end, text + 340)
        verb = source.search(_GOVERNS, text, reach) or next(
            (m for m in source.finditer(VERB, text, reach) if not _inside_name(source, m.start())), None
        )
        text = verb.start() if verb else text
    alone = text >= end
    return Heading(mode, at, last, agencies, min(text, end), run_in and not alone, alone)


def _bodies(source: Source, at: int, end: int) -> tuple[list[Agency], int, bool] | None:
    """Bodies from a place on, the end of their words, and whether a verb follows without a colon."""
    low = source.low
    whole = source.trim(at, end)[1]
    if (
        low.startswith(("các ", "cac "), at)
        and whole - at < 160
        and not re.search(r"[.;:]", low[at:whole])
        and not source.search(_GOVERNS_ANY, at, whole)
    ):
        run = source.match(CLASS_RUN, at, whole)
        if run and all(v.group(0) in NAME_VERBS for v in source.finditer(VERB, at, whole)):
            return split_names(source, at, whole), whole, False
    agencies, last = read_list(source, at, end)
    if agencies:
        rest = last
        while rest < end and low[rest] in " *":
            rest += 1
        if (
            rest >= end
            or low[rest] in ":.;"
            and (low[rest] == ":" or rest + 1 >= end or not low[rest + 1 : end].strip(" .*"))
        ):
            return agencies, last, False
        if source.match(VERB, rest, end):
            return agencies, last, True
        further = source.search(VERB, rest, min(end, rest + 44))
        if further and source.work[rest].islower() and not re.search(r"[,.;:()-]", low[rest : further.start()]):
            stop = source.trim(rest, further.start())[
                1
            ]  # "Đội Kiểm soát ma túy đôn đốc": lower-case words that end the name
            return split_names(source, at, stop), stop, True
        if low[rest] in "-(,":
            colon = low.find(":", rest, min(end, rest + 160))
            verb = next(
                (m for m in source.finditer(VERB, rest, min(end, rest + 320)) if not _inside_name(source, m.start())),
                None,
            )
            if colon >= 0 and (not verb or colon < verb.start() + 1 or low[rest] == "-"):
                if low[rest] == ",":
                    return split_names(source, at, colon), colon, False
                return agencies, last, False
            if verb and low[rest] in "-(":
                return agencies, last, True
            if verb and low[rest] == "," and verb.start() - rest <= 3:
                return agencies, last, True
        if source.work[rest].isupper() and rest > last:
            return agencies, last, True
        if low[rest] == ".":
            return agencies, last, False
    colon = low.find(":", at, min(end, at + 260))
    if colon > 0 and source.match(HEAD, at, end) and not re.search(r"[.;]", low[at:colon]):
        verb = source.search(VERB, at, colon)
        if not verb or source.work[at : at + 1].isupper() and colon - at < 120 and verb.start() > at + 3:
            return split_names(source, at, colon), colon, False
    if (
        source.match(HEAD, at, end)
        and end - at < 200
        and not re.search(r"[.:] ", low[at:end])
        and (not source.search(VERB, at, end) or (source.work[at].isupper() and not _sentence(source, at, end)))
    ):
        stop = source.trim(at, end)[1]
        return split_names(source, at, stop), stop, False
    return None


def _inside_name(source: Source, at: int) -> bool:
    if source.low.startswith(("chỉ đạo", "chi dao"), at) and source.low[max(0, at - 4) : at].rstrip().endswith("ban"):
        return True
    return source.low.startswith(("thường trực", "phòng chống", "phòng ngừa", "quản lý đô thị"), at) or source.low[
        at - 4 : at
    ] in ("quan",)


def _sentence(source: Source, at: int, end: int) -> bool:
    """Whether a heading candidate is really a sentence: a lower-case verb governs it."""
    for verb in source.finditer(VERB, at, end):
        if source.work[verb.start()].islower() and not _inside_name(source, verb.start()):
            return True
    return False
