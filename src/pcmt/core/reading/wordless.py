"""Targets without a number: zero incidence, direction, status, condition, quotas set elsewhere, bare frequencies."""

from __future__ import annotations

import re
from typing import Any

from attrs import define, field

from pcmt.core.reading.lexicon import PERIODS, phrase, words
from pcmt.core.reading.outline import Clause
from pcmt.core.reading.source import Source
from pcmt.core.reading.targets import VERSUS, ZERO, Target, clause_stop, read_baseline, whole_words
from pcmt.core.text import Span

_SOFT_START = re.compile(r"(?:^|[;.:,\-+]|(?:đảm bảo|bảo đảm|phấn đấu|cơ bản|và)) *$")
_DIRECTION = phrase(
    r"(?P<next>(?:năm sau )?(?P<way>cao|thấp|ít|nhiều|giảm|tăng) ?(?:hơn)?(?: so với)? năm (?:học )?trước)|"
    r"(?:(?P<down>(?:làm |kéo )?giảm(?: dần| thiểu| mạnh| sâu| cơ bản)?|hạn chế|thu hẹp)|(?P<up>tăng(?: dần)?|"
    r"nâng(?: dần| cao)?)|(?P<hold>kiềm chế|giữ (?:vững|ổn định)))"
    r" (?:tối đa |về |thấp nhất |đến mức thấp nhất )?(?:(?P<count>(?:sự )?(?:số|tỷ lệ|tỉ lệ|mức độ|tính chất|tốc độ|"
    r"quy mô|tổng số|diện tích|phạm vi)(?! hóa)(?:\w*)|gia tăng|so với|cả \d))",
    needs="giảm|tăng|hạn|nâng|kiềm|giữ|hẹp|trước",
)
_MILESTONE = phrase(
    r"(?:được công nhận|đạt chuẩn|được cấp chứng nhận|đạt (?:các )?tiêu chí|đạt danh hiệu|trở thành|về đích|"
    r"hoàn thành (?:việc )?xây dựng)"
)
_EXTERNAL = phrase(
    r"(?:hoàn thành|đạt|thực hiện)(?: đạt)?(?: tốt| 100%| đầy đủ)?(?: và vượt| hoặc vượt|"
    r", vượt)?(?: mức)?(?: các)? chỉ tiêu(?!,? mục tiêu)[^.;]{0,60}",
    needs="chỉ",
)
_ALONE = phrase(
    r"(?:định kỳ )?(?:hằng|hàng) (?P<per>ngày|tuần|tháng|quý|năm)(?!\w)|định kỳ (?P<every>0?\d{1,2}) (?P<per2>tháng|"
    r"tuần|năm)(?: hoặc đột xuất)?|"
    r"(?P<on>thường xuyên,? liên tục|liên tục,? thường xuyên)"
)
_NEGATIVE = phrase(r"(?:phải )?(?:cho |có |được )?(?:kết quả )?(?:xét nghiệm )?âm tính[^,.;]{0,60}", needs="âm")
_APART = phrase(r", (?:riêng|còn) ", needs="riêng|còn")
_CONDITION = phrase(
    r"phải (?:được |bảo đảm |đảm bảo |có )?[^,.;]{3,80}|(?:có )?xét nghiệm âm tính[^,.;]{0,60}|đều (?:phải |"
    r"được )[^,.;]{3,80}"
)
_DIGIT = re.compile(r"\d")
_DATE_WORD = phrase(r"đến (?:hết |cuối )?năm|trước ngày|trong năm|đến (?:hết )?(?:ngày|tháng|quý)")
_NEXT_YEAR = phrase(r"năm sau (?:cao|thấp|ít|nhiều|giảm|tăng) ?(?:hơn)?(?: so với)? năm trước")
_TASK_ROLES = ("tasks", "solutions", "assignment", "implementation", "")
_NO_FACTS = words("value|value_max|unit|direction|measure|scope|per|baseline|frequency|assessed|period")


