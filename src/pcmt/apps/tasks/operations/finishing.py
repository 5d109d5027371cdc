"""What stands against reporting a due item done."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.tasks.models import LIVE, DueItem
from pcmt.apps.tasks.queries import waited_for
from pcmt.core.diagnostics import Refusal


def hindered(due: DueItem, *, despite_parts: bool) -> Refusal | None:
    """Why a due item cannot be reported done now, if it cannot.

    What its task waits for has to be done first: nobody may pass over that. Parts that are not done yet only have to be
    noticed: whoever answers for the whole may know better. A part waits for nothing; its whole does.
    """
    waiting = waited_for(due.task_id) if due.task_id and due.parent_id is None else []
    if waiting:
        names = "; ".join(f"“{' '.join(task.text.split())[:80]}”" for task in waiting[:3])
        message = _("Chưa báo xong được: việc này chờ %(names)s xong trước.") % {"names": names}
        return Refusal(code="waits", message=message)
    open_parts = DueItem.objects.filter(parent=due, state__in=LIVE).count()
    if open_parts and not despite_parts:
        message = ngettext(
            "Còn %(count)s phần đã giao chưa xong. Nếu vẫn báo xong, đánh dấu ô “Báo xong dù còn phần chưa xong”.",
            "Còn %(count)s phần đã giao chưa xong. Nếu vẫn báo xong, đánh dấu ô “Báo xong dù còn phần chưa xong”.",
            open_parts,
        )
        return Refusal(code="parts_open", message=message % {"count": open_parts}, field="despite_parts")
    return None
