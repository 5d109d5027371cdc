"""Vietnamese words for dates, periods, limits, ladders and changes.

Days below ten and the months January and February take a leading zero, as Decree 30/2020/NĐ-CP asks of official papers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import date, datetime

from pcmt.core.periods.calendars import (
    ADMINISTRATIVE,
    MONTHS,
    SCHOOL_TERMS,
    STATISTICAL,
    Calendar,
    ExpectedWindow,
    Frequency,
    Kind,
    SchoolTerms,
)
from pcmt.core.periods.ladders import Moved, Step
from pcmt.core.periods.lengths import Days, Hours, Length, Months, WorkingDays, ends_at, length_in
from pcmt.core.periods.limits import DueWindow, Limit, Precision, Relation, due_windows
from pcmt.core.periods.renewal import Action, Change, Reason
from pcmt.core.periods.rules import rule_parts
from pcmt.core.periods.spans import Span
from pcmt.core.periods.workdays import WEEKENDS, Shift, WorkCalendar

ROMAN = ("I", "II", "III", "IV")
WEEKDAYS = {
    "MO": "thứ Hai",
    "TU": "thứ Ba",
    "WE": "thứ Tư",
    "TH": "thứ Năm",
    "FR": "thứ Sáu",
    "SA": "thứ Bảy",
    "SU": "Chủ nhật",
}
RELATIONS = {
    Relation.BEFORE: "trước",
    Relation.BY: "chậm nhất",
    Relation.ON: "vào",
    Relation.WITHIN: "trong",
}
KINDS = {
    Kind.DAY: "ngày",
    Kind.WEEK: "tuần",
    Kind.MONTH: "tháng",
    Kind.QUARTER: "quý",
    Kind.HALF_YEAR: "6 tháng",
    Kind.NINE_MONTHS: "9 tháng",
    Kind.YEAR: "năm",
    Kind.SEMESTER: "học kỳ",
    Kind.SCHOOL_YEAR: "năm học",
    Kind.CAMPAIGN: "đợt",
}
PERIOD_WORDS_VI = {
    "weekly": "hằng tuần",
    "monthly": "hằng tháng",
    "quarterly": "hằng quý",
    "six_monthly": "6 tháng",
    "nine_monthly": "9 tháng",
    "annual": "hằng năm",
    "ad_hoc": "đột xuất",
    "once": "một lần",
    "unspecified": "định kỳ (chưa rõ kỳ)",
}

LENGTHS: Mapping[type[Length], str] = {Hours: "giờ", Days: "ngày", WorkingDays: "ngày làm việc", Months: "tháng"}
SHIFTS = {
    Shift.KEEP: "giữ đúng ngày, kể cả ngày nghỉ",
    Shift.NEXT: "gặp ngày nghỉ thì lùi đến ngày làm việc tiếp theo",
    Shift.PREVIOUS: "gặp ngày nghỉ thì sớm lên ngày làm việc liền trước",
}
LEVELS = {
    "commune": "cấp xã",
    "district": "cấp huyện",
    "province": "cấp tỉnh",
    "department": "cục nghiệp vụ",
    "ministry": "bộ",
    "government": "Chính phủ",
}
MOVED = {
    Moved.DAY_OFF: "gặp ngày nghỉ",
    Moved.CUT_OFF: "phải cách ngày chốt số liệu đủ ngày làm việc",
    Moved.BELOW: "phải sau hạn của cấp dưới",
}
REASONS = {
    Reason.SAME: "không thay đổi",
    Reason.DONE: "đã hoàn thành",
    Reason.PAST: "đã đến hạn trước ngày thay đổi, vẫn còn nợ",
    Reason.RULE: "theo quy định mới",
    Reason.GONE: "quy định mới không còn yêu cầu",
    Reason.SUSPENDED: "rơi vào thời gian tạm đình chỉ",
    Reason.SUCCESSION: "nhận bàn giao từ đơn vị đã thay đổi",
    Reason.MERGED: "gộp vào một việc của đơn vị kế thừa",
    Reason.DOUBLED: "trùng với việc đã có",
    Reason.NEW: "phát sinh theo quy định mới",
}


def date_label(day: date) -> str:
    """`05/6/2025`, `14/02/2025`."""
    return f"{day.day:02}/{_month(day.month)}/{day.year}"


def span_label(span: Span) -> str:
    """`từ ngày 01/6/2025 đến hết ngày 30/6/2025`."""
    return f"từ ngày {date_label(span.start)} đến hết ngày {date_label(span.last)}"


def due_label(window: DueWindow) -> str:
    """The due date as the screen says it: `hết ngày 14/6/2025`."""
    return f"hết ngày {date_label(window.last)}"


def limit_label(limit: Limit) -> str:
    """A limit in the words of a plan: `trước ngày 15/6/2025`, `trong tháng 02/2025`, `trước ngày 15 hằng tháng`."""
    word = RELATIONS[limit.relation]
    if limit.date:
        if limit.relation is Relation.BY and limit.precision in _LONG:
            return f"đến {_last_of(limit.date, limit.precision)}"
        return f"{word} ngày {date_label(limit.date)}"
    if limit.span:
        name = period_label(limit.span, STATISTICAL)
        named = not name.startswith("từ ")
        if limit.relation is Relation.BEFORE:
            return f"trước {_lower(name)}" if named else f"trước ngày {date_label(limit.span.start)}"
        if limit.relation is Relation.BY:
            return f"đến hết {_lower(name)}" if named else f"đến hết ngày {date_label(limit.span.last)}"
        return f"{word} {_lower(name)}" if named else name
    if limit.rule:
        return _rule_label(limit.rule, word)
    return _event_label(limit)


def meaning_label(limit: Limit) -> str:
    """The last day in time where the words name the day after it: `hết ngày 14/6/2025`, `hết ngày 14 hằng tháng`.

    Empty where the words say it themselves, and for days near the end of a month, which mean another day in each.
    """
    if limit.relation is not Relation.BEFORE or limit.event:
        return ""
    if not limit.rule:
        return "".join(due_label(due) for due in due_windows(limit, None))
    parts = rule_parts(limit.rule)
    day, weekday = parts.get("BYMONTHDAY", ""), parts.get("BYDAY", "")
    if day.isdigit() and 2 <= int(day) <= 28 and not weekday:
        return _rule_label(limit.rule.upper().replace(f"BYMONTHDAY={day}", f"BYMONTHDAY={int(day) - 1}"), "hết")
    if weekday in WEEKDAYS and parts["FREQ"] == "WEEKLY":
        before = list(WEEKDAYS)[list(WEEKDAYS).index(weekday) - 1]
        return _rule_label(limit.rule.upper().replace(f"BYDAY={weekday}", f"BYDAY={before}"), "hết")
    return ""


def limit_due_label(limit: Limit, due: DueWindow) -> str:
    """The words of a limit with the day that they mean: `trước ngày 15 hằng tháng (hết ngày 14/6/2025)`."""
    return f"{limit_label(limit)} ({due_label(due)})"


def event_due_label(limit: Limit, happened: date | None, *, work: WorkCalendar = WEEKENDS) -> str:
    """An event limit with its day, or that it has none yet: `trước khi nghiệm thu (chưa xác định được ngày)`.

    Hours after a moment end at a moment: `trong 24 giờ kể từ khi nhận (đến 22 giờ ngày 15/6/2026)`.
    """
    if isinstance(limit.length, Hours) and isinstance(happened, datetime):
        return f"{limit_label(limit)} (đến {moment_label(ends_at(limit.length, happened))})"
    found = due_windows(limit, None, happened=happened, work=work)
    return limit_due_label(limit, found[0]) if found else f"{limit_label(limit)} (chưa xác định được ngày)"


def length_label(length: Length) -> str:
    """`24 giờ`, `02 ngày làm việc`, `30 ngày`, `06 tháng`."""
    return f"{length.n:02} {LENGTHS[type(length)]}"


def moment_label(moment: datetime) -> str:
    """`08 giờ 30 phút ngày 05/6/2026`, by the clock of the moment's own zone."""
    minutes = f" {moment.minute:02} phút" if moment.minute else ""
    return f"{moment.hour:02} giờ{minutes} ngày {date_label(moment.date())}"


