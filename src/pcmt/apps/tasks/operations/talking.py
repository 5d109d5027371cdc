"""What people write to each other about a due item. It changes nothing else; only who is named is told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.tasks.addresses import due_address, title_of
from pcmt.apps.tasks.models import Comment, DueItem
from pcmt.apps.tasks.operations.holding import written
from pcmt.apps.tasks.policies import can_comment
from pcmt.apps.tasks.queries import people_concerned
from pcmt.core.diagnostics import Refusal

SAME_WITHIN = 60
"""Seconds within which the same words of the same person are a button pressed twice."""


def comment(
    *, actor: Actor, at: datetime, due_item_id: int, text: str, mentioned: Collection[int] = ()
) -> Comment | Refusal:
    """Write a comment; `mentioned` are ids of people concerned with the item, and they are told."""
    words = written(text, "text", _("Nhập nội dung trao đổi."))
    if isinstance(words, Refusal):
        return words
    with transaction.atomic():
        seen = DueItem.objects.visible_to(actor).select_related("plan", "clause", "task", "unit")
        due = seen.filter(pk=due_item_id).first()
        if due is None or not can_comment(actor):
            return Refusal(code="not_allowed", message=_("Vai trò này chỉ xem, không tham gia trao đổi."))
        known = {person.user_id for person in people_concerned(due, timezone.localdate(at))}
        if not known.issuperset(mentioned):
            message = _("Có người được nhắc tên không còn liên quan đến việc này. Chọn lại.")
            return Refusal(code="mentioned", message=message, field="mentioned")
        last = Comment.objects.filter(due_item=due, actor_id=actor.user_id).order_by("-pk").first()
        if last is not None and last.text == words and (at - last.at).total_seconds() < SAME_WITHIN:
            return last
        made = Comment.objects.create(
            due_item=due, at=at, actor_id=actor.user_id, actor_name=actor.name, unit_id=actor.unit_id, text=words
        )
        made.mentioned.set(mentioned)
        tell(
            at=at,
            users=set(mentioned) - {actor.user_id},
            reason=Reason.MENTIONED,
            about=due,
            address=f"{due_address(due)}#trao-doi",
            title=f"{actor.name} nhắc tên trong trao đổi: {title_of(due)}",
            key=f"comment:{made.pk}",
            unit_id=due.unit_id,
        )
        record(at=at, actor=actor, event="tasks.due.commented", obj=due, after={"mentioned": len(mentioned)})
    return made
