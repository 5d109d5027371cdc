"""What the page of a due item shows of reminders: what people were told, and whether its body has to answer."""

from __future__ import annotations

from typing import Any

from pcmt.apps.accounts.models import Actor
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.queries import told_about
from pcmt.apps.tasks.models import DueItem, Reminder
from pcmt.apps.tasks.policies import can_note
from pcmt.apps.tasks.queries import unanswered

MOST = 30
OWN_ROWS = (Reason.SOON, Reason.OVERDUE, Reason.ESCALATED)
"""Reasons of notices that stand in the list as reminders."""


def reminded(actor: Actor, item: DueItem | None) -> dict[str, Any]:
    """Reminders and other notices about an item, and the one to answer; two more statements where there are any."""
    if item is None:
        return {"reminders": [], "told": [], "to_answer": None}
    rows = list(Reminder.objects.visible_to(actor).filter(due_item=item)[:MOST])
    waiting = unanswered(item) if rows else None
    return {
        "reminders": rows,
        "told": [each for each in told_about("tasks.DueItem", item.pk) if each.reason not in OWN_ROWS],
        "to_answer": waiting if waiting and can_note(actor, item) else None,
    }
