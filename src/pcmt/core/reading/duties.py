"""Report duties: who reports what to whom, how often and by when, and what has to be sent in."""

from __future__ import annotations

import re
from typing import Any

from attrs import define, field

from pcmt.core.reading.agencies import Agency, read_list, split_names
from pcmt.core.reading.lexicon import HEAD, VERB, phrase
from pcmt.core.reading.limits import Era, Limit, find_limits
from pcmt.core.reading.outline import Clause
from pcmt.core.reading.source import Source

_TOKEN = phrase(
    r"(?P<six>(?:0?6|sáu) tháng(?: (?:đầu|cuối) năm)?|(?:hằng|hàng)? ?nửa năm)|(?P<nine>0?9 tháng)|(?P<month>(?:hằng|hàng|mỗi) tháng|báo cáo tháng|(?<=, )tháng(?=,| và|\))|tháng(?=, quý))|"
    r"(?P<week>(?:hằng|hàng|mỗi) tuần|báo cáo tuần)|(?P<quarter>(?:hằng|hàng|mỗi) quý|báo cáo quý|quý(?=,| và|\)|;)(?! [iv]))|"
    r"(?P<year>(?:hằng|hàng|mỗi|cả) năm|0?1 năm|(?:báo cáo|tổng kết)(?: kết quả)? năm(?! (?:học|qua))|(?<=, )năm(?=,| và|\)|;| gửi| \()|(?<=và )năm(?=,|\)|;|\.| gửi| về| trước| \(| báo)|(?<=\)[,;] )năm(?=,| và| \())|"
    r"(?P<adhoc>đột xuất)|(?P<interim>sơ kết)|(?P<final>tổng kết)"
)
_PERIODS = {"six": "six_monthly", "month": "monthly", "week": "weekly", "quarter": "quarterly", "year": "annual", "adhoc": "ad_hoc", "nine": "nine_monthly"}
_REPORT = phrase(r"báo cáo(?! viên)")
_NOT_A_DUTY = phrase(
    r"(?:(?:chế độ|công tác|nội dung|số liệu|mẫu|biểu mẫu|thời gian|kỳ|hội nghị|đề cương|phần mềm|hệ thống|thực hiện(?: nghiêm)?(?: chế độ)?(?: thông tin,?)?|thông tin,|các|nghe|theo|trong|xem xét) )$"
)
_ONWARD = phrase(r"(?:để|phục vụ|làm cơ sở) (?:[^.;]{0,90}?)(?:tổng hợp|theo dõi|chỉ đạo|đánh giá|xem xét)?(?:,| và|;)? ?báo cáo")
_ONWARD_START = phrase(r"(?:,? ?)(?:để|phục vụ|làm cơ sở|làm căn cứ)\b")
_TO = phrase(r"(?:(?:gửi |báo cáo )?(?:về|đến|tới|cho|lên)|gửi) (?=\w)")
_VIA = phrase(r"\(? ?(?:thông )?qua (?=\w)")
_SEND = phrase(r"gửi(?: \w+){0,8}? (?:về|đến|tới|cho) |(?:gửi|nộp|báo cáo) (?:về|đến|tới) |đăng ký(?: \w+){0,4}? (?:về|với|tại) ")
_SENT_THING = phrase(r"(?P<evidence>hình ảnh|minh chứng|ảnh|video)|(?P<submission>kế hoạch|danh sách|hồ sơ|văn bản|bản đăng ký|đăng ký|phương án|dự toán|chương trình|phiếu)")
_REGULAR = phrase(r"định kỳ")
_HOLD = phrase(r"(?:tổ chức|tham mưu(?: \w+){0,6}|tiến hành|chuẩn bị|hội nghị|công tác|việc|đánh giá|làm tốt(?: công tác)?|các|và|gắn với đánh giá,)(?: (?:hội nghị|việc|công tác|kiểm tra, đánh giá,))? ?(?:sơ,? ?)?$")
_DUE_TEXT = phrase(r"theo (?:quy định|đúng quy định|yêu cầu|chế độ|hướng dẫn)[^.;,)]{0,50}|khi có yêu cầu")
_SENTENCE = re.compile(r"[.;](?=\s|$|\")")
_ADVISED = phrase(r"tham mưu (?P<who>[^.;,]{3,60}?) báo cáo")
_ROUND = phrase(r"\( ?năm (?P<y>20\d\d) ?\)")


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
    confidence: float = 0.8
    id: str = ""
    extra: list[tuple[int, int]] = field(factory=list)


