"""Report duties: who reports what to whom, how often and by when, and what has to be sent in.

One duty is one reporter group, one period or kind, one due (contract R1). Periods come from the words around "báo cáo",
else from the recurrence of the due date; a report with a single dated due happens once.
"""

from __future__ import annotations

import re
from datetime import date

from attrs import define, evolve, field

from pcmt.core.reading.agencies import Agency, read_list, split_names
from pcmt.core.reading.lexicon import HEAD, VERB, phrase
from pcmt.core.reading.limits import Era, Limit, find_limits
from pcmt.core.reading.outline import Clause
from pcmt.core.reading.source import Source
from pcmt.core.reading.targets import whole_words

_TOKEN = phrase(
    r"(?P<six_monthly>(?:0?6|sáu) tháng(?! (?:tuổi|trở|tù|kể))(?: (?:đầu|cuối) năm)?|nửa năm)|"
    r"(?P<nine_monthly>0?9 tháng(?! tuổi))|"
    r"(?P<monthly>(?:hằng|hàng|mỗi) tháng|báo cáo tháng(?! \d)|định kỳ tháng|tháng(?=, quý|,? quý và))|"
    r"(?P<weekly>(?:hằng|hàng|mỗi) tuần|báo cáo tuần)|(?P<quarterly>(?:hằng|hàng|mỗi) quý|báo cáo quý(?! [iv\d])|"
    r"quý(?=,| và năm|\)))|"
    r"(?P<annual>(?:hằng|hàng|mỗi|cả) năm|0?1 năm(?! (?:trở|tù))|báo cáo(?: kết quả(?: thực hiện)?|"
    r" tổng kết)? năm(?: học)?(?! qua)|tổng kết(?: kết quả(?: thực hiện)?)? năm(?! học| qua)|"
    r"(?<=[,;] )năm(?=,| và|\)|;| gửi| \(| trước)|(?<=và )năm(?=,|\)|;|\.| gửi| về| trước| \(| báo)|"
    r"(?<=\)[,;] )năm(?= \(| trước|,| và))|"
    r"(?P<ad_hoc>đột xuất|(?<=báo cáo )(?:nhanh|ngay|khẩn)|(?<=báo )ngay)|"
    r"(?P<interim>sơ kết|giữa kỳ|kết thúc giai đoạn|hoàn thành giai đoạn)|(?P<final>tổng kết)"
)
_PERIODS = ("weekly", "monthly", "quarterly", "six_monthly", "nine_monthly", "annual")
_REPORT = phrase(r"báo cáo(?! viên)|báo (?:về|ngay) (?=công an|ca |ubnd|ủy ban|chủ tịch|ban chỉ đạo)")
_NOUN_BEFORE = phrase(  # "chế độ báo cáo", "số liệu báo cáo": the word names a thing, not an act
    r"(?:chế độ|công tác|nội dung|số liệu|mẫu|biểu mẫu|kỳ|đề cương|phần mềm|nghe|xem xét|thông tin,|thông tin|trong|"
    r"theo|các) $"
)
_ONWARD = phrase(r"(?:để|phục vụ|làm cơ sở)\b[^.;]{0,110}?báo cáo")
_ONWARD_START = phrase(r"(?:để|phục vụ|làm cơ sở|làm căn cứ)(?!\w)")
_ADVERBS = phrase(
    r"(?:(?:đột xuất|kịp thời|ngay|nhanh|khẩn|định kỳ|sơ kết|tổng kết|tuần|tháng|quý|năm|(?:hằng|hàng) (?:tháng|quý|"
    r"năm|tuần)|cho|với|lên|,|kết quả|bằng văn bản|giữa kỳ|thường xuyên) )*"
)
_TO = phrase(
    r"(?:(?:gửi|báo cáo|trình) )?(?:về|đến|tới|cho|lên|với)(?! việc| tình| công tác| công việc| kết quả| kế hoạch) |"
    r"(?:gửi|trình) (?!kết quả|báo cáo|kế hoạch|danh sách|hình ảnh|văn bản|trước|chậm)"
)
_VIA = phrase(r"\(? ?(?:thông )?qua (?=\w)")
_SENDS = phrase(r"gửi\b|nộp\b|đăng ký\b|cung cấp (?=danh sách|hồ sơ|thông tin về danh)")
_SENT = phrase(
    r"(?P<evidence>hình ảnh|minh chứng|ảnh|video)|(?P<submission>kế hoạch|danh sách|hồ sơ|văn bản|quyết định|"
    r"bản (?:cam kết|đăng ký|kê|tổng hợp)|đăng ký|phương án|dự toán|chương trình|phiếu|mức phấn đấu)"
)
_REGULAR = phrase(r"định kỳ")
_HOLDS = phrase(
    r"(?:tổ chức|tham mưu|tiến hành|chuẩn bị|hội nghị|công tác|làm tốt|gắn với|"
    r"việc)(?: [^\W\d_]+,?){0,7} (?:sơ,? )?$|(?:sơ, |sơ kết(?:,| và) )$"
)
_DUE_TEXT = phrase(r"theo (?:quy định|đúng quy định|yêu cầu|chế độ|hướng dẫn)[^.;,)]{0,50}|khi có yêu cầu")
_SENTENCE = re.compile(r"(?<!\.)[.;](?=\s|$|\")")
_ADVISED = phrase(r"tham mưu (?P<who>[^.;,]{3,60}?) (?:tổng hợp, ?)?báo cáo")
_LATER = phrase(r"(?P<rel> ?(?:và|,) )(?:ngày )?(?P<d>\d{1,2})/(?P<m>\d{1,2})(?:/(?P<y>\d{4}))?")


