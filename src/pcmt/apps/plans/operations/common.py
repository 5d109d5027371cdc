"""What the operations of a review share: the lock, the right, the version."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Revision, RevisionState
from pcmt.apps.plans.policies import can_review
from pcmt.core.diagnostics import Refusal


def not_allowed() -> Refusal:
    """The plan is kept by another office, or the actor changes no plans at all."""
    message = _("Chỉ cơ quan thường trực giữ kế hoạch này được gửi, rà soát và ban hành.")
    return Refusal(code="not_allowed", message=message)


def not_in_review() -> Refusal:
    """The revision is not there, not read yet, or withdrawn."""
    return Refusal(code="not_in_review", message=_("Bản văn này không còn ở bước rà soát. Tải lại trang."))


def already_adopted() -> Refusal:
    """What is in force is changed by amending it."""
    message = _("Bản này đã ban hành nên không sửa được nữa. Muốn thay đổi, hãy gửi bản sửa đổi.")
    return Refusal(code="adopted", message=message)


def held_for_review(actor: Actor, revision_id: int, *, whole: bool = False) -> Revision | Refusal:
    """The revision under review, locked until the transaction ends, if the actor may review it.

    Everyone who changes anything of one revision waits here for the others, so versions and undo stay in order.
    Without `whole` the text and the reading are left in the database.
    """
    rows = Revision.objects.select_for_update(of=("self",)).select_related("plan")
    if not whole:
        rows = rows.defer("text", "reading")
    revision = rows.filter(pk=revision_id).first()
    if revision is None or not can_review(actor, revision.plan):
        return not_allowed()
    if revision.state in (RevisionState.ADOPTED, RevisionState.SUPERSEDED):
        return already_adopted()
    if revision.state != RevisionState.REVIEW:
        return not_in_review()
    return revision


def touch(revision: Revision) -> int:
    """Count a change of a revision that is held; the new version."""
    revision.version += 1
    revision.save(update_fields=["version"])
    return revision.version
