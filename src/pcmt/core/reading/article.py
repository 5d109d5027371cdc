"""A press article that tells of a plan: its own title, date and author, and the plan its first sentence names."""

from __future__ import annotations

import re
from datetime import date

from pcmt.core.diagnostics import Diagnostic
from pcmt.core.reading.agencies import name_end
from pcmt.core.reading.bodies import level_of
from pcmt.core.reading.closing import PERSON
from pcmt.core.reading.head import Head, no_fields
from pcmt.core.reading.lexicon import phrase
from pcmt.core.reading.lines import Line
from pcmt.core.reading.source import Source, tidy
from pcmt.core.text import find_dates

_STAMP = phrase(
    r"(?:thứ \w+|chủ nhật|cn)?,? ?(?:ngày )?(?P<d>\d{1,2})[/-](?P<m>\d{1,2})[/-](?P<y>\d{4})(?: ?[|,-]? ?(?:lúc "
    r")?\d{1,2}[:h]\d{2}| ?\(?gmt)|"
    r"(?:\d{1,2}[:h]\d{2})[ ,|-]+(?:ngày )?(?P<d2>\d{1,2})[/-](?P<m2>\d{1,2})[/-](?P<y2>\d{4})|(?:cập nhật|"
    r"đăng)(?: lúc| ngày)?:? .{0,20}\d{4}"
)
_VIEWS = phrase(
    r"(?:lượt (?:xem|đọc)|tin đã đưa|in bài viết|xem theo ngày|đọc tiếp|chia sẻ|bình luận|tin liên quan|"
    r"tin cùng chuyên mục|tags?|nguồn|từ khóa)\b"
)
_CRUMBS = re.compile(r"Trang chủ\b|[^>»›\n]{1,60} [>»›] ")
_ISSUED_PLAN = phrase(
    r"(?:vừa |đã |mới |vừa mới )?(?:ký )?ban hành (?P<words>(?:kế hoạch|chương trình|đề án|phương án)(?: số [^ ,.;]+)?)"
)


def read_article(source: Source, lines: list[Line]) -> Head | None:
    """A press article that tells of a plan: stamp or counter, no type line, a sentence "X ban hành kế hoạch ..."."""
    texts = [line for line in lines if line.kind in ("text", "table")]
    if len(texts) < 3:
        return None
    stamped = next(
        (line for line in texts[:14] if source.search(_STAMP, line.start, line.end) and line.end - line.start < 160),
        None,
    )
    counted = next(
        (line for line in texts if source.match(_VIEWS, line.body, line.end) and line.end - line.start < 200), None
    )
    romans = sum(line.style == "roman" for line in texts)
    if romans >= 2 or not (stamped or counted):
        return None
    told = next(
        (
            found
            for line in texts[:14]
            if line is not texts[0]
            for found in source.finditer(_ISSUED_PLAN, line.start, line.end)
        ),
        None,
    )
    fields = {**no_fields(), "document_kind": "article_about_plan"}
    head = Head(fields, 0, len(lines))
    if _CRUMBS.match(source.work, texts[0].body, texts[0].end) and texts[1] is not stamped:
        head.noise.append((texts[0].start, texts[0].end, "page_furniture"))
        del texts[0]
    first = texts[0]
    fields["article_title"] = {"value": source.plain(first.body, first.end), "span": (first.body, first.end)}
    head.claims.append((first.start, first.end))
    if stamped:
        _stamp(source, stamped, head)
    head.body = lines.index(texts[1]) if texts[1] is not stamped else lines.index(texts[2])
    if told:
        _plan_told(source, told, head)
    _article_tail(source, texts, head, lines)
    return head


def _stamp(source: Source, line: Line, head: Head) -> None:
    """The time stamp of the page: "Thứ hai, 12/8/2024 | 09:15"."""
    fields = head.fields
    found = source.search(_STAMP, line.start, line.end)
    if found and (found["d"] or found["d2"]):
        try:
            value = date(int(found["y"] or found["y2"]), int(found["m"] or found["m2"]), int(found["d"] or found["d2"]))
            fields["article_date"] = {"value": value.isoformat(), "span": source.trim(*found.span())}
        except ValueError:
            pass
    head.claims.append((line.start, line.end))
    head.noise.append((line.start, line.end, "page_furniture"))