@define(eq=False)
class Wordless:
    """Finds the targets without a number in [start, end), one sentence of a clause that begins at `floor`.

    `numbered` are the targets with a number found there; `past` says that the sentence tells of results.
    """

    source: Source
    clause: Clause
    start: int
    end: int
    floor: int
    role: str
    past: bool
    numbered: list[Target]
    made: list[Target] = field(factory=list)

    def in_zone(self) -> list[Target]:
        """Everything checkable (T2)."""
        self._zero_incidence(zone=True)
        self._external()
        self._direction()
        self._negative()
        self._milestone(zone=True)
        numbered, end = self._before_apart()
        if not numbered and not self.made:
            self._dated(end)
        if not numbered and not self.made and not self._alone(end):
            self._condition(end)
        return self.made

    def outside(self) -> list[Target]:
        """Outside a zone: zero incidence that opens its bullet, and a status with a date (T3)."""
        self._zero_incidence(zone=False)
        self._milestone(zone=False)
        return self.made

    def _free(self, start: int, end: int) -> bool:
        return not any(t.start < end and start < t.end for t in (*self.numbered, *self.made))

    def _add(self, place: Span, kind: str, confidence: float, **facts: Any) -> None:
        base: dict[str, Any] = dict.fromkeys(_NO_FACTS)
        base |= {"kind": kind, "comparator": "none", "quoted": False}
        self.made.append(Target(*place, self.clause, base | facts, confidence))

    def _words_end(self, start: int, at: int, reach: int) -> int:
        """Where the clause that goes on at a place ends, at most `reach` code points on, on a whole word."""
        low = self.source.low
        return whole_words(low, start, clause_stop(low, start, min(self.end, at + reach)))

    def _zero_incidence(self, zone: bool) -> None:
        """ "không để phát sinh điểm phức tạp", "Tuyệt đối không để ..."; "xóa bỏ ..." where a zone's clause opens."""
        source, low, opened = self.source, self.source.low, zone
        for zero in source.finditer(ZERO, self.start, self.end):
            a = zero.start()
            opening = self.start == self.floor and a - self.floor < 40 and not low[self.floor : a].strip(' -+:"(')
            if zero["soft"] and not (zone and (opening or _SOFT_START.search(low[self.start : a].rstrip()))):
                continue
            if not zone:
                heads = opening or opened and a > self.floor
                if not (heads and self.role in _TASK_ROLES or opening and self.role == "purpose"):
                    continue
                opened = True
            if self.past or source.quoted(a, self.clause.body, self.clause.end) or zone and self._subordinate(a):
                continue
            b = self._words_end(zero.end(), zero.end(), 150)
            if self._free(a, b):
                measure = source.plain(zero.end(), b) or None
                self._add((a, source.trim(a, b)[1]), "zero_incidence", 0.94 if zone else 0.86, measure=measure)

    def _subordinate(self, at: int) -> bool:
        """ "nhằm không để ...": a reason, no target."""
        before = self.source.low[max(self.start, at - 10) : at]
        return bool(re.search(r"(?:nhằm|để|tránh|góp phần)\s*$", before))

    def _external(self) -> None:
        """ "hoàn thành chỉ tiêu trên giao": the quota stands elsewhere."""
        source = self.source
        for external in source.finditer(_EXTERNAL, self.start, self.end):
            a, b = external.span()
            if self._free(a, b) and not self.numbered and not re.search(r"\d", source.low[a:b].split("chỉ tiêu")[0]):
                self._add((a, source.trim(a, b)[1]), "external_reference", 0.88, measure=source.plain(a, b))

    def _direction(self) -> None:
        """ "giảm dần số vụ phạm tội", "năm sau cao hơn năm trước", "kiềm chế tỷ lệ ..."."""
        source, low = self.source, self.source.low
        for way in source.finditer(_DIRECTION, self.start, self.end):
            a = way.start()
            if any(t.start >= a for t in self.numbered) or low[a - 5 : a].strip().endswith("để"):
                continue
            b = self._words_end(way.end(), way.end(), 120)
            if not self._free(a, b):
                if way["next"]:
                    self._lengthen(way, b)
                continue
            if way["next"]:
                direction = "decrease" if way["way"] in ("thấp", "giảm", "ít", "thap", "giam", "it") else "increase"
            else:
                direction = "increase" if way["up"] else "hold" if way["hold"] else "decrease"
            later = _NEXT_YEAR.of(source.bare).search(low, way.end(), self.end)
            if later and not re.search(r"[.;]", low[way.end() : later.start()]):
                b = later.end()
            versus = VERSUS.of(source.bare).search(low, a, min(self.end, b + 60))
            baseline = _previous_year() if way["next"] or later else read_baseline(source, versus) if versus else None
            yearly = re.search(r"(?:hằng|hàng|hang) (?:năm|nam)\s*(?:làm )?$", low[max(self.start, a - 16) : a])
            self._add(
                (a, source.trim(a, min(b, a + 280))[1]),
                "direction",
                0.9,
                direction=direction,
                baseline=baseline,
                measure=source.plain(way.end(), b) or None,
                assessed="yearly" if yearly else None,
            )

    def _lengthen(self, way: re.Match[str], end: int) -> None:
        """ "tăng tỷ lệ ... năm sau cao hơn năm trước": the second half belongs to the direction before it."""
        held = next(
            (t for t in self.made if t.facts["kind"] == "direction" and t.start < end and way.start() < t.end), None
        )
        if held:
            held.end = max(held.end, way.end())
            held.facts["baseline"] = _previous_year()

    def _negative(self) -> None:
        """ "phải cho kết quả xét nghiệm âm tính"."""
        for negative in self.source.finditer(_NEGATIVE, self.start, self.end):
            if self._free(*negative.span()):
                self._add(negative.span(), "condition", 0.85, measure=self.source.plain(*negative.span()))

    def _milestone(self, zone: bool) -> None:
        """ "được công nhận phường không có ma túy", outside a zone only with its day ("đến năm 2027 đạt chuẩn ...")."""
        source = self.source
        if not zone and not _DIGIT.search(source.low, self.start, self.end):
            return
        status = source.search(_MILESTONE, self.start, self.end)
        if not status or self.numbered or zone and self.made:
            return
        nearby = max(self.start, status.start() - 120), min(self.end, status.end() + 90)
        dated = source.search(_DATE_WORD, *nearby)
        if not zone and not dated:
            return
        a = dated.start() if dated and dated.start() < status.start() else status.start()
        b = self._words_end(status.end(), status.end(), 120)
        if self._free(a, b):
            measure = source.plain(status.start(), b)
            self._add((a, source.trim(a, min(b, a + 290))[1]), "milestone", 0.85 if zone else 0.75, measure=measure)

    def _before_apart(self) -> tuple[list[Target], int]:
        """ "kiểm tra định kỳ hằng quý, riêng ... 02 lần": the numbers behind "riêng" leave the words before it free."""
        source = self.source
        apart = source.search(_APART, self.start, self.end)
        if self.numbered and apart and not any(t.start < apart.start() for t in self.numbered):
            alone = source.search(_ALONE, self.start, apart.start())
            if alone and self._free(*alone.span()):
                return [], apart.start()
        return self.numbered, self.end

    def _dated(self, end: int) -> None:
        """What has to be reached by a day, without a number of its own."""
        source = self.source
        dated = source.search(_DATE_WORD, self.start, end)
        if not dated:
            return
        a, b = source.trim(self.start, dated.start())
        while a < b and source.low[a] in " -+,;.:":
            a += 1
        words = source.low[a:b].strip(" -+,;.:")
        if b - a >= 16 and not re.match(r"(?:phải )?(?:hoàn thành|xong|hoàn tất)$", words):
            place = a, source.trim(a, min(b, a + 280))[1]
            self._add(place, "milestone", 0.75, measure=source.plain(*place))

    def _alone(self, end: int) -> bool:
        """ "định kỳ hằng quý" without a number is once a quarter; "thường xuyên, liên tục" goes on all the time."""
        source = self.source
        alone = source.search(_ALONE, self.start, end)
        if not alone:
            return False
        per = "continuous" if alone["on"] else PERIODS.get(alone["per"] or alone["per2"] or "") or "year"
        n = None if alone["on"] else 1
        frequency = {"n": n, "per": per, "every": int(alone["every"] or 1), "implied": True}
        measure = source.plain(self.start, whole_words(source.low, self.start, min(end, self.start + 200)))
        self._add(source.trim(*alone.span()), "frequency", 0.85, frequency=frequency, measure=measure)
        return True

    def _condition(self, end: int) -> None:
        """ "phải được tập huấn", "đều được ..."."""
        must = self.source.search(_CONDITION, self.start, end)
        if must and self._free(*must.span()):
            measure = self.source.plain(*must.span())
            self._add(self.source.trim(*must.span()), "condition", 0.7, measure=measure)


def _previous_year() -> dict[str, Any]:
    return {"kind": "previous_year", "year": None, "text": "năm trước"}
