"""The day on which something was done, where a person says another than today: decision 0022."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.models import DueItem, DueState
from pcmt.apps.tasks.policies import can_date_back
from pcmt.core.diagnostics import Refusal


def wrong_day(actor: Actor, due: DueItem, day: date, *, today: date, note: str) -> Refusal | None:
    """What speaks against a day as that of doing, if anything does.

    Not after today, not before the item opened, not another than was reported already. A day that has passed is for
    the standing office to say, of what others owe, and with a reason.
    """
    message, begins = "", due.opens_on or due.plan.issued_on
    if day > today:
        message = _("Ngày xong không thể sau hôm nay.")
    elif due.state in (DueState.DONE, DueState.SUBMITTED) and day != due.done_on:
        message = _("Việc đã báo xong ngày %(day)s. Ngày xong đã báo thì không sửa.") % {
            "day": f"{due.done_on:%d/%m/%Y}"
        }
    elif day == today or due.state != DueState.OPEN:
        return None
    elif begins is not None and day < begins:
        message = _("Ngày xong trước ngày việc bắt đầu, %(day)s.") % {"day": f"{begins:%d/%m/%Y}"}
    elif not can_date_back(actor, due):
        message = _("Chỉ cơ quan thường trực ghi được ngày xong đã qua, cho việc của đơn vị khác. Ghi ngày hôm nay.")
    elif not note:
        message = _("Ghi lý do vào ghi chú khi lấy ngày xong đã qua.")
        return Refusal(code="reason", message=message, field="note")
    return Refusal(code="done_on", message=message, field="done_on") if message else None
