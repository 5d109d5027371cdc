"""The head and the tail of a plan: who issued it, its number, date, title, bases, signer and recipients.

Absent stays absent: a field is read from its own words or, flagged as inferred, from words that stand elsewhere in the
text; never guessed.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Any

from attrs import define, field

from pcmt.core.diagnostics import Diagnostic
from pcmt.core.reading.agencies import name_end
from pcmt.core.reading.lexicon import DOC_TYPE, LEVELS, phrase
from pcmt.core.reading.lines import LOWER, UPPER, Line
from pcmt.core.reading.source import Source, tidy
from pcmt.core.text import find_dates, fold

Place = tuple[int, int]

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
_NATION = re.compile(
    r"C[ỘÔ]NG\s+H[ÒOÓ]?[ÀA]?\s+X[ÃA]\s+H[ỘÔ]I(?:\s+CH[ỦU]\s+NGH[ĨI]A\s+VI[ỆÊẸE]T\s+NAM)?|"
    r"CH[ỦU]\s+NGH[ĨI]A\s+VI[ỆÊẸE]T\s+NAM|"
    r"[ĐD][ộôo]c\s+l[ậâa]p\s*[-–—]\s*T[ựưu]\s+do\s*[-–—]\s*H[ạa]nh\s+ph[úu]c|ĐẢNG\s+CỘNG\s+SẢN\s+VIỆT\s+NAM",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"(?:Số|SỐ)\s*:?\s*(?P<value>\d{{1,6}}[a-zA-Z]?)?[ .…_]*(?P<sep>[/–-])?\s*"
    rf"(?P<symbol>[{UPPER}][{UPPER}{LOWER}]*\d*(?:\s?[-–/&]\s?[{UPPER}][{UPPER}{LOWER}&]*\d*)*)?"
)
_BARE_NUMBER = re.compile(
    r"(?P<value>\d{1,6})\s*(?P<sep>[/–-])\s*(?P<symbol>[A-ZĐ][A-Za-zĐđ]*(?:[-–/&][A-ZĐ][A-Za-zĐđ&\d]*)+)"
)
_PLACE_DATE = re.compile(
    rf"(?P<place>[{UPPER}][^\W\d_]*(?:(?:[ \u00a0]|[ ]?\n[ ]?|"
    rf"['’.-])[{UPPER}][^\W\d_]*){{0,5}})\s*,\s*(?P<date>ngày\s*(?P<d>\d{{1,2}}|[.…\s_]*)\s*tháng\s*(?P<m>\d{{1,2}}|"
    rf"[.…\s_]*)\s*năm\s*(?P<y>\d{{4}}))"
)
_LONE_DATE = re.compile(
    r"(?P<place>)(?P<date>ngày\s+(?P<d>\d{1,2})\s+tháng\s+(?P<m>\d{1,2})\s+năm\s+(?P<y>\d{4}))", re.IGNORECASE
)
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
_BASE_VERB = phrase(r"(?:căn cứ|thực hiện|triển khai(?: thực hiện)?|theo|tiếp nhận|xét|thi hành|hưởng ứng)\b")
_ISSUES = phrase(
    r"(?:ban hành|xây dựng|triển khai|đề ra|lập) ?(?:và triển khai )?(?:thực hiện )?(?:kế hoạch|chương trình|"
    r"phương án|đề án)"
)
_CITATION = phrase(
    rf"(?P<type>{DOC_TYPE})(?: (?:liên tịch|phối hợp))?(?:(?: [^\d;,.\"()]{{3,90}}?|"
    rf"(?<=luật) [^\d;.\"()]{{3,110}}?)? số ?:? ?(?P<number>\d{{1,5}}(?: ?[-/] ?[\w&]+)*)|"
    rf" (?P<bare>\d{{1,5}}(?: ?[-/] ?[\w&]+)+)|"
    rf"(?<=luật)(?P<act> [^;.\d\"()]{{4,110}}?)(?= ngày \d{{1,2}}[/ ]))(?![\d%])"
)
_CITED_DATE = phrase(r"[ ,(]*(?:ngày|, ngày) ")
_CITED_ISSUER = phrase(r"[ ,)]*của ")
_SIGN_TITLE = re.compile(
    r"(?P<mark>(?:T/?M|KT|K/T|TL|T/L|TUQ|Q)\.?\s+)?(?P<position>(?:PHÓ\s+|QUYỀN\s+|"
    r"Q\.\s*)?(?:CHỦ\s+TỊCH(?:\s+THƯỜNG\s+TRỰC)?|BÍ\s+THƯ(?:\s+THƯỜNG\s+TRỰC)?|GIÁM\s+ĐỐC|HIỆU\s+TRƯỞNG|TRƯỞNG\s+BAN|"
    r"TRƯỞNG\s+PHÒNG|CỤC\s+TRƯỞNG|CHI\s+CỤC\s+TRƯỞNG|VỤ\s+TRƯỞNG|BỘ\s+TRƯỞNG|THỨ\s+TRƯỞNG|VIỆN\s+TRƯỞNG|"
    r"CHÁNH\s+VĂN\s+PHÒNG|CHÁNH\s+ÁN|TRƯỞNG\s+CÔNG\s+AN|"
    r"ĐỘI\s+TRƯỞNG|TRƯỞNG\s+ĐOÀN|HIỆU\s+PHÓ|CHỈ\s+HUY\s+TRƯỞNG|CHÍNH\s+TRỊ\s+VIÊN|TRƯỞNG\s+TIỂU\s+BAN|"
    r"TỔNG\s+GIÁM\s+ĐỐC|THỦ\s+TƯỚNG|TỔ\s+TRƯỞNG|CHÁNH\s+THANH\s+TRA|CHÁNH\s+VP|"
    rf"GIÁM\s+ĐỐC\s+CÔNG\s+AN|TƯ\s+LỆNH|CHỦ\s+NHIỆM|BAN\s+THƯỜNG\s+TRỰC|THƯỜNG\s+TRỰC)(?:\s+(?:CÔNG\s+AN|UBND|SỞ|HỘI|"
    rf"TRUNG\s+TÂM|THƯỜNG\s+TRỰC)[{UPPER} ]*)?)"
)
_NAME = re.compile(
    rf"(?:(?:Thiếu|Trung|Thượng|Đại)\s+(?:tá|úy|tướng)\s+|(?:ThS|TS|PGS|GS|Bs|"
    rf"BS)\.?\s*)*(?P<name>[{UPPER}][{LOWER}]+(?:\s+[{UPPER}][{LOWER}]*\.?){{1,5}})\s*[*_|.]*\Z"
)
_RECIPIENTS = phrase(r"nơi (?:nhận|gửi) ?:?")
_ARCHIVE = phrase(r"lưu ?:?")
CENTRAL_CITIES = ("hà nội", "hồ chí minh", "hải phòng", "đà nẵng", "cần thơ", "huế", "đồng nai")


@define(eq=False)
class Head:
    """What the head and tail say, and which lines belong to them.

    `body` and `tail` are indexes of lines: the numbered body lies between them.
    """

    fields: dict[str, Any]
    body: int
    tail: int
    preamble: Place | None = None
    title: Place | None = None
    remarks: list[Diagnostic] = field(factory=list)
    noise: list[tuple[int, int, str]] = field(factory=list)
    claims: list[Place] = field(factory=list)

    @property
    def issued(self) -> date | None:
        """The date of issue."""
        value = (self.fields.get("date") or {}).get("value")
        return date.fromisoformat(value) if value else None


def level_of(name: str) -> str:
    """The level of government of a body by its name: central, province, district, commune, school or other."""
    words = f" {fold(name)} "
    if re.search(
        r" (?:truong (?:mam non|mau giao|tieu hoc|thcs|thpt|trung hoc|pho thong|cao dang|dai hoc|chinh tri|ptdt\w*|"
        r"th|lien cap|trung cap)|nha truong|hoc vien|dai hoc) ",
        words,
    ):
        return "school"
    if re.search(r" (?:phuong|thi tran|dac khu) |(?<! thi)(?<! hop tac)(?<! hoi va) xa (?!hoi)", words):
        return "commune"
    if re.search(
        r" (?:huyen|quan|thi xa|thi doan|huyen doan|quan doan|thi uy|huyen uy|quan uy|tx) (?!doi|su|khu)", words
    ):
        return "district"
    city = re.search(r" (?:thanh pho|tp) (.*)$", words)
    if city:
        return (
            "province"
            if city[1].strip().startswith(tuple(map(fold, CENTRAL_CITIES))) or not city[1].strip()
            else "district"
        )
    if re.search(r" (?:tinh|so|tinh doan|tinh uy|thanh doan|thanh uy) ", words):
        return "province"
    if re.search(r" (?:trung uong|chinh phu|quoc gia|quoc hoi|thu tuong) ", words) or words.startswith(
        (" bo ", " tong ")
    ):
        return "central"
    return "other"


def proper(name: str) -> str:
    """A name in capitals as it is written in running text ("ỦY BAN NHÂN DÂN TỈNH KON TUM")."""
    if not name.isupper() or len(name) < 6:
        return name
    words = name.lower().split()
    place = False
    shown: list[str] = []
    for i, word in enumerate(words):
        if word in ("ubnd", "hđnd", "mttq", "thpt", "thcs", "tncs", "hcm", "tp", "tx", "ubmttq", "bcđ") or any(
            c.isdigit() for c in word
        ):
            shown.append(word.upper())
        elif place or i == 0:
            shown.append(word.capitalize())
        else:
            shown.append(word)
        if word in ("tỉnh", "huyện", "xã", "phường", "quận", "phố", "khu", "trấn") and (
            word != "xã" or shown[-2:-1] not in (["thị"], ["hợp"])
        ):
            place = i + 1 < len(words)
        if word == "xã" and i and words[i - 1] == "thị":
            place = True
    text = " ".join(shown)
    for field_name in ("sở", "phòng", "trường", "hội", "đoàn", "ban", "bộ", "cục", "trung tâm"):
        found = re.match(rf"({field_name}) (\w)(.*)", text, re.IGNORECASE)
        if found:
            text = f"{found[1]} {found[2].upper()}{found[3]}"
            break
    return text


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
    article = _article(source, lines, types)
    if article is not None:
        return article
    plan = next((t for t in reversed(types) if t[1].startswith(_PLAN_TYPES)), types[0] if types else None)
    wrapped = bool(plan and types and types[0][1] == "QUYẾT ĐỊNH" and plan[1] != "QUYẾT ĐỊNH")
    tail, recipients_at = _tail_start(source, lines, plan[0] if plan and wrapped else 0)
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
    _letterhead(source, lines[:letter_end], head)
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
        _bases(source, head.preamble, head)
    _closing(source, lines, tail, recipients_at, head)
    _issuer_elsewhere(source, head)
    return head


def _has_letterhead(source: Source, lines: list[Line], end: int) -> bool:
    first = lines[0].start if lines else 0
    stretch = source.work[first : lines[end - 1].end] if end else ""
    return bool(_NATION.search(stretch) or re.search(r"Số\s*:", stretch))


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
            and source.match(_BASE_VERB, line.body, line.end)
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


# ---- letterhead ----------------------------------------------------------------------------------------------------
_GAP = re.compile(r"\s*\|\s*|[ \u00a0]{3,}|\t+|\s*\*{2,}\s*|\s*<br\s*/?>\s*")
_PLACE_WORD = re.compile(rf"(?:{LEVELS}|CẤP|NGHỆ|KHU)\b", re.IGNORECASE)


def _letterhead(source: Source, lines: list[Line], head: Head) -> None:
    work, fields = source.work, head.fields
    if not lines:
        return
    start, end = lines[0].start, lines[-1].end
    number = _find_number(source, start, end)
    if number:
        fields["number"] = number
        head.claims.append(number["span"])
        if number["value"] is None:
            head.remarks.append(Diagnostic(code="number_blank", span=number["span"]))
    _find_place_date(source, start, end, head)
    names: list[Place] = []
    for line in lines:
        if line.kind in ("blank", "ruler", "page"):
            continue
        at = line.start
        for gap in [*_GAP.finditer(work, line.start, line.end), None]:
            stop = gap.start() if gap else line.end
            names += _issuer_pieces(source, at, stop, fields)
            at = gap.end() if gap else stop
    _join_issuer(source, names, head)


def _find_number(source: Source, start: int, end: int) -> dict[str, Any] | None:
    work = source.work
    for found in [*_NUMBER.finditer(work, start, end), *_BARE_NUMBER.finditer(work, start, end)]:
        value, symbol = found["value"], found["symbol"]
        if symbol and not re.search(r"[A-ZĐ]{2}", symbol):
            symbol = None
        if not value and not (symbol and (found["sep"] or "-" in symbol)):
            if not re.match(r"S[ốỐ]\s*:", found[0]):
                continue
            following = work[found.end() : found.end() + 12]
            if symbol is None and not following.strip(" .…_/-"):
                return {
                    "value": None,
                    "symbol": None,
                    "blank": True,
                    "span": source.trim(found.start(), found.start() + 3),
                }
            continue
        if value and not symbol and not re.match(r"S[ốỐ]\s*:", found[0]):
            continue
        begin = found.start("value") if value else found.start()
        stop = found.end("symbol") if symbol else found.end("value") if value else found.end()
        clean = re.sub(r"\s*([-–/&])\s*", r"\1", symbol).replace("–", "-") if symbol else None
        return {
            "value": value,
            "symbol": clean,
            "blank": value is None,
            "span": source.trim(begin, stop),
            "sep": found["sep"],
        }
    return None


def _find_place_date(source: Source, start: int, end: int, head: Head) -> None:
    work, fields = source.work, head.fields
    for found in _PLACE_DATE.finditer(work, start, end):
        place = found["place"]
        words = place.split()
        # a capitalised body name in front on the same line is not part of the place
        while len(words) > 1 and (words[0].isupper() and len(words[0]) > 1 or words[0] in ("Số", "Phúc", "phúc")):
            words = words[1:]
        begin = (
            found.start("place") + place.rfind(words[0]) if len(words) < len(place.split()) else found.start("place")
        )
        span = (begin, found.end("place"))
        fields["place"] = {"value": tidy(work[span[0] : span[1]]), "span": span}
        _set_date(source, found, head)
        return
    lone = _LONE_DATE.search(work, start, end)
    if lone:
        _set_date(source, lone, head)


def _set_date(source: Source, found: re.Match[str], head: Head) -> None:
    span = found.span("date")
    head.claims.append(span)
    day, month = found["d"].strip(" .…_\n"), found["m"].strip(" .…_\n")
    if not day or not month:
        head.remarks.append(Diagnostic(code="date_blank", span=span))
        return
    try:
        value = date(int(found["y"]), int(month), int(day))
    except ValueError:
        head.remarks.append(Diagnostic(code="date_impossible", span=span))
        return
    head.fields["date"] = {"value": value.isoformat(), "span": span}


def _issuer_pieces(source: Source, start: int, end: int, fields: dict[str, Any]) -> list[Place]:
    """Stretches of a letterhead cell that may name the issuer: what is no state name, motto, number or date."""
    work = source.work
    taken = [found.span() for found in _NATION.finditer(work, start, end)]
    if fields["number"]:
        a, b = fields["number"]["span"]
        label = work.rfind("Số", start, a + 1)
        taken.append((label if label >= start else a, b))
    for name in ("place", "date"):
        if fields[name]:
            taken.append(fields[name]["span"])
    pieces, at = [], start
    for a, b in sorted(taken):
        if a >= end or b <= start:
            continue
        if a > at:
            pieces.append((at, a))
        at = max(at, b)
    pieces.append((at, end))
    kept = []
    for a, b in pieces:
        a, b = source.trim(a, b)
        while a < b and work[a] in "-–—*_=|,.;:# ":
            a += 1
        while b > a and work[b - 1] in "-–—*_=|,.;:# ":
            b -= 1
        text = work[a:b]
        letters = [char for char in text if char.isalpha()]
        if (
            len(letters) >= 3
            and sum(map(str.isupper, letters)) * 10 >= len(letters) * 8
            and not text.startswith(("SỐ", "V/V"))
        ):
            kept.append((a, b))
    return kept


_ISSUER_HEAD = re.compile(
    r"(?:ỦY|UỶ|UBND|HĐND|HỘI|SỞ|BỘ|PHÒNG|TRƯỜNG|BAN|CÔNG|CỤC|CHI|TỈNH ĐOÀN|THÀNH ĐOÀN|HUYỆN ĐOÀN|ĐOÀN|ĐẢNG|LIÊN|"
    r"TRUNG TÂM|VIỆN|TÒA|TOÀ|"
    r"TỔNG|ĐỘI|TRẠM|BỆNH|MTTQ|MẶT|QUÂN|HUYỆN ỦY|TỈNH ỦY|THỊ ỦY|THÀNH ỦY|VĂN PHÒNG|BCH|BCĐ|KHO BẠC|HẠT)\b"
)


def _join_issuer(source: Source, names: list[Place], head: Head) -> None:
    work, fields = source.work, head.fields
    groups: list[list[Place]] = []
    for a, b in names:
        text = work[a:b]
        joined = " ".join(tidy(work[x:y]) for x, y in groups[-1]) if groups else ""
        if (
            groups
            and (
                _PLACE_WORD.match(text)
                and not re.search(rf"\b(?:{LEVELS})\b", joined, re.IGNORECASE)
                or not _ISSUER_HEAD.match(text)
                or joined.endswith((" VÀ", ",", "-", "ỦY", "UỶ"))
                or joined in ("BAN", "ỦY", "UỶ", "HỘI")
            )
            or (
                groups
                and re.fullmatch(r"(?:ĐOÀN TNCS HỒ CHÍ MINH|TỈNH \w.*)", text)
                and not re.search(r"TỈNH|HUYỆN|XÃ|PHƯỜNG", joined)
            )
        ):
            groups[-1].append((a, b))
        else:
            groups.append([(a, b)])
    bodies: list[dict[str, Any]] = []
    for group in groups:
        name = " ".join(tidy(work[a:b]) for a, b in group)
        span = (group[0][0], group[-1][1])
        contiguous = fold(work[span[0] : span[1]]) == fold(name)
        bodies.append(
            {
                "name": proper(name),
                "level": level_of(name),
                "in_header": True,
                "span": span if contiguous else group[0],
                **({} if contiguous else {"inferred": True}),
            }
        )
    bodies = [
        body for body in bodies if fold(body["name"]) not in ("doan tncs ho chi minh", "dang cong san viet nam")
    ] or bodies
    if not bodies:
        return
    issuer = bodies[-1]
    if len(bodies) >= 2:
        parent = bodies[-2]
        fields["parent_issuer"] = {k: v for k, v in parent.items() if k != "in_header"}
        if issuer["level"] == "other" and parent["level"] != "other":
            issuer["level"] = (
                parent["level"] if not parent["name"].lower().startswith(("bộ ", "tổng")) else issuer["level"]
            )
    fields["issuer"] = issuer
    head.claims += [tuple(body["span"]) for body in bodies]


def _issuer_elsewhere(source: Source, head: Head) -> None:
    """The issuer from "X ban hành kế hoạch", else from "TM. X"; flagged as not from the letterhead."""
    fields = head.fields
    if fields["issuer"]:
        _complete_issuer(source, head)
        return
    found: Place | None = None
    if head.preamble:
        found = _before_issues(source, *head.preamble)
    if not found and fields["signer"] and (fields["signer"].get("authority") or {}).get("body"):
        found = fields["signer"]["authority"]["body"]
    if not found:
        return
    start, end = found
    name = proper(source.plain(start, end))
    fields["issuer"] = {"name": name, "level": level_of(name), "in_header": False, "span": (start, end)}
    head.remarks.append(Diagnostic(code="issuer_inferred", severity="info", span=(start, end)))
    _complete_issuer(source, head)


def _before_issues(source: Source, start: int, end: int) -> Place | None:
    verb = source.search(_ISSUES, start, end)
    if not verb:
        return None
    low = source.low
    best: Place | None = None
    begin = (
        max(
            low.rfind(";", start, verb.start()),
            low.rfind(",", start, verb.start()),
            low.rfind(".", start, verb.start()),
            start - 1,
        )
        + 1
    )
    for cut in (begin, start):
        for found in re.finditer(r"[^\W\d_]+", source.work[cut : verb.start()]):
            at = cut + found.start()
            if not source.work[at].isupper():
                continue
            stop = name_end(source, at, verb.start())
            if stop > at + 4 and (best is None or stop > best[1]):
                best = source.trim(at, stop)
                break
        if best:
            break
    return best


_BARE_LEVEL = re.compile(r"(?:tỉnh|thành phố|huyện|quận|thị xã|xã|phường|thị trấn|đặc khu)\Z", re.IGNORECASE)


def _complete_issuer(source: Source, head: Head) -> None:
    """ "Ủy ban nhân dân tỉnh" without its province takes the one that the text names most often after that level."""
    issuer = head.fields["issuer"]
    bare = _BARE_LEVEL.search(issuer["name"])
    if not bare:
        return
    level = bare[0].lower()
    counts: dict[str, list[int]] = {}
    pattern = re.compile(rf"(?<!\w){level}\s+((?:[{UPPER}][{LOWER}]+)(?:\s+[{UPPER}][{LOWER}]+){{0,3}})")
    for found in pattern.finditer(source.work):
        name = " ".join(found[1].split())
        if fold(name).split()[0] in ("uy", "doan", "doi"):
            continue
        counts.setdefault(name, []).append(found.start(1))
    place = (head.fields["place"] or {}).get("value")
    best = max(counts, key=lambda name: (len(counts[name]), name == place), default=None)
    if best is None and place and level in ("tỉnh", "xã", "phường", "thị trấn", "huyện"):
        best = place
    if best:
        issuer["name"] = f"{issuer['name']} {best}"
        issuer["inferred"] = True
        issuer["level"] = level_of(issuer["name"])


# ---- decision wrappers ---------------------------------------------------------------------------------------------
def _wrapper(source: Source, lines: list[Line], decision: tuple[int, str, int, int], plan: Any, head: Head) -> None:
    """A plan attached to a decision: bases and preamble stand before the plan, in the decision."""
    texts = [line for line in lines[decision[0] + 1 : plan[0]] if line.kind == "text"]
    if texts:
        _bases(source, (texts[0].start, texts[-1].end), head)
    texts = [line for line in lines[decision[0] + 1 : plan[0]] if line.kind == "text"]
    stop = next(
        (i for i in range(decision[0], plan[0]) if source.match(_RECIPIENTS, lines[i].body, lines[i].end)), None
    )
    if stop is not None:
        _closing(source, lines[: plan[0]], stop, stop, head)


# ---- legal bases ---------------------------------------------------------------------------------------------------
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


_RULERS = phrase(
    r"(?:thủ tướng chính phủ|chính phủ|bộ chính trị|ban bí thư(?: trung ương(?: đảng)?)?|quốc hội|"
    r"ủy ban thường vụ quốc hội|"
    r"ban chấp hành trung ương(?: đảng)?|chủ tịch nước|(?:ban thường vụ )?(?:tỉnh|thành|huyện|thị|quận|"
    r"đảng) ủy(?: (?:xã|phường|tỉnh))?|"
    r"ban thường vụ (?:tỉnh|thành|huyện|thị|đảng) ủy)"
)


def citations(source: Source, start: int, end: int) -> list[dict[str, Any]]:
    """Documents cited by number in a stretch of text, in order."""
    return [read_citation(source, found, end) for found in source.finditer(_CITATION, start, end)]


def _bases(source: Source, place: Place, head: Head) -> None:
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
        verbs = source.finditer(_BASE_VERB, begin, cited["span"][0]) or source.finditer(
            _BASE_VERB, place[0], cited["span"][0]
        )
        if not verbs:
            continue
        seen.add(key)
        role = source.plain(verbs[-1].start(), verbs[-1].end())
        head.fields["legal_bases"].append({"role": role[:1].upper() + role[1:], **cited})
        head.claims.append(cited["span"])


# ---- closing -------------------------------------------------------------------------------------------------------
def _tail_start(source: Source, lines: list[Line], floor: int) -> tuple[int, int | None]:
    """Index of the first line of the closing part, and of the line "Nơi nhận"."""
    recipients = next(
        (
            i
            for i in range(len(lines) - 1, floor - 1, -1)
            if lines[i].kind in ("text", "table")
            and (source.match(_RECIPIENTS, _unquoted(source, lines[i]), lines[i].end))
        ),
        None,
    )
    half = floor + (len(lines) - floor) // 2
    signs = [
        i
        for i in range(max(half, len(lines) - 80 if len(lines) > 120 else half), len(lines))
        if lines[i].kind in ("text", "table") and lines[i].end - lines[i].start < 160 and _signs(source, lines[i])
    ]
    if recipients is not None and recipients - floor < (len(lines) - floor) // 4:
        recipients = None
    if recipients is None:
        return (signs[0] if signs else len(lines)), None
    before = [i for i in signs if recipients - 12 <= i < recipients]
    return (before[0] if before else recipients), recipients


def _unquoted(source: Source, line: Line) -> int:
    at = line.start
    while at < line.end and source.work[at] in "*_| \t":
        at += 1
    return at


_SIGN_LINE = re.compile(r"[\s|*_]*(?:(?:T/?M|KT|K/T|TL|T/L|TUQ)\.|T/M\s|Q\.\s*[A-ZĐ])")


def _signs(source: Source, line: Line) -> bool:
    text = source.work[line.start : line.end]
    stripped = text.strip("*_| ")
    if _SIGN_LINE.match(text) and stripped[:14].upper() == stripped[:14]:
        return True
    found = _SIGN_TITLE.match(stripped)
    return bool(found and found.end() >= min(len(stripped), 8) and (len(stripped) - found.end() < 40))


_SEGMENT = re.compile(r"\s*\|\s*|[ \u00a0]{3,}|\t+|\s*<br\s*/?>\s*")
_SIGN_INSIDE = re.compile(
    rf"(?<=[\w)\]:;.,*]) +(?=(?:\*\*)?(?:(?:T/?M|KT|K/T|TL|T/L|TUQ)\.\s*[{UPPER}]{{2}}|(?:PHÓ |Q\. )?(?:CHỦ TỊCH|"
    rf"BÍ THƯ|GIÁM ĐỐC|HIỆU TRƯỞNG|TRƯỞNG BAN|TRƯỞNG PHÒNG|CHÁNH VĂN PHÒNG))(?![{LOWER}]))"
)
_NAME_INSIDE = re.compile(rf"(?<=[.;]) +(?=(?:[{UPPER}][{LOWER}]+)(?: [{UPPER}][{LOWER}]+){{1,4}}\s*\Z)")
_GLUED_TITLE = re.compile(r"(?<=CHỦ TỊCH)(?=PHÓ CHỦ TỊCH)|(?<=GIÁM ĐỐC)(?=PHÓ GIÁM ĐỐC)|(?<=BÍ THƯ)(?=PHÓ BÍ THƯ)")


def _segments(source: Source, lines: list[Line]) -> list[Place]:
    """The closing's cells one by one, however its two columns were flattened: bars, gaps, breaks, one line for both."""
    work = source.work
    found: list[Place] = []
    for line in lines:
        if line.kind in ("blank", "ruler", "page"):
            continue
        at = line.start
        for gap in [*_SEGMENT.finditer(work, line.start, line.end), None]:
            stop = gap.start() if gap else line.end
            pieces = [(at, stop)]
            at = gap.end() if gap else stop
            for cut in (_SIGN_INSIDE, _NAME_INSIDE, _GLUED_TITLE):
                divided: list[Place] = []
                for a, b in pieces:
                    inner = (
                        None if cut is _NAME_INSIDE and not re.match(r"[-–+*•]", work[a:b]) else cut.search(work[a:b])
                    )
                    if inner and re.fullmatch(
                        r"[*\s]*(?:T/?M|K/?T|T/?L|TUQ|Q|PHÓ|QUYỀN|.*\bPHÓ)\.?", work[a : a + inner.start()]
                    ):
                        inner = None
                    divided += [(a, a + inner.start()), (a + inner.end(), b)] if inner else [(a, b)]
                pieces = divided
            for a, b in pieces:
                a, b = source.trim(a, b)
                while a < b and work[a] in "|\\":
                    a, b = source.trim(a + 1, b)
                if a < b and re.search(r"\w", work[a:b]):
                    found.append((a, b))
    return found


