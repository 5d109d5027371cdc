"""Targets with a number: the phrases of a clause that somebody could count.

In a target zone every checkable clause counts; elsewhere only an outcome's number (T3). Each target keeps to the
phrase that makes it checkable: comparator, number, unit, counted noun.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from attrs import define, field

from pcmt.core.reading.lexicon import OUTPUT_NOUNS, PER_UNIT, PERIODS, TIME_NOUNS, VERB, phrase
from pcmt.core.reading.outline import Clause
from pcmt.core.reading.source import Places, Source
from pcmt.core.reading.targets import VERSUS, ZERO, Figure, Target, clause_stop, read_baseline, whole_words
from pcmt.core.reading.wordless import Wordless
from pcmt.core.text import Numeral, find_numerals
from pcmt.core.text.numerals import WORDS

_PRE = phrase(
    r"(?:(?P<gte>ít nhất(?: là| đạt| từ)?|tối thiểu(?: là| đạt)?|không dưới|không thấp hơn|không ít hơn|đạt từ|từ|≥|"
    r">=)|"
    r"(?P<gt>trên|hơn|vượt(?: trên)?|cao hơn|lớn hơn|>)|(?P<lt>xuống còn dưới|xuống dưới|còn dưới|dưới|thấp hơn|"
    r"nhỏ hơn|<)|"
    r"(?P<lte>không (?:được )?(?:quá|vượt quá|vượt|cao hơn)|tối đa(?: là)?|nhiều nhất|≤|<=)|"
    r"(?P<approx>khoảng(?: từ)?|xấp xỉ|gần|ước(?: đạt)?))"
    r" ?(?:là |đạt |được )?$"
)
_RANGE = re.compile(
    r" *(?P<p>%)? *(?:-|đến|den|tới) *(?P<b>\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?)(?![\d/])(?P<rest> *%)?"
)
_STARTED = r" ?%(?: \(?(?:vào )?(?:cuối )?năm (?P<year>20\d\d)\)?)? (?:lên|xuống)(?: còn)?(?: trên| dưới| ít nhất)? "
_RISEN = phrase(rf"{_STARTED}(?=\d)")
_FROM = phrase(rf"từ \d[\d,.]*{_STARTED}$")
_LEVELLED = phrase(r"(?P<way>lên|xuống|còn)(?: còn)? ?(?:trên|dưới|ít nhất|tối thiểu|mức)? ?$")
_PERCENT = re.compile(r" *(?:%|phần trăm|phan tram)")
_UPWARDS = phrase(r"[^,.;:()\d]{0,45}?trở (?P<way>lên|xuống)")
_SLASH = re.compile(r"/ ?(?P<k>\d+)(?![\d/])")
COUNTED = phrase(
    r" ?(?P<noun>"
    + "|".join(sorted(map(re.escape, OUTPUT_NOUNS), key=len, reverse=True)).replace(r"\ ", " ")
    + r")(?!\w)"
)
_TIME = phrase(rf" ?(?:{TIME_NOUNS}|m|km|mét|kilomet|cm|độ|lít|kg|gam|giây)(?!\w)")
_WORDS = re.compile(r" *(?P<noun>[^\W\d_]+(?: +[^\W\d_]+)?)")
_HOURS_PER = phrase(r" ?(?:giờ|phút|tiết) ?/ ?(?:ngày|tuần|tháng|quý|năm)")
_RATE = phrase(
    r"(?P<what>(?: [^\W\d_]+(?:,(?= [^\W\d_]+ ?/))?){0,4}?) ?"
    r"(?:/ ?(?:mỗi )?|(?:trong |trên )?(?:một|mỗi|01|1) |(?:trong )?(?:hằng|"
    r"hàng) |trong (?=(?:năm|tháng|quý|tuần)(?! \d)))(?:(?P<every>\d+) )?"
    r"(?P<per>ngày|tuần|tháng|quý|năm học|năm|học k[ỳì]|kỳ học|đợt(?: cao điểm)?)(?!\w)"
)
_LASTS = phrase(r"(?:thời gian|thời hạn) [^,.;:\d]{0,60}$")
_DURATION = phrase(r" ?(?:phút|giờ|ngày|tuần|tháng)(?! \d)(?!\w)")
_PER_SOME = phrase(
    r" ?(?P<per>tháng|tuần|quý|năm) (?P<n>\d{1,2}|một|hai|ba) (?P<unit>kỳ|lần|buổi|lượt|số|bài|tin)(?!\w)"
)
_TURN = phrase(r" ?(?P<per>tháng|tuần|năm) (?:một|01|1) lần(?!\w)")
_EACH_BEFORE = phrase(
    r"(?:(?:hằng|hàng|mỗi|định kỳ(?: hằng| hàng)?|trong mỗi) (?P<per>ngày|tuần|tháng|quý|năm học|năm|học k[ỳì])|"
    r"định kỳ (?P<every>0?\d) (?P<per2>tháng|tuần|năm))(?!\w)[^.;]*$"
)
_EACH_ENDS = phrase(r"(?<!\w)(?:mỗi|hằng|hàng) (?:ngày|tuần|tháng|quý|năm) $")  # "mỗi năm 02 lần": the year is no 2
_EACH_AFTER = phrase(
    r"[^,.;]{0,60}? (?:mỗi|hằng|hàng) (?P<per>ngày|tuần|tháng|quý|năm học|năm|học k[ỳì])(?!\w)(?P<every>(?P<per2>))"
)
_CHANGE = phrase(
    r"(?<!\w)(?:(?P<up>tăng(?: thêm| bình quân| trưởng)?|nâng)|(?P<down>(?:kéo |làm |cắt )?giảm|hạ(?! tầng)))(?!\w)"
    r"(?! cường)(?! thời lượng)(?P<gap>(?:(?!(?<!\w)(?:tăng|giảm|nâng)(?!\w))[^.;\d]){0,90})$"
)
_PAST = phrase(
    r"(?<!\w)đã (?!được phê duyệt|ban hành|đề ra|đăng ký|giao|xác định|ký)(?:\w+)|(?:trong )?(?:năm|thời gian|"
    r"giai đoạn|những năm) (?:qua|vừa qua)|kết quả (?:đạt được|thực hiện)|tính đến|"
    r"tính từ|(?<!\w)hiện (?:nay|tại|có|đang)|toàn (?:tỉnh|huyện|xã|phường|thành phố) (?:hiện )?có \d|"
    r"đạt \d[\d,.]* ?% (?:so với )?(?:kế hoạch|chỉ tiêu)|cùng kỳ năm trước (?:xảy ra|có)"
)
_NOT_MEASURED = phrase(  # words before a number that make it a name, not a count
    r"(?<!\w)(?:số|cấp|vùng|khối|lớp|tiểu dự án|dự án|điều|khoản|điểm|chương|mục|phụ lục|quốc lộ|tỉnh lộ|khu vực|"
    r"khóa|lần thứ|thứ|hải đội|đoàn|đội|tổ|phần|"
    r"tháng|năm|quý|ngày|nhóm|mẫu|biểu|bảng|km|ql|mô hình|tiêu chí|giai đoạn|chuyên đề|bước|kỳ|phường|quận|thôn|ấp|"
    r"khóm|khu phố|tổ dân phố|lữ đoàn|trung đoàn|sư đoàn|quân khu|c|pc|đợt|đề án|trang|mức độ|mức|cụm|ban chỉ đạo|"
    r"bcđ) $"
)
_NAMING = phrase(r"(?<!\w)(?:nghị quyết|nghị định|chỉ thị|kết luận|thông tư|quyết định|kế hoạch|đề án|luật)(?: số)? $")
_OF_PLAN = phrase(r" ?%? ?(?:so với )?(?:kế hoạch|chỉ tiêu)")
_PAST_BRACKET = phrase(r"\([^()]*(?:năm 20\d\d|cùng kỳ|hiện|kết quả|đã|thực tế)")
_AGE = phrase(r"(?:từ )?(?:đủ )?\d+ (?:tuổi|đến dưới)")
_IN_PARTS = phrase(r"[^,.;:\d]{0,30},? ?(?:trong đó|chia ra|phân bổ)(?: như sau)? ?:? ?(?=[^.;]{3,80}\d)")
_ACHIEVES = phrase(r"(?<!\w)(?:phấn đấu|đạt|đạt được|chỉ tiêu)(?!\w)|xây dựng (?=\d{1,2} (?:mô hình|câu lạc bộ))")
_LISTED_MEASURES = phrase(r"(?:cả )?(?:0?3|ba) (?:tiêu chí|mặt)")
_EACH = phrase(PER_UNIT)
OBLIGED = re.compile(r"(?<!\.)[.;](?=\s|$)")


@define(eq=False)
class Reader:
    """Reads the targets of one clause after another; `taken` are places that numbers may not come from."""

    source: Source
    taken: Places
    targets: list[Target] = field(factory=list)
    figures: list[Figure] = field(factory=list)

    # -- one clause ------------------------------------------------------------------------------------------------
    def read(self, clause: Clause, start: int, end: int, zone: bool, role: str) -> list[Target]:
        """All targets of a stretch of a clause's text, in order."""
        found: list[Target] = []
        for piece in self.source.pieces(start, end):
            found += self._piece(clause, *piece, zone, role, start)
        self.targets += found
        return found

    def _piece(self, clause: Clause, start: int, end: int, zone: bool, role: str, floor: int) -> list[Target]:
        found: list[Target] = []
        numbers = self._numbers(start, end)
        stops = [start, *(stop.start() + 1 for stop in OBLIGED.finditer(self.source.low, start, end)), end]
        at = 0
        for a, b in pairwise(stops):
            inside = []
            while at < len(numbers) and numbers[at].start < b:
                inside.append(numbers[at])
                at += 1
            if a < b:
                found += self._sentence(clause, a, b, inside, zone, role, floor)
        return found

    def _numbers(self, start: int, end: int) -> list[Numeral]:
        low = self.source.low
        found = [n for n in find_numerals(low, start, end) if not self.taken.meet(n.start, n.end)]
        for word in _NUMBER_WORD.of(self.source.bare).finditer(low, start, end):
            value = WORDS.get(word["n"]) or _BARE_WORDS.get(word["n"])
            if value:
                found.append(Numeral(word.start("n"), word.end("n"), value))
        return sorted(found, key=lambda n: n.start)

    def _sentence(
        self, clause: Clause, start: int, end: int, numbers: list[Numeral], zone: bool, role: str, floor: int
    ) -> list[Target]:
        found: list[Target] = []
        source, low = self.source, self.source.low
        past = role == "situation"
        skip = -1
        for i, number in enumerate(numbers):
            if i <= skip:
                continue
            read = self._number(number, start, end, zone, found)
            if read is None:
                continue
            facts, a, b, used = read
            skip = i + used
            told = past or self._told(start, end, number, b, zone)
            if told or source.quoted(a, clause.body, clause.end):
                self.figures.append(
                    Figure(
                        a,
                        b,
                        "situation" if role == "situation" else "past_result" if told else "quoted",
                        number.value,
                        facts["unit"],
                        source.plain(b, whole_words(low, b, clause_stop(low, b, min(end, b + 80)))),
                    )
                )
                continue
            if facts["unit"] != "percent" and any(
                z.start() < a and not re.search(r"[,;.]", low[z.end() : a])
                for z in source.finditer(ZERO, start, a)
                if not z["soft"]
            ):
                continue  # "không để tồn tại ... trong bán kính 200 m"
            if (
                found
                and found[-1].facts["kind"] == "coverage"
                and re.search(r"(?:có|gồm|từ)\s*$", low[max(start, a - 5) : a])
                and ";" not in low[found[-1].end : a]
                and facts["unit"] != "percent"
            ):
                continue  # "100% cơ sở có từ 05 phòng trở lên": which ones, not how many
            self._coordinate(facts, found, a, number.end, end)
            if not zone and not self._outcome(clause, facts, number, a, b, start, end, role):
                continue
            frequency = facts["frequency"]
            shares = [t for t in found if t.facts["kind"] == "coverage" and not t.facts["frequency"]]
            if frequency and shares:
                for share in shares:
                    share.facts["frequency"] = frequency
                    share.facts["frequency_span"] = (a, b)
                continue
            target = Target(a, b, clause, facts, self._confidence(facts, zone), [(number.start, b)])
            found += self._multiply(target, start, end)
        wordless = Wordless(source, clause, start, end, floor, role, past, found)
        found += wordless.in_zone() if zone else wordless.outside()
        for target in found:
            target.facts["zone"] = "target_section" if zone else "elsewhere"
        return sorted(found, key=lambda t: t.start)

    def _told(self, start: int, end: int, number: Numeral, stop: int, zone: bool) -> bool:
        """Whether a number tells of what was: "đã bắt 12 vụ", "(năm 2024 đạt 93,2%)", "đạt 92% kế hoạch"."""
        source, low = self.source, self.source.low
        before = low[start : number.start]
        if not zone:  # "năm 2025 đã bắt 412 vụ; số vụ tăng 9,7%": one sentence of results
            floor = max(0, start - 300)
            before = low[max(low.rfind(". ", floor, start) + 1, floor) : number.start]
        if (
            _PAST.of(source.bare).search(before)
            or _OF_PLAN.of(source.bare).match(low, stop, end)
            and re.search(r"đạt\s*$|dat\s*$", before)
        ):
            return True
        if (
            not zone
            and re.search(r"chiếm (?:tỷ lệ )?(?:khoảng |trên |gần )?$|chiem $", before[-24:])
            and "phấn đấu" not in before
        ):
            return True  # "riêng khu vực ven biển chiếm 41%"
        bracket = before.rfind("(")
        return (
            bracket >= 0 and ")" not in before[bracket:] and bool(_PAST_BRACKET.of(source.bare).match(before, bracket))
        )

    def _coordinate(self, facts: dict[str, Any], found: list[Target], a: int, stop: int, end: int) -> None:
        """ "giảm 5% số vụ trộm, 10% số vụ cố ý gây thương tích so với cùng kỳ": the second share changes too."""
        if (
            not found
            or found[-1].facts["kind"] != "change"
            or facts["kind"] != "coverage"
            or facts["unit"] != "percent"
        ):
            return
        between = self.source.low[found[-1].start : a]
        if re.search(r"[;.]", between) or VERB.of(self.source.bare).search(between[-24:]):
            return
        facts["kind"], facts["direction"] = "change", found[-1].facts["direction"]
        versus = VERSUS.of(self.source.bare).search(self.source.low, stop, end)
        if versus:
            facts["baseline"] = read_baseline(self.source, versus)
            found[-1].facts["baseline"] = found[-1].facts["baseline"] or facts["baseline"]

    # -- numbers ---------------------------------------------------------------------------------------------------
    def _number(
        self, number: Numeral, start: int, end: int, zone: bool, before: list[Target]
    ) -> tuple[dict[str, Any], int, int, int] | None:
        source, low = self.source, self.source.low
        a, b, used = number.start, number.end, 0
        if a > start and (low[a - 1] in "/-" and low[a - 2 : a - 1].isalnum() or low[a - 1].isalpha()):
            return None
        left = low[max(start, a - 34) : a]
        pre = _PRE.of(source.bare).search(left)
        comparator = next((name for name in ("gte", "gt", "lt", "lte", "approx") if pre and pre[name]), "eq")
        value: int | float = number.value
        value_max: int | float | None = None
        ranged = _RANGE.match(low, b, end)
        percent = _PERCENT.match(low, b, end)
        risen = _RISEN.of(source.bare).match(low, b, end)
        if risen:  # "từ 61,5% năm 2025 lên 85%": the first number is where it starts from
            return None
        if ranged and _NAMING.of(source.bare).search(low[max(start, a - 16) : a]):
            return None  # "phổ biến Nghị quyết 44 tới 100% đảng viên"
        if ranged and low[b : b + 1] != "/":
            top = next(iter(find_numerals(ranged["b"])), None)
            closing = ranged.end()
            is_percent = bool(ranged["p"] or ranged["rest"])
            if (
                top
                and top.value > value
                and (
                    is_percent
                    or zone
                    and low[max(start, a - 3) : a].strip() in ("từ", "tu")
                    or COUNTED.of(source.bare).match(low, closing, end)
                )
                and not _TIME.of(source.bare).match(low, closing, end)
                or (top and is_percent and top.value > value)
            ):
                value_max, comparator, used = top.value, "range", 1
                b = closing
                percent = None
                if is_percent and not ranged["rest"]:
                    follow = _PERCENT.match(low, b, end)
                    b = follow.end() if follow else b
                unit, kind = ("percent", "coverage") if is_percent else (None, "count")
                if not is_percent:
                    unit, b = self._unit(b, end)
                return self._finish(number, a, b, value, value_max, comparator, unit, kind, pre, start, end, used)
        slash = _SLASH.match(low, b, end)
        if (
            slash
            and before
            and before[-1].facts["unit"] == "percent"
            and re.search(r"\([^()]*$", low[before[-1].start : a])
        ):
            return None  # "25% số xã (16/65 đơn vị)": the same share once more
        if slash and re.match(r"[^().;]{0,30}\( *\d+ *%", low[slash.end() : end]):
            return None  # "5/5 bản (100%)"
        if slash:
            noun = _WORDS.match(low, slash.end(), end)
            if not noun or _TIME.of(source.bare).match(low, slash.end(), end):
                return None
            if int(slash["k"]) < value and not zone:
                return None
            unit, stop = self._unit(slash.end(), end)
            return self._finish(number, a, stop, value, None, comparator, unit, "coverage", pre, start, end, 1)
        if percent:
            return self._finish(
                number, a, percent.end(), value, None, comparator, "percent", "coverage", pre, start, end, 0
            )
        turned = self._turned(number, a, comparator, pre, start, end)
        if turned:
            return turned
        timed = _TIME.of(source.bare).match(low, b, end) and not _HOURS_PER.of(source.bare).match(low, b, end)
        rate = None if timed else _RATE.of(source.bare).match(low, b, end)
        if rate and rate["what"].strip():
            per = PERIODS.get(" ".join(rate["per"].split()).replace("kì", "kỳ")) or PERIODS.get(
                _unbare(rate["per"]), "year"
            )
            unit = source.plain(b, b + len(rate["what"]))
            read = self._finish(
                number,
                a,
                rate.end(),
                value,
                None,
                comparator,
                unit,
                "frequency",
                pre,
                start,
                end,
                1 if rate["every"] else 0,
            )
            read[0]["frequency"] = {"n": int(value), "per": per, "every": int(rate["every"] or 1), "implied": False}
            return read
        lasting = pre and (pre["lte"] or pre["lt"]) and _LASTS.of(source.bare).search(low, start, a)
        if lasting and zone and _DURATION.of(source.bare).match(low, b, end):  # "thời gian chờ không quá 10 ngày"
            unit, stop = self._unit(b, end)
            return self._finish(number, a, stop, value, None, comparator, unit, "count", pre, start, end, 0)
        if (
            _TIME.of(source.bare).match(low, b, end)
            or _NOT_MEASURED.of(source.bare).search(low[max(start, a - 16) : a])
            and not pre
            and not _EACH_ENDS.of(source.bare).search(low[max(start, a - 16) : a])
        ):
            return None
        if low[b : b + 1] in ")":
            return None
        noun = COUNTED.of(source.bare).match(low, b, end)
        if not noun and (not (pre or zone) or low[b : b + 1] != " " or not _WORDS.match(low, b, end)):
            return None
        unit_words, stop = self._unit(b, end)
        kind = "count"
        read = self._finish(number, a, stop, value, None, comparator, unit_words, kind, pre, start, end, 0)
        each = _EACH_BEFORE.of(source.bare).search(low, start, a) or _EACH_AFTER.of(source.bare).match(low, stop, end)
        if each and unit_words and read[0]["kind"] == "count":
            per = PERIODS.get(" ".join((each["per"] or each["per2"]).split())) or "year"
            read[0]["kind"] = "frequency"
            read[0]["frequency"] = {"n": int(value), "per": per, "every": int(each["every"] or 1), "implied": False}
        return read

    def _turned(
        self, number: Numeral, a: int, comparator: str, pre: re.Match[str] | None, start: int, end: int
    ) -> tuple[dict[str, Any], int, int, int] | None:
        """ "1 tháng 2 kỳ", "ít nhất 06 tháng một lần": so many periods for so many times."""
        source, low, b, value = self.source, self.source.low, number.end, number.value
        some = _PER_SOME.of(source.bare).match(low, b, end)
        if some:  # "1 tháng 2 kỳ"
            times = int(some["n"]) if some["n"].isdigit() else WORDS.get(some["n"]) or _BARE_WORDS.get(some["n"]) or 1
            read = self._finish(number, a, some.end(), times, None, "eq", some["unit"], "frequency", pre, start, end, 1)
            per = PERIODS[_unbare(some["per"])] if source.bare else PERIODS[some["per"]]
            read[0]["frequency"] = {"n": times, "per": per, "every": int(value), "implied": False}
            return read
        turn = _TURN.of(source.bare).match(low, b, end)
        if turn:  # "ít nhất 06 tháng một lần"
            read = self._finish(
                number,
                a,
                turn.end(),
                1,
                None,
                "gte" if comparator == "eq" and pre else comparator,
                "lần",
                "frequency",
                pre,
                start,
                end,
                1,
            )
            read[0]["frequency"] = {
                "n": 1,
                "per": PERIODS[_unbare(turn["per"])] if source.bare else PERIODS[turn["per"]],
                "every": int(value),
                "implied": False,
            }
            return read
        return None

    def _unit(self, at: int, end: int) -> tuple[str | None, int]:
        source = self.source
        noun = COUNTED.of(source.bare).match(source.low, at, end) or _WORDS.match(source.low, at, end)
        if not noun:
            return None, at
        words = noun.group("noun")
        stop = noun.end("noun")
        if " " in words and noun.re is _WORDS:
            first = words.split()[0]
            stop = noun.start("noun") + len(first)
        return source.plain(noun.start("noun"), stop), stop

    def _finish(
        self,
        number: Numeral,
        a: int,
        b: int,
        value: float,
        value_max: float | None,
        comparator: str,
        unit: str | None,
        kind: str,
        pre: re.Match[str] | None,
        start: int,
        end: int,
        used: int,
    ) -> tuple[dict[str, Any], int, int, int]:
        source, low = self.source, self.source.low
        begin = a
        if pre:
            begin = max(start, a - 34) + pre.start()
        upward = _UPWARDS.of(source.bare).match(low, b, end)
        from_word = bool(pre and pre["gte"] and pre["gte"].startswith(("từ", "tu", "đạt từ")))
        if upward and value_max is None and comparator in ("eq", "gte"):
            comparator = "gte" if upward["way"] in ("lên", "len") else "lte"
            if from_word or upward.end() - b < 12:
                b = max(b, upward.end())
        direction, baseline = None, None
        stop = clause_stop(low, b, end)
        versus = VERSUS.of(source.bare).search(low, b, min(end, b + 160))
        change = _CHANGE.of(source.bare).search(low[max(start, begin - 110) : begin])
        level = _LEVELLED.of(source.bare).search(low, max(start, a - 16), a)
        if (
            level and unit == "percent" and not versus
        ):  # "hạ xuống dưới 25%", "nâng lên 85%": a share, and where it goes
            direction = "increase" if level["way"] in ("lên", "len") else "decrease"
            risen = _FROM.of(source.bare).search(low, start, a)
            if risen:
                begin = min(begin, level.start())
                baseline = (
                    {"kind": "year", "year": int(risen["year"]), "text": f"năm {risen['year']}"}
                    if risen["year"]
                    else None
                )
        elif change and kind in ("coverage", "count", "frequency") and (unit == "percent" or versus):
            near = len(change["gap"]) <= 12 or versus
            if near and not re.search(r"[;.]", change["gap"]):
                direction = "increase" if change["up"] else "decrease"
                kind = "change"
                if len(change["gap"]) <= 14:
                    begin = max(start, begin - 110) + change.start()
        elif (
            from_word
            and comparator == "gte"
            and not upward
            and kind != "change"
            and value_max is None
            and unit != "percent"
        ):
            comparator = "gte"
        if versus:
            baseline = read_baseline(source, versus)
            stop = max(stop, versus.end())
        facts: dict[str, Any] = {
            "kind": kind,
            "comparator": comparator,
            "value": value,
            "value_max": value_max,
            "unit": unit,
            "direction": direction,
            "measure": source.plain(b, whole_words(low, b, clause_stop(low, b, min(end, b + 160)))) or None,
            "scope": None,
            "per": None,
            "baseline": baseline,
            "frequency": None,
            "assessed": None,
            "period": None,
            "quoted": False,
        }
        each = next(
            (
                m
                for m in source.finditer(_EACH, max(start, begin - 90), begin)
                if not re.search(r"[.;]", low[m.end() : begin])
            ),
            None,
        )
        if each:
            facts["per"] = source.plain(*each.span())
            facts["scope"] = facts["per"]
        if direction and re.search(r"(?:hằng|hàng|hang) (?:năm|nam)", low[max(start, begin - 40) : begin]):
            facts["assessed"] = "yearly"
        joined = _AND_VERB.of(source.bare).search(low, b, min(end, b + 70))
        anchor_end = min(max(b, clause_stop(low, b, joined.start() if joined else min(end, b + 70))), begin + 290)
        return facts, begin, source.trim(begin, max(b, whole_words(low, b, anchor_end)))[1], used

    def _outcome(
        self, clause: Clause, facts: dict[str, Any], number: Numeral, a: int, b: int, start: int, end: int, role: str
    ) -> bool:
        """Outside a zone: whether a number measures an outcome (T3)."""
        source, low = self.source, self.source.low
        if facts["unit"] == "percent":
            return role not in ("funding",) and not _age(source, a, b)
        if facts["kind"] == "frequency":
            return (
                facts["comparator"] != "eq"
                and role not in ("reporting", "funding")
                and "báo cáo" not in low[start:a][-60:]
            )
        if facts["value"] in (0,):
            return False
        if role in ("funding", "reporting", "purpose", "other", "aims") and not facts["per"]:
            return False
        if facts["kind"] == "coverage":
            return True
        noun = COUNTED.of(source.bare).match(low, number.end, end)
        if facts["comparator"] in ("gte", "lte", "lt"):
            return True
        if facts["per"]:
            return not re.search(r"(?<!\w)cử(?!\w)", low[max(start, a - 60) : a])
        if facts["comparator"] == "gt":
            return bool(noun) and not re.search(r"(?:địa bàn|tại|ở|tuyến)\s*$", low[max(start, a - 12) : a])
        if not noun or facts["value"] > 100_000:
            return False
        if _IN_PARTS.of(source.bare).match(low, b, end):
            return True  # "12 người, trong đó: ..."
        verb = list(_ACHIEVES.of(source.bare).finditer(low, max(start, a - 40), a))
        if not verb or re.search(
            r"(?:\bcủa|\bvới|\bgiữa|\bcác|\btại|\bcho|\btheo|\btừ|\btrên|\bgồm|\bthuộc)\s*$", low[max(start, a - 8) : a]
        ):
            return False
        gap = low[verb[-1].end() : a]
        return len(gap) < 40 and not re.search(r"[,;.:(]", gap)

    def _multiply(self, target: Target, start: int, end: int) -> list[Target]:
        """One number over three measures is three targets (T5): "10% số vụ, số người chết và số người bị thương"."""
        source, low = self.source, self.source.low
        if target.facts["kind"] != "change":
            return [target]
        first = target.numbers[0][0] if target.numbers else target.start
        behind = self._measures(first, self._measure_stop(first, end))
        opened = max(low.rfind(";", start, target.start), low.rfind(". ", start, target.start), start - 1) + 1
        ahead = self._measures(opened, target.start)
        three = _LISTED_MEASURES.of(source.bare).search(low, opened, min(end, target.end + 60))
        listed = (
            behind if len(behind) >= 3 else ahead if len(ahead) >= 3 else []
        )  # "số vụ, số đối tượng" is one habit of speech
        count = len(listed) or (3 if three else 1)
        made = []
        for i in range(count):
            facts = dict(target.facts)
            if listed:
                facts["measure"] = source.plain(*listed[i])
            made.append(
                Target(
                    target.start,
                    target.end,
                    target.clause,
                    facts,
                    target.confidence * (0.95 if count > 1 else 1),
                    list(target.numbers),
                )
            )
        return made

    def _measure_stop(self, first: int, end: int) -> int:
        """Where the measures behind a number end: the next number, stop or comparison."""
        low = self.source.low
        number = re.compile(r"[\d.,%]+(?: *- *[\d.,]+%?)?").match(low, first, end)
        at = number.end() if number else first
        stop = re.compile(r"\d|[.;(]| so với| so cùng").search(low, at, end)
        return stop.start() if stop else end

    def _measures(self, start: int, end: int) -> list[tuple[int, int]]:
        """Coordinated measures of a stretch ("số vụ, số người phạm tội và số nạn nhân"); none when it lists others."""
        low = self.source.low
        found: list[tuple[int, int]] = []
        at = start
        for cut in [*re.finditer(r",| và | va ", low[start:end]), None]:
            stop = start + cut.start() if cut else end
            a, b = self.source.trim(at, stop)
            measure = (_BARE_MEASURE if self.source.bare else _MEASURE).match(low, a, b)
            if measure and measure.end() < b:
                found.append((measure.end(), b))
            elif found:
                break
            at = start + cut.end() if cut else end
        return found

    def _confidence(self, facts: dict[str, Any], zone: bool) -> float:
        """About how often such a target is right (docs/dev/confidence.md)."""
        if facts["kind"] == "frequency" or facts["unit"] == "percent":
            return 0.97 if zone else 0.92
        if facts["comparator"] != "eq" or facts["per"]:
            return 0.95 if zone else 0.86
        return 0.92 if zone else 0.75