def day_off_label(day: date, work: WorkCalendar) -> str:
    """Why a day is off (`Chủ nhật`, `Quốc khánh`), and empty for a working day."""
    if work.is_working(day):
        return ""
    return work.off.get(day) or _capital(list(WEEKDAYS.values())[day.weekday()])


def expected_label(
    window: ExpectedWindow,
    frequency: Frequency,
    unit_word: str = "lần",
    calendar: Calendar = STATISTICAL,
    terms: SchoolTerms = SCHOOL_TERMS,
) -> str:
    """One expected window in words, and what a part of a period asks for.

    `Tuần 23/2025: 02 lượt`; `Tuần 22/2025, chỉ tính từ ngày 01/6/2025 đến hết ngày 01/6/2025 (01/07 ngày): không bắt
    buộc`.
    """
    name = _window_name(window.whole, frequency.per, calendar, terms)
    if window.is_part:
        name += f", chỉ tính {span_label(window)} ({window.days:02}/{window.whole.days:02} ngày)"
    if window.is_stub:
        return f"{name}: không bắt buộc"
    return f"{name}: {window.times:02} {unit_word}" if window.times is not None else f"{name}: thường xuyên"


def step_label(step: Step) -> str:
    """One level of a ladder: `cấp tỉnh: hết ngày 18/5/2026 (lẽ ra hết ngày 17/5/2026, gặp ngày nghỉ)`."""
    label = f"{LEVELS.get(step.level, step.level)}: {due_label(step)}"
    return f"{label} ({moved_label(step)})" if step.moved else label


