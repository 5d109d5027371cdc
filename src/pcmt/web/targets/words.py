"""Words and marks for verdicts and shapes, numbers in the unit of a target."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import attrs
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pcmt.core.evaluating import Verdict
from pcmt.core.measures import Shape, number_label

Number = Decimal | Fraction


@attrs.frozen
class VerdictWord:
    """A verdict in words; `key` names its mark (components/verdict_mark.html), `slug` stands in addresses."""

    key: str
    word: str | Promise
    slug: str


VERDICT_WORDS: Mapping[str, VerdictWord] = {
    Verdict.MET: VerdictWord(str(Verdict.MET), _("Đạt"), "dat"),
    Verdict.ON_TRACK: VerdictWord(str(Verdict.ON_TRACK), _("Đúng tiến độ"), "dung-tien-do"),
    Verdict.BEHIND: VerdictWord(str(Verdict.BEHIND), _("Chậm"), "cham"),
    Verdict.MISSED: VerdictWord(str(Verdict.MISSED), _("Không đạt"), "khong-dat"),
    Verdict.UNDETERMINED: VerdictWord(str(Verdict.UNDETERMINED), _("Chưa xác định"), "chua-xac-dinh"),
    Verdict.NOT_DUE: VerdictWord(str(Verdict.NOT_DUE), _("Chưa đến hạn"), "chua-den-han"),
    Verdict.NOT_APPLICABLE: VerdictWord(str(Verdict.NOT_APPLICABLE), _("Không áp dụng"), "khong-ap-dung"),
}
"""In the order in which they are shown."""

SHAPE_WORDS: Mapping[str, str | Promise] = {
    Shape.LEVEL: _("Đạt một mức"),
    Shape.SHARE: _("Tỷ lệ"),
    Shape.CHANGE: _("Tăng, giảm so với kỳ gốc"),
    Shape.FREQUENCY: _("Số lần theo kỳ"),
    Shape.CEILING: _("Không vượt mức"),
    Shape.ZERO: _("Không để phát sinh"),
    Shape.ALLOCATION: _("Giao cho từng đơn vị"),
    Shape.MONOTONE: _("Năm sau tốt hơn năm trước"),
    Shape.MILESTONE: _("Hoàn thành theo mốc"),
    Shape.QUALITATIVE: _("Nhận xét, đánh giá"),
}

PLACES = 1
"""Decimals of a measured figure on a page. The sentence of the verdict shows more where rounding would mislead."""


def rounded(value: Decimal | Fraction) -> Decimal:
    """A figure as a page shows it."""
    exact = Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else value
    return exact.quantize(Decimal(1).scaleb(-PLACES), ROUND_HALF_UP)


def amount(value: Decimal | Fraction | None, unit_word: str = "") -> str:
    """A figure in Vietnamese form with its unit; `—` for what is not known."""
    if value is None:
        return "—"
    text = number_label(rounded(value))
    return f"{text}%" if unit_word == "percent" else f"{text} {unit_word}".strip()


def figure_unit(shape: str, unit_word: str) -> str:
    """What the figures of a judged target count: of a frequency periods; of a change by percent the thing itself."""
    if shape == Shape.FREQUENCY:
        return "kỳ"
    return "" if shape in (Shape.CHANGE, Shape.MONOTONE) and unit_word == "percent" else unit_word


def reported(shape: str, verdict: str, measured: Number | None) -> Number | None:
    """The figure to show: of a frequency no period is done where nothing was told, which is no zero."""
    unknown = shape == Shape.FREQUENCY and verdict == Verdict.UNDETERMINED and not measured
    return None if unknown else measured