@define(eq=False)
class Duty:
    """One report duty: a reporter group, a period or kind, a due."""

    start: int
    end: int
    clause: Clause
    kind: str
    period: str | None
    reporter: list[Agency]
    recipient: list[Agency]
    via: Agency | None = None
    onward: list[Agency] = field(factory=list)
    prepared_by: Agency | None = None
    due: Limit | None = None
    due_text: str | None = None
    what: str | None = None
    confidence: float = 0.85
    id: str = ""
    extra: list[tuple[int, int]] = field(factory=list)


@define
class Heard:
    """What earlier sentences of a clause (or its lead-in) said: who reports to whom, and how it travels."""

    reporter: list[Agency]
    recipient: list[Agency] = field(factory=list)
    via: Agency | None = None
    onward: list[Agency] = field(factory=list)


def read_duties(
    source: Source,
    clause: Clause,
    start: int,
    end: int,
    era: Era,
    subject: list[Agency],
    reporting: bool,
    lead_in: Heard | None,
) -> tuple[list[Duty], Heard]:
    """The duties that a clause's text states, and what it told of reporter and recipient."""
    words = source.low[start:end]
    heard = evolve(lead_in) if lead_in else Heard(list(subject))
    if subject:
        heard.reporter = list(subject)
    duties: list[Duty] = []
    if not any(word in words for word in ("báo cáo", "gửi", "đăng ký", "bao cao", "gui ", "nộp")) and not (
        lead_in and lead_in.recipient
    ):
        return duties, heard
    for piece_start, piece_end in source.pieces(start, end):
        at = piece_start
        for stop in [*(m.end() for m in _SENTENCE.finditer(source.low, piece_start, piece_end)), piece_end]:
            if stop > at:
                _sentence(source, clause, at, stop, era, heard, reporting, duties)
            at = max(at, stop)
    for duty in duties:  # "Báo cáo quý ...; báo cáo năm ... . Các báo cáo gửi về X": said once, for all
        if not duty.recipient and duty.kind not in ("submission", "evidence"):
            duty.recipient, duty.via, duty.onward = heard.recipient, duty.via or heard.via, duty.onward or heard.onward
    return duties, heard


