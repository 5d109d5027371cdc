"""Words about tips: days left, what was told in lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pcmt.apps.tips.queries.tips import SOON
from pcmt.apps.tips.values import OPEN

TOLD: Mapping[str, str | Promise] = {
    "words": gettext_lazy("Lời báo"),
    "where": gettext_lazy("Ở đâu"),
    "when": gettext_lazy("Khi nào"),
    "bodies": gettext_lazy("Cơ quan, cán bộ được nêu"),
    "name": gettext_lazy("Họ và tên"),
    "phone": gettext_lazy("Điện thoại"),
    "address": gettext_lazy("Địa chỉ"),
    "note": gettext_lazy("Ghi chú"),
}
"""Names of what is sealed."""


def left_words(tip: Any, today: date) -> tuple[str, str]:
    """How many days are left, in words, and the tone of the mark: late only once overdue."""
    if tip.state not in OPEN:
        in_time = tip.closed_on is not None and tip.closed_on <= tip.due_on
        return (_("Xong trong hạn"), "done") if in_time else (_("Xong sau hạn"), "plain")
    days = (tip.due_on - today).days
    if days < 0:
        return ngettext("Quá hạn %(n)d ngày", "Quá hạn %(n)d ngày", -days) % {"n": -days}, "late"
    if days == 0:
        return _("Hết hạn hôm nay"), "soon"
    words = ngettext("Còn %(n)d ngày", "Còn %(n)d ngày", days) % {"n": days}
    return words, "soon" if days <= SOON.days else "plain"


def told_lines(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was sealed, as names and words; what is empty is left out."""
    order = list(TOLD)
    keys = sorted(told, key=lambda key: (order.index(key) if key in order else len(order), key))
    lines = [(str(TOLD.get(key, key)), told[key]) for key in keys]
    return [(name, value) for name, value in lines if isinstance(value, str) and value.strip()]
