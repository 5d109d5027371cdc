"""The history of a plan in words: its audit entries and those of its versions, tasks and due items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from django.db.models import CharField, Model, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import BodyMatch, Item, ItemState, Plan, Revision
from pcmt.apps.reports.models import Duty
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.models import DueItem, DueState, Task
from pcmt.apps.units.models import Unit
from pcmt.core.periods import parse_date
from pcmt.web.templatetags.pcmt import vdate

WORDS: Mapping[str, str | Promise] = {
    "plans.revision.sent": gettext_lazy("Gửi văn bản lên"),
    "plans.revision.retried": gettext_lazy("Cho đọc lại văn bản"),
    "plans.revision.withdrawn": pgettext_lazy("lịch sử", "Rút văn bản"),
    "plans.revision.adopted": pgettext_lazy("lịch sử", "Ban hành"),
    "plans.source.destroyed": gettext_lazy("Xóa tệp có dấu độ mật"),
    "plans.header.edited": pgettext_lazy("lịch sử", "Sửa phần đầu văn bản"),
    "plans.body.matched": gettext_lazy("Gắn tên trong văn bản với đơn vị"),
    "plans.item.added": gettext_lazy("Thêm mục"),
    "plans.item.edited": gettext_lazy("Sửa mục"),
    "plans.item.decided": gettext_lazy("Nhận hoặc bỏ mục"),
    "plans.items.accepted": gettext_lazy("Nhận các mục chắc"),
    "plans.items.undone": pgettext_lazy("lịch sử", "Hoàn tác"),
    "tasks.due.reported": pgettext_lazy("lịch sử", "Báo tiến độ"),
    "tasks.due.done": pgettext_lazy("lịch sử", "Báo đã xong"),
    "tasks.due.reopened": pgettext_lazy("lịch sử", "Mở lại"),
}
"""What was done, by the name of the audit event."""


LABEL = 80
"""Labels of this length were cut when the entry was written."""


@attrs.frozen
class TrailEntry:
    """One act: who, when, what in words, about what, what changed, why."""

    at: datetime
    actor_name: str
    actor_unit: str
    words: str
    about: str
    changes: Sequence[str]
    reason: str


class Trail:
    """The entries of a plan, newest first, a page at a time: what Django's Paginator asks of a list.

    `whole` tells whether it holds everything that was recorded.
    """

    def __init__(self, entries: QuerySet[Entry], *, whole: bool) -> None:
        self.entries, self.whole = entries, whole

    def count(self) -> int:
        return self.entries.count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[TrailEntry]:
        return [_entry(entry) for entry in self.entries[part]]


def trail_of(actor: Actor, plan: Plan) -> Trail:
    """What was recorded about a plan that the reader sees: about the plan itself and all that hangs below it.

    A plan kept or issued in the part of the tree of a standing office or leader belongs to them with its whole history.
    Of other plans they see what their units did, and officers what they did themselves.
    """
    belonging: Sequence[QuerySet[Any]] = (
        Plan.objects.filter(pk=plan.pk),
        Revision.objects.filter(plan=plan),
        Item.objects.filter(revision__plan=plan),
        BodyMatch.objects.filter(revision__plan=plan),
        Target.objects.filter(plan=plan),
        Task.objects.filter(plan=plan),
        DueItem.objects.filter(plan=plan),
        Duty.objects.filter(plan=plan),
    )
    about = Q(pk__in=())
    for rows in belonging:
        ids = rows.order_by().annotate(as_text=Cast("pk", CharField())).values("as_text")
        about |= Q(object_type=_label(rows.model), object_id__in=ids)
    entries = Entry.objects.filter(about).order_by("-at", "-pk")
    units = Unit.objects.under(actor.unit_id, actor.on).values("pk")
    reaches = sees("audit.Entry", actor) >= Reach.SUBTREE
    whole = reaches and units.filter(Q(pk=plan.owner_id) | Q(pk=plan.issuer_id)).exists()
    return Trail(entries if whole else entries.visible_to(actor, units=units), whole=whole)


def _label(model: type[Model]) -> str:
    return model._meta.label


STATES: Mapping[str, str | Promise] = {
    ItemState.ACCEPTED: gettext_lazy("nhận"),
    ItemState.REJECTED: gettext_lazy("bỏ"),
    ItemState.PROPOSED: gettext_lazy("để lại xem sau"),
    DueState.OPEN: gettext_lazy("chưa xong"),
    DueState.DONE: gettext_lazy("đã xong"),
}

FIELDS: Mapping[str, str | Promise] = {
    "state": gettext_lazy("tình trạng"),
    "count": gettext_lazy("số mục"),
    "file": gettext_lazy("tệp"),
    "percent": gettext_lazy("tiến độ (%)"),
    "note": gettext_lazy("ghi chú"),
    "due_on": gettext_lazy("hạn chót"),
    "title": gettext_lazy("tên"),
    "number": gettext_lazy("số"),
    "symbol": gettext_lazy("ký hiệu"),
    "issued_on": gettext_lazy("ngày ban hành"),
    "issuer_name": gettext_lazy("cơ quan ban hành"),
    "window_from": gettext_lazy("từ ngày"),
    "window_to": gettext_lazy("đến ngày"),
    "value": gettext_lazy("giá trị"),
    "value_max": gettext_lazy("giá trị cao nhất"),
    "unit": gettext_lazy("đơn vị tính"),
    "measure": gettext_lazy("nội dung đo"),
    "scope": gettext_lazy("phạm vi"),
    "condition": gettext_lazy("điều kiện"),
    "due_text": gettext_lazy("hạn trong văn bản"),
    "what": gettext_lazy("nội dung"),
    "name": gettext_lazy("tên"),
    "reason": gettext_lazy("lý do"),
    "done_on": gettext_lazy("ngày xong"),
}
"""The fields whose change is told; the rest of an entry is for programs."""


def _changes(entry: Entry) -> Iterator[str]:
    """`tên: A → B` for every told field; plain values only."""
    before, after = entry.before or {}, entry.after or {}
    for name, word in FIELDS.items():
        old, new = _plain(before.get(name)), _plain(after.get(name))
        if new == old:
            continue
        if new:
            yield f"{word}: {old} → {new}" if old else f"{word}: {new}"
        elif name in after:
            yield _("%(field)s: bỏ “%(old)s”") % {"field": word, "old": old}


def _plain(value: object) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return ""
    text = str(value)
    if text in STATES:
        return str(STATES[text])
    day = parse_date(text[:10]) if len(text) == 10 else None
    return vdate(day) if day else text[:200]


def _entry(entry: Entry) -> TrailEntry:
    return TrailEntry(
        at=entry.at,
        actor_name=entry.actor_name,
        actor_unit=entry.actor_unit,
        words=str(WORDS.get(entry.event, _("Việc khác"))),
        about=""
        if entry.object_type in ("plans.Plan", "plans.Revision")
        else f"“{entry.object_label}{'…' if len(entry.object_label) >= LABEL else ''}”",
        changes=list(_changes(entry)),
        reason=entry.reason,
    )