def _sentence(
    source: Source, clause: Clause, start: int, end: int, era: Era, heard: Heard, reporting: bool, duties: list[Duty]
) -> None:
    low = source.low
    start, end = source.trim(start, end)
    onward = _onward(source, start, end)
    onward_at = onward.start() if onward else end
    reports = [
        m for m in source.finditer(_REPORT, start, end) if m.start() < onward_at or onward and m.start() >= onward.end()
    ]
    reports = [
        m
        for m in reports
        if not (
            _NOUN_BEFORE.of(source.bare).search(low[max(start, m.start() - 14) : m.start()])
            and not _says(source, m, end)
        )
    ]
    continued = not reports and reporting and (bool(heard.recipient) or bool(_addressed(source, start, end)))
    if not reports and not heard.recipient:  # a list or plan to be sent in, also among the reports
        known = len(duties)
        _submission(source, clause, start, end, era, heard, duties)
        if not continued or len(duties) > known:
            return
    elif not reports and not continued:
        _submission(source, clause, start, end, era, heard, duties)
        return
    first = reports[0].start() if reports else start
    own = _subject(source, start, end, first)
    if own:
        heard.reporter = own
    limits = find_limits(source, start, end, era)
    limits += _second_days(source, limits, end)
    tokens = _tokens(source, start, end, reports, limits, continued)
    for place, token in enumerate(tokens):  # "hằng tháng trước ngày 12": a bare day recurs with its period
        following = tokens[place + 1].start() if place + 1 < len(tokens) else end
        if token.lastgroup in ("monthly", "quarterly"):
            region = (token.end(), following) if place or len(tokens) > 1 else (start, end)
            limits += [
                x
                for x in find_limits(source, *region, era, token.lastgroup)
                if not any(a.start < x.end and x.start < a.end for a in limits)
            ]
    limits.sort(key=lambda limit: limit.start)
    if limits and onward and len(limits) > 1:
        limits = [limit for limit in limits if limit.start < onward.end()] or limits
    recipient, via = _recipient(source, reports, start, end, onward_at)
    explicit = bool(recipient)
    if recipient:
        heard.recipient, heard.via, heard.onward = (
            recipient,
            via,
            read_list(source, _skip(source, onward.end(), end), end)[0] if onward else [],
        )
    elif via:
        heard.via = via
    due_text = source.search(_DUE_TEXT, start, end)
    prepared = None
    reporter = heard.reporter
    advised = source.search(_ADVISED, start, end)
    if advised:
        who = read_list(source, advised.start("who"), advised.end("who"))[0]
        if who:
            prepared, reporter = (reporter[0] if reporter else None), who
    base = Duty(
        first,
        _words_of(source, first, end, limits),
        clause,
        "results",
        None,
        reporter,
        heard.recipient if explicit or tokens or continued or limits else [],
        heard.via if explicit or tokens or continued or limits else None,
        heard.onward if explicit or tokens or continued else [],
        prepared,
        None,
        source.plain(*due_text.span()) if due_text else None,
    )
    known_here = duties[-12:]
    if tokens:
        _periodic(source, base, tokens, limits, reports, known_here, duties, start, end)
        return
    regular = source.search(_REGULAR, start, first + 1)
    if limits and (explicit or reporting or known_here or heard.recipient):
        due = limits[0]
        period = _period_of(due)
        duties.append(
            evolve(base, kind="periodic" if period != "once" else "results", period=period, due=due, confidence=0.88)
        )
    elif regular and (explicit or reporting):
        duties.append(evolve(base, start=regular.start(), kind="periodic", period="unspecified", confidence=0.8))
    elif (
        explicit
        and reports
        and not (known_here and low.startswith(("các báo cáo", "báo cáo gửi", "cac bao cao"), start))
    ):
        duties.append(evolve(base, confidence=0.85))


def _words_of(source: Source, start: int, end: int, limits: list[Limit]) -> int:
    """Where the words that name a duty end: before its limit, purpose or bracket, at most 140 code points on."""
    stops = [limit.start for limit in limits if limit.start > start + 8]
    onward = _ONWARD_START.of(source.bare).search(source.low, start, end)
    stop = min([end, start + 140, *stops, *([onward.start()] if onward else [])])
    last = source.trim(start, whole_words(source.low, start, stop))[1]
    while last > start + 1 and source.low[last - 1] in " ,;.:(-":
        last -= 1
    return last


def _says(source: Source, report: re.Match[str], end: int) -> bool:
    """Whether "báo cáo" is followed at once by its recipient."""
    at = _adverbs_end(source, report.end(), end)
    return bool(_TO.of(source.bare).match(source.low, at, end) or source.match(HEAD, at, end))


def _adverbs_end(source: Source, at: int, end: int) -> int:
    while at < end and source.low[at] == " ":
        at += 1
    found = source.match(_ADVERBS, at, end)
    return found.end() if found else at


def _onward(source: Source, start: int, end: int) -> re.Match[str] | None:
    """ "để tổng hợp, báo cáo Z": where the report travels next, no duty of its own."""
    return source.search(_ONWARD, start, end)


