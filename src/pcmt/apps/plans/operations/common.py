"""What the operations of a review share: the lock, the right, the version."""

from __future__ import annotations

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Revision, RevisionState
from pcmt.apps.plans.policies import can_review
from pcmt.core.diagnostics import Refusal

NOT_ALLOWED = Refusal(
    code="not_allowed", message="Chỉ cơ quan thường trực giữ kế hoạch này được gửi, rà soát và ban hành."
)
NOT_IN_REVIEW = Refusal(code="not_in_review", message="Bản văn này không còn ở bước rà soát. Tải lại trang.")
ADOPTED = Refusal(
    code="adopted", message="Bản này đã ban hành nên không sửa được nữa. Muốn thay đổi, hãy gửi bản sửa đổi."
)


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
        return NOT_ALLOWED
    if revision.state in (RevisionState.ADOPTED, RevisionState.SUPERSEDED):
        return ADOPTED
    if revision.state != RevisionState.REVIEW:
        return NOT_IN_REVIEW
    return revision


def touch(revision: Revision) -> int:
    """Count a change of a revision that is held; the new version."""
    revision.version += 1
    revision.save(update_fields=["version"])
    return revision.version