def read_duties(source: Source, clause: Clause, start: int, end: int, era: Era, block: list[Agency], actor: Agency | None, reporting: bool) -> list[Duty]:
    """The duties that a clause's text states."""
    low = source.low
    words = low[start:end]
    if "báo cáo" not in words and "gửi" not in words and "bao cao" not in words and "gui " not in words and "đăng ký" not in words:
        return []
    duties: list[Duty] = []
    at = start
    subject: list[Agency] = [actor] if actor else list(block)
    heard: list[Agency] = []
    for stop in [*(m.end() for m in _SENTENCE.finditer(low, start, end)), end]:
        if stop <= at:
            continue
        _sentence(source, clause, at, stop, era, subject, heard, reporting, duties)
        at = stop
    return duties


def _subject(source: Source, start: int, end: int) -> list[Agency]:
    """The bodies that a sentence has do something: "Định kỳ hằng tháng Công an xã tập hợp ... báo cáo"."""
    low = source.low
    for found in re.finditer(r"[^\W\d_]+", source.work[start:end]):
        at = start + found.start()
        upper = source.work[at].isupper()
        if not upper and not low.startswith(("các ", "cac "), at):
            continue
        if not source.match(HEAD, at, end):
            continue
        if re.search(r"(?:với|của|về|cho|tại|qua|đến|gửi|tham mưu|giúp|bởi|theo|báo cáo)\s*$", low[max(start, at - 10) : at]):
            continue
        bodies, last = read_list(source, at, end)
        rest = last
        while rest < end and low[rest] in " ,":
            rest += 1
        if bodies and rest < end and (source.match(VERB, rest, end) or low.startswith(("đánh giá", "tổng hợp", "gửi", "báo cáo", "kịp thời", "định kỳ"), rest)):
            return bodies
        if not upper:
            continue
    return []


def _sentence(source: Source, clause: Clause, start: int, end: int, era: Era, subject: list[Agency], heard: list[Agency],
              reporting: bool, duties: list[Duty]) -> None:
    low = source.low
    start, end = source.trim(start, end)
    reports = [m for m in source.finditer(_REPORT, start, end)]
    onward = source.search(_ONWARD, start, end)
    onward_at = onward.start() if onward else end
    main = [m for m in reports if not (onward and onward.start() <= m.start() < onward.end())
            and not (_NOT_A_DUTY.of(source.bare).search(low[max(start, m.start() - 40) : m.start()]) and not _TO.of(source.bare).match(low, m.end() + 1, end))]
    tokens = _tokens(source, start, end, main)
    own = _subject(source, start, min(end, main[0].start() if main else end)) or _subject_between(source, start, end)
    reporter = own or subject or heard
    if main and (tokens or _recipients(source, main, start, end, onward_at)[0] or _REGULAR.of(source.bare).search(low, start, end)):
        recipient, via, place = _recipients(source, main, start, end, onward_at)
        passed = _onward(source, onward, end) if onward else []
        due_text = source.search(_DUE_TEXT, start, end)
        advised = source.search(_ADVISED, start, end)
        prepared = None
        if advised:
            who = read_list(source, advised.start("who"), advised.end("who"))[0]
            if who:
                prepared, reporter = (reporter[0] if reporter else None), who
        if tokens:
            _periodic(source, clause, start, end, era, tokens, main, reporter, recipient, via, passed, due_text, duties)
        elif recipient or _REGULAR.of(source.bare).search(low, start, main[0].start() + 1):
            regular = source.search(_REGULAR, start, main[0].start())
            limits = find_limits(source, start, end, era, "")
            if not recipient and not limits and not reporting:
                pass
            if recipient or regular and (reporting or limits):
                begin = regular.start() if regular else main[0].start()
                duties.append(Duty(begin, _span_end(source, main[0].end(), end), clause, "periodic" if regular else "results", "unspecified" if regular else None,
                                   reporter, recipient, via, passed, prepared, limits[0] if limits else None,
                                   source.plain(*due_text.span()) if due_text else None, None, 0.7))
        heard[:] = reporter or heard
        return
    sends = [m for m in source.finditer(_SEND, start, end) if not (onward and m.start() > onward.start())]
    if sends and not main:
        _submission(source, clause, start, end, era, sends[0], reporter, duties)
    elif reports and not main and not tokens:
        return


def _subject_between(source: Source, start: int, end: int) -> list[Agency]:
    return _subject(source, start, end)


def _span_end(source: Source, at: int, end: int) -> int:
    return min(end, at + 40)