def _skip(source: Source, at: int, end: int) -> int:
    while at < end and source.low[at] in ' :"':
        at += 1
    return at


def _subject(source: Source, start: int, end: int, before: int) -> list[Agency]:
    """The bodies that the sentence has report: "Định kỳ hằng tháng Công an xã tập hợp ... báo cáo"."""
    low = source.low
    limit = min(end, max(before, start + 1))
    for found in re.finditer(r"[^\W\d_]+", source.work[start:limit]):
        at = start + found.start()
        if not source.work[at].isupper() and not low.startswith(("các ", "cac ", "công an", "đơn vị"), at):
            continue
        if not source.match(HEAD, at, end):
            continue
        if re.search(
            r"(?:với|của|về|cho|tại|qua|đến|gửi|tham mưu|giúp|bởi|theo|báo cáo|giao|trước|lên|tới|cùng)\s*$",
            low[max(start, at - 10) : at],
        ) and not re.search(r"giao\s*$", low[max(start, at - 10) : at]):
            continue
        bodies, last = read_list(source, at, end)
        rest = last
        while rest < end and low[rest] in " ,":
            rest += 1
        if (
            bodies
            and rest < end
            and (source.match(VERB, rest, end) or low.startswith(("đánh giá", "kịp thời", "hằng ", "hàng "), rest))
        ):
            return bodies
    return []


def _tokens(
    source: Source, start: int, end: int, reports: list[re.Match[str]], limits: list[Limit], continued: bool
) -> list[re.Match[str]]:
    """The words of period and kind that belong to the reports of a sentence."""
    low = source.low
    found: list[re.Match[str]] = []
    for token in source.finditer(_TOKEN, start, end):
        kind = token.lastgroup or ""
        if any(limit.start < token.end() and token.start() < limit.end for limit in limits):
            continue
        before = low[max(start, token.start() - 60) : token.start()]
        near = continued or any(
            -14 <= m.start() - token.end() <= 170
            or 0 <= token.start() - m.end() <= 190
            or m.start() <= token.start() < m.end()
            for m in reports
        )
        if not near:
            continue
        if (
            (kind in ("interim", "final") or low.startswith(("tổng kết", "tong ket"), token.start()))
            and _HOLDS.of(source.bare).search(before)
            and not re.search(r"báo cáo\s+$|\)[,;]?\s*(?:và\s+)?$|định kỳ[^.;]*$", before)
        ):
            continue
        if kind in _PERIODS:
            if re.search(
                r"(?:trong|từ|sau|quá|tình hình|số liệu|kế hoạch|dự toán|chỉ tiêu|xếp loại|cập nhật)\s*$", before
            ):
                continue
            if kind == "quarterly" and re.search(r"tháng (?:cuối|đầu)\s*(?:của\s*)?$", before):
                continue
        if (
            kind == "ad_hoc"
            and re.search(r"(?:kiểm tra|xét nghiệm|thanh tra|tuần tra|định kỳ(?:,| và| hoặc))\s*$", before)
            and not re.search(r"định kỳ(?:,| và| hoặc)\s*$", before)
        ):
            continue
        found.append(token)
    return found


def _groups(source: Source, tokens: list[re.Match[str]]) -> list[tuple[str, str, int, int]]:
    """(kind, period, start, end) of each report named, a review joined with its period ("sơ kết 6 tháng")."""
    low = source.low
    groups: list[tuple[str, str, int, int]] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        kind, (begin, stop) = token.lastgroup or "", token.span()
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        gap = low[stop : following.start()] if following else ""
        if kind in ("interim", "final"):
            if following and len(gap.strip()) <= 16 and not re.search(r"[,;()]| và ", gap):
                if following.lastgroup in _PERIODS:
                    groups.append((kind, following.lastgroup or "", begin, following.end()))
                    i += 2
                    continue
                if following.lastgroup == "interim" or following.lastgroup == "final" and kind == "final":
                    groups.append((kind, "once", begin, following.end()))
                    i += 2
                    continue
            groups.append((kind, "once", begin, stop))
        elif kind == "ad_hoc":
            groups.append(("ad_hoc", "ad_hoc", begin, stop))
        elif low.startswith(("tổng kết", "tong ket"), begin):
            groups.append(("final", kind, begin, stop))
        else:
            groups.append(("periodic", kind, begin, stop))
        i += 1
    single: list[tuple[str, str, int, int]] = []
    for group in groups:
        if group[1] != "once" and any(other[1] == group[1] for other in single):
            continue
        single.append(group)
    return single


