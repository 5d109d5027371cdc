"""The letterhead: issuer, number, place and date, over whatever way its two columns were flattened."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from pcmt.core.diagnostics import Diagnostic
from pcmt.core.reading.agencies import name_end
from pcmt.core.reading.bodies import level_of, proper
from pcmt.core.reading.head import Head, Place
from pcmt.core.reading.lexicon import LEVELS, phrase
from pcmt.core.reading.lines import LOWER, UPPER, Line
from pcmt.core.reading.source import Source, tidy
from pcmt.core.text import fold

NATION = re.compile(
    r"C[ỘÔ]NG\s+H[ÒOÓ]?[ÀA]?\s+X[ÃA]\s+H[ỘÔ]I(?:\s+(?:CH[ỦU]\s+NGH[ĨI][ÃA]\s+VI[ỆÊẸEẾ]T\s+NAM|CN\s?VN))?|"
    r"CH[ỦU]\s+NGH[ĨI][ÃA]\s+VI[ỆÊẸEẾ]T\s+NAM|"
    r"[ĐD][ộôo]c\s+l[ậâa]p\s*[-–—,]?\s*T[ựưu]\s+do\s*[-–—,]?\s*H[ạa]nh\s+ph[úu]c|ĐẢNG\s+CỘNG\s+SẢN\s+VIỆT\s+NAM",
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
    rf"['’.-])[{UPPER}][^\W\d_]*){{0,5}})\s*,\s*(?P<date>ngày\s*(?:"
    rf"(?P<d2>\d{{1,2}})[ ]?[/.-][ ]?(?P<m2>\d{{1,2}})[ ]?[/.-][ ]?(?P<y2>\d{{4}})|"
    rf"(?P<d>\d{{1,2}}|[.…\s_]*)\s*tháng\s*(?P<m>\d{{1,2}}|"
    rf"[.…\s_]*)\s*năm\s*(?P<y>\d{{4}})))"
)
_LONE_DATE = re.compile(
    r"(?P<place>)(?P<date>ngày\s+(?P<d>\d{1,2})\s+tháng\s+(?P<m>\d{1,2})\s+năm\s+(?P<y>\d{4}))", re.IGNORECASE
)
_ISSUES = phrase(
    r"(?:ban hành|xây dựng|triển khai|đề ra|lập) ?(?:và triển khai )?(?:thực hiện )?(?:kế hoạch|chương trình|"
    r"phương án|đề án)"
)


_GAP = re.compile(r"\s*\|\s*|[ \u00a0]{3,}|\t+|\s*\*{2,}\s*|\s*<br\s*/?>\s*")
_PLACE_WORD = re.compile(rf"(?:{LEVELS}|CẤP|NGHỆ|KHU)\b", re.IGNORECASE)


_ISSUER_HEAD = re.compile(
    r"(?:ỦY|UỶ|UBND|HĐND|HỘI|SỞ|BỘ|PHÒNG|TRƯỜNG|BAN|CÔNG|CỤC|CHI|TỈNH ĐOÀN|THÀNH ĐOÀN|HUYỆN ĐOÀN|ĐOÀN|ĐẢNG|LIÊN|"
    r"TRUNG TÂM|VIỆN|TÒA|TOÀ|"
    r"TỔNG|ĐỘI|TRẠM|BỆNH|MTTQ|MẶT|QUÂN|CƠ SỞ|ĐỒN|NHÀ MÁY|"
    r"HUYỆN ỦY|TỈNH ỦY|THỊ ỦY|THÀNH ỦY|VĂN PHÒNG|BCH|BCĐ|KHO BẠC|HẠT)\b"
)


_BARE_LEVEL = re.compile(r"(?:tỉnh|thành phố|huyện|quận|thị xã|xã|phường|thị trấn|đặc khu)\Z", re.IGNORECASE)


def read_letterhead(source: Source, lines: list[Line], head: Head) -> None:
    """Issuer, its parent body, number, place and date from the lines above the title, into `head`."""
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
    parts = found.groupdict()
    day, month = ((parts.get(f"{name}2") or found[name] or "").strip(" .…_\n") for name in "dm")
    if not day or not month:
        head.remarks.append(Diagnostic(code="date_blank", span=span))
        return
    try:
        value = date(int(parts.get("y2") or found["y"]), int(month), int(day))
    except ValueError:
        head.remarks.append(Diagnostic(code="date_impossible", span=span))
        return
    head.fields["date"] = {"value": value.isoformat(), "span": span}


def _issuer_pieces(source: Source, start: int, end: int, fields: dict[str, Any]) -> list[Place]:
    """Stretches of a letterhead cell that may name the issuer: what is no state name, motto, number or date."""
    work = source.work
    taken = [found.span() for found in NATION.finditer(work, start, end)]
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


def find_issuer(source: Source, head: Head) -> None:
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