def _plan_told(source: Source, told: re.Match[str], head: Head) -> None:
    """Type, number, title and issuer of the plan from "X vừa ban hành Kế hoạch số 12/KH-UBND ... "."""
    fields = head.fields
    start, end = told.span("words")
    sentence = re.compile(r"[.;:](?=\s|\Z)|, *(?:trong đó|theo đó|với|nhằm|yêu cầu)\b").search(source.low, end)
    stop = sentence.start() if sentence else end
    line_end = source.work.find("\n", end)
    stop = min(stop, line_end if line_end >= 0 else len(source.work))
    fields["doc_type"] = {
        "value": "Kế hoạch" if source.low.startswith(("kế", "ke"), start) else source.plain(start, end).capitalize(),
        "span": (
            told.start(),
            start + len(source.work[start:end].split()[0]) + len(source.work[start:end].split()[1]) + 1,
        ),
    }
    number = re.compile(r"\s*(?:số\s+)?(\d+)/([A-ZĐ][\w-]*)").match(source.work, start + 8, stop)
    if number:
        fields["number"] = {
            "value": number[1],
            "symbol": number[2],
            "blank": False,
            "span": (number.start(1), number.end(2)),
        }
        head.claims.append((number.start(1), number.end(2)))
    begin = max(end, number.end() if number else 0)
    dated = re.compile(r"\s*,?\s*ngày\s+\d{1,2}/\d{1,2}/\d{4}").match(source.work, begin, stop)
    begin = dated.end() if dated else begin
    day = find_dates(source.low, dated.start(), dated.end()) if dated else []
    value = day[0].on() if day else None
    if value:
        fields["date"] = {"value": value.isoformat(), "span": (day[0].start, day[0].end)}
        head.claims.append((day[0].start, day[0].end))
    title = source.trim(begin, stop)
    while title[0] < title[1] and source.work[title[0]] in ",;:(":
        title = source.trim(title[0] + 1, title[1])
    if title[0] < title[1]:
        head.title = title
        fields["title"] = {"value": source.plain(*title), "span": title}
        head.claims.append(title)
    _article_issuer(source, told.start(), head)


def _article_issuer(source: Source, verb: int, head: Head) -> None:
    low = source.low
    begin = max(source.work.rfind("\n", 0, verb), low.rfind(". ", 0, verb)) + 1
    for found in re.finditer(r"[^\W\d_]+", source.work[begin:verb]):
        at = begin + found.start()
        if not source.work[at].isupper():
            continue
        stop = name_end(source, at, verb)
        if stop > at + 4:
            bracket = source.work.find("(", at, verb)
            end = source.trim(at, bracket)[1] if bracket > 0 else source.trim(at, verb)[1]
            end = max(end, stop) if bracket < 0 else end
            tail = re.compile(r"\s*,?\s*(?:vừa|đã|mới)\s*\Z").search(source.low, at, verb)
            if bracket < 0 and tail:
                end = source.trim(at, min(verb, tail.start()))[1]
            name = source.plain(at, end)
            if len(name) > 200:
                name, end = source.plain(at, stop), stop
            head.fields["issuer"] = {"name": name, "level": level_of(name), "in_header": False, "span": (at, end)}
            head.remarks.append(Diagnostic(code="issuer_inferred", severity="info", span=(at, end)))
            return


def _article_tail(source: Source, texts: list[Line], head: Head, lines: list[Line]) -> None:
    """By-line and page furniture after the last paragraph."""
    work = source.work
    stop = len(texts)
    for i in range(len(texts) - 1, 0, -1):
        line = texts[i]
        text = work[line.start : line.end].strip("*_ ")
        if source.match(_VIEWS, line.body, line.end) or len(text) < 4:
            head.noise.append((line.start, line.end, "page_furniture"))
            head.claims.append((line.start, line.end))
            stop = i
            continue
        name = PERSON.match(re.sub(r"\A(?:Tác giả|Bài|Tin|Ảnh|Theo|PV)\s*(?:,\s*ảnh)?\s*[:–-]\s*", "", text))
        if name and len(text) < 60 and not text.endswith("."):
            at = line.start + work[line.start : line.end].find(name["name"])
            head.fields["author"] = {"value": tidy(name["name"]), "span": (at, at + len(name["name"]))}
            head.claims.append((line.start, line.end))
            stop = i
        break
    if stop < len(texts):
        head.tail = lines.index(texts[stop])