def _periodic(
    source: Source,
    base: Duty,
    tokens: list[re.Match[str]],
    limits: list[Limit],
    reports: list[re.Match[str]],
    known_here: list[Duty],
    duties: list[Duty],
    start: int,
    end: int,
) -> None:
    groups = _groups(source, tokens)
    dues = _deal(source, groups, limits)
    for (kind, period, begin, stop), due in zip(groups, dues, strict=True):
        known = next((d for d in known_here if d.period == period and period != "once"), None)
        known = known or next((d for d in known_here if d.kind == kind == "final" and d.period == period), None)
        if known:
            known.due = known.due or due
            known.kind = kind if kind != "periodic" else known.kind
            known.extra.append((begin, stop))
            continue
        left = max((m.start() for m in reports if m.start() <= begin and begin - m.end() < 30), default=begin)
        duties.append(
            evolve(
                base,
                start=left,
                end=max(stop, left + 1),
                kind=kind,
                period=period,
                due=due,
                confidence=0.94,
                extra=[(begin, stop)],
            )
        )
    spare = [limit for limit in limits if limit not in dues]
    early = [
        limit
        for limit in spare
        if limit.start < groups[0][2] and len(reports) > 1 and reports[0].end() < limit.start < reports[-1].start()
    ]
    if early:  # "báo cáo kết quả đợt 1 trước ngày ..., báo cáo tổng kết trước ngày ...": the first names no period
        duties.append(evolve(base, kind="results", period=_period_of(early[0]), due=early[0]))
    elif spare and len(groups) == 1 and groups[0][0] == "ad_hoc":
        duties.append(evolve(base, kind="results", period=_period_of(spare[0]), due=spare[0]))


def _deal(source: Source, groups: list[tuple[str, str, int, int]], limits: list[Limit]) -> list[Limit | None]:
    """The due of each report: the limit after its words, before the next report's."""
    if len(groups) == 1:
        kind = groups[0][0]
        after = [limit for limit in limits if limit.start >= groups[0][2] - 1]
        if kind == "ad_hoc" and not (after and after[0].start - groups[0][3] < 60):
            return [None]
        return [after[0] if after else limits[0] if limits else None]
    dues: list[Limit | None] = []
    for place, (_, _, begin, _stop) in enumerate(groups):
        following = groups[place + 1][2] if place + 1 < len(groups) else len(source.low)
        dues.append(next((limit for limit in limits if begin - 1 <= limit.start < following), None))
    dated = [g for g in groups if g[0] != "ad_hoc"]
    behind = [limit for limit in limits if limit.start > groups[-1][2]]
    if (
        len(behind) >= 2 and len(behind) == len(dated) and not any(dues[:-1])
    ):  # "6 tháng, 01 năm ... trước ngày 10/6 và 10/12"
        dealt = iter(behind)
        return [next(dealt) if g[0] != "ad_hoc" else None for g in groups]
    if groups[-1][0] == "ad_hoc" and dues[-1] is not None and dues[-1].start - groups[-1][3] > 20:
        spare = dues[-1]
        dues[-1] = None
        if len(dated) == 1:
            dues[groups.index(dated[0])] = dues[groups.index(dated[0])] or spare
    return dues


def _second_days(source: Source, limits: list[Limit], end: int) -> list[Limit]:
    """ "trước ngày 10/6 và 10/12": the second day shares the first one's words."""
    found = []
    for limit in limits:
        more = source.match(_LATER, limit.end, end)
        if not more or limit.precision not in ("day", "recurring"):
            continue
        day, month = int(more["d"]), int(more["m"])
        if not (1 <= day <= 31 and 1 <= month <= 12):
            continue
        begin = more.end("rel")
        if limit.date:
            year = int(more["y"] or limit.date[:4])
            try:
                found.append(evolve(limit, start=begin, end=more.end(), date=date(year, month, day).isoformat()))
            except ValueError:
                continue
        elif limit.rule and limit.rule.startswith("FREQ=YEARLY"):
            found.append(
                evolve(limit, start=begin, end=more.end(), rule=f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}")
            )
    return found


