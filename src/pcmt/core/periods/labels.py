"""Vietnamese words for dates, periods and limits.

Days below ten and the months January and February take a leading zero, as Decree 30/2020/NĐ-CP asks of official papers.
"""

from __future__ import annotations

from datetime import date

from pcmt.core.periods.calendars import (
    ADMINISTRATIVE,
    MONTHS,
    STATISTICAL,
    Calendar,
    Frequency,
    Kind,
)
from pcmt.core.periods.limits import DueWindow, Limit, Precision, Relation
from pcmt.core.periods.spans import Span

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
    return limit.event or ""


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
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
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