def _closing(source: Source, lines: list[Line], tail: int, recipients_at: int | None, head: Head) -> None:
    """Recipients and signer from the cells of the closing."""
    segments = _segments(source, lines[tail : tail + CLOSING])
    rest = _recipients(source, segments, head) if recipients_at is not None else segments
    _signer(source, rest, head)
    for a, b in rest:
        word = source.work[a:b].strip("*_ ")
        if len(word) <= 6 and word.isalpha() and not any(x < b and a < y for x, y in head.claims):
            head.noise.append((a, b, "ocr_tail"))


CLOSING = 400  # lines of a closing that are looked at
_NOTE = re.compile(r"\(([^()]*)\)")
_DASHED = re.compile(r"[-–—+•*]\s*")


def _recipients(source: Source, segments: list[Place], head: Head) -> list[Place]:
    """The bullets of "Nơi nhận"; returns the segments that are none of them."""
    work = source.work
    rest: list[Place] = []
    items: list[list[int]] = []
    opened = closed = False
    dashed = any(_DASHED.match(work, a, b) for a, b in segments)
    for a, b in segments:
        label = source.match(_RECIPIENTS, _skip_marks(source, a, b), b)
        if not opened and label:
            opened = True
            a = label.end()
            while a < b and work[a] in "*_: ":
                a += 1
            if a >= b:
                continue
        dash = _DASHED.match(work, a, b)
        if not opened or closed and not dash:
            rest.append((a, b))
            continue
        if not dash and (
            _SIGN_LINE.match(work[a:b])
            or _SIGN_TITLE.match(work[a:b].strip("*_ "))
            or (items and not _open(work, items[-1]) and dashed)
        ):
            rest.append((a, b))
            continue
        if dash or not dashed:
            begin = dash.end() if dash else a
            begin, b = source.trim(begin, b)
            if begin < b:
                items.append([begin, b])
                closed = bool(source.match(_ARCHIVE, begin, b))
        elif (
            items
            and (work[a].islower() or work[a] in "(" or _open(work, items[-1]))
            and a - items[-1][1] < 90
            and not _NAME.match(work[a:b])
        ):
            items[-1][1] = b
        else:
            rest.append((a, b))
    for a, b in items:
        while b > a and work[b - 1] in ";.,*_| ":
            b -= 1
        if a < b:
            _recipient(source, a, b, head)
    return rest


