"""The columns of punctuality in words, and the list of due items that stands behind a number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import DueKind
from pcmt.apps.tasks.punctuality import Question, counted
from pcmt.core.evaluating.punctuality import Column
from pcmt.core.periods import Span

COLUMNS: Mapping[Column, tuple[str, str | Promise]] = {
    Column.IN_TIME: ("xong-dung-han", _("Xong đúng hạn")),
    Column.LATE: ("xong-muon", _("Xong muộn")),
    Column.RUNNING: ("trong-han", _("Chưa xong, trong hạn")),
    Column.OVERDUE: ("qua-han", _("Quá hạn")),
    Column.WAITING: ("cho-nghiem-thu", _("Chờ nghiệm thu")),
    Column.SUSPENDED: ("tam-dung", _("Tạm dừng")),
    Column.NO_LIMIT: ("khong-han", _("Không ghi hạn")),
    Column.REQUESTED: ("de-nghi", _("Đề nghị")),
}
"""Each column with the word of its address and its heading, in the order of the table."""
EVERY = "tat-ca"
COLUMN_CHOICES = (
    ("", _("Không xét")),
    *((word, label) for word, label in COLUMNS.values()),
    (EVERY, _("Mọi cột của bảng đúng hạn")),
)
BY_WORD = {word: column for column, (word, _label) in COLUMNS.items()}
KIND_WORDS = {DueKind.TASK.value: "viec", DueKind.REPORT.value: "bao-cao"}
FIRST, LAST = date(1900, 1, 1), date(2200, 1, 1)


def in_column(actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[Any]:
    """The items behind a number of the table, from the words of the list's filter; exactly those that were counted.

    The days of the filter then narrow the limit as it stood on the day that is asked about. Recurring items stand one
    by one in the list (`tach`), as they were counted.
    """
    plan, unit = chosen.get("ke_hoach"), chosen.get("don_vi")
    first, last = chosen.get("tu"), chosen.get("den")
    window = None
    if first or last:
        start, end = first or FIRST, (last or LAST) + timedelta(days=1)
        # Days that run backwards hold nothing; a span of no days cannot be made.
        window = Span(start, end) if start < end else Span(FIRST, FIRST + timedelta(days=1))
    question = Question(
        as_of=min(chosen.get("tinh_den") or actor.on, actor.on),
        plan_id=plan.pk if plan else None,
        unit_id=unit.pk if unit else None,
        units_below=not chosen.get("rieng"),
        nobody=bool(chosen.get("chua_gan")),
        window=window,
        parts=bool(chosen.get("giao_xuong")),
    )
    items = counted(actor, question)
    column = BY_WORD.get(chosen["dung_han"])
    if column is not None:
        items = items.filter(column=column.value)
    return items.order_by()


def items_address(question: Question, column: Column | None) -> str:
    """The list with the items of a number; without a column, with all of a row that are not only requested."""
    word = COLUMNS[column][0] if column else EVERY
    words: dict[str, Any] = {
        "dung_han": word,
        "tach": "on",
        "trang_thai": "de-nghi" if column is Column.REQUESTED else "tat-ca",
        "tinh_den": question.as_of.isoformat(),
        "ke_hoach": question.plan_id or "",
        "don_vi": question.unit_id or "",
        "rieng": "on" if question.unit_id and not question.units_below else "",
        "chua_gan": "on" if question.nobody else "",
        "giao_xuong": "on" if question.parts else "",
        "loai": KIND_WORDS.get(question.kind, ""),
        "tu": question.window.start.isoformat() if question.window else "",
        "den": question.window.last.isoformat() if question.window else "",
    }
    return f"{reverse('tasks:owed')}?{urlencode({name: value for name, value in words.items() if value})}"
