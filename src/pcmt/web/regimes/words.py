"""A regime in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pcmt.apps.reports.models import Duty
from pcmt.apps.reports.regimes import calendar_of
from pcmt.apps.units.models import Level
from pcmt.core.periods import (
    DAY,
    PERIOD_WORDS,
    Span,
    limit_from,
    limit_label,
    meaning_label,
    period_label,
    period_word_label,
)

Word = str | Promise

KINDS: Mapping[str, Word] = {
    "periodic": gettext_lazy("Báo cáo định kỳ"),
    "interim": gettext_lazy("Báo cáo sơ kết"),
    "final": gettext_lazy("Báo cáo tổng kết"),
    "ad_hoc": gettext_lazy("Báo cáo đột xuất"),
    "thematic": gettext_lazy("Báo cáo chuyên đề"),
    "results": gettext_lazy("Báo cáo kết quả"),
    "submission": gettext_lazy("Gửi kế hoạch, danh sách"),
    "evidence": gettext_lazy("Gửi tài liệu minh chứng"),
}
PERIODS: Sequence[tuple[str, Word]] = (
    ("weekly", gettext_lazy("Hằng tuần")),
    ("monthly", gettext_lazy("Hằng tháng")),
    ("quarterly", gettext_lazy("Hằng quý")),
    ("six_monthly", gettext_lazy("6 tháng")),
    ("nine_monthly", gettext_lazy("9 tháng")),
    ("annual", gettext_lazy("Hằng năm")),
)
CALENDARS: Sequence[tuple[str, Word]] = (
    (
        "administrative",
        gettext_lazy("Kỳ báo cáo hành chính: từ ngày 15 đến ngày 14 (Nghị định 09/2019/NĐ-CP, Điều 12)"),
    ),
    ("statistical", gettext_lazy("Kỳ thống kê: tháng dương lịch (Nghị định 60/2018/NĐ-CP)")),
    ("closing", gettext_lazy("Kỳ riêng: chốt số liệu vào một ngày khác trong tháng")),
)
LEVELS: Sequence[tuple[str, Word]] = (
    (Level.COMMUNE, gettext_lazy("Cấp xã")),
    (Level.DISTRICT, gettext_lazy("Cấp huyện")),
    (Level.PROVINCE, gettext_lazy("Cấp tỉnh")),
    (Level.CENTRAL, gettext_lazy("Trung ương")),
    (Level.OTHER, pgettext_lazy("cấp", "Khác")),
)


def kind_words(duty: Duty) -> str:
    """What sort of report it is."""
    return str(KINDS.get(duty.kind, _("Báo cáo")))


def frequency_words(duty: Duty) -> str:
    """How often it is due; empty where nothing is said."""
    return period_word_label(duty.period)


def limit_of(duty: Duty) -> str:
    """The limit in the words of the text, else as it was set, with the last day that a recurring one means."""
    limit = limit_from(duty.due)
    words = f"“{duty.due_text}”" if duty.due_text else limit_label(limit) if limit else ""
    meaning = meaning_label(limit) if limit and limit.rule else ""
    return f"{words} ({meaning})" if meaning else words


def cut_off_words(duty: Duty) -> str:
    """When the figures of a period close."""
    if duty.period not in PERIOD_WORDS:
        return ""
    if duty.period == "weekly":
        return _("hết Chủ nhật hằng tuần")
    return calendar_of(duty.calendar).label


def span_words(duty: Duty, first: date | None, last: date | None) -> str:
    """A period by its name; the days of one that has none."""
    if first is None or last is None:
        return ""
    return period_label(Span(first, last + DAY), calendar_of(duty.calendar))