def _open(work: str, item: list[int]) -> bool:
    """Whether an item goes on: its words so far end in no stop sign."""
    return work[item[0] : item[1]].rstrip("* ")[-1:] not in (";", ".", ")")


def _recipient(source: Source, a: int, b: int, head: Head) -> None:
    work = source.work
    archive = source.match(_ARCHIVE, a, b)
    if archive:
        values = [tidy(v).strip(" .;") for v in re.split(r"[,;]", work[archive.end() : b]) if v.strip(" .;*")]
        head.fields["archive"] = {"value": values, "span": (a, b)}
        head.claims.append((a, b))
        return
    notes = list(_NOTE.finditer(work, a, b))
    value = source.plain(a, notes[0].start()) if notes and notes[0].start() > a else source.plain(a, b)
    note = tidy(notes[-1][1]) if notes else None
    units = re.findall(r"[A-Z]{1,4}\d{2}", note or "")
    head.fields["recipients"].append(
        {"value": value.rstrip(" ;."), "note": None if units else note, "units": units, "span": (a, b)}
    )
    head.claims.append((a, b))


def _skip_marks(source: Source, at: int, end: int) -> int:
    while at < end and source.work[at] in "*_| ":
        at += 1
    return at


def _signer(source: Source, segments: list[Place], head: Head) -> None:
    fields, work = head.fields, source.work
    authority: dict[str, Any] | None = None
    acting: dict[str, Any] | None = None
    position: dict[str, Any] | None = None
    name: dict[str, Any] | None = None
    i = 0
    while i < len(segments):
        a, b = segments[i]
        i += 1
        start = _skip_marks(source, a, b)
        while start < b:
            mark = _MARK.match(work, start, b)
            if mark and mark[1] in ("TM", "T/M") and authority is None:
                stop = _upper_end(work, mark.end(), b)
                while i < len(segments) and stop >= b - 4:
                    x, y = segments[i]
                    words = work[x:y].strip("*_ ")
                    if not words.isupper() or _SIGN_TITLE.match(words) or _SIGN_LINE.match(words) or len(words) < 3:
                        break
                    stop, b = source.trim(x, y)[1], y
                    i += 1
                authority = {
                    "value": mark[0].strip(),
                    "span": source.trim(start, stop),
                    "body": source.trim(mark.end(), stop),
                }
                start = _skip_marks(source, max(stop, start + 1), b)
                continue
            if mark and mark[1] not in ("TM", "T/M") and acting is None:
                after = _SIGN_TITLE.match(work, mark.end(), b)
                stop = after.end("position") if after else _upper_end(work, mark.end(), b)
                words = source.plain(mark.end(), stop).lower()
                acting = {
                    "value": f"{mark[1].replace('K/T', 'KT').replace('T/L', 'TL')}. {words[:1].upper()}{words[1:]}",
                    "span": source.trim(start, stop),
                }
                start = _skip_marks(source, max(stop, start + 1), b)
                continue
            title = _SIGN_TITLE.match(work, start, b)
            if title and title["position"] and position is None:
                words = source.plain(*title.span("position")).lower()
                position = {"value": words[:1].upper() + words[1:], "span": title.span("position")}
                start = _skip_marks(source, title.end("position"), b)
                continue
            found = _NAME.match(work[start:b].rstrip("*_| "))
            if found and position is not None and name is None:
                name = {"value": tidy(found["name"]), "span": (start + found.start("name"), start + found.end("name"))}
            elif found and name is not None and tidy(found["name"]) == name["value"]:
                head.noise.append((start, b, "duplicate_name"))
                head.claims.append((start, b))
            break
    if position is None and authority is None:
        return
    for part in (acting, position):  # "KT. CHỦ TỊCHPHÓ CHỦ TỊCH": glued words are taken apart
        if (
            part
            and part["span"][1] < len(work)
            and work[part["span"][1] : part["span"][1] + 1].isalpha()
            or part
            and part["span"][0]
            and work[part["span"][0] - 1].isalpha()
        ):
            part["inferred"] = True
    fields["signer"] = {"authority": authority, "acting_for": acting, "position": position, "name": name}
    head.claims += [tuple(part["span"]) for part in (authority, acting, position, name) if part]