def _period_of(due: Limit) -> str:
    """The period that a due date's recurrence implies; a single date happens once."""
    rule = due.rule or ""
    if rule.startswith("FREQ=WEEKLY"):
        return "weekly"
    if rule.startswith("FREQ=MONTHLY"):
        return "monthly"
    if rule.startswith("FREQ=YEARLY"):
        return "quarterly" if rule.count(",") >= 3 else "annual"
    return "once"


def _recipient(
    source: Source, reports: list[re.Match[str]], start: int, end: int, onward_at: int
) -> tuple[list[Agency], Agency | None]:
    """To whom: behind "báo cáo", or after "về", "gửi", "cho"; and through whom."""
    low = source.low
    recipient: list[Agency] = []
    looked = -1
    for report in reports:
        later = _ONWARD_START.of(source.bare).search(low, report.end(), end)
        stop = later.start() if later else end
        at = _adverbs_end(source, report.end(), stop)
        if source.match(HEAD, at, stop):
            recipient = read_list(source, at, stop)[0]
        if not recipient and stop != looked:  # up to the same stop there is nothing more to find
            recipient, looked = _addressed(source, report.start(), stop), stop
        if recipient:
            break
    if not recipient:
        recipient = _addressed(source, start, min(end, onward_at))
    return recipient, _via(source, start, end)


def _addressed(source: Source, start: int, stop: int) -> list[Agency]:
    for to in source.finditer(_TO, start, stop):
        at = _skip(source, to.end(), stop)
        if source.match(HEAD, at, stop):
            bodies = read_list(source, at, stop)[0]
            if bodies:
                return bodies
        elif source.work[at : at + 4].isupper() and source.work[at : at + 2].isalpha():
            last = at
            while last < stop and source.work[last].isalnum():
                last += 1
            return [Agency(source.plain(at, last), at, last)]
    return []


def _via(source: Source, start: int, end: int) -> Agency | None:
    for through in source.finditer(_VIA, start, end):
        bracketed = "(" in through[0]
        close = source.low.find(")", through.end(), end) if bracketed else -1
        stop = close if close >= 0 else end
        bodies = read_list(source, through.end(), stop)[0]
        if not bodies and close >= 0 and source.work[through.end()].isupper():
            bodies = split_names(source, through.end(), close)
        if bodies and close >= 0:
            return Agency(source.plain(through.end(), close), through.end(), close)
        if bodies:
            return bodies[0]
    return None


def _submission(
    source: Source, clause: Clause, start: int, end: int, era: Era, heard: Heard, duties: list[Duty]
) -> None:
    """Plans, lists or pictures to be sent to a body (R2)."""
    low = source.low
    for send in source.finditer(_SENDS, start, end):
        onward = _ONWARD_START.of(source.bare).search(low, send.end(), end)
        stop = onward.start() if onward else end
        if low.startswith(("đăng ký", "dang ky"), send.start()) and not re.search(
            r"(?:về|với) ", low[send.end() : stop]
        ):
            continue
        recipient = _addressed(source, send.start(), stop)
        if not recipient:
            at = _skip(source, send.end(), stop)
            thing = _SENT.of(source.bare).match(low, at, stop)
            at = _skip(source, thing.end(), stop) if thing else at
            recipient = read_list(source, at, stop)[0] if source.match(HEAD, at, stop) else []
        if not recipient:
            continue
        things = (
            source.finditer(_SENT, send.start(), min(stop, recipient[0].start))
            or source.finditer(_SENT, start, send.start())
            or source.finditer(_SENT, max(clause.body, start - 600), send.start())
        )
        if not things:
            continue
        thing = things[-1] if things[-1].start() < send.start() else things[0]
        own = _subject(source, start, end, send.start())
        limits = find_limits(source, start, end, era) or find_limits(
            source, clause.body, min(clause.end, clause.body + 2_000), era
        )
        limits = [limit for limit in limits if limit.start > send.start()] or limits[:1]
        due = limits[0] if limits else None
        kind = "evidence" if thing["evidence"] else "submission"
        duties.append(
            Duty(
                send.start(),
                _words_of(source, send.start(), end, limits),
                clause,
                kind,
                _period_of(due) if due else "once",
                own or heard.reporter,
                recipient,
                _via(source, send.start(), end),
                [],
                None,
                due,
                None,
                source.plain(*thing.span()),
                0.85,
            )
        )
        return
