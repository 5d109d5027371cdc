"""Documents cited by number, and the legal bases among them."""

from __future__ import annotations

import re
from typing import Any

from pcmt.core.reading.agencies import name_end
from pcmt.core.reading.head import Head, Place
from pcmt.core.reading.lexicon import DOC_TYPE, phrase
from pcmt.core.reading.source import Source
from pcmt.core.text import find_dates

BASE_VERB = phrase(r"(?:căn cứ|thực hiện|triển khai(?: thực hiện)?|theo|tiếp nhận|xét|thi hành|hưởng ứng)\b")
_CITATION = phrase(
    rf"(?P<type>{DOC_TYPE})(?: (?:liên tịch|phối hợp))?(?:(?: [^\d;,.\"()]{{3,90}}?|"
    rf"(?<=luật) [^\d;.\"()]{{3,110}}?)? số ?:? ?(?P<number>\d{{1,5}}(?: ?[-/] ?[\w&]+)*)|"
    rf" (?P<bare>\d{{1,5}}(?: ?[-/] ?[\w&]+)+)|"
    rf"(?<=luật)(?P<act> [^;.\d\"()]{{4,110}}?)(?= ngày \d{{1,2}}[/ ]))(?![\d%])",
    needs="số|/|luật",
)
_CITED_DATE = phrase(r"[ ,(]*(?:ngày|, ngày) ")
_CITED_ISSUER = phrase(r"[ ,)]*của ")


_RULERS = phrase(
    r"(?:thủ tướng chính phủ|chính phủ|bộ chính trị|ban bí thư(?: trung ương(?: đảng)?)?|quốc hội|"
    r"ủy ban thường vụ quốc hội|"
    r"ban chấp hành trung ương(?: đảng)?|chủ tịch nước|(?:ban thường vụ )?(?:tỉnh|thành|huyện|thị|quận|"
    r"đảng) ủy(?: (?:xã|phường|tỉnh))?|"
    r"ban thường vụ (?:tỉnh|thành|huyện|thị|đảng) ủy)"
)


def read_citation(source: Source, found: re.Match[str], end: int) -> dict[str, Any]:
    """A cited document from its match: type, number, date, issuer and place."""
    work, low = source.work, source.low
    written = work[slice(*found.span("number" if found["number"] else "bare"))] if not found["act"] else ""
    number = re.sub(r"\s+", "", written).rstrip(".,;-/") if written else None
    start, stop = found.start(), found.end()
    dated: str | None = None
    lead = source.match(_CITED_DATE, stop, end)
    days = find_dates(low, stop, min(end, stop + 45)) if lead or low[stop : stop + 2] in (" (", ", ") else []
    if days and days[0].start <= stop + 12 and days[0].year:
        value = days[0].on()
        dated = value.isoformat() if value else None
        stop = days[0].end
    issuer = None
    of = source.match(_CITED_ISSUER, stop, end)
    if of:
        last = _cited_issuer_end(source, of.end(), end)
        if last > of.end():
            issuer = source.plain(of.end(), last)
    return {
        "doc_type": source.plain(*found.span("type"))[:1].upper() + source.plain(*found.span("type"))[1:],
        "number": number,
        "date": dated,
        "issuer": issuer,
        "span": (start, stop),
    }


def _cited_issuer_end(source: Source, start: int, end: int) -> int:
    known = source.match(_RULERS, start, end)
    stop = name_end(source, start, end)
    return max(known.end() if known else start, stop)


def citations(source: Source, start: int, end: int) -> list[dict[str, Any]]:
    """Documents cited by number in a stretch of text, in order."""
    return [read_citation(source, found, end) for found in source.finditer(_CITATION, start, end)]


def read_bases(source: Source, place: Place, head: Head) -> None:
    """Documents cited before the first section, each number once, with the verb that brings them in."""
    low = source.low
    seen = {base["number"] for base in head.fields["legal_bases"]}
    for cited in citations(source, *place):
        key = cited["number"] or source.plain(*cited["span"])
        if (
            key in seen
            or cited["number"]
            and not re.search(r"[-/]", cited["number"])
            or not cited["number"]
            and not cited["date"]
        ):
            continue
        begin = max(low.rfind(";", place[0], cited["span"][0]), low.rfind("\n", place[0], cited["span"][0]), place[0])
        verbs = source.finditer(BASE_VERB, begin, cited["span"][0]) or source.finditer(
            BASE_VERB, place[0], cited["span"][0]
        )
        if not verbs:
            continue
        seen.add(key)
        role = source.plain(verbs[-1].start(), verbs[-1].end())
        head.fields["legal_bases"].append({"role": role[:1].upper() + role[1:], **cited})
        head.claims.append(cited["span"])
