"""The reason of a verdict in one Vietnamese sentence, for people who have to answer for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from pcmt.core.measures import BaselineKind, Figure, Shape, TargetSpec, describe, number_label
from pcmt.core.periods import STATISTICAL, Span, date_label, period_label, span_label

VERDICTS = {
    "met": "Đạt",
    "on_track": "Đúng tiến độ",
    "behind": "Chậm",
    "missed": "Không đạt",
    "not_due": "Chưa đến hạn",
    "undetermined": "Chưa xác định",
    "not_applicable": "Không áp dụng",
}
NO_FIGURE = "chưa có số liệu thực hiện"
NO_WHOLE = "chưa có tổng số để tính tỷ lệ"
NOBODY = "trong kỳ không phát sinh trường hợp nào"
NO_DIRECTION = "kế hoạch không nói rõ tăng hay giảm"
BASELINE_ZERO = "kỳ gốc bằng 0 nên không tính được tỷ lệ tăng, giảm"
NO_TURNS = "chưa rõ các kỳ phải thực hiện"
NOBODY_SAID = "đã hết hạn nhưng chưa ai báo kết quả"
NOBODY_JUDGED = "đã hết hạn nhưng chưa có nhận xét, đánh giá"
NOT_APPLICABLE = "các đơn vị báo không có nội dung này"
NO_TIME = "kế hoạch không ghi thời gian thực hiện"
NO_INDICATOR = "chỉ số đo không còn trong danh mục"
NO_UNITS = "chưa có đơn vị nào trong phạm vi"
SHOWN = 3
"""How many missing periods a sentence names."""


def verdict(name: str, words: str) -> str:
    """ "Đạt: 12/10 vụ." """
    return f"{VERDICTS[name]}: {words}."


def undetermined(why: str) -> str:
    """Why nothing can be said."""
    return verdict("undetermined", why)


def number(value: Fraction, unit_word: str = "", beside: Fraction | None = None) -> str:
    """A number with at most one decimal place; with more where rounding would make it look equal to `beside`."""
    places = 1
    while True:
        shown = _rounded(value, places)
        if beside is None or value == beside or shown != _rounded(beside, places) or places == 6:
            break
        places += 1
    text = number_label(shown)
    if unit_word == "percent":
        return f"{text}%"
    return f"{text} {unit_word}".strip()


def _rounded(value: Fraction, places: int) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def compared(spec: TargetSpec, measured: Fraction, goal: Fraction, parts: Sequence[Fraction]) -> str:
    """ "12/10 vụ", "92,3% (12/13), yêu cầu trên 90%"."""
    if not parts:
        return f"{number(measured, beside=goal)}/{number(goal, spec.unit_word)}"
    share = number(parts[0] / parts[1] * 100, "percent", goal if spec.unit_word == "percent" else None)
    asked = describe(spec) if spec.unit_word == "percent" else number(goal, spec.unit_word)
    return f"{share} ({number(parts[0])}/{number(parts[1])}), yêu cầu {asked}"


def beyond(spec: TargetSpec, measured: Fraction) -> str:
    """Above the upper end of a range is said, and is no fault."""
    return ", vượt mức trên" if spec.value_max is not None and measured > Fraction(spec.value_max) else ""


def so_far(spec: TargetSpec, passed: Fraction, expected: Fraction) -> str:
    """How much of the time has passed, and what should be there by now."""
    return f" khi đã qua {number(passed * 100, 'percent')} thời gian (mức cần có {number(expected, _sign(spec))})"


def short_of(spec: TargetSpec, distance: Fraction, *, least: bool) -> str:
    """How much is missing, or too much."""
    word = "còn thiếu" if least else "còn vượt"
    return f", {word} {number(distance, 'điểm %' if spec.unit_word == 'percent' else spec.unit_word, Fraction(0))}"


def _sign(spec: TargetSpec) -> str:
    return "percent" if spec.unit_word == "percent" else ""


def not_begun(start: date) -> str:
    """The window lies ahead."""
    return verdict("not_due", f"thực hiện từ ngày {date_label(start)}")


def due_by(last: date) -> str:
    """The day of a milestone lies ahead."""
    return verdict("not_due", f"hạn đến hết ngày {date_label(last)}")


def judged_by(last: date) -> str:
    """Somebody will judge."""
    return verdict("not_due", f"được nhận xét, đánh giá khi kết thúc ngày {date_label(last)}")


def first_turn(last: date) -> str:
    """No period has ended yet."""
    return verdict("not_due", f"kỳ đầu tiên kết thúc ngày {date_label(last)}")


def reached(on: date | None) -> str:
    """Reached, and when."""
    return verdict("met", f"đã hoàn thành ngày {date_label(on)}" if on else "đã hoàn thành")


def reached_late(on: date, last: date) -> str:
    """Late stays late."""
    days = (on - last).days
    return verdict("missed", f"hoàn thành ngày {date_label(on)}, chậm {days} ngày so với hạn {date_label(last)}")


def not_reached(last: date) -> str:
    """Not reached when time was over."""
    return verdict("missed", f"chưa hoàn thành khi hết hạn ngày {date_label(last)}")


def by_person(on: date | None) -> str:
    """Whose word it is."""
    return f"theo nhận xét, đánh giá ngày {date_label(on)}" if on else "theo nhận xét, đánh giá"


def lacking(gaps: Sequence[Span]) -> str:
    """Which periods nothing was reported for."""
    named = [_period(gap) for gap in gaps[:SHOWN]]
    more = f" và {len(gaps) - SHOWN} kỳ khác" if len(gaps) > SHOWN else ""
    return f"thiếu số liệu {'; '.join(named)}{more}"


def silent(units: int, asked: int) -> str:
    """How many units reported nothing."""
    return f"còn {units}/{asked} đơn vị chưa báo số liệu"


def _period(span: Span) -> str:
    """A period by its name in either calendar, else by its days."""
    label = period_label(span, STATISTICAL)
    if label == span_label(span):
        label = period_label(span)
    return label[:1].lower() + label[1:]


def no_value(spec: TargetSpec) -> str:
    """The plan sets no number."""
    return "chờ cấp trên giao chỉ tiêu" if spec.external else "kế hoạch không ghi mức cần đạt"


def no_baseline(spec: TargetSpec) -> str:
    """What the change starts from is not known."""
    baseline = spec.baseline
    if baseline is None:
        return "chưa có số liệu kỳ gốc"
    named = {BaselineKind.PREVIOUS_YEAR: "năm trước", BaselineKind.SAME_PERIOD: "cùng kỳ năm trước"}.get(baseline.kind)
    if baseline.year:
        named = f"năm {baseline.year}"
    return f"chưa có số liệu kỳ gốc ({named or baseline.text})"


def unconfirmed(office: str) -> str:
    """Nobody has said yet how the target is measured."""
    return f"cách đo chưa được xác nhận ({office} xác nhận)"


def baseline_open(figure: Figure) -> str:
    """The figure that a change starts from is not wholly there."""
    if figure.silent:
        return f"số liệu kỳ gốc chưa đủ, {silent(figure.silent, figure.asked)}"
    if figure.value is None:
        return ""
    return f"số liệu kỳ gốc chưa đủ, {lacking(figure.lacking)}"


def baselines_differ(told: Fraction, found: Fraction, source: str) -> str:
    """A person's baseline and that of the facts; the person's counts."""
    ours, theirs = number(told, beside=found), number(found, beside=told)
    return f"Kỳ gốc lấy {ours} theo {source}; số liệu đã nhập cộng lại là {theirs}."


def not_reaching(names: Sequence[str], total: int) -> str:
    """Which units the target does not hold for, the worst first."""
    more = f" và {total - len(names)} đơn vị khác" if total > len(names) else ""
    return f"Cần chú ý: {', '.join(names)}{more}."


def of_nobody(part: Fraction) -> str:
    """A part of nothing is a mistake in the figures."""
    return f"có số thực hiện ({number(part)}) nhưng tổng số bằng 0, cần kiểm tra lại"


def more_than_whole(part: Fraction, whole: Fraction) -> str:
    """A part larger than its whole is a mistake in the figures."""
    return f"số thực hiện ({number(part)}) lớn hơn tổng số ({number(whole)}), cần kiểm tra lại"


def small(whole: Fraction, bound: int) -> str:
    """A share of few."""
    return f" Tổng số nhỏ ({number(whole)}), tỷ lệ dễ biến động." if whole < bound else ""


def passed(spec: TargetSpec, measured: Fraction, goal: Fraction) -> str:
    """A number stands above its bound."""
    if spec.shape is Shape.ZERO:
        return f"có {number(measured, spec.unit_word or 'trường hợp')}"
    return f"{number(measured, spec.unit_word, goal)}, yêu cầu {describe(spec)}"


def kept(spec: TargetSpec, measured: Fraction, reach: date | None) -> str:
    """A bound that holds, so far as the figures reach."""
    until = f" đến ngày {date_label(reach)}" if reach else ""
    if spec.shape is Shape.ZERO:
        return f"không có trường hợp nào{until}"
    return f"{number(measured, spec.unit_word)}{until}, yêu cầu {describe(spec)}"


def changed(spec: TargetSpec, measured: Fraction, base: Fraction, change: Fraction | None) -> str:
    """ "giảm 7,1% (13/14 vụ), yêu cầu giảm từ 5% so với năm trước"."""
    gone = measured - base
    move = "tăng" if gone > 0 else "giảm" if gone < 0 else "không đổi"
    parts = f"{number(measured, beside=base)} so với {number(base, beside=measured)}"
    if change is None or not gone:
        return f"{move} ({parts}), yêu cầu {describe(spec)}"
    asked = Fraction(spec.value) if spec.value is not None else None
    amount = number(abs(change), spec.unit_word, asked)
    return f"{move} {amount} ({parts}), yêu cầu {describe(spec)}"


def same_stretch(reach: date | None) -> str:
    """The comparison is of a part of the time with the same part of the baseline."""
    return f"; tính đến ngày {date_label(reach)} so với cùng kỳ" if reach else "; so với cùng kỳ"


def turns(spec: TargetSpec, done: int, ended: int, total: int, short: Sequence[Span]) -> str:
    """ "12/14 kỳ đủ 02 lượt/tuần, chưa đủ: tuần ..."."""
    words = f"{done}/{ended} kỳ đã qua đủ {describe(spec)} (cả đợt {total} kỳ)"
    if not short:
        return words
    named = "; ".join(_period(span) for span in short[:SHOWN])
    more = f" và {len(short) - SHOWN} kỳ khác" if len(short) > SHOWN else ""
    return f"{words}, chưa đủ: {named}{more}"