def moved_label(step: Step) -> str:
    """Why a limit is not the day of its words: `lẽ ra hết ngày 17/5/2026, gặp ngày nghỉ`; empty where it is."""
    if not step.moved:
        return ""
    return f"lẽ ra hết ngày {date_label(step.nominal)}, {', '.join(MOVED[each] for each in step.moved)}"


def change_label(change: Change, name: Callable[[Hashable], str]) -> str:
    """What becomes of a due item and why; `name` tells an owner's name.

    `Chuyển hạn từ hết ngày 14/7/2026 sang hết ngày 19/7/2026: theo quy định mới`.
    """
    day, why = f"hết ngày {date_label(change.last)}", REASONS[change.reason]
    match change.action:
        case Action.KEEP:
            return f"Giữ hạn {day}: {why}"
        case Action.ADD:
            return f"Thêm hạn {day} cho {name(change.owner)}: {why}"
        case Action.END:
            return f"Kết thúc hạn {day}: {why}"
        case Action.RESUME:
            return f"Khôi phục với hạn {day}: {why}"
    held = change.held
    parts = []
    if held and held.last != change.last:
        parts.append(f"Chuyển hạn từ hết ngày {date_label(held.last)} sang {day}")
    if held and held.owner != change.owner:
        given = f"giao từ {name(held.owner)} sang {name(change.owner)}"
        parts.append(given if parts else _capital(given) + f", hạn {day}")
    return f"{', '.join(parts)}: {why}"


def period_label(span: Span, calendar: Calendar = ADMINISTRATIVE) -> str:
    """The name of a period in a calendar (`Quý II/2025`, `6 tháng đầu năm 2025`); for any other span its two ends."""
    year, month = calendar.month_of(span.start)
    for kind, length in MONTHS.items():
        number, rest = divmod(month - 1, length)
        if rest == 0 and calendar.named(kind, year, number + 1) == span:
            return _name(kind, year, number + 1)
    if calendar.named(Kind.NINE_MONTHS, year) == span:
        return f"9 tháng đầu năm {year}"
    if span.days == 1:
        return f"Ngày {date_label(span.start)}"
    if span.days == 7 and span.start.weekday() == 0:
        return f"Tuần {span.start.isocalendar().week:02}/{span.start.isocalendar().year}"
    return span_label(span)


def period_word_label(word: str | None) -> str:
    """The Vietnamese of a period word of a report duty (`six_monthly`: `6 tháng`); empty when nothing is said."""
    return PERIOD_WORDS_VI.get(word or "", "")


def frequency_label(frequency: Frequency, unit_word: str = "lần") -> str:
    """`02 lượt/tuần`, `01 lần/3 tháng`, `thường xuyên`, `hằng quý`."""
    if frequency.per is Kind.CONTINUOUS or (frequency.n is None and frequency.per is None):
        return "thường xuyên"
    number = f"{frequency.n:02} {unit_word}" if frequency.n is not None else "thường xuyên"
    if frequency.per is None:
        return number
    name = KINDS[frequency.per]
    if frequency.implied and frequency.every == 1 and frequency.per in (Kind.WEEK, Kind.MONTH, Kind.QUARTER, Kind.YEAR):
        return f"hằng {name}"
    if frequency.n is None:
        return f"thường xuyên trong {name}"
    if frequency.every > 1:
        name = f"{frequency.every * _half(frequency.per)} {'tháng' if frequency.per is Kind.HALF_YEAR else name}"
    return f"{number}/{name}"


_LONG = (Precision.MONTH, Precision.QUARTER, Precision.HALF_YEAR, Precision.YEAR)