def _tokens(source: Source, start: int, end: int, main: list[re.Match[str]]) -> list[re.Match[str]]:
    low = source.low
    if not main:
        return []
    found: list[re.Match[str]] = []
    limits: list[re.Match[str]] = source.finditer(_TOKEN, start, end)
    for token in limits:
        kind = token.lastgroup
        before = low[max(start, token.start() - 44) : token.start()]
        if kind in ("interim", "final"):
            if _HOLD.of(source.bare).search(before) and not before.rstrip().endswith(("báo cáo", "bao cao")) and not re.search(r"\)[,;]?\s*(?:và\s+)?$|định kỳ[^.;]*$|năm(?:\)|,)\s*(?:và )?$", before):
                if not (found and found[-1].lastgroup == "interim" and re.search(r"\) và $", before)):
                    continue
            near = any(abs(m.start() - token.end()) < 60 or abs(token.start() - m.end()) < 60 for m in main)
            if not near and not any(m.start() > token.end() for m in main):
                continue
        if kind == "six" and re.search(r"(?:trong|đầu|từ|sau|quá|kết quả|tình hình)\s*$", before) and "báo cáo" not in before and not re.search(r"định kỳ", before):
            if not re.search(r"báo cáo\s+$", before):
                continue
        if kind in ("month", "year", "quarter", "six", "week", "nine"):
            near = [m for m in main if -12 <= m.start() - token.end() <= 130 or 0 <= token.start() - m.end() <= 140]
            if not near:
                continue
            if kind == "year" and re.search(r"(?:kế hoạch|dự toán|chỉ tiêu|chi)\s*$", before):
                continue
            if re.search(r"(?:trước|chậm nhất)[^.;()]{0,20}$", before) or re.search(r"ngày +\d{1,2}(?:/\d+)? +$", before):
                # a recurrence inside the due date: it is the period when nothing else says one
                if any(t.lastgroup == kind for t in found):
                    continue
                if any(t.lastgroup in ("month", "quarter", "year", "six", "week") for t in found):
                    continue
            if re.search(r"tháng (?:cuối|đầu) (?:của |mỗi )?$", before):
                continue
        found.append(token)
    return found


def _periodic(source: Source, clause: Clause, start: int, end: int, era: Era, tokens: list[re.Match[str]], main: list[re.Match[str]],
              reporter: list[Agency], recipient: list[Agency], via: Agency | None, passed: list[Agency], due_text: Any, duties: list[Duty]) -> None:
    low = source.low
    kinds = [t.lastgroup or "" for t in tokens]
    groups: list[tuple[str, str | None, int, int]] = []
    i = 0
    while i < len(tokens):
        token, kind = tokens[i], kinds[i]
        begin, stop = token.span()
        if kind in ("interim", "final"):
            following = tokens[i + 1] if i + 1 < len(tokens) else None
            gap = low[stop : following.start()] if following else ""
            if following and kinds[i + 1] in ("six", "year", "quarter", "month", "nine") and len(gap.strip()) <= 14 and not re.search(r"[,;(]", gap):
                groups.append((kind, _PERIODS[kinds[i + 1]], begin, following.end()))
                i += 2
                continue
            year = re.compile(r"tổng kết(?: \w+){0,3} năm").match(low, begin)
            before = low[max(start, begin - 12) : begin]
            groups.append((kind, "annual" if year else "once", begin, stop))
            if kind == "interim" and groups[-1][1] == "once" and re.search(r"(?:6|sáu) tháng", before):
                groups[-1] = (kind, "six_monthly", begin, stop)
        elif kind == "adhoc":
            groups.append(("ad_hoc", "ad_hoc", begin, stop))
        else:
            if kind == "year" and low.startswith(("tổng kết", "tong ket"), begin):
                groups.append(("final", "annual", begin, stop))
            else:
                groups.append(("periodic", _PERIODS[kind], begin, stop))
        i += 1
    merged: list[tuple[str, str | None, int, int]] = []
    for group in groups:  # "tổng kết năm" heard twice is one
        if merged and group[1] == merged[-1][1] and group[1] not in ("once",) and group[2] - merged[-1][3] < 3:
            merged[-1] = (merged[-1][0] if merged[-1][0] != "periodic" else group[0], group[1], merged[-1][2], group[3])
            continue
        if any(g[1] == group[1] and g[1] != "once" for g in merged):
            continue
        merged.append(group)
    monthly = merged[0][1] if len(merged) == 1 else next((g[1] for g in merged if g[1] in ("monthly", "quarterly")), "")
    limits = find_limits(source, start, end, era, monthly or "")
    limits = [limit for limit in limits if not (limit.precision == "year" and limit.relation != "within")]
    for place, (kind, period, begin, stop) in enumerate(merged):
        following = merged[place + 1][2] if place + 1 < len(merged) else end
        due = next((limit for limit in limits if begin - 2 <= limit.start < following), None)
        if due is None and len(merged) == 1 and limits:
            due = limits[0]
        if due is None and len(merged) > 1 and len(limits) == 1 and limits[0].start >= merged[-1][3] and limits[0].precision == "recurring" and period == "monthly":
            due = limits[0]
        if due is not None and len(merged) > 1 and place == len(merged) - 1 and due.start > stop + 60 and len(limits) == 1 and kind == "ad_hoc":
            due = None
        known = next((d for d in duties if d.period == period and d.clause is clause and period not in ("once",)), None)
        if known is None and kind == "final" and period == "once":
            known = next((d for d in duties if d.clause is clause and d.kind == "final"), None)
        if known:
            known.due = known.due or due
            if kind != "periodic":
                known.kind = kind
            known.extra.append((begin, stop))
            if recipient and not known.recipient:
                known.recipient, known.via = recipient, via
            continue
        inherited = next((d for d in reversed(duties) if d.clause is clause), None)
        duties.append(Duty(begin, _end_of(source, stop, end), clause, kind, period, reporter or (inherited.reporter if inherited else []),
                           recipient or (inherited.recipient if inherited and not recipient else []), via or (inherited.via if inherited else None),
                           passed or (inherited.onward if inherited and not recipient else []), None, due,
                           source.plain(*due_text.span()) if due_text else None, None, 0.85))
    assert main is not None