_MARK = re.compile(rf"(T/?M|KT|K/T|TL|T/L|TUQ|Q)(?:\.\s*|(?<=/M)\s+)(?=[{UPPER}]{{2}})")


def _upper_end(work: str, start: int, end: int) -> int:
    at = start
    last = start
    while at < end:
        if work[at].isalpha():
            if work[at].islower():
                break
            last = at + 1
        at += 1
    return last


# ---- articles ------------------------------------------------------------------------------------------------------
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
_ISSUED_PLAN = phrase(
    r"(?:vừa |đã |mới |vừa mới )?(?:ký )?ban hành (?P<words>(?:kế hoạch|chương trình|đề án|phương án)(?: số [^ ,.;]+)?)"
)


def _article(source: Source, lines: list[Line], types: list[Any]) -> Head | None:
    """A press article that tells of a plan: stamp or counter, no type line, a sentence "X ban hành kế hoạch ..."."""
    if types:
        return None
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
    fields |= {"legal_bases": [], "recipients": [], "document_kind": "article_about_plan"}
    head = Head(fields, 0, len(lines))
    first = texts[0]
    fields["article_title"] = {"value": source.plain(first.body, first.end), "span": (first.body, first.end)}
    head.claims.append((first.start, first.end))
    if stamped:
        found = source.search(_STAMP, stamped.start, stamped.end)
        if found and (found["d"] or found["d2"]):
            try:
                value = date(
                    int(found["y"] or found["y2"]), int(found["m"] or found["m2"]), int(found["d"] or found["d2"])
                )
                fields["article_date"] = {"value": value.isoformat(), "span": source.trim(*found.span())}
            except ValueError:
                pass
        head.claims.append((stamped.start, stamped.end))
        head.noise.append((stamped.start, stamped.end, "page_furniture"))
    head.body = lines.index(texts[1]) if texts[1] is not stamped else lines.index(texts[2])
    if told:
        start, end = told.span("words")
        sentence = re.compile(r"[.;:](?=\s|\Z)").search(source.low, end)
        stop = sentence.start() if sentence else end
        line_end = source.work.find("\n", end)
        stop = min(stop, line_end if line_end >= 0 else len(source.work))
        fields["doc_type"] = {
            "value": "Kế hoạch"
            if source.low.startswith(("kế", "ke"), start)
            else source.plain(start, end).capitalize(),
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
        title = source.trim(begin, stop)
        while title[0] < title[1] and source.work[title[0]] in ",;:(":
            title = source.trim(title[0] + 1, title[1])
        if title[0] < title[1]:
            head.title = title
            fields["title"] = {"value": source.plain(*title), "span": title}
            head.claims.append(title)
        _article_issuer(source, told.start(), head)
    _article_tail(source, texts, head, lines)
    return head


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
        name = _NAME.match(re.sub(r"\A(?:Tác giả|Bài|Tin|Ảnh|Theo|PV)\s*(?:,\s*ảnh)?\s*[:–-]\s*", "", text))
        if name and len(text) < 60 and not text.endswith("."):
            at = line.start + work[line.start : line.end].find(name["name"])
            head.fields["author"] = {"value": tidy(name["name"]), "span": (at, at + len(name["name"]))}
            head.claims.append((line.start, line.end))
            stop = i
        break
    if stop < len(texts):
        head.tail = lines.index(texts[stop])


# ---- period --------------------------------------------------------------------------------------------------------
YEARS = phrase(
    r"(?:giai đoạn|từ năm|các năm|nhiệm kỳ)? ?(?P<a>(?:19|20)\d\d) ?(?:-|"
    r"đến(?: hết)?(?: năm)?) ?(?:năm )?(?P<b>(?:19|20)\d\d)(?!\d)"
)
SCHOOL_YEAR = phrase(r"năm học (?P<a>20\d\d) ?- ?(?P<b>20\d\d)")
YEAR = phrase(r"(?<![/\d])năm (?P<a>(?:19|20)\d\d)(?!\d)(?! ?-)")
_QUARTER = phrase(
    r"(?:quý (?P<q>iv|iii|ii|i|[1-4])|tháng (?P<m>\d{1,2})|6 tháng (?P<h>đầu|cuối) năm)[ /,]*(?:năm )?(?P<y>20\d\d)"
)


def title_period(source: Source, title: Place) -> dict[str, Any] | None:
    """The period that the title's own years state."""
    found = source.search(SCHOOL_YEAR, *title)
    if found:
        return None
    found = source.search(YEARS, *title)
    if found:
        return {
            "from": f"{found['a']}-01-01",
            "to": f"{found['b']}-12-31",
            "source": "title",
            "span": source.trim(*found.span()),
        }
    found = source.search(_QUARTER, *title)
    if found:
        year = int(found["y"])
        if found["q"]:
            quarter = {"i": 1, "ii": 2, "iii": 3, "iv": 4}.get(found["q"]) or int(found["q"])
            first, last = quarter * 3 - 2, quarter * 3
        elif found["h"]:
            first, last = (1, 6) if found["h"] in ("đầu", "dau") else (7, 12)
        else:
            first = last = int(found["m"])
        if 1 <= first <= 12:
            return {
                "from": date(year, first, 1).isoformat(),
                "to": date(year, last, calendar.monthrange(year, last)[1]).isoformat(),
                "source": "title",
                "span": source.trim(*found.span()),
            }
    years = source.finditer(YEAR, *title)
    if years:
        found = years[-1]
        before = source.low[max(title[0], found.start() - 5) : found.start()].rstrip()
        if before.endswith(("đến", "den")):
            return None
        return {
            "from": f"{found['a']}-01-01",
            "to": f"{found['a']}-12-31",
            "source": "title",
            "span": source.trim(*found.span()),
        }
    return None