def _month(month: int) -> str:
    return f"{month:02}" if month < 3 else str(month)


def _half(kind: Kind) -> int:
    return 6 if kind is Kind.HALF_YEAR else 1


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _event_label(limit: Limit) -> str:
    """Readers take the words after "trước" as the event, people type them with it: say it once."""
    event = limit.event or ""
    if limit.length is None or length_in(event) is not None:
        return f"trước {event}" if limit.relation is Relation.BEFORE and not event.startswith("trước ") else event
    if limit.relation is Relation.BEFORE:
        return f"trước {event.removeprefix('trước ')} {length_label(limit.length)}"
    since = event if event.startswith(("kể từ", "từ", "sau")) else f"kể từ {event}"
    return f"trong {length_label(limit.length)} {since}"


def _window_name(whole: Span, per: Kind | None, calendar: Calendar, terms: SchoolTerms) -> str:
    if per in (Kind.SEMESTER, Kind.SCHOOL_YEAR):
        year = next(
            year for year in (whole.start.year, whole.start.year - 1) if terms.of_year(year)[0].start <= whole.start
        )
        school_year = f"năm học {year}-{year + 1}"
        for number, term in enumerate(terms.of_year(year)):
            if term == whole:
                return f"Học kỳ {ROMAN[number]} {school_year}"
        return _capital(school_year) if per is Kind.SCHOOL_YEAR else _capital(span_label(whole))
    if per is Kind.CAMPAIGN:
        return f"Cả đợt {span_label(whole)}"
    return _capital(period_label(whole, calendar))


def _name(kind: Kind, year: int, number: int) -> str:
    match kind:
        case Kind.MONTH:
            return f"Tháng {_month(number)}/{year}"
        case Kind.QUARTER:
            return f"Quý {ROMAN[number - 1]}/{year}"
        case Kind.HALF_YEAR:
            return f"6 tháng {'đầu' if number == 1 else 'cuối'} năm {year}"
        case _:
            return f"Năm {year}"


def _last_of(day: date, precision: Precision) -> str:
    """`hết năm 2027` for the 31 December that the reader puts for `đến năm 2027`."""
    kind = {
        Precision.MONTH: Kind.MONTH,
        Precision.QUARTER: Kind.QUARTER,
        Precision.HALF_YEAR: Kind.HALF_YEAR,
    }.get(precision, Kind.YEAR)
    span = STATISTICAL.around(kind, day)
    return f"hết {_lower(period_label(span, STATISTICAL))}" if span.last == day else f"hết ngày {date_label(day)}"


def _rule_label(rule: str, word: str) -> str:
    """A rule in words; the rule itself when it is of a form that no plan uses."""
    parts = rule_parts(rule)
    extra = parts.keys() - {"FREQ", "BYMONTH", "BYMONTHDAY", "BYDAY"}
    days, months, weekdays = (parts.get(key, "").split(",") for key in ("BYMONTHDAY", "BYMONTH", "BYDAY"))
    if extra or any(day.startswith("-") and day != "-1" for day in days):
        return f"{word} {rule}"
    on = "ngày cuối cùng" if days == ["-1"] else "ngày " + " và ".join(f"{int(day):02}" for day in days if day)
    match (
        parts.get("FREQ"),
        bool(parts.get("BYMONTHDAY")),
        bool(parts.get("BYMONTH")),
        bool(parts.get("BYDAY")),
    ):
        case "DAILY", False, False, False:
            return "hằng ngày"
        case "WEEKLY", False, False, True if all(day in WEEKDAYS for day in weekdays):
            return f"{word} {' và '.join(WEEKDAYS[day] for day in weekdays)} hằng tuần"
        case "WEEKLY", False, False, False:
            return "hằng tuần"
        case "MONTHLY", True, False, False:
            return f"{word} {on} hằng tháng"
        case "MONTHLY", False, False, False:
            return "hằng tháng"
        case "YEARLY", True, True, False:
            if months == ["3", "6", "9", "12"]:
                return f"{word} {on} tháng cuối quý"
            if len(days) == 1 and days[0] != "-1":
                named = " và ".join(f"{int(days[0]):02}/{_month(int(month))}" for month in months)
                return f"{word} ngày {named} hằng năm"
            return f"{word} {on} các tháng {', '.join(str(int(month)) for month in months)} hằng năm"
        case "YEARLY", False, False, False:
            return "hằng năm"
        case _:
            return f"{word} {rule}"
