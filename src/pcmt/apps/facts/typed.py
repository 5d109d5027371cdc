"""What a person types into a cell of a table of numbers, and the words for what cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import attrs
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.core.measures import Says, read_written

WHY: Mapping[str, Promise] = {
    "error": gettext_lazy("“%(text)s” là lỗi công thức của Excel. Ghi con số."),
    "date": gettext_lazy("“%(text)s” là ngày hoặc giờ. Ghi con số."),
    "percent": gettext_lazy("“%(text)s” có dấu %%. Ghi số lượng, không ghi tỷ lệ."),
    "negative": gettext_lazy("“%(text)s” là số âm. Ghi số từ 0 trở lên."),
    "large": gettext_lazy("“%(text)s” quá lớn. Xem lại có thừa chữ số không."),
    "word": gettext_lazy("Ô này tính bằng %(unit)s, không phải “%(found)s”."),
    "two_ways": gettext_lazy("“%(text)s” đọc được theo hai cách. Ghi 1234 hoặc 1.234; số lẻ ghi 1,5."),
    "no_number": gettext_lazy(
        "“%(text)s” không phải số. Để trống nếu chưa báo cáo, ghi 0 nếu không có, x nếu không áp dụng."
    ),
}  # fmt: skip


@attrs.frozen
class Typed:
    """What a cell says: a number, a blank (`value` None) or that the line does not apply; or why it says nothing."""

    value: Decimal | None = None
    applies: bool = True
    wrong: str = ""


def typed_from(text: str, *, places: int, unit_word: str) -> Typed:
    """What was typed or pasted into a cell of an element with so many decimals, counted in a unit."""
    said = read_written(text, places=places, unit_word=unit_word)
    if said.says is Says.NUMBER:
        return Typed(said.value)
    if said.says is Says.BLANK:
        return Typed()
    if said.says is Says.NOT_APPLICABLE:
        return Typed(applies=False)
    if said.says is Says.DASH:
        return Typed(
            wrong=_("“%(text)s” chưa rõ nghĩa. Để trống nếu chưa báo cáo, ghi 0 nếu không có.") % {"text": text.strip()}
        )
    shown = text.strip()[:40]
    if said.why == "decimals":
        if not places:
            return Typed(wrong=_("“%(text)s” không phải số nguyên. Một nghìn ghi 1000 hoặc 1.000.") % {"text": shown})
        return Typed(
            wrong=_("“%(text)s” quá nhiều chữ số lẻ: nhiều nhất %(places)d.") % {"text": shown, "places": places}
        )
    return Typed(wrong=str(WHY[said.why]) % {"text": shown, "unit": unit_word, "found": said.found})
