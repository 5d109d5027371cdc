"""The closing of a document: to whom it goes and who signed it."""

from __future__ import annotations

import re
from typing import Any

from pcmt.core.reading.head import Head, Place
from pcmt.core.reading.lexicon import phrase
from pcmt.core.reading.lines import LOWER, UPPER, Line
from pcmt.core.reading.source import Source, tidy

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
PERSON = re.compile(
    rf"(?:(?:Thiếu|Trung|Thượng|Đại)\s+(?:tá|úy|tướng)\s+|(?:ThS|TS|PGS|GS|Bs|"
    rf"BS)\.?\s*)*(?P<name>[{UPPER}][{LOWER}]+(?:\s+[{UPPER}][{LOWER}]*\.?){{1,5}})\s*[*_|.]*\Z"
)
RECIPIENTS = phrase(r"nơi (?:nhận|gửi) ?:?")
_ARCHIVE = phrase(r"lưu ?:?")


_SIGN_LINE = re.compile(r"[\s|*_]*(?:(?:T/?M|KT|K/T|TL|T/L|TUQ)\.|T/M\s|Q\.\s*[A-ZĐ])")


_SEGMENT = re.compile(r"\s*\|\s*|[ \u00a0]{3,}|\t+|\s*<br\s*/?>\s*|\s*\*{3,}\s*")
_SIGN_INSIDE = re.compile(
    rf"(?<=[\w)\]:;.,*]) +(?=(?:\*\*)?(?:(?:T/?M|KT|K/T|TL|T/L|TUQ)\.\s*[{UPPER}]{{2}}|(?:PHÓ |Q\. )?(?:CHỦ TỊCH|"
    rf"BÍ THƯ|GIÁM ĐỐC|HIỆU TRƯỞNG|TRƯỞNG BAN|TRƯỞNG PHÒNG|CHÁNH VĂN PHÒNG))(?![{LOWER}]))"
)
_NAME_INSIDE = re.compile(rf"(?<=[.;]) +(?=(?:[{UPPER}][{LOWER}]+)(?: [{UPPER}][{LOWER}]+){{1,4}}\s*\Z)")
_GLUED_TITLE = re.compile(r"(?<=CHỦ TỊCH)(?=PHÓ CHỦ TỊCH)|(?<=GIÁM ĐỐC)(?=PHÓ GIÁM ĐỐC)|(?<=BÍ THƯ)(?=PHÓ BÍ THƯ)")


CLOSING = 400  # lines of a closing that are looked at
_NOTE = re.compile(r"\(([^()]*)\)")
_DASHED = re.compile(r"[-–—+•*]\s*")


_MARK = re.compile(rf"(T/?M|KT|K/T|TL|T/L|TUQ|Q)(?:\.\s*|(?<=/M)\s+)(?=[{UPPER}]{{2}})")


def closing_start(source: Source, lines: list[Line], floor: int) -> tuple[int, int | None]:
    """Index of the first line of the closing part, and of the line "Nơi nhận"."""
    recipients = next(
        (
            i
            for i in range(len(lines) - 1, floor - 1, -1)
            if lines[i].kind in ("text", "table")
            and (source.match(RECIPIENTS, _unquoted(source, lines[i]), lines[i].end))
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


def _signs(source: Source, line: Line) -> bool:
    text = source.work[line.start : line.end]
    stripped = text.strip("*_| ")
    if _SIGN_LINE.match(text) and stripped[:14].upper() == stripped[:14]:
        return True
    found = _SIGN_TITLE.match(stripped)
    return bool(found and found.end() >= min(len(stripped), 8) and (len(stripped) - found.end() < 40))


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


_NEXT_RECIPIENT = re.compile(r"; *[-–+] +")


def read_closing(source: Source, lines: list[Line], tail: int, recipients_at: int | None, head: Head) -> None:
    """Recipients and signer from the cells of the closing."""
    segments = _segments(source, lines[tail : tail + CLOSING])
    rest = _recipients(source, segments, head) if recipients_at is not None else segments
    _signer(source, rest, head)
    for a, b in rest:
        word = source.work[a:b].strip("*_ ")
        if len(word) <= 6 and word.isalpha() and not any(x < b and a < y for x, y in head.claims):
            head.noise.append((a, b, "ocr_tail"))


def _recipients(source: Source, segments: list[Place], head: Head) -> list[Place]:
    """The bullets of "Nơi nhận"; returns the segments that are none of them."""
    work = source.work
    rest: list[Place] = []
    items: list[list[int]] = []
    opened = closed = False
    dashed = any(_DASHED.match(work, a, b) for a, b in segments)
    for a, b in segments:
        label = source.match(RECIPIENTS, _skip_marks(source, a, b), b)
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
            while (next_one := _NEXT_RECIPIENT.search(work, begin, b)) is not None:  # several on one line
                items.append([begin, next_one.start()])
                begin = next_one.end()
            if begin < b:
                items.append([begin, b])
                closed = bool(source.match(_ARCHIVE, begin, b))
        elif (
            items
            and (work[a].islower() or work[a] in "(" or _open(work, items[-1]))
            and a - items[-1][1] < 90
            and not PERSON.match(work[a:b])
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


# What begins with a capital in the name of a post: the post itself, also behind "Phó", and the body it is held at.
_POST_WORD = re.compile(
    r"\A\w+|\b(?:công an|sở|(?<!xã )hội|trung tâm|văn phòng|thường trực|tiểu ban|thanh tra|đảng ủy)\b|"
    r"(?:(?<=\bphó )|(?<=\bquyền )|(?<=\bq\. )|(?<=\bq\.)|(?<=\bsở ))\w+"
)
_POST_PLACE = re.compile(r"(?:(?<=\btỉnh )|(?<=\bthành phố )|(?<=\bhuyện )|(?<=\bphường )|(?<=\bxã )(?!hội\b))[\w ]+")
_POST_SHORT = re.compile(r"\b(?:ubnd|hđnd|vp)\b")


def post_words(words: str) -> str:
    """A post as running text writes it (Decree 30/2020, annex II: posts begin with a capital letter).

    >>> post_words("PHÓ CHỦ TỊCH"), post_words("PHÓ GIÁM ĐỐC CÔNG AN TỈNH"), post_words("CHÁNH VĂN PHÒNG")
    ('Phó Chủ tịch', 'Phó Giám đốc Công an tỉnh', 'Chánh Văn phòng')
    """
    text = _POST_PLACE.sub(lambda match: match[0].title(), " ".join(words.lower().split()))
    text = _POST_WORD.sub(lambda match: match[0][:1].upper() + match[0][1:], text)
    return _POST_SHORT.sub(lambda match: match[0].upper(), text)


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
                post = post_words(source.plain(mark.end(), stop))
                acting = {
                    "value": f"{mark[1].replace('K/T', 'KT').replace('T/L', 'TL')}. {post}",
                    "span": source.trim(start, stop),
                }
                start = _skip_marks(source, max(stop, start + 1), b)
                continue
            title = _SIGN_TITLE.match(work, start, b)
            if title and title["position"] and position is None:
                post = post_words(source.plain(*title.span("position")))
                position = {"value": post, "span": title.span("position")}
                start = _skip_marks(source, title.end("position"), b)
                continue
            found = PERSON.match(work[start:b].rstrip("*_| "))
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
