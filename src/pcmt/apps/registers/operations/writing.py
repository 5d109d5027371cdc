"""What all records of a file have in common: who may write them where, once for each key, and taking them back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import attrs
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.accounts.policies import changes
from pcmt.apps.accounts.rights import Reach
from pcmt.apps.registers.models import Stay, Subject
from pcmt.apps.registers.queries.people import seen_files
from pcmt.core.diagnostics import Refusal

T = TypeVar("T")

WRONG = {
    "person": "Ghi nhầm người",
    "day": "Ghi sai ngày",
    "result": "Ghi sai kết quả",
    "twice": "Ghi hai lần",
    "paper": "Văn bản làm căn cứ đã bị hủy",
}
"""Why a record is taken back: chosen, never typed, so that no name gets into it. What is stored is Vietnamese."""


@attrs.frozen
class Outcome:
    """What became of one entry among several: `saved`, `duplicate` (sent before, kept once) or `refused`."""

    key: UUID
    status: str
    row: Any = None
    refusal: Refusal | None = None


def file_for(actor: Actor, label: str, code: str) -> Subject | Refusal:
    """The file in which the actor may write rows of a model, locked for the transaction that runs."""
    reach = changes(label, actor)
    if reach < Reach.SUBTREE:
        return Refusal(code="not_allowed", message=_("Bạn không được ghi nội dung này vào hồ sơ."))
    # Who broke the glass of a file reads it; only who keeps it writes.
    seen = seen_files(actor).filter(code=code, unit__in=reached_units(actor, reach))
    found: Subject | None = seen.select_for_update(of=("self",)).first()
    if found is None:
        told = _("Không có hồ sơ %(code)s ở nơi bạn phụ trách, hoặc hồ sơ đã được nhập vào hồ sơ khác.")
        return Refusal(code="no_file", message=told % {"code": code}, field="code")
    return found


def day_trouble(subject: Subject, on: date, at: datetime) -> Refusal | None:
    """Why a day cannot be that of a record: in the future, before the person was in any register, after death."""
    if on > timezone.localdate(at):
        return Refusal(code="future", message=_("Ngày này chưa tới. Ghi ngày đã thực hiện."), field="on")
    first = Stay.objects.filter(subject=subject).order_by("from_on").values_list("from_on", flat=True).first()
    if first is not None and on < first:
        told = _("Hồ sơ bắt đầu từ ngày %(day)s: không ghi được việc trước ngày đó.")
        return Refusal(code="before_file", message=told % {"day": f"{first:%d/%m/%Y}"}, field="on")
    if subject.died_on is not None and on > subject.died_on:
        return Refusal(code="after_death", message=_("Ngày này sau ngày chết đã ghi trong hồ sơ."), field="on")
    return None


def holder_on(subject: Subject, on: date) -> int:
    """The commune that held the file on a day: what was done then counts there."""
    held = Stay.objects.filter(subject=subject, from_on__lte=on).order_by("-from_on", "-pk")
    unit_id: int | None = held.values_list("unit_id", flat=True).first()
    return unit_id if unit_id is not None else subject.unit_id


def written_before(model: Any, key: UUID, subject: Subject) -> Any:
    """The row that was already kept under a key; a Refusal where the key stands for something of another file."""
    found = model.objects.filter(key=key).first()
    if found is not None and found.subject_id != subject.pk:
        told = _("Mã gửi này đã dùng cho hồ sơ khác. Tải lại trang rồi nhập lại dòng này.")
        return Refusal(code="key_used", message=told, field="key")
    return found


def each_alone(entries: Iterable[T], key: Callable[[T], UUID], model: Any, write: Callable[[T], Any]) -> list[Outcome]:
    """Write entries one by one, each in a transaction of its own: one that is refused holds up no other."""
    found = []
    for entry in entries:
        with transaction.atomic():
            there = model.objects.filter(key=key(entry)).exists()
            row = write(entry)
        if isinstance(row, Refusal):
            found.append(Outcome(key(entry), "refused", refusal=row))
        else:
            found.append(Outcome(key(entry), "duplicate" if there else "saved", row=row))
    return found


def take_back(row: Any, *, why: str, at: datetime) -> Refusal | None:
    """Mark a record as void for a chosen reason; it stays to be seen."""
    if why not in WRONG:
        return Refusal(code="no_reason", message=_("Chọn lý do hủy."), field="why")
    row.voided_at, row.voided_why = at, WRONG[why]
    row.save(update_fields=["voided_at", "voided_why"])
    return None


def own_row(actor: Actor, model: Any, pk: int) -> tuple[Any, Subject] | Refusal:
    """A record that the actor may change, with its file, both locked, the file first."""
    label: str = model._meta.label
    seen = model.objects.visible_to(actor).filter(pk=pk)
    way = model.SUBJECT.removesuffix("__")
    code = seen.values_list(f"{way}__code", flat=True).first()
    if code is None:
        return Refusal(code="no_row", message=_("Không có nội dung này trong các hồ sơ bạn phụ trách."))
    subject = file_for(actor, label, code)
    if isinstance(subject, Refusal):
        return subject
    row: Model = model.objects.select_for_update(of=("self",)).get(pk=pk)
    return row, subject


def stale(row: Any, version: int) -> Refusal | None:
    """Somebody else changed the row since it was read."""
    if row.version == version:
        return None
    return Refusal(code="stale", message=_("Có người vừa sửa nội dung này. Xem lại rồi lưu lần nữa."))