def _end_of(source: Source, stop: int, end: int) -> int:
    return min(max(stop, stop + 1), end)


def _recipients(source: Source, main: list[re.Match[str]], start: int, end: int, onward_at: int) -> tuple[list[Agency], Agency | None, int]:
    """To whom: after "báo cáo ... về X", "gửi X", or right behind "báo cáo"."""
    low = source.low
    recipient: list[Agency] = []
    place = start
    for report in main:
        stop = next((m.start() for m in _ONWARD_START.of(source.bare).finditer(low, report.end(), end)), end)
        at = report.end()
        while at < stop and low[at] == " ":
            at += 1
        if source.match(HEAD, at, stop) and not low.startswith(("kết quả", "cơ sở", "tổ chức")):
            bodies, last = read_list(source, at, stop)
            if bodies:
                recipient, place = bodies, last
                break
        for to in source.finditer(_TO, report.start(), stop):
            if source.match(HEAD, to.end(), stop) or source.work[to.end() : to.end() + 1].isupper():
                bodies, last = read_list(source, to.end(), stop)
                if bodies:
                    recipient, place = bodies, last
                    break
        if recipient:
            break
    if not recipient:
        for to in source.finditer(_TO, start, min(end, onward_at)):
            if source.match(HEAD, to.end(), end):
                bodies, last = read_list(source, to.end(), min(end, onward_at))
                if bodies:
                    recipient, place = bodies, last
                    break
    via = None
    for through in source.finditer(_VIA, start, end):
        close = low.find(")", through.end(), end)
        bodies = read_list(source, through.end(), close if close >= 0 else end)[0]
        if not bodies and close >= 0 and source.work[through.end()].isupper():
            bodies = split_names(source, through.end(), close)
        if bodies:
            via = bodies[0]
            break
    return [_clean(source, body) for body in recipient], via, place


def _clean(source: Source, body: Agency) -> Agency:
    return body


def _onward(source: Source, onward: re.Match[str], end: int) -> list[Agency]:
    at = onward.end()
    while at < end and source.low[at] == " ":
        at += 1
    return read_list(source, at, end)[0]


def _submission(source: Source, clause: Clause, start: int, end: int, era: Era, send: re.Match[str], reporter: list[Agency], duties: list[Duty]) -> None:
    low = source.low
    bodies, _ = read_list(source, send.end(), end)
    if not bodies and source.work[send.end() : send.end() + 4].isupper():
        stop = send.end()
        while stop < end and source.work[stop].isalnum():
            stop += 1
        bodies = [Agency(source.plain(send.end(), stop), send.end(), stop)]
    if not bodies:
        return
    things = source.finditer(_SENT_THING, start, send.end()) or source.finditer(_SENT_THING, clause.body, send.end())
    if not things and "kết quả" in low[start : send.start()]:
        kind, what = "results", "kết quả"
    elif not things:
        return
    else:
        thing = next((t for t in reversed(things) if t.start() >= send.start()), things[-1])
        kind = "evidence" if thing["evidence"] else "submission"
        what = source.plain(*thing.span())
    limits = find_limits(source, start, end, era, "")
    via = None
    for through in source.finditer(_VIA, send.end(), end):
        close = low.find(")", through.end(), end)
        found = read_list(source, through.end(), close if close >= 0 else end)[0]
        via = found[0] if found else None
        break
    duties.append(Duty(send.start(), min(end, send.end() + 20), clause, kind, "once" if kind != "results" else None, reporter, bodies, via, [], None,
                       limits[0] if limits else None, None, what, 0.65))
