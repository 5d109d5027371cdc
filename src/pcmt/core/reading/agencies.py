"""Names of bodies: where one begins, how far it goes, how a heading of several splits.

A name begins with a head word ("Công an", "Sở", "Hội", "các phòng, ban ..."), runs on over its field ("Lao động -
Thương binh và Xã hội"), its level and its place, and ends before the verb that governs it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from attrs import evolve, frozen

from pcmt.core.reading.lexicon import CLASS_RUN, FIELD_NAMES, HEAD, LEVELS, NAME_VERBS, VERB, phrase, words
from pcmt.core.reading.source import Source
from pcmt.core.text.fold import strip_marks

_FIELD = phrase(
    r"(?:" + "|".join(sorted(map(re.escape, FIELD_NAMES), key=len, reverse=True)).replace(r"\ ", " ") + r")(?!\w)"
)
_LEVEL = phrase(rf"(?:cấp (?:tỉnh|huyện|xã|thành phố|trên)|toàn (?:tỉnh|huyện|xã|phường)|{LEVELS})(?!\w)")
_TAIL = phrase(  # lower-case words that still belong to a name
    r"(?:nhân dân|tối cao|các cấp|các (?:xã|phường|thị trấn|huyện|quận|thị xã|thành phố|thành|thôn|ấp|khu phố|đơn vị|"
    r"địa phương|trường|"
    r"lớp|tổ|khối|đoàn thể|chi đoàn|chi hội|bản|tỉnh)(?:(?:,| và) (?:các )?(?:xã|phường|thị trấn|huyện|quận|thị xã|"
    r"thành phố|thành|thị|"
    r"đặc khu|thôn|ấp|khu phố|tổ dân phố|đơn vị|đoàn thể|bản)(?!\w))*|"
    r"(?:có )?liên quan|trực thuộc|khác|còn lại|địa phương|cơ sở|sở tại|thành viên|chức năng|chuyên môn|"
    r"kiểm sát|án|ở địa phương|"
    r"đóng trên địa bàn(?: (?:tỉnh|huyện|xã|phường|thị xã|thành phố))?|trên địa bàn(?: (?:tỉnh|huyện|xã|phường|"
    r"thị xã|thành phố))?|"
    r"thuộc (?:tỉnh|huyện|xã|phường|ubnd (?:tỉnh|huyện|xã|phường)|ủy ban nhân dân (?:tỉnh|huyện|xã|phường)|"
    r"thẩm quyền|trường|sở|phạm vi quản lý)|"
    r"chủ nhiệm|bộ môn|chuyên trách|học sinh|viên|đoàn thể|đoàn viên|"
    rf"{LEVELS})(?!\w)"
)
_NEW_HEAD = phrase(r"(?:các|những) (?=\w)")
_GROUP_LEVEL = phrase(rf"(?:{LEVELS})(?: [\w'’.-]+)*$")
_ABBREVIATION = re.compile(r"[A-ZĐ][A-ZĐ&.\d-]+\b")
_ORDINAL = re.compile(r"(?:số +)?\d{1,3}(?![\d%/])\b(?! +(?:tháng|ngày|tuần|quý|năm|lần))|[IVX]{1,4}\b")
_PLAIN_HEADS = phrase(  # names that never carry a level of their own
    r"(?:tỉnh đoàn|thành đoàn|huyện đoàn|quận đoàn|thị đoàn|hải đội|hải đoàn|các |những |mỗi |toàn thể|ban giám hiệu|"
    r"giáo viên|tổ |cán bộ|"
    r"công chức|lực lượng|nhà trường|đồn |đoàn (?:xã|phường|trường)|(?:tỉnh|thành|huyện|thị|đảng) ủy)"
)
_WITH_LEVEL = phrase(rf"(?:^|[ -])(?:{LEVELS})(?: |$)|khu vực|vùng \d")


APPOSITIONS = words(
    "cơ quan thường trực|cơ quan chủ trì|cơ quan đầu mối|đơn vị thường trực|đơn vị chủ trì|đơn vị đầu mối|"
    "thường trực ban chỉ đạo|đầu mối|co quan thuong truc|co quan chu tri|don vi dau moi"
)


LONGEST_FIELD = 100  # code points of a field of work
LONGEST_LIST = 4_000  # code points in which names are told apart; no list of bodies is longer


@frozen
class Agency:
    """A body as named: its words, its place (None when carried over), and whether the name was put together."""

    name: str
    start: int
    end: int
    inferred: bool = False


def verb_at(source: Source, at: int, end: int) -> str | None:
    """The governing verb that begins at a place, or None."""
    found = source.match(VERB, at, end)
    return found[0] if found else None


@lru_cache(maxsize=1)
def _bare_name_verbs() -> frozenset[str]:
    return frozenset(map(strip_marks, NAME_VERBS))


def name_end(source: Source, start: int, end: int) -> int:
    """Where the name that begins at a place with a head word ends; the place itself when no name begins there."""
    run = source.match(CLASS_RUN, start, end)
    head = source.match(HEAD, start, end)
    if run and not head and not source.low.startswith(("các ", "những ", "cac ", "nhung "), start):
        run = None
    at = max(run.end() if run else start, head.end() if head else start)
    if at == start:
        return start
    classes = bool(run and run.end() >= at and source.low.startswith(("các ", "những "), start))
    begun = at
    while at < end:
        gap = _past_blanks(source, at, end)
        further = _name_goes_on(source, at, gap, end, begun, classes) if gap < end else 0
        if not further:
            break
        at = further
    return at


def _past_blanks(source: Source, at: int, end: int) -> int:
    while at < end and source.low[at] == " ":
        at += 1
    return at


def _name_goes_on(source: Source, at: int, gap: int, end: int, begun: int, classes: bool) -> int:
    """The end of the next word of a name that has reached `at`; 0 when the name is over.

    `gap` is where the next word begins, `begun` where the words of the head ended; `classes` says that the name is
    a run of class words ("các phòng, ban"), which goes on over commas.
    """
    char = source.work[gap]
    found = source.match(_FIELD, gap, end)  # a known field of work, over its commas
    if found and (char.isupper() or not classes and not verb_at(source, gap, end)):
        return found.end()
    found = source.match(_TAIL, gap, end)
    if found:
        return found.end()
    if _governs(source, gap, end, begun, classes):
        return 0
    if char in "-–—" and source.low[gap] == "-":
        return _past_hyphen(source, gap, end)
    if char == "&":
        return gap + 1
    if char.isdigit():
        ordinal = _ORDINAL.match(source.work, gap, end)
        return ordinal.end() if ordinal and not (classes and at == begun) else 0
    if char.isupper():
        return _word_end(source, gap, end)
    joined = _joins(source, gap, end)
    if joined:
        return joined
    if char.islower() and not classes and _compound(source, at, gap, end, begun):
        return _word_end(source, gap, end)
    return _next_class(source, gap, end) if classes else 0


def _governs(source: Source, at: int, end: int, begun: int, classes: bool) -> bool:
    """Whether a verb begins that the body governs, so that its name is over ("Sở Y tế | tham mưu")."""
    verb = verb_at(source, at, end)
    if not verb:
        return False
    if classes or not source.work[at].isupper():
        return True
    if " " not in verb:
        after = _past_blanks(source, at + len(verb), end)
        if after < end and source.work[after].isupper():  # "Lý Tự Trọng": a proper name, no verb
            return False
    name_verbs = _bare_name_verbs() if source.bare else NAME_VERBS
    return " ".join(verb.split()) not in name_verbs or at - begun >= 3


def _past_hyphen(source: Source, at: int, end: int) -> int:
    """ "Trung tâm Chính trị - Hành chính": behind the hyphen another capitalised word that is no apposition; else 0."""
    after = _past_blanks(source, at + 1, end)
    if after >= end or not source.work[after].isupper() or source.low.startswith(APPOSITIONS, after):
        return 0
    inner = source.match(_FIELD, after, end)
    return inner.end() if inner else _word_end(source, after, end)


def _next_class(source: Source, at: int, end: int) -> int:
    """ "các phòng, ban và đoàn thể": the end of the class words behind a comma or "và"; else 0."""
    width = 1 if source.work[at] == "," else 2 if source.low.startswith("và ", at) else 0
    if not width:
        return 0
    after = _past_blanks(source, at + width, end)
    more = source.match(CLASS_RUN, after, end)
    return more.end() if more and not source.low.startswith(("ubnd", "ủy ban"), after) else 0


def _word_end(source: Source, at: int, end: int) -> int:
    while at < end and (
        source.work[at].isalnum() or source.work[at] in "'’.&/" and at + 1 < end and source.work[at + 1].isalnum()
    ):
        at += 1
    return at


def _joins(source: Source, at: int, end: int) -> int:
    """ "và" or a comma inside a proper name: both sides capitalised, no new head word behind it."""
    low, work = source.low, source.work
    if low.startswith("và ", at):
        after = at + 2
    elif low.startswith("của ", at):
        after = at + 3
    elif low.startswith("về ", at) and source.low[max(0, at - 12) : at].strip().endswith(("chỉ đạo", "tội phạm")):
        after = at + 2
    elif work[at] == ",":
        after = at + 1
    else:
        return 0
    while after < end and low[after] == " ":
        after += 1
    if after >= end or not work[after].isupper() or source.match(HEAD, after, end):
        return 0
    if work[at] == "," and not source.match(_FIELD, after, end):
        return 0
    return _word_end(source, after, end)


def _compound(source: Source, before: int, at: int, end: int, begun: int) -> bool:
    """A lower-case syllable that completes a capitalised word ("Quân sự", "Phụ nữ", "Kiểm sát")."""
    start = before
    while start > 0 and source.work[start - 1].isalnum():
        start -= 1
    word = source.work[start:before]
    if not word or not word[0].isupper():
        return False
    syllable = re.match(r"[^\W\d_]+", source.low[at:end])
    if not syllable or syllable[0] in _FUNCTION_WORDS:
        return False
    # a second lower-case syllable in a row is a new word, unless the name is written wholly so
    return before == begun or source.work[start:before][0].isupper()


_FUNCTION_WORDS = frozenset(
    "trước sau qua hằng hàng định đã đang sẽ được bị bằng cùng trong ngoài giữa vào từ đến tới nếu thì mà nhằm gồm "
    "các những mỗi theo trên dưới khi tại với "
    "cho của và có là do để về phải cần kịp thường không chậm muộn hoặc hay ở bởi rồi như gửi truoc sau qua hang "
    "dinh da dang duoc cung trong vao tu den neu thi "
    "cac nhung moi theo tren duoi khi tai voi cho cua va co la do de ve phai can khong".split()
)


def split_names(source: Source, start: int, end: int) -> list[Agency]:
    """The bodies named in a heading or list, left to right.

    "Viện kiểm sát nhân dân, Tòa án nhân dân thị xã": two, the level belongs to both. "các phòng, ban, đơn vị huyện":
    one.
    """
    end = min(end, start + LONGEST_LIST)
    pieces: list[tuple[int, int]] = []
    at = start
    begin = start
    low = source.low
    while at < end:
        if low[at] == "(":
            close = low.find(")", at, end)
            at = close + 1 if close >= 0 else at + 1
            continue
        if low[at] in ",;/" or low.startswith((" và ", " cùng ", " với ", " - "), at):
            width = 1 if low[at] in ",;/" else low.index(" ", at + 1) - at + 1
            after = at + width
            while after < end and low[after] == " ":
                after += 1
            if _opens_name(source, after, end, begin, at) and low[at] != "/" and not low.startswith(" - ", at):
                pieces.append((begin, at))
                begin = at = after
                continue
        at += 1
    pieces.append((begin, end))
    agencies = [agency for a, b in pieces if (agency := _agency(source, a, b))]
    return _share_level(agencies)


def _opens_name(source: Source, after: int, end: int, begin: int, at: int) -> bool:
    """Whether a new body begins after a comma or "và", rather than the next word of the same one."""
    if not source.match(HEAD, after, end):
        return False
    low = source.low
    run = source.match(CLASS_RUN, begin, end)
    lower = source.work[after].islower()
    if (
        run
        and run.start() == begin
        and run.end() > at
        and (lower or low.startswith(("mttq", "ubmttq", "mặt trận"), after))
    ):
        return False
    if run and run.start() == begin and lower and low.startswith(("các ", "những "), begin):
        more = source.match(CLASS_RUN, after, end)
        if more and not low.startswith(("ubnd", "ủy ban", "các ", "thủ trưởng", "công an"), after):
            return False
    fields = source.finditer(_FIELD, begin, min(end, at + LONGEST_FIELD))
    if any(field.start() < at < field.end() for field in fields):
        return False
    return not lower or low.startswith(_LOWER_HEADS, after)


# lower-case words that open a body of their own behind a comma, where others go on with the name before it
_LOWER_HEADS = words(
    "các |những |công an|ủy ban|chi cục|phòng |sở |ban |hội |lực lượng|cấp ủy|chính quyền|trung tâm|tổ |"
    "đội |trường |trạm |đơn vị|cơ quan|văn phòng|bộ đội|mặt trận|địa phương|giáo viên|doanh nghiệp|"
    "toàn thể|cán bộ|gia đình|viện |tòa |đoàn |bí thư|trưởng |thôn|khu phố|ban giám hiệu|nhà trường"
)


def _agency(source: Source, start: int, end: int) -> Agency | None:
    start, end = source.trim(start, end)
    while end > start and source.work[end - 1] in ",;:.-–*_ ":
        end -= 1
    if start >= end:
        return None
    bracket = source.work.find("(", start, end)
    stop = source.trim(start, bracket)[1] if bracket > start else end
    return Agency(source.plain(start, stop), start, end)


def _share_level(agencies: list[Agency]) -> list[Agency]:
    """Give the level at the end of a pair to the names before it that carry none."""
    if len(agencies) != 2 and len(agencies) != 3:
        return agencies
    from_last = _GROUP_LEVEL.of(False).search(agencies[-1].name.lower())
    last = agencies[-1]
    if not from_last or _PLAIN_HEADS.of(False).match(last.name.lower()):
        return agencies
    level = last.name[from_last.start() :].removeprefix("cơ sở ")  # "Trường Trung học cơ sở xã"
    return [
        agency
        if agency is last
        or _WITH_LEVEL.of(False).search(agency.name.lower())
        or _PLAIN_HEADS.of(False).match(agency.name.lower())
        else evolve(agency, name=f"{agency.name} {level}", inferred=True)
        for agency in agencies
    ]


def read_list(source: Source, start: int, end: int) -> tuple[list[Agency], int]:
    """The bodies listed from a place on, and where the list ends (before the governed verb or the stop).

    Reads "Sở Y tế, Công an tỉnh và các đơn vị liên quan" up to what they are to do.
    """
    at = begin = start
    low = source.low
    last = start
    while at < end:
        while at < end and low[at] == " ":
            at += 1
        stop = name_end(source, at, end)
        if stop <= at:
            break
        last = stop
        at = stop
        while at < end and low[at] == " ":
            at += 1
        if at < end and source.work[at] == "(":
            if low.startswith(("(qua ", "(thông qua "), at):
                break
            close = source.work.find(")", at, end)
            if close < 0:
                break
            last = at = close + 1
            while at < end and low[at] == " ":
                at += 1
        if at < end and source.work[at] in ",;":
            at += 1
        elif low.startswith("và ", at) or low.startswith("cùng ", at):
            at = low.index(" ", at)
        else:
            break
        after = at
        while after < end and low[after] == " ":
            after += 1
        if verb_at(source, after, end) and not source.match(HEAD, after, end):
            break
    if last <= begin:
        return [], start
    return split_names(source, begin, last), last