_NUMBER_WORD = phrase(
    r"(?:ít nhất|tối thiểu|không quá|tối đa|mỗi (?:\w+ ){1,3}(?:có|xây dựng|tổ chức|thành lập|"
    r"duy trì)(?: ít nhất)?) (?P<n>một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười) (?!số|cách|phần)"
)
_BARE_WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10}
_MEASURE = re.compile(r"(?:[^,]*?(?<!\w))?(?=(?:số|tỷ lệ) +[^\W\d])")
_BARE_MEASURE = re.compile(r"(?:[^,]*?(?<!\w))?(?=(?:so(?! voi)|ty le) +[^\W\d])")
_AND_VERB = phrase(r" (?:và|đồng thời) (?:phải|kiềm chế|giảm|tăng|nâng|không|đạt|phấn đấu|từng bước|hạn chế)(?!\w)")


def _unbare(word: str) -> str:
    return {
        "ngay": "ngày",
        "tuan": "tuần",
        "thang": "tháng",
        "quy": "quý",
        "nam": "năm",
        "nam hoc": "năm học",
        "hoc ky": "học kỳ",
        "dot": "đợt",
    }.get(" ".join(word.split()), "năm")


def _age(source: Source, a: int, b: int) -> bool:
    return bool(_AGE.of(source.bare).match(source.low, a, b + 12))
