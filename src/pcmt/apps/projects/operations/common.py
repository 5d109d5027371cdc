"""What the operations of projects share: the lock of a programme, and refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan
from pcmt.apps.projects.queries.tree import ancestry
from pcmt.apps.units.operations import share_tree
from pcmt.core.diagnostics import Refusal

WORDS = 300


def held(actor: Actor, plan_id: int, may: Callable[[Actor, Plan], bool]) -> Plan:
    """The plan, when the actor may do this with it; the outermost plan around it is locked until the transaction ends.

    Whoever writes anything of one programme waits there for the others, so that no sum is exceeded by two at once.
    """
    share_tree()
    seen = Plan.objects.visible_to(actor).filter(pk=plan_id)
    if not seen.exists():
        raise PermissionDenied(_("Không tìm thấy kế hoạch này."))
    Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=ancestry(plan_id)[-1])
    plan = seen.select_related("parent").get()
    if not may(actor, plan):
        raise PermissionDenied(_("Bạn không có quyền ghi vào dự án, kinh phí này."))
    return plan


def stale(field: str = "") -> Refusal:
    """Somebody else was faster."""
    return Refusal(code="stale", message=_("Người khác vừa sửa nội dung này. Xem lại rồi lưu."), field=field)


def squeezed(words: str) -> str:
    """Words with single blanks."""
    return " ".join(words.split())


def needs(words: str, field: str, message: str) -> Refusal | None:
    """Whether words are missing or too long."""
    if not words:
        return Refusal(code="empty", message=message, field=field)
    if len(words) > WORDS:
        return Refusal(code="long", message=_("Viết ngắn hơn %(most)d ký tự.") % {"most": WORDS}, field=field)
    return None


def dong(amount: int) -> str:
    """An amount as it is written: `1.234.567 đồng`."""
    return f"{amount:,}".replace(",", ".") + " đồng"


def iso(at: datetime | None) -> str | None:
    """A moment for the log."""
    return at.isoformat() if at else None
